use super::*;
use crate::queue::Cell;
use alloc::string::String;
use alloc::vec;

const fn text(text: &str) -> Cell<'_> {
    Cell::Text(text.as_bytes())
}

/// The sample home's events: id, key, payload.
fn event<'a>(event_id: &'a str, data: &'a str) -> Vec<Option<Cell<'a>>> {
    vec![
        Some(text(event_id)),
        Some(text("WPStatusChanged")),
        Some(text(data)),
        Some(Cell::Integer(1_779_000_000)),
        Some(Cell::Integer(0)),
        Some(Cell::Null),
    ]
}

fn read(event_id: &str, data: &str) -> Reading {
    Reading::of(Table::Events, &event(event_id, data))
}

fn rows(readings: impl IntoIterator<Item = Reading>) -> Vec<LegacyRow> {
    let numbered = (1..).zip(readings);
    numbered
        .map(|(id, reading)| LegacyRow {
            id,
            table: Table::Events,
            reading,
        })
        .collect()
}

fn scoped(readings: impl IntoIterator<Item = Reading>) -> ScopedRows {
    let mut scoped = ScopedRows::default();
    for reading in readings {
        let (key, digest) = whole(reading);
        scoped.insert(key, digest);
    }
    scoped
}

fn whole(reading: Reading) -> (RowKey, RowDigest) {
    match reading {
        Reading::Whole { key, digest } => (key, digest),
        Reading::Odd { oddity, .. } => panic!("{oddity:?}"),
    }
}

fn fates(plan: MigrationPlan) -> Vec<Fate> {
    plan.rows.into_iter().map(|row| row.fate).collect()
}

fn carry(event_id: &str) -> Fate {
    Fate::Carry(RowKey::event(event_id))
}

fn duplicate(event_id: &str) -> Fate {
    Fate::Duplicate {
        of: RowKey::event(event_id),
    }
}

fn conflict(event_id: &str, data: &str) -> Fate {
    let (with, digest) = whole(read(event_id, data));
    Fate::Conflict { with, digest }
}

#[test]
fn the_sample_home_moves() {
    let legacy = [read("A1", "1"), read("A2", "from legacy"), read("A3", "3")];
    let there = scoped([read("A2", "from scoped"), read("B1", "b")]);
    let plan = plan_migration(rows(legacy), &there);
    let tally = Tally {
        carried: 2,
        conflicts: 1,
        ..Tally::default()
    };
    assert_eq!((plan.tally(), plan.tally().total()), (tally, 3));
    let expected = [carry("A1"), conflict("A2", "from legacy"), carry("A3")];
    assert_eq!(fates(plan), expected);
}

#[test]
fn an_equal_payload_is_a_duplicate_however_far_sending_has_come() {
    let mut retried = event("A1", "1");
    retried[3] = Some(Cell::Integer(1));
    retried[4] = Some(Cell::Integer(7));
    retried[5] = Some(text("key"));
    let plan = plan_migration(
        rows([Reading::of(Table::Events, &retried)]),
        &scoped([read("A1", "1")]),
    );
    assert_eq!(fates(plan), [duplicate("A1")]);
}

#[test]
fn of_equal_keys_in_a_legacy_table_the_first_is_carried() {
    let legacy = [
        read("A1", "first"),
        read("A1", "first"),
        read("A1", "second"),
        read("A1", "first"),
    ];
    let expected = [
        carry("A1"),
        duplicate("A1"),
        conflict("A1", "second"),
        duplicate("A1"),
    ];
    assert_eq!(
        fates(plan_migration(rows(legacy), &ScopedRows::default())),
        expected
    );
}

#[test]
fn any_of_several_scoped_rows_of_one_key_makes_a_duplicate() {
    let there = scoped([read("A1", "1"), read("A1", "2")]);
    let legacy = [read("A1", "2"), read("A1", "3"), read("A1", "1")];
    let expected = [duplicate("A1"), conflict("A1", "3"), duplicate("A1")];
    assert_eq!(fates(plan_migration(rows(legacy), &there)), expected);
}

#[test]
fn odd_rows_are_set_aside_and_the_rest_moves() {
    let cells = event("A1", "1");
    let with = |n: usize, cell: Option<Cell<'static>>| {
        let mut cells = cells.clone();
        cells[n] = cell;
        cells
    };
    for (cells, oddity, sentence) in [
        (
            with(0, Some(Cell::Null)),
            Oddity::NullKey("event_id"),
            "the key column event_id is NULL",
        ),
        (
            with(0, Some(Cell::Integer(5))),
            Oddity::KeyNotText("event_id"),
            "the key column event_id is not text",
        ),
        (
            with(0, Some(Cell::Blob(b"A1"))),
            Oddity::KeyNotText("event_id"),
            "the key column event_id is not text",
        ),
        (
            with(0, Some(Cell::Text(b"\xff"))),
            Oddity::NotUtf8("event_id"),
            "event_id is not UTF-8",
        ),
        (
            with(2, Some(Cell::Text(b"{\xc3}"))),
            Oddity::NotUtf8("data"),
            "data is not UTF-8",
        ),
        (
            with(5, Some(Cell::Text(b"\xff"))),
            Oddity::NotUtf8("coalesce_key"),
            "coalesce_key is not UTF-8",
        ),
        (
            with(2, Some(Cell::Null)),
            Oddity::NullValue("data"),
            "data is NULL",
        ),
        (
            with(3, Some(Cell::Null)),
            Oddity::NullValue("timestamp"),
            "timestamp is NULL",
        ),
        (
            with(2, None),
            Oddity::MissingColumn("data"),
            "the table has no column data",
        ),
        (
            with(0, None),
            Oddity::MissingColumn("event_id"),
            "the table has no column event_id",
        ),
    ] {
        let reading = Reading::of(Table::Events, &cells);
        let all = cells.iter().map(|cell| cell.unwrap_or(Cell::Null));
        let digest = RowDigest::of(all);
        assert_eq!(reading, Reading::Odd { oddity, digest });
        assert_eq!(oddity.sentence(), sentence);
        let plan = plan_migration(rows([reading, read("A2", "2")]), &ScopedRows::default());
        assert_eq!(
            fates(plan),
            [Fate::SetAside { oddity, digest }, carry("A2")]
        );
    }
}

#[test]
fn what_a_row_may_lack_it_may_lack() {
    let mut cells = event("A1", "1");
    cells[4] = Some(Cell::Null);
    cells[5] = None;
    assert_eq!(Reading::of(Table::Events, &cells), read("A1", "1"));
    assert_eq!(Reading::of(Table::Events, &cells[..4]), read("A1", "1"));
}

#[test]
fn a_missing_column_stands_as_its_default() {
    let namespace = ["p", "m", "b", "t", "1", "spec.md", "h"];
    let body = |algorithm: Option<Cell<'static>>| {
        let mut cells: Vec<_> = namespace.iter().map(|part| Some(text(part))).collect();
        cells.push(algorithm);
        cells.extend([Some(text("# Spec")), Some(Cell::Integer(6))]);
        cells.extend([None, None, Some(Cell::Real(0.5)), None]);
        whole(Reading::of(Table::Bodies, &cells))
    };
    let (key, digest) = body(None);
    assert_eq!(key, RowKey::new(Table::Bodies, namespace).unwrap());
    assert_eq!(digest, body(Some(text("sha256"))).1);
    assert_ne!(digest, body(Some(text("md5"))).1);
}

#[test]
fn a_failures_key_has_the_reason_from_its_own_place() {
    let mut cells: Vec<_> = ["p", "m", "b", "t", "1", "spec.md", "h", "sha256"]
        .map(|part| Some(text(part)))
        .into();
    cells.extend([Some(Cell::Integer(5)), Some(text("bad_request"))]);
    cells.extend([
        Some(Cell::Integer(2)),
        Some(Cell::Real(1.5)),
        Some(Cell::Real(2.5)),
    ]);
    let (key, _) = whole(Reading::of(Table::Failures, &cells));
    let values: Vec<&str> = key.values().iter().map(String::as_str).collect();
    assert_eq!(
        values,
        ["p", "m", "b", "t", "1", "spec.md", "h", "bad_request"]
    );
}
