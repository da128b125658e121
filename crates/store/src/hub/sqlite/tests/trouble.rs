//! Disks and locks that fail, and files that are no hub.

use super::*;
use rusqlite::Connection;
use std::os::unix::fs::PermissionsExt;

#[test]
fn looking_changes_nothing_and_refuses_to_write() {
    let home = Home::new();
    assert!(SqliteHub::open_existing(&home.path()).unwrap().is_none());
    assert!(home.files().is_empty(), "not even made by a look");
    drop(furnished(&home, 3));
    let before = home.files();
    let looking = SqliteHub::open_existing(&home.path()).unwrap().unwrap();
    assert_eq!(rows(&looking).tasks.len(), 3);
    assert_eq!(block_on(looking.repositories()).unwrap().len(), 1);
    let error = perform(&looking, &[]).unwrap_err();
    assert!(matches!(error, Error::Looking { .. }), "{error:?}");
    assert!(home.files() == before);
}

#[test]
fn what_is_no_hub_is_named_and_left_alone() {
    let home = Home::new();
    let path = home.path();
    let refused = |what: &str| {
        let before = home.files();
        for error in [
            SqliteHub::open(&path).map(drop).unwrap_err(),
            SqliteHub::open_existing(&path).map(drop).unwrap_err(),
        ] {
            assert!(error.to_string().contains(path.as_str()), "{what}: {error}");
            assert!(error.to_string().contains(what), "{what}: {error}");
            assert!(!error.hint().is_empty());
        }
        assert!(home.files() == before, "{what}");
    };
    std::fs::File::create(&path).unwrap();
    refused("is not a database");
    std::fs::remove_file(&path).unwrap();
    drop(crate::EmbeddedBoard::open(&path).unwrap());
    refused("is a database of another application");
    std::fs::remove_file(&path).unwrap();
    drop(furnished(&home, 0));
    let client = Connection::open(&path).unwrap();
    client.pragma_update(None, "user_version", 9).unwrap();
    drop(client);
    refused("has version 9, and this onward knows versions up to 1");
}

#[test]
fn a_locked_hub_is_named_and_can_still_be_read() {
    let home = Home::new();
    let hub = furnished(&home, 1);
    let other = Connection::open(home.path()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let write = [set(0, Version(1), TaskStatus::Done, false)];
    let error = perform(&hub, &write).unwrap_err();
    assert!(matches!(error, Error::Locked { .. }), "{error:?}");
    assert_eq!(rows(&hub).tasks.len(), 1);
    other.execute_batch("ROLLBACK").unwrap();
    let outcomes = perform(&hub, &write).unwrap();
    assert!(matches!(outcomes[0], HubOutcome::Done(_)), "{outcomes:?}");
}

#[test]
fn a_disk_that_fills_up_keeps_whole_chunks_and_says_what_is_not_written() {
    let home = Home::new();
    let hub = furnished(&home, 0);
    hub.file
        .writing()
        .unwrap()
        .pragma_update(None, "max_page_count", 120)
        .unwrap();
    let writes: Vec<_> = (0..4000).map(new_task).collect();
    let outcomes = perform(&hub, &writes).unwrap();
    assert_eq!(outcomes.len(), writes.len());
    let made = |outcome: &HubOutcome| matches!(outcome, HubOutcome::Done(_));
    let written = outcomes.iter().take_while(|outcome| made(outcome)).count();
    assert!(written > 0 && written < writes.len(), "{written}");
    assert_eq!(rows(&hub).tasks.len(), written);
    for outcome in &outcomes[written..] {
        let HubOutcome::Transient { reason } = outcome else {
            panic!("{outcome:?}");
        };
        assert!(reason.contains("is full"), "{reason}");
    }
    let error = perform(&hub, &writes[written..]).unwrap_err();
    assert!(
        matches!(error, Error::Full { .. }),
        "nothing at all: {error:?}"
    );
}

#[test]
fn a_log_that_was_only_begun_hides_nothing() {
    let home = Home::new();
    let hub = furnished(&home, 2);
    let begun = &std::fs::read(format!("{}-wal", home.path())).unwrap()[..32];
    drop(hub);
    // What a writer leaves that is killed between the log's header and its first change.
    let index = vec![0; 32 << 10];
    for (suffix, content) in [("-wal", begun), ("-shm", index.as_slice())] {
        let mut file = std::fs::File::create(format!("{}{suffix}", home.path())).unwrap();
        std::io::Write::write_all(&mut file, content).unwrap();
    }
    let before = home.files();
    let looking = SqliteHub::open_existing(&home.path()).unwrap().unwrap();
    assert_eq!(rows(&looking).tasks.len(), 2);
    assert!(home.files() == before);
}

#[test]
fn a_hub_is_for_its_user_alone_and_waits_for_the_disk() {
    let home = Home::new();
    let hub = furnished(&home, 0);
    let mode = std::fs::metadata(hub.path()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let connection = hub.file.writing().unwrap();
    let full: i64 = connection
        .pragma_query_value(None, "synchronous", |row| row.get(0))
        .unwrap();
    assert_eq!(full, 2, "FULL");
}
