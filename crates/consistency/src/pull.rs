//! Following the upstream before anything is looked at.

use std::time::Duration;

use git_client::{Error, Fetched, Immovable, Repository};

use crate::gather::Remote;
use crate::own::own_commits;
use crate::writeback::chain;

/// What people know from the tool before (consistency sheet §5).
const PULL_FAILED: &str =
    "WARN: pull failed (conflicts or no remote) — running fix-consistency anyway";

/// Fetches, and moves the branch to its upstream where that loses nothing.
///
/// A branch that has diverged moves too if every commit of its own is one that runs of ours make:
/// they are made anew from what the upstream holds. The old tip is kept as `refs/onward/KEEP_AS`.
/// Whatever goes wrong is told and no more: the pull gate still stands.
pub(crate) fn pull(
    repository: &Repository,
    keep_as: &str,
    fetch: Duration,
    limit: Duration,
) -> (Remote, Vec<String>) {
    let mut notices = Vec::new();
    let reached = match repository.fetch_upstream(fetch) {
        Ok(Fetched::Fresh) => true,
        Ok(Fetched::NoUpstream) => {
            notices.push(PULL_FAILED.to_owned());
            return (Remote::Asked { reached: true }, notices);
        }
        Ok(Fetched::Unreachable(error)) | Err(error) => {
            notices.extend([PULL_FAILED.to_owned(), chain(&error)]);
            false
        }
    };
    if reached && let Err(error) = follow(repository, keep_as, limit) {
        notices.extend([PULL_FAILED.to_owned(), chain(&error)]);
    }
    (Remote::Asked { reached }, notices)
}

fn follow(repository: &Repository, keep_as: &str, limit: Duration) -> Result<(), Error> {
    let Err(refused) = repository.pull_fast_forward(limit) else {
        return Ok(());
    };
    if matches!(
        refused,
        Error::NotMoved {
            reason: Immovable::Diverged,
            ..
        }
    ) && let Some(local) = repository.local_only()?
        && own_commits(repository, &local)?.len() == local.commits.len()
    {
        return repository.move_to_upstream(&local, keep_as, limit);
    }
    Err(refused)
}

#[cfg(test)]
mod tests;
