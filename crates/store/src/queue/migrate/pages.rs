//! Copying the legacy file whole, where the scope has no rows yet.
//!
//! The legacy file's write lock is held all the while, so that what is copied is what is deleted.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::os::unix::fs::FileExt;
use std::thread::ScopedJoinHandle;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, TransactionBehavior};
use sync_core::migration::{Fate, Oddity, PlannedRow};
use sync_core::queue::{Role, RowKey, Table};

use super::carry::select;
use super::{Migration, MigrationReport, Step, shapes};
use crate::queue::cell::Cells;
use crate::queue::error::Error;
use crate::queue::file::{counts, failed, metadata, named, open_to_write};
use crate::queue::schema;
use crate::queue::shape::{Shape, list, quoted};

/// What came of an attempt to copy pages.
pub(super) enum Copied {
    /// The files are not fit for it, and are as they were.
    Not,
    /// Everything has moved.
    All(MigrationReport),
}

/// Where the bytes are that SQLite counts up with every commit.
const CHANGE_COUNTER: u64 = 24;

impl Migration {
    pub(super) fn copy_pages(
        &self,
        legacy: &mut Connection,
        bytes: &File,
        watch: &mut dyn FnMut(Step<'_>),
    ) -> Result<Copied, Error> {
        let target = match metadata(&self.scoped)? {
            None => None,
            Some(_) => match self.empty_target()? {
                Some(target) => Some(target),
                None => return Ok(Copied::Not),
            },
        };
        let of_legacy = |source| named(&self.legacy, source);
        let transaction = legacy
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(of_legacy)?;
        if !is_fit(&transaction).map_err(of_legacy)? {
            return Ok(Copied::Not);
        }
        let placed = std::thread::scope(|scope| {
            let check = scope.spawn(|| self.is_whole());
            match target {
                None => self.place_copy(bytes, check, watch),
                Some(target) => self.fill(target, check, watch),
            }
        })?;
        if !placed {
            return Ok(Copied::Not);
        }
        watch(Step::Placed);
        let report = moved(&transaction, watch).map_err(of_legacy)?;
        for shape in shapes(&transaction).map_err(of_legacy)? {
            let table = quoted(shape.table.name());
            transaction
                .execute(&format!("DELETE FROM {table}"), [])
                .map_err(of_legacy)?;
        }
        watch(Step::Deleted);
        transaction.commit().map_err(of_legacy)?;
        watch(Step::Released);
        Ok(Copied::All(report))
    }

    /// Says whether no row is odd. So all rows are carried, since no two have one key.
    fn is_whole(&self) -> Result<bool, Error> {
        let of_legacy = |source| named(&self.legacy, source);
        let file = open_to_write(&self.legacy)?;
        for shape in shapes(&file).map_err(of_legacy)? {
            if !is_whole(&file, &shape).map_err(of_legacy)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Makes a copy beside its place and links it there; says whether the place was still free.
    fn place_copy(
        &self,
        mut bytes: &File,
        check: Check<'_>,
        watch: &mut dyn FnMut(Step<'_>),
    ) -> Result<bool, Error> {
        schema::make_folder(&self.scoped)?;
        let of_disk = |source| failed(&self.scoped, source);
        let of_scoped = |source| named(&self.scoped, source);
        let folder = self.scoped.parent().unwrap_or(&self.scoped);
        // While the legacy file is locked nobody else makes a draft: one that lies there a crash has
        // left, as long as the queue itself.
        let name = format!(".{}.tmp", self.scoped.file_name().unwrap_or("queue"));
        match fs::remove_file(folder.join(&name)) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(of_disk(error)),
            _ => {}
        }
        let mut draft = tempfile::Builder::new()
            .prefix(&name)
            .rand_bytes(0)
            .tempfile_in(folder)
            .map_err(of_disk)?;
        std::io::copy(&mut bytes, draft.as_file_mut()).map_err(of_disk)?;
        let mut copy = Connection::open(draft.path()).map_err(of_scoped)?;
        // Nobody reads a draft that a crash has left, so it needs no journal; it is synced below.
        copy.pragma_update_and_check(None, "journal_mode", "OFF", |_| Ok(()))
            .and_then(|()| copy.pragma_update(None, "synchronous", "OFF"))
            .map_err(of_scoped)?;
        schema::prepare(&mut copy).map_err(|unfit| unfit.of(&self.scoped))?;
        copy.close().map_err(|(_, source)| of_scoped(source))?;
        draft.as_file().sync_all().map_err(of_disk)?;
        if !joined(check)? {
            return Ok(false);
        }
        watch(Step::Copied);
        match draft.persist_noclobber(&self.scoped) {
            Ok(_) => File::open(folder)
                .and_then(|folder| folder.sync_all())
                .map_err(of_disk)
                .map(|()| true),
            Err(error) if error.error.kind() == ErrorKind::AlreadyExists => Ok(false),
            Err(error) => Err(of_disk(error.error)),
        }
    }

    /// Opens the scoped file if nothing lies in it.
    fn empty_target(&self) -> Result<Option<Target>, Error> {
        let of_scoped = |source| named(&self.scoped, source);
        let file = File::open(&self.scoped).map_err(|source| failed(&self.scoped, source))?;
        let connection = open_to_write(&self.scoped)?;
        let look = |connection: &Connection| {
            let transaction = connection.unchecked_transaction()?;
            let counts = counts(&transaction)?;
            let empty = counts.pending() == 0 && counts.failures == 0;
            let fit = empty && has_only_ours(&transaction)?;
            // No commit can come in between while this transaction reads.
            Ok((fit && !is_logged(&transaction)?, counter(&file)))
        };
        let (fit, counter) = look(&connection).map_err(of_scoped)?;
        Ok(fit.then_some(Target {
            connection,
            file,
            counter,
        }))
    }

    /// Fills a file that nothing lies in, in one transaction of its own; says whether it was still
    /// empty when it was locked.
    fn fill(
        &self,
        mut target: Target,
        check: Check<'_>,
        watch: &mut dyn FnMut(Step<'_>),
    ) -> Result<bool, Error> {
        let of_scoped = |source| named(&self.scoped, source);
        // SQLite copies from no connection that is about to write; what this one reads cannot change.
        let legacy = open_to_write(&self.legacy)?;
        let backup = Backup::new(&legacy, &mut target.connection).map_err(of_scoped)?;
        let mut result = backup.step(1).map_err(of_scoped)?;
        if matches!(result, StepResult::Busy | StepResult::Locked)
            || counter(&target.file) != target.counter
        {
            return Ok(false);
        }
        let rest = backup.progress().remaining - 1;
        if result != StepResult::Done && rest > 0 {
            result = backup.step(rest).map_err(of_scoped)?;
        }
        // The last page commits.
        if !joined(check)? {
            return Ok(false);
        }
        watch(Step::Copied);
        if result != StepResult::Done {
            result = backup.step(-1).map_err(of_scoped)?;
        }
        drop(backup);
        if result != StepResult::Done {
            return Ok(false);
        }
        schema::prepare(&mut target.connection).map_err(|unfit| unfit.of(&self.scoped))?;
        Ok(true)
    }
}

/// The check of every row, on its way.
type Check<'a> = ScopedJoinHandle<'a, Result<bool, Error>>;

fn joined(check: Check<'_>) -> Result<bool, Error> {
    check
        .join()
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// A scoped file that nothing lies in.
struct Target {
    connection: Connection,
    /// Opened before and closed after the connection: closing it drops the connection's locks.
    file: File,
    counter: Option<[u8; 4]>,
}

/// Returns the file's counter of commits; `None` for a file that has no header yet.
fn counter(file: &File) -> Option<[u8; 4]> {
    let mut counter = [0; 4];
    file.read_exact_at(&mut counter, CHANGE_COUNTER).ok()?;
    Some(counter)
}

/// Says whether a legacy file is one a scoped file can be made of as it is.
fn is_fit(legacy: &Connection) -> rusqlite::Result<bool> {
    if is_logged(legacy)? || !has_only_ours(legacy)? {
        return Ok(false);
    }
    for shape in shapes(legacy)? {
        let complete = shape
            .columns()
            .all(|(column, name)| name.is_some() || !column.required || column.default.is_some());
        if !shape.unique || !shape.extra.is_empty() || !complete {
            return Ok(false);
        }
    }
    Ok(true)
}

fn is_whole(file: &Connection, shape: &Shape) -> rusqlite::Result<bool> {
    let mut select = select(file, shape)?;
    let mut rows = select.query([i64::MIN])?;
    while let Some(row) = rows.next()? {
        let cells = Cells::of(row, 1, shape)?;
        if Oddity::of(shape.table, &cells.known).is_some() {
            return Ok(false);
        }
    }
    Ok(true)
}

fn is_logged(file: &Connection) -> rusqlite::Result<bool> {
    file.pragma_query_value(None, "journal_mode", |row| row.get(0))
        .map(|mode: String| mode == "wal")
}

fn has_only_ours(file: &Connection) -> rusqlite::Result<bool> {
    let [events, bodies, failures] = Table::ALL.map(Table::name);
    let query = "SELECT count(*) FROM sqlite_master WHERE type <> 'index' AND
                 name NOT IN (?1, ?2, ?3, 'sqlite_sequence')";
    let others: i64 = file.query_row(query, [events, bodies, failures], |row| row.get(0))?;
    Ok(others == 0)
}

/// Tells of every row, by its key alone.
fn moved(file: &Connection, watch: &mut dyn FnMut(Step<'_>)) -> rusqlite::Result<MigrationReport> {
    let mut report = MigrationReport::default();
    for shape in shapes(file)? {
        let key = shape
            .columns()
            .filter(|(column, _)| column.role == Role::Key);
        let key: Vec<&str> = key.filter_map(|(_, name)| name).collect();
        let (columns, table) = (list(key.iter().copied()), quoted(shape.table.name()));
        let mut select = file.prepare(&format!("SELECT rowid, {columns} FROM {table}"))?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            let values = (1..=key.len()).map(|n| row.get::<_, String>(n));
            let values = values.collect::<Result<Vec<_>, _>>()?;
            if let Some(key) = RowKey::new(shape.table, values) {
                let row = PlannedRow {
                    id: row.get(0)?,
                    table: shape.table,
                    fate: Fate::Carry(key),
                };
                report.count(&row);
                watch(Step::Row(&row));
            }
        }
    }
    Ok(report)
}
