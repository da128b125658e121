//! A run over one repository: gather, decide, and, if it is to mend, perform and look again.

use std::time::Duration;

use camino::Utf8PathBuf;
use git_client::{Pushed, Repository};
use sync_core::check::check;
use sync_core::finding::{Finding, sort};
use sync_core::fix::{files_to_write, plan_fixes};
use sync_core::hub::{Hub, HubOutcome, HubWrite, Writer};
use sync_core::ids::{RepositoryId, Slug};
use sync_core::snapshot::{Bases, Mode};

use crate::apply::{Apply, failure};
use crate::error::Error;
use crate::gather::{Gathered, Remote, Subject, gather};
use crate::journal::Journal;
use crate::lock::Lock;
use crate::pull::pull;
use crate::report::Report;
use crate::writeback::chain;

/// What a run is asked to do.
#[derive(Clone, Debug)]
pub struct Request {
    /// The repository's short name in the hub.
    pub repository: Slug,
    /// What tells it from another.
    pub id: RepositoryId,
    /// Where the hub is: what a checkout remembers, it remembers for one hub.
    pub hub_location: String,
    /// What the run may do.
    pub mode: Mode,
    /// The branch is first moved to its upstream where that loses nothing.
    pub pull: bool,
    /// What was committed is pushed.
    pub push: bool,
    /// The day, for commit messages, as `2026-01-31`.
    pub date: String,
    /// A name that was never used before, for a ref that keeps a branch's old tip.
    pub keep_as: String,
    /// Who writes to the hub.
    pub writer: Writer,
    /// How long git may take.
    pub limits: Limits,
}

/// How long git may take at most.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For a fetch.
    pub fetch: Duration,
    /// For a commit with the user's hooks, a push, and a move of the branch.
    pub git: Duration,
}

/// Checks a checkout against the hub, and mends what differs if the mode says so.
///
/// A check changes nothing. While a checkout is mended, others wait for that to end.
///
/// # Errors
///
/// Only if the run cannot look at the repository at all, or could not look again after it had
/// written; what cannot be written is a finding (C-21).
pub async fn run<H: Hub>(
    repository: &Repository,
    hub: &H,
    request: &Request,
) -> Result<Report, Error>
where
    H::Error: Send + Sync,
{
    let subject = Subject {
        slug: &request.repository,
        id: &request.id,
        hub_location: &request.hub_location,
        mode: &request.mode,
    };
    let mut notices = Vec::new();
    let fix = request.mode.fix;
    // Held to the end.
    let _lock = (fix || request.pull)
        .then(|| Lock::take(repository.git_dir()))
        .transpose()?;
    let journal = Journal::new(repository.git_dir(), &request.hub_location);
    if fix {
        notices.extend(journal.recover(repository)?);
    }
    let mut remote = Remote::Ask(request.limits.fetch);
    if request.pull {
        let told;
        (remote, told) = pull(
            repository,
            &request.keep_as,
            request.limits.fetch,
            request.limits.git,
        );
        notices.extend(told);
    }

    let (mut gathered, findings) = look(repository, hub, subject, remote).await?;
    notices.extend(gathered.memory.notice().map(str::to_owned));
    let mut report = Report::of(&request.repository, findings);
    if fix {
        let mending = Mending {
            repository,
            hub,
            journal: &journal,
            request,
            subject,
        };
        let mended = mending
            .mend(&mut gathered, &mut report, &mut notices)
            .await?;
        let remains =
            |finding: &Finding| report.remaining.iter().any(|left| is_same(left, finding));
        report.done = mended
            .into_iter()
            .filter(|finding| !remains(finding))
            .collect();
        sort(&mut report.done);
    }
    report.notices = notices;
    Ok(report)
}

/// Gathers and checks. Where files are to be written, git is asked too whether it would commit them.
async fn look<H: Hub>(
    repository: &Repository,
    hub: &H,
    subject: Subject<'_>,
    remote: Remote,
) -> Result<(Gathered, Vec<Finding>), Error>
where
    H::Error: Send + Sync,
{
    let mut gathered = gather(repository, hub, subject, remote).await?;
    let findings = check(&gathered.snapshot);
    let paths: Vec<Utf8PathBuf> = files_to_write(&findings, subject.mode)
        .into_iter()
        .map(Utf8PathBuf::from)
        .collect();
    if paths.is_empty() {
        return Ok((gathered, findings));
    }
    let unfit = repository.unfit(&paths).map_err(|source| Error::Git {
        root: repository.root().to_owned(),
        source,
    })?;
    if unfit.is_empty() {
        return Ok((gathered, findings));
    }
    gathered.snapshot.git.unfit = unfit
        .into_iter()
        .map(|(path, unfit)| (path.into_string(), unfit.to_string()))
        .collect();
    let findings = check(&gathered.snapshot);
    Ok((gathered, findings))
}

/// How often is mended at most what came of mending, or of others' writes meanwhile.
const ROUNDS: usize = 3;

/// A run that mends.
struct Mending<'a, H> {
    repository: &'a Repository,
    hub: &'a H,
    journal: &'a Journal,
    request: &'a Request,
    subject: Subject<'a>,
}

impl<H: Hub> Mending<'_, H>
where
    H::Error: Send + Sync,
{
    /// Mends what `report` has found and what comes of that; returns what was mended.
    async fn mend(
        &self,
        gathered: &mut Gathered,
        report: &mut Report,
        notices: &mut Vec<String>,
    ) -> Result<Vec<Finding>, Error> {
        let Self {
            repository,
            hub,
            journal,
            request,
            subject,
        } = *self;
        let (mut mended, mut failed, mut committed) = (Vec::new(), Vec::new(), false);
        for round in 1..=ROUNDS {
            let plan = plan_fixes(&gathered.snapshot, &report.remaining);
            let idle = plan.hub.is_empty() && plan.edits.is_empty();
            let apply = Apply {
                repository,
                hub,
                journal,
                request,
                last: round == ROUNDS,
            };
            let applied = apply.perform(&plan, &report.remaining, gathered).await;
            notices.extend(applied.notices);
            committed |= applied.committed;
            mended.extend(
                applied
                    .mended
                    .iter()
                    .map(|&number| report.remaining[number].clone()),
            );
            // What failed before was tried again, or is no longer to be done.
            failed = applied.failed;
            failed.extend(remember(repository, gathered, applied.agreed, request));
            if idle {
                break;
            }
            (*gathered, report.remaining) = look(repository, hub, subject, gathered.remote).await?;
            if !applied.again {
                break;
            }
        }
        if request.push && (committed || gathered.snapshot.git.unpushed > 0) {
            failed.extend(push(repository, request));
            (*gathered, report.remaining) = look(repository, hub, subject, gathered.remote).await?;
        }
        failed.extend(mark_synced(hub, request).await);
        report.add_failed(failed);
        Ok(mended)
    }
}

/// Says whether two findings are about the same thing.
fn is_same(a: &Finding, b: &Finding) -> bool {
    a.code() == b.code() && a.path == b.path && a.id == b.id
}

/// Remembers on what file and hub agree now, with the commit that says so.
fn remember(
    repository: &Repository,
    gathered: &mut Gathered,
    agreed: Bases,
    request: &Request,
) -> Option<Finding> {
    let told = |reason| failed(request, "what this checkout remembers", reason);
    let head = match repository.head() {
        // Before the first commit there is nothing that could hold what is remembered.
        Ok(None) => return None,
        Ok(Some(head)) => head,
        Err(error) => return Some(told(chain(&error))),
    };
    gathered.memory.remember(agreed, &head);
    let error = gathered.memory.save().err()?;
    Some(told(chain(&error)))
}

/// Pushes what runs of ours committed.
fn push(repository: &Repository, request: &Request) -> Option<Finding> {
    let reason = match repository.push(request.limits.git) {
        Ok(Pushed::Done | Pushed::UpToDate) => return None,
        Ok(Pushed::NotFastForward) => "the remote has other commits; pull and run again".to_owned(),
        Ok(Pushed::NoUpstream) => "the branch has no upstream here".to_owned(),
        Ok(Pushed::Rejected(refusal)) => refusal.to_string(),
        Err(error) => chain(&error),
    };
    Some(failed(request, "the commits at the remote", reason))
}

/// Lets the hub know that the repository was looked after, by which `--all` goes.
async fn mark_synced<H: Hub>(hub: &H, request: &Request) -> Option<Finding> {
    let write = HubWrite::MarkSynced {
        repository: request.repository.clone(),
    };
    let reason = match hub.perform(&[write], &request.writer).await {
        Ok(outcomes) => match outcomes.into_iter().next() {
            Some(HubOutcome::Done(_) | HubOutcome::AlreadySo(_)) => return None,
            Some(HubOutcome::Refused { reason } | HubOutcome::Transient { reason }) => reason,
            _ => "the hub no longer knows the repository".to_owned(),
        },
        Err(error) => chain(&error),
    };
    Some(failed(request, "the time of this run in the hub", reason))
}

/// A write about the whole repository that was not made.
fn failed(request: &Request, what: &str, reason: String) -> Finding {
    failure(&request.repository, None, None, what, reason)
}

#[cfg(test)]
mod tests;
