//! What the contract suite cannot ask of every board: faults of disks, locks and processes.

mod looking;
mod opening;
mod processes;
mod trouble;

use super::*;
use camino::Utf8PathBuf;
use rusqlite::Connection;
use sync_core::board::Position;
use sync_core::ids::{CardId, ListId, ProjectId};
use sync_core::write::SeenCard;
use tempfile::TempDir;
use test_support::contract::block_on;

/// A folder of its own, which goes with it.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> Utf8PathBuf {
        Utf8Path::from_path(self.0.path())
            .unwrap()
            .join("board.sqlite3")
    }

    /// Returns every file with its content, in the order of names.
    fn files(&self) -> Vec<(String, Vec<u8>)> {
        let entries = std::fs::read_dir(self.0.path())
            .unwrap()
            .map(Result::unwrap);
        let mut files: Vec<_> = entries
            .map(|e| {
                (
                    e.file_name().into_string().unwrap(),
                    std::fs::read(e.path()).unwrap(),
                )
            })
            .collect();
        files.sort();
        files
    }
}

/// The first three ids of a file made by [`furnish`].
const BOARD: &str = "2";
const LIST: &str = "3";

/// Makes a project, a board and a list.
fn furnish(board: &EmbeddedBoard) {
    let position = Position(1.0);
    let name = || String::from("Demo");
    made(board, &Write::CreateProject { name: name() });
    let project = ProjectId::new("1");
    made(
        board,
        &Write::CreateBoard {
            project,
            name: name(),
            position,
        },
    );
    let on = BoardId::new(BOARD);
    assert_eq!(
        made(
            board,
            &Write::CreateList {
                board: on,
                name: name(),
                position
            }
        ),
        LIST
    );
}

/// Opens a new board that waits for nobody, with a project, a board and a list.
fn furnished(home: &Home) -> EmbeddedBoard {
    let board = EmbeddedBoard::open_waiting(&home.path(), Duration::ZERO).unwrap();
    furnish(&board);
    board
}

fn card(name: &str) -> Write {
    Write::CreateCard {
        list: ListId::new(LIST),
        name: name.into(),
        description: "x".repeat(500),
        position: Position(1.0),
    }
}

/// A change of the name of a card made by [`card`].
fn renamed(id: &str, from: &str, to: &str) -> Write {
    let seen = SeenCard {
        list: ListId::new(LIST),
        name: from.into(),
        description: "x".repeat(500),
    };
    Write::UpdateCard {
        card: CardId::new(id),
        seen,
        name: Some(to.into()),
        description: None,
        place: None,
    }
}

fn perform(board: &EmbeddedBoard, write: &Write) -> Outcome {
    block_on(board.perform(write))
}

fn made(board: &EmbeddedBoard, write: &Write) -> String {
    match perform(board, write) {
        Outcome::Done { made } => made,
        other => panic!("{write:?}: {other:?}"),
    }
}

fn content(board: &EmbeddedBoard) -> Snapshot {
    block_on(board.read(&BoardId::new(BOARD))).unwrap()
}

fn names(board: &EmbeddedBoard) -> Vec<String> {
    content(board)
        .cards
        .into_iter()
        .map(|card| card.name)
        .collect()
}

/// Returns the connection behind a board, to set limits on it.
fn connection(board: &EmbeddedBoard) -> std::sync::MutexGuard<'_, Connection> {
    board.file.writing().expect("opened for writing")
}

/// Checks the file behind a board with SQLite's own means.
fn assert_whole(board: &EmbeddedBoard) {
    let connection = connection(board);
    let answer: String = connection
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(answer, "ok");
    let astray: i64 = connection
        .query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(astray, 0);
}
