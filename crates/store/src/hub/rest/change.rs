//! Changes of workplans, one at a time: read, compared, written, read again.

use serde_json::json;
use sync_core::hub::{HubOutcome, HubWrite, Made, Version};
use sync_core::ids::{FileId, HubId, Slug};
use sync_core::status::WorkplanStatus;

use super::StateHub;
use super::claims::{self, Found};
use super::error::StateHubError;
use super::names;
use super::rows::{Plan, Repo};
use super::send::{Change, Line, Sent};

impl StateHub {
    /// Changes a workplan that is as it was seen.
    pub(super) async fn change_plan(&self, write: &HubWrite) -> Result<HubOutcome, StateHubError> {
        match write {
            HubWrite::SetWorkplanStatus {
                id,
                seen,
                status,
                reopen,
            } => {
                let change = Change {
                    seen: *seen,
                    status: *status,
                    reopen: *reopen,
                };
                self.set_plan_status(id, change).await
            }
            HubWrite::SetWorkplanTitle { id, seen, title } => {
                self.set_plan_title(id, *seen, title).await
            }
            HubWrite::AdoptWorkplan {
                id,
                seen,
                repository,
                file_id,
            } => self.adopt(id, *seen, repository, file_id).await,
            other => Ok(refused(format!("{other:?} changes no workplan"))),
        }
    }

    async fn set_plan_status(
        &self,
        id: &HubId,
        change: Change<WorkplanStatus>,
    ) -> Result<HubOutcome, StateHubError> {
        let words = &self.api.plan_words;
        let judge = |plan: &Plan| change.refusal(words, &plan.status, made(plan));
        let refusal = self.judged(id, judge).await?;
        let request = self.api.set_plan(id, change.status);
        let is_so = |plan: &Plan| {
            let now = plan.status.known();
            now.is_some_and(|now| words.are_one(now, change.status))
        };
        Ok(self.change(id, refusal, request, is_so).await)
    }

    async fn set_plan_title(
        &self,
        id: &HubId,
        seen: Version,
        title: &str,
    ) -> Result<HubOutcome, StateHubError> {
        let judge = |plan: &Plan| {
            if plan.title == title {
                Some(HubOutcome::AlreadySo(made(plan)))
            } else {
                superseded(plan, seen)
            }
        };
        let refusal = self.judged(id, judge).await?;
        let request = self.api.change_plan(id, json!({ "title": title }));
        let is_so = |plan: &Plan| plan.title == title;
        Ok(self.change(id, refusal, request, is_so).await)
    }

    async fn adopt(
        &self,
        id: &HubId,
        seen: Version,
        slug: &Slug,
        file_id: &FileId,
    ) -> Result<HubOutcome, StateHubError> {
        let repos = self.api.repos().await?;
        let Some(repo) = repos.iter().find(|repo| repo.slug == *slug) else {
            return Ok(HubOutcome::Missing);
        };
        let plans = self.api.plans().await?;
        let refusal = match plans.iter().find(|plan| plan.id == *id) {
            None => Some(HubOutcome::Missing),
            Some(plan) => match &plan.repo {
                Some(owner) => Some(owned(plan, owner, repo, &repos, file_id)),
                None => superseded(plan, seen).or_else(|| taken(&plans, repo, file_id)),
            },
        };
        let request = async {
            let body = json!({ "repo_id": repo.id, "slug": names::slug(file_id) });
            match self.api.change_plan(id, body).await {
                // Whether a slug may change is not known; the owner is what counts.
                Err(StateHubError::Refused { status: 422, .. }) => {
                    self.api
                        .change_plan(id, json!({ "repo_id": repo.id }))
                        .await
                }
                done => done,
            }
        };
        let is_so = |plan: &Plan| plan.repo.as_ref() == Some(&repo.id);
        Ok(self.change(id, refusal, request, is_so).await)
    }

    /// Reads a workplan right before it is written, and says why it is not to be.
    async fn judged(
        &self,
        id: &HubId,
        judge: impl Fn(&Plan) -> Option<HubOutcome>,
    ) -> Result<Option<HubOutcome>, StateHubError> {
        let plans = self.api.plans().await?;
        let plan = plans.iter().find(|plan| plan.id == *id);
        Ok(plan.map_or(Some(HubOutcome::Missing), judge))
    }

    /// Sends a change that nothing speaks against, and sees what became of it.
    async fn change(
        &self,
        id: &HubId,
        refusal: Option<HubOutcome>,
        request: impl Future<Output = Result<(), StateHubError>>,
        is_so: impl Fn(&Plan) -> bool,
    ) -> HubOutcome {
        let sent = match refusal {
            Some(refusal) => Sent::Settled(refusal),
            None => Line::default().send(request).await,
        };
        if !sent.is_open() {
            return sent.seen(None);
        }
        match self.api.plans().await {
            Err(error) => sent.unseen(&error),
            Ok(plans) => {
                let plan = plans.iter().find(|plan| plan.id == *id);
                sent.seen(plan.map(|plan| (made(plan), is_so(plan), plan.status.to_string())))
            }
        }
    }
}

/// Says what becomes of a workplan that belongs to somebody already.
fn owned(plan: &Plan, owner: &str, by: &Repo, repos: &[Repo], file_id: &FileId) -> HubOutcome {
    let of_file = names::read_slug(&plan.slug).map(|(id, _)| id);
    if owner == by.id && of_file.as_ref().is_none_or(|id| id == file_id) {
        return HubOutcome::AlreadySo(made(plan));
    }
    let owner = repos.iter().find(|repo| repo.id == owner);
    let owner = owner.map_or("another repository", |repo| repo.slug.as_str());
    refused(format!("the workplan belongs to `{owner}`"))
}

/// Refuses a file id that another row of the repository has.
fn taken(plans: &[Plan], repo: &Repo, file_id: &FileId) -> Option<HubOutcome> {
    match claims::find_plan(plans, Some(&repo.id), file_id) {
        Found::None => None,
        Found::One(other) => Some(refused(format!("{file_id} is the workplan {}", other.id))),
        Found::Several(rows) => Some(refused(claims::undecided(file_id, &rows))),
    }
}

fn superseded(plan: &Plan, seen: Version) -> Option<HubOutcome> {
    let now = plan.status.to_string();
    (made(plan).version != seen).then_some(HubOutcome::Superseded { now })
}

fn made(plan: &Plan) -> Made {
    plan.kept.made(&plan.id)
}

fn refused(reason: String) -> HubOutcome {
    HubOutcome::Refused { reason }
}
