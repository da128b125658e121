//! What can go wrong with a home's files.

use std::io;

use camino::Utf8PathBuf;

/// Why something in a home could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A queue file could not be used.
    #[error(transparent)]
    Database(#[from] crate::Error),
    /// A file or its folder cannot be written.
    #[error("cannot write {path}")]
    Write {
        /// The file.
        path: Utf8PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A writer died in the middle of a transaction, which only another writer may roll back.
    #[error("{path} holds a transaction that a crash left unfinished")]
    HotJournal {
        /// The file.
        path: Utf8PathBuf,
    },
    /// A table lacks a column that every row needs.
    #[error("the table {table} of {path} has no column {column}")]
    Lacking {
        /// The file.
        path: Utf8PathBuf,
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
    },
    /// Nothing can be sent as this login.
    #[error("cannot send the queue: {problem}")]
    Server {
        /// What is wrong with the address, the token or the certificates; no secrets.
        problem: String,
    },
}

impl Error {
    /// Says what the user can do.
    pub fn hint(&self) -> String {
        match self {
            Self::Database(error) => error.hint().to_owned(),
            Self::Write { .. } => "make room, or mend the permissions of the folder".into(),
            Self::HotJournal { .. } => {
                "logged in, run `onward sync-migrate`: it rolls the transaction back".into()
            }
            Self::Lacking { .. } => {
                "it was made by another version or by hand; move the file away and keep it".into()
            }
            Self::Server { .. } => {
                "log in with `spec-kitty auth login`, then try again; the queue is as it was".into()
            }
        }
    }
}
