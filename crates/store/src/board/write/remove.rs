//! Removing things. What is gone already is as good; what holds something of anybody's stays.

use rusqlite::{ErrorCode, Transaction};
use sync_core::adapter::Outcome;
use sync_core::ids::{BoardId, CardId, LabelId, ListId, ProjectId, TaskId, TaskListId};
use sync_core::write::{SeenCard, SeenTask};

use super::{Stop, execute, now, number, one};

pub(super) fn card(at: &Transaction<'_>, card: &CardId, seen: &SeenCard) -> Result<(), Stop> {
    if let Some(found) = now::card(at, card)? {
        now::compare_card(card, &found.shown, seen)?;
    }
    delete(at, "DELETE FROM cards WHERE id = ?1", "card", card.as_str())
}

pub(super) fn task_list(at: &Transaction<'_>, id: &TaskListId, seen: &str) -> Result<(), Stop> {
    if let Some(found) = now::task_list(at, id)? {
        now::compare_task_list(id, &found.name, seen)?;
    }
    let task = "SELECT 1 FROM tasks WHERE task_list_id = ?1 LIMIT 1";
    if one(at, task, [number(id.as_str())], |_| Ok(()))?.is_some() {
        return Err(in_use("task list", id.as_str()));
    }
    delete(
        at,
        "DELETE FROM task_lists WHERE id = ?1",
        "task list",
        id.as_str(),
    )
}

pub(super) fn task(at: &Transaction<'_>, task: &TaskId, seen: &SeenTask) -> Result<(), Stop> {
    if let Some(found) = now::task(at, task)? {
        now::compare_task(task, &found.shown, seen)?;
    }
    delete(at, "DELETE FROM tasks WHERE id = ?1", "task", task.as_str())
}

pub(super) fn list(at: &Transaction<'_>, list: &ListId) -> Result<(), Stop> {
    delete(at, "DELETE FROM lists WHERE id = ?1", "list", list.as_str())
}

pub(super) fn label(at: &Transaction<'_>, label: &LabelId) -> Result<(), Stop> {
    delete(
        at,
        "DELETE FROM labels WHERE id = ?1",
        "label",
        label.as_str(),
    )
}

pub(super) fn board(at: &Transaction<'_>, board: &BoardId) -> Result<(), Stop> {
    delete(
        at,
        "DELETE FROM boards WHERE id = ?1",
        "board",
        board.as_str(),
    )
}

pub(super) fn project(at: &Transaction<'_>, project: &ProjectId) -> Result<(), Stop> {
    delete(
        at,
        "DELETE FROM projects WHERE id = ?1",
        "project",
        project.as_str(),
    )
}

/// Deletes one thing, with what is of no use without it. The schema keeps boards, cards and attached
/// labels from going with what they are in; no other constraint is met by a delete.
fn delete(at: &Transaction<'_>, statement: &str, kind: &str, id: &str) -> Result<(), Stop> {
    match execute(at, statement, [number(id)]) {
        Ok(0) => Err(Stop::Answer(Outcome::AlreadySo)),
        Ok(_) => Ok(()),
        Err(e) if e.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
            Err(in_use(kind, id))
        }
        Err(e) => Err(e.into()),
    }
}

fn in_use(kind: &str, id: &str) -> Stop {
    Stop::superseded(format!("{kind} {id} is in use now"))
}
