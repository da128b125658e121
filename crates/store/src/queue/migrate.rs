//! Moving the rows of the legacy queue into the queue of a scope.
//!
//! Rows are read in chunks and put into the scoped file chunk by chunk, so that neither file is
//! locked for long. Then, under one short lock on the legacy file, what still says what it said when
//! it was read is deleted: nothing is looked at again if nobody has written meanwhile, and the
//! tables are emptied whole. Where the scope has no rows yet, pages are copied instead.
//!
//! Stopped anywhere, a row is in the legacy file or in the scoped one or in both, and the next run
//! completes: a row that has arrived is a duplicate of itself. This is the only code that opens a
//! legacy file for writing.

mod carry;
mod pages;
mod preview;
mod release;

use camino::Utf8PathBuf;
use rusqlite::Connection;
use std::fs::File;
use sync_core::gate::ClearedToMigrate;
use sync_core::identity::Scope;
use sync_core::migration::{PlannedRow, Tally};
use sync_core::queue::{RowCounts, Table};

use super::error::Error;
use super::file::{self, absolute, failed, named, open_to_write};
use super::home::Home;
use super::schema;
use super::shape::Shape;
use carry::Carrier;
use pages::Copied;

/// How often the rows that came while others moved are moved after them.
const ROUNDS: usize = 4;

/// What a migration is about to do or has done; handed to whoever watches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// So many rows lie in the legacy file.
    Found(RowCounts),
    /// The scoped file has all its tables.
    Prepared,
    /// Rows are in the scoped file, and the transaction is not committed yet.
    Inserted(usize),
    /// Rows are in the scoped file for good.
    Committed(usize),
    /// What has become of a row. Said once it is safe in the scoped file; where pages are copied,
    /// while they are.
    Row(&'a PlannedRow),
    /// The scoped file was made from the legacy one, and is not in its place yet.
    Copied,
    /// It is in its place.
    Placed,
    /// The legacy file is locked for deleting.
    Locked,
    /// What has moved is deleted from the legacy file, and the transaction is not committed yet.
    Deleted,
    /// It is deleted for good.
    Released,
}

/// What a migration did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MigrationReport {
    /// What became of events, bodies and entries of the failure log, in this order. A row that was
    /// looked at again because it changed meanwhile counts each time.
    pub tables: [Tally; 3],
    /// Rows that moved, but for columns that the scoped table lacks; these are kept with the rows
    /// set aside.
    pub partial: u64,
    /// What lies in the legacy file afterwards: rows that were queued while others moved.
    pub left: RowCounts,
}

impl MigrationReport {
    /// Returns what became of all rows.
    pub fn total(&self) -> Tally {
        let mut total = Tally::default();
        for tally in &self.tables {
            total.carried += tally.carried;
            total.duplicates += tally.duplicates;
            total.conflicts += tally.conflicts;
            total.set_aside += tally.set_aside;
        }
        total
    }

    fn count(&mut self, row: &PlannedRow) {
        self.tables[row.table as usize].count(&row.fate);
    }
}

/// A migration that may run.
#[derive(Debug)]
pub struct Migration {
    legacy: Utf8PathBuf,
    scoped: Utf8PathBuf,
    _cleared: ClearedToMigrate,
}

impl Migration {
    /// Takes the gate's leave. Nothing is touched yet.
    pub fn new(cleared: ClearedToMigrate, home: &Home, scope: &Scope) -> Result<Self, Error> {
        Ok(Self {
            legacy: absolute(&home.legacy_queue())?,
            scoped: absolute(&home.scoped_queue(scope))?,
            _cleared: cleared,
        })
    }

    /// Moves every row there is, and says what became of each. Without rows nothing is written,
    /// but for unfinished transactions in either file, which are rolled back.
    ///
    /// # Errors
    ///
    /// One of the files cannot be used. What has moved until then has moved, and the rest is where it
    /// was.
    pub fn run(self, watch: &mut dyn FnMut(Step<'_>)) -> Result<MigrationReport, Error> {
        let mut report = MigrationReport::default();
        self.mend_scoped()?;
        if file::metadata(&self.legacy)?.is_none_or(|data| data.len() == 0) {
            return Ok(report);
        }
        // Opened before and closed after every connection: closing it drops a connection's locks.
        let bytes = File::open(&self.legacy).map_err(|source| failed(&self.legacy, source))?;
        let mut legacy = open_to_write(&self.legacy)?;
        for round in 0..ROUNDS {
            report.left = self.of_legacy(file::counts(&legacy))?;
            if is_empty(&report.left) {
                break;
            }
            watch(Step::Found(report.left));
            if round == 0
                && let Copied::All(moved) = self.copy_pages(&mut legacy, &bytes, watch)?
            {
                report = moved;
            } else {
                self.carry(&mut legacy, &mut report, watch)?;
            }
            report.left = self.of_legacy(file::counts(&legacy))?;
        }
        drop(legacy);
        drop(bytes);
        Ok(report)
    }

    /// Says what a migration would do, and changes nothing.
    ///
    /// # Errors
    ///
    /// One of the files cannot be read.
    pub fn preview(home: &Home, scope: &Scope) -> Result<MigrationReport, Error> {
        preview::preview(&home.legacy_queue(), &home.scoped_queue(scope))
    }

    /// Rolls back what a killed process has left in the scoped file, rows to move or not: nobody may
    /// look into it before.
    fn mend_scoped(&self) -> Result<(), Error> {
        let journal = Utf8PathBuf::from(format!("{}-journal", self.scoped));
        if file::metadata(&journal)?.is_some() && file::metadata(&self.scoped)?.is_some() {
            let scoped = open_to_write(&self.scoped)?;
            // Reading is enough.
            file::counts(&scoped).map_err(|source| named(&self.scoped, source))?;
        }
        Ok(())
    }

    fn carry(
        &self,
        legacy: &mut Connection,
        report: &mut MigrationReport,
        watch: &mut dyn FnMut(Step<'_>),
    ) -> Result<(), Error> {
        let mut scoped = schema::open(&self.scoped)?;
        watch(Step::Prepared);
        let shapes = self.of_legacy(shapes(legacy))?;
        let version = self.of_legacy(release::version(legacy))?;
        let mut carrier = Carrier::new(&self.legacy, &self.scoped, &mut scoped)?;
        let chunks = carrier.carry_all(legacy, &shapes, report, watch)?;
        let released = release::release(legacy, &shapes, &chunks, version, watch);
        self.of_legacy(released)
    }

    fn of_legacy<T>(&self, result: rusqlite::Result<T>) -> Result<T, Error> {
        result.map_err(|source| named(&self.legacy, source))
    }
}

fn is_empty(counts: &RowCounts) -> bool {
    counts.pending() == 0 && counts.failures == 0
}

fn shapes(file: &Connection) -> rusqlite::Result<Vec<Shape>> {
    let shapes = Table::ALL.map(|table| Shape::of(file, table));
    shapes.into_iter().filter_map(Result::transpose).collect()
}

#[cfg(test)]
mod tests;
