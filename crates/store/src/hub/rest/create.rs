//! New rows. The hub has no key of ours to make them unique by, so it is looked at before, and after:
//! of twins that two machines made at the same moment both name the older.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use sync_core::hub::{HubOutcome, Made, Writer};
use sync_core::ids::{FileId, HubId, Slug};
use sync_core::status::{TaskStatus, WorkplanStatus};

use super::StateHub;
use super::api::Scope;
use super::claims::{self, Found};
use super::error::StateHubError;
use super::names;
use super::rows::{Plan, Repo, Task};
use super::send::{Change, Line, Sent};
use super::statuses::{TaskChange, by_id};

/// The hub wants a priority (consistency sheet §7), and this is the one it gives by itself.
const USUAL_PRIORITY: &str = "medium";

/// A workplan to be made.
#[derive(Clone, Copy, Debug)]
pub(super) struct NewPlan<'a> {
    pub(super) id: Option<&'a HubId>,
    pub(super) repository: &'a Slug,
    pub(super) file_id: &'a FileId,
    pub(super) title: &'a str,
    pub(super) status: WorkplanStatus,
}

/// A task to be made.
#[derive(Clone, Copy, Debug)]
pub(super) struct NewTask<'a> {
    pub(super) id: Option<&'a HubId>,
    pub(super) workplan: &'a HubId,
    pub(super) file_id: &'a FileId,
    pub(super) title: &'a str,
    pub(super) status: TaskStatus,
    pub(super) priority: Option<&'a str>,
}

impl NewPlan<'_> {
    /// Says whether the other would be the same row.
    pub(super) fn is_twin(&self, other: &Self) -> bool {
        (self.repository, self.file_id) == (other.repository, other.file_id)
    }

    fn find<'r>(&self, plans: &'r [Plan], repo: &Repo) -> Found<'r, Plan> {
        match plans.iter().find(|plan| Some(&plan.id) == self.id) {
            Some(plan) => Found::One(plan),
            None => claims::find_plan(plans, Some(&repo.id), self.file_id),
        }
    }
}

impl NewTask<'_> {
    /// Says whether the other would be the same row.
    pub(super) fn is_twin(&self, other: &Self) -> bool {
        (self.workplan, self.file_id) == (other.workplan, other.file_id)
    }

    fn find<'r>(&self, tasks: &'r [Task], plans: &BTreeMap<HubId, FileId>) -> Found<'r, Task> {
        if let Some(task) = tasks.iter().find(|task| Some(&task.id) == self.id) {
            return Found::One(task);
        }
        let plan = plans.get(self.workplan);
        claims::find_task(tasks, self.workplan, plan, self.file_id)
    }
}

/// A row that was asked for: as the hub answered, and whether it was there before.
type Asked = Sent<Option<Value>>;

impl StateHub {
    pub(super) async fn new_plans(
        &self,
        new: &[NewPlan<'_>],
    ) -> Result<Vec<HubOutcome>, StateHubError> {
        let repos = self.api.repos().await?;
        let repo_of = |new: &NewPlan<'_>| repos.iter().find(|repo| repo.slug == *new.repository);
        let plans = self.api.plans().await?;
        let mut line = Line::default();
        let mut asked: Vec<Asked> = Vec::with_capacity(new.len());
        for new in new {
            let found = repo_of(new).map(|repo| (repo, new.find(&plans, repo)));
            asked.push(match found {
                None => Sent::Settled(HubOutcome::Missing),
                Some((_, Found::One(plan))) => there(plan.kept.made(&plan.id)),
                Some((_, Found::Several(plans))) => undecided(new.file_id, &plans),
                Some((repo, Found::None)) => line.send(self.ask_for_plan(new, repo, &plans)).await,
            });
        }
        if !asked.iter().any(Sent::is_open) {
            return Ok(settled(asked));
        }
        let plans = match self.api.plans().await {
            Ok(plans) => plans,
            Err(error) => return Ok(unseen(asked, &error)),
        };
        let outcome = |(new, asked): (&NewPlan<'_>, Asked)| {
            let of_answer = told_id(&asked);
            let found = repo_of(new).map_or(Found::None, |repo| new.find(&plans, repo));
            let row = match found {
                Found::One(plan) => Some(plan),
                _ => plans
                    .iter()
                    .find(|plan| Some(&plan.id) == of_answer.as_ref()),
            };
            named(asked, row.map(|plan| plan.kept.made(&plan.id)))
        };
        Ok(new.iter().zip(asked).map(outcome).collect())
    }

    async fn ask_for_plan(
        &self,
        new: &NewPlan<'_>,
        repo: &Repo,
        plans: &[Plan],
    ) -> Result<Option<Value>, StateHubError> {
        let body = json!({
            "topic_id": self.topic(repo, plans).await?,
            "repo_id": repo.id,
            "slug": names::slug(new.file_id),
            "title": new.title,
        });
        self.api.new_plan(body, new.status).await
    }

    /// Returns the topic new workplans of a repository belong to: the one all its workplans have, else
    /// the one that is called as the repository, which is made where there is none.
    async fn topic(&self, repo: &Repo, plans: &[Plan]) -> Result<String, StateHubError> {
        let own = plans
            .iter()
            .filter(|plan| plan.repo.as_deref() == Some(&*repo.id));
        let used: BTreeSet<_> = own.filter_map(|plan| plan.topic.as_deref()).collect();
        if let (1, Some(only)) = (used.len(), used.first()) {
            return Ok((*only).to_owned());
        }
        let slug = repo.slug.as_str();
        let named = async || {
            let topics = self.api.topics().await?;
            let found = topics.into_iter().find(|topic| topic.slug == slug);
            Ok::<_, StateHubError>(found.map(|topic| topic.id))
        };
        if let Some(found) = named().await? {
            return Ok(found);
        }
        let body = json!({ "slug": slug, "title": slug, "domain_slug": repo.domain });
        match self.api.new_topic(body).await {
            // Another machine may have made it in this moment.
            Ok(_) | Err(StateHubError::Refused { status: 409, .. }) => {}
            Err(error) => return Err(error),
        }
        named().await?.ok_or_else(|| StateHubError::NotUnderstood {
            request: "POST /topics/".into(),
            what: format!("the topic `{slug}` was made, and is not listed"),
        })
    }

    pub(super) async fn new_tasks(
        &self,
        new: &[NewTask<'_>],
        by: &Writer,
    ) -> Result<Vec<HubOutcome>, StateHubError> {
        let plans = self.api.plans().await?;
        let plan_ids = claims::plan_file_ids(&plans);
        let there_are: BTreeSet<_> = plans.into_iter().map(|plan| plan.id).collect();
        let scope = new.iter().map(|new| new.workplan);
        let scope = scope.filter(|plan| there_are.contains(plan)).cloned();
        let scope = Scope::Of(scope.collect());
        let tasks = self.list_tasks(&scope).await?;
        let mut line = Line::default();
        let mut asked: Vec<Asked> = Vec::with_capacity(new.len());
        for new in new {
            if !there_are.contains(new.workplan) {
                asked.push(Sent::Settled(HubOutcome::Missing));
                continue;
            }
            asked.push(match new.find(&tasks, &plan_ids) {
                Found::One(task) => there(task.kept.made(&task.id)),
                Found::Several(tasks) => undecided(new.file_id, &tasks),
                Found::None => {
                    let title = names::title(new.file_id, new.title, plan_ids.get(new.workplan));
                    let body = json!({
                        "workstream_id": new.workplan.as_str(),
                        "title": title,
                        "priority": new.priority.unwrap_or(USUAL_PRIORITY),
                    });
                    line.send(self.api.new_task(body)).await
                }
            });
        }
        if !asked.iter().any(Sent::is_open) {
            return Ok(settled(asked));
        }
        let tasks = match self.list_tasks(&scope).await {
            Ok(tasks) => tasks,
            Err(error) => return Ok(unseen(asked, &error)),
        };
        let outcome = |(new, asked): (&NewTask<'_>, Asked)| {
            let of_answer = told_id(&asked);
            let row = match new.find(&tasks, &plan_ids) {
                Found::One(task) => Some(task),
                _ => tasks
                    .iter()
                    .find(|task| Some(&task.id) == of_answer.as_ref()),
            };
            named(asked, row.map(|task| task.kept.made(&task.id)))
        };
        let mut outcomes: Vec<_> = new.iter().zip(asked).map(outcome).collect();
        self.set_first_statuses(new, &tasks, &mut outcomes, by)
            .await?;
        Ok(outcomes)
    }

    /// Sets the status of tasks that were made: the hub makes them open, whatever is asked for.
    async fn set_first_statuses(
        &self,
        new: &[NewTask<'_>],
        tasks: &[Task],
        outcomes: &mut [HubOutcome],
        by: &Writer,
    ) -> Result<(), StateHubError> {
        let index = by_id(tasks);
        let made: Vec<(usize, Made, TaskStatus)> = new
            .iter()
            .zip(&*outcomes)
            .enumerate()
            .filter_map(|(at, (new, outcome))| match outcome {
                HubOutcome::Done(made) => Some((at, made.clone(), new.status)),
                _ => None,
            })
            .filter(|(_, made, status)| {
                let now = index.get(&made.id).and_then(|task| task.status.known());
                now.is_some_and(|now| !self.api.task_words.are_one(now, *status))
            })
            .collect();
        if made.is_empty() {
            return Ok(());
        }
        let changes: Vec<_> = made
            .iter()
            .map(|(_, made, status)| TaskChange {
                id: &made.id,
                change: Change {
                    seen: made.version,
                    status: *status,
                    reopen: false,
                },
            })
            .collect();
        let of_changes = match self.set_statuses(&changes, by).await {
            Ok(of_changes) => of_changes,
            Err(error) => {
                let reason = error.in_one_line();
                vec![HubOutcome::Transient { reason }; changes.len()]
            }
        };
        for ((at, ..), outcome) in made.iter().zip(of_changes) {
            outcomes[*at] = match outcome {
                HubOutcome::AlreadySo(made) => HubOutcome::Done(made),
                HubOutcome::Refused { reason } => HubOutcome::Refused {
                    reason: format!("it was made, and its status was not set: {reason}"),
                },
                outcome => outcome,
            };
        }
        Ok(())
    }
}

fn there<T>(row: Made) -> Sent<T> {
    Sent::Settled(HubOutcome::AlreadySo(row))
}

fn undecided<T, R: claims::Claimant>(file_id: &FileId, rows: &[&R]) -> Sent<T> {
    let reason = claims::undecided(file_id, rows);
    Sent::Settled(HubOutcome::Refused { reason })
}

fn settled(asked: Vec<Asked>) -> Vec<HubOutcome> {
    asked.into_iter().map(|asked| asked.seen(None)).collect()
}

fn unseen(asked: Vec<Asked>, error: &StateHubError) -> Vec<HubOutcome> {
    asked.into_iter().map(|asked| asked.unseen(error)).collect()
}

/// Returns the id the hub gave, if it said so.
fn told_id(asked: &Asked) -> Option<HubId> {
    match asked {
        Sent::Taken(Some(row)) => row["id"].as_str().map(HubId::new),
        _ => None,
    }
}

/// Says what became of a create, by the row that has its name now.
fn named(asked: Asked, row: Option<Made>) -> HubOutcome {
    let of_answer = told_id(&asked);
    match (asked, row) {
        (Sent::Settled(outcome), _) => outcome,
        // An older twin, made by another machine in the same moment.
        (Sent::Taken(_), Some(row)) if of_answer.as_ref().is_some_and(|id| *id != row.id) => {
            HubOutcome::AlreadySo(row)
        }
        (_, Some(row)) => HubOutcome::Done(row),
        (Sent::Taken(_), None) => HubOutcome::Refused {
            reason: "the hub took it, and does not list it".into(),
        },
        (Sent::Lost(reason), None) => HubOutcome::Transient { reason },
    }
}
