//! What rows hold, and how an answer shows them.

use serde_json::{Map, Value, json};

use super::Age;
use super::state::State;
use crate::loopback::Reply;

/// What a row of a table holds when nobody says otherwise.
pub(super) fn defaults(table: &str, age: Age) -> Map<String, Value> {
    let row = match table {
        "domains" => json!({ "slug": "", "name": "" }),
        "topics" => json!({ "slug": "", "title": "", "domain_slug": "" }),
        "repos" => json!({
            "slug": "", "name": "", "domain_slug": "", "local_path": null, "host_paths": {},
            "remote_url": null, "git_fingerprint": null, "last_state_synced_at": null,
        }),
        "workplans" => json!({
            "topic_id": null, "repo_id": null, "slug": "", "title": "",
            "status": if age == Age::March { "todo" } else { "proposed" },
            "owner": null, "description": null,
        }),
        "tasks" => json!({
            "workstream_id": null, "title": "", "status": "todo", "priority": "medium",
            "description": null, "assignee": null, "needs_human": false,
        }),
        other => panic!("no table is called {other}"),
    };
    match row {
        Value::Object(columns) => columns,
        _ => Map::new(),
    }
}

/// A row as an answer shows it.
pub(super) fn shown(state: &State, table: &str, row: &Value) -> Value {
    let mut row = row.clone();
    if let Some(columns) = row.as_object_mut() {
        if state.hides_times {
            columns.shift_remove("updated_at");
        }
        if table == "repos" && state.age == Age::March {
            columns.shift_remove("git_fingerprint");
        }
        if table == "tasks" && state.age == Age::June {
            let workplan = columns["workstream_id"].clone();
            columns.insert("workplan_id".into(), workplan);
        }
    }
    row
}

/// 200 or 201 with a row.
pub(super) fn reply(state: &State, status: u16, table: &str, row: &Value) -> Reply {
    Reply::json(status, &shown(state, table, row))
}
