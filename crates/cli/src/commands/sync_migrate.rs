//! `onward sync-migrate`: the legacy queue's rows into the queue of who is logged in.

use crate::args::SyncMigrate;
use crate::commands::boundary::{Boundary, Login, queue_error};
use crate::config::state_dir;
use crate::environment::Environment;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::migration_log::MigrationLog;
use crate::output::Output;
use crate::output::boundary::Refused;
use crate::progress::Progress;
use camino::Utf8PathBuf;
use jiff::Timestamp;
use store::queue::{Migration, MigrationReport, Step};
use sync_core::gate::{ClearedToMigrate, Verdict};

/// The name of the command.
const NAME: &str = "sync-migrate";

/// Runs the command.
pub(crate) fn run(
    args: &SyncMigrate,
    environment: &Environment,
    now: Timestamp,
    output: &Output,
) -> Result<Exit, CommandError> {
    let foreground = args.foreground.foreground_cli.as_deref();
    let boundary = Boundary::gather(environment, foreground, Login::Required)?;
    let cleared = match boundary.preflight.evaluate_for_migration() {
        Verdict::Cleared(cleared) => cleared,
        Verdict::Refused(refusal) => {
            return Ok(output.refused(&Refused {
                command: NAME,
                preflight: &boundary.preflight,
                refusal: &refusal,
                migration: None,
            }));
        }
    };
    if args.dry_run {
        output.migrated(&preview(&boundary)?, true);
    } else {
        let mut log = MigrationLog::new(&state_dir(environment)?, now);
        let report = migrate(cleared, &boundary, &mut log);
        let kept = log.finish();
        output.migrated(&report?, false);
        told(kept, output);
    }
    Ok(Exit::Done)
}

/// Says where the log is, or why it is not whole.
pub(crate) fn told(kept: Result<Option<Utf8PathBuf>, CommandError>, output: &Output) {
    match kept {
        Ok(Some(path)) => output.note(&format!("each row is named in {path}")),
        Ok(None) => {}
        Err(error) => output.error(&error),
    }
}

fn preview(boundary: &Boundary) -> Result<MigrationReport, CommandError> {
    let Some(login) = &boundary.identity.login else {
        return Ok(MigrationReport::default());
    };
    Migration::preview(&boundary.home, &login.who.scope).map_err(queue_error)
}

/// Migrates, with a line in the log for every row and a bar on a terminal.
pub(crate) fn migrate(
    cleared: ClearedToMigrate,
    boundary: &Boundary,
    log: &mut MigrationLog,
) -> Result<MigrationReport, CommandError> {
    // Cleared to migrate, so somebody is logged in.
    let Some(login) = &boundary.identity.login else {
        return Ok(MigrationReport::default());
    };
    let migration =
        Migration::new(cleared, &boundary.home, &login.who.scope).map_err(queue_error)?;
    let mut bar: Option<Progress> = None;
    let mut moved = 0;
    let report = migration.run(&mut |step| match step {
        Step::Found(counts) => {
            let rows = counts.pending().saturating_add(counts.failures);
            bar = Some(Progress::start(
                usize::try_from(rows).unwrap_or(usize::MAX),
                "rows",
            ));
            moved = 0;
        }
        Step::Row(row) => {
            moved += 1;
            if let Some(bar) = &bar {
                bar.show(moved);
            }
            log.row(row);
        }
        _ => {}
    });
    report.map_err(queue_error)
}
