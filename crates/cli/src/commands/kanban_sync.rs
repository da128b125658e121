//! `onward kanban-sync`: OpenSpec state of a directory → board.

use crate::args::KanbanSync;
use crate::background;
use crate::config::{Server, refuse_pipes};
use crate::environment::Environment;
use crate::error::{CommandError, Kind};
use crate::exit::Exit;
use crate::output::Output;
use crate::run_files::RunFiles;
use crate::run_lock::RunLock;
use camino::{Utf8Path, Utf8PathBuf};
use jiff::Timestamp;
use planka_client::ErrorKind;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use sync_core::coalesce::{Coalesce, Intent, Request, RunFile, RunName, Verdict, Work};

pub(crate) mod checkout;
pub(crate) mod files;
pub(crate) mod report;
mod rounds;
mod runner;

use runner::{Ran, Runner};

/// Who calls, and what they are called by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Caller {
    /// Called by the name of the script this replaces.
    pub(crate) old_script: bool,
    /// Started by `--background`: the mark is made, standard output is the log.
    pub(crate) announced: bool,
}

/// Runs the command.
pub(crate) fn run(
    args: &KanbanSync,
    caller: Caller,
    environment: &Environment,
    now: Timestamp,
    interrupted: &Arc<AtomicBool>,
    output: &Output,
) -> Result<Exit, CommandError> {
    let root = root_of(args.dir.as_deref())?;
    let lists = lists_of(args)?;
    if args.background {
        refuse_pipes(environment)?;
    }
    let server = Server::of(environment, caller.old_script)?;
    let request = Request {
        root: root.to_string(),
        project: args.project.clone(),
        board: args.board.clone(),
        lists,
    };
    let files = RunFiles::new(
        environment.run_dir(),
        RunName::new(&request.project, &request.board),
    );
    let run = Runner {
        args,
        own: &request,
        environment,
        now,
        server: &server,
        watched: Some(&request).filter(|_| !caller.announced && !args.json),
        interrupted,
        output,
    };
    let key = request.key(&server.name());
    if args.dry_run && !files.path(RunFile::Lock).exists() {
        // Nobody runs, so there is nobody to wait for and nothing to write.
        let exit = run.exit(run.once(Work::Own, &request), None);
        output.finish(exit, false);
        return Ok(exit);
    }
    let process = if args.background {
        Coalesce::announcing(key)
    } else if caller.announced {
        Coalesce::announced(key)
    } else {
        Coalesce::new(key, run.intent())
    };
    let log = caller.announced.then(|| files.open_log()).transpose();
    let log = log.map_err(|error| file_error(&error))?;
    let mut lock = RunLock {
        files: &files,
        server: &server.name(),
        own: &request,
        interrupted,
        log: log.as_ref(),
        errors: Vec::new(),
    };
    let mut ran = None;
    let farewell = lock.take_part(process, &mut |work, request| {
        // Under the lock, so that no two runs of one name want the record.
        let _record = caller.announced.then(|| run.record(&files)).flatten();
        let outcome = run.once(work, request);
        ran = Some(ran.map_or(outcome, |worst: Ran| worst.worst(outcome)));
        outcome.outcome
    });
    for error in &lock.errors {
        output.error(&file_error(error));
    }
    match farewell.verdict {
        Verdict::Announced => {
            let log = files.open_log().map_err(|error| file_error(&error))?;
            background::start(&request, log)?;
            output.note(&format!(
                "started in the background; it prints to {}",
                files.path(RunFile::Log)
            ));
        }
        Verdict::Queued if !caller.announced => output.queued(&request),
        Verdict::TimedOut => {
            let error = CommandError::new(Kind::Failed, "another run holds the lock")
                .hint("`onward doctor` shows which; try again when it has ended");
            output.error(&error);
        }
        Verdict::Interrupted => {
            let hint = match run.intent() {
                Intent::Sync => "what was asked for is kept and done by the next run",
                Intent::Insist | Intent::Preview => "ask again for what was not done",
            };
            output.error(&CommandError::new(Kind::Failed, "interrupted").hint(hint));
        }
        _ => {}
    }
    if farewell.capped {
        output
            .note("requests came faster than one process goes on for; the next run does the rest");
    }
    let exit = run.exit(ran.unwrap_or_default(), Some(farewell.verdict.code()));
    output.finish(exit, farewell.verdict == Verdict::Queued);
    Ok(exit)
}

/// Tells why a file of the run folder could not be used.
fn file_error(error: &crate::run_files::Error) -> CommandError {
    let mut message = error.to_string();
    if let Some(cause) = std::error::Error::source(error) {
        message = format!("{message}: {cause}");
    }
    CommandError::new(Kind::Failed, message).hint(error.hint())
}

/// Tells why the embedded board could not be used.
pub(crate) fn store_error(error: store::Error) -> CommandError {
    let hint = error.hint();
    CommandError::caused(Kind::Failed, "cannot use the embedded board", error).hint(hint)
}

/// Tells why Planka could not be used.
pub(crate) fn planka_error(error: planka_client::Error) -> CommandError {
    let hint = error.hint();
    let kind = match error.kind() {
        ErrorKind::Unreachable | ErrorKind::NotLoggedIn => Kind::Skipped,
        ErrorKind::Failed => Kind::Failed,
    };
    CommandError::caused(kind, "cannot use Planka", error).hint(hint)
}

/// Returns the root of the project, absolute and without links, so that one checkout has one name.
pub(crate) fn root_of(dir: Option<&Utf8Path>) -> Result<Utf8PathBuf, CommandError> {
    let dir = dir.unwrap_or(Utf8Path::new("."));
    dir.canonicalize_utf8().map_err(|error| {
        CommandError::caused(
            Kind::Failed,
            format!("cannot use the directory {dir}"),
            error,
        )
        .hint("run in the root of the project, or name it with -C")
    })
}

/// Returns the lists of the command line; a stage has one.
fn lists_of(args: &KanbanSync) -> Result<BTreeMap<String, String>, CommandError> {
    let mut lists = BTreeMap::new();
    for (stage, list) in &args.lists {
        let before = lists.insert(stage.word().to_owned(), list.clone());
        if before.is_some() {
            let message = format!("--list {} is given twice", stage.word());
            return Err(CommandError::new(Kind::Usage, message).hint("a stage has one list"));
        }
    }
    Ok(lists)
}
