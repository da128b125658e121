//! What the platform decides: certificates and proxies.
//!
//! Both come from the environment of the process, so the test program starts itself again, with an
//! environment of its own, and has [`child`] connect. The certificates in `tls` are worth nothing:
//! the key of their authority was thrown away.

use crate::stage::{Scripted, json, settings};
use planka_client::{BaseUrl, Credentials, Limits, Planka, Settings};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::sync::{Arc, mpsc};

const AUTHORITY: &[u8] = include_bytes!("tls/ca.pem");

fn key() -> Credentials {
    Credentials::Key("key".into())
}

fn bootstrap() -> String {
    json(200, r#"{"item":{"oidc":null,"version":"2.1.1"}}"#)
}

/// A server with a certificate for 127.0.0.1.
fn encrypted() -> Scripted {
    let chain = CertificateDer::pem_slice_iter(include_bytes!("tls/server.pem"));
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("tls/server.key")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain.map(Result::unwrap).collect(), key)
        .unwrap();
    let config = Arc::new(config);
    Scripted::wrapped(
        "https",
        move |stream| {
            let connection = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            rustls::StreamOwned::new(connection, stream)
        },
        |_| bootstrap(),
    )
}

/// The variables by which a platform may decide; a child has none but those it is given.
const VARIABLES: [&str; 10] = [
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
];

/// Lets a child connect, and returns what it says.
#[expect(
    clippy::disallowed_methods,
    reason = "the environment of a process can only be tested from outside"
)]
fn connected(url: &str, environment: &[(&str, &str)]) -> String {
    let mut child = std::process::Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "platform::child", "--ignored", "--nocapture"]);
    for name in VARIABLES {
        child.env_remove(name);
    }
    let output = child
        .envs(environment.iter().copied())
        .env("ONWARD_TEST_URL", url)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
#[ignore = "run by the others, in a process of its own"]
#[expect(
    clippy::disallowed_methods,
    reason = "it is told where to connect by the test that starts it"
)]
async fn child() {
    let Ok(url) = std::env::var("ONWARD_TEST_URL") else {
        return;
    };
    let settings = Settings::new(BaseUrl::parse(&url).unwrap(), key());
    let limits = Limits {
        tries: 1,
        ..settings.limits
    };
    match Planka::connect(Settings { limits, ..settings }).await {
        Ok(planka) => println!("connected {planka:?}"),
        Err(error) => println!("{error}: {:?}", std::error::Error::source(&error)),
    }
}

#[test]
#[cfg(target_os = "linux")]
fn certificates_are_those_the_environment_names() {
    let server = encrypted();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/contract/tls");
    let file = format!("{folder}/ca.pem");
    let said = connected(&server.url, &[("SSL_CERT_FILE", &file)]);
    assert!(said.contains("connected"), "{said}");
    let said = connected(&server.url, &[]);
    assert!(
        said.contains("cannot connect") || said.contains("No CA certificates"),
        "{said}"
    );
    // The server's own certificate is no authority, though it is named.
    let said = connected(
        &server.url,
        &[("SSL_CERT_FILE", &file.replace("ca.pem", "server.pem"))],
    );
    assert!(said.contains("cannot connect"), "{said}");
}

#[tokio::test]
async fn certificates_can_be_added() {
    let server = encrypted();
    let settings = settings(&server.url, key());
    let trusting = Settings {
        extra_roots: AUTHORITY.to_vec(),
        ..settings.clone()
    };
    Planka::connect(trusting).await.unwrap();
    Planka::connect(settings.clone()).await.unwrap_err();
    let broken = b"-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n";
    for extra_roots in [broken.to_vec(), b"nonsense".to_vec()] {
        let settings = Settings {
            extra_roots,
            ..settings.clone()
        };
        let error = Planka::connect(settings).await.unwrap_err();
        assert!(error.to_string().contains("certificate"), "{error}");
    }
}

/// A proxy that reports each request it gets, and answers it itself.
fn proxy() -> (Scripted, mpsc::Receiver<String>) {
    let (report, seen) = mpsc::channel();
    let proxy = Scripted::start(move |request| {
        let _ = report.send(request.lines().next().unwrap_or_default().to_owned());
        if request.starts_with("CONNECT ") {
            return "HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n".into();
        }
        bootstrap()
    });
    (proxy, seen)
}

/// Nobody listens there.
const NOBODY: &str = "127.0.0.1:1";

#[test]
fn proxies_are_those_the_environment_names() {
    let (proxy, seen) = proxy();
    let url = format!("http://{NOBODY}/planka");
    for name in ["http_proxy", "HTTP_PROXY"] {
        let said = connected(&url, &[(name, &proxy.url)]);
        assert!(said.contains("connected"), "{name}: {said}");
        assert_eq!(
            seen.try_recv().unwrap(),
            format!("GET {url}/api/bootstrap HTTP/1.1")
        );
    }
    let said = connected(
        &url,
        &[("HTTP_PROXY", &proxy.url), ("NO_PROXY", "127.0.0.1")],
    );
    assert!(said.contains("cannot connect"), "{said}");
    assert!(seen.try_recv().is_err());
}

#[test]
#[cfg(target_os = "linux")]
fn an_encrypted_server_is_reached_through_a_tunnel() {
    let (proxy, seen) = proxy();
    let authority = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/contract/tls/ca.pem");
    let secret = proxy.url.replace("http://", "http://me:canary@");
    let environment = [
        ("HTTPS_PROXY", secret.as_str()),
        ("SSL_CERT_FILE", authority),
    ];
    let said = connected(&format!("https://{NOBODY}"), &environment);
    assert_eq!(
        seen.try_recv().unwrap(),
        format!("CONNECT {NOBODY} HTTP/1.1")
    );
    assert!(
        said.contains("cannot connect") && !said.contains("canary"),
        "{said}"
    );
}
