//! Numbers as PostgreSQL keeps them, all signed, and as the core has them.

use std::error::Error;

use sync_core::hub::{Made, Version};
use sync_core::ids::HubId;
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, Type};

/// A number that is not below 0: one that is is damage, and an error that names its column.
struct Unsigned<T>(T);

impl<'a> FromSql<'a> for Unsigned<u64> {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(u64::try_from(i64::from_sql(kind, raw)?)?))
    }

    fn accepts(kind: &Type) -> bool {
        <i64 as FromSql>::accepts(kind)
    }
}

impl<'a> FromSql<'a> for Unsigned<u32> {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(u32::try_from(i32::from_sql(kind, raw)?)?))
    }

    fn accepts(kind: &Type) -> bool {
        <i32 as FromSql>::accepts(kind)
    }
}

/// Reads a `BIGINT` that counts.
pub(super) fn count(row: &Row, column: usize) -> Result<u64, tokio_postgres::Error> {
    row.try_get(column).map(|Unsigned(number)| number)
}

pub(super) fn version(row: &Row, column: usize) -> Result<Version, tokio_postgres::Error> {
    count(row, column).map(Version)
}

pub(super) fn reopens(row: &Row, column: usize) -> Result<u32, tokio_postgres::Error> {
    row.try_get(column).map(|Unsigned(number)| number)
}

/// Reads the row a statement begins with: id, version, reopens.
pub(super) fn made(row: &Row) -> Result<Made, tokio_postgres::Error> {
    Ok(Made {
        id: HubId::new(row.try_get::<_, &str>(0)?),
        version: version(row, 1)?,
        reopens: reopens(row, 2)?,
    })
}

/// Returns a number as a statement compares it; one that no row can have equals none.
pub(super) fn compared(number: u64) -> Option<i64> {
    i64::try_from(number).ok()
}
