//! Changes of status: version and rank are compared in the statement that makes them.

use std::collections::BTreeMap;

use futures_util::future::try_join;
use sync_core::hub::{HubOutcome, HubWrite, Made, Writer};
use sync_core::status::Status;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Error};

use super::value::{compared, made};

/// The statements for rows of one kind.
pub(super) struct Rows {
    /// Looks at the rows and keeps them as they are until the transaction ends. All writers go by
    /// the order of ids, so that no two wait for each other.
    look: &'static str,
    update: &'static str,
}

macro_rules! rows {
    ($table:literal) => {
        Rows {
            look: concat!(
                "SELECT id, version, reopens, status, rank FROM ",
                $table,
                " WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE"
            ),
            update: concat!(
                "UPDATE ",
                $table,
                " AS it SET status = new.status, reopens = it.reopens + (new.rank < it.rank)::INT,
                      version = it.version + 1, changed_by = $6
                  FROM unnest($1, $2, $3, $4, $5) AS new (id, seen, status, rank, reopen)
                  WHERE it.id = new.id AND it.version = new.seen AND it.status <> new.status
                      AND (new.rank >= it.rank OR new.reopen AND it.rank >= 0)
                  RETURNING it.id, it.version, it.reopens"
            ),
        }
    };
}

pub(super) const WORKPLANS: Rows = rows!("onward.workplans");
pub(super) const TASKS: Rows = rows!("onward.tasks");

/// The status a row shall have.
struct Wanted<'a> {
    id: &'a str,
    seen: Option<i64>,
    word: &'static str,
    rank: i16,
    reopen: bool,
}

impl<'a> Wanted<'a> {
    fn of(write: &'a HubWrite) -> Option<Self> {
        let (id, seen, (word, rank), reopen) = match write {
            HubWrite::SetTaskStatus {
                id,
                seen,
                status,
                reopen,
            } => (id, seen, (status.word(), status.rank()), reopen),
            HubWrite::SetWorkplanStatus {
                id,
                seen,
                status,
                reopen,
            } => (id, seen, (status.word(), status.rank()), reopen),
            _ => return None,
        };
        Some(Self {
            id: id.as_str(),
            seen: compared(seen.0),
            word,
            rank: rank.number().into(),
            reopen: *reopen,
        })
    }

    /// Says why a row that is there did not change.
    fn refusal(&self, row: Made, now: String, rank_now: Option<i16>) -> HubOutcome {
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

impl Rows {
    /// Changes the statuses of rows that are as they were seen and may have them; else says what is
    /// there.
    pub(super) async fn set(
        &self,
        at: &Client,
        run: &[HubWrite],
        by: &Writer,
    ) -> Result<Vec<HubOutcome>, Error> {
        let wanted: Vec<_> = run.iter().filter_map(Wanted::of).collect();
        let ids: Vec<_> = wanted.iter().map(|wanted| wanted.id).collect();
        let seen: Vec<_> = wanted.iter().map(|wanted| wanted.seen).collect();
        let words: Vec<_> = wanted.iter().map(|wanted| wanted.word).collect();
        let ranks: Vec<_> = wanted.iter().map(|wanted| wanted.rank).collect();
        let reopen: Vec<_> = wanted.iter().map(|wanted| wanted.reopen).collect();
        let values: [(&(dyn ToSql + Sync), Type); 6] = [
            (&ids, Type::TEXT_ARRAY),
            (&seen, Type::INT8_ARRAY),
            (&words, Type::TEXT_ARRAY),
            (&ranks, Type::INT2_ARRAY),
            (&reopen, Type::BOOL_ARRAY),
            (&by.0, Type::TEXT),
        ];
        let look = at.query_typed(self.look, &values[..1]);
        let (found, changed) = try_join(look, at.query_typed(self.update, &values)).await?;
        let mut before = BTreeMap::new();
        for row in &found {
            let (status, rank): (String, Option<i16>) = (row.try_get(3)?, row.try_get(4)?);
            before.insert(row.try_get::<_, &str>(0)?, (made(row)?, status, rank));
        }
        let mut after = BTreeMap::new();
        for row in &changed {
            after.insert(row.try_get::<_, &str>(0)?, made(row)?);
        }
        let outcome =
            |wanted: &Wanted<'_>| match (after.remove(wanted.id), before.remove(wanted.id)) {
                (Some(made), _) => HubOutcome::Done(made),
                (None, Some((row, now, rank))) => wanted.refusal(row, now, rank),
                (None, None) => HubOutcome::Missing,
            };
        Ok(wanted.iter().map(outcome).collect())
    }
}
