//! What can go wrong between a client and a server, and when: data only, for every fake server.

use std::time::Duration;

use serde_json::{Value, json};

/// One way in which a request or its answer goes wrong.
///
/// Whether the request was *carried out* is part of each fault, since that is what a client
/// cannot know and has to find out.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// Answered with an error, not carried out. A text body goes out as plain text, null as none.
    Refuse {
        /// The HTTP status.
        status: u16,
        /// The body.
        body: Value,
        /// The header `Retry-After`, in seconds or as an HTTP date.
        retry_after: Option<String>,
    },
    /// Carried out at once; the answer comes this much later.
    Delay(Duration),
    /// Carried out at once; the answer waits for `Script::release`.
    Hang,
    /// Carried out; the answer's body comes byte by byte at this pace (slow-loris).
    Dribble {
        /// The pause before each byte.
        every: Duration,
    },
    /// Not carried out; the connection closes without an answer.
    CutBefore,
    /// Carried out; the connection closes without an answer.
    LoseReply,
    /// Carried out; the connection closes in the middle of the answer's body.
    CutHalfway,
    /// Not carried out; 200 and `application/json`, but the body is no JSON (nor UTF-8).
    Garbage,
    /// Not carried out; 200 with a web page, as from a proxy's login wall.
    Html,
    /// Carried out; a complete HTTP answer whose JSON ends in the middle.
    Truncated,
    /// Not carried out; 200 with a JSON body of this many bytes, streamed.
    Huge {
        /// The length of the body.
        bytes: usize,
    },
    /// Not carried out; the server closes every connection and stops listening.
    GoAway,
}

impl Fault {
    /// A refusal with a JSON body of `code` and `message`, as Planka words its errors.
    pub fn refuse(status: u16, code: &str, message: &str) -> Self {
        Self::Refuse {
            status,
            body: json!({ "code": code, "message": message }),
            retry_after: None,
        }
    }

    /// 403 for somebody who may look but not write.
    pub fn not_enough_rights() -> Self {
        Self::refuse(403, "E_FORBIDDEN", "Not enough rights")
    }

    /// 429 from a proxy in front, with or without the header `Retry-After`.
    pub fn rate_limit(retry_after: Option<&str>) -> Self {
        Self::Refuse {
            status: 429,
            body: Value::from("Too Many Requests"),
            retry_after: retry_after.map(ToOwned::to_owned),
        }
    }

    /// A bare status with its number as text, such as 500, 502 or 503.
    pub fn status(status: u16) -> Self {
        Self::Refuse {
            status,
            body: Value::from(status.to_string()),
            retry_after: None,
        }
    }

    /// Whether the request takes effect in spite of the fault.
    pub fn carries_out(&self) -> bool {
        match self {
            Self::Delay(_)
            | Self::Hang
            | Self::Dribble { .. }
            | Self::LoseReply
            | Self::CutHalfway
            | Self::Truncated => true,
            Self::Refuse { .. }
            | Self::CutBefore
            | Self::Garbage
            | Self::Html
            | Self::Huge { .. }
            | Self::GoAway => false,
        }
    }
}

/// Which requests a fault or a hook is for: a method, a path pattern, and which of the matching
/// ones (each rule counts its own, from 1).
///
/// ```
/// use test_support::When;
///
/// // The third card that is created, and everything after the tenth request.
/// let third_card = When::request("POST", "/api/lists/*/cards").nth(3);
/// let late = When::any().since(11);
/// # assert_ne!(third_card, late);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct When {
    requests: Requests,
    turn: Turn,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Requests {
    Any,
    Writes,
    Matching { method: String, pattern: String },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    Every,
    Only(usize),
    Since(usize),
    First(usize),
}

impl When {
    /// Every request.
    pub fn any() -> Self {
        Self::every(Requests::Any)
    }

    /// Every request that is meant to change something: no GET, and no login or logout.
    pub fn writes() -> Self {
        Self::every(Requests::Writes)
    }

    /// Requests of a method (`*` is any) for a path below the base path, without its query. In
    /// the pattern `*` stands for one segment and a last segment `**` for any number of them.
    pub fn request(method: &str, pattern: &str) -> Self {
        Self::every(Requests::Matching {
            method: method.to_owned(),
            pattern: pattern.to_owned(),
        })
    }

    fn every(requests: Requests) -> Self {
        Self {
            requests,
            turn: Turn::Every,
        }
    }

    /// Only the `n`-th of the matching requests, counted from 1.
    pub fn nth(mut self, n: usize) -> Self {
        self.turn = Turn::Only(n);
        self
    }

    /// The `n`-th of the matching requests and all later ones.
    pub fn since(mut self, n: usize) -> Self {
        self.turn = Turn::Since(n);
        self
    }

    /// The first `n` of the matching requests.
    pub fn first(mut self, n: usize) -> Self {
        self.turn = Turn::First(n);
        self
    }

    pub(crate) fn matches(&self, method: &str, path: &str) -> bool {
        match &self.requests {
            Requests::Any => true,
            Requests::Writes => is_write(method, path),
            Requests::Matching {
                method: wanted,
                pattern,
            } => (wanted == "*" || wanted == method) && fits(pattern, path),
        }
    }

    /// Whether the `count`-th matching request is one that is meant.
    pub(crate) fn is_due(&self, count: usize) -> bool {
        match self.turn {
            Turn::Every => true,
            Turn::Only(n) => count == n,
            Turn::Since(n) => count >= n,
            Turn::First(n) => count <= n,
        }
    }
}

/// Logins are left out, so that "the n-th write" is the same with a key and with a password.
pub(crate) fn is_write(method: &str, path: &str) -> bool {
    !matches!(method, "GET" | "HEAD") && !fits("/api/access-tokens/**", path)
}

fn fits(pattern: &str, path: &str) -> bool {
    let mut parts = path.split('/');
    for wanted in pattern.split('/') {
        if wanted == "**" {
            return true;
        }
        match parts.next() {
            Some(part) if wanted == "*" || wanted == part => {}
            _ => return false,
        }
    }
    parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_whole_segments() {
        for (pattern, path, expected) in [
            ("/api/lists/*/cards", "/api/lists/7/cards", true),
            ("/api/lists/*/cards", "/api/lists/7/cards/8", false),
            ("/api/lists/*", "/api/lists/7/cards", false),
            ("/api/lists/**", "/api/lists/7/cards", true),
            ("/api/lists/**", "/api/lists", true),
            ("/api/**", "/other", false),
        ] {
            assert_eq!(fits(pattern, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn a_login_is_no_write() {
        assert!(is_write("POST", "/api/projects"));
        assert!(!is_write("GET", "/api/projects"));
        assert!(!is_write("POST", "/api/access-tokens"));
        assert!(!is_write("DELETE", "/api/access-tokens/me"));
    }

    #[test]
    fn turns_count_from_one() {
        let due = |when: When| {
            (1..=4)
                .filter(|count| when.is_due(*count))
                .collect::<Vec<_>>()
        };
        assert_eq!(due(When::any()), [1, 2, 3, 4]);
        assert_eq!(due(When::any().nth(2)), [2]);
        assert_eq!(due(When::any().since(3)), [3, 4]);
        assert_eq!(due(When::any().first(2)), [1, 2]);
    }
}
