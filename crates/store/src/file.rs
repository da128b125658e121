//! A file of ours, held open to write to it, or looked at without a trace.

use std::io::ErrorKind;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use rusqlite::{Connection, Transaction};

use crate::error::Error;
use crate::open::{self, Sight};
use crate::schema::Format;

/// How long a write waits for another process.
pub(crate) const WAIT: Duration = Duration::from_secs(5);

/// How often a look is taken again at a file that changes under it.
const LOOKS: usize = 5;

/// A file of some format.
pub(crate) struct DatabaseFile {
    path: Utf8PathBuf,
    format: &'static Format,
    access: Access,
}

/// How a file may be used.
enum Access {
    Writing(Mutex<Connection>),
    /// Opened anew for each look, since it is read as a file that does not change.
    Looking,
}

impl DatabaseFile {
    /// Opens a file for reading and writing, made before where there is none.
    pub(crate) fn open(
        path: &Utf8Path,
        format: &'static Format,
        wait: Duration,
    ) -> Result<Self, Error> {
        let path = absolute(path)?;
        let access = Access::Writing(Mutex::new(open::for_writing(&path, format, wait)?));
        Ok(Self {
            path,
            format,
            access,
        })
    }

    /// Opens a file to look at it; `None` when there is none.
    pub(crate) fn open_existing(
        path: &Utf8Path,
        format: &'static Format,
    ) -> Result<Option<Self>, Error> {
        let path = absolute(path)?;
        let Some(sight) = Sight::of(&path)? else {
            return Ok(None);
        };
        sight.open(&path, format, WAIT)?;
        Ok(Some(Self {
            path,
            format,
            access: Access::Looking,
        }))
    }

    pub(crate) fn path(&self) -> &Utf8Path {
        &self.path
    }

    /// Returns the connection to write with; `None` when the file is only looked at.
    pub(crate) fn writing(&self) -> Option<MutexGuard<'_, Connection>> {
        match &self.access {
            Access::Writing(connection) => {
                Some(connection.lock().unwrap_or_else(PoisonError::into_inner))
            }
            Access::Looking => None,
        }
    }

    /// Reads in one transaction, so that what is read was all there at one moment.
    pub(crate) fn reading<T>(
        &self,
        read: impl Fn(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, Error> {
        match self.writing() {
            Some(mut connection) => self.read_once(&mut connection, read),
            None => self.look(read),
        }
    }

    /// Reads a file that may change meanwhile: what was read counts when it did not.
    fn look<T>(&self, read: impl Fn(&Transaction<'_>) -> rusqlite::Result<T>) -> Result<T, Error> {
        let path = || self.path.clone();
        for _ in 0..LOOKS {
            let before = Sight::of(&self.path)?;
            let Some(sight) = &before else {
                return Err(Error::File {
                    path: path(),
                    source: ErrorKind::NotFound.into(),
                });
            };
            let result = sight
                .open(&self.path, self.format, WAIT)
                .and_then(|mut connection| self.read_once(&mut connection, &read));
            if Sight::of(&self.path)? == before {
                return result;
            }
        }
        Err(Error::KeptChanging { path: path() })
    }

    fn read_once<T>(
        &self,
        connection: &mut Connection,
        read: impl Fn(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, Error> {
        connection
            .transaction()
            .and_then(|transaction| read(&transaction))
            .map_err(|source| Error::sqlite(&self.path, source))
    }
}

/// Makes a path whole, so that it stays the same file and no part of it means something to SQLite.
fn absolute(path: &Utf8Path) -> Result<Utf8PathBuf, Error> {
    camino::absolute_utf8(path).map_err(|source| Error::File {
        path: path.into(),
        source,
    })
}
