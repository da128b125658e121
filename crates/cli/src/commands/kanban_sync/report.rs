//! What one run of kanban-sync did, for the renderers and for `doctor`.

use crate::config::Server;
use camino::Utf8PathBuf;
use sync_core::board::Ambiguous;
use sync_core::coalesce::Request;
use sync_core::plan::{Action, CardUpdate, HeldChange, MassClose, PutBack, Step};
use sync_core::run::{Fate, RunReport, Stop};

/// One run.
#[derive(Debug)]
pub(crate) struct KanbanSyncReport {
    /// The root of the project it read.
    pub(crate) root: Utf8PathBuf,
    /// The project asked for.
    pub(crate) project: String,
    /// The board asked for.
    pub(crate) board: String,
    /// The server's address, or the embedded board's file.
    pub(crate) server: String,
    /// It is the embedded board.
    pub(crate) embedded: bool,
    /// Nothing was to be written.
    pub(crate) dry_run: bool,
    /// The digest of the first plan.
    pub(crate) digest: String,
    /// Every step with its fate; none for those that were not tried.
    pub(crate) steps: Vec<(Step, Option<Fate>)>,
    /// The changes left as they are.
    pub(crate) held: Vec<HeldChange>,
    /// Names that several objects bear.
    pub(crate) ambiguous: Vec<Ambiguous>,
    /// Closings held for their number.
    pub(crate) mass_close: Option<MassClose>,
    /// What people changed and was put back.
    pub(crate) put_back: PutBack,
    /// Why it stopped early.
    pub(crate) stopped: Option<Stop>,
    /// What the last look still asked for.
    pub(crate) unsettled: Vec<Step>,
    /// How often a plan with cards was carried out.
    pub(crate) rounds: usize,
}

/// How much of what was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Summary {
    pub(crate) infrastructure: usize,
    pub(crate) cards_created: usize,
    pub(crate) cards_moved: usize,
    pub(crate) cards_closed: usize,
    pub(crate) cards_updated: usize,
    pub(crate) tasks_synced: usize,
    pub(crate) failed: usize,
}

impl KanbanSyncReport {
    /// Starts the report of a request.
    pub(crate) fn new(request: &Request, server: &Server, dry_run: bool) -> Self {
        Self {
            root: request.root.as_str().into(),
            project: request.project.clone(),
            board: request.board.clone(),
            server: server.name(),
            embedded: matches!(server, Server::Embedded { .. }),
            dry_run,
            digest: String::new(),
            steps: Vec::new(),
            held: Vec::new(),
            ambiguous: Vec::new(),
            mass_close: None,
            put_back: PutBack::default(),
            stopped: None,
            unsettled: Vec::new(),
            rounds: 0,
        }
    }

    /// Returns the steps that were not made.
    pub(crate) fn open_steps(&self) -> Vec<Step> {
        let open = |fate: &Option<Fate>| !fate.as_ref().is_some_and(Fate::is_made);
        let steps = self.steps.iter().filter(|(_, fate)| open(fate));
        steps.map(|(step, _)| step.clone()).collect()
    }

    /// Adds what a plan did.
    pub(crate) fn add(&mut self, report: RunReport) {
        self.steps.extend(report.steps);
        self.stopped = report.stopped.or(self.stopped.take());
    }

    /// Counts what was made; in a dry run, what would be.
    pub(crate) fn summary(&self) -> Summary {
        let mut summary = Summary::default();
        for (step, fate) in &self.steps {
            let made = self.dry_run || matches!(fate, Some(Fate::Made { .. }));
            if !made {
                summary.failed += usize::from(matches!(fate, Some(Fate::Failed { .. })));
                continue;
            }
            *match &step.action {
                action if action.is_infrastructure() => &mut summary.infrastructure,
                Action::CreateCard { .. } => &mut summary.cards_created,
                Action::UpdateCard { what, .. } => match what {
                    CardUpdate::Move { .. } => &mut summary.cards_moved,
                    CardUpdate::Close { .. } => &mut summary.cards_closed,
                    CardUpdate::Text => &mut summary.cards_updated,
                },
                Action::CreateTask { .. }
                | Action::UpdateTask { .. }
                | Action::DeleteTask { .. } => &mut summary.tasks_synced,
                _ => continue,
            } += 1;
        }
        summary
    }

    /// Says whether everything that was to be done is done.
    pub(crate) fn is_settled(&self) -> bool {
        self.unsettled.is_empty() && self.stopped.is_none() && self.mass_close.is_none()
    }
}
