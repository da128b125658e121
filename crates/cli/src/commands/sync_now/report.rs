//! What `onward sync-now` did, ready to be rendered.

use crate::exit::Exit;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use store::queue::{FlushOutcome, FlushStep, MigrationReport};
use sync_core::flush::{FlushReport, RowFate};

/// A whole run.
#[derive(Debug, Default)]
pub(crate) struct SyncNowReport {
    /// What moved, if anything had to.
    pub(crate) migration: Option<MigrationReport>,
    /// How many rows waited before anything was sent.
    pub(crate) queued: u64,
    /// Sync with the server is switched off, so nothing was sent.
    pub(crate) switched_off: bool,
    /// What was sent; none if nothing was tried.
    pub(crate) outcome: Option<FlushOutcome>,
    /// How many rows wait now; unknown where the queue cannot be counted, or nothing was tried.
    pub(crate) left: Option<u64>,
    /// The rows that are not with the server.
    pub(crate) failures: Vec<Failure>,
}

/// A row that is not with the server.
#[derive(Debug)]
pub(crate) struct Failure {
    /// An event's id, or a body's artifact and hash.
    pub(crate) id: String,
    /// What happened, without payload.
    pub(crate) error: String,
    pub(crate) category: Category,
}

/// What becomes of a row that was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Category {
    /// The server refused it this time.
    Refused,
    /// It is tried again.
    Later,
    /// It can never be sent as it is.
    SetAside,
}

impl Category {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Later => "retry_later",
            Self::SetAside => "set_aside",
        }
    }
}

impl SyncNowReport {
    /// Keeps what a step says about rows that were not sent.
    pub(crate) fn note(&mut self, step: FlushStep<'_>) {
        match step {
            FlushStep::Events(events) => {
                for settled in events {
                    self.fate(&settled.row.event_id, &settled.fate);
                }
            }
            FlushStep::Body(settled) => self.fate(&settled.row.key.to_string(), &settled.fate),
            FlushStep::Wait(_) => {}
        }
    }

    fn fate(&mut self, id: &str, fate: &RowFate) {
        let (category, error) = match fate {
            RowFate::Delete { .. } | RowFate::Untouched => return,
            RowFate::Raise { reason } => (Category::Refused, reason.clone()),
            RowFate::RetryLater { reason, .. } => (Category::Later, reason.clone()),
            RowFate::SetAside(why) => (Category::SetAside, why.sentence()),
        };
        self.failures.push(Failure {
            id: id.to_owned(),
            error,
            category,
        });
    }

    /// Returns events and bodies together.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &FlushReport> {
        let outcome = self.outcome.iter();
        outcome.flat_map(|outcome| std::iter::once(&outcome.events).chain(&outcome.bodies))
    }

    /// Says whether every row that waited is with the server.
    pub(crate) fn is_complete(&self) -> bool {
        match &self.outcome {
            Some(outcome) => outcome.bodies.is_some() && self.parts().all(FlushReport::is_complete),
            None => self.queued == 0,
        }
    }

    /// Returns the exit: strict, 1 when a row was tried and not sent.
    pub(crate) fn exit(&self, strict: bool) -> Exit {
        if strict && self.outcome.is_some() && !self.is_complete() {
            Exit::Failed
        } else {
            Exit::Done
        }
    }

    /// The file `--report` writes, in the form of the other tool's.
    pub(crate) fn to_file(&self, now: Timestamp) -> Value {
        let sum = |of: fn(&FlushReport) -> u64| self.parts().map(of).sum::<u64>();
        let mut categories: BTreeMap<&str, u64> = BTreeMap::new();
        for failure in &self.failures {
            *categories.entry(failure.category.word()).or_default() += 1;
        }
        let failures = self.failures.iter().map(|failure| {
            json!({
                "event_id": failure.id,
                "error": failure.error,
                "category": failure.category.word(),
            })
        });
        json!({
            "generated_at": now.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string(),
            "summary": {
                "total_events": self.queued,
                "synced": sum(|part| part.taken),
                "duplicates": sum(|part| part.duplicates),
                "failed": self.failures.len(),
                "categories": categories,
            },
            "failures": failures.collect::<Vec<_>>(),
        })
    }
}
