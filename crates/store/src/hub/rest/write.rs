//! Writes in groups: rows of one kind are read once, written, and read again.

use sync_core::hub::{HubOutcome, HubWrite, Writer};

use super::StateHub;
use super::create::{NewPlan, NewTask};
use super::error::StateHubError;
use super::send::Change;
use super::statuses::TaskChange;

/// How many writes lie at most between a look at the hub and the next.
const GROUP: usize = 200;

/// Writes that are looked at together; no row is in it twice.
#[derive(Debug)]
enum Group<'a> {
    Plans(Vec<NewPlan<'a>>),
    Tasks(Vec<NewTask<'a>>),
    Statuses(Vec<TaskChange<'a>>),
    /// Everything else is written by itself.
    One(&'a HubWrite),
}

impl StateHub {
    /// Performs writes in order. What stops a group stops the rest; of a call that has written nothing
    /// it is the error, unless later may be better.
    pub(super) async fn perform_all(
        &self,
        writes: &[HubWrite],
        by: &Writer,
    ) -> Result<Vec<HubOutcome>, StateHubError> {
        let mut outcomes = Vec::with_capacity(writes.len());
        for group in groups(writes) {
            let of_group = match &group {
                Group::Plans(new) => self.new_plans(new).await,
                Group::Tasks(new) => self.new_tasks(new, by).await,
                Group::Statuses(changes) => self.set_statuses(changes, by).await,
                Group::One(write) => self.change_one(write).await.map(|outcome| vec![outcome]),
            };
            match of_group {
                Ok(of_group) => outcomes.extend(of_group),
                Err(error) if outcomes.is_empty() && !error.is_transient() => return Err(error),
                Err(error) => {
                    let reason = error.in_one_line();
                    outcomes.resize(writes.len(), HubOutcome::Transient { reason });
                    break;
                }
            }
        }
        Ok(outcomes)
    }

    async fn change_one(&self, write: &HubWrite) -> Result<HubOutcome, StateHubError> {
        match write {
            HubWrite::MarkSynced { repository } => self.mark_synced(repository).await,
            write => self.change_plan(write).await,
        }
    }
}

fn groups(writes: &[HubWrite]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for write in writes {
        let left = match groups.last_mut() {
            Some(last) if last.len() < GROUP => last.add(write),
            _ => Some(Group::of(write)),
        };
        groups.extend(left);
    }
    groups
}

impl<'a> Group<'a> {
    fn of(write: &'a HubWrite) -> Self {
        match write {
            HubWrite::CreateWorkplan {
                id,
                repository,
                file_id,
                title,
                status,
            } => Self::Plans(vec![NewPlan {
                id: id.as_ref(),
                repository,
                file_id,
                title,
                status: *status,
            }]),
            HubWrite::CreateTask {
                id,
                workplan,
                file_id,
                title,
                status,
                priority,
            } => Self::Tasks(vec![NewTask {
                id: id.as_ref(),
                workplan,
                file_id,
                title,
                status: *status,
                priority: priority.as_deref(),
            }]),
            HubWrite::SetTaskStatus {
                id,
                seen,
                status,
                reopen,
            } => Self::Statuses(vec![TaskChange {
                id,
                change: Change {
                    seen: *seen,
                    status: *status,
                    reopen: *reopen,
                },
            }]),
            write => Self::One(write),
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Plans(new) => new.len(),
            Self::Tasks(new) => new.len(),
            Self::Statuses(changes) => changes.len(),
            Self::One(_) => 1,
        }
    }

    /// Takes a write in, or returns it as a group of its own.
    fn add(&mut self, write: &'a HubWrite) -> Option<Self> {
        match (self, Self::of(write)) {
            (Self::Plans(group), Self::Plans(new)) if no_two(group, &new, NewPlan::is_twin) => {
                group.extend(new);
                None
            }
            (Self::Tasks(group), Self::Tasks(new)) if no_two(group, &new, NewTask::is_twin) => {
                group.extend(new);
                None
            }
            (Self::Statuses(group), Self::Statuses(new))
                if no_two(group, &new, |a, b| a.id == b.id) =>
            {
                group.extend(new);
                None
            }
            (_, alone) => Some(alone),
        }
    }
}

fn no_two<T>(group: &[T], new: &[T], are_one: impl Fn(&T, &T) -> bool) -> bool {
    new.iter()
        .all(|new| group.iter().all(|other| !are_one(other, new)))
}
