//! The calls of a State Hub (consistency sheet §7), each list whole and filtered once more.

use std::collections::BTreeSet;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};
use sync_core::hub::Writer;
use sync_core::ids::{HubId, RepositoryId, Slug};
use sync_core::status::{TaskStatus, WorkplanStatus};
use url::Url;

use super::error::StateHubError;
use super::rows::{Domain, Plan, Repo, Task, Topic};
use super::settings::{StateHubSettings, StateHubUrl};
use super::transport::{Request, Transport};
use super::words::{Spelled, Vocabulary};

/// So many workplans are asked for their tasks one by one, rather than for all tasks there are.
const FEW: usize = 8;

/// Which tasks are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    All,
    Of(BTreeSet<HubId>),
}

/// A State Hub as its calls, and what it turned out to know.
pub(super) struct Api {
    pub(super) transport: Transport,
    /// What workplans are called.
    collection: OnceLock<&'static str>,
    pub(super) task_words: Vocabulary,
    pub(super) plan_words: Vocabulary,
    lacks_bulk: AtomicBool,
    wants_workplan: AtomicBool,
}

impl Api {
    pub(super) fn new(settings: &StateHubSettings) -> Result<Self, StateHubError> {
        Ok(Self {
            transport: Transport::new(settings)?,
            collection: OnceLock::new(),
            task_words: Vocabulary::default(),
            plan_words: Vocabulary::default(),
            lacks_bulk: AtomicBool::new(false),
            wants_workplan: AtomicBool::new(false),
        })
    }

    pub(super) fn base(&self) -> &StateHubUrl {
        self.transport.base()
    }

    /// Returns the moment of the last answer by the hub's clock.
    pub(super) fn told_time(&self) -> Option<Timestamp> {
        self.transport.told_time()
    }

    pub(super) async fn health(&self) -> Result<(), StateHubError> {
        let health = self.get(self.route(&["state", "health"], false)).await;
        match health {
            Err(error) if is_absent(&error) => Err(self.lacking("/state/health")),
            health => health.map(drop),
        }
    }

    pub(super) async fn repos(&self) -> Result<Vec<Repo>, StateHubError> {
        self.list(self.route(&["repos"], true)).await
    }

    pub(super) async fn domains(&self) -> Result<Vec<Domain>, StateHubError> {
        self.list(self.route(&["domains"], true)).await
    }

    pub(super) async fn topics(&self) -> Result<Vec<Topic>, StateHubError> {
        self.list(self.route(&["topics"], true)).await
    }

    /// Lists the workplans, under the name the hub has for them.
    pub(super) async fn plans(&self) -> Result<Vec<Plan>, StateHubError> {
        if let Some(collection) = self.collection.get() {
            return self.list(self.route(&[collection], true)).await;
        }
        for collection in ["workplans", "workstreams"] {
            match self.list(self.route(&[collection], true)).await {
                Err(error) if is_absent(&error) => {}
                Err(error) => return Err(error),
                Ok(plans) => {
                    let _ = self.collection.set(collection);
                    return Ok(plans);
                }
            }
        }
        Err(self.lacking("workplans, and no workstreams"))
    }

    /// Lists tasks.
    pub(super) async fn tasks(&self, scope: &Scope) -> Result<Vec<Task>, StateHubError> {
        let wants_workplan = || self.wants_workplan.load(Ordering::Relaxed);
        if let Scope::Of(plans) = scope
            && (plans.len() <= FEW || wants_workplan())
        {
            return self.tasks_of(plans).await;
        }
        if !wants_workplan() {
            match self.list(self.route(&["tasks"], true)).await {
                Err(StateHubError::Refused { status: 422, .. }) => {
                    self.wants_workplan.store(true, Ordering::Relaxed);
                }
                tasks => {
                    let mut tasks: Vec<Task> = tasks?;
                    if let Scope::Of(plans) = scope {
                        tasks.retain(|task| plans.contains(&task.plan));
                    }
                    return Ok(tasks);
                }
            }
        }
        match scope {
            Scope::Of(plans) => self.tasks_of(plans).await,
            Scope::All => {
                let plans = self.plans().await?.into_iter();
                self.tasks_of(&plans.map(|plan| plan.id).collect()).await
            }
        }
    }

    async fn tasks_of(&self, plans: &BTreeSet<HubId>) -> Result<Vec<Task>, StateHubError> {
        let mut tasks = Vec::new();
        for plan in plans {
            let mut url = self.route(&["tasks"], true);
            url.query_pairs_mut()
                .append_pair("workstream_id", plan.as_str());
            let listed: Vec<Task> = self.list(url).await?;
            // A server may pass over a filter (sheet §9, lesson 8).
            tasks.extend(listed.into_iter().filter(|task| task.plan == *plan));
        }
        Ok(tasks)
    }

    /// Asks for the repository of a fingerprint; a remote tells forks apart.
    pub(super) async fn repo_by_fingerprint(
        &self,
        id: &RepositoryId,
        remote: Option<&str>,
    ) -> Result<Option<Repo>, StateHubError> {
        let mut url = self.route(&["repos", "by-fingerprint"], false);
        url.query_pairs_mut().append_pair("hash", id.as_str());
        if let Some(remote) = remote {
            url.query_pairs_mut().append_pair("remote_url", remote);
        }
        let found = self.one(url).await?;
        // An answer that says otherwise is not about this one.
        Ok(found.filter(|repo: &Repo| repo.fingerprint.as_ref().is_none_or(|told| told == id)))
    }

    /// Asks for the repository of a remote.
    pub(super) async fn repo_by_remote(&self, remote: &str) -> Result<Option<Repo>, StateHubError> {
        let mut url = self.route(&["repos", "by-remote"], false);
        url.query_pairs_mut().append_pair("url", remote);
        self.one(url).await
    }

    pub(super) async fn new_repo(&self, body: Value) -> Result<Option<Value>, StateHubError> {
        self.post(self.route(&["repos"], true), body).await
    }

    pub(super) async fn change_repo(&self, slug: &Slug, body: Value) -> Result<(), StateHubError> {
        let url = self.route(&["repos", slug.as_str()], false);
        self.write(Method::PATCH, url, body).await.map(drop)
    }

    pub(super) async fn set_path(
        &self,
        slug: &Slug,
        host: &str,
        path: &str,
    ) -> Result<(), StateHubError> {
        let url = self.route(&["repos", slug.as_str(), "paths"], false);
        let body = json!({ "host": host, "path": path });
        self.post(url, body).await.map(drop)
    }

    pub(super) async fn new_topic(&self, body: Value) -> Result<Option<Value>, StateHubError> {
        self.post(self.route(&["topics"], true), body).await
    }

    pub(super) async fn new_plan(
        &self,
        body: Value,
        status: WorkplanStatus,
    ) -> Result<Option<Value>, StateHubError> {
        let url = self.route(&[self.collection()], true);
        in_either(&self.plan_words, status, async |word| {
            let mut body = body.clone();
            body["status"] = word.into();
            self.post(url.clone(), body).await
        })
        .await
    }

    pub(super) async fn change_plan(&self, id: &HubId, body: Value) -> Result<(), StateHubError> {
        let url = self.route(&[self.collection(), id.as_str()], false);
        self.write(Method::PATCH, url, body).await.map(drop)
    }

    pub(super) async fn set_plan(
        &self,
        id: &HubId,
        status: WorkplanStatus,
    ) -> Result<(), StateHubError> {
        in_either(&self.plan_words, status, async |word| {
            self.change_plan(id, json!({ "status": word })).await
        })
        .await
    }

    pub(super) async fn new_task(&self, body: Value) -> Result<Option<Value>, StateHubError> {
        self.post(self.route(&["tasks"], true), body).await
    }

    pub(super) async fn set_task(
        &self,
        id: &HubId,
        status: TaskStatus,
    ) -> Result<(), StateHubError> {
        let url = self.route(&["tasks", id.as_str()], false);
        in_either(&self.task_words, status, async |word| {
            let body = json!({ "status": word });
            self.write(Method::PATCH, url.clone(), body).await.map(drop)
        })
        .await
    }

    /// Says whether statuses can be set in bulk, as far as is known.
    pub(super) fn has_bulk(&self) -> bool {
        !self.lacks_bulk.load(Ordering::Relaxed)
    }

    /// Sets statuses of different tasks, all or none.
    pub(super) async fn set_tasks(
        &self,
        statuses: impl Iterator<Item = (&HubId, TaskStatus)>,
        by: &Writer,
    ) -> Result<(), StateHubError> {
        let update = |(id, status): (&HubId, TaskStatus)| json!({ "task_id": id.as_str(), "status": self.task_words.words(status).0 });
        let updates: Vec<Value> = statuses.map(update).collect();
        let body = json!({ "updates": updates, "author": by.0 });
        let url = self.route(&["tasks", "bulk-status-sync"], false);
        let done = self.post(url, body).await.map(drop);
        // A 404 is about an id: where the route is missing, its place is that of an item.
        if let Err(StateHubError::Refused { status: 405, .. }) = &done {
            self.lacks_bulk.store(true, Ordering::Relaxed);
        }
        done
    }

    fn collection(&self) -> &'static str {
        self.collection.get().unwrap_or(&"workplans")
    }

    fn route(&self, segments: &[&str], slash: bool) -> Url {
        self.base().route(segments, slash)
    }

    fn lacking(&self, missing: &'static str) -> StateHubError {
        StateHubError::NotAStateHub {
            url: self.base().to_string(),
            missing,
        }
    }

    async fn post(&self, url: Url, body: Value) -> Result<Option<Value>, StateHubError> {
        self.write(Method::POST, url, body).await
    }

    /// Writes once. A success that is no JSON is none, unless it is empty.
    async fn write(
        &self,
        method: Method,
        url: Url,
        body: Value,
    ) -> Result<Option<Value>, StateHubError> {
        let request = Request {
            method,
            url,
            body: Some(body),
        };
        let answer = self.transport.send(request).await?;
        if answer.is_success() && answer.body.is_empty() {
            return Ok(None);
        }
        answer.read().map(Some)
    }
}

/// Sends a status in the words the hub is known to take; when those are invalid, once in the others,
/// which are remembered if they are taken.
async fn in_either<S: Spelled, T>(
    vocabulary: &Vocabulary,
    status: S,
    send: impl AsyncFn(&'static str) -> Result<T, StateHubError>,
) -> Result<T, StateHubError> {
    let (first, other) = vocabulary.words(status);
    let refusal = match (send(first).await, other) {
        (Err(refusal @ StateHubError::Refused { status: 422, .. }), Some(_)) => refusal,
        (result, _) => return result,
    };
    match send(other.unwrap_or(first)).await {
        Ok(taken) => {
            vocabulary.switch();
            Ok(taken)
        }
        // It was not about the word.
        Err(StateHubError::Refused { .. }) => Err(refusal),
        Err(error) => Err(error),
    }
}

pub(super) fn is_absent(error: &StateHubError) -> bool {
    matches!(
        error,
        StateHubError::Refused {
            status: 404 | 405,
            ..
        }
    )
}
