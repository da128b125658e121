//! Changing what is there, if it is as it was seen.
//!
//! What is already as the write would leave it is `AlreadySo`, so that a write whose answer was lost
//! can be sent again.

use rusqlite::{Transaction, params};
use sync_core::adapter::Outcome;
use sync_core::board::Position;
use sync_core::ids::{CardId, ListId, TaskId, TaskListId};
use sync_core::write::{SeenCard, SeenTask};

use super::now::{self, CardNow, TaskListNow, TaskNow};
use super::{FEATURES, Stop, check_name, check_position, execute, number, one};

/// What shall change of a card; `None` stays.
pub(super) struct CardChange<'a> {
    pub(super) name: &'a Option<String>,
    pub(super) description: &'a Option<String>,
    pub(super) place: &'a Option<(ListId, Position)>,
}

/// What shall change of a task; `None` stays.
pub(super) struct TaskChange<'a> {
    pub(super) name: &'a Option<String>,
    pub(super) done: Option<bool>,
    pub(super) task_list: &'a Option<TaskListId>,
    pub(super) position: Option<Position>,
}

pub(super) fn card(
    at: &Transaction<'_>,
    card: &CardId,
    seen: &SeenCard,
    change: &CardChange<'_>,
) -> Result<(), Stop> {
    let Some(found) = now::card(at, card)? else {
        return Err(Stop::superseded(format!("card {card} is gone")));
    };
    let place = change.place.as_ref();
    let after = CardNow {
        shown: SeenCard {
            list: place.map_or(&seen.list, |(list, _)| list).clone(),
            name: change.name.as_ref().unwrap_or(&seen.name).clone(),
            description: change
                .description
                .as_ref()
                .unwrap_or(&seen.description)
                .clone(),
        },
        position: place.map_or(found.position, |(_, position)| *position),
    };
    if found == after {
        return Err(Stop::Answer(Outcome::AlreadySo));
    }
    now::compare_card(card, &found.shown, seen)?;
    check_name(&after.shown.name, FEATURES.name_limit)?;
    check_position(after.position)?;
    if after.shown.list != found.shown.list {
        same_board(at, card, &after.shown.list)?;
    }
    let update = "UPDATE cards SET list_id = ?2, name = ?3, description = ?4, position = ?5
                  WHERE id = ?1";
    let ids = (number(card.as_str()), number(after.shown.list.as_str()));
    let shown = &after.shown;
    execute(
        at,
        update,
        params![
            ids.0,
            ids.1,
            shown.name,
            shown.description,
            after.position.0
        ],
    )?;
    Ok(())
}

/// A card goes to a list of its own board only; its labels would belong nowhere else.
fn same_board(at: &Transaction<'_>, card: &CardId, list: &ListId) -> Result<(), Stop> {
    let query = "SELECT 1 FROM cards c JOIN lists l ON l.id = c.list_id
                 JOIN lists t ON t.board_id = l.board_id WHERE c.id = ?1 AND t.id = ?2";
    match one(
        at,
        query,
        [number(card.as_str()), number(list.as_str())],
        |_| Ok(()),
    )? {
        Some(()) => Ok(()),
        None => Err(Stop::superseded(format!("list {list} is gone"))),
    }
}

pub(super) fn task_list(
    at: &Transaction<'_>,
    task_list: &TaskListId,
    seen: &str,
    name: Option<&String>,
    position: Option<Position>,
) -> Result<(), Stop> {
    let Some(found) = now::task_list(at, task_list)? else {
        return Err(Stop::superseded(format!("task list {task_list} is gone")));
    };
    let after = TaskListNow {
        name: name.map_or(seen, String::as_str).into(),
        position: position.unwrap_or(found.position),
    };
    if found == after {
        return Err(Stop::Answer(Outcome::AlreadySo));
    }
    now::compare_task_list(task_list, &found.name, seen)?;
    check_name(&after.name, FEATURES.title_limit)?;
    check_position(after.position)?;
    let update = "UPDATE task_lists SET name = ?2, position = ?3 WHERE id = ?1";
    execute(
        at,
        update,
        params![number(task_list.as_str()), after.name, after.position.0],
    )?;
    Ok(())
}

pub(super) fn task(
    at: &Transaction<'_>,
    task: &TaskId,
    seen: &SeenTask,
    change: &TaskChange<'_>,
) -> Result<(), Stop> {
    let Some(found) = now::task(at, task)? else {
        return Err(Stop::superseded(format!("task {task} is gone")));
    };
    let after = TaskNow {
        shown: SeenTask {
            name: change.name.as_ref().unwrap_or(&seen.name).clone(),
            done: change.done.unwrap_or(seen.done),
        },
        task_list: change
            .task_list
            .as_ref()
            .unwrap_or(&found.task_list)
            .clone(),
        position: change.position.unwrap_or(found.position),
    };
    if found == after {
        return Err(Stop::Answer(Outcome::AlreadySo));
    }
    now::compare_task(task, &found.shown, seen)?;
    check_name(&after.shown.name, FEATURES.name_limit)?;
    check_position(after.position)?;
    if after.task_list != found.task_list {
        same_card(at, task, &after.task_list)?;
    }
    let update = "UPDATE tasks SET task_list_id = ?2, name = ?3, done = ?4, position = ?5
                  WHERE id = ?1";
    let ids = (number(task.as_str()), number(after.task_list.as_str()));
    let shown = &after.shown;
    execute(
        at,
        update,
        params![ids.0, ids.1, shown.name, shown.done, after.position.0],
    )?;
    Ok(())
}

/// A task goes to a task list of its own card only.
fn same_card(at: &Transaction<'_>, task: &TaskId, task_list: &TaskListId) -> Result<(), Stop> {
    let query = "SELECT 1 FROM tasks k JOIN task_lists t ON t.id = k.task_list_id
                 JOIN task_lists u ON u.card_id = t.card_id WHERE k.id = ?1 AND u.id = ?2";
    match one(
        at,
        query,
        [number(task.as_str()), number(task_list.as_str())],
        |_| Ok(()),
    )? {
        Some(()) => Ok(()),
        None => Err(Stop::superseded(format!("task list {task_list} is gone"))),
    }
}
