//! What the protocol asks of the world, and what it hears back.

use super::files::{Holder, Mark};
use super::request::MarkKey;
use alloc::vec::Vec;
use core::time::Duration;

/// How a request bears waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Intent {
    /// An ordinary request: somebody else may fulfil it.
    Sync,
    /// Must be run by this very process (`--accept`, `--expect-plan`, `--allow-mass-close`); it
    /// makes no mark, waits for the lock, and runs other people's marks afterwards.
    Insist,
    /// `--dry-run`: like [`Intent::Insist`], but runs no marks and writes none.
    Preview,
}

/// One thing to do in the world; the answer it wants stands in its description.
///
/// Anything that goes wrong is answered with [`Seen::Failed`], and the driver keeps the error to
/// show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// Make the pending mark of this key with the own request as content, whole or not at all:
    /// write and sync a file of another name, rename it, sync the directory. A mark that is
    /// there is replaced. → [`Seen::Done`]
    CreateMark(MarkKey),
    /// Touch the bell. → [`Seen::Done`]
    RingBell,
    /// Open the lock file (made if missing, never truncated, close-on-exec) and lock it without
    /// blocking. → [`Seen::Locked`], or [`Seen::Busy`] with nothing waited
    TryLock,
    /// Compare the locked file with what the path now leads to, by device and inode; a path that
    /// leads nowhere is another file. → [`Seen::Current`] or [`Seen::Replaced`], after which the
    /// driver lets go of the lock
    CheckLock,
    /// Read the lock file that was found busy. → [`Seen::Holder`]
    ReadHolder,
    /// Do as for [`Step::TryLock`], from opening on, until it succeeds, the time is up or a signal
    /// came. → [`Seen::Locked`] or [`Seen::Busy`]
    WaitLock {
        /// The longest time to wait.
        at_most: Duration,
    },
    /// Empty the locked file, then write the holder's line. → [`Seen::Done`]
    WriteHolder(Holder),
    /// List all marks and the bell. → [`Seen::Marks`]
    LookForMarks,
    /// Unlink the bell; one that is missing is as good. → [`Seen::Done`]
    SilenceBell,
    /// Rename the pending mark of this key to inflight, over one that may be there. →
    /// [`Seen::Done`], or [`Seen::Missing`]
    RenameToInflight(MarkKey),
    /// Run once, reading every input anew. → [`Seen::Ran`]
    Run(Work),
    /// Unlink the inflight mark of this key; one that is missing is as good. → [`Seen::Done`]
    UnlinkInflight(MarkKey),
    /// Close the lock file, and leave it where it is. → [`Seen::Done`]
    Unlock,
    /// The process ends. No answer.
    Exit(Farewell),
}

/// What to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Work {
    /// The own request with its special flags; no mark is involved.
    Own,
    /// The request that is written in this key's inflight mark, without special flags. One that
    /// cannot be read is a failed run; one whose root is gone has [succeeded](Outcome::Succeeded),
    /// since there is nothing left to look at, and people are told.
    Mark(MarkKey),
}

/// What came of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// It was done.
    Done,
    /// It could not be done, or nobody can say whether it was.
    Failed,
    /// The mark to rename was not there.
    Missing,
    /// The lock is held now.
    Locked,
    /// Somebody else holds the lock.
    Busy {
        /// How long this step waited for it.
        waited: Duration,
    },
    /// The path leads to the locked file.
    Current,
    /// The path leads elsewhere.
    Replaced,
    /// What the lock file says.
    Holder(Holder),
    /// What is on disk; marks of other users left out.
    Marks {
        /// Whether the bell was rung.
        bell: bool,
        /// Every mark under this name, of any server.
        marks: Vec<Mark>,
    },
    /// The run has ended. One that a signal cut short did not succeed.
    Ran(Outcome),
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Everything was written.
    Succeeded,
    /// The board could not be reached or logged in to.
    Skipped,
    /// Something failed.
    Failed,
}

impl Outcome {
    /// Returns the worse of two: failed, then skipped, then succeeded.
    pub fn worst(self, other: Self) -> Self {
        match (self, other) {
            (Self::Failed, _) | (_, Self::Failed) => Self::Failed,
            (Self::Skipped, _) | (_, Self::Skipped) => Self::Skipped,
            (Self::Succeeded, Self::Succeeded) => Self::Succeeded,
        }
    }
}

/// The last word of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Farewell {
    /// How it ended.
    pub verdict: Verdict,
    /// Requests came faster than this process may go on running them: their marks stay for the
    /// next caller, and people should be told.
    pub capped: bool,
}

/// How a process ended, and so its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The own request is fulfilled, by this process or by a holder that took its mark.
    Synced,
    /// The mark is on disk, and the holder of the lock will see it.
    Queued,
    /// The mark is on disk, and the caller may start the background process.
    Announced,
    /// The board was out of reach; marks that were run are kept.
    Skipped,
    /// A run or a step failed; the mark, if it was made, is kept.
    Failed,
    /// The lock was not to be had in time; the mark, if one was made, is kept.
    TimedOut,
    /// A signal came; marks are kept.
    Interrupted,
}

impl Verdict {
    /// Returns the exit code: 0 only for work that is done or on disk and awaited.
    pub fn code(self) -> u8 {
        match self {
            Self::Synced | Self::Queued | Self::Announced => 0,
            Self::Failed | Self::TimedOut | Self::Interrupted => 1,
            Self::Skipped => 2,
        }
    }
}
