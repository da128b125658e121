//! What a queue holds: three tables, their keys, and what may be put into them.
//!
//! The tables are those of the other program, with the names they had in older files (boundary
//! sheet §3). Rows are told apart by [`RowKey`] and compared by [`RowDigest`]; what is in them is the
//! adapter's.

mod append;
mod coalesce;
mod row;
mod table;

pub use append::{
    Admission, EVENT_LIMIT, Overflow, STRICT_EVENT_LIMIT, admit_body, admit_event, body_backoff,
};
pub use coalesce::{EventFields, coalesce_key};
pub use row::{Cell, RowDigest, RowKey};
pub use table::{Affinity, Column, Role, Table};

/// How many rows a queue file holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowCounts {
    /// Events.
    pub events: u64,
    /// Body uploads.
    pub bodies: u64,
    /// Entries of the failure log, which never count as pending.
    pub failures: u64,
    /// Legacy payloads kept beside a scoped row with another payload; none in a legacy file.
    pub conflicts: u64,
    /// Rows set aside with a reason; none in a legacy file.
    pub set_aside: u64,
}

impl RowCounts {
    /// Returns how many rows wait to be sent: events and bodies.
    pub fn pending(&self) -> u64 {
        self.events.saturating_add(self.bodies)
    }
}

#[cfg(test)]
mod tests;
