//! doctor: what lies around, and what to do about it.

use crate::scene::{arguments, change, env, env_on_planka, project, sync};
use std::fs::File;
use std::sync::{Mutex, mpsc};
use std::time::{Duration, SystemTime};
use test_support::{Fault, Ran, TestEnv, Version, When};

/// Lets every kept report be written at one moment, and asks the doctor.
fn examined(env: &TestEnv) -> Ran {
    let moment = SystemTime::UNIX_EPOCH + Duration::from_millis(1_700_000_000_500);
    for entry in std::fs::read_dir(env.state_dir().join("runs")).unwrap() {
        let file = File::open(entry.unwrap().path()).unwrap();
        file.set_modified(moment).unwrap();
    }
    env.run(&["doctor"]).expect(0)
}

#[test]
fn nothing_lies_around_on_a_new_machine() {
    let env = env();
    let ran = env.run(&["doctor"]).expect(0);
    insta::assert_snapshot!(ran.stdout, @r"
    Locks and requests in <env>/run
      none
    Last runs
      none
    ");
}

#[test]
fn a_failed_run_and_what_it_left_are_shown() {
    let (env, planka) = env_on_planka(Version::V2);
    let dir = project(&env, "shop");
    planka.script().fault(
        When::writes().nth(1),
        Fault::refuse(400, "E", "no such thing"),
    );
    planka.script().fault(
        When::writes().nth(2),
        Fault::refuse(400, "E", "no such thing"),
    );
    let ran = sync(&env, &dir).expect(1);
    assert!(
        ran.stdout.contains("failed: create project Shop: "),
        "{}",
        ran.stdout
    );
    let shown = examined(&env).stdout.replace(planka.url(), "<planka>");
    let (mark, last) = shown.split_once("Last runs\n").unwrap();
    assert!(
        mark.contains(".inflight: begun and not finished: the run failed or was killed; the next"),
        "{mark}"
    );
    insta::assert_snapshot!(last, @"
      Shop / Changes from <env>/work/shop
        on <planka>, ended 2023-11-14T22:13:20Z
        1 write failed
        not done: create project Shop
          run kanban-sync again: it does what it can, and says why not the rest
    ");
    let ran = env.run(&["doctor", "--json"]).expect(0);
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(report["schema"], 1);
    assert_eq!(report["pairs"][0]["running"], false);
    assert_eq!(report["pairs"][0]["marks"][0]["phase"], "inflight");
    let last = &report["lastRuns"][0];
    assert_eq!(last["root"], "<env>/work/shop");
    assert_eq!(last["ended"], "2023-11-14T22:13:20Z");
    assert_eq!(last["failed"], 1);
    assert_eq!(report["problems"], serde_json::json!([]));
    planka.script().clear();
    sync(&env, &dir).expect(0);
    let shown = examined(&env).stdout.replace(planka.url(), "<planka>");
    insta::assert_snapshot!(shown, @"
    Locks and requests in <env>/run
      1 lock at rest
    Last runs
      Shop / Changes from <env>/work/shop
        on <planka>, ended 2023-11-14T22:13:20Z
        all done, nothing held
    ");
}

#[test]
fn a_run_under_way_is_no_failed_one() {
    let (env, planka) = env_on_planka(Version::V2);
    let dir = project(&env, "shop");
    let (tell, told) = mpsc::channel();
    let ask = Mutex::new((env.command(&["doctor"]), tell));
    planka.script().after(When::writes().nth(3), move |_| {
        let (doctor, tell) = &mut *ask.lock().unwrap();
        tell.send(doctor.output().unwrap()).unwrap();
    });
    sync(&env, &dir).expect(0);
    let shown = String::from_utf8(told.recv().unwrap().stdout).unwrap();
    assert!(shown.contains("a run is under way; wait"), "{shown}");
    assert!(shown.contains(".inflight: under way\n"), "{shown}");
    assert!(!shown.contains("failed"), "{shown}");
}

#[test]
fn an_interrupted_run_is_no_success() {
    let (env, planka) = env_on_planka(Version::V2);
    let dir = project(&env, "shop");
    let lock = env.run_dir().join("kanban-project-sync-Shop-Changes.lock");
    planka.script().after(When::writes().nth(8), move |_| {
        let holder = std::fs::read_to_string(&lock).unwrap();
        let (_, pid) = holder.trim().rsplit_once(' ').unwrap();
        let pid = rustix::process::Pid::from_raw(pid.parse().unwrap()).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    });
    sync(&env, &dir).expect(1);
    let shown = env.run(&["doctor"]).expect(0).stdout;
    assert!(
        shown.contains("\n    interrupted by a signal; the next run goes on\n"),
        "{shown}"
    );
    assert!(!shown.contains("all done"), "{shown}");
}

#[test]
fn what_cannot_be_read_is_said() {
    let env = env();
    let dir = project(&env, "shop");
    sync(&env, &dir).expect(0);
    env.write("../state/runs/torn.json", "{\"schema\": 1,");
    for arguments in [
        ["doctor", "--json"].as_slice(),
        &["doctor"],
        &["board", "show"],
    ] {
        let ran = env.run(arguments).expect(0).transcript();
        assert!(
            ran.contains("cannot read what the last runs reported in <env>/state/runs/torn.json: "),
            "{ran}"
        );
    }
    std::fs::remove_dir_all(env.state_dir().join("runs")).unwrap();
    env.write("../state/runs", "");
    insta::assert_snapshot!(env.run(&["doctor"]).transcript(), @"
    Locks and requests in <env>/run
      1 lock at rest
    Last runs
      cannot read what the last runs reported in <env>/state/runs: Not a directory (os error 20)
        give yourself the right to read it, or remove it: the next kanban-sync makes it anew
    exit: 0
    ");
}

#[test]
fn what_the_last_run_held_is_shown_with_its_row() {
    let env = env();
    let dir = project(&env, "shop");
    sync(&env, &dir).expect(0);
    let other = env.work().join("other");
    env.git(
        &env.work(),
        &["clone", "--quiet", dir.as_str(), other.as_str()],
    );
    env.write(
        "shop/openspec/changes/fix-login/tasks.md",
        "- [ ] 1 Mend it again\n",
    );
    env.commit_all(&dir, "more");
    sync(&env, &dir).expect(0);
    sync(&env, &other).expect(0);
    let ran = env.run(&["doctor"]).expect(0);
    assert!(
        ran.stdout
            .contains("held fix-login (row 5): this checkout is older"),
        "{}",
        ran.stdout
    );
}

#[test]
fn projects_of_one_repository_share_a_board_without_seeing_each_other() {
    let (env, planka) = env_on_planka(Version::V1);
    change(&env, "mono/web", "add-export", "- [ ] 1 In the web\n");
    change(&env, "mono/api", "add-export", "- [x] 1 In the API\n");
    let mono = env.work().join("mono");
    env.git(&mono, &["init", "--quiet"]);
    env.commit_all(&mono, "two projects");
    for _ in 0..2 {
        env.run(&arguments(&mono.join("web"), &[])).expect(0);
        env.run(&arguments(&mono.join("api"), &[])).expect(0);
    }
    let people = planka.people();
    let board = people.board("Shop", "Changes");
    let mut lists: Vec<_> = people
        .cards(board, "add-export")
        .iter()
        .filter_map(|id| people.list_of(*id))
        .collect();
    lists.sort();
    assert_eq!(lists, ["In Progress", "Review"]);
}
