//! One process that takes part in the protocol, as a state machine.

use super::files::{Holder, Mark, Phase};
use super::request::MarkKey;
use super::step::{Farewell, Intent, Outcome, Seen, Step, Verdict, Work};
use super::{GRACE, PATIENCE, RUNS_PER_KEY};
use alloc::collections::BTreeMap;
use core::time::Duration;

#[cfg(test)]
mod tests;

/// One process that takes part in the protocol.
///
/// [`step`](Self::step) says what to do, [`answer`](Self::answer) takes what came of it, until the
/// step is [`Step::Exit`]. An answer that does not fit its step counts as a failed step.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "facts about the past that go together freely"
)]
pub struct Coalesce {
    own: MarkKey,
    intent: Intent,
    runs_per_key: u8,
    step: Step,
    /// Makes the mark for a background process, and leaves the rest to it.
    announces: bool,
    holding: bool,
    /// The own request of an intent that makes no mark was run.
    ran_own: bool,
    /// The lock was held until no work was left, so the own request is settled.
    settled: bool,
    broken: bool,
    interrupted: bool,
    /// How long it waited for the lock since it last held it.
    waited: Duration,
    /// The holder had its time to write its line.
    grace_is_over: bool,
    /// What the bell is silenced for: the phase of the own mark.
    own_phase: Phase,
    tallies: BTreeMap<MarkKey, Tally>,
    worst: Outcome,
}

/// What this process has done for a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Tally {
    runs: u8,
    last: Outcome,
}

impl Coalesce {
    /// Starts a process in the foreground.
    pub fn new(own: MarkKey, intent: Intent) -> Self {
        let makes_a_mark = intent == Intent::Sync;
        let step = if makes_a_mark {
            Step::CreateMark(own)
        } else {
            Step::TryLock
        };
        Self::starting(own, intent, step)
    }

    /// Starts the caller of `--background`, which makes the mark and ends with
    /// [`Verdict::Announced`]; then the driver starts the process in the background.
    pub fn announcing(own: MarkKey) -> Self {
        Self {
            announces: true,
            ..Self::new(own, Intent::Sync)
        }
    }

    /// Starts the process in the background, whose mark its caller has made.
    pub fn announced(own: MarkKey) -> Self {
        Self::starting(own, Intent::Sync, Step::TryLock)
    }

    fn starting(own: MarkKey, intent: Intent, step: Step) -> Self {
        Self {
            own,
            intent,
            runs_per_key: RUNS_PER_KEY,
            step,
            announces: false,
            holding: false,
            ran_own: false,
            settled: false,
            broken: false,
            interrupted: false,
            waited: Duration::ZERO,
            grace_is_over: false,
            own_phase: Phase::Pending,
            tallies: BTreeMap::new(),
            worst: Outcome::Succeeded,
        }
    }

    /// Returns what to do now.
    pub fn step(&self) -> Step {
        self.step
    }

    /// Tells of a signal to end (SIGINT, SIGTERM).
    ///
    /// The step at hand is finished and answered as usual, a wait or a run as soon as may be. After
    /// it no work is begun: what succeeded is unlinked, every other mark is kept, the lock is freed.
    pub fn interrupt(&mut self) {
        self.interrupted = true;
    }

    /// Takes what came of the step at hand, and moves to the next one.
    pub fn answer(&mut self, seen: Seen) {
        let next = self.after(seen);
        self.step = if self.interrupted {
            self.instead_of(next)
        } else {
            next
        };
    }

    fn after(&mut self, seen: Seen) -> Step {
        match (self.step, seen) {
            (Step::CreateMark(_), Seen::Done) if self.holding => Step::SilenceBell,
            (Step::CreateMark(_), Seen::Done) => Step::RingBell,
            (Step::RingBell, Seen::Done) if self.announces => exit(Verdict::Announced),
            (Step::RingBell, Seen::Done) => Step::TryLock,
            (Step::TryLock | Step::WaitLock { .. }, Seen::Locked) => {
                self.holding = true;
                Step::CheckLock
            }
            (Step::TryLock | Step::WaitLock { .. }, Seen::Busy { waited }) => {
                self.waited = self.waited.saturating_add(waited);
                if self.may_be_queued() {
                    Step::ReadHolder
                } else {
                    self.wait()
                }
            }
            (Step::ReadHolder, Seen::Holder(holder)) => self.behind(holder),
            (Step::CheckLock, Seen::Replaced) => {
                self.holding = false;
                Step::TryLock
            }
            (Step::CheckLock, Seen::Current) => {
                self.waited = Duration::ZERO;
                self.grace_is_over = false;
                Step::WriteHolder(match self.intent {
                    Intent::Preview => Holder::ServesNobody,
                    Intent::Sync | Intent::Insist => Holder::Serves(self.own.server()),
                })
            }
            // A line that stays is like one left by a kill, so nothing is lost by going on.
            (Step::WriteHolder(Holder::Unnamed), _) => Step::Unlock,
            (Step::WriteHolder(_), Seen::Done) if self.may_be_queued() => Step::LookForMarks,
            (Step::WriteHolder(_), Seen::Done) => Step::Run(Work::Own),
            (Step::Run(Work::Own), Seen::Ran(outcome)) => {
                self.ran_own = true;
                self.worst = self.worst.worst(outcome);
                if self.intent == Intent::Preview {
                    RELEASE
                } else {
                    Step::LookForMarks
                }
            }
            (Step::LookForMarks, Seen::Marks { bell, marks }) => self.found(bell, &marks),
            (Step::SilenceBell, Seen::Done) => take_up(self.own, self.own_phase),
            (Step::RenameToInflight(key), Seen::Done) => Step::Run(Work::Mark(key)),
            (Step::Run(Work::Mark(key)), Seen::Ran(outcome)) => {
                let runs = self.runs(key).saturating_add(1);
                self.tallies.insert(
                    key,
                    Tally {
                        runs,
                        last: outcome,
                    },
                );
                self.worst = self.worst.worst(outcome);
                match outcome {
                    Outcome::Succeeded => Step::UnlinkInflight(key),
                    Outcome::Skipped | Outcome::Failed => Step::LookForMarks,
                }
            }
            // Only somebody outside the protocol takes a mark from under the lock.
            (Step::UnlinkInflight(_), Seen::Done) | (Step::RenameToInflight(_), Seen::Missing) => {
                Step::LookForMarks
            }
            // A lock that cannot be closed is freed when the process ends.
            (Step::Unlock, _) => self.unlocked(),
            (Step::Exit(farewell), _) => Step::Exit(farewell),
            _ => self.give_up(),
        }
    }

    /// Says whether somebody else may do what is left for this process to do.
    fn may_be_queued(&self) -> bool {
        self.intent == Intent::Sync || self.ran_own
    }

    fn wait(&self) -> Step {
        let left = PATIENCE.saturating_sub(self.waited);
        if !left.is_zero() {
            Step::WaitLock { at_most: left }
        } else if self.settled {
            self.farewell(false)
        } else {
            exit(Verdict::TimedOut)
        }
    }

    fn behind(&mut self, holder: Holder) -> Step {
        let had_grace = self.grace_is_over;
        self.grace_is_over = holder == Holder::Unnamed;
        match holder {
            Holder::Unnamed if !had_grace => Step::WaitLock { at_most: GRACE },
            Holder::Serves(server) if server != self.own.server() => self.wait(),
            Holder::ServesNobody => self.wait(),
            Holder::Serves(_) | Holder::Unnamed if self.settled => self.farewell(false),
            Holder::Serves(_) | Holder::Unnamed => exit(Verdict::Queued),
        }
    }

    fn found(&mut self, bell: bool, marks: &[Mark]) -> Step {
        // The key run least comes first, so that none waits for a busy one; then the own.
        let next = marks
            .iter()
            .filter(|mark| self.is_to_be_run(**mark))
            .min_by_key(|Mark { key, phase }| {
                (
                    self.runs(*key),
                    *key != self.own,
                    *key,
                    *phase == Phase::Inflight,
                )
            });
        let has_room = |key| self.runs(key) < self.runs_per_key;
        let rung = bell && has_room(self.own);
        if !self.holding {
            let capped = (bell && !rung)
                || marks
                    .iter()
                    .any(|mark| self.is_wanted(*mark) && !has_room(mark.key));
            return if next.is_some() || rung {
                Step::TryLock
            } else {
                self.farewell(capped)
            };
        }
        match next {
            Some(mark) if mark.key == self.own => {
                self.own_phase = mark.phase;
                Step::SilenceBell
            }
            Some(mark) => take_up(mark.key, mark.phase),
            None if rung => {
                self.own_phase = Phase::Pending;
                Step::CreateMark(self.own)
            }
            None => RELEASE,
        }
    }

    /// An inflight mark is left by a killed or failed run; after a failure of our own it waits for
    /// another process, or for a newer pending one.
    fn is_wanted(&self, mark: Mark) -> bool {
        let failed_here = || {
            let tally = self.tallies.get(&mark.key);
            tally.is_some_and(|tally| tally.last != Outcome::Succeeded)
        };
        mark.key.server() == self.own.server() && (mark.phase == Phase::Pending || !failed_here())
    }

    fn is_to_be_run(&self, mark: Mark) -> bool {
        self.is_wanted(mark) && self.runs(mark.key) < self.runs_per_key
    }

    fn runs(&self, key: MarkKey) -> u8 {
        self.tallies.get(&key).map_or(0, |tally| tally.runs)
    }

    fn unlocked(&mut self) -> Step {
        self.holding = false;
        self.settled = true;
        if self.broken || self.intent == Intent::Preview {
            self.farewell(false)
        } else {
            Step::LookForMarks
        }
    }

    /// Ends after a step that failed: what is on disk stays there, and the exit is never 0.
    fn give_up(&mut self) -> Step {
        self.broken = true;
        self.worst = Outcome::Failed;
        if self.holding {
            RELEASE
        } else {
            self.farewell(false)
        }
    }

    /// Replaces a step that would begin new work after a signal.
    fn instead_of(&self, next: Step) -> Step {
        match next {
            Step::UnlinkInflight(_) | RELEASE | Step::Unlock | Step::Exit(_) => next,
            _ if self.holding => RELEASE,
            _ => self.farewell(false),
        }
    }

    fn farewell(&self, capped: bool) -> Step {
        let verdict = match self.worst {
            _ if self.interrupted => Verdict::Interrupted,
            Outcome::Failed => Verdict::Failed,
            Outcome::Skipped => Verdict::Skipped,
            Outcome::Succeeded => Verdict::Synced,
        };
        Step::Exit(Farewell { verdict, capped })
    }
}

/// The way out of the lock: the line first, so that nobody relies on a holder that looks no more.
const RELEASE: Step = Step::WriteHolder(Holder::Unnamed);

fn exit(verdict: Verdict) -> Step {
    Step::Exit(Farewell {
        verdict,
        capped: false,
    })
}

fn take_up(key: MarkKey, phase: Phase) -> Step {
    match phase {
        Phase::Pending => Step::RenameToInflight(key),
        Phase::Inflight => Step::Run(Work::Mark(key)),
    }
}
