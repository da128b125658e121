//! The hub against a State Hub of three ages, with whatever can go wrong on the way.

mod changing;
mod finding;
mod listing;
mod redirects;
mod registering;
mod trouble;
mod vocabularies;

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};
use sync_core::hub::{
    Hub, HubOutcome, HubRows, HubWrite, Made, Registration, Version, WorkplanRow, Writer,
};
use sync_core::ids::{FileId, HubId, RepositoryId, Slug};
use sync_core::status::{TaskStatus, WorkplanStatus};
use test_support::contract::block_on;
use test_support::{Age, FakeHub, Fault, When};

use super::{StateHub, StateHubError, StateHubSettings, StateHubUrl};

/// A fake with a client at work on it.
struct Stage {
    fake: FakeHub,
    hub: StateHub,
}

impl Stage {
    fn new(age: Age) -> Self {
        Self::with(age, |_| {})
    }

    fn with(age: Age, adjust: impl FnOnce(&mut StateHubSettings)) -> Self {
        let fake = FakeHub::start(age);
        let mut settings = StateHubSettings::new(StateHubUrl::parse(fake.url()).unwrap());
        settings.system_proxy = false;
        settings.limits.total = Duration::from_secs(5);
        adjust(&mut settings);
        let hub = StateHub::new(&settings).unwrap();
        Self { fake, hub }
    }

    /// A stage with the repository `shop` and its workplan `WP-1`, and that one's id.
    fn scene(age: Age) -> (Self, HubId) {
        let stage = Self::new(age);
        stage.register("shop");
        let plan = stage.done(&new_plan("WP-1", WorkplanStatus::Proposed)).id;
        (stage, plan)
    }

    fn register(&self, slug: &str) {
        let outcome = block_on(self.hub.register(&registration(slug))).unwrap();
        assert!(matches!(outcome, HubOutcome::Done(_)), "{outcome:?}");
    }

    fn try_perform(&self, writes: &[HubWrite]) -> Result<Vec<HubOutcome>, StateHubError> {
        block_on(self.hub.perform(writes, &Writer("ada@laptop".into())))
    }

    fn perform(&self, writes: &[HubWrite]) -> Vec<HubOutcome> {
        let outcomes = self.try_perform(writes).unwrap();
        assert_eq!(outcomes.len(), writes.len());
        outcomes
    }

    fn one(&self, write: &HubWrite) -> HubOutcome {
        self.perform(std::slice::from_ref(write)).remove(0)
    }

    fn done(&self, write: &HubWrite) -> Made {
        match self.one(write) {
            HubOutcome::Done(made) => made,
            other => panic!("{write:?} should be made: {other:?}"),
        }
    }

    fn try_read(&self) -> Result<HubRows, StateHubError> {
        block_on(self.hub.read(&Slug::new("shop")))
    }

    fn read(&self) -> HubRows {
        self.try_read().unwrap()
    }

    fn look_up(&self, ids: &[&str]) -> HubRows {
        let ids: BTreeSet<_> = ids.iter().map(|id| String::from(*id)).collect();
        block_on(self.hub.look_up(&ids)).unwrap()
    }

    /// Sets a task that was just seen.
    fn set(&self, id: &HubId, status: TaskStatus, reopen: bool) -> HubOutcome {
        let seen = self.look_up(&[id.as_str()]).tasks[0].state.version;
        self.one(&set(id, seen, status, reopen))
    }

    fn workplan(&self) -> WorkplanRow {
        self.read().workplans.remove(0)
    }

    /// The requests since the last look, as method and path with ids left out.
    fn asked(&self) -> Vec<String> {
        let requests = self.fake.journal().requests();
        self.fake.journal().clear();
        let line = |line: String| {
            let parts = line.split('/').map(|part| match part.len() {
                36 => "*",
                _ => part,
            });
            parts.collect::<Vec<_>>().join("/")
        };
        requests
            .iter()
            .map(|request| line(request.line()))
            .collect()
    }
}

fn registration(slug: &str) -> Registration {
    Registration {
        slug: Slug::new(slug),
        id: RepositoryId::new(format!("root of {slug}")),
        remote: None,
        path: None,
    }
}

fn new_plan(file_id: &str, status: WorkplanStatus) -> HubWrite {
    HubWrite::CreateWorkplan {
        id: None,
        repository: Slug::new("shop"),
        file_id: FileId::new(file_id),
        title: format!("Plan {file_id}"),
        status,
    }
}

fn new_task(plan: &HubId, file_id: &str, status: TaskStatus) -> HubWrite {
    HubWrite::CreateTask {
        id: None,
        workplan: plan.clone(),
        file_id: FileId::new(file_id),
        title: format!("Do {file_id}"),
        status,
        priority: None,
    }
}

fn set(id: &HubId, seen: Version, status: TaskStatus, reopen: bool) -> HubWrite {
    HubWrite::SetTaskStatus {
        id: id.clone(),
        seen,
        status,
        reopen,
    }
}

fn set_plan(plan: &WorkplanRow, status: WorkplanStatus, reopen: bool) -> HubWrite {
    HubWrite::SetWorkplanStatus {
        id: plan.id.clone(),
        seen: plan.state.version,
        status,
        reopen,
    }
}

fn is_refused(outcome: &HubOutcome, words: &str) -> bool {
    matches!(outcome, HubOutcome::Refused { reason } if reason.contains(words))
}

fn is_transient(outcome: &HubOutcome) -> bool {
    matches!(outcome, HubOutcome::Transient { .. })
}
