//! Things as they are now, and the comparison with how they were seen.

use rusqlite::Transaction;
use sync_core::board::Position;
use sync_core::ids::{CardId, ListId, TaskId, TaskListId};
use sync_core::write::{SeenCard, SeenTask};

use super::{Stop, number, one};

/// A card.
#[derive(PartialEq)]
pub(super) struct CardNow {
    pub(super) shown: SeenCard,
    pub(super) position: Position,
}

/// A task list.
#[derive(PartialEq)]
pub(super) struct TaskListNow {
    pub(super) name: String,
    pub(super) position: Position,
}

/// A task.
#[derive(PartialEq)]
pub(super) struct TaskNow {
    pub(super) shown: SeenTask,
    pub(super) task_list: TaskListId,
    pub(super) position: Position,
}

pub(super) fn card(at: &Transaction<'_>, card: &CardId) -> rusqlite::Result<Option<CardNow>> {
    let query = "SELECT list_id, name, description, position FROM cards WHERE id = ?1";
    one(at, query, [number(card.as_str())], |row| {
        Ok(CardNow {
            shown: SeenCard {
                list: ListId::new(row.get::<_, i64>(0)?.to_string()),
                name: row.get(1)?,
                description: row.get(2)?,
            },
            position: Position(row.get(3)?),
        })
    })
}

pub(super) fn task_list(
    at: &Transaction<'_>,
    task_list: &TaskListId,
) -> rusqlite::Result<Option<TaskListNow>> {
    let query = "SELECT name, position FROM task_lists WHERE id = ?1";
    one(at, query, [number(task_list.as_str())], |row| {
        Ok(TaskListNow {
            name: row.get(0)?,
            position: Position(row.get(1)?),
        })
    })
}

pub(super) fn task(at: &Transaction<'_>, task: &TaskId) -> rusqlite::Result<Option<TaskNow>> {
    let query = "SELECT name, done, task_list_id, position FROM tasks WHERE id = ?1";
    one(at, query, [number(task.as_str())], |row| {
        Ok(TaskNow {
            shown: SeenTask {
                name: row.get(0)?,
                done: row.get(1)?,
            },
            task_list: TaskListId::new(row.get::<_, i64>(2)?.to_string()),
            position: Position(row.get(3)?),
        })
    })
}

/// Stops a write on a card that is no longer as it was seen, and says in what.
pub(super) fn compare_card(card: &CardId, now: &SeenCard, seen: &SeenCard) -> Result<(), Stop> {
    let differs = if now.list != seen.list {
        format!("is in list {} now", now.list)
    } else if now.name != seen.name {
        format!("is named \"{}\" now", now.name)
    } else if now.description != seen.description {
        "has another description now".into()
    } else {
        return Ok(());
    };
    Err(Stop::superseded(format!("card {card} {differs}")))
}

/// Stops a write on a task list that is no longer as it was seen.
pub(super) fn compare_task_list(id: &TaskListId, now: &str, seen: &str) -> Result<(), Stop> {
    if now == seen {
        return Ok(());
    }
    Err(Stop::superseded(format!(
        "task list {id} is named \"{now}\" now"
    )))
}

/// Stops a write on a task that is no longer as it was seen, and says in what.
pub(super) fn compare_task(task: &TaskId, now: &SeenTask, seen: &SeenTask) -> Result<(), Stop> {
    let differs = if now.name != seen.name {
        format!("reads \"{}\" now", now.name)
    } else if now.done != seen.done {
        let state = if now.done { "ticked" } else { "open" };
        format!("is {state} now")
    } else {
        return Ok(());
    };
    Err(Stop::superseded(format!("task {task} {differs}")))
}
