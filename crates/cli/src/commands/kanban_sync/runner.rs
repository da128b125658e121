//! One run under the lock: gathers, syncs, shows what came of it.

use super::checkout::Checkouts;
use super::report::KanbanSyncReport;
use super::rounds::{On, Wishes};
use super::{files, planka_error, store_error};
use crate::args::KanbanSync;
use crate::commands::boundary::own_program;
use crate::config::{ProjectFile, Server, state_dir};
use crate::environment::Environment;
use crate::error::{CommandError, Kind};
use crate::event_loop::event_loop;
use crate::exit::Exit;
use crate::identity::Ids;
use crate::last_run;
use crate::output::Output;
use crate::own_record::{OwnRecord, WorksOn};
use crate::run_files::RunFiles;
use camino::Utf8Path;
use jiff::Timestamp;
use planka_client::Planka;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use store::EmbeddedBoard;
use sync_core::adapter::Board;
use sync_core::board::Target;
use sync_core::coalesce::{Intent, Outcome, Request, RunFile, RunName, Work};
use sync_core::desired::Desired;
use sync_core::ids::ChangeName;
use sync_core::run::Stop;
use sync_core::simulate::SimulatedBoard;
use sync_core::stage::Stage;

/// What is asked for, and with what.
pub(super) struct Runner<'a> {
    pub(super) args: &'a KanbanSync,
    pub(super) environment: &'a Environment,
    /// When this process started.
    pub(super) now: Timestamp,
    pub(super) server: &'a Server,
    /// The request of this process, among those it may run.
    pub(super) own: &'a Request,
    /// The request a person waits for.
    pub(super) watched: Option<&'a Request>,
    pub(super) interrupted: &'a Arc<AtomicBool>,
    pub(super) output: &'a Output,
}

/// What came of one run, or the worst of several.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ran {
    pub(super) outcome: Outcome,
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
    pub(super) fn worst(self, other: Ran) -> Ran {
        Ran {
            outcome: self.outcome.worst(other.outcome),
            usage: self.usage || other.usage,
            pending: self.pending || other.pending,
        }
    }
}

impl Runner<'_> {
    pub(super) fn intent(&self) -> Intent {
        let args = self.args;
        if args.dry_run {
            Intent::Preview
        } else if args.expect_plan.is_some() || args.allow_mass_close || !args.accept.is_empty() {
            Intent::Insist
        } else {
            Intent::Sync
        }
    }

    /// Keeps a record of this process while it runs in the background, for `onward doctor`. A run is
    /// not given up for want of one.
    pub(super) fn record(&self, files: &RunFiles) -> Option<OwnRecord> {
        let (lock, server) = (files.path(RunFile::Lock), self.server.name());
        let claimed = own_program().and_then(|program| {
            let works_on = WorksOn {
                name: &RunName::new(&self.own.project, &self.own.board).to_string(),
                server: &server,
                principal: None,
                path: lock.as_str(),
            };
            OwnRecord::claim(self.environment, &program, works_on, self.now)
        });
        let note = |error: CommandError| {
            let told = format!("no record of this run: {}", error.chain());
            self.output.note(&told);
        };
        claimed.map_err(note).ok()
    }

    /// Picks the exit: what the protocol says, unless the run knows it more exactly.
    pub(super) fn exit(&self, ran: Ran, code: Option<u8>) -> Exit {
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
    pub(super) fn once(&self, work: Work, request: &Request) -> Ran {
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
                if self.watched == Some(request) && wrote && report.stopped.is_none() {
                    self.show_board(request);
                }
                self.output.kanban_sync(&report);
                let outcome = match &report.stopped {
                    Some(Stop::Denied {
                        logged_out: true, ..
                    }) => Outcome::Skipped,
                    _ if report.is_settled() => Outcome::Succeeded,
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
                        Kind::Failed | Kind::Unable | Kind::Usage => Outcome::Failed,
                    },
                    // What is wrong in another checkout is not this caller's usage.
                    usage: error.kind == Kind::Usage && request == self.own,
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
            let shown =
                crate::commands::board::show(self.server, &target, self.environment, self.output);
            // The report below counts more than a look at the board.
            let _ = shown.map_err(|error| self.output.error(&error));
        }
    }

    /// Runs once, and keeps what came of it for `doctor` and `board show`.
    fn sync(&self, work: Work, request: &Request) -> Result<KanbanSyncReport, CommandError> {
        let report = self.gather_and_sync(work, request);
        if !self.args.dry_run {
            let kept = state_dir(self.environment).and_then(|state_dir| {
                last_run::keep(&state_dir, request, self.server, report.as_ref())
            });
            if let Err(error) = kept {
                self.output.error(&error);
            }
        }
        report
    }

    fn gather_and_sync(
        &self,
        work: Work,
        request: &Request,
    ) -> Result<KanbanSyncReport, CommandError> {
        let root = Utf8Path::new(&request.root);
        let own = work == Work::Own;
        let args = self.args;
        let state_dir = state_dir(self.environment)?;
        let config = ProjectFile::read(root)?;
        let layout = config.layout(root, &stages_of(request))?;
        let data_dir = self.environment.data_dir();
        let ids = if args.dry_run { Ids::Read } else { Ids::Keep };
        let openspec = files::open(root, data_dir.as_ref());
        let read = || files::desired(&openspec);
        // Git takes as long to start as the files take to read, so it starts first.
        let (gathered, checkouts) = std::thread::scope(|scope| {
            let (named, data_dir) = (config.repository, data_dir.clone());
            let open = || Checkouts::open(root, &state_dir, named, data_dir, ids, self.interrupted);
            let checkouts = scope.spawn(open);
            (files::gather(&openspec), checkouts.join())
        });
        let checkouts = checkouts.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        let (gathered, mut checkouts) = (gathered?, checkouts?);
        let target = Target {
            project: request.project.clone(),
            board: request.board.clone(),
        };
        let accepted = args.accept.iter().filter(|_| own).map(ChangeName::new);
        let accepted: BTreeSet<ChangeName> = accepted.collect();
        let wishes = Wishes {
            target: &target,
            layout: &layout,
            read: &read,
            accepted: &accepted,
            allow_mass_close: own && args.allow_mass_close,
            expect_plan: args.expect_plan.as_deref().filter(|_| own),
            dry_run: args.dry_run,
            interrupted: self.interrupted,
        };
        let mut report = KanbanSyncReport::new(request, self.server, args.dry_run);
        report.warnings = gathered.warnings;
        let sync = self.on_server(&wishes, &mut checkouts, gathered.desired, report);
        event_loop()?.block_on(sync)
    }

    async fn on_server(
        &self,
        wishes: &Wishes<'_>,
        checkouts: &mut Checkouts,
        desired: Desired,
        report: KanbanSyncReport,
    ) -> Result<KanbanSyncReport, CommandError> {
        match self.server {
            Server::Embedded { path } if wishes.dry_run => {
                if let Some(board) = EmbeddedBoard::open_existing(path).map_err(store_error)? {
                    on(&board, store_error)
                        .sync(wishes, checkouts, desired, report)
                        .await
                } else {
                    let empty = SimulatedBoard::new(EmbeddedBoard::FEATURES);
                    let tell = |error| CommandError::caused(Kind::Failed, "no board", error);
                    on(&empty, tell)
                        .sync(wishes, checkouts, desired, report)
                        .await
                }
            }
            Server::Embedded { path } => {
                let board = EmbeddedBoard::open(path).map_err(store_error)?;
                on(&board, store_error)
                    .sync(wishes, checkouts, desired, report)
                    .await
            }
            Server::Planka(settings) => {
                let planka = Planka::connect(settings.as_ref().clone())
                    .await
                    .map_err(planka_error)?;
                let report = on(&planka, planka_error)
                    .sync(wishes, checkouts, desired, report)
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

fn stages_of(request: &Request) -> Vec<(Stage, String)> {
    let stage = |(word, list): (&String, &String)| Some((Stage::parse(word)?, list.clone()));
    request.lists.iter().filter_map(stage).collect()
}
