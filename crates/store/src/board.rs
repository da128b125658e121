//! A board in one SQLite file.

mod read;
mod write;

use std::fmt;
use std::time::Duration;

use camino::Utf8Path;
use sync_core::adapter::{Board, Outcome, Shelves};
use sync_core::board::{Directory, Features, Snapshot};
use sync_core::ids::BoardId;
use sync_core::write::Write;

use crate::error::Error;
use crate::file::{DatabaseFile, WAIT};
use crate::schema::BOARD;

/// A board in one SQLite file, which several processes may use at once.
///
/// Its futures do their work when they are first polled and are ready then: a write blocks for as
/// long as the disk takes, or up to 5 seconds while another process writes.
///
/// A process holds a file open either for writing or for looking at it, not both: the system drops a
/// process's locks on a file as soon as any of its handles is closed.
pub struct EmbeddedBoard {
    file: DatabaseFile,
}

impl fmt::Debug for EmbeddedBoard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmbeddedBoard")
            .field("path", &self.path())
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
        let file = DatabaseFile::open(path, &BOARD, wait)?;
        Ok(Self { file })
    }

    /// Opens a board to look at it: no byte of it changes and no file is made. Every write is
    /// [`Outcome::Denied`]. Returns `None` when there is no file.
    ///
    /// # Errors
    ///
    /// As [`EmbeddedBoard::open`].
    pub fn open_existing(path: &Utf8Path) -> Result<Option<Self>, Error> {
        let file = DatabaseFile::open_existing(path, &BOARD)?;
        Ok(file.map(|file| Self { file }))
    }

    /// Returns the path of the file.
    pub fn path(&self) -> &Utf8Path {
        self.file.path()
    }
}

impl Board for EmbeddedBoard {
    type Error = Error;

    fn features(&self) -> Features {
        Self::FEATURES
    }

    async fn directory(&self) -> Result<Directory, Error> {
        self.file.reading(read::directory)
    }

    async fn read(&self, board: &BoardId) -> Result<Snapshot, Error> {
        self.file
            .reading(|transaction| read::snapshot(transaction, board))?
            .ok_or_else(|| Error::UnknownBoard {
                path: self.path().into(),
                board: board.clone(),
            })
    }

    async fn search_shelves(&self, _: &Snapshot, _: &str) -> Result<Shelves, Error> {
        Ok(Shelves::default())
    }

    async fn perform(&self, write: &Write) -> Outcome {
        match self.file.writing() {
            Some(mut connection) => write::perform(&mut connection, write, self.path()),
            None => Outcome::Denied {
                reason: format!("{} was opened to look at it only", self.path()),
                logged_out: false,
            },
        }
    }
}

#[cfg(test)]
mod tests;
