//! The embedded board keeps the contract of every board.

use camino::Utf8Path;
use store::EmbeddedBoard;
use tempfile::TempDir;
use test_support::contract::Subject;

async fn fresh() -> Subject<EmbeddedBoard, TempDir> {
    let home = tempfile::tempdir().unwrap();
    let path = Utf8Path::from_path(home.path())
        .unwrap()
        .join("board.sqlite3");
    Subject {
        board: EmbeddedBoard::open(&path).unwrap(),
        compares: true,
        kept: home,
    }
}

test_support::board_contract!(fresh);
