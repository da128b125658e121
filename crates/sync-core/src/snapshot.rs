//! Everything about one repository that checks and fixes are decided from: files, hub rows, what
//! this checkout remembers, and facts of git. A value; whoever gathers it decides nothing.

use crate::hub::{HubRows, Naming};
use crate::ids::{FileId, HubId, Slug};
use crate::status::{Base, TaskStatus, WorkplanStatus};
use crate::workplan::{Unreadable, Workplan};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

/// One repository, its files and its rows, at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The repository.
    pub repository: Slug,
    /// What the run may do.
    pub mode: Mode,
    /// The workplans that could be read, by path; none if there is no `workplans/`.
    pub files: Option<Vec<Workplan>>,
    /// Files and blocks that could not be read.
    pub unreadable: Vec<Unreadable>,
    /// The rows of this repository, and the open workplans that belong to none ([`Hub::read`]).
    ///
    /// [`Hub::read`]: crate::hub::Hub::read
    pub rows: HubRows,
    /// Rows of any repository whose id, be it the hub's or the file's, stands in a file
    /// ([`Hub::look_up`]); those that are in [`rows`](Self::rows) too do no harm here.
    ///
    /// [`Hub::look_up`]: crate::hub::Hub::look_up
    pub elsewhere: HubRows,
    /// What this checkout remembers. A base that was recorded at a commit which is no ancestor of
    /// HEAD must have been left out: the files it speaks of are on another line.
    pub bases: Bases,
    /// What git says.
    pub git: GitState,
    /// Who names a new row.
    pub naming: Naming,
    /// The ids that new rows of these files get; empty if the hub gives them.
    pub derived: DerivedIds,
}

impl Snapshot {
    /// A repository of which nothing is known yet, to be checked only.
    pub fn of(repository: Slug) -> Self {
        Self {
            repository,
            mode: Mode::default(),
            files: None,
            unreadable: Vec::new(),
            rows: HubRows::default(),
            elsewhere: HubRows::default(),
            bases: Bases::default(),
            git: GitState::default(),
            naming: Naming::Derived,
            derived: DerivedIds::default(),
        }
    }
}

/// What a run may do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mode {
    /// Whether findings are mended, or only told.
    pub fix: bool,
    /// Whether statuses are written back to files. Ids are written either way.
    pub writeback: bool,
    /// What a person declares open again: ids as in the files, or `workplan/task` where a task's id
    /// alone is not unique. One that names nothing, or tasks of several workplans, is a finding.
    pub reopen: BTreeSet<FileId>,
}

/// A task of a repository: short task ids such as `T01` are unique in their workplan only.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskKey {
    /// The id of the workplan in its file.
    pub workplan: FileId,
    /// The id of the task in its block.
    pub task: FileId,
}

/// What a checkout remembers of a repository for one hub.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bases {
    /// The statuses of workplans.
    pub workplans: BTreeMap<FileId, Base<WorkplanStatus>>,
    /// The titles of workplans.
    pub titles: BTreeMap<FileId, String>,
    /// The statuses of tasks.
    pub tasks: BTreeMap<TaskKey, Base<TaskStatus>>,
}

/// Ids derived from repository and file ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DerivedIds {
    /// Those of workplans.
    pub workplans: BTreeMap<FileId, HubId>,
    /// Those of tasks.
    pub tasks: BTreeMap<TaskKey, HubId>,
}

/// What git says about a checkout.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GitState {
    /// Where HEAD stands beside its upstream.
    pub upstream: Upstream,
    /// The paths among the workplans that differ from HEAD, ignored and untracked ones included.
    pub dirty: BTreeSet<String>,
    /// Other paths that git would not commit, and why, such as `git does not track it`; asked of those
    /// that are to be written.
    pub unfit: BTreeMap<String, String>,
    /// Why nothing may be committed now, such as `a merge` or `a detached HEAD`.
    pub obstruction: Option<String>,
    /// How many commits of runs, this one included, the upstream does not have.
    pub unpushed: u32,
}

/// Where HEAD stands beside its upstream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Upstream {
    /// There is none.
    #[default]
    None,
    /// It could not be asked; what was fetched earlier says nothing about now.
    Unreachable,
    /// It was fetched just now.
    Tracked {
        /// Commits that HEAD has and the upstream lacks.
        ahead: u32,
        /// Commits that the upstream has and HEAD lacks.
        behind: u32,
    },
}

impl Upstream {
    /// Returns how many commits HEAD is behind, be it diverged or not; none if it is not.
    pub fn behind(self) -> Option<u32> {
        match self {
            Self::Tracked { behind, .. } if behind > 0 => Some(behind),
            _ => None,
        }
    }
}

#[cfg(test)]
pub(crate) mod scene;
