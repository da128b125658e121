//! A hub in one SQLite file.

mod change;
mod create;
mod read;
mod register;
mod status;
mod write;

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use camino::Utf8Path;
use rusqlite::Row;
use sync_core::hub::{
    Hub, HubOutcome, HubRows, HubWrite, Made, Naming, Registration, Repository, Version, Writer,
};
use sync_core::ids::{HubId, Slug};

use crate::error::Error;
use crate::file::{DatabaseFile, WAIT};
use crate::schema::HUB;

/// A hub in one SQLite file, which several processes may use at once.
///
/// Its futures do their work when they are first polled and are ready then: a write blocks for as
/// long as the disk takes, or up to 5 seconds while another process writes. The file itself refuses,
/// also to a foreign client, to lower a rank without counting it as a reopen.
///
/// A process holds a file open either for writing or for looking at it, not both: the system drops a
/// process's locks on a file as soon as any of its handles is closed.
pub struct SqliteHub {
    file: DatabaseFile,
}

impl fmt::Debug for SqliteHub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteHub")
            .field("path", &self.path())
            .finish_non_exhaustive()
    }
}

impl SqliteHub {
    /// Opens the hub at this path for reading and writing, and makes it where there is none.
    ///
    /// Missing folders are made for the user alone (0700), and so is the file (0600). An older file
    /// is brought to the newest version.
    ///
    /// # Errors
    ///
    /// Whatever [`Error`] names; [`Error::hint`] says what to do. The file is left as it was.
    pub fn open(path: &Utf8Path) -> Result<Self, Error> {
        Self::open_waiting(path, WAIT)
    }

    fn open_waiting(path: &Utf8Path, wait: Duration) -> Result<Self, Error> {
        let file = DatabaseFile::open(path, &HUB, wait)?;
        Ok(Self { file })
    }

    /// Opens a hub to look at it: no byte of it changes and no file is made. Every write fails.
    /// Returns `None` when there is no file.
    ///
    /// # Errors
    ///
    /// As [`SqliteHub::open`].
    pub fn open_existing(path: &Utf8Path) -> Result<Option<Self>, Error> {
        let file = DatabaseFile::open_existing(path, &HUB)?;
        Ok(file.map(|file| Self { file }))
    }

    /// Returns the path of the file.
    pub fn path(&self) -> &Utf8Path {
        self.file.path()
    }

    fn looking(&self) -> Error {
        Error::Looking {
            path: self.path().into(),
        }
    }
}

impl Hub for SqliteHub {
    type Error = Error;

    fn naming(&self) -> Naming {
        Naming::Derived
    }

    async fn repositories(&self) -> Result<Vec<Repository>, Error> {
        self.file.reading(read::repositories)
    }

    async fn register(&self, registration: &Registration) -> Result<HubOutcome, Error> {
        let mut connection = self.file.writing().ok_or_else(|| self.looking())?;
        register::register(&mut connection, registration)
            .map_err(|source| Error::sqlite(self.path(), source))
    }

    async fn read(&self, repository: &Slug) -> Result<HubRows, Error> {
        self.file
            .reading(|transaction| read::repository(transaction, repository))?
            .ok_or_else(|| Error::UnknownRepository {
                path: self.path().into(),
                slug: repository.clone(),
            })
    }

    async fn look_up(&self, ids: &BTreeSet<String>) -> Result<HubRows, Error> {
        self.file
            .reading(|transaction| read::look_up(transaction, ids))
    }

    async fn perform(&self, writes: &[HubWrite], by: &Writer) -> Result<Vec<HubOutcome>, Error> {
        let mut connection = self.file.writing().ok_or_else(|| self.looking())?;
        write::perform(&mut connection, writes, by, self.path())
    }
}

/// Reads the row a statement ends with: id, version, reopens.
fn made(row: &Row<'_>) -> rusqlite::Result<Made> {
    Ok(Made {
        id: HubId::new(row.get::<_, String>(0)?),
        version: version(row, 1)?,
        reopens: row.get(2)?,
    })
}

/// Reads a version. One below 0 is damage, named as what is out of the range of its column.
fn version(row: &Row<'_>, column: usize) -> rusqlite::Result<Version> {
    let number: i64 = row.get(column)?;
    let version = u64::try_from(number).map(Version);
    version.map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, number))
}

/// Returns a version as a statement compares it; one that no row can have equals none.
fn number(version: Version) -> Option<i64> {
    i64::try_from(version.0).ok()
}

#[cfg(test)]
mod tests;
