//! Where the server is: a base URL that cannot hold a secret.

use crate::error::Error;
use std::fmt;
use url::Url;

/// The URL of a Planka server, which may end in a path (Planka sheet §12, pitfall 20).
///
/// It has no user name, password, query or fragment, so it can be shown anywhere.
///
/// ```
/// use planka_client::BaseUrl;
///
/// let url = BaseUrl::parse("https://example.org/planka/").unwrap();
/// assert_eq!(url.to_string(), "https://example.org/planka");
/// assert!(BaseUrl::parse("https://me:secret@example.org").is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BaseUrl(Url);

impl BaseUrl {
    /// Reads a URL; query and fragment are left out.
    ///
    /// # Errors
    ///
    /// [`Error::Settings`] when it is no URL of scheme `http` or `https`, or holds a user name or
    /// password. The text itself is not repeated, since it may hold a secret.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let mut url = Url::parse(text.trim()).map_err(|source| Error::Settings {
            what: format!("the URL of the server cannot be read: {source}"),
        })?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Error::settings(
                "the URL of the server must begin with http:// or https://",
            ));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Error::settings(
                "the URL of the server must not hold a user name or password",
            ));
        }
        url.set_query(None);
        url.set_fragment(None);
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty();
        }
        Ok(Self(url))
    }

    /// Returns the URL of an API route, the segments of its path given one by one.
    pub(crate) fn route<'a>(&self, segments: impl IntoIterator<Item = &'a String>) -> Url {
        let mut url = self.0.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push("api").extend(segments);
        }
        url
    }

    /// Says whether the connection to the server is encrypted.
    pub(crate) fn is_encrypted(&self) -> bool {
        self.0.scheme() == "https"
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn board(text: &str) -> String {
        let segments = ["boards".to_owned(), "17".to_owned()];
        BaseUrl::parse(text).unwrap().route(&segments).to_string()
    }

    #[test]
    fn the_path_of_the_url_is_kept() {
        assert_eq!(board("http://h:3000"), "http://h:3000/api/boards/17");
        assert_eq!(board(" http://h/ "), "http://h/api/boards/17");
        assert_eq!(board("https://h/a/b"), "https://h/a/b/api/boards/17");
        assert_eq!(
            board("https://h/a%20b/?x=1#y"),
            "https://h/a%20b/api/boards/17"
        );
    }

    #[test]
    fn an_id_cannot_leave_its_segment() {
        let url = BaseUrl::parse("http://h/p").unwrap();
        let hostile = ["cards".to_owned(), "../1?x#y".to_owned()];
        assert_eq!(
            url.route(&hostile).as_str(),
            "http://h/p/api/cards/..%2F1%3Fx%23y"
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
        ] {
            let error = BaseUrl::parse(text).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
        }
    }
}
