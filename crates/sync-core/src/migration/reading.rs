//! What a row says, or why it cannot be said in the scoped tables.

use crate::queue::{Cell, Column, Role, RowDigest, RowKey, Table};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// A row, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// It has a key, and fits the scoped table.
    Whole {
        /// Its key.
        key: RowKey,
        /// Its payload.
        digest: RowDigest,
    },
    /// It does not fit.
    Odd {
        /// Why, by the first column that is odd.
        oddity: Oddity,
        /// All its cells.
        digest: RowDigest,
    },
}

/// Why a row does not fit; each names the column by its name today.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Oddity {
    /// The file lacks a column that every row needs.
    MissingColumn(&'static str),
    /// A part of the key is NULL.
    NullKey(&'static str),
    /// A column is NULL that must not be.
    NullValue(&'static str),
    /// Text is not UTF-8.
    NotUtf8(&'static str),
    /// A part of the key is no text.
    KeyNotText(&'static str),
}

impl Oddity {
    /// Returns what is odd about a row, given as for [`Reading::of`], without digesting it.
    pub fn of(table: Table, cells: &[Option<Cell<'_>>]) -> Option<Self> {
        let columns = table.columns().iter().enumerate();
        columns
            .map(|(n, column)| read(column, at(n, column, cells)))
            .find_map(Result::err)
    }

    /// Returns the reason as it is kept beside the row and shown.
    pub fn sentence(self) -> String {
        match self {
            Self::MissingColumn(column) => format!("the table has no column {column}"),
            Self::NullKey(column) => format!("the key column {column} is NULL"),
            Self::NullValue(column) => format!("{column} is NULL"),
            Self::NotUtf8(column) => format!("{column} is not UTF-8"),
            Self::KeyNotText(column) => format!("the key column {column} is not text"),
        }
    }
}

impl Reading {
    /// Reads cells in the order of [`Table::columns`], `None` for a column that the file lacks; cells
    /// beyond them are not looked at, and missing ones are columns the file lacks.
    ///
    /// Columns that only the file has are no part of a reading: who carries the row keeps what they
    /// hold.
    pub fn of(table: Table, cells: &[Option<Cell<'_>>]) -> Self {
        let mut key = Vec::new();
        let mut payload = Vec::new();
        for (n, column) in table.columns().iter().enumerate() {
            match read(column, at(n, column, cells)) {
                Err(oddity) => {
                    let all = cells.iter().map(|cell| cell.unwrap_or(Cell::Null));
                    return Self::Odd {
                        oddity,
                        digest: RowDigest::of(all),
                    };
                }
                Ok(Value::Key(text)) => key.push(text.into()),
                Ok(Value::Payload(cell)) => payload.push(cell),
                Ok(Value::Delivery) => {}
            }
        }
        Self::Whole {
            key: RowKey { table, values: key },
            digest: RowDigest::of(payload),
        }
    }
}

enum Value<'a> {
    Key(&'a str),
    Payload(Cell<'a>),
    Delivery,
}

/// Returns a row's cell, or the default of a column that the file lacks.
fn at<'a>(n: usize, column: &Column, cells: &[Option<Cell<'a>>]) -> Option<Cell<'a>> {
    cells.get(n).copied().flatten().or(column.default)
}

fn read<'a>(column: &Column, cell: Option<Cell<'a>>) -> Result<Value<'a>, Oddity> {
    let name = column.name;
    let cell = match cell {
        Some(cell) => cell,
        None if column.required => return Err(Oddity::MissingColumn(name)),
        None => Cell::Null,
    };
    let key = column.role == Role::Key;
    match cell {
        Cell::Null if key => Err(Oddity::NullKey(name)),
        Cell::Null if column.required => Err(Oddity::NullValue(name)),
        Cell::Text(text) => match core::str::from_utf8(text) {
            Err(_) => Err(Oddity::NotUtf8(name)),
            Ok(text) if key => Ok(Value::Key(text)),
            Ok(_) => Ok(Value::of(column.role, cell)),
        },
        _ if key => Err(Oddity::KeyNotText(name)),
        _ => Ok(Value::of(column.role, cell)),
    }
}

impl<'a> Value<'a> {
    fn of(role: Role, cell: Cell<'a>) -> Self {
        match role {
            Role::Payload => Self::Payload(cell),
            Role::Key | Role::Delivery => Self::Delivery,
        }
    }
}
