//! The three-way merge of a status: what this checkout last saw agreed, the file, and the hub.
//!
//! Ranks decide first and never fall; the base only settles what ranks leave open: two words of one
//! rank, and a hub row that was lowered on purpose after this checkout last looked.

use super::{Status, Word};

/// The status at which this checkout last saw file and hub agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Base<S> {
    /// The status both had.
    pub status: S,
    /// How often the hub's row had been reopened by then.
    pub reopens: u32,
}

/// What is to be done about a status in a file and in the hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Merge<S> {
    /// Both say the same, in whatever word.
    Equal,
    /// The hub gets the file's status.
    HubFollows(S),
    /// The file gets the hub's status; the hub is left alone.
    FileFollows {
        /// The hub's status.
        to: S,
        /// Why the file gives way.
        why: FileFollows,
    },
    /// Nobody can tell which one is newer; both are left alone until a person says.
    Tied {
        /// Why nobody can tell.
        why: Tie,
    },
    /// One of them is no status, so it has no rank; both are left alone.
    Unranked,
}

/// Why a file gives way to the hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFollows {
    /// The hub's rank is higher.
    HubAhead,
    /// The ranks are equal and only the hub has changed since the base.
    OneSideChanged,
    /// The hub was reopened since the base, and the file still says what the base says.
    StaleAfterReopen,
}

/// Why nobody can tell which of two statuses is newer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tie {
    /// The ranks are equal and this checkout never saw both agree.
    NoBase,
    /// The ranks are equal and both have changed since the base.
    BothChanged,
    /// The file is ahead of a row that was reopened, and this checkout never saw both agree.
    ReopenedWithoutBase,
    /// The file moved on from a base that was reopened in the hub meanwhile.
    ReopenedAndChanged,
}

impl<S: Status> Merge<S> {
    /// Returns the status both sides have once the merge is carried out; none if they stay apart.
    pub fn settled(self, file: &Word<S>) -> Option<S> {
        match self {
            Self::Equal => file.known(),
            Self::HubFollows(status) | Self::FileFollows { to: status, .. } => Some(status),
            Self::Tied { .. } | Self::Unranked => None,
        }
    }
}

/// Merges the status of a file with the one of a hub row that was reopened `reopens` times.
///
/// The table is DESIGN §5's; [`Merge::HubFollows`] never names a lower rank than the hub's, and
/// [`Merge::FileFollows`] names one lower than the file's only for
/// [`FileFollows::StaleAfterReopen`], where a person lowered it.
pub fn merge<S: Status>(
    base: Option<Base<S>>,
    file: &Word<S>,
    hub: &Word<S>,
    reopens: u32,
) -> Merge<S> {
    let (Some(file), Some(hub)) = (file.known(), hub.known()) else {
        return Merge::Unranked;
    };
    if file == hub {
        Merge::Equal
    } else if hub.rank() > file.rank() {
        Merge::FileFollows {
            to: hub,
            why: FileFollows::HubAhead,
        }
    } else if file.rank() > hub.rank() {
        file_ahead(base, file, hub, reopens)
    } else {
        same_rank(base, file, hub, reopens)
    }
}

fn file_ahead<S: Status>(base: Option<Base<S>>, file: S, hub: S, reopens: u32) -> Merge<S> {
    match base {
        None if reopens > 0 => Merge::Tied {
            why: Tie::ReopenedWithoutBase,
        },
        Some(base) if reopens > base.reopens && file == base.status => Merge::FileFollows {
            to: hub,
            why: FileFollows::StaleAfterReopen,
        },
        Some(base) if reopens > base.reopens => Merge::Tied {
            why: Tie::ReopenedAndChanged,
        },
        _ => Merge::HubFollows(file),
    }
}

fn same_rank<S: Status>(base: Option<Base<S>>, file: S, hub: S, reopens: u32) -> Merge<S> {
    let Some(base) = base else {
        return Merge::Tied { why: Tie::NoBase };
    };
    let file_changed = file != base.status;
    let hub_changed = hub != base.status || reopens > base.reopens;
    match (file_changed, hub_changed) {
        (true, false) => Merge::HubFollows(file),
        (false, _) => Merge::FileFollows {
            to: hub,
            why: FileFollows::OneSideChanged,
        },
        (true, true) => Merge::Tied {
            why: Tie::BothChanged,
        },
    }
}

/// What a person's word that something is open again changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reopening<S> {
    /// The hub's new status.
    pub hub: Option<S>,
    /// The file's new status.
    pub file: Option<S>,
}

/// Works out what a reopening changes: the lower of both statuses holds on both sides, and where
/// both are closed, both become [`Status::REOPENED`].
///
/// Statuses of one open rank stay as the merge leaves them, so that saying it twice lowers nothing
/// a second time.
pub fn reopen<S: Status>(file: S, hub: S) -> Reopening<S> {
    let lower = if file.is_closed() && hub.is_closed() {
        S::REOPENED
    } else if file.rank() < hub.rank() {
        file
    } else if hub.rank() < file.rank() {
        hub
    } else {
        return Reopening {
            hub: None,
            file: None,
        };
    };
    Reopening {
        hub: (hub != lower).then_some(lower),
        file: (file != lower).then_some(lower),
    }
}

#[cfg(test)]
mod tests;
