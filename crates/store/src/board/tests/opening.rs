//! What is made where there is nothing, and what is refused where there is something else.

use super::*;
use std::os::unix::fs::PermissionsExt;

fn mode(path: &Utf8Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn missing_folders_and_the_file_are_for_the_user_alone() {
    let home = Home::new();
    let top = Utf8Path::from_path(home.0.path()).unwrap();
    std::fs::set_permissions(top, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = top.join("state/onward/board.sqlite3");
    let board = EmbeddedBoard::open(&path).unwrap();
    furnish(&board);
    assert_eq!(board.path(), path);
    assert_eq!(mode(top), 0o755, "what was there stays");
    assert_eq!(mode(&top.join("state")), 0o700);
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(Utf8Path::new(&format!("{path}-wal"))), 0o600);
    drop(board);
    let left = std::fs::read_dir(path.parent().unwrap()).unwrap().count();
    assert_eq!(left, 1, "neither draft nor log");
}

#[test]
fn a_new_file_is_set_up_to_last() {
    let home = Home::new();
    let board = furnished(&home);
    let text = |name| {
        let connection = connection(&board);
        connection.pragma_query_value(None, name, |row| row.get::<_, rusqlite::types::Value>(0))
    };
    assert_eq!(text("journal_mode").unwrap(), "wal".to_string().into());
    assert_eq!(text("synchronous").unwrap(), 1.into(), "NORMAL");
    assert_eq!(text("foreign_keys").unwrap(), 1.into());
    assert_eq!(text("user_version").unwrap(), 1.into());
    assert_whole(&board);
}

#[test]
fn all_who_open_a_missing_board_at_once_get_the_same() {
    let home = Home::new();
    let path = home.path();
    let start = std::sync::Barrier::new(8);
    std::thread::scope(|threads| {
        for n in 0..8 {
            let (start, path) = (&start, &path);
            threads.spawn(move || {
                start.wait();
                let board = EmbeddedBoard::open(path).unwrap();
                made(
                    &board,
                    &Write::CreateProject {
                        name: format!("project-{n}"),
                    },
                );
            });
        }
    });
    let board = EmbeddedBoard::open(&path).unwrap();
    assert_eq!(block_on(board.directory()).unwrap().projects.len(), 8);
    assert_whole(&board);
}

#[test]
fn what_is_not_a_board_is_named_and_left_alone() {
    let home = Home::new();
    let path = home.path();
    let refused = |what: &str| {
        let before = home.files();
        for error in [
            EmbeddedBoard::open(&path).map(drop).unwrap_err(),
            EmbeddedBoard::open_existing(&path).map(drop).unwrap_err(),
        ] {
            assert!(error.to_string().contains(path.as_str()), "{what}: {error}");
            assert!(error.to_string().contains(what), "{what}: {error}");
            assert!(!error.hint().is_empty());
        }
        assert!(home.files() == before, "{what}");
    };
    let put = |bytes: &[u8]| {
        std::fs::remove_file(&path).ok();
        std::io::Write::write_all(&mut std::fs::File::create(&path).unwrap(), bytes).unwrap();
    };
    put(b"");
    refused("is not a database");
    put(
        b"# A page of notes, long enough to have a header of its own kind.\n"
            .repeat(99)
            .as_slice(),
    );
    refused("is not a database");

    let other = |sql: &str| {
        std::fs::remove_file(&path).ok();
        Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    };
    other("CREATE TABLE notes (text); PRAGMA user_version = 1;");
    refused("another application (application id 0)");
    other("CREATE TABLE notes (text); PRAGMA application_id = 252006674; PRAGMA user_version = 1;");
    refused("another application (application id 252006674)");
    other("CREATE TABLE new (text); PRAGMA application_id = 1332639554; PRAGMA user_version = 12;");
    refused("has version 12, and this onward knows versions up to 1");
}

#[test]
fn what_is_no_file_is_refused() {
    let home = Home::new();
    for path in [
        Utf8Path::from_path(home.0.path()).unwrap(),
        Utf8Path::new("/dev/null"),
    ] {
        let refused = EmbeddedBoard::open(path).unwrap_err();
        assert!(matches!(refused, Error::NotAFile { .. }), "{refused:?}");
        let refused = EmbeddedBoard::open_existing(path).unwrap_err();
        assert!(matches!(refused, Error::NotAFile { .. }), "{refused:?}");
    }
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let home = Home::new();
    drop(furnished(&home));
    let below = home.path().join("state/board.sqlite3");
    let refused = EmbeddedBoard::open(&below).unwrap_err();
    let named = refused.to_string();
    assert!(named.contains(home.path().as_str()), "{named}");
    assert!(std::error::Error::source(&refused).is_some());
}
