//! Statuses of tasks: in bulk where the hub can, else one by one.

use std::collections::BTreeMap;

use sync_core::hub::{HubOutcome, Writer};
use sync_core::ids::HubId;
use sync_core::status::TaskStatus;

use super::StateHub;
use super::error::StateHubError;
use super::rows::Task;
use super::send::{Change, Line, Sent};

/// A change of a task's status.
#[derive(Clone, Copy, Debug)]
pub(super) struct TaskChange<'a> {
    pub(super) id: &'a HubId,
    pub(super) change: Change<TaskStatus>,
}

impl StateHub {
    /// Sets statuses of different tasks, each as it was seen.
    pub(super) async fn set_statuses(
        &self,
        changes: &[TaskChange<'_>],
        by: &Writer,
    ) -> Result<Vec<HubOutcome>, StateHubError> {
        let tasks = self
            .list_around(changes.iter().map(|change| change.id))
            .await?;
        let index = by_id(&tasks);
        let refused = changes.iter().map(|change| self.refusal(&index, change));
        let refused: Vec<Option<HubOutcome>> = refused.collect();
        let due = changes.iter().zip(&refused);
        let due: Vec<_> = due
            .filter_map(|(change, refused)| refused.is_none().then_some(*change))
            .collect();
        let mut sent = self.send_statuses(&due, by).await.into_iter();
        let sent: Vec<Sent> = refused
            .into_iter()
            .filter_map(|refused| refused.map(Sent::Settled).or_else(|| sent.next()))
            .collect();
        let open = || {
            let pairs = changes.iter().zip(&sent);
            pairs
                .filter(|(_, sent)| sent.is_open())
                .map(|(change, _)| change.id)
        };
        if open().next().is_none() {
            return Ok(sent.into_iter().map(|sent| sent.seen(None)).collect());
        }
        let tasks = match self.list_around(open()).await {
            Ok(tasks) => tasks,
            Err(error) => return Ok(sent.into_iter().map(|sent| sent.unseen(&error)).collect()),
        };
        let index = by_id(&tasks);
        let outcome = |(change, sent): (&TaskChange<'_>, Sent)| {
            let now = index.get(change.id).map(|task| {
                let is = |status| self.api.task_words.are_one(status, change.change.status);
                let is_so = task.status.known().is_some_and(is);
                (task.kept.made(&task.id), is_so, task.status.to_string())
            });
            sent.seen(now)
        };
        Ok(changes.iter().zip(sent).map(outcome).collect())
    }

    async fn send_statuses(&self, due: &[TaskChange<'_>], by: &Writer) -> Vec<Sent> {
        let mut line = Line::default();
        if due.len() > 1 && self.api.has_bulk() {
            let statuses = due.iter().map(|due| (due.id, due.change.status));
            match line.send(self.api.set_tasks(statuses, by)).await {
                Sent::Taken(()) => return due.iter().map(|_| Sent::Taken(())).collect(),
                Sent::Lost(reason) => {
                    return due.iter().map(|_| Sent::Lost(reason.clone())).collect();
                }
                // All were refused for one of them, or there is no such route.
                Sent::Settled(_) => {}
            }
        }
        let mut sent = Vec::with_capacity(due.len());
        for due in due {
            // The first was read a moment ago; time has passed for the others.
            let refused = if sent.is_empty() || line.is_down() {
                None
            } else {
                self.look_again(due).await
            };
            sent.push(match refused {
                Some(refused) => Sent::Settled(refused),
                None => {
                    line.send(self.api.set_task(due.id, due.change.status))
                        .await
                }
            });
        }
        sent
    }

    /// Reads a task right before it is written, and says why it is not to be.
    async fn look_again(&self, change: &TaskChange<'_>) -> Option<HubOutcome> {
        match self.list_around(std::iter::once(change.id)).await {
            Ok(tasks) => self.refusal(&by_id(&tasks), change),
            Err(error) => Some(HubOutcome::Transient {
                reason: error.in_one_line(),
            }),
        }
    }

    fn refusal(
        &self,
        tasks: &BTreeMap<&HubId, &Task>,
        change: &TaskChange<'_>,
    ) -> Option<HubOutcome> {
        let Some(task) = tasks.get(change.id) else {
            return Some(HubOutcome::Missing);
        };
        let row = task.kept.made(&task.id);
        change
            .change
            .refusal(&self.api.task_words, &task.status, row)
    }
}

pub(super) fn by_id(tasks: &[Task]) -> BTreeMap<&HubId, &Task> {
    tasks.iter().map(|task| (&task.id, task)).collect()
}
