//! Values of rows, passed on as they are.

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Row, ToSql};
use serde_json::{Map, Value, json};
use sync_core::queue::Cell;

use super::shape::Shape;

/// The cells of one row: the known columns, then the others.
pub(super) struct Cells<'a> {
    /// In the order of the table's columns; `None` where the file lacks the column.
    pub(super) known: Vec<Option<Cell<'a>>>,
    pub(super) extra: Vec<Cell<'a>>,
}

impl<'a> Cells<'a> {
    /// Reads a row whose columns, from `first` on, are those of [`Shape::read`].
    pub(super) fn of(row: &'a Row<'_>, first: usize, shape: &Shape) -> rusqlite::Result<Self> {
        let mut next = first;
        let mut read = || {
            next += 1;
            row.get_ref(next - 1).map(cell)
        };
        let known = shape.known.iter();
        let known = known.map(|name| name.as_ref().map(|_| read()).transpose());
        Ok(Self {
            known: known.collect::<Result<_, _>>()?,
            extra: shape
                .extra
                .iter()
                .map(|_| read())
                .collect::<Result<_, _>>()?,
        })
    }

    /// Returns every cell there is.
    pub(super) fn all(&self) -> impl Iterator<Item = Cell<'a>> {
        let known = self.known.iter().copied().flatten();
        known.chain(self.extra.iter().copied())
    }

    /// Returns the row as an object of its columns, under the names they have today.
    pub(super) fn json(&self, shape: &Shape) -> String {
        let known = shape.table.columns().iter().zip(&self.known);
        let known = known.filter_map(|(column, cell)| Some((column.name.to_owned(), (*cell)?)));
        let extra = shape.extra.iter().cloned().zip(self.extra.iter().copied());
        let object: Map<String, Value> = known
            .chain(extra)
            .map(|(name, cell)| (name, readable(cell)))
            .collect();
        Value::Object(object).to_string()
    }
}

/// The cells of one row, out of their file: what they hold lies in one piece.
pub(super) struct OwnedCells {
    known: Vec<Option<Place>>,
    extra: Vec<Place>,
    bytes: Vec<u8>,
}

/// A cell, or where its bytes lie.
#[derive(Clone, Copy)]
enum Place {
    Null,
    Integer(i64),
    Real(f64),
    Text(usize, usize),
    Blob(usize, usize),
}

impl OwnedCells {
    pub(super) fn of(cells: &Cells<'_>) -> Self {
        let mut bytes = Vec::new();
        let mut place = |cell: &Cell<'_>| {
            let mut keep = |content: &[u8]| {
                bytes.extend_from_slice(content);
                (bytes.len() - content.len(), bytes.len())
            };
            match cell {
                Cell::Null => Place::Null,
                Cell::Integer(number) => Place::Integer(*number),
                Cell::Real(number) => Place::Real(*number),
                Cell::Text(text) => {
                    let (from, to) = keep(text);
                    Place::Text(from, to)
                }
                Cell::Blob(blob) => {
                    let (from, to) = keep(blob);
                    Place::Blob(from, to)
                }
            }
        };
        Self {
            known: cells
                .known
                .iter()
                .map(|cell| cell.as_ref().map(&mut place))
                .collect(),
            extra: cells.extra.iter().map(&mut place).collect(),
            bytes,
        }
    }

    pub(super) fn borrow(&self) -> Cells<'_> {
        let cell = |place: Place| match place {
            Place::Null => Cell::Null,
            Place::Integer(number) => Cell::Integer(number),
            Place::Real(number) => Cell::Real(number),
            Place::Text(from, to) => Cell::Text(&self.bytes[from..to]),
            Place::Blob(from, to) => Cell::Blob(&self.bytes[from..to]),
        };
        Cells {
            known: self.known.iter().map(|place| place.map(cell)).collect(),
            extra: self.extra.iter().copied().map(cell).collect(),
        }
    }
}

fn cell(value: ValueRef<'_>) -> Cell<'_> {
    match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(number) => Cell::Integer(number),
        ValueRef::Real(number) => Cell::Real(number),
        ValueRef::Text(text) => Cell::Text(text),
        ValueRef::Blob(bytes) => Cell::Blob(bytes),
    }
}

/// A cell as JSON; what JSON cannot say is an object that names its type.
fn readable(cell: Cell<'_>) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Integer(number) => number.into(),
        Cell::Real(number) => match serde_json::Number::from_f64(number) {
            Some(number) => Value::Number(number),
            None => json!({ "real": number.to_string() }),
        },
        Cell::Text(text) => match std::str::from_utf8(text) {
            Ok(text) => text.into(),
            Err(_) => json!({ "text": hex(text) }),
        },
        Cell::Blob(bytes) => json!({ "blob": hex(bytes) }),
    }
}

/// Writes bytes as lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A cell as a parameter: text goes through byte by byte, whether it is UTF-8 or not.
pub(super) struct Raw<'a>(pub(super) Cell<'a>);

impl ToSql for Raw<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Cell::Null => ValueRef::Null,
            Cell::Integer(number) => ValueRef::Integer(number),
            Cell::Real(number) => ValueRef::Real(number),
            Cell::Text(text) => ValueRef::Text(text),
            Cell::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}
