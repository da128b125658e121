//! The executor of a plan, without any input or output.
//!
//! [`Run::next_ready`] hands out writes whose predecessors are made, never more at once than the
//! limit; [`Run::complete`] takes what became of each. A run knows when to stop and what a refusal
//! skips; a driver only carries writes to a board and outcomes back.

use crate::adapter::Outcome;
use crate::description::Described;
use crate::ids::{BoardId, CardId, ChangeName, CreateId, LabelId, ListId, ProjectId, TaskListId};
use crate::plan::{Action, Handle, Plan, Step, StepId, TaskListHandle, Unsigned};
use crate::text::hex_digest;
use crate::write::Write;
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// A plan on its way.
#[derive(Debug)]
pub struct Run {
    plan: Plan,
    nonce: String,
    limit: usize,
    /// How many predecessors of each step are not made yet.
    waits: Vec<usize>,
    followers: Vec<Vec<usize>>,
    ready: BTreeSet<usize>,
    fates: Vec<Option<Fate>>,
    in_flight: BTreeSet<usize>,
    stopped: Option<Stop>,
}

/// What became of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It was made, or was so already.
    Made {
        /// The id of what was created; empty for other writes.
        id: String,
    },
    /// The board had moved on; nothing was written.
    Superseded {
        /// What was found instead.
        reason: String,
    },
    /// It failed.
    Failed {
        /// Why.
        reason: String,
    },
    /// The answer was lost: only another look can tell.
    Unknown {
        /// What happened.
        reason: String,
    },
    /// A step it depends on was not made.
    Skipped,
}

impl Fate {
    /// Says whether the step was made, or was so already.
    pub fn is_made(&self) -> bool {
        matches!(self, Fate::Made { .. })
    }
}

/// Why no further writes are handed out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The server is in trouble.
    Transient {
        /// What happened.
        reason: String,
    },
    /// The user may not write.
    Denied {
        /// What the server said.
        reason: String,
        /// The login itself is not valid.
        logged_out: bool,
    },
    /// A signal.
    Interrupted,
}

/// What a run has done so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunReport {
    /// Every step with its fate; none for those never handed out.
    pub steps: Vec<(Step, Option<Fate>)>,
    /// Why the run stopped early, if it did.
    pub stopped: Option<Stop>,
}

impl Run {
    /// Starts a plan with at most `limit` writes at once.
    ///
    /// The `nonce` is drawn by chance for this one `Run`: the ids of new cards come from it, so that
    /// a twin can be told from a copy a person made, which has the id of the card it was made from.
    /// A nonce must never be used twice, not even by the rounds of one process: a create whose
    /// answer was lost may be made later than the next round's, and with an equal id the second
    /// card of the two would be taken for a person's copy for ever.
    pub fn new(plan: Plan, limit: usize, nonce: impl Into<String>) -> Run {
        let count = plan.steps.len();
        let mut followers = vec![Vec::new(); count];
        let mut waits = vec![0; count];
        for (n, step) in plan.steps.iter().enumerate() {
            let after: BTreeSet<usize> = step.after.iter().map(|step| step.0).collect();
            waits[n] = after.len();
            for before in after {
                followers[before].push(n);
            }
        }
        Run {
            ready: (0..count).filter(|n| waits[*n] == 0).collect(),
            fates: vec![None; count],
            nonce: nonce.into(),
            limit: limit.max(1),
            in_flight: BTreeSet::new(),
            stopped: None,
            followers,
            waits,
            plan,
        }
    }

    /// Hands out the next write; `None` when one in flight has to complete first, or the run is over.
    pub fn next_ready(&mut self) -> Option<(StepId, Write)> {
        if self.in_flight.len() >= self.limit || self.stopped.is_some() {
            return None;
        }
        while let Some(n) = self.ready.pop_first() {
            if let Some(write) = self.resolve(&self.plan.steps[n]) {
                self.in_flight.insert(n);
                return Some((StepId(n), write));
            }
            self.settle(n, Fate::Skipped);
        }
        None
    }

    /// Takes what became of a write that was handed out; of one that was not, nothing.
    pub fn complete(&mut self, step: StepId, outcome: Outcome) {
        if !self.in_flight.remove(&step.0) {
            return;
        }
        let fate = match outcome {
            Outcome::Done { made } => Fate::Made { id: made },
            Outcome::AlreadySo => Fate::Made { id: String::new() },
            Outcome::Superseded { reason } => Fate::Superseded { reason },
            Outcome::Refused { reason } => Fate::Failed { reason },
            Outcome::Unknown { reason } => Fate::Unknown { reason },
            Outcome::Denied { reason, logged_out } => {
                let fate = Fate::Failed {
                    reason: reason.clone(),
                };
                self.stop(Stop::Denied { reason, logged_out });
                fate
            }
            Outcome::Transient { reason } => {
                let fate = Fate::Failed {
                    reason: reason.clone(),
                };
                self.stop(Stop::Transient { reason });
                fate
            }
        };
        self.settle(step.0, fate);
    }

    /// Hands out no further writes; those in flight are waited for.
    pub fn interrupt(&mut self) {
        self.stop(Stop::Interrupted);
    }

    /// Says whether nothing is in flight and nothing more will be handed out.
    pub fn is_over(&self) -> bool {
        self.in_flight.is_empty() && (self.ready.is_empty() || self.stopped.is_some())
    }

    /// Returns how many steps have a fate, and how many there are.
    pub fn progress(&self) -> (usize, usize) {
        (self.fates.iter().flatten().count(), self.fates.len())
    }

    /// Returns what became of every step.
    pub fn report(self) -> RunReport {
        RunReport {
            steps: self.plan.steps.into_iter().zip(self.fates).collect(),
            stopped: self.stopped,
        }
    }

    fn stop(&mut self, stop: Stop) {
        self.stopped.get_or_insert(stop);
    }

    /// Notes a fate and what follows from it for the steps that wait.
    fn settle(&mut self, n: usize, fate: Fate) {
        let made = matches!(fate, Fate::Made { .. });
        if self.fates[n].is_some() {
            return;
        }
        self.fates[n] = Some(fate);
        for follower in core::mem::take(&mut self.followers[n]) {
            if made {
                self.waits[follower] -= 1;
                if self.waits[follower] == 0 && self.fates[follower].is_none() {
                    self.ready.insert(follower);
                }
            } else {
                self.settle(follower, Fate::Skipped);
            }
        }
    }

    fn made(&self, step: StepId) -> Option<&str> {
        match self.fates.get(step.0)?.as_ref()? {
            Fate::Made { id } if !id.is_empty() => Some(id),
            _ => None,
        }
    }

    /// Puts ids where the plan has handles; `None` when a predecessor made nothing.
    #[expect(clippy::too_many_lines, reason = "one arm for each action")]
    fn resolve(&self, step: &Step) -> Option<Write> {
        Some(match step.action.clone() {
            Action::CreateProject { name } => Write::CreateProject { name },
            Action::CreateBoard {
                project,
                name,
                position,
            } => Write::CreateBoard {
                project: self.id(&project, |id| ProjectId::new(id))?,
                name,
                position,
            },
            Action::CreateList {
                board,
                name,
                position,
            } => Write::CreateList {
                board: self.id(&board, |id| BoardId::new(id))?,
                name,
                position,
            },
            Action::CreateLabel {
                board,
                name,
                position,
            } => Write::CreateLabel {
                board: self.id(&board, |id| BoardId::new(id))?,
                name,
                position,
            },
            Action::CreateCard {
                list,
                name,
                position,
                marker,
                text,
                ..
            } => Write::CreateCard {
                list: self.id(&list, |id| ListId::new(id))?,
                name,
                description: self.describe(step.change.as_ref(), marker, &text),
                position,
            },
            Action::AttachLabel { card, label } => Write::AttachLabel {
                card: self.id(&card, |id| CardId::new(id))?,
                label: self.id(&label, |id| LabelId::new(id))?,
            },
            Action::UpdateCard {
                card,
                seen,
                name,
                description,
                place,
                ..
            } => Write::UpdateCard {
                card,
                seen,
                name,
                description,
                place: match place {
                    None => None,
                    Some((list, at)) => Some((self.id(&list, |id| ListId::new(id))?, at)),
                },
            },
            Action::CreateTaskList {
                card,
                name,
                position,
            } => Write::CreateTaskList {
                card: self.id(&card, |id| CardId::new(id))?,
                name,
                position,
            },
            Action::UpdateTaskList {
                task_list,
                seen,
                name,
                position,
            } => Write::UpdateTaskList {
                task_list,
                seen,
                name,
                position,
            },
            Action::DeleteTaskList { task_list, seen } => Write::DeleteTaskList { task_list, seen },
            Action::CreateTask {
                card,
                task_list,
                name,
                position,
                done,
            } => Write::CreateTask {
                card: self.id(&card, |id| CardId::new(id))?,
                task_list: self.task_list(&task_list)?,
                name,
                position,
                done,
            },
            Action::UpdateTask {
                task,
                seen,
                name,
                done,
                task_list,
                position,
            } => {
                let task_list = match task_list {
                    None => None,
                    Some(list) => Some(self.task_list(&list)?),
                };
                Write::UpdateTask {
                    task,
                    seen,
                    name,
                    done,
                    task_list,
                    position,
                }
            }
            Action::DeleteTask { task, seen } => Write::DeleteTask { task, seen },
            Action::DiscardCard { card, seen, trash } => Write::DiscardCard { card, seen, trash },
        })
    }

    fn id<Id: Clone>(&self, handle: &Handle<Id>, of: impl Fn(&str) -> Id) -> Option<Id> {
        match handle {
            Handle::Known(id) => Some(id.clone()),
            Handle::Made(step) => self.made(*step).map(of),
        }
    }

    fn task_list(&self, handle: &TaskListHandle) -> Option<TaskListId> {
        match handle {
            TaskListHandle::List(handle) => self.id(handle, |id| TaskListId::new(id)),
            TaskListHandle::Card(card) => self.made(*card).map(TaskListId::new),
        }
    }

    fn describe(&self, change: Option<&ChangeName>, marker: Unsigned, text: &str) -> String {
        let change = change.map_or("", ChangeName::as_str);
        let id = CreateId::new(hex_digest([self.nonce.as_str(), change], 12));
        let empty = Described {
            before: String::new(),
            block: None,
            after: String::new(),
        };
        empty.compose(&marker.sign(id), text)
    }
}

impl RunReport {
    /// Says whether every step was made.
    pub fn is_complete(&self) -> bool {
        self.steps
            .iter()
            .all(|(_, fate)| matches!(fate, Some(Fate::Made { .. })))
    }
}

#[cfg(test)]
mod tests;
