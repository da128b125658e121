use super::*;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::time::Duration;
use proptest::prelude::*;

fn names(columns: impl Iterator<Item = &'static Column>) -> Vec<&'static str> {
    columns.map(|column| column.name).collect()
}

#[test]
fn tables_have_the_columns_of_the_sheet() {
    assert_eq!(
        Table::ALL.map(Table::name),
        ["queue", "body_upload_queue", "body_upload_failure_log"]
    );
    assert_eq!(
        names(Table::Events.columns().iter()),
        [
            "event_id",
            "event_type",
            "data",
            "timestamp",
            "retry_count",
            "coalesce_key"
        ]
    );
    let namespace = [
        "project_uuid",
        "mission_slug",
        "target_branch",
        "mission_type",
        "manifest_version",
        "artifact_path",
        "content_hash",
    ];
    let upload = [
        "hash_algorithm",
        "content_body",
        "size_bytes",
        "retry_count",
        "next_attempt_at",
        "created_at",
        "last_error",
    ];
    assert_eq!(
        names(Table::Bodies.columns().iter()),
        [namespace, upload].concat()
    );
    let failure = [
        "hash_algorithm",
        "size_bytes",
        "failure_reason",
        "failure_count",
        "first_failed_at",
        "last_failed_at",
    ];
    let columns = names(Table::Failures.columns().iter());
    assert_eq!(
        (&columns[..7], &columns[7..]),
        (&namespace[..], &failure[..])
    );
    assert_eq!(names(Table::Events.key_columns()), ["event_id"]);
    assert_eq!(names(Table::Bodies.key_columns()), namespace);
    assert_eq!(
        names(Table::Failures.key_columns()),
        [&namespace[..], &["failure_reason"]].concat()
    );
}

#[test]
fn only_these_columns_may_be_null() {
    let nullable: Vec<_> = Table::ALL
        .iter()
        .flat_map(|table| table.columns())
        .filter(|column| !column.required)
        .map(|column| column.name)
        .collect();
    assert_eq!(nullable, ["retry_count", "coalesce_key", "last_error"]);
}

#[test]
fn how_sending_goes_is_no_payload() {
    let payload = |table: Table| {
        let columns = table.columns().iter();
        names(columns.filter(|column| column.role == Role::Payload))
    };
    assert_eq!(payload(Table::Events), ["event_type", "data"]);
    assert_eq!(
        payload(Table::Bodies),
        ["hash_algorithm", "content_body", "size_bytes"]
    );
}

#[test]
fn columns_are_found_by_their_old_names() {
    for table in [Table::Bodies, Table::Failures] {
        let column = |name: &str| table.columns().iter().find(|column| column.is_named(name));
        assert_eq!(column("feature_slug").unwrap().name, "mission_slug");
        assert_eq!(column("MISSION_KEY").unwrap().name, "mission_type");
        assert_eq!(
            column("mission_slug").unwrap().old_name,
            Some("feature_slug")
        );
        assert_eq!(column("id"), None);
    }
}

#[test]
fn a_key_has_as_many_values_as_columns() {
    for table in Table::ALL {
        let count = table.key_columns().count();
        let key = |count| RowKey::new(table, (0..count).map(|n| n.to_string()));
        let whole = key(count).unwrap();
        assert_eq!((whole.table(), whole.values().len()), (table, count));
        assert_eq!((key(count - 1), key(count + 1)), (None, None));
    }
    assert_eq!(
        RowKey::new(Table::Events, ["A1"]),
        Some(RowKey::event("A1"))
    );
    let body = RowKey::new(Table::Bodies, ["p", "m", "b", "t", "1", "spec.md", "h"]).unwrap();
    assert_eq!(body.to_string(), "p|m|b|t|1|spec.md|h");
}

#[test]
fn digests_tell_cells_apart() {
    let cells: &[&[Cell<'_>]] = &[
        &[],
        &[Cell::Null],
        &[Cell::Null, Cell::Null],
        &[Cell::Integer(1)],
        &[Cell::Integer(i64::MAX)],
        &[Cell::Integer(i64::MAX - 1)],
        &[Cell::Real(1.5)],
        &[Cell::Real(9e300)],
        &[Cell::Text(b"")],
        &[Cell::Text(b"1")],
        &[Cell::Blob(b"1")],
        &[Cell::Text(b"ab"), Cell::Text(b"c")],
        &[Cell::Text(b"a"), Cell::Text(b"bc")],
        &[Cell::Text(b"\xff")],
    ];
    let digests: Vec<_> = cells
        .iter()
        .map(|cells| RowDigest::of(cells.iter().copied()))
        .collect();
    for (n, digest) in digests.iter().enumerate() {
        assert_eq!(digests.iter().position(|other| other == digest), Some(n));
    }
    assert_eq!(
        RowDigest::of([Cell::Real(7.0)]),
        RowDigest::of([Cell::Integer(7)])
    );
}

/// An event as paths and texts.
struct Fields(BTreeMap<String, &'static str>);

impl EventFields for Fields {
    fn text(&self, path: &[&str]) -> Option<String> {
        self.0.get(&path.join(".")).map(|text| (*text).into())
    }
}

fn key_of(event_type: &str, fields: &[(&str, &'static str)]) -> Option<String> {
    let fields = fields.iter().map(|(path, text)| ((*path).into(), *text));
    coalesce_key(event_type, &Fields(fields.collect()))
}

#[test]
fn what_replaces_what() {
    const INDEXED: &str = "MissionDossierArtifactIndexed";
    const COMPUTED: &str = "MissionDossierSnapshotComputed";
    let namespace = [
        ("namespace.project_uuid", "p"),
        ("namespace.mission_slug", "m"),
        ("artifact_id.path", "a"),
    ];
    let in_payload = [
        ("payload.namespace.project_uuid", "p"),
        ("payload.namespace.mission_slug", "m"),
        ("payload.artifact_id.path", "a"),
    ];
    let old = [
        ("project_uuid", "p"),
        ("payload.mission_slug", "m"),
        ("payload.relative_path", "a"),
    ];
    for fields in [namespace, in_payload, old] {
        assert_eq!(
            key_of(INDEXED, &fields).unwrap(),
            "MissionDossierArtifactIndexed|p|m|a"
        );
        assert_eq!(
            key_of(COMPUTED, &fields).unwrap(),
            "MissionDossierSnapshotComputed|p|m"
        );
        assert_eq!(key_of("WPStatusChanged", &fields), None);
    }
    let both = [
        namespace,
        in_payload.map(|(path, _)| (path, "other")),
        old.map(|(path, _)| (path, "old")),
    ];
    assert_eq!(
        key_of(INDEXED, &both.concat()).unwrap(),
        "MissionDossierArtifactIndexed|p|m|a"
    );
    assert_eq!(
        key_of(INDEXED, &[]).unwrap(),
        "MissionDossierArtifactIndexed|||"
    );
    assert_eq!(
        key_of(INDEXED, &[("payload.artifact_key", "k")]).unwrap(),
        "MissionDossierArtifactIndexed|||k"
    );
}

#[test]
fn a_full_queue_refuses_and_deletes_nothing() {
    use Admission::{Admit, AdmitAfterEvicting, Full};
    for (rows, replaces, limit, refusing, evicting) in [
        (0, false, 10, Admit, Admit),
        (9, false, 10, Admit, Admit),
        (10, false, 10, Full, AdmitAfterEvicting(1)),
        (15, false, 10, Full, AdmitAfterEvicting(6)),
        (15, true, 10, Admit, Admit),
        (0, false, 0, Full, Full),
    ] {
        assert_eq!(
            admit_event(rows, replaces, limit, Overflow::default()),
            refusing
        );
        assert_eq!(
            admit_event(rows, replaces, limit, Overflow::Evict),
            evicting
        );
        assert_eq!(admit_body(rows, replaces, limit), refusing);
    }
}

#[test]
fn bodies_wait_twice_as_long_each_time() {
    for (retry_count, seconds) in [
        (0, 1),
        (1, 2),
        (3, 8),
        (8, 256),
        (9, 300),
        (20, 300),
        (64, 300),
        (u32::MAX, 300),
    ] {
        assert_eq!(
            body_backoff(retry_count),
            Duration::from_secs(seconds),
            "{retry_count}"
        );
    }
}

#[test]
fn failures_are_not_pending() {
    let counts = RowCounts {
        events: 3,
        bodies: 2,
        failures: 10,
        conflicts: 1,
        set_aside: 1,
    };
    assert_eq!(counts.pending(), 5);
}

proptest! {
    /// After the oldest are gone there is room for exactly one.
    #[test]
    fn evicting_makes_room(rows in 0u64..100, limit in 1u64..100) {
        match admit_event(rows, false, limit, Overflow::Evict) {
            Admission::Admit => prop_assert!(rows < limit),
            Admission::AdmitAfterEvicting(count) => prop_assert_eq!(rows - count + 1, limit),
            Admission::Full => prop_assert!(false),
        }
    }
}
