//! What can go wrong when git is asked.

use std::fmt;
use std::io;
use std::time::Duration;

use camino::Utf8PathBuf;
use sync_core::ids::CommitId;

use crate::redact::presentable;

/// Why a fact could not be found out.
///
/// No variant's text holds the user-info or query of a URL.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no git on this machine; the caller may go on without one.
    #[error("git is not installed: no program `{program}` was found")]
    NotInstalled {
        /// The program looked for.
        program: String,
    },
    /// The git found does not know an option that is needed.
    #[error("git is too old: 2.31 or newer is needed")]
    TooOld,
    /// Git could not be started, or its pipes could not be read.
    #[error("git could not be run in {directory}")]
    Run {
        /// Where git was to work.
        directory: Utf8PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Git refuses a repository that belongs to another user.
    #[error(
        "git refuses {directory}, which another user owns; \
         if you trust it: git config --global --add safe.directory {repository}"
    )]
    NotTrusted {
        /// Where git was to work.
        directory: Utf8PathBuf,
        /// The repository as git wants to see it in the setting, quoted for a shell.
        repository: String,
    },
    /// No remote is configured, so nothing can be fetched.
    #[error("{root} has no remote to fetch from")]
    NoRemote {
        /// The work tree.
        root: Utf8PathBuf,
    },
    /// Git took longer than it may and was killed.
    #[error("git was stopped: could not {action} in {directory} within {limit:?}")]
    TimedOut {
        /// What was attempted.
        action: &'static str,
        /// Where.
        directory: Utf8PathBuf,
        /// How long it had.
        limit: Duration,
    },
    /// Git ran and refused.
    #[error("git could not {action} in {directory}")]
    Failed {
        /// What was attempted.
        action: &'static str,
        /// Where.
        directory: Utf8PathBuf,
        /// What git said.
        source: Refusal,
    },
    /// Git printed something else than it is documented to, or more than is taken.
    #[error("git's answer is not understood ({what}): could not {action} in {directory}")]
    Answer {
        /// What was attempted.
        action: &'static str,
        /// Where.
        directory: Utf8PathBuf,
        /// What is wrong with the answer.
        what: &'static str,
    },
    /// A path that is empty, absolute, leads upwards or holds a NUL.
    #[error("`{path}` is not a path below the root of a work tree")]
    Path {
        /// The path given.
        path: Utf8PathBuf,
    },
    /// A commit id that is not 40 or 64 lower-case hexadecimal digits.
    #[error("`{commit}` is not the full name of a commit")]
    Commit {
        /// The id given.
        commit: CommitId,
    },
    /// An entry of a commit cannot be laid out faithfully and safely as a file.
    #[error("`{path}` of commit {commit} cannot be exported: {reason}")]
    Export {
        /// The commit.
        commit: CommitId,
        /// The entry, as far as it can be shown.
        path: String,
        /// Why not.
        reason: &'static str,
    },
    /// A file of an export could not be written.
    #[error("could not write {path}")]
    Write {
        /// The file.
        path: String,
        /// What the system said.
        source: io::Error,
    },
}

/// What git said when it refused: secrets, control characters and excess length taken out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    code: Option<i32>,
    message: String,
}

impl Refusal {
    pub(crate) fn new(code: Option<i32>, stderr: &[u8]) -> Self {
        Self {
            code,
            message: presentable(&String::from_utf8_lossy(stderr)),
        }
    }

    /// The exit code, or nothing where a signal ended git.
    pub fn code(&self) -> Option<i32> {
        self.code
    }

    /// Git's words, in English; possibly none.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.message.as_str(), self.code) {
            ("", Some(code)) => write!(f, "exit code {code} without a word"),
            ("", None) => f.write_str("ended by a signal without a word"),
            (message, _) => f.write_str(message),
        }
    }
}

impl std::error::Error for Refusal {}
