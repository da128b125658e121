//! Looking leaves no trace, and shows what was written last all the same.

use super::*;
use std::cell::Cell;

fn look(path: &Utf8Path) -> EmbeddedBoard {
    EmbeddedBoard::open_existing(path).unwrap().unwrap()
}

#[test]
fn where_there_is_no_file_nothing_is_made() {
    let home = Home::new();
    let path = Utf8Path::from_path(home.0.path())
        .unwrap()
        .join("state/onward/board.sqlite3");
    assert!(EmbeddedBoard::open_existing(&path).unwrap().is_none());
    assert!(home.files().is_empty());
}

#[test]
fn a_look_leaves_no_trace() {
    let home = Home::new();
    let board = furnished(&home);
    made(&board, &card("add-search"));
    let wanted = content(&board);
    drop(board);
    let before = (
        home.files(),
        std::fs::metadata(home.path()).unwrap().modified().unwrap(),
    );
    let board = look(&home.path());
    assert_eq!(content(&board), wanted);
    assert_eq!(block_on(board.directory()).unwrap().boards.len(), 1);
    let unknown = block_on(board.read(&BoardId::new("99"))).unwrap_err();
    assert!(matches!(unknown, Error::UnknownBoard { .. }), "{unknown:?}");
    drop(board);
    let after = (
        home.files(),
        std::fs::metadata(home.path()).unwrap().modified().unwrap(),
    );
    assert!(before == after);
}

#[test]
fn a_look_reads_what_a_killed_writer_left_in_the_log() {
    let (live, copy) = (Home::new(), Home::new());
    let board = furnished(&live);
    made(&board, &card("add-search"));
    // The files as they are now are what a kill leaves.
    for (name, bytes) in live.files() {
        let file = copy.0.path().join(name);
        std::io::Write::write_all(&mut std::fs::File::create(file).unwrap(), &bytes).unwrap();
    }
    let before = copy.files();
    assert_eq!(before.len(), 3, "board, log and index");
    assert_eq!(content(&look(&copy.path())), content(&board));
    assert!(copy.files() == before);

    std::fs::remove_file(format!("{}-shm", copy.path())).unwrap();
    let before = copy.files();
    let refused = EmbeddedBoard::open_existing(&copy.path())
        .map(drop)
        .unwrap_err();
    assert!(
        matches!(refused, Error::LogWithoutIndex { .. }),
        "{refused:?}"
    );
    assert!(copy.files() == before);
    let mended = EmbeddedBoard::open(&copy.path()).unwrap();
    assert_eq!(
        content(&mended),
        content(&board),
        "a sync reads the log without its index"
    );
}

#[test]
fn a_look_sees_each_write_of_a_live_writer() {
    let home = Home::new();
    let board = furnished(&home);
    let looking = look(&home.path());
    for name in ["first", "second"] {
        made(&board, &card(name));
        assert_eq!(content(&looking), content(&board));
    }
}

#[test]
fn a_look_is_taken_again_when_the_file_changes_under_it() {
    let home = Home::new();
    drop(furnished(&home));
    let looking = look(&home.path());
    let rounds = Cell::new(0);
    let count = |transaction: &rusqlite::Transaction<'_>, until: usize| {
        let cards = transaction.query_row("SELECT count(*) FROM cards", [], |row| row.get(0));
        rounds.set(rounds.get() + 1);
        if rounds.get() <= until {
            made(
                &EmbeddedBoard::open(&home.path()).unwrap(),
                &card("add-search"),
            );
        }
        cards
    };
    let cards: i64 = looking
        .file
        .reading(|transaction| count(transaction, 2))
        .unwrap();
    assert_eq!((cards, rounds.get()), (2, 3));

    let busy = looking
        .file
        .reading::<i64>(|transaction| count(transaction, usize::MAX))
        .unwrap_err();
    assert!(matches!(busy, Error::KeptChanging { .. }), "{busy:?}");
}

#[test]
fn a_file_that_goes_while_it_is_looked_at_is_an_error() {
    let home = Home::new();
    drop(furnished(&home));
    let looking = look(&home.path());
    std::fs::remove_file(home.path()).unwrap();
    let gone = block_on(looking.directory()).unwrap_err();
    assert!(matches!(gone, Error::File { .. }), "{gone:?}");
}

#[test]
fn a_look_cannot_write() {
    let home = Home::new();
    drop(furnished(&home));
    let before = home.files();
    let outcome = perform(&look(&home.path()), &card("add-search"));
    assert!(
        matches!(
            outcome,
            Outcome::Denied {
                logged_out: false,
                ..
            }
        ),
        "{outcome:?}"
    );
    assert!(home.files() == before);
}

#[test]
fn odd_signs_in_a_path_are_part_of_the_path() {
    let home = Home::new();
    let folder = Utf8Path::from_path(home.0.path()).unwrap();
    let path = folder.join("a b?mode=rwc#%20&ü'\"*.sqlite3");
    furnish(&EmbeddedBoard::open(&path).unwrap());
    assert_eq!(content(&look(&path)).lists.len(), 1);
    assert_eq!(home.files().len(), 1);
}
