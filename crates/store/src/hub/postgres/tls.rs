//! Whom to believe over TLS.

use std::sync::Arc;

use camino::Utf8Path;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::error::{Cause, PostgresError};

/// Prepares TLS that trusts the authorities in a file, or those the system trusts.
pub(super) fn connector(
    authorities: Option<&Utf8Path>,
) -> Result<MakeRustlsConnect, PostgresError> {
    let failed = |source: Cause| PostgresError::Certificates {
        from: authorities.map_or("the system's store".into(), ToString::to_string),
        source,
    };
    let provider: Arc<CryptoProvider> = ring::default_provider().into();
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| failed(error.into()))?;
    let builder = match authorities {
        Some(path) => builder.with_root_certificates(read(path).map_err(failed)?),
        None => builder
            .with_platform_verifier()
            .map_err(|error| failed(error.into()))?,
    };
    Ok(MakeRustlsConnect::new(builder.with_no_client_auth()))
}

fn read(path: &Utf8Path) -> Result<RootCertStore, Cause> {
    let mut store = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path)? {
        store.add(certificate?)?;
    }
    if store.is_empty() {
        return Err("there is no certificate in it".into());
    }
    Ok(store)
}
