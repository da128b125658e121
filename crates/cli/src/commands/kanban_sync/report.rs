//! What one run of kanban-sync did, for the renderers and for `doctor`.

use crate::config::Server;
use camino::Utf8PathBuf;
use std::collections::BTreeSet;
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
    /// This checkout, as its markers name it.
    pub(crate) origin: String,
    /// Nothing was to be written.
    pub(crate) dry_run: bool,
    /// The digest of the first plan.
    pub(crate) digest: String,
    /// Every step with its fate; none for those that were not tried.
    pub(crate) steps: Vec<(Step, Option<Fate>)>,
    /// The changes left as they are.
    pub(crate) held: Vec<HeldChange>,
    /// What is odd about the files, and what to do about it.
    pub(crate) warnings: Vec<String>,
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
            origin: String::new(),
            dry_run,
            digest: String::new(),
            steps: Vec::new(),
            held: Vec::new(),
            warnings: Vec::new(),
            ambiguous: Vec::new(),
            mass_close: None,
            put_back: PutBack::default(),
            stopped: None,
            unsettled: Vec::new(),
            rounds: 0,
        }
    }

    /// Returns the steps that were not made.
    fn open_steps(&self) -> Vec<Step> {
        let steps = self.steps.iter().filter(|(_, fate)| is_open(fate.as_ref()));
        steps.map(|(step, _)| step.clone()).collect()
    }

    /// Adds what a plan did; what is tried again takes the place of what failed before. Returns
    /// whether another look may show something new.
    pub(crate) fn add(&mut self, run: RunReport) -> bool {
        let mut fates = run.steps.iter().filter_map(|(_, fate)| fate.as_ref());
        // Refusals alone leave nothing that another look could show.
        let moved = fates.any(|fate| !matches!(fate, Fate::Failed { .. } | Fate::Skipped));
        let name = |step: &Step| (step.change.clone(), step.action.to_string());
        if self.steps.iter().any(|(_, fate)| is_open(fate.as_ref())) {
            let again: BTreeSet<_> = run.steps.iter().map(|(step, _)| name(step)).collect();
            let settled = |(step, fate): &(Step, Option<Fate>)| {
                !is_open(fate.as_ref()) || !again.contains(&name(step))
            };
            self.steps.retain(settled);
        }
        self.steps.extend(run.steps);
        if let Some(stop) = run.stopped {
            self.stop(stop);
        } else if !moved {
            self.unsettled = self.open_steps();
        }
        moved && self.stopped.is_none()
    }

    /// Ends the run before its time.
    pub(crate) fn stop(&mut self, stop: Stop) {
        self.stopped = Some(stop);
        self.unsettled = self.open_steps();
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

/// Says whether a step was not made.
fn is_open(fate: Option<&Fate>) -> bool {
    !fate.is_some_and(Fate::is_made)
}
