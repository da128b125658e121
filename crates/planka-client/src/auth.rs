//! Logging in and out (Planka sheet §3).

use crate::answer::Answer;
use crate::error::Error;
use crate::request::Request;
use crate::settings::Credentials;
use crate::transport::Transport;
use crate::wire::Item;
use reqwest::header::{AUTHORIZATION, HeaderName};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;

const API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// The step a login of 2.x stops at until its user has accepted the terms.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Pending {
    step: String,
    pending_token: String,
}

/// Refuses credentials that cannot be ones.
pub(crate) fn check(credentials: &Credentials) -> Result<(), Error> {
    let (secret, what) = match credentials {
        Credentials::Key(key) => (key, "the API key is empty"),
        Credentials::Token(token) => (token, "the token is empty"),
        Credentials::Password { password, .. } => (password, "the password is empty"),
    };
    if secret.expose_secret().is_empty() {
        return Err(Error::settings(what));
    }
    Ok(())
}

/// Logs in, so that all later requests are the user's.
pub(crate) async fn log_in(
    transport: &mut Transport,
    credentials: &Credentials,
) -> Result<(), Error> {
    match credentials {
        Credentials::Key(key) => transport.log_in(API_KEY, key, ""),
        Credentials::Token(token) => transport.log_in(AUTHORIZATION, token, "Bearer "),
        Credentials::Password { user, password } => {
            transport.hide(password);
            let token = token(transport, user, password).await?;
            transport.log_in(AUTHORIZATION, &token, "Bearer ")
        }
    }
}

async fn token(
    transport: &Transport,
    user: &str,
    password: &SecretString,
) -> Result<SecretString, Error> {
    let body = json!({ "emailOrUsername": user, "password": password.expose_secret() });
    // Each login makes a session that lives for a year, so a lost one is not asked for twice.
    let answer = transport
        .send(&Request::create(&["access-tokens"], body))
        .await?;
    match answer.status {
        200 => Ok(answer.read::<Item<String>>()?.item.into()),
        403 => Err(refused(transport, &answer).await),
        // A user name of impossible form is 400, not 401.
        400 | 401 => Err(Error::NotLoggedIn {
            reason: answer.said_without_problems(),
        }),
        _ => Err(answer.to_error()),
    }
}

/// Tells why a login was turned away, and takes a half-made one back.
async fn refused(transport: &Transport, answer: &Answer) -> Error {
    let reason = answer.said_without_problems();
    if let Ok(pending) = serde_json::from_slice::<Pending>(&answer.body) {
        let body = json!({ "pendingToken": pending.pending_token });
        let revoke = Request::create(&["access-tokens", "revoke-pending-token"], body);
        // It ends by itself after ten minutes.
        let _ = transport.send(&revoke).await;
        if pending.step == "accept-terms" {
            return Error::TermsNotAccepted;
        }
    }
    if reason.to_lowercase().contains("single sign-on") {
        return Error::SingleSignOn;
    }
    Error::NotLoggedIn { reason }
}

/// Ends the session; one that has ended is as good.
pub(crate) async fn log_out(transport: &Transport) -> Result<(), Error> {
    let answer = transport
        .send(&Request::delete(&["access-tokens", "me"]))
        .await?;
    match answer.status {
        200 | 401 => Ok(()),
        _ => Err(answer.to_error()),
    }
}
