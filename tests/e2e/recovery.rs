//! Stopped anywhere, run again: the same board, nothing twice.

use crate::scene::{arguments, canonical, change, env, env_on_planka, project, sync};
use rustix::process::Pid;
use std::process::Child;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use test_support::{FakePlanka, TestEnv, Version, When};

/// How long a fetch may take.
const FETCH: Duration = Duration::from_secs(30);

/// A process that a hook may kill.
type Victim = Arc<Mutex<Option<Child>>>;

/// Asks for a sync that is killed after its n-th write was carried out, before the answer is sent.
/// Returns false when there were fewer writes.
fn killed_after(env: &TestEnv, planka: &FakePlanka, dir: &camino::Utf8Path, n: usize) -> bool {
    let victim: Victim = Arc::default();
    let hold = victim.clone();
    // Held until the process is there to be killed.
    let mut slot = victim.lock().unwrap();
    planka.script().clear();
    planka.script().after(When::writes().nth(n), move |_| {
        if let Some(child) = hold.lock().unwrap().as_mut() {
            child.kill().unwrap();
        }
    });
    *slot = Some(env.spawn(&arguments(dir, &[])));
    drop(slot);
    let status = loop {
        let waited = victim.lock().unwrap().as_mut().unwrap().try_wait().unwrap();
        if let Some(status) = waited {
            break status;
        }
        std::thread::yield_now();
    };
    planka.script().clear();
    status.code().is_none()
}

/// Asks again until it was not merely queued: a killed run's own child may hold the lock for a moment,
/// and then the request waits on disk for the next caller.
fn synced_after_kill(env: &TestEnv, dir: &camino::Utf8Path) {
    while sync(env, dir).expect(0).stdout.contains(": queued;") {}
}

/// The board after an undisturbed sync, a change of the files, and another sync.
fn undisturbed(version: Version) -> serde_json::Value {
    let (env, planka) = env_on_planka(version);
    let dir = project(&env, "shop");
    sync(&env, &dir).expect(0);
    second_state(&env, &dir);
    sync(&env, &dir).expect(0);
    canonical(&planka)
}

/// Moves, closes, creates, renames, ticks and deletes in one step.
pub(crate) fn second_state(env: &TestEnv, dir: &camino::Utf8Path) {
    let tasks =
        "## 1. Query\n- [x] 1.1 Add it\n- [x] 1.2 Test it well\n## 3. Hide\n- [x] 3.1 Hide it\n";
    change(env, "shop", "add-export", tasks);
    change(env, "shop", "add-import", "- [ ] 1 Read it\n");
    std::fs::create_dir_all(dir.join("openspec/changes/archive")).unwrap();
    let archived = dir.join("openspec/changes/archive/2026-01-01-fix-login");
    std::fs::rename(dir.join("openspec/changes/fix-login"), archived).unwrap();
    env.commit_all(dir, "second");
}

#[test]
fn a_kill_after_any_write_changes_nothing_in_the_end() {
    for version in [Version::V1, Version::V2] {
        let expected = undisturbed(version);
        for n in 1.. {
            let (env, planka) = env_on_planka(version);
            let dir = project(&env, "shop");
            let first = killed_after(&env, &planka, &dir, n);
            synced_after_kill(&env, &dir);
            second_state(&env, &dir);
            let second = killed_after(&env, &planka, &dir, n);
            synced_after_kill(&env, &dir);
            assert_eq!(
                canonical(&planka),
                expected,
                "{version:?}, killed after write {n}"
            );
            let last = sync(&env, &dir).expect(0);
            assert!(
                last.stdout.ends_with("in step, nothing to write\n"),
                "{}",
                last.stdout
            );
            if !first && !second {
                assert!(n > 15, "only {n} writes");
                break;
            }
        }
    }
}

#[test]
fn two_machines_at_once_make_one_board() {
    for version in [Version::V1, Version::V2] {
        let (env, planka) = env_on_planka(version);
        let mut other = env_on_same(&planka);
        crate::scene::log_in(&mut other, &planka);
        let dir = project(&env, "shop");
        let clone = other.work().join("shop");
        other.git(
            &other.work(),
            &["clone", "--quiet", dir.as_str(), clone.as_str()],
        );
        let (one, two) = (
            env.spawn(&arguments(&dir, &[])),
            other.spawn(&arguments(&clone, &[])),
        );
        let (one, two) = (env.finish(one), other.finish(two));
        // A write that the other machine was faster with is a failure of that run only.
        for ran in [&one, &two] {
            assert!(matches!(ran.code, Some(0 | 1)), "{}", ran.transcript());
        }
        assert!(
            one.code == Some(0) || two.code == Some(0),
            "{}{}",
            one.transcript(),
            two.transcript()
        );
        sync(&env, &dir).expect(0);
        sync(&other, &clone).expect(0);
        let people = planka.people();
        let board = people.board("Shop", "Changes");
        for card in ["add-export", "fix-login", "plan-search"] {
            let all = people.cards(board, card);
            let lists: Vec<_> = all.iter().filter_map(|id| people.list_of(*id)).collect();
            assert_eq!(lists.len(), 1, "{version:?}: {card} in {lists:?}");
        }
        let dump = planka.dump_board("Shop", "Changes");
        assert_eq!(
            tasks_by_card(&dump),
            ["add-export: 3", "fix-login: 1"],
            "{version:?}: {dump:#}"
        );
        let count = |table: &str| dump[table].as_object().map_or(0, serde_json::Map::len);
        assert_eq!(count("labels"), 1, "{dump:#}");
        let lists = count("lists");
        assert!(lists == 6 || lists == 8, "with archive and trash: {lists}");
        assert_eq!(planka.dump()["projects"].as_object().unwrap().len(), 1);
        for last in [sync(&env, &dir), sync(&other, &clone)] {
            let last = last.expect(0);
            assert!(
                last.stdout.ends_with("in step, nothing to write\n"),
                "{version:?}: {}",
                last.stdout
            );
        }
    }
}

/// How many tasks each card of a dumped board has that is not in the trash, as `card: tasks`.
fn tasks_by_card(dump: &serde_json::Value) -> Vec<String> {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let mut counts = std::collections::BTreeMap::new();
    for task in dump["tasks"].as_object().unwrap().values() {
        // On 2.x a task knows its task list, and that its card.
        let list = &dump["taskLists"][text(&task["taskListId"])];
        let card = [&task["cardId"], &list["cardId"]].map(text).concat();
        let card = &dump["cards"][&card];
        if dump["lists"][text(&card["listId"])]["type"] != "trash" {
            *counts.entry(text(&card["name"])).or_insert(0) += 1;
        }
    }
    let line = |(card, tasks)| format!("{card}: {tasks}");
    counts.into_iter().map(line).collect()
}

fn env_on_same(planka: &FakePlanka) -> TestEnv {
    let mut env = env();
    crate::scene::log_in(&mut env, planka);
    env
}

#[test]
fn a_signal_finishes_the_write_at_hand_and_keeps_the_request() {
    let (env, planka) = env_on_planka(Version::V2);
    let dir = project(&env, "shop");
    let child: Arc<Mutex<Option<u32>>> = Arc::default();
    let hold = child.clone();
    let mut slot = child.lock().unwrap();
    planka.script().after(When::writes().nth(12), move |_| {
        let pid = hold.lock().unwrap().unwrap();
        let pid = rustix::process::Pid::from_raw(pid.try_into().unwrap()).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    });
    let process = env.spawn(&arguments(&dir, &[]));
    *slot = Some(process.id());
    drop(slot);
    let ran = env.finish(process).expect(1);
    assert!(
        ran.stdout.contains("stopped by a signal"),
        "{}",
        ran.transcript()
    );
    assert!(
        ran.stderr.contains("what was asked for is kept"),
        "{}",
        ran.transcript()
    );
    let marks = std::fs::read_dir(env.run_dir()).unwrap().flatten();
    let kept = marks
        .filter(|m| m.file_name().to_str().unwrap().ends_with(".inflight"))
        .count();
    assert_eq!(kept, 1);
    planka.script().clear();
    sync(&env, &dir).expect(0);
}

#[test]
fn a_signal_during_a_fetch_ends_the_run_and_git() {
    let env = env();
    let dir = project(&env, "shop");
    let other = env.work().join("other");
    env.git(
        &env.work(),
        &["clone", "--quiet", dir.as_str(), other.as_str()],
    );
    change(&env, "shop", "fix-login", "- [ ] 1 Mend it again\n");
    env.commit_all(&dir, "more");
    sync(&env, &dir).expect(0);
    // The card's commit is not here, so it is fetched, and its server never answers.
    let pid = env.work().join("pid");
    let ssh = env.write(
        "ssh",
        format!("#!/bin/sh\necho $$ > {pid}\nexec sleep 600\n"),
    );
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&ssh, executable).unwrap();
    env.git(&other, &["config", "core.sshCommand", ssh.as_str()]);
    env.git(
        &other,
        &["remote", "set-url", "origin", "ssh://nowhere.invalid/shop"],
    );
    let process = env.spawn(&arguments(&other, &[]));
    let begun = Instant::now();
    let ssh = loop {
        assert!(begun.elapsed() < FETCH, "nothing was fetched");
        let pid = std::fs::read_to_string(&pid).unwrap_or_default();
        if let Some(pid) = pid.strip_suffix('\n') {
            break Pid::from_raw(pid.parse().unwrap()).unwrap();
        }
    };
    let us = Pid::from_raw(process.id().try_into().unwrap()).unwrap();
    rustix::process::kill_process(us, rustix::process::Signal::INT).unwrap();
    let ran = env.finish(process).expect(1);
    assert!(begun.elapsed() < FETCH, "it waited for the fetch's end");
    assert!(
        ran.stderr.contains("what was asked for is kept"),
        "{}",
        ran.transcript()
    );
    assert_eq!(crate::lock::phases(&env), ["inflight"]);
    while rustix::process::test_kill_process(ssh).is_ok() {
        assert!(begun.elapsed() < FETCH, "the fetch goes on alone");
    }
}

#[test]
fn a_kill_at_any_moment_leaves_an_embedded_board_to_go_on_with() {
    let expected = {
        let env = env();
        let dir = project(&env, "shop");
        sync(&env, &dir).expect(0);
        crate::scene::shown(&env)
    };
    let env = env();
    let dir = project(&env, "shop");
    let board = env.state_dir().join("board.sqlite3");
    let log = env.state_dir().join("board.sqlite3-wal");
    let size = |path: &camino::Utf8Path| std::fs::metadata(path).map_or(0, |m| m.len());
    let mut kills = 0;
    // Each time a little later, by what has been written.
    for pages in 0..60 {
        for path in [&board, &log, &env.state_dir().join("board.sqlite3-shm")] {
            let _ = std::fs::remove_file(path);
        }
        let mut child = env.spawn(&arguments(&dir, &[]));
        let ended = loop {
            if child.try_wait().unwrap().is_some() {
                break true;
            }
            if size(&log) > pages * 4 * 4096 {
                test_support::kill(&mut child);
                break false;
            }
            std::thread::yield_now();
        };
        kills += usize::from(!ended);
        synced_after_kill(&env, &dir);
        assert_eq!(crate::scene::shown(&env), expected, "killed at {pages}");
        let last = sync(&env, &dir).expect(0);
        assert!(
            last.stdout.contains("in step, nothing to write"),
            "{}",
            last.stdout
        );
        if ended {
            break;
        }
    }
    assert!(kills > 3, "only {kills} were killed in time");
}
