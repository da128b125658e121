//! The hubs: one in a file of the user's own, one in a database of many machines.

#[cfg(feature = "postgres")]
mod postgres;
mod sqlite;

#[cfg(feature = "postgres")]
pub use postgres::{PostgresError, PostgresHub};
pub use sqlite::SqliteHub;
