//! The sync boundary for programs: the keys of the tool whose home this is (boundary sheet §§6 and 7),
//! and some of ours after them.

use crate::commands::sync_now::report::SyncNowReport;
use crate::commands::sync_status::report::StatusReport;
use crate::exit::Exit;
use crate::output::boundary::Refused;
use crate::output::human::sync_now::ended;
use serde_json::{Value, json};
use store::queue::MigrationReport;
use sync_core::flush::FlushReport;
use sync_core::gate::{Obstacle, Preflight, QueueFile};
use sync_core::owner::{FieldMismatch, OwnerRecord, OwnerState};

/// The object of `sync-status --json`.
pub(crate) fn sync_status(report: &StatusReport) -> Value {
    let preflight = &report.preflight;
    let obstacles = preflight.status_obstacles();
    let counts = preflight.active().counts();
    json!({
        "ok": obstacles.is_empty(),
        "exit_code": report.exit().code(),
        "auth_required": preflight.auth_required,
        "auth_present": preflight.foreground.auth_present(),
        "live_orphan_daemon_count": preflight.live_orphan_daemons,
        "foreground": {
            "package_version": preflight.foreground.package_version,
            "executable_path": preflight.foreground.executable_path,
            "source_path": preflight.foreground.source_path,
            "server_url": preflight.foreground.server_url,
            "team_or_user": preflight.foreground.team_or_user,
            "queue_db_path": preflight.foreground.queue_db_path,
            "pid": preflight.foreground.pid,
        },
        "daemon_owner_record": owner(&preflight.owner),
        "active_queue": queue(preflight.active(), false),
        "legacy_queue": queue(&preflight.legacy, true),
        "mismatches": mismatches(preflight),
        "orphan_records": orphan(preflight).map(described).into_iter().collect::<Vec<_>>(),
        "schema": super::SCHEMA,
        "compared": report.compared.to_string(),
        "obstacles": obstacles.iter().map(obstacle).collect::<Vec<_>>(),
        "stranded_mission": report.stranded,
        "migration_conflicts": counts.map(|counts| counts.conflicts),
        "set_aside": counts.map(|counts| counts.set_aside),
    })
}

/// A refusal.
pub(crate) fn refused(refused: &Refused<'_>) -> Value {
    json!({
        "schema": super::SCHEMA,
        "exit": Exit::Refused.code(),
        "command": refused.command,
        "error": {
            "message": refused.refusal.summary(),
            "hints": refused.refusal.remedies(),
        },
        "preflight": preflight(refused.preflight, refused.refusal.obstacles()),
        "migration": refused.migration.map(migration),
    })
}

/// A run of `sync-now`.
pub(crate) fn sync_now(report: &SyncNowReport, exit: Exit) -> Value {
    let part = |part: &FlushReport| {
        json!({
            "sent": part.taken,
            "duplicates": part.duplicates,
            "refused": part.refused,
            "later": part.later,
            "setAside": part.set_aside,
            "untouched": part.untouched,
            "endedEarly": ended(&part.end),
        })
    };
    let failures = report.failures.iter().map(|failure| {
        json!({"id": failure.id, "category": failure.category.word(), "error": failure.error})
    });
    json!({
        "schema": super::SCHEMA,
        "exit": exit.code(),
        "command": "sync-now",
        "complete": report.is_complete(),
        "switchedOff": report.switched_off,
        "queued": report.queued,
        "left": report.left,
        "migration": report.migration.as_ref().map(migration),
        "events": report.outcome.as_ref().map(|outcome| part(&outcome.events)),
        "bodies": report.outcome.as_ref().and_then(|outcome| outcome.bodies.as_ref()).map(part),
        "failures": failures.collect::<Vec<_>>(),
    })
}

/// What became of the legacy rows.
pub(crate) fn migration(report: &MigrationReport) -> Value {
    let total = report.total();
    json!({
        "carried": total.carried,
        "duplicates": total.duplicates,
        "conflicts": total.conflicts,
        "setAside": total.set_aside,
        "partial": report.partial,
        "left": report.left.pending(),
    })
}

/// The gate's own dictionary, in a refusal.
fn preflight(preflight: &Preflight, obstacles: &[Obstacle]) -> Value {
    let counts = preflight.legacy.counts();
    json!({
        "ok": obstacles.is_empty(),
        "mismatches": mismatches(preflight),
        "orphan_records": orphan(preflight).map(redacted).into_iter().collect::<Vec<_>>(),
        "legacy_event_rows": counts.map(|counts| counts.events),
        "legacy_body_upload_rows": counts.map(|counts| counts.bodies),
        "legacy_rows_for_scope": counts.map(|counts| counts.pending()),
        "auth_present": preflight.foreground.auth_present(),
        "auth_required": preflight.auth_required,
        "obstacles": obstacles.iter().map(obstacle).collect::<Vec<_>>(),
    })
}

/// An orphan record as `doctor orphan-daemons` tells it.
pub(crate) fn orphan_daemon(record: &OwnerRecord) -> Value {
    json!({
        "pid": record.pid,
        "port": record.port,
        "package_version": record.package_version,
        "executable_path": record.executable_path,
        "source_checkout_path": record.source_checkout_path,
        "server_url": record.server_url,
        "auth_scope": record.auth_scope,
        "queue_db_path": record.queue_db_path,
        "started_at": record.started_at,
    })
}

/// What is in the way, and what to do about it.
fn obstacle(obstacle: &Obstacle) -> Value {
    json!({
        "kind": obstacle.name(),
        "message": obstacle.sentence(),
        "remedy": obstacle.remedy(),
    })
}

fn orphan(preflight: &Preflight) -> Option<&OwnerRecord> {
    match &preflight.owner {
        OwnerState::Orphan(record, _) => Some(record),
        OwnerState::Absent | OwnerState::Unreadable { .. } | OwnerState::Present(_) => None,
    }
}

fn owner(owner: &OwnerState) -> Value {
    let record = owner.record();
    let status = match owner {
        OwnerState::Absent | OwnerState::Unreadable { .. } => "absent",
        OwnerState::Present(_) => "present",
        OwnerState::Orphan(..) => "orphan",
    };
    let mut value = json!({
        "status": status,
        "pid": record.map(|record| record.pid),
        "port": record.map(|record| record.port),
        "package_version": record.map(|record| &record.package_version),
        "executable_path": record.map(|record| &record.executable_path),
        "source_path": record.map(|record| &record.source_checkout_path),
        "server_url": record.map(|record| &record.server_url),
        "team_or_user": record.and_then(OwnerRecord::team_or_user),
        "queue_db_path": record.map(|record| &record.queue_db_path),
    });
    if let OwnerState::Unreadable { reason } = owner {
        value["problem"] = json!(reason);
    }
    value
}

fn queue(queue: &QueueFile, legacy: bool) -> Value {
    let counts = queue.counts();
    let mut value = json!({
        "path": queue.path,
        "event_count": counts.map(|counts| counts.events),
        "body_upload_count": counts.map(|counts| counts.bodies),
    });
    if legacy {
        value["rows_in_scope"] = json!(counts.map(|counts| counts.pending()));
    }
    value
}

fn mismatches(preflight: &Preflight) -> Vec<Value> {
    let value = |mismatch: &FieldMismatch| {
        json!({
            "field": mismatch.field.name(),
            "foreground_value": mismatch.foreground_value(),
            "daemon_value": mismatch.daemon_value(),
            "remediation_hint": mismatch.field.hint(),
        })
    };
    preflight.mismatches().iter().map(value).collect()
}

fn described(record: &OwnerRecord) -> Value {
    json!({
        "pid": record.pid,
        "port": record.port,
        "package_version": record.package_version,
        "executable_path": record.executable_path,
        "source_path": record.source_checkout_path,
        "server_url": record.server_url,
        "team_or_user": record.team_or_user(),
        "queue_db_path": record.queue_db_path,
        "started_at": record.started_at,
    })
}

fn redacted(record: &OwnerRecord) -> Value {
    json!({
        "pid": record.pid,
        "port": record.port,
        "token": record.token.to_string(),
        "package_version": record.package_version,
        "executable_path": record.executable_path,
        "source_checkout_path": record.source_checkout_path,
        "server_url": record.server_url,
        "auth_principal": record.auth_principal,
        "auth_team": record.auth_team,
        "auth_scope": record.auth_scope,
        "queue_db_path": record.queue_db_path,
        "started_at": record.started_at,
    })
}
