//! Where a State Hub is, as whom it is asked, and how long that may take.

use std::fmt;
use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use super::error::StateHubError;

/// The URL of a State Hub, which may end in a path.
///
/// It has no user name, password, query or fragment, so it can be shown anywhere.
///
/// ```
/// use store::StateHubUrl;
///
/// let url = StateHubUrl::parse("http://127.0.0.1:8000/").unwrap();
/// assert_eq!(url.to_string(), "http://127.0.0.1:8000");
/// assert!(StateHubUrl::parse("https://me:secret@example.org").is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StateHubUrl(Url);

impl StateHubUrl {
    /// Reads a URL.
    ///
    /// # Errors
    ///
    /// [`StateHubError::Settings`] when it is no URL of scheme `http` or `https`, or has a user name,
    /// a password, a query or a fragment. The text itself is not repeated, since it may hold a secret.
    pub fn parse(text: &str) -> Result<Self, StateHubError> {
        let refused =
            |what: &str| StateHubError::settings(format!("the URL of the State Hub {what}"));
        let mut url = Url::parse(text.trim())
            .map_err(|error| refused(&format!("cannot be read: {error}")))?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(refused("must begin with http:// or https:// and a host"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused("must not hold a user name or password"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(refused("must not hold a query or a fragment"));
        }
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty();
        }
        Ok(Self(url))
    }

    /// Returns the URL of a route: an item's without a slash at its end, a collection's with one.
    pub(super) fn route(&self, segments: &[&str], slash: bool) -> Url {
        let mut url = self.0.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
            if slash {
                path.push("");
            }
        }
        url
    }

    /// Says whether the connection to the server is encrypted.
    pub(super) fn is_encrypted(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Says whether a URL leads to the same server by the same means.
    pub(super) fn is_origin_of(&self, url: &Url) -> bool {
        self.0.origin() == url.origin()
    }
}

impl fmt::Display for StateHubUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

/// How to reach a State Hub and as whom.
#[derive(Clone, Debug)]
pub struct StateHubSettings {
    /// Where it is.
    pub url: StateHubUrl,
    /// The bearer token, for a hub behind a proxy that wants one.
    pub token: Option<SecretString>,
    /// The slug of the domain new repositories belong to; without one, the only domain there is.
    pub domain: Option<String>,
    /// How long anything may take.
    pub limits: StateHubLimits,
    /// Certificates in PEM form that are trusted beside those of the platform.
    pub extra_roots: Vec<u8>,
    /// Whether `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` count, and the platform's own settings.
    pub system_proxy: bool,
}

impl StateHubSettings {
    /// Takes the usual limits, the platform's certificates and proxies, and no token.
    pub fn new(url: StateHubUrl) -> Self {
        Self {
            url,
            token: None,
            domain: None,
            limits: StateHubLimits::default(),
            extra_roots: Vec::new(),
            system_proxy: true,
        }
    }
}

/// Every bound of a connection to a State Hub.
#[derive(Clone, Copy, Debug)]
pub struct StateHubLimits {
    /// The longest wait for a connection.
    pub connect: Duration,
    /// The longest wait between two pieces of an answer.
    pub read: Duration,
    /// The longest time of one request, from connecting to the end of the answer.
    pub total: Duration,
    /// The largest answer, in bytes.
    pub answer: usize,
}

impl Default for StateHubLimits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            read: Duration::from_secs(30),
            total: Duration::from_mins(1),
            answer: 128 << 20,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_the_url_is_kept_and_an_id_stays_in_its_segment() {
        let url = StateHubUrl::parse(" https://h/hub/ ").unwrap();
        assert_eq!(url.route(&["tasks"], true).as_str(), "https://h/hub/tasks/");
        assert_eq!(
            url.route(&["tasks", "../1?x#y"], false).as_str(),
            "https://h/hub/tasks/..%2F1%3Fx%23y"
        );
    }

    #[test]
    fn what_is_refused_is_not_repeated() {
        for text in [
            "https://me:canary@h",
            "https://canary@h",
            "canary:3000",
            "canary",
            "ftp://canary",
            "https://h/?token=canary",
            "https://h/#canary",
        ] {
            let error = StateHubUrl::parse(text).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
        }
    }
}
