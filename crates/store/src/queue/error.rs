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
}
