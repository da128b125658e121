//! The hubs: one in a file of the user's own.

mod sqlite;

pub use sqlite::SqliteHub;
