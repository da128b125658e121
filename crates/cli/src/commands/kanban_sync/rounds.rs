//! Look, plan, write, look again: one run on one board.

use super::checkout::Checkouts;
use super::report::KanbanSyncReport;
use crate::error::{CommandError, Kind};
use crate::identity::random_hex;
use crate::progress::Progress;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use sync_core::adapter::{Board, Outcome};
use sync_core::board::{BoardLayout, Located, ShelvedCard, Snapshot, Target};
use sync_core::desired::Desired;
use sync_core::drive::drive;
use sync_core::heal::Groundwork;
use sync_core::ids::ChangeName;
use sync_core::observed::{Checkout, markers};
use sync_core::plan::Plan;
use sync_core::reconcile::{Draft, Facts, View};
use sync_core::run::{Run, RunReport, Stop};
use sync_core::text::percent_encode;
use sync_core::write::Write;

/// How many writes are on their way at once (Planka sheet §11).
const IN_FLIGHT: usize = 6;

/// How often a run starts over because something changed while it wrote.
const ROUNDS: usize = 3;

/// The most steps of groundwork: project, board, lists with label, and again after healing twins.
const GROUNDWORK: usize = 8;

/// How often the files may change under a run before it gives up.
const READS: usize = 5;

/// What a run was asked for.
pub(crate) struct Wishes<'a> {
    pub(crate) target: &'a Target,
    pub(crate) layout: &'a BoardLayout,
    /// Reads what the files ask for, anew each time.
    pub(crate) read: &'a dyn Fn() -> Result<Desired, CommandError>,
    pub(crate) accepted: &'a BTreeSet<ChangeName>,
    pub(crate) allow_mass_close: bool,
    pub(crate) expect_plan: Option<&'a str>,
    pub(crate) dry_run: bool,
    pub(crate) interrupted: &'a AtomicBool,
}

impl Wishes<'_> {
    /// Refuses a plan that is not the one a person has seen.
    fn expect(&self, plan: &Plan) -> Result<(), CommandError> {
        let digest = plan.digest();
        match self.expect_plan {
            Some(expected) if expected != digest => {
                let message = format!("the plan has changed: expected {expected}, found {digest}");
                Err(CommandError::new(Kind::Failed, message)
                    .hint("look at the new plan with --dry-run; no card was written"))
            }
            _ => Ok(()),
        }
    }

    /// Refuses `--accept` for what is neither a change nor a card: a slip of the pen.
    fn check_accepted(&self, desired: &Desired, snapshot: &Snapshot) -> Result<(), CommandError> {
        let markers = markers(snapshot);
        let known = |change: &ChangeName| {
            desired.cards.contains_key(change)
                || desired.unreadable.contains_key(change)
                || markers.iter().any(|marker| marker.key.change == *change)
        };
        let Some(unknown) = self.accepted.iter().find(|change| !known(change)) else {
            return Ok(());
        };
        let message = format!("--accept {unknown}: there is no change or card of that name");
        Err(CommandError::new(Kind::Usage, message)
            .hint("a run and `onward doctor` name the changes that are held"))
    }
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

/// Where a run stands.
struct State {
    desired: Desired,
    look: Look,
    checkout: Checkout,
    made: Groundwork,
    /// The last plan was groundwork.
    building: bool,
    /// How often groundwork was carried out.
    ground_steps: usize,
}

impl<B: Board> On<'_, B> {
    /// Makes the board show what the files ask for, as far as may be.
    ///
    /// Once something was written, whatever goes wrong is part of the report.
    pub(crate) async fn sync(
        &self,
        wishes: &Wishes<'_>,
        checkouts: &mut Checkouts,
        desired: Desired,
        mut report: KanbanSyncReport,
    ) -> Result<KanbanSyncReport, CommandError> {
        let look = self.look(wishes.target).await?;
        wishes.check_accepted(&desired, &look.snapshot)?;
        let mut state = State {
            checkout: checkouts.identify(&look.snapshot)?,
            desired,
            look,
            made: Groundwork::default(),
            building: false,
            ground_steps: 0,
        };
        report.origin = state.checkout.origin.to_string();
        loop {
            match self.round(wishes, checkouts, &mut state, &mut report).await {
                Ok(true) => {}
                Ok(false) => return Ok(report),
                Err(error) if report.steps.is_empty() => return Err(error),
                Err(error) => {
                    report.stop(Stop::Transient {
                        reason: error.chain(),
                    });
                    return Ok(report);
                }
            }
        }
    }

    /// Looks, plans once and carries the plan out; false when there is nothing more to do.
    async fn round(
        &self,
        wishes: &Wishes<'_>,
        checkouts: &mut Checkouts,
        state: &mut State,
        report: &mut KanbanSyncReport,
    ) -> Result<bool, CommandError> {
        if !report.steps.is_empty() {
            state.look = self.look_again(wishes.target, state).await?;
        }
        let plan = self.plan(wishes, checkouts, state).await?;
        report.held.clone_from(&plan.held);
        report.ambiguous.clone_from(&plan.ambiguous);
        report.mass_close = plan.mass_close;
        if report.rounds == 0 {
            wishes.expect(&plan)?;
            report.digest = plan.digest();
        }
        if wishes.dry_run {
            report.put_back = plan.put_back;
            report.steps = plan.steps.into_iter().map(|step| (step, None)).collect();
            return Ok(false);
        }
        // Nobody has seen what a second round would write.
        let rounds = if wishes.expect_plan.is_some() {
            1
        } else {
            ROUNDS
        };
        if plan.is_empty() || report.rounds == rounds {
            report.unsettled = plan.steps;
            return Ok(false);
        }
        if wishes.interrupted.load(Ordering::Relaxed) {
            report.stop(Stop::Interrupted);
            return Ok(false);
        }
        let ground = plan
            .groundwork()
            .filter(|_| state.ground_steps < GROUNDWORK);
        state.building = ground.is_some();
        if state.building {
            state.ground_steps += 1;
        } else {
            report.rounds += 1;
            report.put_back.cards += plan.put_back.cards;
            report.put_back.ticks += plan.put_back.ticks;
        }
        let run = self.perform(ground.unwrap_or(plan), wishes).await?;
        state.made.note(&run);
        Ok(report.add(run))
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

    /// Compares, gathers the facts for what differs, and decides.
    ///
    /// Files and git are read one after the other, so the files are read once more behind git: a
    /// switch or an edit in between must not pass for what was committed.
    async fn plan(
        &self,
        wishes: &Wishes<'_>,
        checkouts: &mut Checkouts,
        state: &mut State,
    ) -> Result<Plan, CommandError> {
        for _ in 0..READS {
            let view = View {
                target: wishes.target,
                located: &state.look.located,
                snapshot: &state.look.snapshot,
                features: self.board.features(),
                layout: wishes.layout,
            };
            let draft = Draft::of(&state.desired, view, &state.checkout);
            let asks = draft.asks();
            let facts = checkouts.facts(&asks)?;
            if !asks.is_empty() {
                let again = (wishes.read)()?;
                if again != state.desired {
                    state.desired = again;
                    continue;
                }
            }
            let facts = Facts {
                accepted: wishes.accepted.clone(),
                allow_mass_close: wishes.allow_mass_close,
                shelved: self.shelved(&draft, state).await?,
                ..facts
            };
            return Ok(draft.decide(&facts));
        }
        let message = "the files kept changing while they were read";
        Err(CommandError::new(Kind::Failed, message).hint("run again when the checkout is at rest"))
    }

    /// Searches archive and trash when cards are to be made.
    async fn shelved(
        &self,
        draft: &Draft<'_>,
        state: &State,
    ) -> Result<Vec<ShelvedCard>, CommandError> {
        if !draft.creates() || state.look.located.board.is_none() {
            return Ok(Vec::new());
        }
        let snapshot = &state.look.snapshot;
        let needle = percent_encode(state.checkout.repository.as_str());
        let found = self.board.search_shelves(snapshot, &needle).await;
        let mut found = found.map_err(self.tell)?;
        if found.capped {
            // The server gives no more than so many, so each new card is asked for by its key.
            for key in draft.created_keys() {
                let one = self.board.search_shelves(snapshot, &key.to_string()).await;
                found.cards.extend(one.map_err(self.tell)?.cards);
            }
        }
        Ok(found.cards)
    }

    /// Carries a plan out. The ids of its cards come from a nonce that is never used again.
    async fn perform(&self, plan: Plan, wishes: &Wishes<'_>) -> Result<RunReport, CommandError> {
        let progress = Progress::start(plan.steps.len(), "writes");
        let mut run = Run::new(plan, IN_FLIGHT, random_hex()?);
        drive(&mut run, self.board, |run| {
            progress.show(run.progress().0);
            if wishes.interrupted.load(Ordering::Relaxed) {
                run.interrupt();
            }
        })
        .await;
        Ok(run.report())
    }

    /// Looks once more, and removes what turns out to be a younger twin of our own making.
    async fn look_again(&self, target: &Target, state: &State) -> Result<Look, CommandError> {
        if !state.building {
            let located = state.look.located.clone();
            let snapshot = self.read_healed(&located, &state.made).await?;
            return Ok(Look { located, snapshot });
        }
        let mut directory = self.board.directory().await.map_err(self.tell)?;
        let mut removals = Vec::new();
        for removal in state.made.heal_directory(&directory, target) {
            if let Write::RemoveBoard { board } = &removal {
                // Somebody may have found it meanwhile.
                let snapshot = self.board.read(board).await.map_err(self.tell)?;
                if !snapshot.cards.is_empty() {
                    continue;
                }
            }
            removals.push(removal);
        }
        if self.remove(&removals).await {
            directory = self.board.directory().await.map_err(self.tell)?;
        }
        let located = directory.locate(target);
        let snapshot = self.read_healed(&located, &state.made).await?;
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
