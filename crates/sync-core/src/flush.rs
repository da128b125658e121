//! Sending what is queued, without any input or output.
//!
//! Two machines, one for events in batches and one for bodies one by one. Each says what it wants
//! done next and takes what came of it; a driver loads rows, makes requests, waits, and writes the
//! fates down. Nothing is deleted that the server has not taken: what it can never take is set aside
//! with a reason and stops nobody else (boundary sheet §9, and §11 for what is mended). What is queued
//! once a flush has begun is left for the next one, so that a busy producer does not keep it from ending.
//!
//! ```
//! use sync_core::flush::{
//!     Answer, BatchLimits, BatchReply, EventFlush, EventResult, EventStep, QueuedEvent, RowFate,
//! };
//!
//! let queued = |id, event_id: &str| QueuedEvent {
//!     id,
//!     event_id: event_id.into(),
//!     timestamp: 1_779_000_000,
//!     bytes: 120,
//!     fault: None,
//! };
//! let mut queue = vec![queued(1, "A1"), queued(2, "A2")];
//! let mut flush = EventFlush::new(BatchLimits::default(), 2);
//! let report = loop {
//!     let answer = match flush.next() {
//!         EventStep::Load { .. } => Answer::Loaded(queue.clone()),
//!         EventStep::Send(events) => {
//!             let results = events.iter().map(|event| EventResult {
//!                 event_id: event.event_id.clone(),
//!                 status: "success".into(),
//!                 error: None,
//!             });
//!             Answer::Replied(BatchReply::Results(results.collect()))
//!         }
//!         EventStep::Settle(settlements) => {
//!             for settled in settlements {
//!                 assert!(matches!(settled.fate, RowFate::Delete { duplicate: false }));
//!                 queue.retain(|event| event.id != settled.row.id);
//!             }
//!             Answer::Done
//!         }
//!         EventStep::Wait(_) => Answer::Done,
//!         EventStep::End(report) => break report,
//!     };
//!     flush.complete(answer);
//! };
//! assert_eq!((queue.len(), report.taken), (0, 2));
//! ```

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

mod batch;
mod bodies;
mod events;
mod reply;

pub use batch::{BatchLimits, EventFault, FORBIDDEN_KEYS, QueuedEvent};
pub use bodies::{BODIES_PER_LOAD, BodyFlush, BodyStep, GIVE_UP_AFTER, QueuedBody};
pub use events::{EventFlush, EventStep};
pub use reply::{BadEvent, BatchReply, BodyReply, EventResult, Trouble};

/// What came of a step. One that does not fit the step is ignored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer<Row, Reply> {
    /// The rows that were asked for.
    Loaded(Vec<Row>),
    /// What the server said.
    Replied(Reply),
    /// It was done.
    Done,
}

/// What becomes of a row that was up for sending.
///
/// It is meant for the row as it was loaded: one that was queued anew meanwhile stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowFate {
    /// The server has it: the row is deleted.
    Delete {
        /// The server had it before.
        duplicate: bool,
    },
    /// The server refused it this time: its retry count is raised by one, and it stays.
    Raise {
        /// What the server said.
        reason: String,
    },
    /// It is tried again, not before that much time from now.
    RetryLater {
        /// How long.
        after: Duration,
        /// Whether its retry count is raised: the body may be to blame, not only the way there.
        raise: bool,
        /// What happened.
        reason: String,
    },
    /// It can never be sent as it is: it is moved out of the way with its reason, and reported. A
    /// body's failure is written into the failure log as well.
    SetAside(SetAside),
    /// It stays as it is.
    Untouched,
}

/// Why a row was set aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SetAside {
    /// It holds a key that the server refuses a whole batch for.
    ForbiddenKey {
        /// The key.
        key: String,
    },
    /// It is no event.
    NotAnEvent {
        /// What is wrong with it.
        reason: String,
    },
    /// It alone is larger than a batch may be.
    AboveLimit {
        /// How large a batch of it alone would be, in bytes.
        bytes: u64,
        /// How large it may be.
        limit: u64,
    },
    /// The server found it too large, alone.
    TooLarge,
    /// The server refused it for good.
    Refused {
        /// What it said.
        reason: String,
    },
    /// It was tried too often.
    GivenUp {
        /// How often.
        tries: u32,
    },
}

impl SetAside {
    /// Returns the reason as it is kept beside the row and shown.
    pub fn sentence(&self) -> String {
        match self {
            Self::ForbiddenKey { key } => format!("the server takes no event with a key {key}"),
            Self::NotAnEvent { reason } => format!("not an event: {reason}"),
            Self::AboveLimit { bytes, limit } => {
                format!("{bytes} bytes, and a batch may have {limit}")
            }
            Self::TooLarge => "too large for the server".into(),
            Self::Refused { reason } => format!("refused by the server: {reason}"),
            Self::GivenUp { tries } => format!("given up after {tries} tries"),
        }
    }
}

/// A row and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled<Row> {
    /// The row as it was loaded.
    pub row: Row,
    /// What becomes of it.
    pub fate: RowFate,
}

/// Why a flush ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FlushEnd {
    /// Every row that was there has been dealt with.
    Drained,
    /// A batch changed nothing at all: the server wants to be asked another time.
    NoProgress,
    /// The login is not valid.
    LoggedOut,
    /// The user may not send.
    Denied {
        /// What the server said.
        reason: String,
    },
    /// There is nobody to send for: no private team, or the checkout is opted out.
    Blocked {
        /// Which.
        reason: String,
    },
    /// The server asks to wait for longer than a run does, or could not be talked to in several
    /// attempts.
    Trouble {
        /// What happened last.
        trouble: Trouble,
        /// How long the server wants to be left alone.
        retry_after: Option<Duration>,
    },
    /// A signal.
    Interrupted,
}

/// What a flush did, in rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlushReport {
    /// Taken by the server, the first time it saw them.
    pub taken: u64,
    /// Taken by the server before.
    pub duplicates: u64,
    /// Refused this time; they stay.
    pub refused: u64,
    /// To be tried later.
    pub later: u64,
    /// Set aside.
    pub set_aside: u64,
    /// Loaded, and left as they are.
    pub untouched: u64,
    /// Why it ended.
    pub end: FlushEnd,
}

impl FlushReport {
    fn new() -> Self {
        Self {
            taken: 0,
            duplicates: 0,
            refused: 0,
            later: 0,
            set_aside: 0,
            untouched: 0,
            end: FlushEnd::Drained,
        }
    }

    fn count(&mut self, fate: &RowFate) {
        *match fate {
            RowFate::Delete { duplicate: false } => &mut self.taken,
            RowFate::Delete { duplicate: true } => &mut self.duplicates,
            RowFate::Raise { .. } => &mut self.refused,
            RowFate::RetryLater { .. } => &mut self.later,
            RowFate::SetAside(_) => &mut self.set_aside,
            RowFate::Untouched => &mut self.untouched,
        } += 1;
    }

    /// Says whether every row that was there is with the server.
    pub fn is_complete(&self) -> bool {
        let left = self.refused + self.later + self.set_aside + self.untouched;
        left == 0 && self.end == FlushEnd::Drained
    }
}

/// How often a request is made before a flush gives up on the server.
const ATTEMPTS: u32 = 3;

/// The longest a flush waits before it asks again; who wants more is asked by a later run.
const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// Returns how long to wait after so many attempts failed in a row; `None` to give up.
fn pause(failed: u32, retry_after: Option<Duration>) -> Option<Duration> {
    let wait =
        retry_after.unwrap_or_else(|| Duration::from_secs(1 << failed.saturating_sub(1).min(6)));
    (failed < ATTEMPTS && wait <= LONGEST_WAIT).then_some(wait)
}

#[cfg(test)]
mod tests;
