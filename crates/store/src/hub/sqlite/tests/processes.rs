//! Several processes at one file, and processes that are killed.

use super::*;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use sync_core::status::Status;

/// How many tasks the writers fight for.
const TASKS: usize = 4;

/// Tells a child which file to write to, how often, and where its luck begins.
const CHILD: &str = "ONWARD_STORE_TEST_HUB_CHILD";

/// Starts this test binary once more, to run [`child`].
#[expect(
    clippy::disallowed_methods,
    reason = "only a process of its own can be killed"
)]
fn spawn(path: &Utf8Path, seed: u64, rounds: usize) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "hub::sqlite::tests::processes::child",
            "--ignored",
        ])
        .env(CHILD, format!("{rounds}:{seed}:{path}"))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
#[ignore = "is started by the other tests here"]
#[expect(
    clippy::disallowed_methods,
    reason = "a child has no other way to learn its task"
)]
fn child() {
    let task = std::env::var(CHILD).unwrap();
    let (rounds, rest) = task.split_once(':').unwrap();
    let (seed, path) = rest.split_once(':').unwrap();
    let hub = SqliteHub::open(Utf8Path::new(path)).unwrap();
    let report = |change: &Change| {
        // Past the capture of the test harness, and out at once.
        writeln!(std::io::stderr(), "{change}").unwrap();
    };
    fight(&hub, seed.parse().unwrap(), rounds.parse().unwrap(), report);
}

/// A change that was answered `Done`: the task, its version and reopens after it, its status.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Change {
    task: usize,
    version: u64,
    reopens: u32,
    status: TaskStatus,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = self.status.word();
        write!(
            f,
            "done {} {} {} {word}",
            self.task, self.version, self.reopens
        )
    }
}

impl Change {
    fn read(line: &str) -> Option<Self> {
        let [_, task, version, reopens, word] = line.split(' ').collect::<Vec<_>>()[..] else {
            return None;
        };
        Some(Self {
            task: task.parse().ok()?,
            version: version.parse().ok()?,
            reopens: reopens.parse().ok()?,
            status: TaskStatus::parse(word)?,
        })
    }
}

/// Writes random statuses to random tasks, one in eight as a reopen, and reports what was done.
fn fight(hub: &SqliteHub, luck: u64, rounds: usize, mut report: impl FnMut(&Change)) {
    let mut state = luck;
    let mut draw = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    let mut seen: Vec<Version> = vec![Version(1); TASKS];
    for _ in 0..rounds {
        let n = draw(TASKS);
        let (status, ..) = TaskStatus::TABLE[draw(TaskStatus::TABLE.len())];
        let reopen = draw(8) == 0;
        let outcome = perform(hub, &[set(n, seen[n], status, reopen)])
            .unwrap()
            .remove(0);
        match outcome {
            HubOutcome::Done(made) => {
                assert_eq!(made.version.0, seen[n].0 + 1, "overwritten unseen");
                seen[n] = made.version;
                report(&Change {
                    task: n,
                    version: made.version.0,
                    reopens: made.reopens,
                    status,
                });
            }
            HubOutcome::AlreadySo(made) => seen[n] = made.version,
            HubOutcome::Superseded { .. } | HubOutcome::Regression { .. } => {
                let rows = rows(hub);
                seen[n] = rows
                    .tasks
                    .iter()
                    .find(|row| row.id == task(n))
                    .unwrap()
                    .state
                    .version;
            }
            other => panic!("{other:?}"),
        }
    }
}

/// Checks that the changes of all writers make one history for each task, as far as it was told:
/// every version once, no rank lower without a counted reopen, the last one in the file.
fn assert_one_history(hub: &SqliteHub, changes: &[Change], complete: bool) {
    let mut histories: BTreeMap<usize, BTreeMap<u64, &Change>> = BTreeMap::new();
    for change in changes {
        let history = histories.entry(change.task).or_default();
        let twin = history.insert(change.version, change);
        assert_eq!(twin, None, "two writers made one version of {change:?}");
    }
    let rows = rows(hub);
    for (n, history) in histories {
        let (mut version, mut rank, mut reopens) = (1, TaskStatus::Todo.rank(), 0);
        for change in history.values() {
            assert!(change.version > version);
            assert!(
                !complete || change.version == version + 1,
                "an update was lost"
            );
            if change.version == version + 1 {
                let fell = u32::from(change.status.rank() < rank);
                assert_eq!(change.reopens, reopens + fell, "{change:?}");
            }
            (version, rank, reopens) = (change.version, change.status.rank(), change.reopens);
        }
        let row = rows.tasks.iter().find(|row| row.id == task(n)).unwrap();
        assert!(row.state.version.0 >= version, "an answered write is gone");
        if row.state.version.0 == version {
            assert_eq!(
                (row.status.known().unwrap().rank(), row.state.reopens),
                (rank, reopens)
            );
        }
        assert!(!complete || row.state.version.0 == version);
    }
}

fn changes_of(child: Child) -> Vec<Change> {
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    said.lines().filter_map(Change::read).collect()
}

#[test]
fn processes_that_write_to_the_same_rows_lose_nothing_and_lower_nothing() {
    let home = Home::new();
    drop(furnished(&home, TASKS));
    let children = [1, 2, 3].map(|seed| spawn(&home.path(), seed, 150));
    let changes: Vec<_> = children.into_iter().flat_map(changes_of).collect();
    assert!(changes.len() > 100, "they did fight: {}", changes.len());
    let hub = SqliteHub::open(&home.path()).unwrap();
    assert_one_history(&hub, &changes, true);
}

#[test]
fn threads_that_write_to_the_same_rows_lose_nothing_and_lower_nothing() {
    let home = Home::new();
    let shared = SqliteHub::open(&home.path()).unwrap();
    furnish(&shared, TASKS);
    let changes = std::sync::Mutex::new(Vec::new());
    std::thread::scope(|threads| {
        for seed in 1..5 {
            let (shared, changes, path) = (&shared, &changes, home.path());
            threads.spawn(move || {
                let own = SqliteHub::open(&path).unwrap();
                let hub = if seed % 2 == 0 { shared } else { &own };
                fight(hub, seed, 100, |change| {
                    changes.lock().unwrap().push(change.clone());
                });
            });
        }
    });
    let changes = changes.into_inner().unwrap();
    assert_one_history(&shared, &changes, true);
}

#[test]
fn threads_that_make_the_same_rows_make_each_once() {
    let home = Home::new();
    drop(furnished(&home, 0));
    let (path, start) = (home.path(), std::sync::Barrier::new(4));
    let made = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|threads| {
        for _ in 0..4 {
            threads.spawn(|| {
                let hub = SqliteHub::open(&path).unwrap();
                start.wait();
                for n in 0..25 {
                    match perform(&hub, &[new_task(n)]).unwrap().remove(0) {
                        HubOutcome::Done(_) => {
                            made.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                        }
                        HubOutcome::AlreadySo(row) => assert_eq!(row.id, task(n)),
                        other => panic!("{other:?}"),
                    }
                }
            });
        }
    });
    assert_eq!(made.into_inner(), 25);
    let hub = SqliteHub::open(&path).unwrap();
    assert_eq!(rows(&hub).tasks.len(), 25);
}

#[test]
fn a_killed_writer_leaves_all_it_was_told_is_done() {
    let home = Home::new();
    drop(furnished(&home, TASKS));
    let mut changes = Vec::new();
    for (seed, told) in (1..).zip([1, 2, 7, 40]) {
        let mut child = spawn(&home.path(), seed, 1_000_000);
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let said = lines
            .map(Result::unwrap)
            .filter_map(|line| Change::read(&line));
        changes.extend(said.take(told));
        child.kill().unwrap();
        child.wait().unwrap();
        let looking = SqliteHub::open_existing(&home.path()).unwrap().unwrap();
        assert_one_history(&looking, &changes, false);
        let hub = SqliteHub::open(&home.path()).unwrap();
        assert_eq!(
            rows(&looking),
            rows(&hub),
            "a look and an opening find the same"
        );
    }
}

#[test]
fn all_who_open_a_missing_hub_at_once_get_the_same() {
    let home = Home::new();
    let (path, start) = (home.path(), std::sync::Barrier::new(6));
    std::thread::scope(|threads| {
        for n in 0..6 {
            let (path, start) = (&path, &start);
            threads.spawn(move || {
                start.wait();
                let registration = Registration {
                    slug: Slug::new(format!("repository-{n}")),
                    id: RepositoryId::new(format!("root {n}")),
                    remote: None,
                    path: None,
                };
                let hub = SqliteHub::open(path).unwrap();
                block_on(hub.register(&registration)).unwrap();
            });
        }
    });
    let hub = SqliteHub::open(&path).unwrap();
    assert_eq!(block_on(hub.repositories()).unwrap().len(), 6);
}
