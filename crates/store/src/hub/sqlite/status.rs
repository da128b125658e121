//! A change of status: version and rank are compared in the statement that makes it.

use rusqlite::{Transaction, params};
use sync_core::hub::{HubOutcome, Made, Version, Writer};
use sync_core::ids::HubId;
use sync_core::status::Status;

use super::{made, number};
use crate::query::one;

/// The statements for rows of one kind.
pub(super) struct Rows {
    update: &'static str,
    look: &'static str,
}

macro_rules! rows {
    ($table:literal) => {
        Rows {
            update: concat!(
                "UPDATE ",
                $table,
                " SET status = ?3, reopens = reopens + (?4 < rank), version = version + 1,
                      changed_by = ?6, changed_at = unixepoch()
                  WHERE id = ?1 AND version = ?2 AND status <> ?3 AND (?4 >= rank OR ?5 AND rank >= 0)
                  RETURNING id, version, reopens"
            ),
            look: concat!(
                "SELECT id, version, reopens, status, rank FROM ",
                $table,
                " WHERE id = ?1"
            ),
        }
    };
}

pub(super) const WORKPLANS: Rows = rows!("workplans");
pub(super) const TASKS: Rows = rows!("tasks");

/// The status a row shall have.
pub(super) struct Wanted {
    word: &'static str,
    rank: u8,
    reopen: bool,
}

impl Wanted {
    pub(super) fn new<S: Status>(status: S, reopen: bool) -> Self {
        Self {
            word: status.word(),
            rank: status.rank().number(),
            reopen,
        }
    }
}

impl Rows {
    /// Changes the status of a row that is as it was seen and may have it; else says what is there.
    pub(super) fn set(
        &self,
        at: &Transaction<'_>,
        id: &HubId,
        seen: Version,
        wanted: &Wanted,
        by: &Writer,
    ) -> rusqlite::Result<HubOutcome> {
        let Wanted { word, rank, reopen } = *wanted;
        let values = params![id.as_str(), number(seen), word, rank, reopen, by.0];
        if let Some(made) = one(at, self.update, values, made)? {
            return Ok(HubOutcome::Done(made));
        }
        let found = one(at, self.look, [id.as_str()], |row| {
            let status: String = row.get(3)?;
            Ok((made(row)?, status, row.get::<_, Option<u8>>(4)?))
        })?;
        Ok(found.map_or(HubOutcome::Missing, |(made, now, rank_now)| {
            wanted.refusal(made, now, rank_now)
        }))
    }
}

impl Wanted {
    /// Says why a row that is there did not change.
    fn refusal(&self, row: Made, now: String, rank_now: Option<u8>) -> HubOutcome {
        match rank_now {
            _ if now == self.word => HubOutcome::AlreadySo(row),
            None => HubOutcome::Refused {
                reason: format!("its status `{now}` is a word this onward does not know"),
            },
            Some(rank_now) if self.rank < rank_now && !self.reopen => {
                HubOutcome::Regression { now }
            }
            Some(_) => HubOutcome::Superseded { now },
        }
    }
}
