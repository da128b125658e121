//! An answer as it came, and what it says.

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;
use sync_core::text::fit;

use super::error::StateHubError;

/// As much of foreign text is shown, in characters.
const LONGEST: usize = 300;

/// An answer with its body.
pub(super) struct Answer {
    /// The request it answers, for errors.
    pub(super) request: String,
    pub(super) status: u16,
    /// The content type without parameters.
    pub(super) content_type: String,
    /// The body; whole where it is JSON and a success, else at least its beginning.
    pub(super) body: Vec<u8>,
    /// What must not be shown, should the server echo it.
    pub(super) secret: Option<SecretString>,
}

/// The body of a refusal, as the framework words it or a proxy may.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Refusal {
    detail: Value,
    message: Option<String>,
    error: Option<String>,
}

/// One thing that is wrong with a request.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Problem {
    loc: Vec<Value>,
    msg: String,
}

impl Answer {
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub(super) fn is_json(&self) -> bool {
        self.content_type.eq_ignore_ascii_case("application/json")
    }

    /// Reads the body of a success.
    pub(super) fn read(self) -> Result<Value, StateHubError> {
        if !self.is_success() {
            return Err(self.into_error());
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

    pub(super) fn not_understood(&self, what: &str) -> StateHubError {
        StateHubError::NotUnderstood {
            request: self.request.clone(),
            what: self.shown(what),
        }
    }

    fn into_error(self) -> StateHubError {
        let (status, reason) = (self.status, self.said());
        let request = self.request;
        match status {
            401 => StateHubError::NotLoggedIn { reason },
            403 => StateHubError::NotAllowed { request, reason },
            408 | 425 | 429 | 500.. => StateHubError::Trouble {
                request,
                status,
                reason,
            },
            _ => StateHubError::Refused {
                request,
                status,
                reason,
            },
        }
    }

    /// Returns what the server said, fit to be shown.
    fn said(&self) -> String {
        if !self.is_json() {
            return "no reason given".into();
        }
        let refusal: Refusal = serde_json::from_slice(&self.body).unwrap_or_default();
        let said = match refusal.detail {
            Value::String(detail) => Some(detail),
            Value::Array(problems) => {
                let told: Vec<String> = problems.into_iter().map(told).collect();
                Some(told.join("; "))
            }
            Value::Object(detail) => Some(Value::Object(detail).to_string()),
            _ => refusal.message.or(refusal.error),
        };
        said.map_or_else(|| "no reason given".into(), |said| self.shown(&said))
    }

    fn shown(&self, text: &str) -> String {
        let plain = match &self.secret {
            Some(secret) => text.replace(secret.expose_secret(), "[secret]"),
            None => text.to_owned(),
        };
        fit(&plain, Some(LONGEST))
    }
}

/// Tells where something is wrong, and what. What was sent is not repeated.
fn told(problem: Value) -> String {
    let problem: Problem = serde_json::from_value(problem).unwrap_or_default();
    let place: Vec<String> = problem
        .loc
        .iter()
        .map(|part| {
            part.as_str()
                .map_or_else(|| part.to_string(), str::to_owned)
        })
        .collect();
    format!("{}: {}", place.join("."), problem.msg)
}
