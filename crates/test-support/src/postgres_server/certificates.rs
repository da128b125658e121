//! Certificates of an authority that nobody knows.

use super::process::Folder;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};

/// The file of the authority's certificate.
pub(super) const AUTHORITY: &str = "authority.pem";

/// Writes the authority's certificate, and one for `localhost` with its key where the server looks.
pub(super) fn write(folder: &Folder) {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
        .distinguished_name
        .push(DnType::CommonName, "Tests of Onward");
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    folder.publish(AUTHORITY, &authority.pem());
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &authority).unwrap();
    folder.write("data/server.crt", &certificate.pem());
    folder.write("data/server.key", &key.serialize_pem());
}
