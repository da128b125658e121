//! The hub in PostgreSQL keeps the contract of every hub, directly and through a proxy that pools
//! transactions.
#![cfg(feature = "postgres")]

use std::fmt::Write as _;
use store::PostgresHub;
use sync_core::hub::{HubRows, RowState};
use sync_core::ids::FileId;
use test_support::contract::hub::HubSubject;
use test_support::{Pooler, PostgresServer};

/// The address of a subject's database, past any proxy.
type Direct = String;

async fn direct() -> Option<HubSubject<PostgresHub, Direct>> {
    let server = PostgresServer::shared()?;
    let database = server.database();
    let hub = PostgresHub::open(&database).await.expect("a new hub");
    Some(subject(hub, database))
}

async fn pooled() -> Option<HubSubject<PostgresHub, Direct>> {
    let server = PostgresServer::shared()?;
    let database = server.database();
    let pooler = shared_pooler(server)?;
    let hub = PostgresHub::open(&pooler.url(&database))
        .await
        .expect("a new hub");
    Some(subject(hub, database))
}

fn shared_pooler(server: &PostgresServer) -> Option<&'static Pooler> {
    static SHARED: std::sync::OnceLock<Option<Pooler>> = std::sync::OnceLock::new();
    SHARED.get_or_init(|| Pooler::start(server)).as_ref()
}

fn subject(hub: PostgresHub, database: Direct) -> HubSubject<PostgresHub, Direct> {
    HubSubject {
        hub,
        plant,
        kept: database,
    }
}

/// Inserts rows as another program would.
fn plant(hub: &PostgresHub, rows: &HubRows) {
    let mut sql = String::new();
    for row in &rows.workplans {
        assert_eq!(row.repository, None);
        writeln!(
            sql,
            "INSERT INTO onward.workplans (id, file_id, title, status, {STATE}) \
             VALUES ({}, {}, {}, {}, {});",
            quoted(row.id.as_str()),
            file(row.file_id.as_ref()),
            quoted(&row.title),
            quoted(&row.status.to_string()),
            state(&row.state)
        )
        .expect("text");
    }
    for row in &rows.tasks {
        writeln!(
            sql,
            "INSERT INTO onward.tasks (id, workplan_id, file_id, title, status, priority, {STATE}) \
             VALUES ({}, {}, {}, {}, {}, {}, {});",
            quoted(row.id.as_str()),
            quoted(row.workplan.as_str()),
            file(row.file_id.as_ref()),
            quoted(&row.title),
            quoted(&row.status.to_string()),
            row.priority.as_deref().map_or("NULL".into(), quoted),
            state(&row.state)
        )
        .expect("text");
    }
    let server = PostgresServer::shared().expect("the server of the subject");
    server.sql(hub.place(), &sql);
}

const STATE: &str = "version, reopens, changed_by, changed_at";

fn state(state: &RowState) -> String {
    format!(
        "{}, {}, {}, to_timestamp({})",
        state.version.0,
        state.reopens,
        quoted(&state.changed_by),
        state.changed_at.0
    )
}

fn file(id: Option<&FileId>) -> String {
    id.map_or("NULL".into(), |id| quoted(id.as_str()))
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

mod directly {
    test_support::hub_contract!(super::direct);
}

mod through_a_proxy {
    test_support::hub_contract!(super::pooled);
}
