//! What the contract suite cannot ask of every hub: foreign clients, lost connections, faults of servers.

mod foreign;
mod leases;
mod lost;
mod races;
mod secure;
mod trouble;
mod wire;

use super::*;
use std::error::Error;
use sync_core::hub::Version;
use sync_core::ids::{FileId, HubId};
use sync_core::status::TaskStatus;
use test_support::PostgresServer;
use test_support::contract::block_on;
use test_support::contract::hub::contest::furnish;

fn ada() -> Writer {
    Writer("ada@laptop".into())
}

async fn open(address: &str) -> PostgresHub {
    PostgresHub::open(address).await.unwrap()
}

/// Opens a new hub with so many tasks.
async fn furnished(address: &str, tasks: usize) -> PostgresHub {
    let hub = open(address).await;
    furnish(&hub, tasks).await;
    hub
}

async fn rows(hub: &PostgresHub) -> HubRows {
    hub.read(&Slug::new("shop")).await.unwrap()
}

/// Returns the ids of the tasks.
async fn tasks(hub: &PostgresHub) -> Vec<HubId> {
    rows(hub)
        .await
        .tasks
        .into_iter()
        .map(|row| row.id)
        .collect()
}

async fn perform(hub: &PostgresHub, writes: &[HubWrite]) -> Result<Vec<HubOutcome>, PostgresError> {
    hub.perform(writes, &ada()).await
}

fn set(id: &HubId, seen: u64, status: TaskStatus) -> HubWrite {
    HubWrite::SetTaskStatus {
        id: id.clone(),
        seen: Version(seen),
        status,
        reopen: false,
    }
}

/// Returns an error with everything it says, in which the password must not be.
fn said(error: &PostgresError) -> String {
    let mut said = format!("{error} | {error:?} | {}", error.hint());
    let mut source = error.source();
    while let Some(cause) = source {
        said = format!("{said} | {cause} | {cause:?}");
        source = cause.source();
    }
    let server = PostgresServer::shared().expect("a test without a server fails nowhere");
    assert!(!said.contains(server.password()), "{said}");
    said
}

/// Runs a test on the shared server, in a database of its own, or says that there is none.
fn with_server(test: impl AsyncFnOnce(&'static PostgresServer, String)) {
    if let Some(server) = PostgresServer::shared() {
        block_on(test(server, server.database()));
    }
}
