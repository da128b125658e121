//! A State Hub keeps the contract of every hub as far as its API allows.
//!
//! These clauses are left out, since they are about what the API does not have:
//!
//! | clause | why |
//! |---|---|
//! | `every_change_makes_a_new_version_and_names_its_writer` | no row names who changed it |
//! | `rows_read_back_as_made_in_the_order_of_ids` | likewise, and a priority that was not given is `medium` |
//! | `rows_are_found_by_either_id_with_their_workplans` | it expects equal versions of fresh rows; here they are digests |
//! | `no_workplan_falls_in_rank`, `a_reopen_lowers_a_rank_and_is_counted` | no reopens are counted |
//! | `open_workplans_of_nobody_are_shown_with_their_tasks`, `an_unknown_word_is_never_overwritten`, `a_workplan_of_nobody_is_given_to_one` | they plant rows with a version, reopens and a writer of their own |
//!
//! What else those say is tested beside the code, in `hub/rest/tests`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard};

use store::{StateHub, StateHubError, StateHubSettings, StateHubUrl};
use sync_core::hub::{
    Hub, HubOutcome, HubRows, HubWrite, Naming, Registration, Repository, Writer,
};
use sync_core::ids::{HubId, Slug};
use test_support::contract::hub::HubSubject;
use test_support::{Age, FakeHub};

/// Shows the rows of a State Hub under the ids everybody derives, by which the suite speaks of them.
#[derive(Debug)]
struct Renamed {
    hub: StateHub,
    names: Mutex<Names>,
}

#[derive(Debug, Default)]
struct Names {
    given: BTreeMap<HubId, HubId>,
    derived: BTreeMap<HubId, HubId>,
}

impl Names {
    fn outward(&self, id: &mut HubId) {
        if let Some(given) = self.given.get(id) {
            *id = given.clone();
        }
    }

    fn inward(&self, id: &mut HubId) {
        if let Some(derived) = self.derived.get(id) {
            *id = derived.clone();
        }
    }

    fn write(&self, write: &HubWrite) -> HubWrite {
        let mut write = write.clone();
        match &mut write {
            HubWrite::CreateTask { id, workplan, .. } => {
                if let Some(id) = id {
                    self.outward(id);
                }
                self.outward(workplan);
            }
            HubWrite::CreateWorkplan { id: Some(id), .. }
            | HubWrite::SetWorkplanStatus { id, .. }
            | HubWrite::SetWorkplanTitle { id, .. }
            | HubWrite::AdoptWorkplan { id, .. }
            | HubWrite::SetTaskStatus { id, .. } => self.outward(id),
            HubWrite::CreateWorkplan { id: None, .. } | HubWrite::MarkSynced { .. } => {}
        }
        write
    }

    fn outcome(&mut self, write: &HubWrite, outcome: &mut HubOutcome) {
        if let (
            HubWrite::CreateWorkplan { id: Some(id), .. }
            | HubWrite::CreateTask { id: Some(id), .. },
            HubOutcome::Done(made),
        ) = (write, &*outcome)
        {
            self.given.insert(id.clone(), made.id.clone());
            self.derived.insert(made.id.clone(), id.clone());
        }
        if let HubOutcome::Done(made) | HubOutcome::AlreadySo(made) = outcome {
            self.inward(&mut made.id);
        }
    }

    fn rows(&self, mut rows: HubRows) -> HubRows {
        for plan in &mut rows.workplans {
            self.inward(&mut plan.id);
        }
        for task in &mut rows.tasks {
            self.inward(&mut task.id);
            self.inward(&mut task.workplan);
        }
        rows.workplans.sort_by(|a, b| a.id.cmp(&b.id));
        rows.tasks.sort_by(|a, b| a.id.cmp(&b.id));
        rows
    }
}

impl Renamed {
    fn names(&self) -> MutexGuard<'_, Names> {
        self.names.lock().expect("no test panics with it")
    }
}

impl Hub for Renamed {
    type Error = StateHubError;

    fn naming(&self) -> Naming {
        self.hub.naming()
    }

    async fn repositories(&self) -> Result<Vec<Repository>, StateHubError> {
        self.hub.repositories().await
    }

    async fn register(&self, registration: &Registration) -> Result<HubOutcome, StateHubError> {
        self.hub.register(registration).await
    }

    async fn read(&self, repository: &Slug) -> Result<HubRows, StateHubError> {
        let rows = self.hub.read(repository).await?;
        Ok(self.names().rows(rows))
    }

    async fn look_up(&self, ids: &BTreeSet<String>) -> Result<HubRows, StateHubError> {
        let outward = |id: &String| {
            let mut id = HubId::new(id);
            self.names().outward(&mut id);
            id.to_string()
        };
        let ids = ids.iter().map(outward).collect();
        let rows = self.hub.look_up(&ids).await?;
        Ok(self.names().rows(rows))
    }

    async fn perform(
        &self,
        writes: &[HubWrite],
        by: &Writer,
    ) -> Result<Vec<HubOutcome>, StateHubError> {
        let mut outcomes = Vec::new();
        // A workplan's id has to be known before its tasks are made, as to every client.
        for part in writes.chunk_by(|a, b| !starts(a, b)) {
            let outward: Vec<_> = part.iter().map(|write| self.names().write(write)).collect();
            let mut of_part = self.hub.perform(&outward, by).await?;
            for (write, outcome) in part.iter().zip(&mut of_part) {
                self.names().outcome(write, outcome);
            }
            outcomes.extend(of_part);
        }
        Ok(outcomes)
    }
}

fn starts(before: &HubWrite, after: &HubWrite) -> bool {
    let is_plan = |write: &HubWrite| matches!(write, HubWrite::CreateWorkplan { .. });
    is_plan(before) && !is_plan(after)
}

fn subject(age: Age) -> HubSubject<Renamed, FakeHub> {
    let fake = FakeHub::start(age);
    let url = StateHubUrl::parse(fake.url()).expect("a plain URL");
    let mut settings = StateHubSettings::new(url);
    settings.system_proxy = false;
    let hub = Renamed {
        hub: StateHub::new(&settings).expect("good settings"),
        names: Mutex::default(),
    };
    let plant = |_: &Renamed, _: &HubRows| panic!("the clauses that plant rows are left out");
    HubSubject {
        hub,
        plant,
        kept: fake,
    }
}

macro_rules! as_far_as_the_api_allows {
    ($fresh:path) => {
        test_support::hub_contract! { $fresh:
            reading: a_fresh_hub_holds_nothing;
            reading: an_unknown_repository_is_an_error;
            reading: rows_of_another_repository_are_left_out;
            registering: repositories_are_ordered_by_slug;
            registering: what_is_new_about_a_repository_is_added;
            registering: a_slug_names_one_repository_for_good;
            registering: the_hub_remembers_when_a_repository_was_in_step;
            creating: a_row_is_made_once_by_its_id;
            creating: a_row_is_made_once_by_its_file_id;
            creating: equal_file_ids_elsewhere_are_other_rows;
            creating: a_row_without_an_id_is_given_one;
            creating: nothing_is_made_under_what_is_not_there;
            changing: of_two_who_saw_the_same_the_second_is_superseded;
            changing: no_task_falls_in_rank;
            changing: a_reopen_needs_the_version_too;
            changing: what_is_so_already_stays_as_it_is;
            changing: a_title_changes_if_it_was_seen;
            changing: what_is_not_there_is_missing;
            changing: one_bad_write_hinders_no_other;
            changing: every_one_of_many_writes_is_answered_in_order;
        }
    };
}

mod june {
    use super::*;

    async fn fresh() -> HubSubject<Renamed, FakeHub> {
        subject(Age::June)
    }

    as_far_as_the_api_allows!(fresh);
}

mod may {
    use super::*;

    async fn fresh() -> HubSubject<Renamed, FakeHub> {
        subject(Age::May)
    }

    as_far_as_the_api_allows!(fresh);
}
