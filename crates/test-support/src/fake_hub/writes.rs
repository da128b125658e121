//! What may be made and changed, and what is refused.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::Age;
use super::routes::refusal;
use super::rows;
use super::state::State;
use super::words;
use crate::loopback::{Reply, Request};

/// A workplan in one of these is started by a task that starts.
const NOT_STARTED: [&str; 3] = ["proposed", "ready", "backlog"];

type Columns = Map<String, Value>;

pub(super) fn new_repo(state: &mut State, request: &Request) -> Reply {
    new(state, request, "repos", &["domain_slug", "slug", "name"])
}

pub(super) fn new_topic(state: &mut State, request: &Request) -> Reply {
    new(state, request, "topics", &["domain_slug", "slug", "title"])
}

pub(super) fn new_workplan(state: &mut State, request: &Request) -> Reply {
    new(state, request, "workplans", &["topic_id", "slug", "title"])
}

pub(super) fn new_task(state: &mut State, request: &Request) -> Reply {
    new(state, request, "tasks", &["workstream_id", "title"])
}

/// The columns that may be sent; others are passed over, as they are by the framework.
fn writable(table: &str, new: bool) -> &'static [&'static str] {
    match (table, new) {
        ("repos", true) => &[
            "domain_slug",
            "slug",
            "name",
            "local_path",
            "remote_url",
            "git_fingerprint",
        ],
        ("repos", false) => &[
            "name",
            "remote_url",
            "git_fingerprint",
            "last_state_synced_at",
        ],
        ("topics", _) => &["domain_slug", "slug", "title"],
        ("workplans", _) => &[
            "topic_id",
            "repo_id",
            "slug",
            "title",
            "status",
            "owner",
            "description",
        ],
        // A new task is open, whatever is sent.
        ("tasks", true) => &["workstream_id", "title", "priority", "description"],
        ("tasks", false) => &["title", "status", "priority", "description", "assignee"],
        _ => &[],
    }
}

/// Columns that must name a row elsewhere, by its `id` or `slug`.
const REFERENCES: [(&str, &str, &str); 4] = [
    ("domain_slug", "domains", "slug"),
    ("topic_id", "topics", "id"),
    ("repo_id", "repos", "id"),
    ("workstream_id", "workplans", "id"),
];

fn new(state: &mut State, request: &Request, table: &'static str, required: &[&str]) -> Reply {
    let sent = match accepted(state, request, table, true) {
        Ok(sent) => sent,
        Err(reply) => return reply,
    };
    if let Some(missing) = required.iter().find(|name| !sent.contains_key(**name)) {
        return invalid("body", missing, "Field required");
    }
    let unique = matches!(table, "repos" | "topics");
    let slug = sent.get("slug").and_then(Value::as_str);
    if unique && slug.is_some_and(|slug| state.find_by(table, "slug", slug).is_some()) {
        return refusal(409, "the slug is taken");
    }
    let id = state.insert(table, Value::Object(sent));
    let row = state.find(table, &id).cloned().unwrap_or_default();
    rows::reply(state, 201, table, &row)
}

pub(super) fn change(state: &mut State, table: &'static str, id: &str, request: &Request) -> Reply {
    if state.find(table, id).is_none() {
        return refusal(404, "no such row");
    }
    let sent = match accepted(state, request, table, false) {
        Ok(sent) => sent,
        Err(reply) => return reply,
    };
    let status = sent.get("status").cloned();
    let row = state.update(table, id, Value::Object(sent));
    if let ("tasks", Some(status)) = (table, status) {
        starts(state, &row, &status);
    }
    rows::reply(state, 200, table, &row)
}

/// A task that starts starts its workplan too, in the same transaction (sheet §2).
fn starts(state: &mut State, task: &Value, status: &Value) {
    if state.age != Age::June || status != "progress" {
        return;
    }
    let workplan = task["workstream_id"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let waits = |row: &Value| NOT_STARTED.iter().any(|word| row["status"] == *word);
    if state.find("workplans", &workplan).is_some_and(waits) {
        state.update("workplans", &workplan, json!({ "status": "active" }));
    }
}

pub(super) fn change_repo(state: &mut State, slug: &str, request: &Request) -> Reply {
    let Some(id) = repo_id(state, slug) else {
        return refusal(404, "Repo not found");
    };
    change(state, "repos", &id, request)
}

pub(super) fn path(state: &mut State, slug: &str, request: &Request) -> Reply {
    let Some(id) = repo_id(state, slug) else {
        return refusal(404, "Repo not found");
    };
    let body = request.json();
    let (Some(host), Some(path)) = (body["host"].as_str(), body["path"].as_str()) else {
        return invalid("body", "host", "Field required");
    };
    let mut paths = state.find("repos", &id).cloned().unwrap_or_default()["host_paths"].clone();
    paths[host] = path.into();
    let row = state.update("repos", &id, json!({ "host_paths": paths }));
    rows::reply(state, 200, "repos", &row)
}

/// Sets statuses of tasks, all or none.
pub(super) fn bulk(state: &mut State, request: &Request) -> Reply {
    let body = request.json();
    let Some(updates) = body["updates"].as_array() else {
        return invalid("body", "updates", "Field required");
    };
    let mut ids = BTreeSet::new();
    let mut changes = Vec::new();
    for update in updates {
        let (Some(id), Some(word)) = (update["task_id"].as_str(), update["status"].as_str()) else {
            return invalid("body", "updates", "Field required");
        };
        let Some(status) = words::stored(state.age, "tasks", word) else {
            return bad_status(state.age, "tasks");
        };
        if !ids.insert(id) {
            return refusal(400, "duplicate task ids");
        }
        changes.push((id, status));
    }
    if ids.iter().any(|id| state.find("tasks", id).is_none()) {
        return refusal(404, "unknown task ids");
    }
    for (id, status) in &changes {
        let row = state.update("tasks", id, json!({ "status": status }));
        starts(state, &row, &Value::from(*status));
    }
    Reply::json(200, &json!({ "updated": changes.len() }))
}

fn repo_id(state: &State, slug: &str) -> Option<String> {
    let row = state.find_by("repos", "slug", slug)?;
    row["id"].as_str().map(str::to_owned)
}

/// What of a body is taken, statuses in the word that is stored.
fn accepted(state: &State, request: &Request, table: &str, new: bool) -> Result<Columns, Reply> {
    let Value::Object(sent) = request.json() else {
        return Err(invalid("body", "body", "JSON decode error"));
    };
    let mut taken = Columns::new();
    for (name, value) in sent {
        if !writable(table, new).contains(&name.as_str()) {
            continue;
        }
        let reference = REFERENCES.iter().find(|(column, ..)| *column == name);
        if let (Some((_, table, column)), Some(named)) = (reference, value.as_str())
            && state.find_by(table, column, named).is_none()
        {
            return Err(invalid("body", &name, "names nothing that is there"));
        }
        let value = if name == "status" {
            let stored = words::stored(state.age, table, value.as_str().unwrap_or_default());
            stored.ok_or_else(|| bad_status(state.age, table))?.into()
        } else {
            value
        };
        taken.insert(name, value);
    }
    Ok(taken)
}

fn bad_status(age: Age, table: &str) -> Reply {
    let message = format!("Input should be {}", words::listed(age, table));
    invalid("body", "status", &message)
}

/// 422 as the framework words it.
pub(super) fn invalid(place: &str, name: &str, message: &str) -> Reply {
    let detail = json!([{ "loc": [place, name], "msg": message, "type": "value_error" }]);
    Reply::json(422, &json!({ "detail": detail }))
}
