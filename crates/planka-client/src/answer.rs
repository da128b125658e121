//! An answer as it came, and what it says.

use crate::error::Error;
use crate::secrets::Secrets;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// An answer with its body.
pub(crate) struct Answer {
    /// The request it answers, for errors.
    pub(crate) request: String,
    pub(crate) status: u16,
    /// The content type without parameters.
    pub(crate) content_type: String,
    /// The body; whole where it is JSON and a success, else at least its beginning.
    pub(crate) body: Vec<u8>,
    /// Where a redirect leads.
    pub(crate) location: Option<String>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) secrets: Secrets,
}

/// The body of a refusal (Planka sheet §4).
#[derive(Default, Deserialize)]
#[serde(default)]
struct Refusal {
    code: Option<String>,
    message: Option<String>,
    problems: Vec<String>,
}

impl Answer {
    pub(crate) fn is_json(&self) -> bool {
        self.content_type.eq_ignore_ascii_case("application/json")
    }

    /// Reads the body of a success.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, Error> {
        if self.status != 200 {
            return Err(self.to_error());
        }
        if !self.is_json() {
            let kind = match self.content_type.as_str() {
                "text/html" => "a web page",
                "" => "something without a content type",
                other => other,
            };
            return Err(self.not_understood(&format!("{kind} instead of JSON")));
        }
        serde_json::from_slice(&self.body).map_err(|error| self.not_understood(&error.to_string()))
    }

    pub(crate) fn not_understood(&self, what: &str) -> Error {
        Error::NotUnderstood {
            request: self.request.clone(),
            what: self.secrets.shown(what),
        }
    }

    /// Returns what an answer means that is not the one hoped for.
    pub(crate) fn to_error(&self) -> Error {
        let (request, status, reason) = (self.request.clone(), self.status, self.said());
        match status {
            401 => Error::NotLoggedIn { reason },
            404 if self.names_what_is_missing() => Error::Missing { request, reason },
            300..=399 => Error::Redirected {
                request,
                to: self
                    .location
                    .as_deref()
                    .map_or("nowhere".into(), |to| self.secrets.shown(to)),
            },
            408 | 425 | 429 | 500.. => Error::Trouble {
                request,
                status,
                reason,
                retry_after: self.retry_after,
            },
            400..=499 => Error::Refused {
                request,
                status,
                reason,
            },
            _ => self.not_understood(&format!("status {status}")),
        }
    }

    /// Says whether a 404 is Planka's own about an object. One about a route has no message, one of
    /// a proxy has no code.
    pub(crate) fn names_what_is_missing(&self) -> bool {
        let refusal = self.refusal();
        refusal.code.as_deref() == Some("E_NOT_FOUND") && refusal.message.is_some()
    }

    /// Says whether a 404 is Planka's own without a word: no such route, or none for this user.
    pub(crate) fn hides_the_route(&self) -> bool {
        let refusal = self.refusal();
        refusal.code.as_deref() == Some("E_NOT_FOUND") && refusal.message.is_none()
    }

    /// Returns what the server said, fit to be shown.
    pub(crate) fn said(&self) -> String {
        self.told(self.refusal())
    }

    /// Returns what the server said in general. The single problems are left out: they may quote
    /// what was sent, and in another spelling than it was sent in.
    pub(crate) fn said_without_problems(&self) -> String {
        let problems = Vec::new();
        self.told(Refusal {
            problems,
            ..self.refusal()
        })
    }

    fn told(&self, refusal: Refusal) -> String {
        let first = refusal.message.or(refusal.code);
        let said: Vec<String> = first.into_iter().chain(refusal.problems).collect();
        match said.as_slice() {
            // Its only other cause is malformed JSON, which we do not send (sheet §4).
            [] if self.status == 400 && self.body.is_empty() => {
                "no reason given, as for more than 1 MiB".into()
            }
            [] => "no reason given".into(),
            said => self.secrets.shown(&said.join(" ")),
        }
    }

    fn refusal(&self) -> Refusal {
        if !self.is_json() {
            return Refusal::default();
        }
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
