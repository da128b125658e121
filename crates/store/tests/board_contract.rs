//! The embedded board keeps the contract of every board.

use camino::Utf8Path;
use store::EmbeddedBoard;
use tempfile::TempDir;
use test_support::contract::Subject;

async fn fresh() -> Subject<EmbeddedBoard, TempDir> {
    let home = tempfile::tempdir().expect("a folder of its own");
    let folder = Utf8Path::from_path(home.path()).expect("a path in UTF-8");
    let board = EmbeddedBoard::open(&folder.join("board.sqlite3")).expect("a new board");
    Subject {
        board,
        compares: true,
        kept: home,
    }
}

test_support::board_contract!(fresh);
