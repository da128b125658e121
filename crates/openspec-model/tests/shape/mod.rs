//! The CLI's JSON, made of this crate's values: same keys, same order.

use camino::Utf8Path;
use jiff::Timestamp;
use openspec_model::{
    ApplyReport, ArtifactState, ArtifactStatus, ChangeList, ChangeStatus, Error, SpecList,
    StatusEntry,
};
use serde_json::{Map, Value, json};

fn root(path: &Utf8Path) -> Value {
    json!({"path": path.as_str(), "source": "nearest"})
}

pub(crate) fn list(path: &Utf8Path, list: &ChangeList) -> Value {
    let changes = list.changes.iter().map(|change| {
        let time = Timestamp::from_millisecond(change.last_modified).unwrap();
        let mut entry = json!({
            "name": change.name,
            "completedTasks": change.completed_tasks,
            "totalTasks": change.total_tasks,
            "lastModified": format!("{time:.3}"),
            "status": change.status(),
        });
        if let Some(nested) = &change.nested {
            entry["nested"] = json!(nested);
        }
        entry
    });
    let mut answer = json!({"changes": changes.collect::<Vec<_>>()});
    if !list.warnings.is_empty() {
        let warnings = list.warnings.iter().map(|warning| {
            let mut entry = json!({"code": warning.code, "name": warning.name});
            if let Some(nested) = &warning.nested {
                entry["nested"] = json!(nested);
            }
            entry["message"] = json!(warning.message);
            entry
        });
        answer["warnings"] = warnings.collect();
    }
    answer["root"] = root(path);
    answer
}

pub(crate) fn specs(path: &Utf8Path, list: &SpecList) -> Value {
    let specs: Vec<Value> = list
        .specs
        .iter()
        .map(|spec| json!({"id": spec.id, "requirementCount": spec.requirement_count}))
        .collect();
    json!({"specs": specs, "root": root(path)})
}

pub(crate) fn status(path: &Utf8Path, status: &Result<ChangeStatus, Error>) -> Value {
    match status {
        Ok(status) => {
            let mut answer = one_status(path, status);
            answer["root"] = root(path);
            answer
        }
        Err(error) => json!({"status": diagnostics(error)}),
    }
}

pub(crate) fn status_all(path: &Utf8Path, entries: &[StatusEntry]) -> Value {
    let changes: Vec<Value> = entries
        .iter()
        .map(|entry| match &entry.status {
            Ok(status) => one_status(path, status),
            Err(error) => json!({"changeName": entry.name, "status": diagnostics(error)}),
        })
        .collect();
    json!({"changes": changes, "root": root(path)})
}

pub(crate) fn apply(report: &Result<ApplyReport, Error>) -> Value {
    let report = match report {
        Ok(report) => report,
        Err(error) => return json!({"status": diagnostics(error)}),
    };
    let tasks: Vec<Value> = report
        .tasks
        .iter()
        .map(|task| json!({"id": task.id, "description": task.description, "done": task.done}))
        .collect();
    json!({
        "progress": {
            "total": report.total,
            "complete": report.complete,
            "remaining": report.remaining(),
        },
        "tasks": tasks,
        "state": report.state.as_str(),
    })
}

fn diagnostics(error: &Error) -> Value {
    let diagnostic = error.diagnostic("change_error");
    let mut entry = json!({
        "severity": diagnostic.severity.as_str(),
        "code": diagnostic.code,
        "message": diagnostic.message,
    });
    if let Some(fix) = diagnostic.fix {
        entry["fix"] = json!(fix);
    }
    json!([entry])
}

fn one_status(path: &Utf8Path, status: &ChangeStatus) -> Value {
    let paths: Map<String, Value> = status
        .artifact_paths
        .iter()
        .map(|artifact| {
            let existing = artifact.existing_output_paths.iter();
            let paths = json!({
                "outputPath": artifact.output_path,
                "resolvedOutputPath": artifact.resolved_output_path.as_str(),
                "existingOutputPaths": existing.map(|path| path.as_str()).collect::<Vec<_>>(),
            });
            (artifact.id.clone(), paths)
        })
        .collect();
    let ids: Vec<&str> = status
        .artifacts
        .iter()
        .map(|artifact| artifact.id.as_str())
        .collect();
    json!({
        "changeName": status.change_name,
        "schemaName": status.schema_name,
        "planningHome": {
            "kind": "repo",
            "root": path.as_str(),
            "changesDir": path.join("openspec/changes").as_str(),
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
            "allowedEditRoots": [path.as_str()],
            "requiresAffectedAreaSelection": false,
            "constraints": [
                "Repo-local change artifacts and implementation edits are scoped to this project."
            ],
        },
        "artifacts": status.artifacts.iter().map(artifact).collect::<Vec<_>>(),
    })
}

fn artifact(state: &ArtifactState) -> Value {
    let mut entry = json!({
        "id": state.id,
        "outputPath": state.output_path,
        "status": state.status.as_str(),
        "requires": state.requires,
    });
    if let ArtifactStatus::Blocked { missing_deps } = &state.status {
        entry["missingDeps"] = json!(missing_deps);
    }
    entry
}
