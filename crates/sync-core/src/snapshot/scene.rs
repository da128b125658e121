//! A repository to begin tests with: one workplan of two tasks, in step with the hub.

use super::{Snapshot, TaskKey};
use crate::hub::{RowState, TaskRow, Timestamp, Version, WorkplanRow};
use crate::ids::{FileId, HubId, Slug};
use crate::status::{Base, TaskStatus, Word, WorkplanStatus};
use crate::workplan::{TaskBlock, Workplan};
use alloc::format;
use alloc::vec;
use alloc::vec::Vec;

/// The file of [`scene`].
pub(crate) const PATH: &str = "workplans/DEMO-WP-0001-demo.md";

/// Returns a repository in which nothing is to be found: `DEMO-WP-0001`, active, `p1` in the hub, with
/// `T01`, todo, `t1`, and `T02`, in progress, `t2`.
pub(crate) fn scene() -> Snapshot {
    let mut snapshot = Snapshot::of(Slug::new("demo"));
    snapshot.mode.writeback = true;
    let blocks = vec![
        block("T01", "todo", "t1"),
        block("T02", "in_progress", "t2"),
    ];
    snapshot.files = Some(vec![workplan("DEMO-WP-0001", PATH, "active", "p1", blocks)]);
    snapshot.rows.workplans = vec![plan_row("p1", "DEMO-WP-0001", "active")];
    snapshot.rows.tasks = vec![
        task_row("t1", "p1", "T01", "todo"),
        task_row("t2", "p1", "T02", "in_progress"),
    ];
    snapshot
}

pub(crate) fn workplan(
    id: &str,
    path: &str,
    status: &str,
    hub_id: &str,
    tasks: Vec<TaskBlock>,
) -> Workplan {
    Workplan {
        path: path.into(),
        archived: false,
        id: FileId::new(id),
        title: format!("Plan {id}"),
        status: (!status.is_empty()).then(|| Word::read(status)),
        status_line: 5,
        hub_id: HubId::parse(hub_id),
        hub_id_line: 6,
        tasks,
    }
}

pub(crate) fn block(id: &str, status: &str, hub_id: &str) -> TaskBlock {
    // Every block has lines of its own.
    let line = 10 * id.bytes().map(u32::from).sum::<u32>();
    TaskBlock {
        id: FileId::new(id),
        title: format!("Step {id}"),
        status: (!status.is_empty()).then(|| Word::read(status)),
        priority: None,
        hub_id: HubId::parse(hub_id),
        line,
        status_line: line + 2,
    }
}

pub(crate) fn plan_row(id: &str, file_id: &str, status: &str) -> WorkplanRow {
    WorkplanRow {
        id: HubId::new(id),
        repository: Some(Slug::new("demo")),
        file_id: Some(FileId::new(file_id)),
        title: format!("Plan {file_id}"),
        status: Word::read(status),
        state: state(),
    }
}

pub(crate) fn task_row(id: &str, workplan: &str, file_id: &str, status: &str) -> TaskRow {
    TaskRow {
        id: HubId::new(id),
        workplan: HubId::new(workplan),
        file_id: Some(FileId::new(file_id)),
        title: format!("Step {file_id}"),
        status: Word::read(status),
        priority: None,
        state: state(),
    }
}

fn state() -> RowState {
    RowState {
        version: Version(7),
        reopens: 0,
        changed_by: "ada@laptop".into(),
        changed_at: Timestamp(1_700_000_000),
    }
}

pub(crate) fn key(task: &str) -> TaskKey {
    TaskKey {
        workplan: FileId::new("DEMO-WP-0001"),
        task: FileId::new(task),
    }
}

/// What the mode and the first file hold.
impl Snapshot {
    pub(crate) fn file(&mut self) -> &mut Workplan {
        &mut self.files()[0]
    }

    pub(crate) fn files(&mut self) -> &mut Vec<Workplan> {
        self.files.as_mut().unwrap()
    }

    /// Sets the status of the first workplan in the file and in the hub.
    pub(crate) fn plan_is(&mut self, file: &str, hub: &str) {
        self.file().status = (!file.is_empty()).then(|| Word::read(file));
        self.rows.workplans[0].status = Word::read(hub);
    }

    /// Sets the status of a task of the first workplan in the file and in the hub.
    pub(crate) fn task_is(&mut self, task: usize, file: &str, hub: &str) {
        self.file().tasks[task].status = (!file.is_empty()).then(|| Word::read(file));
        self.rows.tasks[task].status = Word::read(hub);
    }

    /// Remembers a status of a task of the first workplan.
    pub(crate) fn task_was(&mut self, task: &str, status: TaskStatus, reopens: u32) {
        self.bases.tasks.insert(key(task), Base { status, reopens });
    }

    /// Remembers a status of the first workplan.
    pub(crate) fn plan_was(&mut self, status: WorkplanStatus, reopens: u32) {
        let id = FileId::new("DEMO-WP-0001");
        self.bases.workplans.insert(id, Base { status, reopens });
    }

    pub(crate) fn reopen(&mut self, id: &str) {
        self.mode.reopen.insert(FileId::new(id));
    }
}
