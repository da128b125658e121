//! Reports for people.

pub(crate) mod consistency;
pub(crate) mod hub;
pub(crate) mod last_run;
pub(crate) mod openspec;
pub(crate) mod sync_now;
pub(crate) mod sync_status;

use super::held::{Reason, reason};
use super::safe::safe;
use crate::commands::kanban_sync::report::{KanbanSyncReport, Summary};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use sync_core::ids::ChangeName;
use sync_core::plan::{Action, Handle, HeldChange, Step};
use sync_core::run::{Fate, Stop};

/// The most steps of a plan that are listed one by one.
const LISTED: usize = 200;

/// Shows a run of kanban-sync; the last line has the counts.
pub(crate) fn kanban_sync(report: &KanbanSyncReport) -> String {
    let mut text = String::new();
    let name = safe(&format!("{} / {}", report.project, report.board));
    let server = safe(&report.server);
    let _ = if report.embedded {
        writeln!(
            text,
            "{name} on the embedded board {server}, as PLANKA_URL is not set"
        )
    } else {
        writeln!(text, "{name} on {server}")
    };
    for name in &report.ambiguous {
        let (kind, count) = (name.kind, name.count);
        let _ = writeln!(
            text,
            "  warning: {count} {kind}s are called {}; the oldest is used ({})",
            safe(&name.name),
            name.taken
        );
    }
    for warning in &report.warnings {
        let _ = writeln!(text, "  warning: {}", safe(warning));
    }
    if report.dry_run {
        plan(&mut text, report);
    }
    for (step, fate) in &report.steps {
        if let Some(problem) = problem(step, fate.as_ref()) {
            let _ = writeln!(text, "  {}", safe(&problem));
        }
    }
    for step in not_as_written(report).take(LISTED) {
        let _ = writeln!(text, "  not as written: {}", safe(&described(step)));
    }
    held(&mut text, report);
    if let Some(mass) = report.mass_close {
        let (closing, open) = (mass.closing, mass.open);
        let _ = writeln!(
            text,
            "  {closing} of {open} open cards would be closed at once; --allow-mass-close allows it"
        );
    }
    if let Some(stop) = &report.stopped {
        let _ = writeln!(text, "  {}", safe(&stopped(stop, report.embedded)));
    }
    let _ = writeln!(text, "{}", counts(report));
    text
}

/// Returns what the last look still asked for although it had been written.
fn not_as_written(report: &KanbanSyncReport) -> impl Iterator<Item = &Step> {
    let failed: BTreeSet<String> = report
        .steps
        .iter()
        .filter(|(_, fate)| !fate.as_ref().is_some_and(Fate::is_made))
        .map(|(step, _)| described(step))
        .collect();
    let unsettled = report.unsettled.iter().filter(|_| report.stopped.is_none());
    unsettled.filter(move |step| !failed.contains(&described(step)))
}

/// Lists what a plan would do: a line for each card, with its tasks counted.
fn plan(text: &mut String, report: &KanbanSyncReport) {
    let mut lines: Vec<(String, usize)> = Vec::new();
    let mut cards: BTreeMap<&str, usize> = BTreeMap::new();
    for (step, _) in &report.steps {
        let Some(change) = step.change.as_ref().map(ChangeName::as_str) else {
            lines.push((format!("would {}", step.action), 0));
            continue;
        };
        let of_new_card = matches!(
            step.action,
            Action::AttachLabel {
                card: Handle::Made(_),
                ..
            }
        );
        if of_new_card {
            continue;
        }
        if is_about_tasks(&step.action) {
            let at = *cards.entry(change).or_insert_with(|| {
                lines.push((format!("{change}: would change tasks"), 0));
                lines.len() - 1
            });
            lines[at].1 += 1;
        } else {
            cards.entry(change).or_insert(lines.len());
            lines.push((format!("{change}: would {}", step.action), 0));
        }
    }
    for (line, tasks) in lines.iter().take(LISTED) {
        let tasks = count(*tasks, "write on its tasks", "writes on its tasks");
        let tasks = tasks.map_or_else(String::new, |tasks| format!(", {tasks}"));
        let _ = writeln!(text, "  {}{tasks}", safe(line));
    }
    if lines.len() > LISTED {
        let more = lines.len() - LISTED;
        let _ = writeln!(text, "  … and {more} more; --json lists all");
    }
    let _ = writeln!(text, "  plan {}", report.digest);
}

fn is_about_tasks(action: &Action) -> bool {
    matches!(
        action,
        Action::CreateTaskList { .. }
            | Action::UpdateTaskList { .. }
            | Action::DeleteTaskList { .. }
            | Action::CreateTask { .. }
            | Action::UpdateTask { .. }
            | Action::DeleteTask { .. }
    )
}

/// Returns a step in words, with its change.
pub(crate) fn described(step: &Step) -> String {
    match &step.change {
        Some(change) => format!("{change}: {}", step.action),
        None => step.action.to_string(),
    }
}

fn problem(step: &Step, fate: Option<&Fate>) -> Option<String> {
    let step = described(step);
    match fate? {
        Fate::Made { .. } | Fate::Skipped => None,
        Fate::Superseded { reason } => Some(format!("changed meanwhile: {step} ({reason})")),
        Fate::Failed { reason } => Some(format!("failed: {step}: {reason}")),
        Fate::Unknown { reason } => Some(format!("answer lost: {step} ({reason})")),
    }
}

/// Lists what is held; those with one reason stand together.
fn held(text: &mut String, report: &KanbanSyncReport) {
    let mut groups: Vec<(Reason, Vec<&str>)> = Vec::new();
    for HeldChange { change, held } in &report.held {
        let found = reason(held, change.as_str(), &report.origin);
        match groups.iter_mut().find(|(reason, _)| *reason == found) {
            Some((_, changes)) => changes.push(change.as_str()),
            None => groups.push((found, vec![change.as_str()])),
        }
    }
    for (reason, changes) in groups {
        let row = reason
            .row
            .map_or_else(String::new, |row| format!(" (row {row})"));
        let (changes, why) = (safe(&changes.join(", ")), safe(&reason.text));
        let _ = writeln!(text, "  held {changes}{row}: {why}");
        let _ = writeln!(text, "       {}", safe(&reason.hint));
    }
}

fn stopped(stop: &Stop, embedded: bool) -> String {
    let remedy = if embedded {
        "see who owns the board's files and their folder"
    } else {
        "make it an editor of the board, or a project owner where the project is missing"
    };
    match stop {
        Stop::Transient { reason } => format!("stopped: {reason}"),
        Stop::Denied {
            reason,
            logged_out: true,
        } => format!("stopped: not logged in any more: {reason}"),
        Stop::Denied {
            reason,
            logged_out: false,
        } => format!("stopped: this user may not write: {reason}; {remedy}"),
        Stop::Interrupted => "stopped by a signal; the next run goes on".into(),
    }
}

fn counts(report: &KanbanSyncReport) -> String {
    let summary = report.summary();
    let mut parts = summary.parts();
    let put_back = report.put_back;
    parts.extend([
        count(put_back.cards, "card put back", "cards put back"),
        count(put_back.ticks, "tick put back", "ticks put back"),
        count(summary.failed, "write failed", "writes failed"),
        count(not_tried(report), "not tried", "not tried"),
        count(report.held.len(), "held", "held"),
    ]);
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    let nothing = report.steps.is_empty() && report.unsettled.is_empty();
    let lead = match (nothing, report.held.is_empty()) {
        (true, true) => Some("in step, nothing to write".to_owned()),
        (true, false) => Some("nothing to write".to_owned()),
        (false, _) => None,
    };
    let parts: Vec<_> = lead.into_iter().chain(parts).collect();
    if report.dry_run && !nothing {
        format!("not written: {}", parts.join(", "))
    } else {
        parts.join(", ")
    }
}

impl Summary {
    fn parts(self) -> Vec<Option<String>> {
        vec![
            count(
                self.infrastructure,
                "part of the board made",
                "parts of the board made",
            ),
            count(self.cards_created, "card created", "cards created"),
            count(self.cards_moved, "card moved", "cards moved"),
            count(self.cards_closed, "card closed", "cards closed"),
            count(self.cards_updated, "card updated", "cards updated"),
            count(self.tasks_synced, "task synced", "tasks synced"),
        ]
    }
}

/// Counts the steps left behind by a stop or a failure before them.
fn not_tried(report: &KanbanSyncReport) -> usize {
    let left = |fate: &Option<Fate>| matches!(fate, None | Some(Fate::Skipped));
    let steps = report.steps.iter().filter(|(_, fate)| left(fate));
    if report.dry_run { 0 } else { steps.count() }
}

fn count(count: usize, one: &str, many: &str) -> Option<String> {
    match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        n => Some(format!("{n} {many}")),
    }
}
