//! The tables of a scoped queue, made and mended (boundary sheet §3).

use std::fs::{DirBuilder, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};

use camino::Utf8Path;
use rusqlite::{Connection, TransactionBehavior};
use sync_core::queue::{Affinity, Cell, Column, Table};

use super::error::Error;
use super::file::{failed, named, open_to_write};
use super::shape::{Shape, list, quoted};

/// The three tables and their indexes, as the other program makes them.
const TABLES: &str = include_str!("schema.sql");

/// What is kept beside them; made when there is something to keep.
pub(super) const SIDE_TABLES: &str = include_str!("side.sql");

/// Tables, indexes, and the columns of the three tables, as they are when nothing is missing.
const WHOLE: (u32, u32) = (3, 6);

/// Makes what a scoped file lacks: tables, indexes, columns, today's names. A file that lacks
/// nothing is not written to. Fails where a column is missing that every row needs.
pub(super) fn prepare(file: &mut Connection) -> Result<(), Unfit> {
    if is_whole(file)? {
        return Ok(());
    }
    let transaction = file.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for table in Table::ALL {
        if let Some(shape) = Shape::of(&transaction, table)? {
            mend(&transaction, &shape)?;
        }
    }
    transaction.execute_batch(TABLES)?;
    for table in Table::ALL {
        index_key(&transaction, table)?;
    }
    transaction.commit()?;
    Ok(())
}

/// Opens a scoped queue for writing, made before where it is missing, and mended where it is old.
pub(super) fn open(path: &Utf8Path) -> Result<Connection, Error> {
    make_file(path)?;
    let mut file = open_to_write(path)?;
    prepare(&mut file).map_err(|unfit| unfit.of(path))?;
    Ok(file)
}

/// Makes an empty file that only the user can read, where there is none.
fn make_file(path: &Utf8Path) -> Result<(), Error> {
    make_folder(path)?;
    let made = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path);
    match made {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(failed(path, error)),
        _ => Ok(()),
    }
}

/// Makes the folder of a file, for the user alone, where there is none.
pub(super) fn make_folder(path: &Utf8Path) -> Result<(), Error> {
    let folder = path.parent().unwrap_or(path);
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|source| failed(folder, source))
}

/// Why a file cannot be made a scoped queue.
#[derive(Debug)]
pub(super) enum Unfit {
    /// A table has no such column, which every row needs.
    Lacking(Table, &'static str),
    Sqlite(rusqlite::Error),
}

impl Unfit {
    /// Names the file.
    pub(super) fn of(self, path: &Utf8Path) -> Error {
        match self {
            Self::Sqlite(source) => named(path, source),
            Self::Lacking(table, column) => Error::Lacking {
                path: path.into(),
                table: table.name(),
                column,
            },
        }
    }
}

impl From<rusqlite::Error> for Unfit {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

fn is_whole(file: &Connection) -> rusqlite::Result<bool> {
    let count =
        "SELECT count(*) FILTER (WHERE type = 'table'), count(*) FILTER (WHERE type = 'index')
                 FROM sqlite_master WHERE name IN ('queue', 'idx_timestamp', 'idx_retry',
                 'idx_coalesce_key', 'body_upload_queue', 'idx_body_queue_next_attempt',
                 'idx_body_queue_namespace', 'body_upload_failure_log',
                 'idx_body_failure_last_failed_at')";
    let there: (u32, u32) = file.query_row(count, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if there != WHOLE {
        return Ok(false);
    }
    for table in Table::ALL {
        let whole = Shape::of(file, table)?.is_some_and(|shape| {
            let today = |(column, name): (&Column, Option<&str>)| {
                name.is_some_and(|name| name.eq_ignore_ascii_case(column.name))
            };
            let indexed = shape.unique || is_indexed(file, table).unwrap_or(false);
            indexed && shape.columns().all(today)
        });
        if !whole {
            return Ok(false);
        }
    }
    Ok(true)
}

fn mend(file: &Connection, shape: &Shape) -> Result<(), Unfit> {
    let table = quoted(shape.table.name());
    for (column, name) in shape.columns() {
        let change = match name {
            Some(name) if name.eq_ignore_ascii_case(column.name) => continue,
            Some(old) => format!("RENAME COLUMN {} TO {}", quoted(old), quoted(column.name)),
            None if column.required && column.default.is_none() => {
                return Err(Unfit::Lacking(shape.table, column.name));
            }
            None => format!("ADD COLUMN {}", definition(column)),
        };
        file.execute_batch(&format!("ALTER TABLE {table} {change}"))?;
    }
    Ok(())
}

fn definition(column: &Column) -> String {
    let kind = match column.affinity {
        Affinity::Text => "TEXT",
        Affinity::Integer => "INTEGER",
        Affinity::Real => "REAL",
    };
    let required = if column.required { " NOT NULL" } else { "" };
    let default = match column.default {
        Some(Cell::Integer(number)) => format!(" DEFAULT {number}"),
        Some(Cell::Real(number)) => format!(" DEFAULT {number:?}"),
        Some(Cell::Text(text)) => format!(" DEFAULT '{}'", String::from_utf8_lossy(text)),
        Some(Cell::Null | Cell::Blob(_)) | None => String::new(),
    };
    format!("{} {kind}{required}{default}", quoted(column.name))
}

/// Lets a row be found by its key where no constraint keeps keys apart, without adding one: there
/// may be keys twice, and they are not ours to choose from.
fn index_key(file: &Connection, table: Table) -> rusqlite::Result<()> {
    if Shape::of(file, table)?.is_some_and(|shape| shape.unique) {
        return Ok(());
    }
    let key = list(table.key_columns().map(|column| column.name));
    let (index, table) = (quoted(&index_name(table)), quoted(table.name()));
    file.execute_batch(&format!(
        "CREATE INDEX IF NOT EXISTS {index} ON {table}({key})"
    ))
}

fn is_indexed(file: &Connection, table: Table) -> rusqlite::Result<bool> {
    let query = "SELECT count(*) FROM sqlite_master WHERE type = 'index' AND name = ?1";
    file.query_row(query, [index_name(table)], |row| row.get(0))
}

fn index_name(table: Table) -> String {
    format!("idx_onward_{}_key", table.name())
}
