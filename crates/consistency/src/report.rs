//! What a run over one repository found and did.

use sync_core::finding::{Finding, Kind, sort};
use sync_core::ids::Slug;

/// What a run found, mended and left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The repository.
    pub repository: Slug,
    /// What was found before anything was done.
    pub findings: Vec<Finding>,
    /// Those of them that were mended.
    pub done: Vec<Finding>,
    /// The writes that failed or were refused (C-21).
    pub failed: Vec<Finding>,
    /// What is there to be found now, failed writes included; by this a run is judged.
    pub remaining: Vec<Finding>,
    /// What else is to be told.
    pub notices: Vec<String>,
}

impl Report {
    /// The report of a run that could not do its work (C-00).
    pub fn failed(repository: &Slug, reason: String) -> Self {
        let finding = Finding {
            repository: repository.clone(),
            path: None,
            line: None,
            id: None,
            kind: Kind::RunFailed { reason },
        };
        Self::of(repository, vec![finding])
    }

    /// The report of a run that only looked.
    pub(crate) fn of(repository: &Slug, findings: Vec<Finding>) -> Self {
        Self {
            repository: repository.clone(),
            remaining: findings.clone(),
            findings,
            done: Vec::new(),
            failed: Vec::new(),
            notices: Vec::new(),
        }
    }

    /// Adds what could not be written to what remains.
    pub(crate) fn add_failed(&mut self, failed: Vec<Finding>) {
        self.remaining.extend(failed.iter().cloned());
        sort(&mut self.remaining);
        self.failed.extend(failed);
        sort(&mut self.failed);
    }
}
