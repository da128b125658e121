//! A change of one row: what was seen, ranks, reopens.

use crate::hub::{HubOutcome, Made, RowState, Timestamp, Version, WorkplanRow, Writer};
use crate::ids::HubId;
use crate::status::{Status, Word};
use alloc::format;
use alloc::string::ToString;

/// Who changes a row, and when.
pub(super) struct Change<'a> {
    pub(super) by: &'a Writer,
    pub(super) at: Timestamp,
}

impl Change<'_> {
    pub(super) fn first(&self) -> RowState {
        RowState {
            version: Version(1),
            reopens: 0,
            changed_by: self.by.0.clone(),
            changed_at: self.at,
        }
    }

    pub(super) fn mark(&self, state: &mut RowState) {
        state.version.0 += 1;
        state.changed_by.clone_from(&self.by.0);
        state.changed_at = self.at;
    }

    pub(super) fn set<S: Status>(
        &self,
        id: &HubId,
        word: &mut Word<S>,
        state: &mut RowState,
        seen: Version,
        to: S,
        reopen: bool,
    ) -> HubOutcome {
        let now = word.to_string();
        let Some(status) = word.known() else {
            let reason = format!("its status `{now}` is no status");
            return HubOutcome::Refused { reason };
        };
        let falls = to.rank() < status.rank();
        if *word == to.into() {
            HubOutcome::AlreadySo(made(id, state))
        } else if falls && !reopen {
            HubOutcome::Regression { now }
        } else if state.version != seen {
            HubOutcome::Superseded { now }
        } else {
            *word = to.into();
            state.reopens += u32::from(falls);
            self.mark(state);
            HubOutcome::Done(made(id, state))
        }
    }

    pub(super) fn entitle(&self, row: &mut WorkplanRow, seen: Version, title: &str) -> HubOutcome {
        if row.title == title {
            HubOutcome::AlreadySo(made(&row.id, &row.state))
        } else if row.state.version != seen {
            let now = row.status.to_string();
            HubOutcome::Superseded { now }
        } else {
            row.title = title.to_string();
            self.mark(&mut row.state);
            HubOutcome::Done(made(&row.id, &row.state))
        }
    }
}

pub(super) fn made(id: &HubId, state: &RowState) -> Made {
    Made {
        id: id.clone(),
        version: state.version,
        reopens: state.reopens,
    }
}
