//! What can go wrong when git is asked, or told to write.

use std::fmt;
use std::io;
use std::time::Duration;

use camino::Utf8PathBuf;
use sync_core::ids::CommitId;

use crate::commit_paths::Unfit;
use crate::obstruction::Obstruction;
use crate::pull::Immovable;
use crate::redact::{presentable, shortly};

/// Why a fact could not be found out, or why something was not done.
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
    /// The caller was told to end, so git was killed (see [`Git::with_stop`](crate::Git::with_stop)).
    #[error("git was stopped by a signal: could not {action} in {directory}")]
    Interrupted {
        /// What was attempted.
        action: &'static str,
        /// Where.
        directory: Utf8PathBuf,
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
    /// The work tree is in a state in which nothing is committed or moved.
    #[error("{root} is left alone: {obstruction}")]
    Obstructed {
        /// The work tree.
        root: Utf8PathBuf,
        /// The state.
        obstruction: Obstruction,
    },
    /// Another git is writing, or a killed one left its lock behind. Nobody else removes it, since
    /// nothing tells the two apart.
    #[error(
        "another git is at work, or one that was killed left {lock} behind; \
         once no git runs there, that file can go"
    )]
    Locked {
        /// The lock file.
        lock: Utf8PathBuf,
    },
    /// A path that cannot be committed by its name alone.
    #[error("`{path}` cannot be committed: {unfit}")]
    NotCommittable {
        /// The path given.
        path: Utf8PathBuf,
        /// What keeps it out.
        unfit: Unfit,
    },
    /// None of the files differs from HEAD, at the latest after a hook was done with them.
    #[error("there is nothing to commit in {root}")]
    NothingToCommit {
        /// The work tree.
        root: Utf8PathBuf,
    },
    /// One of the user's hooks refused.
    #[error("a hook refused to let git {action} in {directory}")]
    Hook {
        /// What was attempted.
        action: &'static str,
        /// Where.
        directory: Utf8PathBuf,
        /// The last of what the hook said.
        source: Refusal,
    },
    /// Git does not know whose name a commit is to bear.
    #[error(
        "git does not know who commits in {directory}; tell it with \
         git config --global user.name and git config --global user.email"
    )]
    Identity {
        /// Where.
        directory: Utf8PathBuf,
        /// What git said.
        source: Refusal,
    },
    /// The user has commits signed, and that failed.
    #[error("the commit in {directory} could not be signed")]
    Signing {
        /// Where.
        directory: Utf8PathBuf,
        /// What git and the signing program said.
        source: Refusal,
    },
    /// The branch cannot follow its upstream without losing or mixing up work.
    #[error("the branch of {root} stays where it is: {reason}")]
    NotMoved {
        /// The work tree.
        root: Utf8PathBuf,
        /// Why not.
        reason: Immovable,
        /// What git said, where it was asked.
        source: Option<Refusal>,
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
    /// A file of an export, or one that hands git its input, could not be written.
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

    /// Keeps the end only: what a hook said before its last words is mostly progress.
    pub(crate) fn of_a_hook(code: Option<i32>, stderr: &[u8]) -> Self {
        Self {
            code,
            message: shortly(&String::from_utf8_lossy(stderr)),
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
