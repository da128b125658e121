//! What names a row, and what tells whether two rows say the same.

use super::Table;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use sha2::{Digest, Sha256};

/// The unique key of a row, which it keeps when it moves to another file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowKey {
    pub(crate) table: Table,
    pub(crate) values: Vec<String>,
}

impl RowKey {
    /// Takes the values of the key's columns, in their order; `None` if there are not as many values
    /// as the table's key has columns.
    pub fn new<V: Into<String>>(table: Table, values: impl IntoIterator<Item = V>) -> Option<Self> {
        let values: Vec<String> = values.into_iter().map(Into::into).collect();
        (values.len() == table.key_columns().count()).then_some(Self { table, values })
    }

    /// Names an event.
    pub fn event(event_id: &str) -> Self {
        Self {
            table: Table::Events,
            values: [event_id.to_string()].into(),
        }
    }

    /// Returns the table the row lies in.
    pub fn table(&self) -> Table {
        self.table
    }

    /// Returns the values of the key's columns, in their order.
    pub fn values(&self) -> &[String] {
        &self.values
    }
}

impl fmt::Display for RowKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.values.join("|"))
    }
}

/// The value of one column in one row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'a> {
    /// NULL.
    Null,
    /// A whole number.
    Integer(i64),
    /// A floating-point number.
    Real(f64),
    /// Text as stored, which need not be UTF-8.
    Text(&'a [u8]),
    /// Bytes.
    Blob(&'a [u8]),
}

/// 32 bytes that are equal exactly if the cells are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowDigest(pub [u8; 32]);

impl RowDigest {
    /// Digests cells in order, each with its type and length, so that no two sequences look alike.
    /// A real that is a whole number is one with that integer, since a column may turn either into
    /// the other.
    pub fn of<'a>(cells: impl IntoIterator<Item = Cell<'a>>) -> Self {
        let mut hasher = Sha256::new();
        for cell in cells {
            let (kind, bytes): (u8, &[u8]) = match &cell {
                Cell::Null => (0, &[]),
                Cell::Integer(number) => (1, &number.to_le_bytes()),
                Cell::Real(number) => match whole(*number) {
                    Some(number) => (1, &number.to_le_bytes()),
                    None => (2, &number.to_bits().to_le_bytes()),
                },
                Cell::Text(text) => (3, text),
                Cell::Blob(bytes) => (4, bytes),
            };
            hasher.update([kind]);
            hasher.update((bytes.len() as u64).to_le_bytes());
            hasher.update(bytes);
        }
        Self(hasher.finalize().into())
    }
}

/// Returns the integer that a real is, if it is one and small enough for each to be a real.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::float_cmp,
    reason = "the cast back shows whether anything was lost"
)]
fn whole(number: f64) -> Option<i64> {
    let integer = number as i64;
    (integer.unsigned_abs() < 1 << 53 && integer as f64 == number).then_some(integer)
}
