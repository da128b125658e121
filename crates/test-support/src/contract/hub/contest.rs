//! Writers that fight for the same tasks, and the one history that must come of it.

use super::{SHOP, by, new_task, new_workplan, registration};
use std::collections::BTreeMap;
use sync_core::hub::{Hub, HubOutcome, HubWrite, Version};
use sync_core::ids::{HubId, Slug};
use sync_core::status::{Status, TaskStatus};

/// A change that was answered [`HubOutcome::Done`]: the task, and what it was after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The task.
    pub task: HubId,
    /// Its version.
    pub version: u64,
    /// Its reopens.
    pub reopens: u32,
    /// Its status.
    pub status: TaskStatus,
}

/// Makes the repository with one workplan of so many tasks to fight for.
pub async fn furnish<H: Hub>(hub: &H, tasks: usize) {
    let outcome = hub.register(&registration(SHOP)).await;
    assert!(matches!(outcome, Ok(HubOutcome::Done(_))), "{outcome:?}");
    let mut writes = vec![new_workplan(SHOP, "WP-1")];
    writes.extend((0..tasks).map(|n| new_task(SHOP, "WP-1", &format!("T{n:05}"))));
    let outcomes = hub.perform(&writes, &by("furnisher")).await;
    let outcomes = outcomes.expect("the hub takes writes");
    assert!(
        outcomes
            .iter()
            .all(|outcome| matches!(outcome, HubOutcome::Done(_)))
    );
}

/// Writes random statuses to random tasks, one in eight as a reopen, and returns what was done.
///
/// `undone` is shown why a call failed, and answers for it that nothing was written; `between` runs
/// after each round.
pub async fn fight<H: Hub>(
    hub: &H,
    seed: u64,
    rounds: usize,
    undone: impl Fn(&H::Error),
    between: impl AsyncFn(usize),
) -> Vec<Change> {
    let mut state = seed;
    let mut draw = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or(0) % below
    };
    let mut changes = Vec::new();
    let mut known: BTreeMap<HubId, Version> = BTreeMap::new();
    for round in 0..rounds {
        if known.is_empty() {
            match hub.read(&Slug::new(SHOP)).await {
                Ok(rows) => {
                    known = rows
                        .tasks
                        .into_iter()
                        .map(|row| (row.id, row.state.version))
                        .collect();
                }
                Err(error) => undone(&error),
            }
        }
        if let Some((task, version)) = known.iter().nth(draw(known.len().max(1))) {
            let task = task.clone();
            let (status, ..) = TaskStatus::TABLE[draw(TaskStatus::TABLE.len())];
            let write = HubWrite::SetTaskStatus {
                id: task.clone(),
                seen: *version,
                status,
                reopen: draw(8) == 0,
            };
            let answer = hub.perform(&[write], &by(&format!("writer {seed}"))).await;
            match answer.map(|mut outcomes| outcomes.remove(0)) {
                Ok(HubOutcome::Done(made)) => {
                    assert_eq!(
                        made.version.0,
                        version.0 + 1,
                        "it overwrote what it had not seen"
                    );
                    known.insert(task.clone(), made.version);
                    changes.push(Change {
                        task,
                        version: made.version.0,
                        reopens: made.reopens,
                        status,
                    });
                }
                Ok(HubOutcome::AlreadySo(made)) => {
                    known.insert(task, made.version);
                }
                Ok(HubOutcome::Superseded { .. } | HubOutcome::Regression { .. }) => known.clear(),
                Ok(other) => panic!("{other:?}"),
                Err(error) => undone(&error),
            }
        }
        between(round).await;
    }
    changes
}

/// Checks that the changes of all writers make one history for each task: every version once and
/// none missing, no rank lower without a counted reopen, the last one in the hub.
pub async fn assert_one_history<H: Hub>(hub: &H, changes: &[Change]) {
    let mut histories: BTreeMap<&HubId, BTreeMap<u64, &Change>> = BTreeMap::new();
    for change in changes {
        let twin = histories
            .entry(&change.task)
            .or_default()
            .insert(change.version, change);
        assert_eq!(twin, None, "two writers made one version of {change:?}");
    }
    let rows = hub
        .read(&Slug::new(SHOP))
        .await
        .expect("the repository can be read");
    for row in &rows.tasks {
        let history = histories.remove(&row.id).unwrap_or_default();
        let (mut version, mut rank, mut reopens) = (1, TaskStatus::Todo.rank(), 0);
        for change in history.values() {
            assert_eq!(
                change.version,
                version + 1,
                "an update was lost before {change:?}"
            );
            reopens += u32::from(change.status.rank() < rank);
            assert_eq!(change.reopens, reopens, "{change:?}");
            (version, rank) = (change.version, change.status.rank());
        }
        let last = history
            .values()
            .last()
            .map_or(TaskStatus::Todo, |change| change.status);
        assert_eq!(row.status, last.into());
        assert_eq!(
            (row.state.version, row.state.reopens),
            (Version(version), reopens)
        );
    }
    assert!(histories.is_empty(), "{histories:?}");
}
