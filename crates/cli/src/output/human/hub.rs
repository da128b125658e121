//! What the hub holds, for people.

use crate::commands::task::TaskInPlan;
use crate::output::safe::safe;
use crate::output::table::Table;
use jiff::Timestamp;
use std::fmt::Write;
use sync_core::hub;
use sync_core::ids::FileId;

/// Lists repositories, with the path of each on this host.
pub(crate) fn repositories(known: &[hub::Repository], host: &str) -> String {
    if known.is_empty() {
        return "no repository is registered; in one, run: onward hub register\n".into();
    }
    let mut table = Table::new(["repo", "synced (UTC)", "path here", "remote"]);
    for repository in known {
        let or_none = |text: Option<&String>| text.map_or_else(|| "–".into(), |text| safe(text));
        table.add([
            safe(repository.slug.as_str()),
            repository.synced.map_or_else(|| "–".into(), moment),
            or_none(repository.paths.get(host)),
            or_none(repository.remote.as_ref()),
        ]);
    }
    table.to_string()
}

/// Lists tasks.
pub(crate) fn tasks(tasks: &[TaskInPlan]) -> String {
    if tasks.is_empty() {
        return "no tasks\n".into();
    }
    let mut table = Table::new(["task", "status", "repo", "title"]);
    for row in tasks {
        table.add([
            safe(row.name()),
            safe(&row.task.status.to_string()),
            safe(row.repository()),
            safe(&row.task.title),
        ]);
    }
    table.to_string()
}

/// Shows a task with all there is to know.
pub(crate) fn task(row: &TaskInPlan) -> String {
    let (task, plan) = (&row.task, &row.workplan);
    let mut text = format!("{}  {}\n", safe(row.name()), safe(&task.title));
    let plan_id = plan
        .file_id
        .as_ref()
        .map_or(plan.id.as_str(), FileId::as_str);
    let reopened = match task.state.reopens {
        0 => String::new(),
        1 => ", reopened once".into(),
        times => format!(", reopened {times} times"),
    };
    let lines = [
        ("status", task.status.to_string()),
        (
            "priority",
            task.priority.clone().unwrap_or_else(|| "–".into()),
        ),
        ("repo", row.repository().into()),
        ("workplan", format!("{plan_id}  {}", plan.title)),
        ("hub id", task.id.to_string()),
        ("version", format!("{}{reopened}", task.state.version.0)),
        (
            "changed",
            format!(
                "{} UTC by {}",
                moment(task.state.changed_at),
                task.state.changed_by
            ),
        ),
    ];
    for (name, value) in lines {
        let _ = writeln!(text, "  {name:<9} {}", safe(&value));
    }
    text
}

/// Tells of a task that was set.
pub(crate) fn changed(name: &str, from: &str, to: &str) -> String {
    format!("{}: {} → {to}\n", safe(name), safe(from))
}

/// Tells of a task that needed no change.
pub(crate) fn unchanged(name: &str, word: &str) -> String {
    format!("{} is {word} already\n", safe(name))
}

fn moment(time: hub::Timestamp) -> String {
    let time = Timestamp::from_second(time.0);
    time.map_or_else(
        |_| "?".into(),
        |time| time.strftime("%Y-%m-%d %H:%M").to_string(),
    )
}
