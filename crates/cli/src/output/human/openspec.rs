//! The answers of `onward openspec` for people: compact tables.

use crate::commands::openspec::{Answer, Tasks};
use crate::output::safe::safe;
use crate::output::table::Table;
use jiff::Timestamp;
use openspec_model::{ArtifactStatus, ChangeList, ChangeStatus, SpecList, StatusEntry};
use std::fmt::Write;

/// Shows an answer.
pub(crate) fn answer(answer: &Answer) -> String {
    match answer {
        Answer::Changes(list) => changes(list),
        Answer::Specs(list) => specs(list),
        Answer::Status(status) => one_status(status),
        Answer::StatusOfAll(entries) => status_of_all(entries),
        Answer::Tasks(tasks) => self::tasks(tasks),
    }
}

fn changes(list: &ChangeList) -> String {
    if list.changes.is_empty() {
        return "no active changes\n".into();
    }
    let mut table = Table::new(["change", "tasks", "status", "modified (UTC)"]);
    for change in &list.changes {
        let status = match &change.nested {
            Some(_) => "not a change",
            None => change.status(),
        };
        let tasks = match change.total_tasks {
            0 => "–".into(),
            total => format!("{}/{total}", change.completed_tasks),
        };
        let time = Timestamp::from_millisecond(change.last_modified);
        let time = time.map_or_else(
            |_| "?".into(),
            |time| time.strftime("%Y-%m-%d %H:%M").to_string(),
        );
        table.add([safe(&change.name), tasks, status.into(), time]);
    }
    table.to_string()
}

fn specs(list: &SpecList) -> String {
    if list.specs.is_empty() {
        return "no specs\n".into();
    }
    let mut table = Table::new(["spec", "requirements"]);
    for spec in &list.specs {
        table.add([safe(&spec.id), spec.requirement_count.to_string()]);
    }
    table.to_string()
}

fn one_status(status: &ChangeStatus) -> String {
    let mut text = format!(
        "{} ({})\n",
        safe(&status.change_name),
        safe(&status.schema_name)
    );
    let mut table = Table::new(["artifact", "status", "files"]);
    for artifact in &status.artifacts {
        let word = match &artifact.status {
            ArtifactStatus::Blocked { missing_deps } => {
                format!("blocked by {}", missing_deps.join(", "))
            }
            status => status.as_str().into(),
        };
        table.add([safe(&artifact.id), safe(&word), safe(&artifact.output_path)]);
    }
    let _ = write!(text, "{table}");
    for step in &status.next_steps {
        let _ = writeln!(text, "next: {}", safe(step));
    }
    text
}

fn status_of_all(entries: &[StatusEntry]) -> String {
    if entries.is_empty() {
        return "no active changes\n".into();
    }
    let mut table = Table::new(["change", "schema", "artifacts", "next"]);
    for entry in entries {
        let Ok(status) = &entry.status else {
            table.add([
                safe(&entry.name),
                "?".into(),
                "?".into(),
                "cannot be read".into(),
            ]);
            continue;
        };
        let settled = status
            .artifacts
            .iter()
            .filter(|artifact| artifact.status.is_settled())
            .count();
        let ready = status
            .artifacts
            .iter()
            .find(|artifact| artifact.status == ArtifactStatus::Ready);
        let next = match ready {
            Some(artifact) => safe(&artifact.id),
            None if status.is_complete => "apply".into(),
            None => "–".into(),
        };
        let artifacts = format!("{settled}/{}", status.artifacts.len());
        table.add([
            safe(&entry.name),
            safe(&status.schema_name),
            artifacts,
            next,
        ]);
    }
    table.to_string()
}

fn tasks(tasks: &Tasks) -> String {
    let report = &tasks.report;
    let (complete, total, state) = (report.complete, report.total, report.state.as_str());
    let mut text = format!("{}: {complete}/{total}, {state}\n", safe(&tasks.change));
    for task in &report.tasks {
        let mark = if task.done { 'x' } else { ' ' };
        let _ = writeln!(text, "[{mark}] {}", safe(&task.description));
    }
    text
}
