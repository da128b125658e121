//! A run directory in memory, for one process at a time.

use super::*;
use alloc::collections::VecDeque;

/// A run directory whose lock is free, and the outcomes of the runs to come.
#[derive(Default)]
pub(super) struct Directory {
    pub(super) marks: Vec<Mark>,
    pub(super) bell: bool,
    pub(super) outcomes: VecDeque<Outcome>,
    /// A hook that asks again during every run.
    pub(super) asks_again: bool,
    pub(super) steps: Vec<Step>,
}

impl Directory {
    pub(super) fn perform(&mut self, step: Step) -> Seen {
        self.steps.push(step);
        match step {
            Step::CreateMark(key) => self.place(pending(key)),
            Step::RingBell => self.bell = true,
            Step::SilenceBell => self.bell = false,
            Step::TryLock | Step::WaitLock { .. } => return Seen::Locked,
            Step::CheckLock => return Seen::Current,
            Step::LookForMarks => {
                return Seen::Marks {
                    bell: self.bell,
                    marks: self.marks.clone(),
                };
            }
            Step::RenameToInflight(key) => {
                self.marks.retain(|mark| *mark != pending(key));
                self.place(inflight(key));
            }
            Step::UnlinkInflight(key) => self.marks.retain(|mark| *mark != inflight(key)),
            Step::Run(_) => {
                if self.asks_again {
                    self.place(pending(OWN));
                }
                return Seen::Ran(self.outcomes.pop_front().unwrap_or(Outcome::Succeeded));
            }
            Step::ReadHolder => return Seen::Holder(Holder::Unnamed),
            Step::WriteHolder(_) | Step::Unlock | Step::Exit(_) => {}
        }
        Seen::Done
    }

    pub(super) fn place(&mut self, mark: Mark) {
        self.marks.retain(|there| *there != mark);
        self.marks.push(mark);
    }

    /// Lets a process go on until it stands before a step like this.
    pub(super) fn until(&mut self, process: &mut Coalesce, is_there: impl Fn(Step) -> bool) {
        while !is_there(process.step()) {
            let seen = self.perform(process.step());
            process.answer(seen);
        }
    }

    pub(super) fn finish(&mut self, process: &mut Coalesce) -> Farewell {
        self.until(process, |step| matches!(step, Step::Exit(_)));
        farewell_of(process)
    }

    pub(super) fn runs(&self) -> Vec<Work> {
        let work = |step: &Step| {
            if let Step::Run(work) = step {
                Some(*work)
            } else {
                None
            }
        };
        self.steps.iter().filter_map(work).collect()
    }
}
