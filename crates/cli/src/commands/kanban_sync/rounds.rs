//! Look, plan, write, look again: one run on one board.

use super::checkout::Checkouts;
use super::report::KanbanSyncReport;
use crate::error::{CommandError, Kind};
use crate::progress::Progress;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use sync_core::adapter::{Board, Outcome};
use sync_core::board::{BoardLayout, Located, Snapshot, Target};
use sync_core::desired::Desired;
use sync_core::drive::drive;
use sync_core::heal::Groundwork;
use sync_core::ids::ChangeName;
use sync_core::observed::Checkout;
use sync_core::plan::Plan;
use sync_core::reconcile::{Draft, Facts, View};
use sync_core::run::{Fate, Run, RunReport, Stop};
use sync_core::text::percent_encode;
use sync_core::write::Write;

/// How many writes are on their way at once (Planka sheet §11).
const IN_FLIGHT: usize = 6;

/// How often a run starts over because something changed while it wrote.
const ROUNDS: usize = 3;

/// The most steps of groundwork: project, board, lists with label, and again after healing twins.
const GROUNDWORK: usize = 8;

/// What a run was asked for.
pub(crate) struct Wishes<'a> {
    pub(crate) target: &'a Target,
    pub(crate) layout: &'a BoardLayout,
    pub(crate) desired: &'a Desired,
    pub(crate) accepted: &'a BTreeSet<ChangeName>,
    pub(crate) allow_mass_close: bool,
    pub(crate) expect_plan: Option<&'a str>,
    pub(crate) dry_run: bool,
    pub(crate) interrupted: &'a AtomicBool,
}

/// One board, and how its errors are told.
pub(crate) struct On<'a, B: Board> {
    pub(crate) board: &'a B,
    pub(crate) tell: fn(B::Error) -> CommandError,
}

/// What the last look showed.
struct Look {
    located: Located,
    snapshot: Snapshot,
}

/// Refuses a plan that is not the one a person has seen.
fn expect(wishes: &Wishes<'_>, digest: &str) -> Result<(), CommandError> {
    match wishes.expect_plan {
        Some(expected) if expected != digest => {
            let message = format!("the plan has changed: expected {expected}, found {digest}");
            Err(CommandError::new(Kind::Failed, message)
                .hint("look at the new plan with --dry-run; nothing was written"))
        }
        _ => Ok(()),
    }
}

impl<B: Board> On<'_, B> {
    /// Makes the board show what the files ask for, as far as may be.
    pub(crate) async fn sync(
        &self,
        wishes: &Wishes<'_>,
        checkouts: &mut Checkouts,
        mut report: KanbanSyncReport,
    ) -> Result<KanbanSyncReport, CommandError> {
        let mut look = self.look(wishes.target).await?;
        let checkout = checkouts.identify(&look.snapshot)?;
        let mut groundwork = Groundwork::default();
        let mut ground_steps = 0;
        loop {
            let plan = self.plan(wishes, &look, &checkout, checkouts).await?;
            if report.digest.is_empty() {
                report.digest = plan.digest();
                expect(wishes, &report.digest)?;
            }
            report.held.clone_from(&plan.held);
            report.ambiguous.clone_from(&plan.ambiguous);
            report.mass_close = plan.mass_close;
            if wishes.dry_run {
                report.put_back = plan.put_back;
                report.steps = plan.steps.into_iter().map(|step| (step, None)).collect();
                return Ok(report);
            }
            let interrupted = !plan.is_empty() && wishes.interrupted.load(Ordering::Relaxed);
            report.stopped = interrupted.then_some(Stop::Interrupted);
            if plan.is_empty() || interrupted || report.rounds == ROUNDS {
                report.unsettled = plan.steps;
                return Ok(report);
            }
            let ground = plan.groundwork().filter(|_| ground_steps < GROUNDWORK);
            let is_ground = ground.is_some();
            if !is_ground {
                report.put_back.cards += plan.put_back.cards;
                report.put_back.ticks += plan.put_back.ticks;
            }
            let run = self
                .perform(ground.unwrap_or(plan), wishes, checkouts.nonce())
                .await;
            let mut fates = run.steps.iter().filter_map(|(_, fate)| fate.as_ref());
            // Refusals alone leave nothing that another look could show.
            let moved = fates.any(|fate| !matches!(fate, Fate::Failed { .. } | Fate::Skipped));
            groundwork.note(&run);
            report.add(run);
            if report.stopped.is_some() || !moved {
                report.unsettled = report.open_steps();
                return Ok(report);
            }
            if is_ground {
                ground_steps += 1;
                look = self.heal(wishes.target, &groundwork).await?;
            } else {
                report.rounds += 1;
                look.snapshot = self.read_healed(&look.located, &groundwork).await?;
            }
        }
    }

    async fn look(&self, target: &Target) -> Result<Look, CommandError> {
        let directory = self.board.directory().await.map_err(self.tell)?;
        let located = directory.locate(target);
        let snapshot = self.read(&located).await?;
        Ok(Look { located, snapshot })
    }

    async fn read(&self, located: &Located) -> Result<Snapshot, CommandError> {
        match &located.board {
            Some(board) => self.board.read(board).await.map_err(self.tell),
            None => Ok(Snapshot::default()),
        }
    }

    async fn plan(
        &self,
        wishes: &Wishes<'_>,
        look: &Look,
        checkout: &Checkout,
        checkouts: &mut Checkouts,
    ) -> Result<Plan, CommandError> {
        let view = View {
            target: wishes.target,
            located: &look.located,
            snapshot: &look.snapshot,
            features: self.board.features(),
            layout: wishes.layout,
        };
        let draft = Draft::of(wishes.desired, view, checkout);
        let mut facts = Facts {
            accepted: wishes.accepted.clone(),
            allow_mass_close: wishes.allow_mass_close,
            ..checkouts.facts(&draft.asks())?
        };
        if draft.creates() && look.located.board.is_some() {
            let needle = percent_encode(checkout.repository.as_str());
            let found = self.board.search_shelves(&look.snapshot, &needle).await;
            let mut found = found.map_err(self.tell)?;
            if found.capped {
                // The server gives no more than so many, so each new card is asked for by its key.
                for key in draft.created_keys() {
                    let one = self
                        .board
                        .search_shelves(&look.snapshot, &key.to_string())
                        .await;
                    found.cards.extend(one.map_err(self.tell)?.cards);
                }
            }
            facts.shelved = found.cards;
        }
        Ok(draft.decide(&facts))
    }

    async fn perform(&self, plan: Plan, wishes: &Wishes<'_>, nonce: &str) -> RunReport {
        let progress = Progress::start(plan.steps.len());
        let mut run = Run::new(plan, IN_FLIGHT, nonce);
        drive(&mut run, self.board, |run| {
            progress.show(run.progress().0);
            if wishes.interrupted.load(Ordering::Relaxed) {
                run.interrupt();
            }
        })
        .await;
        run.report()
    }

    /// Looks at what was made and removes what turns out to be a younger twin of our own making.
    async fn heal(&self, target: &Target, made: &Groundwork) -> Result<Look, CommandError> {
        let directory = self.board.directory().await.map_err(self.tell)?;
        let mut removals = Vec::new();
        for removal in made.heal_directory(&directory, target) {
            if let Write::RemoveBoard { board } = &removal {
                // Somebody may have found it meanwhile.
                let snapshot = self.board.read(board).await.map_err(self.tell)?;
                if !snapshot.cards.is_empty() {
                    continue;
                }
            }
            removals.push(removal);
        }
        let directory = if self.remove(&removals).await {
            self.board.directory().await.map_err(self.tell)?
        } else {
            directory
        };
        let located = directory.locate(target);
        let snapshot = self.read_healed(&located, made).await?;
        Ok(Look { located, snapshot })
    }

    /// Reads the board, and once more if something of our own making had to go.
    async fn read_healed(
        &self,
        located: &Located,
        made: &Groundwork,
    ) -> Result<Snapshot, CommandError> {
        let snapshot = self.read(located).await?;
        if self.remove(&made.heal_board(&snapshot)).await {
            return self.read(located).await;
        }
        Ok(snapshot)
    }

    /// Removes twins; one that was taken into use meanwhile stays.
    async fn remove(&self, removals: &[Write]) -> bool {
        let mut removed = false;
        for removal in removals {
            removed |= matches!(self.board.perform(removal).await, Outcome::Done { .. });
        }
        removed
    }
}
