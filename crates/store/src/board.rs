//! A board in one SQLite file.

mod read;
mod write;

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use rusqlite::{Connection, Transaction};
use sync_core::adapter::{Board, Outcome, Shelves};
use sync_core::board::{Directory, Features, Snapshot};
use sync_core::ids::BoardId;
use sync_core::write::Write;

use crate::error::Error;
use crate::open::{self, Sight};

/// How long a write waits for another process.
const WAIT: Duration = Duration::from_secs(5);

/// How often a look is taken again at a file that changes under it.
const LOOKS: usize = 5;

/// A board in one SQLite file, which several processes may use at once.
///
/// Its futures do their work when they are first polled and are ready then: a write blocks for as
/// long as the disk takes, or up to 5 seconds while another process writes.
///
/// A process holds a file open either for writing or for looking at it, not both: the system drops a
/// process's locks on a file as soon as any of its handles is closed.
pub struct EmbeddedBoard {
    path: Utf8PathBuf,
    access: Access,
}

/// How a file may be used.
enum Access {
    Writing(Mutex<Connection>),
    /// Opened anew for each look, since it is read as a file that does not change.
    Looking,
}

impl fmt::Debug for EmbeddedBoard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmbeddedBoard")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl EmbeddedBoard {
    /// What every embedded board can do: as much as Planka 2.x, but for archive and trash.
    pub const FEATURES: Features = Features {
        task_lists: true,
        shelves: false,
        name_limit: Some(1024),
        title_limit: Some(128),
    };

    /// Opens the board at this path for reading and writing, and makes it where there is none.
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
        let path = absolute(path)?;
        let access = Access::Writing(Mutex::new(open::for_writing(&path, wait)?));
        Ok(Self { path, access })
    }

    /// Opens a board to look at it: no byte of it changes and no file is made. Every write is
    /// [`Outcome::Denied`]. Returns `None` when there is no file.
    ///
    /// # Errors
    ///
    /// As [`EmbeddedBoard::open`].
    pub fn open_existing(path: &Utf8Path) -> Result<Option<Self>, Error> {
        let path = absolute(path)?;
        let Some(sight) = Sight::of(&path)? else {
            return Ok(None);
        };
        sight.open(&path, WAIT)?;
        Ok(Some(Self {
            path,
            access: Access::Looking,
        }))
    }

    /// Returns the path of the file.
    pub fn path(&self) -> &Utf8Path {
        &self.path
    }

    /// Reads in one transaction, so that what is read was all there at one moment.
    fn reading<T>(
        &self,
        read: impl Fn(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, Error> {
        match &self.access {
            Access::Writing(connection) => {
                let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
                self.read_once(&mut connection, read)
            }
            Access::Looking => self.look(read),
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
                    source: std::io::ErrorKind::NotFound.into(),
                });
            };
            let result = sight
                .open(&self.path, WAIT)
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

impl Board for EmbeddedBoard {
    type Error = Error;

    fn features(&self) -> Features {
        Self::FEATURES
    }

    async fn directory(&self) -> Result<Directory, Error> {
        self.reading(read::directory)
    }

    async fn read(&self, board: &BoardId) -> Result<Snapshot, Error> {
        self.reading(|transaction| read::snapshot(transaction, board))?
            .ok_or_else(|| Error::UnknownBoard {
                path: self.path.clone(),
                board: board.clone(),
            })
    }

    async fn search_shelves(&self, _: &Snapshot, _: &str) -> Result<Shelves, Error> {
        Ok(Shelves::default())
    }

    async fn perform(&self, write: &Write) -> Outcome {
        match &self.access {
            Access::Writing(connection) => {
                let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
                write::perform(&mut connection, write, &self.path)
            }
            Access::Looking => Outcome::Denied {
                reason: format!("{} was opened to look at it only", self.path),
                logged_out: false,
            },
        }
    }
}

#[cfg(test)]
mod tests;
