//! `POST /api/dossier/push-content/`: the body of one artifact.

use serde_json::{Map, Value, json};

use super::answers::{check_token, object};
use super::state::{ReceivedContent, State};
use crate::loopback::{Reply, Request};

/// What every body says; the first seven tell it from others.
const FIELDS: [&str; 9] = [
    "project_uuid",
    "mission_slug",
    "target_branch",
    "mission_type",
    "manifest_version",
    "artifact_path",
    "content_hash",
    "hash_algorithm",
    "content_body",
];

pub(super) fn answer(state: &mut State, request: &Request) -> Reply {
    match admit(state, request) {
        Ok((key, body)) => take(state, request, key, body),
        Err(refusal) => refusal,
    }
}

/// A body that may come in, with its key.
fn admit(state: &State, request: &Request) -> Result<(Vec<String>, Value), Reply> {
    check_token(&state.token, request)?;
    let body = object(request)?;
    let missing: Map<String, Value> = FIELDS
        .iter()
        .filter(|field| !body[**field].is_string())
        .map(|field| ((*field).to_owned(), json!(["This field is required."])))
        .collect();
    if !missing.is_empty() {
        return Err(Reply::json(400, &Value::Object(missing)));
    }
    let text = |field: &&str| body[*field].as_str().unwrap_or_default().to_owned();
    let key = FIELDS[..7].iter().map(text).collect();
    Ok((key, body))
}

fn take(state: &mut State, request: &Request, key: Vec<String>, body: Value) -> Reply {
    let artifact_path = key[5].clone();
    let reply = match state.content_answers.take(&artifact_path) {
        Some(answer) => answer.reply(),
        None if state.stored_keys.insert(key) => {
            state.stored.push(body.clone());
            Reply::json(201, &json!({ "status": "stored" }))
        }
        None => Reply::json(200, &json!({ "status": "already_exists" })),
    };
    state.contents.push(ReceivedContent {
        artifact_path,
        body,
        status: reply.status,
        request: request.number,
    });
    reply
}
