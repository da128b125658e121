//! The hub in a file keeps the contract of every hub.

use camino::Utf8Path;
use rusqlite::{Connection, params};
use store::SqliteHub;
use sync_core::hub::{HubRows, RowState};
use sync_core::ids::{FileId, Slug};
use tempfile::TempDir;
use test_support::contract::hub::HubSubject;

async fn fresh() -> HubSubject<SqliteHub, TempDir> {
    let home = tempfile::tempdir().expect("a folder of its own");
    let folder = Utf8Path::from_path(home.path()).expect("a path in UTF-8");
    let hub = SqliteHub::open(&folder.join("hub.sqlite3")).expect("a new hub");
    HubSubject {
        hub,
        plant,
        kept: home,
    }
}

/// Inserts rows as another program would.
fn plant(hub: &SqliteHub, rows: &HubRows) {
    let connection = Connection::open(hub.path()).expect("a second client");
    let last = |state: &RowState| {
        let version = i64::try_from(state.version.0).expect("a small version");
        (version, state.reopens, state.changed_at.0)
    };
    for row in &rows.workplans {
        assert_eq!(row.repository.as_ref().map(Slug::as_str), None);
        let (version, reopens, changed_at) = last(&row.state);
        let insert = "INSERT INTO workplans
            (id, file_id, title, status, version, reopens, changed_by, changed_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        let values = params![
            row.id.as_str(),
            row.file_id.as_ref().map(FileId::as_str),
            row.title,
            row.status.to_string(),
            version,
            reopens,
            row.state.changed_by,
            changed_at
        ];
        connection.execute(insert, values).expect("a workplan");
    }
    for row in &rows.tasks {
        let (version, reopens, changed_at) = last(&row.state);
        let insert = "INSERT INTO tasks
            (id, workplan_id, file_id, title, status, priority, version, reopens, changed_by,
             changed_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
        let values = params![
            row.id.as_str(),
            row.workplan.as_str(),
            row.file_id.as_ref().map(FileId::as_str),
            row.title,
            row.status.to_string(),
            row.priority,
            version,
            reopens,
            row.state.changed_by,
            changed_at
        ];
        connection.execute(insert, values).expect("a task");
    }
}

test_support::hub_contract!(fresh);
