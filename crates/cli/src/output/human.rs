//! Reports for people.

pub(crate) mod last_run;
pub(crate) mod openspec;

use super::held::reason;
use super::safe::safe;
use crate::commands::kanban_sync::report::{KanbanSyncReport, Summary};
use std::fmt::Write;
use sync_core::plan::{HeldChange, Step};
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
    if report.dry_run {
        plan(&mut text, report);
    }
    for (step, fate) in &report.steps {
        if let Some(problem) = problem(step, fate.as_ref()) {
            let _ = writeln!(text, "  {}", safe(&problem));
        }
    }
    if report
        .steps
        .iter()
        .all(|(_, fate)| fate.as_ref().is_none_or(Fate::is_made))
        && !report.dry_run
    {
        for step in report
            .unsettled
            .iter()
            .filter(|_| report.stopped.is_none())
            .take(LISTED)
        {
            let _ = writeln!(text, "  not as written: {}", safe(&described(step)));
        }
    }
    held(&mut text, &report.held);
    if let Some(mass) = report.mass_close {
        let (closing, open) = (mass.closing, mass.open);
        let _ = writeln!(
            text,
            "  {closing} of {open} open cards would be closed at once; --allow-mass-close allows it"
        );
    }
    if let Some(stop) = &report.stopped {
        let _ = writeln!(text, "  {}", safe(&stopped(stop)));
    }
    let _ = writeln!(text, "{}", counts(report));
    text
}

fn plan(text: &mut String, report: &KanbanSyncReport) {
    for (step, _) in report.steps.iter().take(LISTED) {
        let _ = writeln!(text, "  would {}", safe(&described(step)));
    }
    if report.steps.len() > LISTED {
        let _ = writeln!(
            text,
            "  … and {} more; --json lists all",
            report.steps.len() - LISTED
        );
    }
    let _ = writeln!(text, "  plan {}", report.digest);
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

fn held(text: &mut String, held: &[HeldChange]) {
    for HeldChange { change, held } in held {
        let reason = reason(held, change.as_str());
        let row = reason
            .row
            .map_or_else(String::new, |row| format!(" (row {row})"));
        let _ = writeln!(
            text,
            "  held {}{row}: {}",
            safe(change.as_str()),
            safe(&reason.text)
        );
        let _ = writeln!(text, "       {}", safe(&reason.hint));
    }
}

fn stopped(stop: &Stop) -> String {
    match stop {
        Stop::Transient { reason } => format!("stopped: the server is in trouble: {reason}"),
        Stop::Denied {
            reason,
            logged_out: true,
        } => format!("stopped: not logged in any more: {reason}"),
        Stop::Denied {
            reason,
            logged_out: false,
        } => format!("stopped: this user may not write: {reason}; the board needs it as an editor"),
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
        format!("would be: {}", parts.join(", "))
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
