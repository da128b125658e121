use super::super::test_files::{cleared, scope};
use super::*;
use serde_json::json;
use test_support::{Schema, SpecKittyHome};

const SCOPE: &str = SpecKittyHome::SAMPLE_SCOPE;

fn writer(home: &SpecKittyHome, limit: u64) -> QueueWriter {
    let home = Home::at(home.root());
    QueueWriter::open(cleared(), &home, &scope(), limit).unwrap()
}

fn event(id: &str, kind: &str) -> NewEvent {
    let event = json!({"event_id": id, "event_type": kind, "payload": {"é": 1},
                       "namespace": {"project_uuid": "p", "mission_slug": "m"}});
    NewEvent::of(&event).unwrap()
}

fn body(path: &str) -> NewBody {
    NewBody {
        project_uuid: "p".into(),
        mission_slug: "m".into(),
        target_branch: "main".into(),
        mission_type: "software-dev".into(),
        manifest_version: "1".into(),
        artifact_path: path.into(),
        content_hash: "h".into(),
        hash_algorithm: "sha256".into(),
        content_body: "# é\n".into(),
    }
}

fn new() -> Appended {
    Appended::New {
        evicted: Vec::new(),
    }
}

#[test]
fn a_new_queue_is_as_the_other_program_makes_it() {
    let home = SpecKittyHome::new();
    let mut queue = writer(&home, 10);
    let first = queue.event(&event("A", "WPStatusChanged"), 7, Overflow::Refuse);
    assert_eq!(first.unwrap(), new());
    assert_eq!(queue.body(&body("a.md"), 7.5).unwrap(), new());
    assert_eq!(queue.body(&body("a.md"), 8.5).unwrap(), Appended::Replaced);
    drop(queue);
    let file = Connection::open(home.scoped_path(SCOPE)).unwrap();
    let pragma = |name: &str| file.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    assert_eq!(pragma("page_size"), Ok(4096));
    assert_eq!(pragma("user_version"), Ok(0));
    let data: String = file
        .query_row("SELECT data FROM queue", [], |row| row.get(0))
        .unwrap();
    assert!(data.starts_with(
        r#"{"event_id": "A", "event_type": "WPStatusChanged", "payload": {"\u00e9": 1}"#
    ));
    let size: i64 = file
        .query_row("SELECT size_bytes FROM body_upload_queue", [], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(size, 5);
    let recorded = SpecKittyHome::new();
    let like = recorded.scoped(SCOPE, Schema::current());
    let schema = "SELECT group_concat(name || '|' || type || '|' || \"notnull\" || '|' ||
                  coalesce(dflt_value, ''), ';') FROM pragma_table_info(?1)";
    let other = Connection::open(like.path()).unwrap();
    for table in Table::ALL {
        let of = |file: &Connection| {
            file.query_row(schema, [table.name()], |row| row.get::<_, String>(0))
        };
        assert_eq!(of(&file), of(&other));
    }
}

#[test]
fn a_later_event_takes_the_place_of_the_one_that_waits() {
    let home = SpecKittyHome::new();
    let mut queue = writer(&home, 2);
    let mut put =
        |id: &str, kind: &str| queue.event(&event(id, kind), 7, Overflow::Refuse).unwrap();
    assert_eq!(put("A", "MissionDossierSnapshotComputed"), new());
    assert_eq!(put("B", "WPStatusChanged"), new());
    assert_eq!(
        put("C", "MissionDossierSnapshotComputed"),
        Appended::Replaced
    );
    assert_eq!(put("B", "WPStatusChanged"), Appended::Replaced);
    assert_eq!(put("D", "WPStatusChanged"), Appended::Full);
    let file = Connection::open(home.scoped_path(SCOPE)).unwrap();
    let mut statement = file
        .prepare("SELECT event_id FROM queue ORDER BY id")
        .unwrap();
    let ids: Vec<String> = statement
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(ids, ["C", "B"]);
}

#[test]
fn what_is_evicted_is_told() {
    let home = SpecKittyHome::new();
    let mut queue = writer(&home, 2);
    for (id, now) in [("A", 9), ("B", 3)] {
        queue.event(&event(id, "t"), now, Overflow::Evict).unwrap();
    }
    let appended = queue.event(&event("C", "t"), 10, Overflow::Evict).unwrap();
    assert_eq!(
        appended,
        Appended::New {
            evicted: vec!["B".into()]
        }
    );
    assert_eq!(queue.body(&body("a"), 1.0).unwrap(), new());
    assert_eq!(queue.body(&body("b"), 1.0).unwrap(), new());
    assert_eq!(queue.body(&body("c"), 1.0).unwrap(), Appended::Full);
}

#[test]
fn what_is_no_event_is_named() {
    for (event, what) in [
        (json!([1]), "JSON object"),
        (json!({"event_type": "t"}), "`event_id`"),
        (json!({"event_id": "A", "event_type": ""}), "`event_type`"),
    ] {
        assert!(NewEvent::of(&event).unwrap_err().contains(what));
    }
}
