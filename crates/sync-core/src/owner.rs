//! The daemon owner record: who keeps the queue, whether it still lives, and whether it agrees with
//! the foreground.
//!
//! Records are read and written by adapters; what they mean is decided here. A record of the other
//! program has no [`ProcessStamp`], one of ours has, so that a reused process id is not taken for
//! the owner (boundary sheet §5, fault matrix 36).

use alloc::format;
use alloc::string::String;
use core::fmt;

mod claim;
mod compare;
mod orphan;
mod version;

pub use claim::{Claim, claim};
pub use compare::{Field, FieldMismatch, compare};
pub use orphan::{OrphanReason, ProcessFacts};
pub use version::Version;

/// The secret that lets a caller speak to the daemon; never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Takes the secret.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// Returns the secret, for the record and for the daemon alone.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

/// What tells a process from a later one with its id; extra keys that only we write.
///
/// Both values are opaque: each system counts in its own way, and they are compared for equality.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessStamp {
    /// When the process started.
    pub start_time: String,
    /// Which start of the machine it belongs to.
    pub boot_id: String,
}

/// The record as it is written; keys unknown here are the adapter's to keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnerRecord {
    /// The process id as written, which may be no id at all: see [`OwnerRecord::process_id`].
    pub pid: i64,
    /// The port as written.
    pub port: i64,
    /// The daemon's secret.
    pub token: Token,
    /// The version of the daemon's package.
    pub package_version: String,
    /// The daemon's interpreter or binary.
    pub executable_path: String,
    /// Where the daemon's source lies.
    pub source_checkout_path: String,
    /// The daemon's server; empty counts as none.
    pub server_url: String,
    /// The user.
    pub auth_principal: Option<String>,
    /// The team.
    pub auth_team: Option<String>,
    /// The scope's text; shown, never compared.
    pub auth_scope: Option<String>,
    /// The queue the daemon works on.
    pub queue_db_path: String,
    /// When it started, as `YYYY-MM-DDTHH:MM:SS+00:00`.
    pub started_at: String,
    /// What we write beside the other program's keys.
    pub stamp: Option<ProcessStamp>,
}

impl OwnerRecord {
    /// Returns the process id if it may be probed; `None` for one that no process can have.
    ///
    /// 0 and negative ids address groups of processes, so they must never be given to a signal.
    pub fn process_id(&self) -> Option<u32> {
        u32::try_from(self.pid)
            .ok()
            .filter(|pid| (1..=i32::MAX.unsigned_abs()).contains(pid))
    }

    /// Returns `principal/team`, or the principal alone; `None` without a principal.
    pub fn team_or_user(&self) -> Option<String> {
        let set = |value: &Option<String>| value.clone().filter(|text| !text.is_empty());
        let principal = set(&self.auth_principal)?;
        Some(match set(&self.auth_team) {
            Some(team) => format!("{principal}/{team}"),
            None => principal,
        })
    }

    /// Says whether both records were written by one process: what decides who may remove or
    /// replace a record, so that the first to go does not take another's away.
    pub fn same_owner(&self, other: &Self) -> bool {
        self.pid == other.pid && self.token == other.token && self.stamp == other.stamp
    }
}

/// What was found where the record lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnerState {
    /// There is no record.
    Absent,
    /// There is something that is no record. The other program takes it for absent; here it shuts
    /// the gate.
    Unreadable {
        /// What is wrong with it.
        reason: String,
    },
    /// A record whose owner lives.
    Present(OwnerRecord),
    /// A record whose owner is gone.
    Orphan(OwnerRecord, OrphanReason),
}

impl OwnerState {
    /// Returns the record, whether its owner lives or not.
    pub fn record(&self) -> Option<&OwnerRecord> {
        match self {
            Self::Present(record) | Self::Orphan(record, _) => Some(record),
            Self::Absent | Self::Unreadable { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests;
