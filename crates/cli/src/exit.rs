//! How a process ends: part of the interface, one table in the documentation.

use std::process::ExitCode;

/// The exit of any command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done, or durably queued.
    Done,
    /// Failed.
    Failed,
    /// Skipped: the board cannot be reached or logged in to.
    Skipped,
    /// Refused: the sync boundary is not coherent.
    Refused,
    /// Only warnings remain.
    Warned,
    /// `--dry-run --detailed-exit-code`: there are changes to make.
    Pending,
    /// The command could not begin its job, or is not part of this version.
    Unable,
    /// Bad usage; clap's own 2 would read as skipped.
    Usage,
}

impl Exit {
    /// Returns the number.
    pub(crate) fn code(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Skipped | Exit::Warned | Exit::Refused => 2,
            Exit::Pending | Exit::Unable => 3,
            Exit::Usage => 64,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.code())
    }
}
