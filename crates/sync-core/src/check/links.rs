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
    /// The row it names, which belongs to no repository yet; compared like its own.
    Unowned(&'a R),
    /// The row it names, which is another repository's or another workplan's.
    Foreign(&'a R),
    /// It names a row that the hub does not have.
    Dangling(&'a HubId),
    /// It names none, or one that is yet to be made; the row that bears its id, if there is one.
    None(Option<&'a R>),
}

impl<'a, R> Link<'a, R> {
    /// Returns the row that is compared.
    pub(crate) fn row(&self) -> Option<&'a R> {
        match *self {
            Self::Row(row) | Self::Unowned(row) => Some(row),
            Self::Foreign(_) | Self::Dangling(_) | Self::None(_) => None,
        }
    }

    /// Returns the row that was found, whosever it is.
    pub(crate) fn found(&self) -> Option<&'a R> {
        match *self {
            Self::Row(row) | Self::Unowned(row) | Self::Foreign(row) => Some(row),
            Self::None(row) => row,
            Self::Dangling(_) => None,
        }
    }
}

/// A workplan with its row, and its blocks with theirs.
#[derive(Clone, Debug)]
pub(crate) struct Linked<'a> {
    pub(crate) file: &'a Workplan,
    pub(crate) link: Link<'a, WorkplanRow>,
    /// Its id is used more than once, so nothing is written for it.
    pub(crate) twice: bool,
    pub(crate) tasks: Vec<LinkedTask<'a>>,
}

/// A block with its row.
#[derive(Clone, Debug)]
pub(crate) struct LinkedTask<'a> {
    pub(crate) block: &'a TaskBlock,
    pub(crate) link: Link<'a, TaskRow>,
    pub(crate) twice: bool,
}

impl Linked<'_> {
    /// Names a task of this workplan.
    pub(crate) fn key(&self, task: &FileId) -> TaskKey {
        TaskKey {
            workplan: self.file.id.clone(),
            task: task.clone(),
        }
    }
}

/// Links every workplan that could be read.
pub(crate) fn link(snapshot: &Snapshot) -> Vec<Linked<'_>> {
    let index = Index::of(snapshot);
    let repeated = Repeated::of(snapshot);
    let files = snapshot.files.iter().flatten();
    files
        .map(|file| {
            let link = index.workplan(file);
            // Blocks of a workplan whose own row is only found, not named, have their rows there.
            let row = match link {
                Link::Row(row) | Link::Unowned(row) | Link::None(Some(row)) => Some(row),
                Link::Foreign(_) | Link::Dangling(_) | Link::None(None) => None,
            };
            let tasks = file.tasks.iter().map(|block| LinkedTask {
                block,
                link: index.task(file, row, block),
                twice: repeated.task(file, block),
            });
            Linked {
                file,
                link,
                twice: repeated.workplan(file),
                tasks: tasks.collect(),
            }
        })
        .collect()
}

struct Index<'a> {
    snapshot: &'a Snapshot,
    workplans: BTreeMap<&'a HubId, &'a WorkplanRow>,
    by_file_id: BTreeMap<&'a FileId, &'a WorkplanRow>,
    tasks: BTreeMap<&'a HubId, &'a TaskRow>,
    tasks_by_file_id: BTreeMap<(&'a HubId, &'a FileId), &'a TaskRow>,
}

impl<'a> Index<'a> {
    fn of(snapshot: &'a Snapshot) -> Self {
        let all = || [&snapshot.elsewhere, &snapshot.rows].into_iter();
        let workplans = || all().flat_map(|rows| &rows.workplans);
        let tasks = || all().flat_map(|rows| &rows.tasks);
        let own = |row: &&WorkplanRow| row.repository.as_ref() == Some(&snapshot.repository);
        Self {
            snapshot,
            workplans: workplans().map(|row| (&row.id, row)).collect(),
            by_file_id: workplans()
                .filter(own)
                .filter_map(|row| Some((row.file_id.as_ref()?, row)))
                .collect(),
            tasks: tasks().map(|row| (&row.id, row)).collect(),
            tasks_by_file_id: tasks()
                .filter_map(|row| Some(((&row.workplan, row.file_id.as_ref()?), row)))
                .collect(),
        }
    }

    fn workplan(&self, file: &'a Workplan) -> Link<'a, WorkplanRow> {
        let found = self.by_file_id.get(&file.id).copied();
        let Some(id) = &file.hub_id else {
            return Link::None(found);
        };
        match self.workplans.get(id).copied() {
            Some(row) if row.repository.as_ref() == Some(&self.snapshot.repository) => {
                Link::Row(row)
            }
            Some(row) if row.repository.is_none() => Link::Unowned(row),
            Some(row) => Link::Foreign(row),
            // An id of ours that this hub has not seen: another hub made the row.
            None if self.snapshot.derived.workplans.get(&file.id) == Some(id) => Link::None(found),
            None => Link::Dangling(id),
        }
    }

    fn task(
        &self,
        file: &'a Workplan,
        workplan: Option<&'a WorkplanRow>,
        block: &'a TaskBlock,
    ) -> Link<'a, TaskRow> {
        let found = workplan.and_then(|row| self.tasks_by_file_id.get(&(&row.id, &block.id)));
        let Some(id) = &block.hub_id else {
            return Link::None(found.copied());
        };
        let key = TaskKey {
            workplan: file.id.clone(),
            task: block.id.clone(),
        };
        match self.tasks.get(id).copied() {
            Some(row) if workplan.is_some_and(|workplan| workplan.id == row.workplan) => {
                Link::Row(row)
            }
            Some(row) => Link::Foreign(row),
            None if self.snapshot.derived.tasks.get(&key) == Some(id) => Link::None(found.copied()),
            None => Link::Dangling(id),
        }
    }
}

/// The ids that are used more than once, so that nobody knows who is meant.
struct Repeated<'a> {
    workplans: BTreeSet<&'a FileId>,
    /// Short task ids are the workplan's own.
    tasks: BTreeSet<(&'a FileId, &'a FileId)>,
    rows: BTreeSet<&'a HubId>,
}

impl<'a> Repeated<'a> {
    fn of(snapshot: &'a Snapshot) -> Self {
        let files = || snapshot.files.iter().flatten();
        let blocks = || files().flat_map(|file| file.tasks.iter().map(move |task| (file, task)));
        let rows = files()
            .filter_map(|file| file.hub_id.as_ref())
            .chain(blocks().filter_map(|(_, task)| task.hub_id.as_ref()));
        Self {
            workplans: twice(files().map(|file| &file.id)),
            tasks: twice(blocks().map(|(file, task)| (&file.id, &task.id))),
            rows: twice(rows),
        }
    }

    fn workplan(&self, file: &Workplan) -> bool {
        let row = file.hub_id.as_ref();
        self.workplans.contains(&file.id) || row.is_some_and(|id| self.rows.contains(id))
    }

    fn task(&self, file: &Workplan, block: &TaskBlock) -> bool {
        let row = block.hub_id.as_ref();
        self.workplan(file)
            || self.tasks.contains(&(&file.id, &block.id))
            || row.is_some_and(|id| self.rows.contains(id))
    }
}

/// Returns what comes more than once.
pub(super) fn twice<T: Ord + Copy>(items: impl Iterator<Item = T>) -> BTreeSet<T> {
    let mut seen = BTreeSet::new();
    items.filter(|item| !seen.insert(*item)).collect()
}
