use super::super::test_files::{preflight, scope};
use super::*;
use camino::Utf8Path;
use rusqlite::params;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use sync_core::gate::{FileState, Verdict};
use sync_core::migration::Fate;
use test_support::{BadCell, BodyRow, EventRow, FailureRow, Oddity, Schema, SpecKittyHome};

mod law;

const SCOPE: &str = SpecKittyHome::SAMPLE_SCOPE;

fn at(home: &SpecKittyHome) -> Home {
    Home::at(home.root())
}

/// The gate's leave, given to somebody logged in.
fn cleared(home: &Home) -> ClearedToMigrate {
    let (legacy, scoped) = (home.legacy_queue(), home.scoped_queue(&scope()));
    let preflight = preflight(file::look(&legacy), file::look(&scoped));
    match preflight.evaluate_for_migration() {
        Verdict::Cleared(cleared) => cleared,
        Verdict::Refused(refusal) => panic!("{refusal:?}"),
    }
}

fn watched(home: &SpecKittyHome, watch: &mut dyn FnMut(Step<'_>)) -> MigrationReport {
    let home = at(home);
    let migration = Migration::new(cleared(&home), &home, &scope()).unwrap();
    migration.run(watch).unwrap()
}

fn run(home: &SpecKittyHome) -> MigrationReport {
    watched(home, &mut |_| ())
}

fn scoped_of(home: &SpecKittyHome) -> test_support::QueueFile {
    test_support::QueueFile::existing(home.scoped_path(SCOPE))
}

fn rows_of(home: &SpecKittyHome) -> Value {
    scoped_of(home).dump()
}

fn query<T: rusqlite::types::FromSql>(path: &Utf8Path, sql: &str) -> Vec<T> {
    let file = Connection::open(path).unwrap();
    let mut statement = file.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

#[test]
fn the_sample_ends_as_recorded() {
    let (home, _) = SpecKittyHome::sample();
    let expected = Migration::preview(&at(&home), &scope()).unwrap();
    let mut told = Vec::new();
    let report = watched(&home, &mut |step| {
        if let Step::Row(row) = step {
            told.push((row.table, row.fate.clone()));
        }
    });
    assert_eq!(report.tables, expected.tables);
    let fates: Vec<_> = told
        .iter()
        .map(|(table, fate)| match fate {
            Fate::Carry(key) => (*table, "carried", key.values()[0].clone()),
            Fate::Duplicate { of } => (*table, "duplicate", of.values()[5].clone()),
            Fate::Conflict { with, .. } => (*table, "conflict", with.values()[0].clone()),
            Fate::SetAside { .. } => panic!("{fate:?}"),
        })
        .collect();
    let project = || "11111111-2222-4333-8444-555555555555".to_owned();
    assert_eq!(
        fates,
        [
            (
                Table::Events,
                "carried",
                "01JVEXAMPLE0000000000000A1".into()
            ),
            (
                Table::Events,
                "conflict",
                "01JVEXAMPLE0000000000000A2".into()
            ),
            (
                Table::Events,
                "carried",
                "01JVEXAMPLE0000000000000A3".into()
            ),
            (Table::Bodies, "duplicate", "spec.md".into()),
            (Table::Bodies, "carried", project()),
            (Table::Failures, "carried", project()),
        ]
    );
    assert_eq!(
        rows_of(&home),
        SpecKittyHome::expected_rows("scoped-after.sql")
    );
    let legacy = test_support::QueueFile::existing(home.legacy_path());
    assert_eq!(
        legacy.dump(),
        SpecKittyHome::expected_rows("legacy-after.sql")
    );
    assert_eq!(
        (legacy.integrity(), scoped_of(&home).integrity()),
        ("ok".into(), "ok".into())
    );

    // What the other program drops is kept.
    let kept: Vec<String> = query(
        &home.scoped_path(SCOPE),
        "SELECT legacy_row FROM migration_conflicts",
    );
    let [kept] = &kept[..] else {
        panic!("{kept:?}")
    };
    let kept: Value = serde_json::from_str(kept).unwrap();
    assert_eq!(kept["event_id"], "01JVEXAMPLE0000000000000A2");
    assert!(
        kept["data"]
            .as_str()
            .unwrap()
            .contains("\"from\": \"legacy\"")
    );

    let before = home.fingerprint();
    assert_eq!(run(&home), MigrationReport::default());
    assert_eq!(
        home.fingerprint().changes_since(&before),
        Vec::<String>::new()
    );
}

#[test]
fn a_preview_changes_nothing() {
    let (home, _) = SpecKittyHome::sample();
    let before = home.fingerprint();
    let report = Migration::preview(&at(&home), &scope()).unwrap();
    assert_eq!((report.total().carried, report.total().conflicts), (4, 1));
    assert_eq!(
        home.fingerprint().changes_since(&before),
        Vec::<String>::new()
    );
}

#[test]
fn without_scoped_rows_pages_are_copied() {
    for exists in [false, true] {
        let home = SpecKittyHome::new();
        home.legacy(Schema::oldest())
            .fill(0..3000)
            .failures(&[FailureRow::new(BodyRow::new("a.md", "a"), "no")]);
        if exists {
            home.scoped(SCOPE, Schema::current());
        }
        let mut steps = Vec::new();
        let report = watched(&home, &mut |step| match step {
            Step::Row(_) => {}
            step => steps.push(format!("{step:?}")),
        });
        assert_eq!(report.total().carried, 3301);
        assert_eq!(report.left, RowCounts::default());
        assert!(steps.iter().any(|step| step == "Copied"), "{steps:?}");
        let file = scoped_of(&home);
        let columns: Vec<String> = query(
            file.path(),
            "SELECT name FROM pragma_table_info('body_upload_queue')",
        );
        assert_eq!(columns[2], "mission_slug", "old names are of today");
        assert_eq!(
            (file.count("queue"), file.count("body_upload_queue")),
            (3000, 300)
        );
        assert_eq!(file.integrity(), "ok");
        assert_eq!(run(&home), MigrationReport::default());
    }
}

#[test]
fn files_of_every_age_move() {
    for odd in [
        Oddity::WithoutCoalesceKey,
        Oddity::OldNames,
        Oddity::WithoutUnique,
        Oddity::WithoutNotNull,
    ] {
        for legacy_is_odd in [true, false] {
            let (old, new) = (Schema::current().with(odd.clone()), Schema::current());
            let (legacy, scoped) = if legacy_is_odd {
                (old, new)
            } else {
                (new, old)
            };
            let home = SpecKittyHome::new();
            home.legacy(legacy)
                .events(&[EventRow::new("A"), EventRow::new("B")])
                .bodies(&[BodyRow::new("a.md", "a"), BodyRow::new("b.md", "b")])
                .failures(&[FailureRow::new(BodyRow::new("c.md", "c"), "no")]);
            home.scoped(SCOPE, scoped)
                .events(&[EventRow::new("B"), EventRow::new("C")])
                .bodies(&[BodyRow::new("b.md", "b")]);
            let tally = run(&home).total();
            assert_eq!(
                (tally.carried, tally.duplicates),
                (3, 2),
                "{odd:?} {legacy_is_odd}"
            );
            let file = scoped_of(&home);
            assert_eq!(
                (file.count("queue"), file.count("body_upload_queue")),
                (3, 2)
            );
            assert_eq!(run(&home), MigrationReport::default());
        }
    }
}

#[test]
fn odd_rows_are_set_aside_and_the_rest_moves() {
    let home = SpecKittyHome::new();
    let schema = Schema::current()
        .with(Oddity::WithoutNotNull)
        .with(Oddity::WithoutUnique);
    let ids = ["A", "B", "C", "D", "E", "E"];
    let legacy = home.legacy(schema);
    legacy.events(&ids.map(EventRow::new));
    legacy
        .spoil("queue", 1, "data", BadCell::NotUtf8)
        .spoil("queue", 2, "event_id", BadCell::Null)
        .spoil("queue", 3, "timestamp", BadCell::Null);
    legacy.execute("UPDATE queue SET data = 'other' WHERE id = 6");
    home.scoped(SCOPE, Schema::current())
        .events(&[EventRow::new("Z")]);
    let report = run(&home);
    let total = report.total();
    assert_eq!((total.carried, total.conflicts, total.set_aside), (2, 1, 3));
    assert_eq!((total.total(), report.left), (6, RowCounts::default()));
    let path = home.scoped_path(SCOPE);
    let reasons: Vec<String> = query(&path, "SELECT reason FROM set_aside ORDER BY row_id");
    assert_eq!(
        reasons,
        [
            "data is not UTF-8",
            "the key column event_id is NULL",
            "timestamp is NULL"
        ]
    );
    let row: Vec<String> = query(&path, "SELECT row FROM set_aside ORDER BY row_id");
    let row: Value = serde_json::from_str(&row[0]).unwrap();
    assert_eq!(row["event_id"], "A");
    assert!(row["data"]["text"].is_string(), "{row}");
    let FileState::Read(counts) = file::look(&path).state else {
        panic!("it cannot be read");
    };
    assert_eq!((counts.conflicts, counts.set_aside), (1, 3));
}

#[test]
fn what_stands_in_further_columns_is_kept() {
    for both in [false, true] {
        let home = SpecKittyHome::new();
        let further = || Oddity::ExtraColumn("queue", "origin TEXT");
        let legacy = home.legacy(Schema::current().with(further()));
        legacy.events(&[EventRow::new("A"), EventRow::new("B")]);
        legacy.execute("UPDATE queue SET origin = 'here' WHERE event_id = 'A'");
        let schema = Schema::current();
        let schema = if both { schema.with(further()) } else { schema };
        home.scoped(SCOPE, schema).events(&[EventRow::new("Z")]);
        let report = run(&home);
        assert_eq!(
            (report.total().carried, report.partial),
            (2, u64::from(!both))
        );
        let path = home.scoped_path(SCOPE);
        if both {
            let kept: Vec<Option<String>> =
                query(&path, "SELECT origin FROM queue WHERE event_id = 'A'");
            assert_eq!(kept, [Some("here".to_owned())]);
        } else {
            let kept: Vec<String> = query(&path, "SELECT reason FROM set_aside");
            assert_eq!(kept, ["moved, but the scoped table has no column origin"]);
        }
    }
}

#[test]
fn what_is_written_to_the_legacy_file_meanwhile_is_not_lost() {
    let home = SpecKittyHome::new();
    home.legacy(Schema::current()).fill(0..200);
    home.scoped(SCOPE, Schema::current())
        .events(&[EventRow::new("Z")]);
    let changed: Vec<String> = query(
        &home.legacy_path(),
        "SELECT event_id FROM queue WHERE id IN (5, 9) ORDER BY id",
    );
    let mut once = true;
    let report = watched(&home, &mut |step| {
        if matches!(step, Step::Committed(_)) && std::mem::take(&mut once) {
            let other = Connection::open(home.legacy_path()).unwrap();
            let change = "UPDATE queue SET data = 'newer' WHERE id = 5;
                          DELETE FROM queue WHERE id = 9;
                          INSERT INTO queue (event_id, event_type, data, timestamp)
                          VALUES ('late', 't', '{}', 1)";
            other.execute_batch(change).unwrap();
        }
    });
    assert!(!once);
    assert_eq!(report.left, RowCounts::default());
    let path = home.scoped_path(SCOPE);
    let ids: BTreeSet<String> = query(&path, "SELECT event_id FROM queue")
        .into_iter()
        .collect();
    assert_eq!(ids.len(), 202);
    assert!(ids.contains("late") && ids.contains(&changed[1]));
    let newer: Vec<String> = query(&path, "SELECT row_key FROM migration_conflicts");
    assert_eq!(newer, [json!([changed[0]]).to_string()]);
}

#[test]
fn a_run_that_is_stopped_is_completed_by_the_next() {
    for pages in [false, true] {
        let mut stop = 0;
        loop {
            let home = SpecKittyHome::new();
            home.legacy(Schema::current())
                .fill(0..30)
                .failures(&[FailureRow::new(BodyRow::new("a.md", "a"), "no")]);
            if !pages {
                home.scoped(SCOPE, Schema::current())
                    .events(&[EventRow::new("Z")]);
            }
            let mut steps = 0;
            let stopped = catch_unwind(AssertUnwindSafe(|| {
                watched(&home, &mut |_| {
                    assert!(steps < stop, "stopped on purpose");
                    steps += 1;
                })
            }));
            run(&home);
            let file = scoped_of(&home);
            let own = i64::from(!pages);
            assert_eq!(file.count("queue"), 30 + own, "{pages} {stop}");
            assert_eq!(file.count("body_upload_queue"), 3);
            assert_eq!(file.count("body_upload_failure_log"), 1);
            assert_eq!(file.integrity(), "ok");
            let left = test_support::QueueFile::existing(home.legacy_path());
            assert_eq!((left.count("queue"), left.integrity()), (0, "ok".into()));
            stop += 1;
            if stopped.is_ok() {
                break;
            }
        }
        assert!(stop > 5);
    }
}

#[test]
fn files_that_cannot_be_used_are_named_and_left() {
    let home = SpecKittyHome::new();
    home.legacy(Schema::current()).events(&[EventRow::new("A")]);
    let granted = Migration::new(cleared(&at(&home)), &at(&home), &scope()).unwrap();
    home.write(
        "queues/queue-5a470152e5fb2fea.db",
        "no database at all, not in the least",
    );
    let before = home.fingerprint();
    let error = granted.run(&mut |_| ()).unwrap_err().to_string();
    assert!(error.contains("is not a database"), "{error}");
    assert_eq!(
        home.fingerprint().changes_since(&before),
        Vec::<String>::new()
    );
}

#[test]
fn nothing_is_made_where_there_is_nothing_to_move() {
    let home = SpecKittyHome::new();
    assert_eq!(run(&home), MigrationReport::default());
    home.legacy(Schema::current());
    let before = home.fingerprint();
    assert_eq!(run(&home), MigrationReport::default());
    assert_eq!(
        home.fingerprint().changes_since(&before),
        Vec::<String>::new()
    );
}
