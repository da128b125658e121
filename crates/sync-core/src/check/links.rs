//! Which row belongs to which workplan and block: by the id in the file, else by the file's own id.

use crate::hub::{TaskRow, WorkplanRow};
use crate::ids::{FileId, HubId};
use crate::snapshot::{Snapshot, TaskKey};
use crate::workplan::{TaskBlock, Workplan};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

/// What a workplan or a block has in the hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Link<'a, R> {
    /// Its row, which it names.
    Row(&'a R),
    /// Its row, which bears its id; it names none, or one that is yet to be made.
    Found(&'a R),
    /// The row it names, which belongs to no repository yet; compared like its own.
    Unowned(&'a R),
    /// The row it names, which is another repository's or another workplan's.
    Foreign(&'a R),
    /// It names a row that the hub does not have.
    Dangling(&'a HubId),
    /// It names none, and several bear its id.
    Several(Vec<&'a R>),
    /// It names none, or one that is yet to be made, and none bears its id.
    None,
}

impl<'a, R> Link<'a, R> {
    /// Tells whether the file names a row, be it there or not.
    pub(crate) fn is_named(&self) -> bool {
        !matches!(self, Self::Found(_) | Self::Several(_) | Self::None)
    }

    /// Returns the row that is compared.
    pub(crate) fn row(&self) -> Option<&'a R> {
        match *self {
            Self::Row(row) | Self::Found(row) | Self::Unowned(row) => Some(row),
            Self::Foreign(_) | Self::Dangling(_) | Self::Several(_) | Self::None => None,
        }
    }

    /// Returns the rows that this stands for, whosever they are.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &'a R> {
        let (one, several) = match self {
            Self::Row(row) | Self::Found(row) | Self::Unowned(row) | Self::Foreign(row) => {
                (Some(*row), &[][..])
            }
            Self::Several(rows) => (None, &rows[..]),
            Self::Dangling(_) | Self::None => (None, &[][..]),
        };
        one.into_iter().chain(several.iter().copied())
    }
}

/// A workplan with its row, and its blocks with theirs.
#[derive(Clone, Debug)]
pub(crate) struct Linked<'a> {
    pub(crate) file: &'a Workplan,
    pub(crate) link: Link<'a, WorkplanRow>,
    /// Nobody knows who is meant, as its id or its row is used more than once: nothing is written
    /// for it.
    pub(crate) twice: bool,
    /// A person declared it open again.
    pub(crate) reopened: bool,
    pub(crate) tasks: Vec<LinkedTask<'a>>,
}

/// A block with its row.
#[derive(Clone, Debug)]
pub(crate) struct LinkedTask<'a> {
    pub(crate) block: &'a TaskBlock,
    pub(crate) link: Link<'a, TaskRow>,
    /// As [`Linked::twice`], and of a workplan of which that is so.
    pub(crate) twice: bool,
    /// A person declared it open again.
    pub(crate) reopened: bool,
}

impl<'a> Linked<'a> {
    /// Names a task of this workplan.
    pub(crate) fn key(&self, task: &FileId) -> TaskKey {
        key(self.file, task)
    }

    /// Returns the id of the row this stands for, be the row there or not.
    pub(crate) fn row_id(&self) -> Option<&'a HubId> {
        let row = self.link.rows().next().map(|row| &row.id);
        row.or(self.file.hub_id.as_ref())
    }
}

impl<'a> LinkedTask<'a> {
    /// Returns the id of the row this stands for, be the row there or not.
    pub(crate) fn row_id(&self) -> Option<&'a HubId> {
        let row = self.link.rows().next().map(|row| &row.id);
        row.or(self.block.hub_id.as_ref())
    }
}

fn key(file: &Workplan, task: &FileId) -> TaskKey {
    TaskKey {
        workplan: file.id.clone(),
        task: task.clone(),
    }
}

/// Links every workplan that could be read.
pub(crate) fn link(snapshot: &Snapshot) -> Vec<Linked<'_>> {
    let index = Index::of(snapshot);
    let files = snapshot.files.iter().flatten();
    let mut linked: Vec<Linked<'_>> = files.map(|file| index.link(file)).collect();
    let repeated = Repeated::of(&linked);
    for plan in &mut linked {
        let row = plan.row_id();
        plan.twice = repeated.ids.contains(&plan.file.id)
            || row.is_some_and(|row| repeated.rows.contains(row))
            || matches!(plan.link, Link::Several(_));
        let in_file = twice(plan.tasks.iter().map(|task| &task.block.id));
        for task in &mut plan.tasks {
            let row = task.row_id();
            task.twice = plan.twice
                || in_file.contains(&task.block.id)
                || row.is_some_and(|row| repeated.rows.contains(row))
                || matches!(task.link, Link::Several(_));
        }
    }
    super::reopens::mark(&mut linked, &snapshot.mode.reopen);
    linked
}

struct Index<'a> {
    snapshot: &'a Snapshot,
    workplans: BTreeMap<&'a HubId, &'a WorkplanRow>,
    by_file_id: BTreeMap<&'a FileId, Vec<&'a WorkplanRow>>,
    tasks: BTreeMap<&'a HubId, &'a TaskRow>,
    tasks_by_file_id: BTreeMap<(&'a HubId, &'a FileId), Vec<&'a TaskRow>>,
}

impl<'a> Index<'a> {
    fn of(snapshot: &'a Snapshot) -> Self {
        let all = || [&snapshot.elsewhere, &snapshot.rows].into_iter();
        // A row may be in both.
        let workplans: BTreeMap<_, _> = all()
            .flat_map(|rows| &rows.workplans)
            .map(|row| (&row.id, row))
            .collect();
        let tasks: BTreeMap<_, _> = all()
            .flat_map(|rows| &rows.tasks)
            .map(|row| (&row.id, row))
            .collect();
        let own = |row: &&&WorkplanRow| row.repository.as_ref() == Some(&snapshot.repository);
        let mut by_file_id: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for row in workplans.values().filter(own) {
            if let Some(id) = &row.file_id {
                by_file_id.entry(id).or_default().push(*row);
            }
        }
        let mut tasks_by_file_id: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for row in tasks.values() {
            if let Some(id) = &row.file_id {
                let of = tasks_by_file_id.entry((&row.workplan, id)).or_default();
                of.push(*row);
            }
        }
        Self {
            snapshot,
            workplans,
            by_file_id,
            tasks,
            tasks_by_file_id,
        }
    }

    /// Links a workplan; what is [`twice`](Linked::twice) and reopened shows in the sight of all.
    fn link(&self, file: &'a Workplan) -> Linked<'a> {
        let link = self.workplan(file);
        let row = link.row();
        let tasks = file.tasks.iter().map(|block| LinkedTask {
            block,
            link: self.task(file, row, block),
            twice: false,
            reopened: false,
        });
        let tasks = tasks.collect();
        Linked {
            file,
            link,
            twice: false,
            reopened: false,
            tasks,
        }
    }

    fn workplan(&self, file: &'a Workplan) -> Link<'a, WorkplanRow> {
        let found = || found(self.by_file_id.get(&file.id));
        let Some(id) = &file.hub_id else {
            return found();
        };
        match self.workplans.get(id).copied() {
            Some(row) if row.repository.as_ref() == Some(&self.snapshot.repository) => {
                Link::Row(row)
            }
            Some(row) if row.repository.is_none() => Link::Unowned(row),
            Some(row) => Link::Foreign(row),
            // An id of ours that this hub has not seen: another hub made the row.
            None if self.snapshot.derived.workplans.get(&file.id) == Some(id) => found(),
            None => Link::Dangling(id),
        }
    }

    fn task(
        &self,
        file: &'a Workplan,
        workplan: Option<&'a WorkplanRow>,
        block: &'a TaskBlock,
    ) -> Link<'a, TaskRow> {
        let of = workplan.map(|row| (&row.id, &block.id));
        let found = || found(of.and_then(|of| self.tasks_by_file_id.get(&of)));
        let Some(id) = &block.hub_id else {
            return found();
        };
        match self.tasks.get(id).copied() {
            Some(row) if workplan.is_some_and(|workplan| workplan.id == row.workplan) => {
                Link::Row(row)
            }
            Some(row) => Link::Foreign(row),
            None if self.snapshot.derived.tasks.get(&key(file, &block.id)) == Some(id) => found(),
            None => Link::Dangling(id),
        }
    }
}

/// Links to the rows that bear an id.
fn found<'a, R>(rows: Option<&Vec<&'a R>>) -> Link<'a, R> {
    match rows.map_or(&[][..], Vec::as_slice) {
        [] => Link::None,
        [row] => Link::Found(row),
        rows => Link::Several(rows.to_vec()),
    }
}

/// What several files use.
struct Repeated<'a> {
    /// The ids of workplans.
    ids: BTreeSet<&'a FileId>,
    /// Rows, of workplans or of tasks.
    rows: BTreeSet<&'a HubId>,
}

impl<'a> Repeated<'a> {
    fn of(linked: &[Linked<'a>]) -> Self {
        let tasks = linked.iter().flat_map(|plan| &plan.tasks);
        let rows = linked.iter().filter_map(Linked::row_id);
        Self {
            ids: twice(linked.iter().map(|plan| &plan.file.id)),
            rows: twice(rows.chain(tasks.filter_map(LinkedTask::row_id))),
        }
    }
}

/// Returns what comes more than once.
fn twice<T: Ord + Copy>(items: impl Iterator<Item = T>) -> BTreeSet<T> {
    let mut seen = BTreeSet::new();
    items.filter(|item| !seen.insert(*item)).collect()
}
