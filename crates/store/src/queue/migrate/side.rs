//! What is kept beside the rows of a scoped file: conflicts, and rows that were set aside.

use rusqlite::{CachedStatement, Connection, params};
use serde_json::Value;
use sync_core::queue::{RowDigest, RowKey, Table};

use crate::queue::cell::hex;
use crate::queue::schema::SIDE_TABLES;

/// The side tables of a file, for rows of one table.
pub(super) struct Side<'a> {
    table: Table,
    conflict: CachedStatement<'a>,
    set_aside: CachedStatement<'a>,
}

impl<'a> Side<'a> {
    /// Makes the tables where they are missing.
    pub(super) fn open(file: &'a Connection, table: Table) -> rusqlite::Result<Self> {
        file.execute_batch(SIDE_TABLES)?;
        Ok(Self {
            table,
            conflict: file.prepare_cached(
                "INSERT INTO migration_conflicts (table_name, row_key, digest, legacy_row)
                 VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
            )?,
            set_aside: file.prepare_cached(
                "INSERT INTO set_aside (table_name, origin, row_id, digest, reason, row)
                 VALUES (?1, 'migration', ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
            )?,
        })
    }

    /// Keeps a row whose key is taken by another payload, once for each key and payload.
    pub(super) fn conflict(
        &mut self,
        key: &RowKey,
        digest: &RowDigest,
        row: &str,
    ) -> rusqlite::Result<()> {
        let values = key.values().iter().map(|value| Value::from(value.as_str()));
        let key = Value::Array(values.collect()).to_string();
        self.conflict
            .execute(params![self.table.name(), key, hex(&digest.0), row])?;
        Ok(())
    }

    /// Keeps a row that no scoped table could hold, once for each legacy id and content.
    pub(super) fn set_aside(
        &mut self,
        id: i64,
        digest: &RowDigest,
        reason: &str,
        row: &str,
    ) -> rusqlite::Result<()> {
        self.set_aside
            .execute(params![self.table.name(), id, hex(&digest.0), reason, row])?;
        Ok(())
    }
}
