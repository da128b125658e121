//! `onward sync-status` for people: the labelled block of the published contract (boundary sheet §7),
//! then what is in the way.

use crate::commands::sync_status::report::StatusReport;
use crate::output::safe::safe;
use std::fmt::Write;
use sync_core::gate::{FileState, Obstacle, QueueFile, Refusal};
use sync_core::owner::{FieldMismatch, OwnerState};

/// What stands for a value of a record that is not there.
const ABSENT: &str = "<absent>";

/// The column of the colons, counted from the left edge.
const COLUMN: usize = 20;

/// Shows the whole report.
pub(crate) fn sync_status(report: &StatusReport) -> String {
    let mut text = String::from("Identity boundary:\n");
    foreground(&mut text, report);
    owner(&mut text, &report.preflight.owner);
    active(&mut text, report.preflight.active());
    legacy(&mut text, &report.preflight.legacy);
    let mismatches = report.preflight.mismatches();
    let orphans = usize::from(matches!(report.preflight.owner, OwnerState::Orphan(..)));
    line(&mut text, 2, "Mismatches", &mismatches.len().to_string());
    line(&mut text, 2, "Orphan records", &orphans.to_string());
    beside(&mut text, report);
    mismatched(&mut text, &mismatches);
    failed(&mut text, report);
    text
}

/// Shows why a command was refused, in 25 lines at most.
pub(crate) fn refusal(command: &str, refusal: &Refusal) -> String {
    let mut text = format!("Refusing `onward {command}`.\n");
    for line in refusal.lines() {
        let _ = writeln!(text, "{}", safe(&line));
    }
    text
}

fn line(text: &mut String, indent: usize, label: &str, value: &str) {
    let width = COLUMN - indent;
    let _ = writeln!(text, "{:indent$}{label:width$}: {}", "", safe(value));
}

fn foreground(text: &mut String, report: &StatusReport) {
    let foreground = &report.preflight.foreground;
    let or_unset = |value: &Option<String>| match value.as_deref() {
        None | Some("") => FieldMismatch::UNSET.to_owned(),
        Some(value) => value.to_owned(),
    };
    text.push_str("  Foreground:\n");
    line(text, 4, "Package version", &foreground.package_version);
    line(text, 4, "Executable path", &foreground.executable_path);
    line(text, 4, "Source path", &foreground.source_path);
    line(text, 4, "Server URL", &or_unset(&foreground.server_url));
    line(text, 4, "Team/User", &or_unset(&foreground.team_or_user));
    line(text, 4, "Queue DB path", &foreground.queue_db_path);
}

fn owner(text: &mut String, owner: &OwnerState) {
    text.push_str("  Daemon owner record:\n");
    let status = match owner {
        OwnerState::Absent => "absent".to_owned(),
        OwnerState::Unreadable { reason } => {
            format!("absent (what is there is no record: {reason})")
        }
        OwnerState::Present(_) => "present".to_owned(),
        OwnerState::Orphan(record, reason) => format!("orphan ({})", reason.sentence(record)),
    };
    line(text, 4, "Status", &status);
    let record = owner.record();
    let mut value = |label, value: Option<String>| {
        line(text, 4, label, value.as_deref().unwrap_or(ABSENT));
    };
    let unset = |url: &String| {
        if url.is_empty() {
            FieldMismatch::UNSET.into()
        } else {
            url.clone()
        }
    };
    value("PID", record.map(|record| record.pid.to_string()));
    value("Port", record.map(|record| record.port.to_string()));
    value(
        "Package version",
        record.map(|record| record.package_version.clone()),
    );
    value(
        "Executable path",
        record.map(|record| record.executable_path.clone()),
    );
    value(
        "Source path",
        record.map(|record| record.source_checkout_path.clone()),
    );
    value("Server URL", record.map(|record| unset(&record.server_url)));
    let team = |team: Option<String>| team.unwrap_or_else(|| FieldMismatch::UNSET.into());
    value(
        "Team/User",
        record.map(|record| team(record.team_or_user())),
    );
    value(
        "Queue DB path",
        record.map(|record| record.queue_db_path.clone()),
    );
}

fn active(text: &mut String, queue: &QueueFile) {
    text.push_str("  Active queue:\n");
    line(text, 4, "Path", &queue.path);
    counted(text, queue);
}

fn legacy(text: &mut String, queue: &QueueFile) {
    text.push_str("  Legacy queue:\n");
    line(text, 4, "Path", &queue.path);
    counted(text, queue);
    let pending = queue.counts().map(|counts| counts.pending().to_string());
    line(
        text,
        4,
        "Rows in scope",
        &pending.unwrap_or_else(|| "unknown".into()),
    );
}

fn counted(text: &mut String, queue: &QueueFile) {
    let shown = |count: Option<u64>| match (&queue.state, count) {
        (FileState::Trouble(trouble), _) => format!("unknown: it {}", trouble.clause()),
        (_, count) => count.unwrap_or_default().to_string(),
    };
    line(
        text,
        4,
        "Event count",
        &shown(queue.counts().map(|counts| counts.events)),
    );
    line(
        text,
        4,
        "Body upload cnt",
        &shown(queue.counts().map(|counts| counts.bodies)),
    );
}

/// Tells what the contract has no place for, where there is something to tell.
fn beside(text: &mut String, report: &StatusReport) {
    let counts = report.preflight.active().counts().unwrap_or_default();
    if counts.conflicts > 0 {
        let _ = writeln!(
            text,
            "{} legacy payload(s) differ from the scoped row with their key; they are kept in \
             migration_conflicts of the active queue",
            counts.conflicts
        );
    }
    if counts.set_aside > 0 {
        let _ = writeln!(
            text,
            "{} row(s) can never be sent as they are; they are kept in set_aside of the active queue, \
             each with its reason",
            counts.set_aside
        );
    }
    let _ = writeln!(
        text,
        "Compared with the daemon: {}",
        safe(&report.compared.to_string())
    );
}

fn mismatched(text: &mut String, mismatches: &[FieldMismatch]) {
    if mismatches.is_empty() {
        return;
    }
    text.push_str("\nMismatches\n");
    for mismatch in mismatches {
        let _ = writeln!(text, "  {}", mismatch.field.name());
        line(text, 4, "Foreground", mismatch.foreground_value());
        line(text, 4, "Daemon", mismatch.daemon_value());
        line(text, 4, "Remedy", mismatch.field.remedy());
    }
}

fn failed(text: &mut String, report: &StatusReport) {
    let obstacles = report.preflight.status_obstacles();
    if obstacles.is_empty() {
        text.push_str("\nIdentity boundary is coherent.\n");
        return;
    }
    text.push_str("\nIdentity boundary check FAILED:\n");
    let fields: Vec<&str> = report
        .preflight
        .mismatches()
        .iter()
        .map(|mismatch| mismatch.field.short_name())
        .collect();
    if !fields.is_empty() {
        let _ = writeln!(
            text,
            "! foreground/daemon disagree on D-3 field(s): {}",
            fields.join(", ")
        );
    }
    for obstacle in &obstacles {
        let cause = match obstacle {
            // Told in one line above, and one by one in their section.
            Obstacle::Mismatch(_) => continue,
            Obstacle::Orphan(..) => "1 orphan daemon record(s) detected".to_owned(),
            Obstacle::Unauthenticated => {
                "Hosted SaaS sync is enabled but no authenticated identity is available".to_owned()
            }
            Obstacle::LegacyRows { .. } => match &report.stranded {
                Some(slug) => {
                    format!(
                        "{} — setup-plan stranded mission slug {slug}",
                        obstacle.sentence()
                    )
                }
                None => obstacle.sentence(),
            },
            _ => obstacle.sentence(),
        };
        let _ = writeln!(text, "! {}", safe(&cause));
        let _ = writeln!(text, "  {}", obstacle.remedy());
    }
}
