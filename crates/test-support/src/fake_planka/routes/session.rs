//! Version, login, terms, keys (Planka sheet §§2, 3).

use serde_json::{Value, json};

use super::{Call, item};
use crate::fake_planka::access::Credential;
use crate::fake_planka::answers::{Outcome, Refusal};
use crate::fake_planka::input::{LONG, SHORT};
use crate::fake_planka::rows::{Id, UserRole};
use crate::fake_planka::shapes;

/// What a user has to send back to accept the terms.
const SIGNATURE: &str = "03f07fa4887405919f0a569871c5bed69e5fc2e7045b186145dbd8ca09c2351a";

pub(super) fn bootstrap(call: &mut Call<'_>) -> Outcome {
    Ok(item(json!({
        "oidc": oidc(call),
        "termsLanguages": ["de-DE", "en-US"],
        "version": "2.1.1",
    })))
}

pub(super) fn config_v1(call: &mut Call<'_>) -> Outcome {
    Ok(item(
        json!({ "oidc": oidc(call), "allowAllToCreateProjects": false }),
    ))
}

fn oidc(call: &Call<'_>) -> Value {
    if call.state.single_sign_on {
        json!({
            "authorizationUrl": "https://sso.example/authorize",
            "endSessionUrl": null,
            "isEnforced": true,
        })
    } else {
        Value::Null
    }
}

pub(super) fn config_v2(call: &mut Call<'_>, user: Id) -> Outcome {
    check_admin(call, user)?;
    let administrator = call.state.users.at(call.state.administrator());
    Ok(item(json!({
        "id": "1",
        "createdAt": administrator.stamp.created.to_string(),
        "updatedAt": null,
        "smtpHost": null,
        "smtpPort": null,
        "smtpName": null,
        "smtpSecure": false,
        "smtpTlsRejectUnauthorized": true,
        "smtpUser": null,
        "smtpPassword": null,
        "smtpFrom": null,
    })))
}

/// Routes of administrators do not exist for others.
fn check_admin(call: &Call<'_>, user: Id) -> Result<(), Refusal> {
    if call.state.is_admin(user) {
        Ok(())
    } else {
        Err(Refusal::NoRoute)
    }
}

pub(super) fn terms(call: &mut Call<'_>) -> Outcome {
    let query = call.query();
    let wanted = query.iter().find(|(name, _)| name == "language");
    let language = wanted.map_or("en-US", |(_, language)| language);
    Ok(item(json!({
        "language": language,
        "content": "# Terms\n\nBe kind.",
        "signature": SIGNATURE,
    })))
}

pub(super) fn log_in(call: &mut Call<'_>) -> Outcome {
    let mut input = call.input();
    let name = input.required_text("emailOrUsername", LONG);
    let password = input.required_text("password", LONG);
    let http_only = input.flag("withHttpOnlyToken") == Some(true);
    if !name.is_empty() && !is_login_name(&name) {
        let text = format!("Value ('{name}') failed custom validation.");
        input.invalid("emailOrUsername", &text);
    }
    input.finish()?;
    if call.state.single_sign_on {
        return Err(Refusal::Forbidden("Use single sign-on"));
    }
    let user = call.state.user_with_password(&name, &password);
    let user = user.ok_or(Refusal::Unauthorized("Invalid credentials"))?;
    let (id, accepted) = (user.stamp.id, user.accepted_terms);
    if !accepted {
        let pending_token = call.state.await_terms(id);
        return Err(Refusal::TermsNotAccepted { pending_token });
    }
    let cookie = http_only.then(|| call.state.secret("cookie-"));
    if let Some(cookie) = &cookie {
        let text = format!("httpOnlyToken={cookie}; Path=/; HttpOnly; SameSite=Strict");
        call.cookie = Some(text);
    }
    Ok(item(call.state.log_in(id, cookie).into()))
}

fn is_login_name(name: &str) -> bool {
    let simple = |letter: char| letter.is_ascii_alphanumeric() || "._".contains(letter);
    name.contains('@') || name.chars().all(simple)
}

pub(super) fn accept_terms(call: &mut Call<'_>) -> Outcome {
    let mut input = call.input();
    let token = input.required_text("pendingToken", LONG);
    let signature = input.required_text("signature", SHORT);
    let language = input.text("initialLanguage", SHORT);
    if !signature.is_empty() && signature.len() != SIGNATURE.len() {
        input.invalid("signature", "Value was not of the configured length (64)");
    }
    input.finish()?;
    let now = call.state.clock.now();
    let pending = call.state.pending_logins.get(&token).copied();
    let pending = pending
        .filter(|pending| pending.expires > now)
        .ok_or(Refusal::Unauthorized("Invalid pending token"))?;
    if signature != SIGNATURE {
        return Err(Refusal::Forbidden("Invalid signature"));
    }
    call.state.pending_logins.remove(&token);
    call.state.accept_terms(pending.user, language.as_deref());
    Ok(item(call.state.log_in(pending.user, None).into()))
}

pub(super) fn revoke_pending(call: &mut Call<'_>) -> Outcome {
    let mut input = call.input();
    let token = input.required_text("pendingToken", LONG);
    input.finish()?;
    call.state
        .pending_logins
        .remove(&token)
        .ok_or(Refusal::Unauthorized("Invalid pending token"))?;
    Ok(item(Value::Null))
}

pub(super) fn log_out(call: &mut Call<'_>, _: Id) -> Outcome {
    match &call.credential {
        Some(Credential::Token(token)) => {
            call.state.sessions.remove(token);
            Ok(item(Value::from(token.as_str())))
        }
        Some(Credential::ApiKey) | None => Err(Refusal::NotFound("Session not found")),
    }
}

pub(super) fn me(call: &mut Call<'_>, user: Id) -> Outcome {
    let shown = shapes::user(call.state, user, call.state.users.at(user));
    Ok(match call.version() {
        crate::Version::V1 => item(shown),
        crate::Version::V2 => {
            json!({ "item": shown, "included": { "notificationServices": [] } })
        }
    })
}

pub(super) fn create_api_key(call: &mut Call<'_>, user: Id) -> Outcome {
    let id = call.id(0)?;
    check_admin(call, user)?;
    check_user(call, id)?;
    let key = call.state.renew_api_key(id);
    let shown = shapes::user(call.state, user, call.state.users.at(id));
    Ok(json!({ "item": shown, "included": { "apiKey": key } }))
}

/// Of a user only the key can be changed here, by taking it away.
pub(super) fn update_user(call: &mut Call<'_>, user: Id) -> Outcome {
    let id = call.id(0)?;
    if user != id && call.state.users.at(user).role != UserRole::Admin {
        return Err(Refusal::NotFound("User not found"));
    }
    check_user(call, id)?;
    if call.body.get("apiKey") == Some(&Value::Null) {
        check_admin(call, user)?;
        call.state.revoke_api_key(id);
    }
    Ok(item(shapes::user(
        call.state,
        user,
        call.state.users.at(id),
    )))
}

fn check_user(call: &Call<'_>, id: Id) -> Result<(), Refusal> {
    let known = call.state.users.get(id);
    known.map(|_| ()).ok_or(Refusal::NotFound("User not found"))
}
