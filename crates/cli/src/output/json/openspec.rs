//! The answers of `onward openspec`, as the official CLI 1.13.2 gives them: same keys, same order
//! (OpenSpec sheet §2). They carry no `schema` number because theirs carry none.

use crate::commands::openspec::{Answer, Failure, Place, Tasks};
use camino::Utf8Path;
use jiff::Timestamp;
use openspec_model::{
    ArtifactState, ArtifactStatus, ChangeList, ChangeStatus, ChangeSummary, Diagnostic, Error,
    ListWarning, SpecList, StatusEntry,
};
use serde_json::{Map, Value, json};

/// The code of what keeps one change from being read.
const CHANGE_ERROR: &str = "change_error";

/// What was found.
pub(crate) fn answer(place: &Place, answer: &Answer) -> Value {
    let root = place.root.as_path();
    let mut value = match answer {
        Answer::Changes(list) => changes(list),
        Answer::Specs(list) => specs(list),
        Answer::Status(status) => one_status(root, status),
        Answer::StatusOfAll(entries) => status_of_all(root, entries),
        Answer::Tasks(tasks) => self::tasks(tasks),
    };
    let source = if place.is_found {
        "nearest"
    } else {
        "implicit"
    };
    value["root"] = json!({"path": root.as_str(), "source": source});
    value
}

/// Why nothing was found, in the shape of the answer that was asked for.
pub(crate) fn failure(failure: &Failure) -> Value {
    let mut value = match failure.empty {
        Some(key) => json!({key: [], "root": null}),
        None => json!({}),
    };
    let mut told = diagnostic(&failure.diagnostic);
    if let (Some(target), Some(fields)) = (failure.target, told.as_object_mut()) {
        // It stands before the fix.
        let fix = fields.shift_remove("fix");
        fields.insert("target".into(), target.into());
        fields.extend(fix.map(|fix| ("fix".into(), fix)));
    }
    value["status"] = json!([told]);
    value
}

fn changes(list: &ChangeList) -> Value {
    let mut value = json!({"changes": list.changes.iter().map(summary).collect::<Vec<_>>()});
    if !list.warnings.is_empty() {
        value["warnings"] = list.warnings.iter().map(warning).collect();
    }
    value
}

fn summary(change: &ChangeSummary) -> Value {
    let mut value = json!({
        "name": change.name,
        "completedTasks": change.completed_tasks,
        "totalTasks": change.total_tasks,
        "lastModified": time(change.last_modified),
        "status": change.status(),
    });
    if let Some(nested) = &change.nested {
        value["nested"] = json!(nested);
    }
    value
}

/// Writes a time as JavaScript does; none for what no calendar reaches.
fn time(milliseconds: i64) -> Option<String> {
    let time = Timestamp::from_millisecond(milliseconds).ok()?;
    Some(format!("{time:.3}"))
}

fn warning(warning: &ListWarning) -> Value {
    let mut value = json!({"code": warning.code, "name": warning.name});
    if let Some(nested) = &warning.nested {
        value["nested"] = json!(nested);
    }
    value["message"] = json!(warning.message);
    value
}

fn specs(list: &SpecList) -> Value {
    let specs = list
        .specs
        .iter()
        .map(|spec| json!({"id": spec.id, "requirementCount": spec.requirement_count}));
    let mut value = json!({"specs": specs.collect::<Vec<_>>()});
    if !list.troubles.is_empty() {
        let told =
            |trouble: &Error| json!({"code": "unreadable_spec", "message": trouble.with_causes()});
        value["warnings"] = list.troubles.iter().map(told).collect();
    }
    value
}

fn status_of_all(root: &Utf8Path, entries: &[StatusEntry]) -> Value {
    let entry = |entry: &StatusEntry| match &entry.status {
        Ok(status) => one_status(root, status),
        Err(error) => json!({
            "changeName": entry.name,
            "status": [diagnostic(&error.diagnostic(CHANGE_ERROR))],
        }),
    };
    let mut value = json!({"changes": entries.iter().map(entry).collect::<Vec<_>>()});
    if entries.is_empty() {
        value["message"] = json!("No active changes.");
    }
    value
}

fn one_status(root: &Utf8Path, status: &ChangeStatus) -> Value {
    let paths: Map<String, Value> = status
        .artifact_paths
        .iter()
        .map(|artifact| {
            let existing = artifact
                .existing_output_paths
                .iter()
                .map(|path| path.as_str());
            let paths = json!({
                "outputPath": artifact.output_path,
                "resolvedOutputPath": artifact.resolved_output_path.as_str(),
                "existingOutputPaths": existing.collect::<Vec<_>>(),
            });
            (artifact.id.clone(), paths)
        })
        .collect();
    let ids: Vec<_> = status
        .artifacts
        .iter()
        .map(|artifact| artifact.id.as_str())
        .collect();
    json!({
        "changeName": status.change_name,
        "schemaName": status.schema_name,
        "planningHome": {
            "kind": "repo",
            "root": root.as_str(),
            "changesDir": root.join("openspec/changes").as_str(),
            // The CLI says so whatever the project's configuration names.
            "defaultSchema": "spec-driven",
        },
        "changeRoot": status.change_root.as_str(),
        "artifactPaths": paths,
        "isPlanningComplete": status.is_complete,
        "isComplete": status.is_complete,
        "applyRequires": status.apply_requires,
        "nextSteps": status.next_steps,
        "actionContext": {
            "mode": "repo-local",
            "sourceOfTruth": "repo",
            "planningArtifacts": ids,
            "linkedContext": [],
            "allowedEditRoots": [root.as_str()],
            "requiresAffectedAreaSelection": false,
            "constraints": [
                "Repo-local change artifacts and implementation edits are scoped to this project."
            ],
        },
        "artifacts": status.artifacts.iter().map(artifact).collect::<Vec<_>>(),
    })
}

fn artifact(state: &ArtifactState) -> Value {
    let mut value = json!({
        "id": state.id,
        "outputPath": state.output_path,
        "status": state.status.as_str(),
        "requires": state.requires,
    });
    if let ArtifactStatus::Blocked { missing_deps } = &state.status {
        value["missingDeps"] = json!(missing_deps);
    }
    value
}

fn tasks(tasks: &Tasks) -> Value {
    let report = &tasks.report;
    let listed = report
        .tasks
        .iter()
        .map(|task| json!({"id": task.id, "description": task.description, "done": task.done}));
    json!({
        "changeName": tasks.change,
        "progress": {
            "total": report.total,
            "complete": report.complete,
            "remaining": report.remaining(),
        },
        "tasks": listed.collect::<Vec<_>>(),
        "state": report.state.as_str(),
    })
}

fn diagnostic(diagnostic: &Diagnostic) -> Value {
    let mut value = json!({
        "severity": diagnostic.severity.as_str(),
        "code": diagnostic.code,
        "message": diagnostic.message,
    });
    if let Some(fix) = &diagnostic.fix {
        value["fix"] = json!(fix);
    }
    value
}
