//! What a connection needs to know, and how long it may take.

use crate::address::BaseUrl;
use secrecy::SecretString;
use std::time::Duration;

/// How to reach a server and as whom.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where it is.
    pub url: BaseUrl,
    /// As whom.
    pub credentials: Credentials,
    /// How long anything may take.
    pub limits: Limits,
    /// Certificates in PEM form that are trusted beside those of the platform.
    ///
    /// On Linux `SSL_CERT_FILE` and `SSL_CERT_DIR` name the platform's. On macOS its keychain is asked,
    /// and the caller reads such a file; likewise for an encrypted proxy before a server that is not.
    pub extra_roots: Vec<u8>,
    /// Whether `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` count, and the platform's own settings.
    pub system_proxy: bool,
}

impl Settings {
    /// Takes the usual limits, the platform's certificates and its proxies.
    pub fn new(url: BaseUrl, credentials: Credentials) -> Self {
        Self {
            url,
            credentials,
            limits: Limits::default(),
            extra_roots: Vec::new(),
            system_proxy: true,
        }
    }
}

/// Who asks (Planka sheet §3).
#[derive(Clone, Debug)]
pub enum Credentials {
    /// An API key, which 1.x does not have.
    Key(SecretString),
    /// A token from an earlier login; it is not logged out.
    Token(SecretString),
    /// A login, which [`Planka::logout`](crate::Planka::logout) ends.
    Password {
        /// The user name or e-mail address.
        user: String,
        /// The password.
        password: SecretString,
    },
}

/// How long and how often; every bound of the client.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The longest wait for a connection.
    pub connect: Duration,
    /// The longest wait between two pieces of an answer.
    pub read: Duration,
    /// The longest time of one try, from connecting to the end of the answer.
    pub total: Duration,
    /// The largest answer, in bytes.
    pub answer: usize,
    /// How often one request is tried in all.
    pub tries: u32,
    /// The longest pause before the second try; it doubles with every further one.
    pub first_pause: Duration,
    /// The longest pause at all. A server that asks for a longer one is not asked again.
    pub longest_pause: Duration,
    /// The time after which no further try begins.
    pub budget: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            read: Duration::from_secs(30),
            total: Duration::from_mins(1),
            answer: 64 << 20,
            tries: 4,
            first_pause: Duration::from_millis(250),
            longest_pause: Duration::from_secs(30),
            budget: Duration::from_mins(2),
        }
    }
}
