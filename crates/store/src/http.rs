//! What every server that is asked over HTTP is asked with.

use std::error::Error;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Certificate, Client, ClientBuilder, redirect};
use secrecy::{ExposeSecret, SecretString};

/// The usual server closes an idle connection after 5 seconds; a request sent into that moment would
/// be lost, so we close it first.
const POOL_IDLE: Duration = Duration::from_secs(4);

/// Begins a client that follows no redirect and sends nothing twice by itself. `roots` are
/// certificates in PEM form that are trusted beside those of the platform.
///
/// # Errors
///
/// What is wrong with the certificates.
pub(crate) fn client(encrypted: bool, roots: &[u8]) -> Result<ClientBuilder, String> {
    // It fails when the program has chosen one already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = Client::builder()
        .user_agent(concat!("onward/", env!("CARGO_PKG_VERSION")))
        .pool_idle_timeout(POOL_IDLE)
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .http1_only();
    let roots = certificates(roots)?;
    Ok(if encrypted {
        builder.tls_certs_merge(roots)
    } else {
        // Loading the platform's certificates takes longer than the rest of a short run.
        builder.tls_certs_only(roots)
    })
}

/// Makes the client.
pub(crate) fn built(builder: ClientBuilder) -> Result<Client, String> {
    let failed = |error| unusable("the certificates cannot be used", error);
    builder.build().map_err(failed)
}

fn certificates(pem: &[u8]) -> Result<Vec<Certificate>, String> {
    let roots = Certificate::from_pem_bundle(pem)
        .map_err(|error| unusable("the extra certificates cannot be read", error))?;
    if roots.is_empty() && !pem.is_empty() {
        return Err("there is no certificate in PEM form among the extra ones".into());
    }
    Ok(roots)
}

fn unusable(what: &str, error: reqwest::Error) -> String {
    let error = error.without_url();
    let cause = error.source().map(ToString::to_string);
    format!("{what}: {}", cause.unwrap_or_else(|| error.to_string()))
}

/// Returns what a token is sent as, in no `Debug` text; `None` if it holds what no header can.
pub(crate) fn bearer(token: &SecretString) -> Option<HeaderValue> {
    let text = format!("Bearer {}", token.expose_secret());
    let mut bearer = HeaderValue::from_str(&text).ok()?;
    bearer.set_sensitive(true);
    Some(bearer)
}

/// Returns a header that is text.
pub(crate) fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_holds_no_certificate_is_refused() {
        let refused = client(true, b"no certificate").unwrap_err();
        assert!(refused.contains("no certificate in PEM form"), "{refused}");
        assert!(client(false, b"").is_ok());
    }

    #[test]
    fn a_token_is_never_shown() {
        let shown = format!("{:?}", bearer(&"canary".to_owned().into()).unwrap());
        assert!(!shown.contains("canary"), "{shown}");
        assert!(bearer(&"line\nbreak".to_owned().into()).is_none());
    }
}
