//! Refusals and successes as they go over the wire (Planka sheet §4).

use serde_json::{Value, json};

use crate::loopback::Reply;

/// Why a request is not done.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Refusal {
    /// 400 with one text per missing or invalid parameter.
    Invalid(Vec<String>),
    /// 401: no, bad, expired or revoked credentials.
    NoCredentials,
    /// 401 of a login step.
    Unauthorized(&'static str),
    /// 403
    Forbidden(&'static str),
    /// 403 of a first login.
    TermsNotAccepted { pending_token: String },
    /// 404 of an object: unknown, deleted, or not visible.
    NotFound(&'static str),
    /// 404 without a message: no such route, or one that only administrators may know of.
    NoRoute,
    /// 409
    Conflict(&'static str),
    /// 422
    Unprocessable(&'static str),
    /// 500
    Crash,
}

pub(super) type Outcome = Result<Value, Refusal>;

impl Refusal {
    pub(super) fn not_enough_rights() -> Self {
        Self::Forbidden("Not enough rights")
    }

    /// The reply to a request of this method and path, which a 400 repeats.
    pub(super) fn reply(self, method: &str, path: &str) -> Reply {
        match self {
            Self::Invalid(problems) => {
                let plural = if problems.len() == 1 { "" } else { "s" };
                let message = format!(
                    "The server could not fulfill this request (`{method} {path}`) due to {} \
                     missing or invalid parameter{plural}.",
                    problems.len(),
                );
                let body = json!({
                    "code": "E_MISSING_OR_INVALID_PARAMS",
                    "problems": problems,
                    "message": message,
                });
                Reply::json(400, &body).with_header("x-exit", "error")
            }
            Self::NoCredentials => {
                let message = "Access token is missing, invalid or expired";
                Reply::json(401, &error("E_UNAUTHORIZED", message))
            }
            Self::Unauthorized(message) => Reply::json(401, &error("E_UNAUTHORIZED", message)),
            Self::Forbidden(message) => exit(403, "E_FORBIDDEN", message),
            Self::TermsNotAccepted { pending_token } => {
                let message = "Terms acceptance required";
                let body = json!({
                    "code": "E_FORBIDDEN",
                    "pendingToken": pending_token,
                    "message": message,
                    "step": "accept-terms",
                });
                Reply::json(403, &body).with_header("x-exit", camel_case(message))
            }
            Self::NotFound(message) => exit(404, "E_NOT_FOUND", message),
            Self::NoRoute => Reply::json(404, &json!({ "code": "E_NOT_FOUND" })),
            Self::Conflict(message) => exit(409, "E_CONFLICT", message),
            Self::Unprocessable(message) => exit(422, "E_UNPROCESSABLE_ENTITY", message),
            Self::Crash => Reply::text(500, "Internal Server Error").with_header("x-exit", "error"),
        }
    }
}

/// A success: always 200.
pub(super) fn success(body: &Value) -> Reply {
    Reply::json(200, body).with_header("x-exit", "success")
}

/// What every unknown GET is answered with.
pub(super) fn web_page() -> Reply {
    Reply::html("<!doctype html><html><head><title>Planka</title></head><body></body></html>")
}

fn error(code: &str, message: &str) -> Value {
    json!({ "code": code, "message": message })
}

fn exit(status: u16, code: &str, message: &str) -> Reply {
    Reply::json(status, &error(code, message)).with_header("x-exit", camel_case(message))
}

/// `Card not found` → `cardNotFound`, which is how the header `X-Exit` names an outcome.
fn camel_case(message: &str) -> String {
    let mut word = String::new();
    for part in message.split([' ', '-']) {
        let mut letters = part.chars();
        if let Some(first) = letters.next() {
            if word.is_empty() {
                word.extend(first.to_lowercase());
            } else {
                word.extend(first.to_uppercase());
            }
        }
        word.push_str(letters.as_str());
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exits_are_named_after_their_messages() {
        for (message, name) in [
            ("Card not found", "cardNotFound"),
            ("Label already in card", "labelAlreadyInCard"),
            ("Position must be present", "positionMustBePresent"),
        ] {
            assert_eq!(camel_case(message), name);
        }
    }
}
