//! What commands at the sync boundary say: refusals, and what moved.

use super::human;
use super::json::boundary as json;
use super::{Output, safe::safe};
use crate::commands::sync_now::report::SyncNowReport;
use crate::commands::sync_status::report::StatusReport;
use crate::error::CommandError;
use crate::exit::Exit;
use serde_json::json;
use std::fmt::Write;
use store::queue::{Appended, MigrationReport};
use sync_core::gate::{Obstacle, Preflight, Refusal};
use sync_core::migration::Tally;

/// A command that the gate did not let through.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Refused<'a> {
    /// The name of the command.
    pub(crate) command: &'static str,
    pub(crate) preflight: &'a Preflight,
    pub(crate) refusal: &'a Refusal,
    /// What had moved before, if anything.
    pub(crate) migration: Option<&'a MigrationReport>,
}

impl Output {
    /// Shows the state of the boundary.
    pub(crate) fn sync_status(&self, report: &StatusReport) {
        if self.json {
            // One line, as readers of the other tool expect.
            self.print(&format!("{}\n", json::sync_status(report)));
        } else {
            self.print(&human::sync_status::sync_status(report));
        }
    }

    /// Says that a command was refused, and why; returns the exit it leads to.
    pub(crate) fn refused(&self, refused: &Refused<'_>) -> Exit {
        let text = human::sync_status::refusal(refused.command, refused.refusal);
        if self.json {
            self.print_json(&json::refused(refused));
        } else if let Some(moved) = refused.migration {
            self.print(&migrated(moved, false));
        }
        for line in text.lines() {
            self.note(line);
        }
        Exit::Refused
    }

    /// Says that nobody is logged in where somebody has to be: the refusal that comes before all others.
    /// A file that would be a login but for what is wrong with it is named.
    pub(crate) fn unauthenticated(&self, preflight: &Preflight) -> Exit {
        let obstacle = Obstacle::Unauthenticated;
        let (sentence, remedy) = (obstacle.sentence(), obstacle.remedy());
        let broken: Vec<_> = preflight.broken_logins().map(|b| b.sentence()).collect();
        if self.json {
            self.print_json(&json!({
                "schema": super::json::SCHEMA,
                "exit": Exit::Refused.code(),
                "error_code": "SAAS_SYNC_UNAUTHENTICATED",
                "error": format!("{sentence}."),
                "remediation": [remedy],
                "causes": broken,
            }));
        }
        self.note(&format!("Error: {sentence}."));
        for cause in broken {
            self.note(&format!("  {cause}"));
        }
        self.note(remedy);
        Exit::Refused
    }

    /// Says what was queued.
    pub(crate) fn enqueued(&self, name: &str, appended: &Appended, queue: &str) {
        let replaced = matches!(appended, Appended::Replaced);
        if self.json {
            self.print_json(&json!({
                "schema": super::json::SCHEMA,
                "command": "enqueue",
                "queued": name,
                "replaced": replaced,
                "queue": queue,
            }));
        } else {
            let how = if replaced { "Queued again" } else { "Queued" };
            self.print(&format!("{how}: {} in {}\n", safe(name), safe(queue)));
        }
    }

    /// Shows a run of `sync-now`.
    pub(crate) fn sync_now(&self, report: &SyncNowReport, exit: Exit) {
        if self.json {
            self.print_json(&json::sync_now(report, exit));
        } else {
            self.print(&human::sync_now::sync_now(report));
        }
    }

    /// Shows a run of `sync-now` that could not send to the end, and what it did until then.
    pub(crate) fn sync_now_failed(&self, report: &SyncNowReport, error: &CommandError) {
        if self.json {
            let mut value = json::sync_now(report, error.exit());
            value["error"] = json!({"message": error.chain(), "hints": error.hints()});
            self.print_json(&value);
        } else {
            self.print(&human::sync_now::until_then(report));
        }
        self.error(error);
    }

    /// Says what a migration moved, or would.
    pub(crate) fn migrated(&self, report: &MigrationReport, dry_run: bool) {
        if self.json {
            self.print_json(&json!({
                "schema": super::json::SCHEMA,
                "command": "sync-migrate",
                "dryRun": dry_run,
                "migration": json::migration(report),
            }));
        } else {
            self.print(&migrated(report, dry_run));
        }
    }
}

/// Tells what became of the legacy rows, in a few lines.
pub(crate) fn migrated(report: &MigrationReport, dry_run: bool) -> String {
    let Tally {
        carried,
        duplicates,
        conflicts,
        set_aside,
    } = report.total();
    let total = report.total().total();
    let mut text = String::new();
    if total == 0 {
        text.push_str("Nothing to migrate: the legacy queue is empty.\n");
    } else {
        let verb = if dry_run { "Would move" } else { "Moved" };
        let _ = writeln!(
            text,
            "{verb} {total} row(s) from the legacy queue: {carried} carried, {duplicates} there already, \
             {conflicts} kept as conflicts, {set_aside} set aside"
        );
    }
    for (count, told) in [
        (
            conflicts,
            "another payload was there under their key; both are kept, the scoped row is sent",
        ),
        (
            set_aside,
            "no scoped table could hold them; they are kept with the reason",
        ),
        (
            report.partial,
            "had columns the scoped queue lacks; these are kept beside them",
        ),
    ] {
        if count > 0 {
            let _ = writeln!(text, "  {count} row(s): {}", safe(told));
        }
    }
    let left = report.left.pending();
    if left > 0 && !dry_run {
        let _ = writeln!(
            text,
            "  {left} row(s) came while others moved; run it again for these"
        );
    }
    text
}
