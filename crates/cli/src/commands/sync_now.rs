//! `onward sync-now`: gate, migrate, gate again, and send the queue.

use crate::args::SyncNow;
use crate::commands::boundary::{Boundary, Login, own_program, queue_error};
use crate::commands::sync_migrate;
use crate::config::{extra_roots, state_dir};
use crate::environment::Environment;
use crate::error::{CommandError, Kind};
use crate::event_loop::event_loop;
use crate::exit::Exit;
use crate::migration_log::MigrationLog;
use crate::output::Output;
use crate::output::boundary::Refused;
use crate::output::file::replace;
use crate::own_record::{OwnRecord, WorksOn};
use crate::progress::Progress;
use camino::Utf8Path;
use jiff::Timestamp;
use std::sync::atomic::AtomicBool;
use store::queue::{Flush, FlushStep, Home, look};
use sync_core::gate::{Cleared, FileState, FileTrouble, Refusal, Verdict};

pub(crate) mod report;

use report::SyncNowReport;

/// The name of the command.
const NAME: &str = "sync-now";

/// Runs the command.
pub(crate) fn run(
    args: &SyncNow,
    environment: &Environment,
    now: Timestamp,
    interrupted: &AtomicBool,
    output: &Output,
) -> Result<Exit, CommandError> {
    let gather = || {
        let foreground = args.foreground.foreground_cli.as_deref();
        Boundary::gather(environment, foreground, Login::AsSwitched)
    };
    let mut boundary = gather()?;
    let mut report = SyncNowReport::default();
    let mut record = None;
    if boundary.has_rows_to_migrate() {
        let cleared = match boundary.preflight.evaluate_for_migration() {
            Verdict::Cleared(cleared) => cleared,
            Verdict::Refused(refusal) => return Ok(refused(&boundary, &refusal, &report, output)),
        };
        record = claim(environment, &boundary, now)?;
        let mut log = MigrationLog::new(&state_dir(environment)?, now);
        let migrated = sync_migrate::migrate(cleared, &boundary, &mut log);
        sync_migrate::told(log.finish(), output);
        report.migration = Some(migrated?);
        boundary = gather()?;
    }
    let cleared = match boundary.preflight.evaluate() {
        Verdict::Cleared(cleared) => cleared,
        Verdict::Refused(refusal) => return Ok(refused(&boundary, &refusal, &report, output)),
    };
    let pending = boundary.preflight.active().counts().unwrap_or_default();
    report.queued = pending.pending();
    report.switched_off = !environment.saas_sync();
    // Cleared without a login, nothing is queued: the queue that belongs to nobody is empty.
    if let Some(login) = &boundary.identity.login
        && !report.switched_off
    {
        let sent = || {
            let _record = match record {
                None => claim(environment, &boundary, now)?,
                kept => kept,
            };
            let sender = Sender {
                home: &boundary.home,
                login,
                environment,
                now,
            };
            sender.send(cleared, interrupted, &mut report)
        };
        if let Err(error) = sent() {
            output.sync_now_failed(&report, &error);
            return Ok(error.exit());
        }
    }
    if let Some(path) = &args.report {
        keep(&report, path, now)?;
    }
    let exit = report.exit(!args.no_strict);
    output.sync_now(&report, exit);
    Ok(exit)
}

/// Who sends, and what with.
struct Sender<'a> {
    home: &'a Home,
    login: &'a store::queue::Login,
    environment: &'a Environment,
    now: Timestamp,
}

impl Sender<'_> {
    /// Sends what is queued, with a bar on a terminal.
    fn send(
        &self,
        cleared: Cleared,
        interrupted: &AtomicBool,
        report: &mut SyncNowReport,
    ) -> Result<(), CommandError> {
        if self.login.token.is_none() {
            let message = format!("the {} holds no access token", self.login.via.name());
            return Err(CommandError::new(Kind::Unable, message)
                .hint("log in with `spec-kitty auth login`; everything that waits stays queued"));
        }
        let roots = extra_roots(self.environment)?;
        let flush = Flush::open(cleared, self.home, self.login, &roots, seconds(self.now))
            .map_err(queue_error)?;
        let bar = Progress::start(usize::try_from(report.queued).unwrap_or(usize::MAX), "rows");
        let mut settled = 0;
        let outcome = event_loop()?.block_on(flush.run(interrupted, &mut |step| {
            settled += match step {
                FlushStep::Events(events) => events.len(),
                FlushStep::Body(_) => 1,
                FlushStep::Wait(_) => 0,
            };
            bar.show(settled);
            report.note(step);
        }));
        drop(bar);
        report.outcome = Some(outcome.map_err(queue_error)?);
        report.left = look(&self.home.scoped_queue(&self.login.who.scope))
            .counts()
            .map(|counts| counts.pending());
        Ok(())
    }
}

/// Writes the file that `--report` names.
fn keep(report: &SyncNowReport, path: &Utf8Path, now: Timestamp) -> Result<(), CommandError> {
    let text = format!("{:#}\n", report.to_file(now));
    replace(path, text.as_bytes()).map_err(|error| {
        let message = format!("cannot write the report {path}");
        CommandError::caused(Kind::Failed, message, error)
            .hint("what was sent is sent; `onward sync-status` tells what still waits")
    })
}

fn refused(
    boundary: &Boundary,
    refusal: &Refusal,
    report: &SyncNowReport,
    output: &Output,
) -> Exit {
    output.refused(&Refused {
        command: NAME,
        preflight: &boundary.preflight,
        refusal,
        migration: report.migration.as_ref(),
    })
}

/// Makes this process the one that sends this scope's queue.
fn claim(
    environment: &Environment,
    boundary: &Boundary,
    now: Timestamp,
) -> Result<Option<OwnRecord>, CommandError> {
    let Some(login) = &boundary.identity.login else {
        return Ok(None);
    };
    let queue = login.who.scope.queue_file_name();
    let path = boundary.home.scoped_queue(&login.who.scope);
    let works_on = WorksOn {
        name: &format!("sync-now-{}", queue.trim_end_matches(".db")),
        server: &login.server,
        principal: boundary.preflight.foreground.team_or_user.as_deref(),
        path: path.as_str(),
    };
    OwnRecord::claim(environment, &own_program()?, works_on, now).map(Some)
}

/// Returns a moment in Unix seconds.
#[expect(
    clippy::cast_precision_loss,
    reason = "microseconds of this century fit in 53 bits"
)]
pub(crate) fn seconds(now: Timestamp) -> f64 {
    now.as_microsecond() as f64 / 1e6
}

impl Boundary {
    /// Says whether there is something a migration would move or mend.
    fn has_rows_to_migrate(&self) -> bool {
        let unfinished = FileState::Trouble(FileTrouble::HotJournal);
        let scoped = self.preflight.scoped.as_ref();
        match &self.preflight.legacy.state {
            FileState::Read(counts) if counts.pending() + counts.failures > 0 => true,
            legacy => *legacy == unfinished || scoped.is_some_and(|file| file.state == unfinished),
        }
    }
}
