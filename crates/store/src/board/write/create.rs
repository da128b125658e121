//! Making things. Each insert selects its owner, so that nothing is made where the owner is gone.

use rusqlite::{Params, Transaction, params};
use sync_core::adapter::Outcome;
use sync_core::board::Position;
use sync_core::ids::{BoardId, CardId, LabelId, ListId, ProjectId, TaskListId};

use super::{FEATURES, Stop, check_name, check_position, execute, number, one};

pub(super) fn project(at: &Transaction<'_>, name: &str) -> Result<String, Stop> {
    check_name(name, FEATURES.title_limit)?;
    let id = next(at)?;
    execute(
        at,
        "INSERT INTO projects (id, name) VALUES (?1, ?2)",
        params![id, name],
    )?;
    Ok(id.to_string())
}

pub(super) fn board(
    at: &Transaction<'_>,
    project: &ProjectId,
    name: &str,
    position: Position,
) -> Result<String, Stop> {
    check_name(name, FEATURES.title_limit)?;
    check_position(position)?;
    let id = next(at)?;
    let insert = "INSERT INTO boards (id, project_id, name, position)
                  SELECT ?1, id, ?3, ?4 FROM projects WHERE id = ?2";
    let values = params![id, number(project.as_str()), name, position.0];
    below(at, insert, values, || format!("project {project} is gone"))?;
    Ok(id.to_string())
}

pub(super) fn list(
    at: &Transaction<'_>,
    board: &BoardId,
    name: &str,
    position: Position,
) -> Result<String, Stop> {
    let insert = "INSERT INTO lists (id, board_id, name, position)
                  SELECT ?1, id, ?3, ?4 FROM boards WHERE id = ?2";
    on_board(at, insert, board, name, position)
}

pub(super) fn label(
    at: &Transaction<'_>,
    board: &BoardId,
    name: &str,
    position: Position,
) -> Result<String, Stop> {
    let insert = "INSERT INTO labels (id, board_id, name, position)
                  SELECT ?1, id, ?3, ?4 FROM boards WHERE id = ?2";
    on_board(at, insert, board, name, position)
}

fn on_board(
    at: &Transaction<'_>,
    insert: &str,
    board: &BoardId,
    name: &str,
    position: Position,
) -> Result<String, Stop> {
    check_name(name, FEATURES.title_limit)?;
    check_position(position)?;
    let id = next(at)?;
    let values = params![id, number(board.as_str()), name, position.0];
    below(at, insert, values, || format!("board {board} is gone"))?;
    Ok(id.to_string())
}

pub(super) fn card(
    at: &Transaction<'_>,
    list: &ListId,
    name: &str,
    description: &str,
    position: Position,
) -> Result<String, Stop> {
    check_name(name, FEATURES.name_limit)?;
    check_position(position)?;
    let id = next(at)?;
    let insert = "INSERT INTO cards (id, list_id, name, description, position)
                  SELECT ?1, id, ?3, ?4, ?5 FROM lists WHERE id = ?2";
    let values = params![id, number(list.as_str()), name, description, position.0];
    below(at, insert, values, || format!("list {list} is gone"))?;
    Ok(id.to_string())
}

/// Attaches a label of the card's own board.
pub(super) fn attachment(at: &Transaction<'_>, card: &CardId, label: &LabelId) -> Result<(), Stop> {
    let ids = [number(card.as_str()), number(label.as_str())];
    let attached = "SELECT 1 FROM card_labels WHERE card_id = ?1 AND label_id = ?2";
    if one(at, attached, ids, |_| Ok(()))?.is_some() {
        return Err(Stop::Answer(Outcome::AlreadySo));
    }
    let insert = "INSERT INTO card_labels (card_id, label_id)
                  SELECT c.id, b.id FROM cards c
                  JOIN lists l ON l.id = c.list_id
                  JOIN labels b ON b.board_id = l.board_id
                  WHERE c.id = ?1 AND b.id = ?2";
    below(at, insert, ids, || {
        format!("card {card} or label {label} is gone")
    })
}

pub(super) fn task_list(
    at: &Transaction<'_>,
    card: &CardId,
    name: &str,
    position: Position,
) -> Result<String, Stop> {
    check_name(name, FEATURES.title_limit)?;
    check_position(position)?;
    let id = next(at)?;
    let insert = "INSERT INTO task_lists (id, card_id, name, position)
                  SELECT ?1, id, ?3, ?4 FROM cards WHERE id = ?2";
    let values = params![id, number(card.as_str()), name, position.0];
    below(at, insert, values, || format!("card {card} is gone"))?;
    Ok(id.to_string())
}

pub(super) fn task(
    at: &Transaction<'_>,
    card: &CardId,
    task_list: &TaskListId,
    name: &str,
    position: Position,
    done: bool,
) -> Result<String, Stop> {
    check_name(name, FEATURES.name_limit)?;
    check_position(position)?;
    let id = next(at)?;
    let insert = "INSERT INTO tasks (id, task_list_id, name, done, position)
                  SELECT ?1, id, ?4, ?5, ?6 FROM task_lists WHERE id = ?2 AND card_id = ?3";
    let (in_list, on_card) = (number(task_list.as_str()), number(card.as_str()));
    let values = params![id, in_list, on_card, name, done, position.0];
    below(at, insert, values, || {
        format!("task list {task_list} of card {card} is gone")
    })?;
    Ok(id.to_string())
}

/// Draws the next id of the file.
fn next(at: &Transaction<'_>) -> rusqlite::Result<i64> {
    at.prepare_cached("UPDATE sequence SET last = last + 1 RETURNING last")?
        .query_row([], |row| row.get(0))
}

/// Inserts a row below its owner, if that is there.
fn below(
    at: &Transaction<'_>,
    insert: &str,
    values: impl Params,
    gone: impl FnOnce() -> String,
) -> Result<(), Stop> {
    match execute(at, insert, values)? {
        0 => Err(Stop::superseded(gone())),
        _ => Ok(()),
    }
}
