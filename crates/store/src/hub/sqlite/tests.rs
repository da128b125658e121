//! What the contract suite cannot ask of every hub: foreign clients, processes, faults of the file.

mod foreign;
mod processes;
mod trouble;

use super::*;
use camino::Utf8PathBuf;
use sync_core::hub::{derive_task_id, derive_workplan_id};
use sync_core::ids::{FileId, RepositoryId};
use sync_core::status::{TaskStatus, WorkplanStatus};
use tempfile::TempDir;
use test_support::contract::block_on;

/// A folder of its own, which goes with it.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> Utf8PathBuf {
        Utf8Path::from_path(self.0.path())
            .unwrap()
            .join("hub.sqlite3")
    }

    /// Returns every file with its content, in the order of names.
    fn files(&self) -> Vec<(std::ffi::OsString, Vec<u8>)> {
        let entries = std::fs::read_dir(self.0.path()).unwrap();
        let mut files: Vec<_> = entries
            .map(Result::unwrap)
            .map(|entry| (entry.file_name(), std::fs::read(entry.path()).unwrap()))
            .collect();
        files.sort();
        files
    }
}

fn ada() -> Writer {
    Writer("ada@laptop".into())
}

fn shop() -> RepositoryId {
    RepositoryId::new("root")
}

fn plan() -> FileId {
    FileId::new("WP-1")
}

fn task(n: usize) -> HubId {
    derive_task_id(&shop(), &plan(), &FileId::new(format!("T{n:05}")))
}

fn perform(hub: &SqliteHub, writes: &[HubWrite]) -> Result<Vec<HubOutcome>, Error> {
    block_on(hub.perform(writes, &ada()))
}

fn set(n: usize, seen: Version, status: TaskStatus, reopen: bool) -> HubWrite {
    HubWrite::SetTaskStatus {
        id: task(n),
        seen,
        status,
        reopen,
    }
}

fn new_task(n: usize) -> HubWrite {
    HubWrite::CreateTask {
        id: Some(task(n)),
        workplan: derive_workplan_id(&shop(), &plan()),
        file_id: FileId::new(format!("T{n:05}")),
        title: format!("Task {n}"),
        status: TaskStatus::Todo,
        priority: None,
    }
}

fn rows(hub: &SqliteHub) -> HubRows {
    block_on(hub.read(&Slug::new("shop"))).unwrap()
}

/// Makes a repository with one workplan of so many tasks.
fn furnish(hub: &SqliteHub, tasks: usize) {
    let registration = Registration {
        slug: Slug::new("shop"),
        id: shop(),
        remote: None,
        path: None,
    };
    block_on(hub.register(&registration)).unwrap();
    let mut writes = vec![HubWrite::CreateWorkplan {
        id: Some(derive_workplan_id(&shop(), &plan())),
        repository: Slug::new("shop"),
        file_id: plan(),
        title: "Plan".into(),
        status: WorkplanStatus::Active,
    }];
    writes.extend((0..tasks).map(new_task));
    let outcomes = perform(hub, &writes).unwrap();
    let made = |outcome: &HubOutcome| matches!(outcome, HubOutcome::Done(_));
    assert!(outcomes.iter().all(made));
}

/// Opens a new hub that waits for nobody, with so many tasks.
fn furnished(home: &Home, tasks: usize) -> SqliteHub {
    let hub = SqliteHub::open_waiting(&home.path(), Duration::ZERO).unwrap();
    furnish(&hub, tasks);
    hub
}
