//! Deleting from the legacy file what has moved.

use std::hash::{DefaultHasher, Hasher};

use rusqlite::{Connection, TransactionBehavior};
use sync_core::queue::{Cell, Table};

use super::Step;
use super::carry::select;
use crate::queue::cell::Cells;
use crate::queue::shape::{Shape, quoted};

/// Rows that lay beside each other when they were read: all whose ids are in between, both ends
/// included.
pub(super) struct Chunk {
    pub(super) table: Table,
    pub(super) first: i64,
    pub(super) last: i64,
    pub(super) mark: Mark,
}

/// What tells a chunk from one in which anything has changed.
#[derive(Default)]
pub(super) struct Mark(DefaultHasher);

impl Mark {
    pub(super) fn add(&mut self, id: i64, cells: &Cells<'_>) {
        self.0.write_i64(id);
        for cell in cells.all() {
            let (kind, bytes): (u8, &[u8]) = match &cell {
                Cell::Null => (0, &[]),
                Cell::Integer(number) => (1, &number.to_ne_bytes()),
                Cell::Real(number) => (2, &number.to_bits().to_ne_bytes()),
                Cell::Text(text) => (3, text),
                Cell::Blob(bytes) => (4, bytes),
            };
            self.0.write_u8(kind);
            self.0.write_usize(bytes.len());
            self.0.write(bytes);
        }
    }

    fn is(&self, other: &Self) -> bool {
        self.0.finish() == other.0.finish()
    }
}

/// Returns a number that changes whenever another process has committed to the file.
pub(super) fn version(file: &Connection) -> rusqlite::Result<i64> {
    file.pragma_query_value(None, "data_version", |row| row.get(0))
}

/// Deletes the rows of every chunk that says what it said, in one transaction. `version` is that of
/// the file before the first chunk was read.
pub(super) fn release(
    legacy: &mut Connection,
    shapes: &[Shape],
    chunks: &[Chunk],
    before: i64,
    watch: &mut dyn FnMut(Step<'_>),
) -> rusqlite::Result<()> {
    let transaction = legacy.transaction_with_behavior(TransactionBehavior::Immediate)?;
    watch(Step::Locked);
    let untouched = version(&transaction)? == before;
    for shape in shapes {
        let of_table = chunks.iter().filter(|chunk| chunk.table == shape.table);
        if !untouched {
            keep_changed(&transaction, shape, of_table)?;
        }
        // Without a condition SQLite drops the pages of the table, and does not visit its rows.
        let table = quoted(shape.table.name());
        transaction.execute(&format!("DELETE FROM {table}"), [])?;
        if !untouched {
            transaction.execute_batch(&format!(
                "INSERT INTO {table} SELECT * FROM temp.kept; DROP TABLE temp.kept"
            ))?;
        }
    }
    watch(Step::Deleted);
    transaction.commit()?;
    watch(Step::Released);
    Ok(())
}

/// Puts the rows that nobody has read as they are now into a temporary table.
fn keep_changed<'a>(
    file: &Connection,
    shape: &Shape,
    chunks: impl Iterator<Item = &'a Chunk>,
) -> rusqlite::Result<()> {
    let table = quoted(shape.table.name());
    file.execute_batch(&format!(
        "CREATE TEMP TABLE kept AS SELECT * FROM main.{table} WHERE 0"
    ))?;
    let mut keep = file.prepare(&format!(
        "INSERT INTO temp.kept SELECT * FROM main.{table} WHERE rowid BETWEEN ?1 AND ?2"
    ))?;
    let mut next = Some(i64::MIN);
    for chunk in chunks {
        if is_same(file, shape, chunk)? {
            if let Some(first) = next.filter(|first| *first < chunk.first) {
                keep.execute([first, chunk.first - 1])?;
            }
            next = chunk.last.checked_add(1);
        }
    }
    if let Some(first) = next {
        keep.execute([first, i64::MAX])?;
    }
    Ok(())
}

fn is_same(file: &Connection, shape: &Shape, chunk: &Chunk) -> rusqlite::Result<bool> {
    let mut mark = Mark::default();
    let mut select = select(file, shape)?;
    let mut rows = select.query([chunk.first])?;
    while let Some(row) = rows.next()? {
        let id = row.get(0)?;
        if id > chunk.last {
            break;
        }
        mark.add(id, &Cells::of(row, 1, shape)?);
    }
    Ok(mark.is(&chunk.mark))
}
