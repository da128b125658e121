//! Whether a queue has room, and when a body is tried again.

use core::time::Duration;

/// How many events a queue holds unless `[sync] max_queue_size` says otherwise.
pub const EVENT_LIMIT: u64 = 100_000;

/// How many events a queue holds for a strict append (boundary sheet §3).
pub const STRICT_EVENT_LIMIT: u64 = 10_000;

/// The longest a body waits for its next attempt.
const LONGEST_BACKOFF: Duration = Duration::from_mins(5);

/// What a full queue does about a new event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Overflow {
    /// It refuses the new one: nothing is deleted that the server has not taken.
    #[default]
    Refuse,
    /// It deletes the oldest, by timestamp and id, as the other program does.
    Evict,
}

/// Whether a row may be put into a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It may.
    Admit,
    /// It may, once that many of the oldest rows are deleted.
    AdmitAfterEvicting(u64),
    /// It may not: `queue_full`.
    Full,
}

/// Decides about an event, given how many rows there are and whether it takes the place of one (by
/// its id or its coalesce key), which needs no room.
pub fn admit_event(rows: u64, replaces: bool, limit: u64, overflow: Overflow) -> Admission {
    if replaces || rows < limit {
        return Admission::Admit;
    }
    match overflow {
        Overflow::Evict if limit > 0 => Admission::AdmitAfterEvicting(rows - limit + 1),
        Overflow::Evict | Overflow::Refuse => Admission::Full,
    }
}

/// Decides about a body: a full queue refuses it.
pub fn admit_body(rows: u64, replaces: bool, limit: u64) -> Admission {
    admit_event(rows, replaces, limit, Overflow::Refuse)
}

/// Returns how long a body waits after so many failed attempts: 2ⁿ seconds, 300 at most.
pub fn body_backoff(retry_count: u32) -> Duration {
    2_u64
        .checked_pow(retry_count)
        .map_or(LONGEST_BACKOFF, Duration::from_secs)
        .min(LONGEST_BACKOFF)
}
