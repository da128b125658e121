//! What a board's file shows: a handful of statements, however many cards there are.

use std::collections::HashMap;

use rusqlite::{Row, Transaction};
use sync_core::board::{
    BoardEntry, Card, Directory, Label, List, Position, ProjectEntry, Snapshot, Task, TaskList,
    Traces,
};
use sync_core::ids::{BoardId, CardId, LabelId, ListId, ProjectId, TaskId, TaskListId};

use crate::query::{each, one, rows};

/// Reads every project and board.
pub(super) fn directory(transaction: &Transaction<'_>) -> rusqlite::Result<Directory> {
    let projects = "SELECT id, name FROM projects ORDER BY id";
    let boards = "SELECT id, project_id, name, position FROM boards ORDER BY position, id";
    Ok(Directory {
        projects: rows(transaction, projects, [], |row| {
            Ok(ProjectEntry {
                id: ProjectId::new(id(row, 0)?),
                name: row.get(1)?,
            })
        })?,
        boards: rows(transaction, boards, [], |row| {
            Ok(BoardEntry {
                id: BoardId::new(id(row, 0)?),
                project: ProjectId::new(id(row, 1)?),
                name: row.get(2)?,
                position: position(row, 3)?,
            })
        })?,
    })
}

/// Reads one board whole; `None` when there is none of this id.
pub(super) fn snapshot(
    transaction: &Transaction<'_>,
    board: &BoardId,
) -> rusqlite::Result<Option<Snapshot>> {
    let known = "SELECT id FROM boards WHERE id = ?1";
    let board = one(transaction, known, [number(board.as_str())], |row| {
        row.get::<_, i64>(0)
    })?;
    let Some(board) = board else {
        return Ok(None);
    };
    let lists = "SELECT id, name, position FROM lists WHERE board_id = ?1 ORDER BY position, id";
    let labels = "SELECT id, name, position FROM labels WHERE board_id = ?1 ORDER BY position, id";
    Ok(Some(Snapshot {
        lists: rows(transaction, lists, [board], |row| {
            Ok(List {
                id: ListId::new(id(row, 0)?),
                name: row.get(1)?,
                position: position(row, 2)?,
            })
        })?,
        labels: rows(transaction, labels, [board], |row| {
            Ok(Label {
                id: LabelId::new(id(row, 0)?),
                name: row.get(1)?,
                position: position(row, 2)?,
            })
        })?,
        cards: cards(transaction, board)?,
        trash: None,
        archive: None,
    }))
}

/// Reads the cards of a board with all that hangs on them, each kind in one statement.
fn cards(transaction: &Transaction<'_>, board: i64) -> rusqlite::Result<Vec<Card>> {
    let mut cards = Vec::new();
    let mut places = HashMap::new();
    each(
        transaction,
        "SELECT c.id, c.list_id, c.name, c.description, c.position
         FROM lists l JOIN cards c ON c.list_id = l.id
         WHERE l.board_id = ?1 ORDER BY c.position, c.id",
        [board],
        |row| {
            places.insert(row.get::<_, i64>(0)?, cards.len());
            cards.push(Card {
                id: CardId::new(id(row, 0)?),
                list: ListId::new(id(row, 1)?),
                name: row.get(2)?,
                description: row.get(3)?,
                position: position(row, 4)?,
                labels: Vec::new(),
                task_lists: Vec::new(),
                traces: Traces::default(),
            });
            Ok(())
        },
    )?;
    each(
        transaction,
        "SELECT a.card_id, a.label_id
         FROM lists l JOIN cards c ON c.list_id = l.id JOIN card_labels a ON a.card_id = c.id
         WHERE l.board_id = ?1",
        [board],
        |row| {
            cards[owner(&places, row, 0)?]
                .labels
                .push(LabelId::new(id(row, 1)?));
            Ok(())
        },
    )?;
    let mut task_list_places = HashMap::new();
    each(
        transaction,
        "SELECT t.id, t.card_id, t.name, t.position
         FROM lists l JOIN cards c ON c.list_id = l.id JOIN task_lists t ON t.card_id = c.id
         WHERE l.board_id = ?1 ORDER BY t.position, t.id",
        [board],
        |row| {
            let card = owner(&places, row, 1)?;
            let task_lists = &mut cards[card].task_lists;
            task_list_places.insert(row.get::<_, i64>(0)?, (card, task_lists.len()));
            task_lists.push(TaskList {
                id: TaskListId::new(id(row, 0)?),
                name: row.get(2)?,
                position: position(row, 3)?,
                tasks: Vec::new(),
            });
            Ok(())
        },
    )?;
    each(
        transaction,
        "SELECT k.id, k.task_list_id, k.name, k.done, k.position
         FROM lists l JOIN cards c ON c.list_id = l.id JOIN task_lists t ON t.card_id = c.id
              JOIN tasks k ON k.task_list_id = t.id
         WHERE l.board_id = ?1",
        [board],
        |row| {
            let (card, task_list) = owner(&task_list_places, row, 1)?;
            cards[card].task_lists[task_list].tasks.push(Task {
                id: TaskId::new(id(row, 0)?),
                name: row.get(2)?,
                done: row.get(3)?,
                position: position(row, 4)?,
            });
            Ok(())
        },
    )?;
    // Many short lists are put in order faster than the one long answer would be.
    for list in cards.iter_mut().flat_map(|card| &mut card.task_lists) {
        list.tasks
            .sort_unstable_by(|a, b| (a.position, &a.id).cmp(&(b.position, &b.id)));
    }
    Ok(cards)
}

/// Returns the number an id stands for; `None`, which no row has, for any other text.
pub(super) fn number(id: &str) -> Option<i64> {
    let number: i64 = id.parse().ok()?;
    (number.to_string() == id).then_some(number)
}

fn id(row: &Row<'_>, column: usize) -> rusqlite::Result<String> {
    Ok(row.get::<_, i64>(column)?.to_string())
}

fn position(row: &Row<'_>, column: usize) -> rusqlite::Result<Position> {
    row.get(column).map(Position)
}

/// Returns where the owner of a row was put. It was read in the same transaction, so when it is not
/// there the file is damaged, and the id is out of the range it can have.
fn owner<P: Copy>(places: &HashMap<i64, P>, row: &Row<'_>, column: usize) -> rusqlite::Result<P> {
    let id = row.get(column)?;
    let place = places.get(&id).copied();
    place.ok_or(rusqlite::Error::IntegralValueOutOfRange(column, id))
}
