//! The door to a board: what an adapter reads and writes, and how it answers.

use crate::board::{Directory, Features, ShelvedCard, Snapshot};
use crate::ids::BoardId;
use crate::write::Write;
use alloc::string::String;
use alloc::vec::Vec;
use core::future::Future;

/// A board server, or something that behaves like one.
///
/// The contract, which one suite tests for every implementation:
///
/// - A read shows the whole of what was asked for, or fails. A listing that was cut, refused or not
///   understood is an error, never an empty answer.
/// - `perform` makes exactly the one write, or none. It retries only what
///   [`Write::is_repeatable`] allows; when the answer to a create is lost it says
///   [`Outcome::Unknown`] and nothing else.
/// - Writes on different cards may be performed at the same time.
/// - Nothing but the object named in the write changes, other than places the server itself repairs.
pub trait Board {
    /// Why a read failed.
    type Error: core::error::Error + 'static;

    /// Returns what this board can do.
    fn features(&self) -> Features;

    /// Reads every project and board the user can see.
    fn directory(&self) -> impl Future<Output = Result<Directory, Self::Error>>;

    /// Reads one board whole.
    fn read(&self, board: &BoardId) -> impl Future<Output = Result<Snapshot, Self::Error>>;

    /// Searches the archive and the trash of a board for a text in descriptions, at most one request
    /// each; finds nothing where the feature is missing.
    fn search_shelves(
        &self,
        snapshot: &Snapshot,
        text: &str,
    ) -> impl Future<Output = Result<Shelves, Self::Error>>;

    /// Performs one write.
    fn perform(&self, write: &Write) -> impl Future<Output = Outcome>;
}

/// What a search of the archive and the trash found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shelves {
    /// The cards found.
    pub cards: Vec<ShelvedCard>,
    /// The server gave as many as it ever gives, so there may be more.
    pub capped: bool,
}

/// What became of a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was made; a create names what it made.
    Done {
        /// The id of what was created; empty for other writes.
        made: String,
    },
    /// It was so already.
    AlreadySo,
    /// The object is gone or no longer as it was seen; nothing was written.
    Superseded {
        /// What was found instead.
        reason: String,
    },
    /// The server refused this one write.
    Refused {
        /// What it said.
        reason: String,
    },
    /// The server does not let this user write, so no other write makes sense.
    Denied {
        /// What it said.
        reason: String,
        /// The login itself is not valid (any more).
        logged_out: bool,
    },
    /// The server cannot be reached or is in trouble; nothing was written as far as is known.
    Transient {
        /// What happened.
        reason: String,
    },
    /// The answer to a create was lost: it may have been made. Look before anything else.
    Unknown {
        /// What happened.
        reason: String,
    },
}
