//! What is kept beside the rows of a scoped file: conflicts, and rows that were set aside.

use rusqlite::{CachedStatement, Connection, params};
use serde_json::Value;
use sync_core::queue::{RowDigest, RowKey, Table};

use super::cell::{Cells, hex};
use super::schema::SIDE_TABLES;
use super::shape::{Shape, list, quoted};

/// Who set a row aside; the row's id is one of the legacy file, or one of the scoped.
#[derive(Clone, Copy)]
pub(super) enum Origin {
    Migration,
    Flush,
}

impl Origin {
    fn word(self) -> &'static str {
        match self {
            Self::Migration => "migration",
            Self::Flush => "flush",
        }
    }
}

/// The side tables of a file, for rows of one table.
pub(super) struct Side<'a> {
    file: &'a Connection,
    table: Table,
    conflict: CachedStatement<'a>,
    set_aside: CachedStatement<'a>,
}

impl<'a> Side<'a> {
    /// Makes the tables where they are missing.
    pub(super) fn open(file: &'a Connection, table: Table) -> rusqlite::Result<Self> {
        file.execute_batch(SIDE_TABLES)?;
        Ok(Self {
            file,
            table,
            conflict: file.prepare_cached(
                "INSERT INTO migration_conflicts (table_name, row_key, digest, legacy_row)
                 VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
            )?,
            set_aside: file.prepare_cached(
                "INSERT INTO set_aside (table_name, origin, row_id, digest, reason, row)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
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

    /// Keeps a row of the same file, read once more as it is.
    pub(super) fn keep(&mut self, origin: Origin, id: i64, reason: &str) -> rusqlite::Result<()> {
        let Some(shape) = Shape::of(self.file, self.table)? else {
            return Ok(());
        };
        let (columns, table) = (list(shape.read()), quoted(self.table.name()));
        let query = format!("SELECT {columns} FROM {table} WHERE rowid = ?1");
        let mut select = self.file.prepare_cached(&query)?;
        let mut rows = select.query([id])?;
        while let Some(row) = rows.next()? {
            let cells = Cells::of(row, 0, &shape)?;
            let digest = RowDigest::of(cells.all());
            self.set_aside(origin, id, &digest, reason, &cells.json(&shape))?;
        }
        Ok(())
    }

    /// Keeps a row that no table can hold or no server will take, once for each id and content.
    pub(super) fn set_aside(
        &mut self,
        origin: Origin,
        id: i64,
        digest: &RowDigest,
        reason: &str,
        row: &str,
    ) -> rusqlite::Result<()> {
        self.set_aside.execute(params![
            self.table.name(),
            origin.word(),
            id,
            hex(&digest.0),
            reason,
            row
        ])?;
        Ok(())
    }
}
