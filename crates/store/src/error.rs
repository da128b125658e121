//! What can be wrong with a file, and what to do about it.

use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use rusqlite::ErrorCode;
use sync_core::ids::{BoardId, Slug};

/// Why a board or a hub could not be used. Whatever it is, the file was left as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A folder above the file is missing and cannot be made.
    #[error("cannot create the folder {path}")]
    Folder {
        /// The folder.
        path: Utf8PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file cannot be made or looked at.
    #[error("cannot use the file {path}")]
    File {
        /// The file.
        path: Utf8PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The path names a folder, a pipe or a device.
    #[error("{path} is not a regular file")]
    NotAFile {
        /// The path.
        path: Utf8PathBuf,
    },
    /// The file lies where SQLite's locks and shared memory cannot be relied on.
    #[error("{path} lies on a network file system ({kind})")]
    NetworkFileSystem {
        /// The file.
        path: Utf8PathBuf,
        /// The kind of file system.
        kind: &'static str,
    },
    /// The file is no SQLite database; an empty file is none either.
    #[error("{path} is not a database")]
    NotADatabase {
        /// The file.
        path: Utf8PathBuf,
    },
    /// The file is a database of another application.
    #[error("{path} is a database of another application (application id {application})")]
    OtherApplication {
        /// The file.
        path: Utf8PathBuf,
        /// Its application id; 0 when it names none.
        application: i32,
    },
    /// A later version of Onward wrote the file.
    #[error("{path} has version {found}, and this onward knows versions up to {known}")]
    Newer {
        /// The file.
        path: Utf8PathBuf,
        /// Its version.
        found: usize,
        /// The newest version known here.
        known: usize,
    },
    /// The file is damaged.
    #[error("{path} is damaged")]
    Damaged {
        /// The file.
        path: Utf8PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// Another process kept the file locked for as long as this one would wait.
    #[error("{path} is locked by another process")]
    Locked {
        /// The file.
        path: Utf8PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// There is no room left.
    #[error("the disk of {path} is full")]
    Full {
        /// The file.
        path: Utf8PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// The file may not be opened or written.
    #[error("no permission to open or write {path}")]
    Permission {
        /// The file.
        path: Utf8PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// SQLite failed in another way.
    #[error("cannot read or write {path}")]
    Sqlite {
        /// The file.
        path: Utf8PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// A run that was killed left a log whose index is missing, which a look must not make anew.
    #[error("{path} has a log that has lost its index")]
    LogWithoutIndex {
        /// The file.
        path: Utf8PathBuf,
    },
    /// The file was written all the while it was looked at.
    #[error("{path} kept changing while it was read")]
    KeptChanging {
        /// The file.
        path: Utf8PathBuf,
    },
    /// The file has no such board.
    #[error("{path} has no board {board}")]
    UnknownBoard {
        /// The file.
        path: Utf8PathBuf,
        /// The id asked for.
        board: BoardId,
    },
    /// The hub has no such repository.
    #[error("{path} knows no repository `{slug}`")]
    UnknownRepository {
        /// The file.
        path: Utf8PathBuf,
        /// The slug asked for.
        slug: Slug,
    },
    /// A write came to a file that was opened to look at it.
    #[error("{path} was opened to look at it only")]
    Looking {
        /// The file.
        path: Utf8PathBuf,
    },
}

impl Error {
    /// Says what the user can do. None of it destroys anything.
    pub fn hint(&self) -> &'static str {
        match self {
            Error::Folder { .. } | Error::File { .. } | Error::Permission { .. } => {
                "check who owns the file and its folder, and that the file system is not read-only"
            }
            Error::NotAFile { .. } => "name a file, or a path where nothing is yet",
            Error::NetworkFileSystem { .. } => "keep the file on a local disk",
            Error::NotADatabase { .. } | Error::OtherApplication { .. } => {
                "name another path, or move the file away; nothing was written to it"
            }
            Error::Newer { .. } => "use the newest onward on this machine",
            Error::Damaged { .. } => {
                "restore the file from a backup, or move it away and sync again: it is made anew from \
                 the project's files; keep the old one for what only it held"
            }
            Error::Locked { .. } => "wait for the other run to end, then try again",
            Error::Full { .. } => "make room on the disk, then try again",
            Error::LogWithoutIndex { .. } => {
                "run once what writes to it, such as a sync: that takes the log in"
            }
            Error::Sqlite { .. } | Error::KeptChanging { .. } => "try again",
            Error::UnknownBoard { .. } => "read the directory again: the board is gone",
            Error::UnknownRepository { .. } => "register it in its work tree: onward hub register",
            Error::Looking { .. } => "open it for writing",
        }
    }

    /// Returns what happened and why, for an outcome.
    pub(crate) fn in_one_line(&self) -> String {
        match std::error::Error::source(self) {
            Some(source) => format!("{self}: {source}"),
            None => self.to_string(),
        }
    }

    /// Names what SQLite answered for this file.
    pub(crate) fn sqlite(path: &Utf8Path, source: rusqlite::Error) -> Self {
        let path = path.to_path_buf();
        match source.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => Error::NotADatabase { path },
            Some(ErrorCode::DatabaseCorrupt) => Error::Damaged { path, source },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                Error::Locked { path, source }
            }
            Some(ErrorCode::DiskFull) => Error::Full { path, source },
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                Error::Permission { path, source }
            }
            // What the schema does not allow stands in a cell, or a table is gone.
            None if is_odd_cell(&source) => Error::Damaged { path, source },
            _ => Error::Sqlite { path, source },
        }
    }
}

/// Says whether a cell held what its column cannot hold.
fn is_odd_cell(error: &rusqlite::Error) -> bool {
    matches!(
        error,
        rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::Utf8Error(..)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::ffi;

    fn named(code: i32) -> Error {
        let failure = rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
        Error::sqlite(Utf8Path::new("/b"), failure)
    }

    #[test]
    fn what_sqlite_says_is_told_apart() {
        assert!(matches!(
            named(ffi::SQLITE_NOTADB),
            Error::NotADatabase { .. }
        ));
        assert!(matches!(named(ffi::SQLITE_CORRUPT), Error::Damaged { .. }));
        assert!(matches!(named(ffi::SQLITE_BUSY), Error::Locked { .. }));
        assert!(matches!(
            named(ffi::SQLITE_BUSY_SNAPSHOT),
            Error::Locked { .. }
        ));
        assert!(matches!(named(ffi::SQLITE_FULL), Error::Full { .. }));
        assert!(matches!(
            named(ffi::SQLITE_READONLY),
            Error::Permission { .. }
        ));
        assert!(matches!(
            named(ffi::SQLITE_CANTOPEN),
            Error::Permission { .. }
        ));
        assert!(matches!(
            named(ffi::SQLITE_IOERR_FSYNC),
            Error::Sqlite { .. }
        ));
    }
}
