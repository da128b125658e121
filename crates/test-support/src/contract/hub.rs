//! What every hub must do: one suite for all of [`Hub`]'s implementations.
//!
//! It is stamped like the suite of boards, with `hub_contract!` and an `async fn() -> HubSubject<…>`.

use std::collections::BTreeSet;
use std::fmt;

use sync_core::hub::{
    Hub, HubOutcome, HubRows, HubWrite, Made, Naming, Registration, RowState, TaskRow, Timestamp,
    Version, WorkplanRow, Writer, derive_task_id, derive_workplan_id,
};
use sync_core::ids::{FileId, HubId, RepositoryId, Slug};
use sync_core::status::{TaskStatus, Word, WorkplanStatus};

pub mod changing;
pub mod contest;
pub mod creating;
pub mod reading;
pub mod registering;

/// A fresh hub under test, with nothing in it.
pub struct HubSubject<H: Hub, K = ()> {
    /// The hub.
    pub hub: H,
    /// Puts rows into the hub past its door, as another client could have.
    pub plant: fn(&H, &HubRows),
    /// What must stay until the test is over: a folder, a server.
    pub kept: K,
}

impl<H: Hub + fmt::Debug, K: fmt::Debug> fmt::Debug for HubSubject<H, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HubSubject")
            .field("hub", &self.hub)
            .field("kept", &self.kept)
            .finish_non_exhaustive()
    }
}

/// What a crate gives the suite: a subject, or none where the machine lacks what it takes, which has
/// been said then.
pub trait Fresh<H: Hub, K> {
    /// Returns the subject, if there is one.
    fn subject(self) -> Option<HubSubject<H, K>>;
}

impl<H: Hub, K> Fresh<H, K> for HubSubject<H, K> {
    fn subject(self) -> Option<HubSubject<H, K>> {
        Some(self)
    }
}

impl<H: Hub, K> Fresh<H, K> for Option<HubSubject<H, K>> {
    fn subject(self) -> Option<HubSubject<H, K>> {
        self
    }
}

/// Stamps one test for each clause of the suite. The argument names an `async fn() -> HubSubject<…>`, or
/// one of an `Option` where the hub needs what a machine may lack.
#[macro_export]
macro_rules! hub_contract {
    ($fresh:path) => {
        $crate::hub_contract! { $fresh:
            reading: a_fresh_hub_holds_nothing;
            reading: an_unknown_repository_is_an_error;
            reading: rows_read_back_as_made_in_the_order_of_ids;
            reading: rows_of_another_repository_are_left_out;
            reading: open_workplans_of_nobody_are_shown_with_their_tasks;
            reading: rows_are_found_by_either_id_with_their_workplans;
            registering: repositories_are_ordered_by_slug;
            registering: what_is_new_about_a_repository_is_added;
            registering: a_slug_names_one_repository_for_good;
            registering: the_hub_remembers_when_a_repository_was_in_step;
            creating: a_row_is_made_once_by_its_id;
            creating: a_row_is_made_once_by_its_file_id;
            creating: equal_file_ids_elsewhere_are_other_rows;
            creating: a_row_without_an_id_is_given_one;
            creating: nothing_is_made_under_what_is_not_there;
            changing: every_change_makes_a_new_version_and_names_its_writer;
            changing: of_two_who_saw_the_same_the_second_is_superseded;
            changing: no_task_falls_in_rank;
            changing: no_workplan_falls_in_rank;
            changing: a_reopen_lowers_a_rank_and_is_counted;
            changing: a_reopen_needs_the_version_too;
            changing: what_is_so_already_stays_as_it_is;
            changing: an_unknown_word_is_never_overwritten;
            changing: a_title_changes_if_it_was_seen;
            changing: a_workplan_of_nobody_is_given_to_one;
            changing: what_is_not_there_is_missing;
            changing: one_bad_write_hinders_no_other;
            changing: every_one_of_many_writes_is_answered_in_order;
        }
    };
    ($fresh:path: $($room:ident: $clause:ident;)*) => {
        $(
            #[test]
            fn $clause() {
                $crate::contract::block_on(async {
                    let fresh = $crate::contract::hub::Fresh::subject($fresh().await);
                    if let Some(subject) = fresh {
                        $crate::contract::hub::$room::$clause(&subject).await;
                    }
                });
            }
        )*
    };
}

/// The repository of most clauses.
const SHOP: &str = "shop";

/// Who writes in most clauses.
const ADA: &str = "ada@laptop";

fn by(name: &str) -> Writer {
    Writer(name.into())
}

fn registration(slug: &str) -> Registration {
    Registration {
        slug: Slug::new(slug),
        id: RepositoryId::new(format!("root of {slug}")),
        remote: None,
        path: None,
    }
}

/// A create under the id that everybody derives.
fn new_workplan(repository: &str, file_id: &str) -> HubWrite {
    let (repository, file_id) = (registration(repository), FileId::new(file_id));
    HubWrite::CreateWorkplan {
        id: Some(derive_workplan_id(&repository.id, &file_id)),
        repository: repository.slug,
        title: format!("Plan {file_id}"),
        file_id,
        status: WorkplanStatus::Proposed,
    }
}

/// A create of a task of [`new_workplan`].
fn new_task(repository: &str, workplan: &str, file_id: &str) -> HubWrite {
    let repository = registration(repository).id;
    let (workplan, file_id) = (FileId::new(workplan), FileId::new(file_id));
    HubWrite::CreateTask {
        id: Some(derive_task_id(&repository, &workplan, &file_id)),
        workplan: derive_workplan_id(&repository, &workplan),
        title: format!("Task {file_id}"),
        file_id,
        status: TaskStatus::Todo,
        priority: None,
    }
}

fn set(row: &Made, status: TaskStatus) -> HubWrite {
    HubWrite::SetTaskStatus {
        id: row.id.clone(),
        seen: row.version,
        status,
        reopen: false,
    }
}

fn reopen(row: &Made, status: TaskStatus) -> HubWrite {
    HubWrite::SetTaskStatus {
        id: row.id.clone(),
        seen: row.version,
        status,
        reopen: true,
    }
}

/// A workplan that came past the door: it belongs to nobody.
fn planted(id: &str, status: &str) -> WorkplanRow {
    WorkplanRow {
        id: HubId::new(id),
        repository: None,
        file_id: None,
        title: format!("Planted {id}"),
        status: Word::read(status),
        state: planted_state(),
    }
}

/// A task that came past the door.
fn planted_task(id: &str, workplan: &str, status: &str) -> TaskRow {
    TaskRow {
        id: HubId::new(id),
        workplan: HubId::new(workplan),
        file_id: Some(FileId::new(format!("file {id}"))),
        title: format!("Planted {id}"),
        status: Word::read(status),
        priority: Some("high".into()),
        state: planted_state(),
    }
}

fn planted_state() -> RowState {
    RowState {
        version: Version(3),
        reopens: 1,
        changed_by: "bob@tower".into(),
        changed_at: Timestamp(1_700_000_000),
    }
}

impl<H: Hub, K> HubSubject<H, K> {
    async fn perform(&self, writes: &[HubWrite]) -> Vec<HubOutcome> {
        let outcomes = self.hub.perform(writes, &by(ADA)).await;
        let outcomes = outcomes.expect("the hub takes writes");
        assert_eq!(outcomes.len(), writes.len(), "one outcome for each write");
        outcomes
    }

    async fn one(&self, write: HubWrite) -> HubOutcome {
        self.perform(&[write]).await.remove(0)
    }

    /// Performs a write that must be made.
    async fn done(&self, write: HubWrite) -> Made {
        match self.one(write.clone()).await {
            HubOutcome::Done(made) => made,
            other => panic!("{write:?} should be made: {other:?}"),
        }
    }

    async fn register(&self, slug: &str) {
        let outcome = self.hub.register(&registration(slug)).await;
        let outcome = outcome.expect("the hub takes registrations");
        assert!(matches!(outcome, HubOutcome::Done(_)), "{outcome:?}");
    }

    async fn read(&self, slug: &str) -> HubRows {
        let rows = self.hub.read(&Slug::new(slug)).await;
        rows.expect("the repository can be read")
    }

    async fn look_up(&self, ids: &[&str]) -> HubRows {
        let ids: BTreeSet<_> = ids.iter().map(|id| String::from(*id)).collect();
        self.hub.look_up(&ids).await.expect("ids can be looked up")
    }

    /// Returns a task as it is now.
    async fn task(&self, id: &HubId) -> TaskRow {
        let mut found = self.look_up(&[id.as_str()]).await.tasks;
        found.retain(|task| task.id == *id);
        found.pop().expect("the task is there")
    }

    /// Returns a workplan as it is now.
    async fn workplan(&self, id: &HubId) -> WorkplanRow {
        let mut found = self.look_up(&[id.as_str()]).await.workplans;
        found.retain(|workplan| workplan.id == *id);
        found.pop().expect("the workplan is there")
    }

    /// Makes the repository of most clauses with one workplan, and returns that.
    async fn scene(&self) -> Made {
        self.register(SHOP).await;
        self.done(new_workplan(SHOP, "WP-1")).await
    }

    /// Makes [`scene`](Self::scene) with one task of this status.
    async fn scene_with(&self, status: TaskStatus) -> Made {
        self.scene().await;
        let task = self.done(new_task(SHOP, "WP-1", "T01")).await;
        if status == TaskStatus::Todo {
            return task;
        }
        self.done(set(&task, status)).await
    }
}

fn ids_of(rows: &HubRows) -> (Vec<&str>, Vec<&str>) {
    let workplans = rows.workplans.iter().map(|row| row.id.as_str());
    let tasks = rows.tasks.iter().map(|row| row.id.as_str());
    (workplans.collect(), tasks.collect())
}

/// Tells whether ids given by the hub are those everybody derives.
fn is_derived<H: Hub>(hub: &H) -> bool {
    hub.naming() == Naming::Derived
}
