//! Who may write the record.
//!
//! Nobody stops a living owner, and an older program never takes a newer one's place: two versions
//! that each thought themselves right once restarted each other without end (reliability sheet,
//! "Queue, ownership, daemons"). Two starters that look at the same moment both get the same
//! [`Claim`]; one of them wins, because a record is created only where none is, and replaced only if
//! it is still the one that was looked at.

use super::{OrphanReason, OwnerRecord, OwnerState, Version};
use alloc::boxed::Box;
use alloc::string::String;

/// What a starter may do about the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Create it; if one has appeared by then, look again.
    Create,
    /// Replace it, if what is there then [is still written](OwnerRecord::same_owner) by this owner;
    /// otherwise look again.
    Replace(Box<OwnerRecord>, OrphanReason),
    /// It is the own one already.
    Own,
    /// A living owner has it, of the same version, or of one that cannot be compared.
    Taken(Box<OwnerRecord>),
    /// A living owner has it that is older. It may be asked to go; the record is free once it has.
    TakenByOlder(Box<OwnerRecord>),
    /// A living owner has it that is newer: the older one gives way.
    TakenByNewer(Box<OwnerRecord>),
    /// What is there cannot be read, so nobody knows whose it is.
    Unclear {
        /// What is wrong with it.
        reason: String,
    },
}

/// Decides for a starter with this record of its own.
///
/// An orphan's record is free for every version: it stops nobody, and what it describes is gone.
pub fn claim(own: &OwnerRecord, found: &OwnerState) -> Claim {
    match found {
        OwnerState::Absent => Claim::Create,
        OwnerState::Unreadable { reason } => Claim::Unclear {
            reason: reason.clone(),
        },
        OwnerState::Orphan(record, reason) => Claim::Replace(Box::new(record.clone()), *reason),
        OwnerState::Present(record) if record.same_owner(own) => Claim::Own,
        OwnerState::Present(record) => {
            let version = |record: &OwnerRecord| Version::parse(&record.package_version);
            let record = Box::new(record.clone());
            match (version(own), version(&record)) {
                (Some(ours), Some(theirs)) if theirs < ours => Claim::TakenByOlder(record),
                (Some(ours), Some(theirs)) if theirs > ours => Claim::TakenByNewer(record),
                _ => Claim::Taken(record),
            }
        }
    }
}
