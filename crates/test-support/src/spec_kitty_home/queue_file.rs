//! One queue file: making it, filling it, spoiling it, and reading all of it.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;

use camino::{Utf8Path, Utf8PathBuf};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use serde_json::{Map, Value, json};

use super::hex;
use super::rows::{BodyRow, EventRow, FailureRow, Row, nth_body, nth_event};
use super::schema::{Schema, TABLES};

/// A queue file on disk. It is open only within the calls.
#[derive(Clone, Debug)]
pub struct QueueFile {
    path: Utf8PathBuf,
    schema: Schema,
}

/// What a cell should not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadCell {
    /// NULL; needs a file with `Oddity::WithoutNotNull` where the column forbids it.
    Null,
    /// Text whose bytes are not UTF-8.
    NotUtf8,
    /// Bytes.
    Blob,
    /// A word, for columns of numbers.
    Word,
}

/// An exclusive lock on a queue file, until dropped.
#[derive(Debug)]
pub struct Lock {
    _connection: Connection,
}

impl QueueFile {
    /// Makes a file of this shape, in the place of an older one, with its folders.
    pub fn create(path: Utf8PathBuf, schema: Schema) -> Self {
        Self::create_from(path, &schema.sql(), schema)
    }

    /// Makes a file of today's shape from SQL text.
    pub(super) fn from_sql(path: Utf8PathBuf, sql: &str) -> Self {
        Self::create_from(path, sql, Schema::current())
    }

    fn create_from(path: Utf8PathBuf, sql: &str, schema: Schema) -> Self {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        if path.exists() {
            fs::remove_file(&path).unwrap();
        }
        Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        Self { path, schema }
    }

    /// An existing file, of today's shape as far as rows are put in.
    pub fn existing(path: Utf8PathBuf) -> Self {
        let schema = Schema::current();
        Self { path, schema }
    }

    /// Where it is.
    pub fn path(&self) -> &Utf8Path {
        &self.path
    }

    /// Adds events.
    pub fn events(&self, rows: &[EventRow]) -> &Self {
        self.insert(rows.iter().cloned())
    }

    /// Adds body uploads.
    pub fn bodies(&self, rows: &[BodyRow]) -> &Self {
        self.insert(rows.iter().cloned())
    }

    /// Adds entries of the failure log.
    pub fn failures(&self, rows: &[FailureRow]) -> &Self {
        self.insert(rows.iter().cloned())
    }

    /// Adds the events with these numbers, each of 1 KB, and a body for every tenth. The same
    /// numbers make the same rows. Fast enough for a million.
    pub fn fill(&self, numbers: Range<u64>) -> &Self {
        self.insert(numbers.clone().map(nth_event))
            .insert(numbers.filter(|n| n % 10 == 0).map(nth_body))
    }

    /// Runs any SQL.
    pub fn execute(&self, sql: &str) -> &Self {
        self.open().execute_batch(sql).unwrap();
        self
    }

    /// Spoils one cell of the row with this id.
    pub fn spoil(&self, table: &str, id: i64, column: &str, cell: BadCell) -> &Self {
        let value = match cell {
            BadCell::Null => "NULL",
            BadCell::NotUtf8 => "CAST(x'66ff6f' AS TEXT)",
            BadCell::Blob => "x'00ff'",
            BadCell::Word => "'soon'",
        };
        let sql = format!("UPDATE {table} SET {column} = {value} WHERE id = {id}");
        assert_eq!(self.open().execute(&sql, []).unwrap(), 1, "{sql}");
        self
    }

    /// How many rows a table has.
    pub fn count(&self, table: &str) -> i64 {
        let sql = format!("SELECT count(*) FROM {table}");
        let connection = self.open_for_reading();
        connection.query_row(&sql, [], |row| row.get(0)).unwrap()
    }

    /// What SQLite says of the file's health; `ok` if it is well.
    pub fn integrity(&self) -> String {
        let connection = self.open_for_reading();
        connection
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .unwrap()
    }

    /// The rows of all three tables by the tables' names, in no order but always the same, and
    /// without their ids, which are local to a file. Tables that are missing are left out.
    pub fn dump(&self) -> Value {
        let mut tables = self.dump_with_ids();
        for rows in tables.as_object_mut().unwrap().values_mut() {
            let rows = rows.as_array_mut().unwrap();
            for row in &mut *rows {
                row.as_object_mut().unwrap().remove("id");
            }
            rows.sort_by_cached_key(Value::to_string);
        }
        tables
    }

    /// The rows of all three tables in the order of their ids. A cell that JSON cannot show as it
    /// is becomes `{"blob": <hex>}`, or `{"text": <hex>}` for text that is not UTF-8.
    pub fn dump_with_ids(&self) -> Value {
        let connection = self.open_for_reading();
        let tables = TABLES
            .into_iter()
            .filter(|table| connection.table_exists(None, *table).unwrap());
        tables
            .map(|table| (table.to_owned(), rows_of(&connection, table)))
            .collect()
    }

    /// Locks the file against every reader and writer.
    pub fn lock(&self) -> Lock {
        let connection = self.open();
        connection.execute_batch("BEGIN EXCLUSIVE").unwrap();
        Lock {
            _connection: connection,
        }
    }

    fn insert<R: Row>(&self, rows: impl Iterator<Item = R>) -> &Self {
        let mut connection = self.open();
        // Nobody misses the rows when the machine stops in the middle of a test.
        connection
            .pragma_update(None, "synchronous", "OFF")
            .unwrap();
        let transaction = connection.transaction().unwrap();
        for row in rows {
            row.insert(&transaction, &self.schema);
        }
        transaction.commit().unwrap();
        self
    }

    fn open(&self) -> Connection {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
        Connection::open_with_flags(&self.path, flags).unwrap()
    }

    fn open_for_reading(&self) -> Connection {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        Connection::open_with_flags(&self.path, flags).unwrap()
    }
}

fn rows_of(connection: &Connection, table: &str) -> Value {
    let sql = format!("SELECT * FROM {table} ORDER BY id");
    let mut statement = connection.prepare(&sql).unwrap();
    let names = statement.column_names().map(ToOwned::to_owned);
    let names: Vec<String> = names.collect();
    let rows = statement.query_map([], |row| {
        let cells = names.iter().enumerate();
        // Sorted, so that files whose columns stand in another order compare equal.
        let cells: BTreeMap<&String, Value> = cells
            .map(|(at, name)| Ok((name, shown(row.get_ref(at)?))))
            .collect::<rusqlite::Result<_>>()?;
        let cells: Map<String, Value> = cells
            .into_iter()
            .map(|(name, value)| (name.clone(), value))
            .collect();
        Ok(Value::Object(cells))
    });
    rows.unwrap().map(Result::unwrap).collect()
}

fn shown(cell: ValueRef<'_>) -> Value {
    match cell {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => json!(number),
        ValueRef::Real(number) => json!(number),
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => json!(text),
            Err(_) => json!({ "text": hex(bytes) }),
        },
        ValueRef::Blob(bytes) => json!({ "blob": hex(bytes) }),
    }
}
