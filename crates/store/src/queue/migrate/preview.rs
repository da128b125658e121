//! What a migration would do.

use camino::Utf8Path;
use rusqlite::Connection;
use sync_core::migration::{LegacyRow, Reading, ScopedRows, plan_migration};

use super::carry::{Found, select};
use super::{MigrationReport, shapes};
use crate::queue::cell::Cells;
use crate::queue::error::Error;
use crate::queue::file::{Look, counts, named};
use crate::queue::shape::Shape;

/// So many rows are planned at once, where no two can have one key.
const CHUNK: usize = 1000;

pub(super) fn preview(legacy: &Utf8Path, scoped: &Utf8Path) -> Result<MigrationReport, Error> {
    let mut report = MigrationReport::default();
    let Some(from) = Look::open(legacy)? else {
        return Ok(report);
    };
    let into = Look::open(scoped)?;
    report.left = from.read(legacy, counts)?;
    for shape in from.read(legacy, shapes)? {
        let table = match &into {
            Some(into) => into.read(scoped, |file| Shape::of(file, shape.table))?,
            None => None,
        };
        let into = into.as_ref().zip(table.as_ref());
        let mut chunk = Vec::new();
        let mut plan = |chunk: &mut Vec<LegacyRow>| {
            let there = match into {
                Some((into, table)) => into.read(scoped, |file| keys(file, table, chunk))?,
                None => ScopedRows::default(),
            };
            for row in plan_migration(chunk.drain(..), &there).rows {
                report.count(&row);
            }
            Ok::<(), Error>(())
        };
        let of_legacy = |source| named(legacy, source);
        let mut select = select(&from.connection, &shape).map_err(of_legacy)?;
        let mut rows = select.query([i64::MIN]).map_err(of_legacy)?;
        while let Some(row) = rows.next().map_err(of_legacy)? {
            let cells = Cells::of(row, 1, &shape).map_err(of_legacy)?;
            chunk.push(LegacyRow {
                id: row.get(0).map_err(of_legacy)?,
                table: shape.table,
                reading: Reading::of(shape.table, &cells.known),
            });
            // Where keys may be there twice, the first of each must be known to all that follow.
            if shape.unique && chunk.len() == CHUNK {
                plan(&mut chunk)?;
            }
        }
        plan(&mut chunk)?;
    }
    Ok(report)
}

/// Reads the scoped rows that have the keys of legacy ones.
fn keys(file: &Connection, table: &Shape, rows: &[LegacyRow]) -> rusqlite::Result<ScopedRows> {
    let mut there = ScopedRows::default();
    let mut found = Found::new(file, table)?;
    for row in rows {
        if let Reading::Whole { key, .. } = &row.reading {
            found.each(key, |reading| {
                if let Reading::Whole { key, digest } = reading {
                    there.insert(key, digest);
                }
            })?;
        }
    }
    Ok(there)
}
