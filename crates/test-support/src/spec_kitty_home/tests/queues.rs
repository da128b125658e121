//! Queue files of every age, what is put in and what comes out.

use rusqlite::Connection;
use serde_json::{Value, json};

use super::{
    BadCell, BodyRow, EventRow, FailureRow, Oddity, QueueFile, Schema, SpecKittyHome, schema,
};

/// The columns of a table, with their types and rules, in the order of their names.
fn columns(file: &QueueFile, table: &str) -> Vec<String> {
    let connection = Connection::open(file.path()).unwrap();
    let sql = "SELECT name || ' ' || type || ' ' || \"notnull\" || ' ' || ifnull(dflt_value, '-')
               FROM pragma_table_info(?1) ORDER BY name";
    let mut statement = connection.prepare(sql).unwrap();
    let columns = statement.query_map([table], |row| row.get(0)).unwrap();
    columns.map(Result::unwrap).collect()
}

/// What must be unique, and the indexes.
fn keys(file: &QueueFile, table: &str) -> Vec<String> {
    let connection = Connection::open(file.path()).unwrap();
    let sql = "SELECT i.\"unique\" || ' ' || group_concat(c.name || ' ' || c.desc)
               FROM pragma_index_list(?1) AS i, pragma_index_xinfo(i.name) AS c
               WHERE c.key GROUP BY i.name ORDER BY 1";
    let mut statement = connection.prepare(sql).unwrap();
    let keys = statement.query_map([table], |row| row.get(0)).unwrap();
    keys.map(Result::unwrap).collect()
}

fn one_of_each(file: &QueueFile) {
    let body = BodyRow::new("spec.md", "# Spec\n");
    file.events(&[EventRow::new("01A")])
        .bodies(std::slice::from_ref(&body))
        .failures(&[FailureRow::new(body, "bad_request: unsupported")]);
}

#[test]
fn todays_shape_is_the_recorded_one() {
    let (home, _) = SpecKittyHome::sample();
    let recorded = QueueFile::existing(home.legacy_path());
    let made = home.scoped("a|b|c", Schema::current());
    for table in schema::TABLES {
        assert_eq!(columns(&made, table), columns(&recorded, table));
        assert_eq!(keys(&made, table), keys(&recorded, table));
        assert!(!keys(&made, table).is_empty());
    }
}

#[test]
fn older_and_odd_shapes_take_the_same_rows() {
    let home = SpecKittyHome::new();
    let today = home.legacy(Schema::current());
    one_of_each(&today);
    let today = today.dump();
    for (oddity, table, changed) in [
        (Oddity::WithoutCoalesceKey, "queue", "coalesce_key"),
        (Oddity::OldNames, "body_upload_queue", "mission_slug"),
        (Oddity::OldNames, "body_upload_failure_log", "mission_type"),
        (
            Oddity::ExtraColumn("queue", "origin TEXT"),
            "queue",
            "origin",
        ),
    ] {
        let file = home.legacy(Schema::current().with(oddity.clone()));
        one_of_each(&file);
        let (then, now) = (&file.dump()[table][0], &today[table][0]);
        let differs = then.get(changed).is_some() != now.get(changed).is_some();
        assert!(differs, "{oddity:?} {then}");
        assert_eq!(file.integrity(), "ok");
    }
    let oldest = home.legacy(Schema::oldest());
    one_of_each(&oldest);
    let body = &oldest.dump()["body_upload_queue"][0];
    assert_eq!(body["feature_slug"], "010-demo");
    assert_eq!(body["mission_key"], "software-dev");
}

#[test]
fn keys_may_come_twice_only_without_unique() {
    let home = SpecKittyHome::new();
    let file = home.legacy(Schema::current().with(Oddity::WithoutUnique));
    one_of_each(&file);
    one_of_each(&file);
    for table in schema::TABLES {
        assert_eq!(file.count(table), 2);
    }
    let strict = home.legacy(Schema::current());
    one_of_each(&strict);
    let sql = "INSERT INTO queue(event_id, event_type, data, timestamp) VALUES ('01A', '', '', 0)";
    let connection = Connection::open(strict.path()).unwrap();
    assert!(connection.execute(sql, []).is_err());
}

#[test]
fn a_missing_table_is_left_out() {
    let home = SpecKittyHome::new();
    let file = home.legacy(Schema::current().with(Oddity::WithoutTable("body_upload_failure_log")));
    assert_eq!(file.dump(), json!({ "queue": [], "body_upload_queue": [] }));
}

#[test]
fn bad_cells_are_there_and_shown() {
    let home = SpecKittyHome::new();
    let file = home.legacy(Schema::current().with(Oddity::WithoutNotNull));
    let rows = ["01A", "01B", "01C", "01D"].map(EventRow::new);
    file.events(&rows)
        .spoil("queue", 1, "event_id", BadCell::Null)
        .spoil("queue", 2, "data", BadCell::NotUtf8)
        .spoil("queue", 3, "data", BadCell::Blob)
        .spoil("queue", 4, "timestamp", BadCell::Word);
    let dump = file.dump_with_ids();
    assert_eq!(dump["queue"][0]["event_id"], Value::Null);
    assert_eq!(dump["queue"][1]["data"], json!({ "text": "66ff6f" }));
    assert_eq!(dump["queue"][2]["data"], json!({ "blob": "00ff" }));
    assert_eq!(dump["queue"][3]["timestamp"], "soon");
    let ids = dump["queue"].as_array().unwrap().iter();
    assert!(ids.map(|row| &row["id"]).eq([1, 2, 3, 4].iter()));
}

#[test]
fn a_dump_does_not_depend_on_ids_and_order() {
    let home = SpecKittyHome::new();
    let (first, second) = (EventRow::new("01A"), EventRow::new("01B"));
    let one = home.legacy(Schema::current());
    one.events(&[first.clone(), second.clone()]);
    let other = home.scoped("a|b|c", Schema::current());
    other.events(&[second, first]);
    assert_eq!(one.dump(), other.dump());
    assert_ne!(one.dump_with_ids(), other.dump_with_ids());
    other.execute("UPDATE queue SET retry_count = 1 WHERE event_id = '01A'");
    assert_ne!(one.dump(), other.dump());
}

#[test]
fn filling_makes_the_same_distinct_rows_of_a_kilobyte() {
    let home = SpecKittyHome::new();
    let whole = home.legacy(Schema::current());
    whole.fill(0..200);
    let pieces = home.scoped("a|b|c", Schema::oldest());
    pieces.fill(100..200).fill(0..100);
    for file in [&whole, &pieces] {
        assert_eq!(file.count("queue"), 200, "ids are unique");
        assert_eq!(file.count("body_upload_queue"), 20);
    }
    let dumps = (whole.dump(), pieces.dump());
    for row in dumps.0["queue"].as_array().unwrap() {
        let data = row["data"].as_str().unwrap();
        assert_eq!(data.len(), 1024);
        let event: Value = serde_json::from_str(data).unwrap();
        assert_eq!(event["event_id"], row["event_id"]);
        assert_eq!(row["event_id"].as_str().unwrap().len(), 26);
    }
    let data = |dump: &Value| -> Vec<Value> {
        let rows = dump["queue"].as_array().unwrap().iter();
        rows.map(|row| row["data"].clone()).collect()
    };
    assert_eq!(data(&dumps.0), data(&dumps.1), "whatever the shape");
}

#[test]
fn a_lock_keeps_others_out_until_dropped() {
    let home = SpecKittyHome::new();
    let file = home.legacy(Schema::current());
    let impatient = Connection::open(file.path()).unwrap();
    impatient.busy_timeout(std::time::Duration::ZERO).unwrap();
    let count =
        || impatient.query_row("SELECT count(*) FROM queue", [], |row| row.get::<_, i64>(0));
    let lock = file.lock();
    assert!(count().is_err());
    drop(lock);
    assert_eq!(count(), Ok(0));
}
