//! Rows, chunk by chunk, from the legacy into the scoped file.

use std::time::{Duration, Instant};

use camino::Utf8Path;
use rusqlite::{CachedStatement, Connection, Transaction, TransactionBehavior};
use sync_core::migration::{Fate, PlannedRow, Reading};
use sync_core::queue::{Cell, Column, Role, RowDigest, RowKey, Table};

use super::release::{Chunk, Mark};
use super::{MigrationReport, Step};
use crate::queue::cell::{Cells, OwnedCells, Raw};
use crate::queue::error::Error;
use crate::queue::file::named;
use crate::queue::shape::{Shape, list, quoted};
use crate::queue::side::{Origin, Side};

/// How long the scoped file is meant to be locked at a time, the commit included.
const LOCKED: Duration = Duration::from_millis(70);

/// How long it is left alone in between: a writer that SQLite lets wait asks again every 25 ms, so it
/// gets its turn, and has waited for far less than 250 ms.
const GAP: Duration = Duration::from_millis(26);

/// The first, the fewest and the most rows of a chunk: what is kept of them in memory stays small.
const FIRST: usize = 2_500;
const FEWEST: usize = 50;
const MOST: usize = 8_000;

/// What a chunk changes is kept in memory until it is committed, so that the file is not locked for
/// reading before: in KiB, as SQLite takes it.
const CACHE: i64 = -24_576;

/// Puts rows into a scoped file.
pub(super) struct Carrier<'a> {
    legacy_path: &'a Utf8Path,
    scoped_path: &'a Utf8Path,
    scoped: &'a mut Connection,
    /// How many rows are carried at a time.
    rows: usize,
    /// When the scoped file was let go, if it was locked for long.
    free: Option<Instant>,
}

/// A row as it was read, out of its file.
struct Waiting {
    id: i64,
    cells: OwnedCells,
    reading: Reading,
}

impl<'a> Carrier<'a> {
    pub(super) fn new(
        legacy_path: &'a Utf8Path,
        scoped_path: &'a Utf8Path,
        scoped: &'a mut Connection,
    ) -> Result<Self, Error> {
        scoped
            .pragma_update(None, "cache_size", CACHE)
            .map_err(|source| named(scoped_path, source))?;
        Ok(Self {
            legacy_path,
            scoped_path,
            scoped,
            rows: FIRST,
            free: None,
        })
    }

    /// Carries every row there is, and returns what was read where.
    pub(super) fn carry_all(
        &mut self,
        legacy: &Connection,
        shapes: &[Shape],
        report: &mut MigrationReport,
        watch: &mut dyn FnMut(Step<'_>),
    ) -> Result<Vec<Chunk>, Error> {
        let mut chunks = Vec::new();
        for shape in shapes {
            let into = Shape::of(self.scoped, shape.table)
                .map_err(|source| named(self.scoped_path, source))?;
            let Some(into) = into else { continue };
            let mut from = Some(i64::MIN);
            while let Some(first) = from {
                let read = read_chunk(legacy, shape, first, self.rows);
                let (rows, chunk) = read.map_err(|source| named(self.legacy_path, source))?;
                from = chunk.as_ref().and_then(|chunk| chunk.last.checked_add(1));
                chunks.extend(chunk);
                if !rows.is_empty() {
                    self.carry_chunk(rows, shape, &into, report, watch)?;
                }
            }
        }
        Ok(chunks)
    }

    fn carry_chunk(
        &mut self,
        rows: Vec<Waiting>,
        from: &Shape,
        into: &Shape,
        report: &mut MigrationReport,
        watch: &mut dyn FnMut(Step<'_>),
    ) -> Result<(), Error> {
        let path = self.scoped_path;
        let of_scoped = |source| named(path, source);
        if let Some(rest) = self.free.and_then(|free| GAP.checked_sub(free.elapsed())) {
            std::thread::sleep(rest);
        }
        let scoped = self
            .scoped
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(of_scoped)?;
        let locked = Instant::now();
        let mut writer = Writer::new(&scoped, from, into).map_err(of_scoped)?;
        let mut planned = Vec::with_capacity(rows.len());
        for Waiting { id, cells, reading } in rows {
            let fate = writer
                .take(id, &cells.borrow(), reading)
                .map_err(of_scoped)?;
            planned.push(PlannedRow {
                id,
                table: from.table,
                fate,
            });
        }
        let partial = writer.partial;
        drop(writer);
        watch(Step::Inserted(planned.len()));
        scoped.commit().map_err(of_scoped)?;
        let took = locked.elapsed();
        // After a short lock nobody has waited for long.
        self.free = (took >= GAP).then(Instant::now);
        self.adapt(planned.len(), took);
        watch(Step::Committed(planned.len()));
        report.partial += partial;
        for row in &planned {
            report.count(row);
            watch(Step::Row(row));
        }
        Ok(())
    }

    /// Carries as many rows next time as should take as long as the file may be locked, but not many
    /// times more than last time.
    fn adapt(&mut self, rows: usize, took: Duration) {
        let took = took.max(Duration::from_micros(1)).as_micros();
        let fit = LOCKED.as_micros() * rows as u128 / took;
        let fit = usize::try_from(fit).unwrap_or(MOST).min(self.rows * 3);
        self.rows = fit.clamp(FEWEST, MOST);
    }
}

/// Reads rows from an id on, while nothing is locked against writing but the legacy file's commits.
fn read_chunk(
    legacy: &Connection,
    shape: &Shape,
    first: i64,
    most: usize,
) -> rusqlite::Result<(Vec<Waiting>, Option<Chunk>)> {
    let transaction = legacy.unchecked_transaction()?;
    let mut waiting = Vec::with_capacity(most);
    let mut mark = Mark::default();
    let mut select = select(&transaction, shape)?;
    let mut rows = select.query([first])?;
    while waiting.len() < most
        && let Some(row) = rows.next()?
    {
        let id = row.get(0)?;
        let cells = Cells::of(row, 1, shape)?;
        mark.add(id, &cells);
        waiting.push(Waiting {
            id,
            reading: Reading::of(shape.table, &cells.known),
            cells: OwnedCells::of(&cells),
        });
    }
    let chunk = waiting.last().map(|row| Chunk {
        table: shape.table,
        first,
        last: row.id,
        mark,
    });
    Ok((waiting, chunk))
}

/// Selects rows from an id on, in the order of their ids.
pub(super) fn select<'a>(
    file: &'a Connection,
    shape: &Shape,
) -> rusqlite::Result<CachedStatement<'a>> {
    let columns = list(shape.read());
    let comma = if columns.is_empty() { "" } else { ", " };
    let table = quoted(shape.table.name());
    file.prepare_cached(&format!(
        "SELECT rowid{comma}{columns} FROM {table} WHERE rowid >= ?1 ORDER BY rowid"
    ))
}

/// Gives each row its fate, in one transaction on the scoped file.
struct Writer<'a> {
    transaction: &'a Transaction<'a>,
    table: Table,
    from: &'a Shape,
    /// Which of the row's other columns the scoped table has as well.
    shared: Vec<bool>,
    /// The scoped table itself keeps keys apart.
    unique: bool,
    insert: CachedStatement<'a>,
    found: Found<'a>,
    side: Option<Side<'a>>,
    partial: u64,
}

impl<'a> Writer<'a> {
    fn new(
        transaction: &'a Transaction<'a>,
        from: &'a Shape,
        into: &Shape,
    ) -> rusqlite::Result<Self> {
        let has = |name: &String| into.extra.iter().any(|own| own.eq_ignore_ascii_case(name));
        let shared: Vec<bool> = from.extra.iter().map(has).collect();
        let here = |(column, name): (&'static Column, Option<&str>)| name.map(|_| column.name);
        let extra = from.extra.iter().zip(&shared);
        let extra = extra.filter_map(|(name, shared)| shared.then_some(name.as_str()));
        let columns: Vec<&str> = from.columns().filter_map(here).chain(extra).collect();
        let key = list(from.table.key_columns().map(|column| column.name));
        // A statement of a single row, since one of several would need a journal of its own.
        let unless = if into.unique {
            format!(" ON CONFLICT({key}) DO NOTHING")
        } else {
            String::new()
        };
        let table = quoted(from.table.name());
        let insert = if columns.is_empty() {
            // Every row of such a table is odd, and nothing is inserted.
            transaction.prepare_cached("SELECT 1")?
        } else {
            let values: Vec<String> = (1..=columns.len()).map(|n| format!("?{n}")).collect();
            transaction.prepare_cached(&format!(
                "INSERT INTO {table} ({}) VALUES ({}){unless}",
                list(columns.iter().copied()),
                values.join(", "),
            ))?
        };
        Ok(Self {
            transaction,
            table: from.table,
            from,
            shared,
            unique: into.unique,
            insert,
            found: Found::new(transaction, into)?,
            side: None,
            partial: 0,
        })
    }

    fn take(&mut self, id: i64, cells: &Cells<'_>, reading: Reading) -> rusqlite::Result<Fate> {
        let fate = match reading {
            Reading::Odd { oddity, digest } => {
                let reason = oddity.sentence();
                let row = cells.json(self.from);
                self.side()?
                    .set_aside(Origin::Migration, id, &digest, &reason, &row)?;
                return Ok(Fate::SetAside { oddity, digest });
            }
            Reading::Whole { key, .. } if self.insert(&key, cells)? => Fate::Carry(key),
            Reading::Whole { key, digest } => {
                if self.found.has(&key, digest)? {
                    Fate::Duplicate { of: key }
                } else {
                    let row = cells.json(self.from);
                    self.side()?.conflict(&key, &digest, &row)?;
                    Fate::Conflict { with: key, digest }
                }
            }
        };
        self.keep_rest(id, cells)?;
        Ok(fate)
    }

    /// Inserts a row unless one of its key is there; says whether it did.
    fn insert(&mut self, key: &RowKey, cells: &Cells<'_>) -> rusqlite::Result<bool> {
        if !self.unique && self.found.any(key)? {
            return Ok(false);
        }
        let extra = cells.extra.iter().zip(&self.shared);
        let extra = extra.filter_map(|(cell, shared)| shared.then_some(*cell));
        let values = cells.known.iter().copied().flatten().chain(extra);
        for (n, cell) in values.enumerate() {
            self.insert.raw_bind_parameter(n + 1, Raw(cell))?;
        }
        Ok(self.insert.raw_execute()? == 1)
    }

    /// Keeps what stands in columns that the scoped table lacks.
    fn keep_rest(&mut self, id: i64, cells: &Cells<'_>) -> rusqlite::Result<()> {
        let lost = cells.extra.iter().zip(&self.shared).zip(&self.from.extra);
        let lost: Vec<&str> = lost
            .filter(|((cell, shared), _)| !**shared && **cell != Cell::Null)
            .map(|(_, name)| name.as_str())
            .collect();
        if lost.is_empty() {
            return Ok(());
        }
        self.partial += 1;
        let reason = format!(
            "moved, but the scoped table has no column {}",
            lost.join(", ")
        );
        let digest = RowDigest::of(cells.all());
        let row = cells.json(self.from);
        self.side()?
            .set_aside(Origin::Migration, id, &digest, &reason, &row)
    }

    fn side(&mut self) -> rusqlite::Result<&mut Side<'a>> {
        match &mut self.side {
            Some(side) => Ok(side),
            side @ None => Ok(side.insert(Side::open(self.transaction, self.table)?)),
        }
    }
}

/// Looks up rows of a scoped table by their key.
pub(super) struct Found<'a> {
    shape: Shape,
    statement: CachedStatement<'a>,
}

impl<'a> Found<'a> {
    pub(super) fn new(file: &'a Connection, shape: &Shape) -> rusqlite::Result<Self> {
        let key = shape
            .columns()
            .filter(|(column, _)| column.role == Role::Key);
        let key = key.enumerate().map(|(n, (column, name))| {
            format!("{} = ?{}", quoted(name.unwrap_or(column.name)), n + 1)
        });
        let key = key.collect::<Vec<_>>().join(" AND ");
        let (columns, table) = (list(shape.read()), quoted(shape.table.name()));
        Ok(Self {
            shape: shape.clone(),
            statement: file
                .prepare_cached(&format!("SELECT {columns} FROM {table} WHERE {key}"))?,
        })
    }

    /// Hands on what the rows of a key say.
    pub(super) fn each(
        &mut self,
        key: &RowKey,
        mut take: impl FnMut(Reading),
    ) -> rusqlite::Result<()> {
        let mut rows = self
            .statement
            .query(rusqlite::params_from_iter(key.values()))?;
        while let Some(row) = rows.next()? {
            let cells = Cells::of(row, 0, &self.shape)?;
            take(Reading::of(self.shape.table, &cells.known));
        }
        Ok(())
    }

    fn any(&mut self, key: &RowKey) -> rusqlite::Result<bool> {
        self.statement
            .exists(rusqlite::params_from_iter(key.values()))
    }

    fn has(&mut self, key: &RowKey, wanted: RowDigest) -> rusqlite::Result<bool> {
        let mut same = false;
        self.each(key, |reading| {
            same |= matches!(reading, Reading::Whole { digest, .. } if digest == wanted);
        })?;
        Ok(same)
    }
}
