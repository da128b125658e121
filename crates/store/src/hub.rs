//! The hubs: one in a file of the user's own, one in a database of many machines, and one behind the
//! REST API of a State Hub.

#[cfg(feature = "postgres")]
mod postgres;
mod rest;
mod sqlite;

#[cfg(feature = "postgres")]
pub use postgres::{PostgresError, PostgresHub};
pub use rest::{StateHub, StateHubError, StateHubLimits, StateHubSettings, StateHubUrl};
pub use sqlite::SqliteHub;
