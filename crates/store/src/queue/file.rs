//! Queue files: looked at without a trace, and opened to write.
//!
//! These files are another program's, so nothing about them is changed in passing: not their journal
//! mode, not their page size, not their name.

use std::fs::{self, File, Metadata};
use std::io::{ErrorKind, Read};
use std::os::unix::fs::MetadataExt;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use rusqlite::{Connection, OpenFlags, OptionalExtension, ffi};
use sync_core::gate::{FileState, FileTrouble, QueueFile};
use sync_core::queue::{RowCounts, Table};
use tempfile::TempDir;

use super::error::Error;
use super::shape::quoted;

/// How long a writer waits for another process, as the other program does (boundary sheet §3).
pub(super) const WRITE_WAIT: Duration = Duration::from_secs(5);

/// How long a look waits for another process to end a commit.
const LOOK_WAIT: Duration = Duration::from_secs(2);

/// How often a file that changes while it is copied is copied again.
const COPIES: usize = 5;

/// A queue file opened to look at it: no byte of it or beside it changes.
pub(super) struct Look {
    pub(super) connection: Connection,
    /// Where the copy lies that is looked at in place of the file.
    _copy: Option<TempDir>,
}

impl Look {
    /// Opens a file; `None` where there is none. One of 0 bytes is a database without tables.
    ///
    /// SQLite makes files beside one with a write-ahead log even to read it, so such a file is read
    /// from a private copy.
    pub(super) fn open(path: &Utf8Path) -> Result<Option<Self>, Error> {
        let path = absolute(path)?;
        if metadata(&path)?.is_none() {
            return Ok(None);
        }
        let copy = if is_logged(&path)? {
            Some(copy(&path)?)
        } else {
            None
        };
        let (flags, source) = match &copy {
            None => (OpenFlags::SQLITE_OPEN_READ_ONLY, path.clone()),
            Some((_, copy)) => (OpenFlags::SQLITE_OPEN_READ_WRITE, copy.clone()),
        };
        let connection =
            Connection::open_with_flags(source, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)
                .and_then(|connection| {
                    connection.busy_timeout(LOOK_WAIT)?;
                    Ok(connection)
                })
                .map_err(|source| named(&path, source))?;
        Ok(Some(Self {
            connection,
            _copy: copy.map(|(folder, _)| folder),
        }))
    }

    /// Reads in one transaction.
    pub(super) fn read<T>(
        &self,
        path: &Utf8Path,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, Error> {
        self.connection
            .unchecked_transaction()
            .and_then(|transaction| read(&transaction))
            .map_err(|source| named(path, source))
    }
}

/// Looks at a queue file for the gate, and changes nothing.
pub fn look(path: &Utf8Path) -> QueueFile {
    let state = Look::open(path).and_then(|look| match look {
        None => Ok(FileState::Absent),
        Some(look) => look.read(path, counts).map(FileState::Read),
    });
    QueueFile {
        path: path.as_str().to_owned(),
        state: state.unwrap_or_else(|error| FileState::Trouble(trouble(&error))),
    }
}

/// Counts the rows of the tables there are.
pub(super) fn counts(file: &Connection) -> rusqlite::Result<RowCounts> {
    Ok(RowCounts {
        events: count(file, Table::Events.name())?,
        bodies: count(file, Table::Bodies.name())?,
        failures: count(file, Table::Failures.name())?,
        conflicts: count(file, "migration_conflicts")?,
        set_aside: count(file, "set_aside")?,
    })
}

pub(super) fn count(file: &Connection, table: &str) -> rusqlite::Result<u64> {
    let exists = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?1 COLLATE NOCASE";
    let exists = file.query_row(exists, [table], |_| Ok(())).optional()?;
    if exists.is_none() {
        return Ok(0);
    }
    let query = format!("SELECT count(*) FROM {}", quoted(table));
    let count: i64 = file.query_row(&query, [], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// Opens a file that is there for writing; an unfinished transaction in it is rolled back when it
/// is first read.
pub(super) fn open_to_write(path: &Utf8Path) -> Result<Connection, Error> {
    let path = absolute(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(&path, flags)
        .and_then(|connection| {
            connection.busy_timeout(WRITE_WAIT)?;
            connection.pragma_update(None, "synchronous", "FULL")?;
            connection.pragma_update(None, "foreign_keys", false)?;
            Ok(connection)
        })
        .map_err(|source| named(&path, source))
}

/// Returns what is at the path: `None` for nothing, an error for what can be no queue.
pub(super) fn metadata(path: &Utf8Path) -> Result<Option<Metadata>, Error> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => Ok(Some(metadata)),
        Ok(_) => Err(crate::Error::NotAFile { path: path.into() }.into()),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(source) => Err(failed(path, source)),
    }
}

/// Names what SQLite answered for this file.
pub(super) fn named(path: &Utf8Path, source: rusqlite::Error) -> Error {
    let code = source.sqlite_error().map(|error| error.extended_code);
    if code == Some(ffi::SQLITE_READONLY_ROLLBACK) {
        return Error::HotJournal { path: path.into() };
    }
    crate::Error::sqlite(path, source).into()
}

pub(super) fn failed(path: &Utf8Path, source: std::io::Error) -> Error {
    let path = path.into();
    crate::Error::File { path, source }.into()
}

/// Makes a path whole, so that no part of it means something to SQLite.
pub(super) fn absolute(path: &Utf8Path) -> Result<Utf8PathBuf, Error> {
    camino::absolute_utf8(path).map_err(|source| failed(path, source))
}

fn trouble(error: &Error) -> FileTrouble {
    use crate::Error as E;
    let mut reason = error.to_string();
    if let Some(cause) = std::error::Error::source(error) {
        reason = format!("{reason}: {cause}");
    }
    match error {
        Error::HotJournal { .. } => FileTrouble::HotJournal,
        Error::Database(E::Locked { .. }) => FileTrouble::Locked,
        Error::Database(E::NotADatabase { .. } | E::Damaged { .. }) => {
            FileTrouble::Damaged { reason }
        }
        _ => FileTrouble::Unreadable { reason },
    }
}

/// Says whether a file keeps a write-ahead log: bytes 18 and 19 of its header are its versions.
pub(super) fn is_logged(path: &Utf8Path) -> Result<bool, Error> {
    let mut header = Vec::new();
    File::open(path)
        .and_then(|file| file.take(20).read_to_end(&mut header))
        .map_err(|source| failed(path, source))?;
    Ok(header.starts_with(b"SQLite format 3\0") && header.get(19) == Some(&2))
}

/// Copies a file and its log to where nobody else is.
fn copy(path: &Utf8Path) -> Result<(TempDir, Utf8PathBuf), Error> {
    let log = Utf8PathBuf::from(format!("{path}-wal"));
    let sight = |path: &Utf8Path| {
        let metadata = metadata(path)?;
        Ok::<_, Error>(metadata.map(|data| (data.len(), data.mtime(), data.mtime_nsec())))
    };
    let folder = tempfile::Builder::new()
        .prefix("onward-look-")
        .tempdir()
        .map_err(|source| failed(path, source))?;
    let to = Utf8Path::from_path(folder.path())
        .ok_or_else(|| failed(path, ErrorKind::InvalidFilename.into()))?
        .join("queue.db");
    let to_log = Utf8PathBuf::from(format!("{to}-wal"));
    for _ in 0..COPIES {
        let before = (sight(path)?, sight(&log)?);
        let copied = fs::copy(path, &to).and_then(|_| {
            if before.1.is_some() {
                fs::copy(&log, &to_log)?;
            } else if to_log.exists() {
                fs::remove_file(&to_log)?;
            }
            Ok(())
        });
        if (sight(path)?, sight(&log)?) == before {
            copied.map_err(|source| failed(path, source))?;
            return Ok((folder, to));
        }
    }
    Err(crate::Error::KeptChanging { path: path.into() }.into())
}

#[cfg(test)]
mod tests;
