//! Lists of a State Hub as rows of a hub: a handful of requests, however many rows there are.

use std::collections::{BTreeMap, BTreeSet};

use sync_core::hub::{HubRows, Repository, TaskRow, WorkplanRow};
use sync_core::ids::{FileId, HubId, RepositoryId, Slug};
use sync_core::status::Status;

use super::StateHub;
use super::api::Scope;
use super::claims;
use super::error::StateHubError;
use super::names;
use super::rows::{Plan, Repo, Task};

impl StateHub {
    pub(super) async fn read_repositories(&self) -> Result<Vec<Repository>, StateHubError> {
        let repos = self.api.repos().await?;
        let mut known: Vec<_> = repos.into_iter().map(repository).collect();
        known.sort_unstable_by(|a, b| a.slug.cmp(&b.slug));
        Ok(known)
    }

    pub(super) async fn read_repository(&self, slug: &Slug) -> Result<HubRows, StateHubError> {
        let repos = self.api.repos().await?;
        let repo = repos.iter().find(|repo| repo.slug == *slug);
        let repo = repo.ok_or_else(|| StateHubError::UnknownRepository {
            url: self.url().to_string(),
            slug: slug.clone(),
        })?;
        let plans = self.api.plans().await?;
        let file_ids = claims::plan_file_ids(&plans);
        let is_shown = |plan: &Plan| match &plan.repo {
            Some(of) => *of == repo.id,
            // One whose status is no known one may well be open.
            None => !plan.status.known().is_some_and(Status::is_closed),
        };
        let shown: Vec<Plan> = plans.into_iter().filter(is_shown).collect();
        let ids = shown.iter().map(|plan| plan.id.clone()).collect();
        let tasks = self.list_tasks(&Scope::Of(ids)).await?;
        Ok(Reading::new(&repos, file_ids, &tasks).rows(shown, tasks))
    }

    pub(super) async fn read_ids(&self, ids: &BTreeSet<String>) -> Result<HubRows, StateHubError> {
        let repos = self.api.repos().await?;
        let mut plans = self.api.plans().await?;
        let file_ids = claims::plan_file_ids(&plans);
        let mut tasks = self.list_tasks(&Scope::All).await?;
        let mut reading = Reading::new(&repos, file_ids, &tasks);
        reading.name(&plans, ids);
        let is_meant = |id: &HubId, file_id: Option<&FileId>| {
            ids.contains(id.as_str()) || file_id.is_some_and(|id| ids.contains(id.as_str()))
        };
        tasks.retain(|task| is_meant(&task.id, reading.task_ids.get(&task.id)));
        let of_tasks: BTreeSet<_> = tasks.iter().map(|task| task.plan.clone()).collect();
        plans.retain(|plan| {
            is_meant(&plan.id, reading.plan_ids.get(&plan.id)) || of_tasks.contains(&plan.id)
        });
        Ok(reading.rows(plans, tasks))
    }

    /// Lists tasks, and remembers where they are.
    pub(super) async fn list_tasks(&self, scope: &Scope) -> Result<Vec<Task>, StateHubError> {
        let tasks = self.api.tasks(scope).await?;
        let mut homes = self.homes();
        for task in &tasks {
            homes.insert(task.id.clone(), task.plan.clone());
        }
        Ok(tasks)
    }

    /// Lists tasks among which are these, as far as they are there: those of their workplans, or all
    /// where a workplan is not known or not right any more.
    pub(super) async fn list_around<'a>(
        &self,
        ids: impl Iterator<Item = &'a HubId> + Clone,
    ) -> Result<Vec<Task>, StateHubError> {
        let known: Option<BTreeSet<HubId>> = {
            let homes = self.homes();
            ids.clone().map(|id| homes.get(id).cloned()).collect()
        };
        if let Some(plans) = known {
            let tasks = self.list_tasks(&Scope::Of(plans)).await?;
            let there: BTreeSet<_> = tasks.iter().map(|task| &task.id).collect();
            if ids.clone().all(|id| there.contains(id)) {
                return Ok(tasks);
            }
        }
        self.list_tasks(&Scope::All).await
    }
}

/// What rows are called by files and by people.
struct Reading {
    slugs: BTreeMap<String, Slug>,
    plan_ids: BTreeMap<HubId, FileId>,
    task_ids: BTreeMap<HubId, FileId>,
}

impl Reading {
    fn new(repos: &[Repo], plan_ids: BTreeMap<HubId, FileId>, tasks: &[Task]) -> Self {
        let slugs = repos
            .iter()
            .map(|repo| (repo.id.clone(), repo.slug.clone()));
        Self {
            slugs: slugs.collect(),
            task_ids: claims::task_file_ids(tasks, &plan_ids),
            plan_ids,
        }
    }

    /// Names workplans whose slug does not tell their file id by itself, by those that are asked for.
    fn name(&mut self, plans: &[Plan], asked: &BTreeSet<String>) {
        let file_ids = asked.iter().map(FileId::new);
        let by_slug: BTreeMap<_, _> = file_ids.map(|id| (names::slug(&id), id)).collect();
        for plan in plans {
            if let Some(file_id) = by_slug.get(&plan.slug) {
                let id = self.plan_ids.entry(plan.id.clone());
                id.or_insert_with(|| file_id.clone());
            }
        }
    }

    fn rows(self, plans: Vec<Plan>, tasks: Vec<Task>) -> HubRows {
        let mut rows = HubRows {
            workplans: plans.into_iter().map(|plan| self.workplan(plan)).collect(),
            tasks: tasks.into_iter().map(|task| self.task(task)).collect(),
        };
        rows.workplans.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        rows.tasks.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        rows
    }

    fn workplan(&self, plan: Plan) -> WorkplanRow {
        WorkplanRow {
            file_id: self.plan_ids.get(&plan.id).cloned(),
            // An owner that is not listed is one all the same.
            repository: plan.repo.map(|of| {
                let slug = self.slugs.get(&of).cloned();
                slug.unwrap_or_else(|| Slug::new(of))
            }),
            state: plan.kept.state(),
            id: plan.id,
            title: plan.title,
            status: plan.status,
        }
    }

    fn task(&self, task: Task) -> TaskRow {
        TaskRow {
            file_id: self.task_ids.get(&task.id).cloned(),
            title: names::plain_title(&task.title).to_owned(),
            state: task.kept.state(),
            id: task.id,
            workplan: task.plan,
            status: task.status,
            priority: task.priority,
        }
    }
}

fn repository(repo: Repo) -> Repository {
    Repository {
        // Without a fingerprint its slug is all there is to know it by.
        id: repo
            .fingerprint
            .unwrap_or_else(|| RepositoryId::new(repo.slug.as_str())),
        slug: repo.slug,
        remote: repo.remote,
        paths: repo.paths,
        synced: repo.synced,
    }
}
