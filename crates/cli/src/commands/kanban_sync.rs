//! `onward kanban-sync`: OpenSpec state of a directory → board.

use crate::args::KanbanSync;
use crate::background;
use crate::config::{ProjectFile, Server, state_dir};
use crate::environment::Environment;
use crate::error::{CommandError, Kind};
use crate::exit::Exit;
use crate::identity::Ids;
use crate::last_run;
use crate::output::Output;
use crate::run_files::RunFiles;
use crate::run_lock::RunLock;
use camino::{Utf8Path, Utf8PathBuf};
use planka_client::{ErrorKind, Planka};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicBool;
use store::EmbeddedBoard;
use sync_core::adapter::Board;
use sync_core::board::Target;
use sync_core::coalesce::{Coalesce, Intent, Outcome, Request, RunFile, RunName, Verdict, Work};
use sync_core::ids::ChangeName;
use sync_core::run::Stop;
use sync_core::simulate::SimulatedBoard;
use sync_core::stage::Stage;

mod checkout;
pub(crate) mod files;
pub(crate) mod report;
mod rounds;

use checkout::Checkouts;
use report::KanbanSyncReport;
use rounds::{On, Wishes};

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
    interrupted: &AtomicBool,
    output: &Output,
) -> Result<Exit, CommandError> {
    let root = root_of(args.dir.as_deref())?;
    let server = Server::of(environment, caller.old_script)?;
    let request = Request {
        root: root.to_string(),
        project: args.project.clone(),
        board: args.board.clone(),
        lists: lists_of(args),
    };
    let files = RunFiles::new(
        environment.run_dir(),
        RunName::new(&request.project, &request.board),
    );
    let run = Runner {
        args,
        environment,
        server: &server,
        watched: Some(&request).filter(|_| !caller.announced && !args.json),
        interrupted,
        output,
    };
    let key = request.key(&server.name());
    if args.dry_run && !files.path(RunFile::Lock).exists() {
        // Nobody runs, so there is nobody to wait for and nothing to write.
        let exit = run.exit(run.once(Work::Own, &request), None);
        output.finish(exit);
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
            let error = CommandError::new(Kind::Failed, "interrupted")
                .hint("what was asked for is kept and done by the next run");
            output.error(&error);
        }
        _ => {}
    }
    if farewell.capped {
        output
            .note("requests came faster than one process goes on for; the next run does the rest");
    }
    let exit = run.exit(ran.unwrap_or_default(), Some(farewell.verdict.code()));
    output.finish(exit);
    Ok(exit)
}

/// What is asked for, and with what.
struct Runner<'a> {
    args: &'a KanbanSync,
    environment: &'a Environment,
    server: &'a Server,
    /// The request a person waits for.
    watched: Option<&'a Request>,
    interrupted: &'a AtomicBool,
    output: &'a Output,
}

/// What came of one run, or the worst of several.
#[derive(Clone, Copy, Debug)]
struct Ran {
    outcome: Outcome,
    usage: bool,
    pending: bool,
}

impl Default for Ran {
    fn default() -> Self {
        Self {
            outcome: Outcome::Succeeded,
            usage: false,
            pending: false,
        }
    }
}

impl Ran {
    fn worst(self, other: Ran) -> Ran {
        Ran {
            outcome: self.outcome.worst(other.outcome),
            usage: self.usage || other.usage,
            pending: self.pending || other.pending,
        }
    }
}

impl Runner<'_> {
    fn intent(&self) -> Intent {
        let args = self.args;
        if args.dry_run {
            Intent::Preview
        } else if args.expect_plan.is_some() || args.allow_mass_close || !args.accept.is_empty() {
            Intent::Insist
        } else {
            Intent::Sync
        }
    }

    /// Picks the exit: what the protocol says, unless the run knows it more exactly.
    fn exit(&self, ran: Ran, code: Option<u8>) -> Exit {
        let outcome = match code {
            Some(0) if ran.outcome == Outcome::Succeeded => Outcome::Succeeded,
            Some(2) => Outcome::Skipped,
            Some(0) | None => ran.outcome,
            Some(_) => Outcome::Failed,
        };
        match outcome {
            Outcome::Failed if ran.usage => Exit::Usage,
            Outcome::Failed => Exit::Failed,
            Outcome::Skipped => Exit::Skipped,
            Outcome::Succeeded if ran.pending && self.args.detailed_exit_code => Exit::Pending,
            Outcome::Succeeded => Exit::Done,
        }
    }

    /// Runs once, reading everything anew, and shows what came of it.
    fn once(&self, work: Work, request: &Request) -> Ran {
        if work != Work::Own && is_gone(&request.root) {
            // There is nothing to look at; should it come back, it asks again.
            let root = &request.root;
            self.output.note(&format!(
                "{root} is not there any more: its request is dropped"
            ));
            return Ran::default();
        }
        match self.sync(work, request) {
            Ok(report) => {
                let wrote = !report.dry_run && !report.steps.is_empty();
                if self.watched == Some(request) && wrote {
                    self.show_board(request);
                }
                self.output.kanban_sync(&report);
                let outcome = match &report.stopped {
                    Some(Stop::Denied {
                        logged_out: true, ..
                    }) => Outcome::Skipped,
                    _ if report.is_settled() || report.dry_run => Outcome::Succeeded,
                    _ => Outcome::Failed,
                };
                Ran {
                    outcome,
                    usage: false,
                    pending: report.dry_run && !report.steps.is_empty(),
                }
            }
            Err(error) => {
                self.output.failed_run(request, &error);
                Ran {
                    outcome: match error.kind {
                        Kind::Skipped => Outcome::Skipped,
                        Kind::Failed | Kind::Usage => Outcome::Failed,
                    },
                    usage: error.kind == Kind::Usage,
                    pending: false,
                }
            }
        }
    }

    /// Shows the board above the report; a server has a page of its own for that.
    fn show_board(&self, request: &Request) {
        if let Server::Embedded { .. } = self.server {
            let (project, board) = (request.project.clone(), request.board.clone());
            let target = Target { project, board };
            let shown = super::board::show(self.server, &target, self.environment, self.output);
            // The report below counts more than a look at the board.
            let _ = shown.map_err(|error| self.output.error(&error));
        }
    }

    fn sync(&self, work: Work, request: &Request) -> Result<KanbanSyncReport, CommandError> {
        let root = Utf8Path::new(&request.root);
        let own = work == Work::Own;
        let args = self.args;
        let state_dir = state_dir(self.environment)?;
        let config = ProjectFile::read(root)?;
        let layout = config.layout(root, &stages_of(request))?;
        let data_dir = self.environment.data_dir();
        let ids = if args.dry_run { Ids::Read } else { Ids::Keep };
        let openspec = files::open(root, data_dir.as_ref());
        // Git takes as long to start as the files take to read, so it starts first.
        let (desired, checkouts) = std::thread::scope(|scope| {
            let open =
                || Checkouts::open(root, &state_dir, config.repository, data_dir.clone(), ids);
            let checkouts = scope.spawn(open);
            (files::desired(&openspec), checkouts.join())
        });
        let checkouts = checkouts.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        let (desired, mut checkouts) = (desired?, checkouts?);
        let target = Target {
            project: request.project.clone(),
            board: request.board.clone(),
        };
        let accepted = args.accept.iter().filter(|_| own).map(ChangeName::new);
        let accepted: BTreeSet<ChangeName> = accepted.collect();
        let wishes = Wishes {
            target: &target,
            layout: &layout,
            desired: &desired,
            accepted: &accepted,
            allow_mass_close: own && args.allow_mass_close,
            expect_plan: args.expect_plan.as_deref().filter(|_| own),
            dry_run: args.dry_run,
            interrupted: self.interrupted,
        };
        let report = KanbanSyncReport::new(request, self.server, args.dry_run);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let runtime = runtime.map_err(|error| {
            CommandError::caused(Kind::Failed, "cannot start the event loop", error)
        })?;
        let report = runtime.block_on(self.on_server(&wishes, &mut checkouts, report));
        if !args.dry_run {
            last_run::keep(&state_dir, request, self.server, report.as_ref())?;
        }
        report
    }

    async fn on_server(
        &self,
        wishes: &Wishes<'_>,
        checkouts: &mut Checkouts,
        report: KanbanSyncReport,
    ) -> Result<KanbanSyncReport, CommandError> {
        match self.server {
            Server::Embedded { path } if wishes.dry_run => {
                if let Some(board) = EmbeddedBoard::open_existing(path).map_err(store_error)? {
                    on(&board, store_error)
                        .sync(wishes, checkouts, report)
                        .await
                } else {
                    let empty = SimulatedBoard::new(EmbeddedBoard::FEATURES);
                    let tell = |error| CommandError::caused(Kind::Failed, "no board", error);
                    on(&empty, tell).sync(wishes, checkouts, report).await
                }
            }
            Server::Embedded { path } => {
                let board = EmbeddedBoard::open(path).map_err(store_error)?;
                on(&board, store_error)
                    .sync(wishes, checkouts, report)
                    .await
            }
            Server::Planka(settings) => {
                let planka = Planka::connect(settings.as_ref().clone())
                    .await
                    .map_err(planka_error)?;
                let report = on(&planka, planka_error)
                    .sync(wishes, checkouts, report)
                    .await;
                // A login that cannot be ended runs out by itself.
                let _ = planka.logout().await;
                report
            }
        }
    }
}

/// Says whether a directory is certainly not there.
fn is_gone(root: &str) -> bool {
    let found = std::fs::symlink_metadata(root);
    found.is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound)
}

fn on<B: Board>(board: &B, tell: fn(B::Error) -> CommandError) -> On<'_, B> {
    On { board, tell }
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

fn lists_of(args: &KanbanSync) -> BTreeMap<String, String> {
    let lists = args.lists.iter();
    lists
        .map(|(stage, list)| (stage.word().to_owned(), list.clone()))
        .collect()
}

fn stages_of(request: &Request) -> Vec<(Stage, String)> {
    let stage = |(word, list): (&String, &String)| Some((Stage::parse(word)?, list.clone()));
    request.lists.iter().filter_map(stage).collect()
}
