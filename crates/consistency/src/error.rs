//! What keeps a run from doing its work at all.

use std::io;

use camino::Utf8PathBuf;

/// Why a repository could not be looked at (C-00), as opposed to what was found in it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A folder could not be listed.
    #[error("cannot list {path}")]
    List {
        /// The folder.
        path: Utf8PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Git did not answer.
    #[error("cannot ask git about {root}")]
    Git {
        /// The work tree.
        root: Utf8PathBuf,
        /// Why.
        source: git_client::Error,
    },
    /// What asked git ended without an answer.
    #[error("git was asked about {root} and the answer was lost")]
    Lost {
        /// The work tree.
        root: Utf8PathBuf,
    },
    /// The hub did not answer.
    #[error("cannot read the hub")]
    Hub {
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A file in the git directory could not be written.
    #[error("cannot write {path}")]
    State {
        /// The file.
        path: Utf8PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl Error {
    /// This error and its causes in one line.
    pub fn with_causes(&self) -> String {
        crate::writeback::chain(self)
    }

    pub(crate) fn hub(source: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Hub {
            source: Box::new(source),
        }
    }
}
