//! The door to a hub: the rows other machines see, and the few ways in which they may change.

use crate::ids::{FileId, HubId, RepositoryId, Slug};
use crate::status::{TaskStatus, Word, WorkplanStatus};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;
use core::future::Future;

mod derive;
mod lease;

pub use derive::{derive_task_id, derive_workplan_id};
pub use lease::{Acquired, Epoch, Lease, Leases};

/// A hub: the place that knows how far each workplan and task is, on whatever machine it was done.
///
/// The contract, which one suite tests for every implementation:
///
/// - A read shows the whole of what was asked for, or fails: a repository the hub does not know is an
///   error, never an empty answer. What a server sends beyond a filter is left out here.
/// - [`perform`](Hub::perform) gives one outcome per write, in order. Each write is made whole or not at
///   all; one that is refused does not hinder the others.
/// - A status changes only if the row still has the version the write names, so no writer overwrites
///   what it has not seen; every change makes a new version.
/// - A rank never falls, whatever version is named, but by a write that says `reopen`, and that one
///   counts up the row's `reopens`. Both are checked where the row is kept, in the same step as the change.
///   Of the two the rank is told first: a lower one is [`HubOutcome::Regression`] under any version.
/// - A word that is no status is never overwritten: [`HubOutcome::Refused`].
/// - What is already as a write would leave it is [`HubOutcome::AlreadySo`] under any version, and keeps it.
/// - A create under an id or a file id that is there already makes nothing and names the row that is there.
/// - The time of a change is the hub's own; no client's clock is written.
pub trait Hub {
    /// Why a read failed, or a whole call of writes.
    type Error: core::error::Error + 'static;

    /// Returns who names a new row.
    fn naming(&self) -> Naming;

    /// Reads the repositories, ordered by slug.
    fn repositories(&self) -> impl Future<Output = Result<Vec<Repository>, Self::Error>>;

    /// Makes a repository known, or adds what is new about one that is: its remote, its path on a host.
    ///
    /// A slug that another repository has is [`HubOutcome::Refused`], and so is another slug for one
    /// that has one.
    fn register(
        &self,
        registration: &Registration,
    ) -> impl Future<Output = Result<HubOutcome, Self::Error>>;

    /// Reads the rows of one repository, and the open workplans that belong to none with their tasks.
    fn read(&self, repository: &Slug) -> impl Future<Output = Result<HubRows, Self::Error>>;

    /// Reads the rows with one of these ids, be it the hub's or a file's, of whatever repository, and
    /// the workplans of the tasks among them.
    fn look_up(&self, ids: &BTreeSet<String>)
    -> impl Future<Output = Result<HubRows, Self::Error>>;

    /// Performs writes in order.
    fn perform(
        &self,
        writes: &[HubWrite],
        by: &Writer,
    ) -> impl Future<Output = Result<Vec<HubOutcome>, Self::Error>>;
}

/// Who names a new row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// Whoever creates it derives the id from the repository and the file id, so that two who create
    /// the same row name it the same.
    Derived,
    /// The hub.
    Given,
}

/// A repository the hub knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    /// Its short name.
    pub slug: Slug,
    /// What tells it from another: the root commit, or the configured name.
    pub id: RepositoryId,
    /// Its remote, without user and password.
    pub remote: Option<String>,
    /// Where it lies, by host.
    pub paths: BTreeMap<String, String>,
    /// When it was last brought in step.
    pub synced: Option<Timestamp>,
}

/// What is told to a hub about a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// The short name wanted.
    pub slug: Slug,
    /// What tells the repository from another.
    pub id: RepositoryId,
    /// Its remote, without user and password.
    pub remote: Option<String>,
    /// The host it lies on, and where.
    pub path: Option<(String, String)>,
}

/// A moment by the hub's clock, in whole seconds since 1970 in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

/// Who writes: a name people recognise, such as the user and the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Writer(pub String);

/// The version of a row: it differs after every change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(pub u64);

/// What every row has besides its own fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowState {
    /// Its version.
    pub version: Version,
    /// How often its rank was lowered on purpose.
    pub reopens: u32,
    /// Who changed it last.
    pub changed_by: String,
    /// When.
    pub changed_at: Timestamp,
}

/// A workplan in the hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkplanRow {
    /// The row's id.
    pub id: HubId,
    /// The repository it belongs to.
    pub repository: Option<Slug>,
    /// The id in the file.
    pub file_id: Option<FileId>,
    /// Its title.
    pub title: String,
    /// Its status.
    pub status: Word<WorkplanStatus>,
    /// Version, reopens, last change.
    pub state: RowState,
}

/// A task in the hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskRow {
    /// The row's id.
    pub id: HubId,
    /// The workplan it belongs to.
    pub workplan: HubId,
    /// The id in the file.
    pub file_id: Option<FileId>,
    /// Its title.
    pub title: String,
    /// Its status.
    pub status: Word<TaskStatus>,
    /// Its priority.
    pub priority: Option<String>,
    /// Version, reopens, last change.
    pub state: RowState,
}

/// Rows that were read, each list ordered by id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HubRows {
    /// The workplans.
    pub workplans: Vec<WorkplanRow>,
    /// The tasks.
    pub tasks: Vec<TaskRow>,
}

/// One change of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HubWrite {
    /// Makes a workplan.
    CreateWorkplan {
        /// The derived id ([`derive_workplan_id`]); without one the hub gives it.
        id: Option<HubId>,
        /// The repository it belongs to.
        repository: Slug,
        /// The id in the file.
        file_id: FileId,
        /// Its title.
        title: String,
        /// Its status.
        status: WorkplanStatus,
    },
    /// Makes a task.
    CreateTask {
        /// The derived id ([`derive_task_id`]); without one the hub gives it.
        id: Option<HubId>,
        /// The workplan it belongs to.
        workplan: HubId,
        /// The id in the file.
        file_id: FileId,
        /// Its title.
        title: String,
        /// Its status.
        status: TaskStatus,
        /// Its priority.
        priority: Option<String>,
    },
    /// Changes the status of a workplan.
    SetWorkplanStatus {
        /// The row.
        id: HubId,
        /// The version that was seen.
        seen: Version,
        /// The new status.
        status: WorkplanStatus,
        /// The rank may fall; if it does, `reopens` counts up.
        reopen: bool,
    },
    /// Changes the title of a workplan.
    SetWorkplanTitle {
        /// The row.
        id: HubId,
        /// The version that was seen.
        seen: Version,
        /// The new title.
        title: String,
    },
    /// Gives a workplan that belongs to no repository to one. One that belongs to another, or whose
    /// file id another row there has, is refused.
    AdoptWorkplan {
        /// The row.
        id: HubId,
        /// The version that was seen.
        seen: Version,
        /// The repository it belongs to from now on.
        repository: Slug,
        /// The id in the file.
        file_id: FileId,
    },
    /// Changes the status of a task.
    SetTaskStatus {
        /// The row.
        id: HubId,
        /// The version that was seen.
        seen: Version,
        /// The new status.
        status: TaskStatus,
        /// The rank may fall; if it does, `reopens` counts up.
        reopen: bool,
    },
    /// Remembers that a repository was brought in step just now.
    MarkSynced {
        /// The repository.
        repository: Slug,
    },
}

/// What became of a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HubOutcome {
    /// It was made.
    Done(Made),
    /// It was so already; a create names the row that was there.
    AlreadySo(Made),
    /// The row has changed since it was seen; nothing was written.
    Superseded {
        /// The status it has now, in the hub's word.
        now: String,
    },
    /// The rank would have fallen; nothing was written.
    Regression {
        /// The status it has, in the hub's word.
        now: String,
    },
    /// There is no such row.
    Missing,
    /// The hub refused this one write.
    Refused {
        /// What it said.
        reason: String,
    },
    /// The hub cannot be reached or is in trouble; nothing was written as far as is known.
    Transient {
        /// What happened.
        reason: String,
    },
}

impl HubOutcome {
    /// Returns the row if it is now as the write asked for, or, after a create, was there.
    pub fn made(&self) -> Option<&Made> {
        match self {
            Self::Done(made) | Self::AlreadySo(made) => Some(made),
            Self::Superseded { .. }
            | Self::Regression { .. }
            | Self::Missing
            | Self::Refused { .. }
            | Self::Transient { .. } => None,
        }
    }
}

/// The row a write left behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// The row; a repository's slug for [`Hub::register`] and [`HubWrite::MarkSynced`].
    pub id: HubId,
    /// Its version now.
    pub version: Version,
    /// Its reopens now.
    pub reopens: u32,
}
