use super::*;
use test_support::{EventRow, Schema, SpecKittyHome};

fn home() -> SpecKittyHome {
    let home = SpecKittyHome::new();
    let rows = ["A", "B", "C"].map(EventRow::new);
    home.legacy(Schema::oldest()).events(&rows);
    home
}

/// Looks at the legacy file, and sees to it that nothing has changed.
fn seen(home: &SpecKittyHome) -> FileState {
    let before = home.fingerprint();
    let state = look(&home.legacy_path()).state;
    let changes = home.fingerprint().changes_since(&before);
    assert_eq!(changes, Vec::<String>::new());
    state
}

fn three() -> FileState {
    FileState::Read(RowCounts {
        events: 3,
        ..RowCounts::default()
    })
}

#[test]
fn rows_are_counted_and_what_is_empty_has_none() {
    let home = home();
    assert_eq!(seen(&home), three());
    home.write("queue.db", "");
    assert_eq!(seen(&home), FileState::Read(RowCounts::default()));
    fs::remove_file(home.legacy_path()).unwrap();
    assert_eq!(seen(&home), FileState::Absent);
    assert_eq!(
        look(&home.legacy_path().join("below")).state,
        FileState::Absent
    );
}

#[test]
fn a_file_with_a_log_is_read_from_a_copy() {
    let home = home();
    let writer = Connection::open(home.legacy_path()).unwrap();
    writer
        .pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))
        .unwrap();
    let insert =
        "INSERT INTO queue (event_id, event_type, data, timestamp) VALUES ('D', 't', '{}', 1)";
    writer.execute(insert, []).unwrap();
    // The log and its index stay when their writer dies.
    let (database, log) = (home.legacy_path(), home.root().join("queue.db-wal"));
    let (database, log) = (fs::read(database).unwrap(), fs::read(log).unwrap());
    drop(writer);
    home.write("queue.db", database).write("queue.db-wal", log);
    let four = RowCounts {
        events: 4,
        ..RowCounts::default()
    };
    assert_eq!(seen(&home), FileState::Read(four));
}

#[test]
fn a_transaction_that_a_crash_left_is_an_obstacle() {
    let home = home();
    let writer = Connection::open(home.legacy_path()).unwrap();
    writer
        .execute_batch(
            "PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN EXCLUSIVE; DELETE FROM queue;
            INSERT INTO queue (event_id, event_type, data, timestamp)
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
            SELECT 'X' || i, 't', hex(zeroblob(500)), 1 FROM n;",
        )
        .unwrap();
    let (database, journal) = (home.legacy_path(), home.root().join("queue.db-journal"));
    let (database, journal) = (fs::read(database).unwrap(), fs::read(journal).unwrap());
    drop(writer);
    home.write("queue.db", database)
        .write("queue.db-journal", journal);
    assert_eq!(seen(&home), FileState::Trouble(FileTrouble::HotJournal));

    // A writer rolls it back.
    let writer = open_to_write(&home.legacy_path()).unwrap();
    assert_eq!(counts(&writer).unwrap().events, 3);
}

#[test]
fn what_cannot_be_read_is_trouble_and_never_nothing() {
    let home = home();
    let lock = test_support::QueueFile::existing(home.legacy_path()).lock();
    assert_eq!(
        look(&home.legacy_path()).state,
        FileState::Trouble(FileTrouble::Locked)
    );
    drop(lock);

    let whole = fs::read(home.legacy_path()).unwrap();
    let damaged = |content: &[u8]| {
        home.write("queue.db", content);
        match seen(&home) {
            FileState::Trouble(FileTrouble::Damaged { reason }) => reason,
            other => panic!("{other:?}"),
        }
    };
    assert!(
        damaged(b"no database at all, but long enough to be looked at")
            .contains("is not a database")
    );
    assert!(damaged(&whole[..whole.len() / 2]).contains("is damaged"));
    let mut torn = whole.clone();
    torn[100..4096].fill(0xff);
    assert!(damaged(&torn).contains("is damaged"));

    fs::remove_file(home.legacy_path()).unwrap();
    fs::create_dir(home.legacy_path()).unwrap();
    let FileState::Trouble(FileTrouble::Unreadable { reason }) = seen(&home) else {
        panic!("a folder is no queue");
    };
    assert!(reason.contains("is not a regular file"), "{reason}");
}
