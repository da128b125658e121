//! Reports for programs, built by hand from the reports; each carries a `schema` number.

pub(crate) mod boundary;
pub(crate) mod consistency;
pub(crate) mod hub;
pub(crate) mod openspec;

use super::held::reason;
use super::human::described;
use crate::commands::kanban_sync::report::KanbanSyncReport;
use crate::error::CommandError;
use serde_json::{Value, json};
use sync_core::coalesce::Request;
use sync_core::ids::ChangeName;
use sync_core::plan::{HeldChange, Step};
use sync_core::run::{Fate, Stop};

/// The version of every object here.
pub(crate) const SCHEMA: u32 = 1;

/// One process: every run it did, and how it ended.
pub(crate) fn kanban_syncs(runs: &[Value], exit: u8, queued: bool) -> Value {
    json!({
        "schema": SCHEMA,
        "command": "kanban-sync",
        "exit": exit,
        "queued": queued,
        "runs": runs,
    })
}

/// A command that could not begin.
pub(crate) fn failed(error: &CommandError) -> Value {
    json!({
        "schema": SCHEMA,
        "exit": error.exit().code(),
        "error": {"message": error.chain(), "hints": error.hints()},
    })
}

/// One run.
pub(crate) fn kanban_sync(report: &KanbanSyncReport) -> Value {
    let summary = report.summary();
    let fate = |fate: Option<&Fate>| match fate {
        None => json!({"fate": "not tried"}),
        Some(Fate::Made { .. }) => json!({"fate": "made"}),
        Some(Fate::Skipped) => json!({"fate": "skipped"}),
        Some(Fate::Superseded { reason }) => json!({"fate": "superseded", "reason": reason}),
        Some(Fate::Failed { reason }) => json!({"fate": "failed", "reason": reason}),
        Some(Fate::Unknown { reason }) => json!({"fate": "unknown", "reason": reason}),
    };
    let step = |(step, how): &(Step, Option<Fate>)| {
        let mut value = json!({
            "change": step.change.as_ref().map(ChangeName::as_str),
            "action": step.action.to_string(),
        });
        if let (Value::Object(value), Value::Object(how)) = (&mut value, fate(how.as_ref())) {
            value.extend(how);
        }
        value
    };
    let ambiguous = report.ambiguous.iter().map(|name| {
        json!({"kind": name.kind, "name": name.name, "count": name.count, "taken": name.taken})
    });
    json!({
        "root": report.root.as_str(),
        "project": report.project,
        "board": report.board,
        "server": report.server,
        "origin": report.origin,
        "dryRun": report.dry_run,
        "settled": report.is_settled(),
        "plan": report.digest,
        "summary": {
            "infrastructure": summary.infrastructure,
            "cardsCreated": summary.cards_created,
            "cardsMoved": summary.cards_moved,
            "cardsClosed": summary.cards_closed,
            "cardsUpdated": summary.cards_updated,
            "tasksSynced": summary.tasks_synced,
            "cardsPutBack": report.put_back.cards,
            "ticksPutBack": report.put_back.ticks,
            "failed": summary.failed,
            "held": report.held.len(),
        },
        "steps": report.steps.iter().map(step).collect::<Vec<_>>(),
        "held": held(report),
        "ambiguous": ambiguous.collect::<Vec<_>>(),
        "warnings": report.warnings,
        "massClose": report.mass_close.map(|mass| json!({"closing": mass.closing, "open": mass.open})),
        "stopped": report.stopped.as_ref().map(stopped),
        "unsettled": report.unsettled.iter().map(described).collect::<Vec<_>>(),
    })
}

/// A run that failed before it could report.
pub(crate) fn failed_run(request: &Request, error: &CommandError) -> Value {
    json!({
        "root": request.root,
        "project": request.project,
        "board": request.board,
        "error": {"message": error.chain(), "hints": error.hints()},
    })
}

/// What is kept of a run for `board show` and `doctor`.
pub(crate) fn last_run(
    request: &Request,
    server: &str,
    report: Result<&KanbanSyncReport, &CommandError>,
) -> Value {
    let mut value = json!({
        "schema": SCHEMA,
        "root": request.root,
        "project": request.project,
        "board": request.board,
        "server": server,
    });
    let more = match report {
        Ok(report) => json!({
            "failed": report.summary().failed,
            "held": held(report),
            "stopped": report.stopped.as_ref().map(stopped),
            "unsettled": report.unsettled.iter().map(described).collect::<Vec<_>>(),
        }),
        Err(error) => json!({"error": error.chain(), "hints": error.hints()}),
    };
    if let (Value::Object(value), Value::Object(more)) = (&mut value, more) {
        value.extend(more);
    }
    value
}

fn held(report: &KanbanSyncReport) -> Value {
    let one = |HeldChange { change, held }: &HeldChange| {
        let reason = reason(held, change.as_str(), &report.origin);
        json!({
            "change": change.as_str(),
            "reason": reason.code,
            "row": reason.row,
            "text": reason.text,
            "hint": reason.hint,
        })
    };
    report.held.iter().map(one).collect()
}

fn stopped(stop: &Stop) -> Value {
    match stop {
        Stop::Transient { reason } => json!({"why": "server", "reason": reason}),
        Stop::Denied { reason, logged_out } => {
            json!({"why": if *logged_out { "not logged in" } else { "no rights" }, "reason": reason})
        }
        Stop::Interrupted => json!({"why": "interrupted"}),
    }
}
