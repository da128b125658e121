//! What the hub holds, for programs.

use super::SCHEMA;
use crate::commands::task::TaskInPlan;
use crate::hub::HubPlace;
use jiff::Timestamp;
use serde_json::{Value, json};
use sync_core::hub;
use sync_core::ids::{FileId, Slug};

/// The repositories of a hub.
pub(crate) fn repositories(hub: &HubPlace, known: &[hub::Repository]) -> Value {
    let one = |repository: &hub::Repository| {
        json!({
            "slug": repository.slug.as_str(),
            "id": repository.id.as_str(),
            "remote": repository.remote,
            "paths": repository.paths,
            "synced": repository.synced.map(moment),
        })
    };
    json!({
        "schema": SCHEMA,
        "command": "hub list",
        "hub": hub.to_string(),
        "repositories": known.iter().map(one).collect::<Vec<_>>(),
    })
}

/// Tasks of a hub.
pub(crate) fn tasks(hub: &HubPlace, tasks: &[TaskInPlan]) -> Value {
    json!({
        "schema": SCHEMA,
        "command": "task list",
        "hub": hub.to_string(),
        "tasks": tasks.iter().map(one_task).collect::<Vec<_>>(),
    })
}

/// One task of a hub.
pub(crate) fn task(hub: &HubPlace, task: &TaskInPlan) -> Value {
    json!({
        "schema": SCHEMA,
        "command": "task show",
        "hub": hub.to_string(),
        "task": one_task(task),
    })
}

fn one_task(row: &TaskInPlan) -> Value {
    let (task, plan) = (&row.task, &row.workplan);
    json!({
        "id": task.file_id.as_ref().map(FileId::as_str),
        "hubId": task.id.as_str(),
        "title": task.title,
        "status": task.status.to_string(),
        "priority": task.priority,
        "repo": plan.repository.as_ref().map(Slug::as_str),
        "workplan": {
            "id": plan.file_id.as_ref().map(FileId::as_str),
            "hubId": plan.id.as_str(),
            "title": plan.title,
            "status": plan.status.to_string(),
        },
        "version": task.state.version.0,
        "reopens": task.state.reopens,
        "changedBy": task.state.changed_by,
        "changedAt": moment(task.state.changed_at),
    })
}

fn moment(time: hub::Timestamp) -> Option<String> {
    let time = Timestamp::from_second(time.0).ok()?;
    Some(time.to_string())
}
