use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use sync_core::hub::{
    HubRows, Naming, Registration, Repository as Registered, Version, derive_task_id,
};
use sync_core::ids::{FileId, HubId};
use sync_core::simulate::{NoSuchRepository, SimulatedHub};
use sync_core::status::{TaskStatus, WorkplanStatus};

use super::*;
use crate::sandbox::{Checkout, Sandbox};

const PLAN: &str = "workplans/a.md";

fn plan(status: &str) -> String {
    format!(
        "---\nid: A\ntitle: A plan\nstatus: active\n---\n## First\n```task\nid: T1\nstatus: {status}\n```\n\
         ## Second\n```task\nid: T2\nstatus: todo\n```\n"
    )
}

/// What others do to a hub.
type Others = Box<dyn FnOnce(&SimulatedHub)>;

/// A hub in memory that can be told to fail, and in front of which others may write.
struct Between {
    hub: SimulatedHub,
    /// How many calls of writes fail from now on.
    failing: Cell<u32>,
    /// The status of the second task is refused.
    refusing: Cell<bool>,
    /// Done before the next writes are.
    first: RefCell<Option<Others>>,
}

impl Hub for Between {
    type Error = NoSuchRepository;

    fn naming(&self) -> Naming {
        self.hub.naming()
    }

    async fn repositories(&self) -> Result<Vec<Registered>, NoSuchRepository> {
        self.hub.repositories().await
    }

    async fn register(&self, registration: &Registration) -> Result<HubOutcome, NoSuchRepository> {
        self.hub.register(registration).await
    }

    async fn read(&self, repository: &Slug) -> Result<HubRows, NoSuchRepository> {
        self.hub.read(repository).await
    }

    async fn look_up(&self, ids: &BTreeSet<String>) -> Result<HubRows, NoSuchRepository> {
        self.hub.look_up(ids).await
    }

    async fn perform(
        &self,
        writes: &[HubWrite],
        by: &Writer,
    ) -> Result<Vec<HubOutcome>, NoSuchRepository> {
        if let Some(first) = self.first.take() {
            first(&self.hub);
        }
        match self.failing.get() {
            0 if self.refusing.get() => Ok(writes
                .iter()
                .map(|write| self.unless_refused(write, by))
                .collect()),
            0 => self.hub.perform(writes, by).await,
            left => {
                self.failing.set(left - 1);
                Err(NoSuchRepository(Slug::new("away")))
            }
        }
    }
}

impl Between {
    fn unless_refused(&self, write: &HubWrite, by: &Writer) -> HubOutcome {
        let second = derive_task_id(&id(), &FileId::new("A"), &FileId::new("T2"));
        match write {
            HubWrite::SetTaskStatus { id, .. } if *id == second => HubOutcome::Refused {
                reason: "not this one".into(),
            },
            write => self.hub.apply(write, by),
        }
    }
}

/// A checkout with a plan, and a hub that knows the repository.
struct Scene<'s> {
    checkout: Checkout<'s>,
    hub: Between,
    limit: Duration,
}

impl<'s> Scene<'s> {
    fn new(sandbox: &'s Sandbox, naming: Naming) -> Self {
        let checkout = sandbox.init("r");
        checkout.commit(PLAN, &plan("todo"));
        let hub = SimulatedHub::new(naming);
        hub.register_now(&Registration {
            slug: Slug::new("r"),
            id: id(),
            remote: None,
            path: None,
        });
        let hub = Between {
            hub,
            failing: Cell::new(0),
            refusing: Cell::new(false),
            first: RefCell::default(),
        };
        let limit = Duration::from_mins(1);
        Self {
            checkout,
            hub,
            limit,
        }
    }

    fn run(&self, fix: bool) -> Report {
        let request = Request {
            repository: Slug::new("r"),
            id: id(),
            hub_location: "hub".into(),
            mode: Mode {
                fix,
                writeback: true,
                reopen: BTreeSet::new(),
            },
            pull: false,
            push: false,
            date: "2026-11-21".into(),
            keep_as: "kept".into(),
            writer: writer(),
            limits: Limits {
                fetch: self.limit,
                git: self.limit,
            },
        };
        let repository = self.checkout.open();
        let mut run = pin!(run(&repository, &self.hub, &request));
        // Nothing in it waits for anything but threads of its own.
        match run.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(report) => report.unwrap(),
            Poll::Pending => panic!("a hub in memory does not let wait"),
        }
    }

    /// Runs a fix that leaves nothing.
    #[track_caller]
    fn fix(&self) -> Report {
        let report = self.run(true);
        assert_eq!(
            (&report.remaining[..], &report.failed[..]),
            (&[][..], &[][..])
        );
        report
    }

    fn head(&self) -> String {
        self.checkout.git(&["rev-parse", "HEAD"])
    }

    /// The hub's ids of the tasks.
    fn tasks(&self) -> Vec<HubId> {
        self.hub.hub.state().tasks.into_keys().collect()
    }
}

fn id() -> RepositoryId {
    RepositoryId::new("0123")
}

fn writer() -> Writer {
    Writer("a@b".into())
}

fn codes(findings: &[Finding]) -> Vec<String> {
    findings
        .iter()
        .map(|finding| finding.code().to_string())
        .collect()
}

/// Moves the first task on, as another machine does.
fn finish(hub: &SimulatedHub) {
    let rows = hub.state().tasks;
    let row = rows
        .values()
        .find(|row| row.file_id == Some(FileId::new("T1")));
    let row = row.unwrap();
    let write = HubWrite::SetTaskStatus {
        id: row.id.clone(),
        seen: row.state.version,
        status: TaskStatus::Done,
        reopen: false,
    };
    assert!(matches!(hub.apply(&write, &writer()), HubOutcome::Done(_)));
}

#[test]
fn the_ids_a_hub_gives_are_written_and_found_again() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox, Naming::Given);
    let begin = scene.head();
    assert_eq!(codes(&scene.fix().done), ["C-06", "C-10", "C-10"]);
    let linked = scene.checkout.read(PLAN);
    let given = scene.tasks();
    assert_eq!(given.len(), 2);
    for id in &given {
        assert!(
            linked.contains(&format!("\nstate_hub_task_id: \"{id}\"\n")),
            "{linked}"
        );
        assert_ne!(
            *id,
            derive_task_id(&self::id(), &FileId::new("A"), &FileId::new("T1"))
        );
    }
    let count = scene.checkout.git(&["rev-list", "--count", "HEAD"]);
    assert_eq!(count, "2", "one commit for all the ids");
    let head = scene.head();
    assert_eq!(scene.fix().findings, []);
    assert_eq!(scene.head(), head);
    // The rows were made, and the ids were lost: they are asked for by the ids of the file.
    scene.checkout.git(&["reset", "--quiet", "--hard", &begin]);
    assert_eq!(codes(&scene.run(false).findings), ["C-06", "C-10", "C-10"]);
    scene.fix();
    assert_eq!(scene.checkout.read(PLAN), linked);
    assert_eq!(scene.tasks(), given, "no twins");
}

#[test]
fn a_hub_that_gives_ids_is_kept_in_step_too() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox, Naming::Given);
    scene.fix();
    finish(&scene.hub.hub);
    assert_eq!(codes(&scene.fix().done), ["C-13"]);
    assert!(scene.checkout.read(PLAN).contains("status: done\n"));
    let further = scene
        .checkout
        .read(PLAN)
        .replace("status: todo", "status: blocked");
    scene.checkout.commit(PLAN, &further);
    assert_eq!(codes(&scene.fix().done), ["C-11"]);
    // An id that such a hub does not have is no id yet to be made.
    let id = scene.tasks()[0].to_string();
    scene
        .checkout
        .commit(PLAN, &further.replace(&id, "somebody-elses"));
    let remaining = scene.run(true).remaining;
    assert!(
        codes(&remaining).contains(&"C-03".to_owned()),
        "{remaining:?}"
    );
}

#[test]
fn what_others_write_meanwhile_is_not_overwritten() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox, Naming::Derived);
    scene.fix();
    let file = scene.checkout.read(PLAN);
    let file = file.replacen("status: todo", "status: in_progress", 1);
    scene.checkout.commit(PLAN, &file);
    // Between the look and the write the task is finished elsewhere.
    *scene.hub.first.borrow_mut() = Some(Box::new(finish));
    scene.fix();
    let row = &scene.hub.hub.state().tasks;
    let row = row
        .values()
        .find(|row| row.file_id == Some(FileId::new("T1")));
    assert_eq!(row.unwrap().status.known(), Some(TaskStatus::Done));
    assert!(scene.checkout.read(PLAN).contains("status: done\n"));
}

#[test]
fn what_others_write_beside_the_same_title_is_not_overwritten() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox, Naming::Derived);
    let proposed = plan("todo").replace("active", "proposed");
    scene.checkout.commit(PLAN, &proposed);
    scene.fix();
    let file = scene.checkout.read(PLAN).replace("A plan", "Renamed");
    scene
        .checkout
        .commit(PLAN, &file.replace("proposed", "backlog"));
    // Between the look and the write another machine names it so too, and moves it on.
    *scene.hub.first.borrow_mut() = Some(Box::new(|hub| {
        let row = hub.state().workplans.into_values().next().unwrap();
        let rename = HubWrite::SetWorkplanTitle {
            id: row.id.clone(),
            seen: row.state.version,
            title: "Renamed".into(),
        };
        let HubOutcome::Done(made) = hub.apply(&rename, &writer()) else {
            panic!("nobody was faster");
        };
        let ready = HubWrite::SetWorkplanStatus {
            id: row.id,
            seen: made.version,
            status: WorkplanStatus::Ready,
            reopen: false,
        };
        assert!(matches!(hub.apply(&ready, &writer()), HubOutcome::Done(_)));
    }));
    let report = scene.run(true);
    let row = scene.hub.hub.state().workplans.into_values().next();
    let status = row.unwrap().status.known();
    assert_eq!(status, Some(WorkplanStatus::Ready), "{report:?}");
    assert_eq!(codes(&report.remaining), ["C-04"]);
}

#[test]
fn a_row_that_was_made_and_reopened_meanwhile_is_not_closed() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox, Naming::Derived);
    scene.fix();
    let third = "## Third\n```task\nid: T3\nstatus: done\n```\n";
    let file = scene.checkout.read(PLAN) + third;
    scene.checkout.commit(PLAN, &file);
    let row = derive_task_id(&id(), &FileId::new("A"), &FileId::new("T3"));
    let by = || Writer("c@d".into());
    // Between the look and the write another machine makes the row, and opens it again.
    *scene.hub.first.borrow_mut() = Some(Box::new({
        let row = row.clone();
        move |hub| {
            let workplan = hub.state().workplans.into_keys().next().unwrap();
            let create = HubWrite::CreateTask {
                id: Some(row.clone()),
                workplan,
                file_id: FileId::new("T3"),
                title: "Third".into(),
                status: TaskStatus::Done,
                priority: None,
            };
            let HubOutcome::Done(made) = hub.apply(&create, &by()) else {
                panic!("it is new");
            };
            let reopen = HubWrite::SetTaskStatus {
                id: row,
                seen: made.version,
                status: TaskStatus::Todo,
                reopen: true,
            };
            assert!(matches!(hub.apply(&reopen, &by()), HubOutcome::Done(_)));
        }
    }));
    for _ in 0..2 {
        let report = scene.run(true);
        assert_eq!(codes(&report.remaining), ["C-13"], "{report:?}");
        let task = &scene.hub.hub.state().tasks[&row];
        assert_eq!(task.status.known(), Some(TaskStatus::Todo));
    }
}

#[test]
fn a_workplan_is_not_closed_in_the_hub_while_a_task_of_it_is_open_there() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox, Naming::Derived);
    let begun = || {
        scene
            .checkout
            .git(&["rev-list", "--count", "HEAD"])
            .parse::<u32>()
            .unwrap()
    };
    scene.fix();
    let file = scene
        .checkout
        .read(PLAN)
        .replace("status: todo", "status: done");
    scene.checkout.commit(PLAN, &file);
    let workplan = || {
        let rows = scene.hub.hub.state().workplans;
        rows.into_values().next().unwrap().status.known()
    };
    let commits = begun();
    scene.hub.refusing.set(true);
    let report = scene.run(true);
    assert_eq!(workplan(), Some(WorkplanStatus::Active), "{report:?}");
    assert_eq!(codes(&report.failed), ["C-21"]);
    assert_eq!(codes(&report.remaining), ["C-21", "C-11", "C-15"]);
    assert_eq!(begun(), commits);
    scene.hub.refusing.set(false);
    assert_eq!(codes(&scene.fix().done), ["C-11", "C-15"]);
    assert_eq!(workplan(), Some(WorkplanStatus::Finished));
    assert_eq!(begun(), commits + 1);
    assert_eq!(scene.fix().findings, []);
}

#[test]
fn a_new_workplan_of_closed_tasks_is_closed_in_one_run() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox, Naming::Given);
    let file = plan("done").replace("status: todo", "status: cancelled");
    scene.checkout.commit(PLAN, &file);
    let done = codes(&scene.fix().done);
    assert_eq!(done, ["C-06", "C-10", "C-10", "C-15"]);
    let count = scene.checkout.git(&["rev-list", "--count", "HEAD"]);
    assert_eq!(count, "4", "one commit for the ids, one for the status");
    assert_eq!(scene.fix().findings, []);
}

#[test]
fn no_row_is_made_for_a_file_whose_changes_git_is_told_to_overlook() {
    for option in ["skip-worktree", "assume-unchanged"] {
        let sandbox = Sandbox::new();
        let scene = Scene::new(&sandbox, Naming::Derived);
        let tell = |option: &str| {
            scene
                .checkout
                .git(&["update-index", &format!("--{option}"), PLAN]);
        };
        tell(option);
        let (head, rows) = (scene.head(), scene.hub.hub.state());
        for fix in [false, true] {
            let report = scene.run(fix);
            let blocked = ["C-06", "C-10", "C-10", "C-14"];
            let mut found = codes(&report.remaining);
            found.sort();
            assert_eq!(found, blocked, "{report:?}");
            assert_eq!(report.failed, []);
            let told = "workplan cannot be committed: git is told to overlook changes of it — skipping writeback";
            assert!(
                report
                    .remaining
                    .iter()
                    .any(|finding| finding.message() == told)
            );
        }
        assert_eq!(scene.hub.hub.state().workplans, rows.workplans);
        assert_eq!(scene.hub.hub.state().tasks, rows.tasks);
        assert_eq!(
            (scene.head(), scene.checkout.read(PLAN)),
            (head, plan("todo"))
        );
        tell(&format!("no-{option}"));
        scene.fix();
    }
}

#[test]
fn a_hub_that_fails_is_told_and_nothing_is_linked_to_it() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox, Naming::Derived);
    scene.hub.failing.set(u32::MAX);
    let report = scene.run(true);
    assert_eq!(report.done, []);
    assert!(!report.failed.is_empty());
    assert_eq!(
        codes(&report.failed),
        vec!["C-21"; report.failed.len()],
        "{report:?}"
    );
    assert_eq!(scene.checkout.read(PLAN), plan("todo"));
    scene.hub.failing.set(0);
    assert_eq!(scene.fix().done.len(), 3);
}

#[test]
fn a_hook_that_does_not_end_is_ended() {
    let sandbox = Sandbox::new();
    let mut scene = Scene::new(&sandbox, Naming::Derived);
    scene.fix();
    finish(&scene.hub.hub);
    scene.checkout.write("mine", b"1\n");
    scene.checkout.git(&["add", "mine"]);
    let hook = ".git/hooks/pre-commit";
    scene.checkout.write(hook, b"#!/bin/sh\nexec sleep 600\n");
    let path = scene.checkout.root.join(hook);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    scene.limit = Duration::from_secs(1);
    let state = || {
        let git = |arguments: &[&str]| scene.checkout.git(arguments);
        (git(&["status", "--porcelain"]), scene.head())
    };
    let before = state();
    let report = scene.run(true);
    assert_eq!(codes(&report.failed), ["C-21"]);
    let told = report.failed[0].message();
    assert!(told.contains("1 seconds") || told.contains("1s"), "{told}");
    assert_eq!(state(), before);
    std::fs::remove_file(path).unwrap();
    scene.limit = Duration::from_mins(1);
    scene.fix();
    assert_eq!(scene.checkout.git(&["status", "--porcelain"]), "A  mine");
}

#[test]
fn a_check_writes_nothing_anywhere() {
    let sandbox = Sandbox::new();
    let scene = Scene::new(&sandbox, Naming::Given);
    let before = scene.hub.hub.state();
    assert_eq!(scene.run(false).findings.len(), 3);
    assert_eq!(scene.hub.hub.state(), before);
    assert!(!scene.checkout.root.join(".git/onward").exists());
    assert_eq!(scene.checkout.git(&["status", "--porcelain"]), "");
    assert_eq!(
        before.tasks.values().next().map(|row| row.state.version),
        None::<Version>
    );
}
