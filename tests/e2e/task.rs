//! task: what the hub has, and setting it without ever going back.

use crate::hub::repository;
use crate::scene::env;
use rusqlite::Connection;
use std::time::{Duration, Instant};
use store::SqliteHub;
use sync_core::hub::{Hub, HubOutcome, HubWrite, Writer};
use sync_core::ids::{FileId, Slug};
use sync_core::status::{TaskStatus, WorkplanStatus};
use test_support::contract::block_on;
use test_support::{Ran, TestEnv, kill};

/// A hub with a repository of this name, which has one workplan with these tasks.
fn furnish(env: &TestEnv, slug: &str, plan: &str, tasks: &[&str]) {
    let dir = repository(env, slug);
    env.run(&["hub", "init"]).expect(0);
    env.run(&["hub", "register", "-C", dir.as_str()]).expect(0);
    let hub = SqliteHub::open(&env.state_dir().join("hub.sqlite3")).unwrap();
    let made = |write: HubWrite| {
        let by = Writer("ada@laptop".into());
        let outcomes = block_on(hub.perform(&[write], &by)).unwrap();
        match &outcomes[0] {
            HubOutcome::Done(made) => made.id.clone(),
            other => panic!("{other:?}"),
        }
    };
    let workplan = made(HubWrite::CreateWorkplan {
        id: None,
        repository: Slug::new(slug),
        file_id: FileId::new(plan),
        title: "Example plan".into(),
        status: WorkplanStatus::Active,
    });
    for task in tasks {
        made(HubWrite::CreateTask {
            id: None,
            workplan: workplan.clone(),
            file_id: FileId::new(*task),
            title: format!("Step {task}"),
            status: TaskStatus::Todo,
            priority: Some("high".into()),
        });
    }
}

fn furnished() -> TestEnv {
    let mut env = env();
    env.set("USER", "ada");
    furnish(
        &env,
        "shop",
        "SHOP-WP-1",
        &["SHOP-WP-1-T01", "SHOP-WP-1-T02", "T03"],
    );
    env
}

fn set(env: &TestEnv, id: &str, status: &[&str]) -> Ran {
    env.run(&[&["task", "set", id], status].concat())
}

/// Returns what `task show --json` says of a task.
fn json_of(env: &TestEnv, id: &str) -> serde_json::Value {
    let shown = env.run(&["task", "show", id, "--json"]).expect(0).stdout;
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(shown["schema"], 1);
    shown["task"].clone()
}

#[test]
fn tasks_are_listed_and_shown() {
    let env = furnished();
    set(&env, "SHOP-WP-1-T02", &["wait"]).expect(0);
    insta::assert_snapshot!(env.run(&["task", "list"]).transcript(), @"
    TASK           STATUS   REPO  TITLE
    SHOP-WP-1-T01  todo     shop  Step SHOP-WP-1-T01
    SHOP-WP-1-T02  blocked  shop  Step SHOP-WP-1-T02
    T03            todo     shop  Step T03
    exit: 0
    ");
    let _masked = masked();
    insta::assert_snapshot!(env.run(&["task", "show", "T03"]).transcript(), @"
    T03  Step T03
      status    todo
      priority  high
      repo      shop
      workplan  SHOP-WP-1  Example plan
      hub id    <id>
      version   1
      changed   <time> UTC by ada@laptop
    exit: 0
    ");
    let listed = env
        .run(&["task", "list", "--repo", "shop", "--json"])
        .expect(0);
    let listed: serde_json::Value = serde_json::from_str(&listed.stdout).unwrap();
    assert_eq!(
        (&listed["schema"], &listed["command"]),
        (&1.into(), &"task list".into())
    );
    let tasks = listed["tasks"].as_array().unwrap();
    assert_eq!(tasks.len(), 3);
    assert_eq!(tasks[1], json_of(&env, "SHOP-WP-1-T02"));
    let mut task = tasks[1].clone();
    task["hubId"] = "<id>".into();
    task["workplan"]["hubId"] = "<id>".into();
    task["changedAt"] = "<time>".into();
    let by = task["changedBy"].as_str().unwrap();
    assert!(by.starts_with("ada@") && by.len() > 4, "{by}");
    task["changedBy"] = "<user>@<host>".into();
    insta::assert_snapshot!(format!("{task:#}"), @r#"
    {
      "id": "SHOP-WP-1-T02",
      "hubId": "<id>",
      "title": "Step SHOP-WP-1-T02",
      "status": "blocked",
      "priority": "high",
      "repo": "shop",
      "workplan": {
        "id": "SHOP-WP-1",
        "hubId": "<id>",
        "title": "Example plan",
        "status": "active"
      },
      "version": 2,
      "reopens": 0,
      "changedBy": "<user>@<host>",
      "changedAt": "<time>"
    }
    "#);
    let unknown = env
        .run(&["task", "list", "--repo", "nowhere"])
        .expect(1)
        .stderr;
    assert!(
        unknown.contains("knows no repository `nowhere`"),
        "{unknown}"
    );
}

/// Keeps what differs from run to run out of the snapshots of a test.
fn masked() -> insta::internals::SettingsBindDropGuard {
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"\d{4}-\d\d-\d\d \d\d:\d\d", "<time>");
    settings.add_filter("[0-9a-f]{8}-[0-9a-f-]{27}", "<id>");
    settings.bind_to_scope()
}

#[test]
fn a_task_goes_onward_and_back_only_as_a_reopen() {
    let env = furnished();
    let id = "SHOP-WP-1-T01";
    insta::assert_snapshot!(set(&env, id, &["progress"]).transcript(), @"
    SHOP-WP-1-T01: todo → in_progress
    exit: 0
    ");
    set(&env, id, &["blocked"]).expect(0);
    set(&env, id, &["Done"]).expect(0);
    insta::assert_snapshot!(set(&env, id, &["done"]).transcript(), @"
    SHOP-WP-1-T01 is done already
    exit: 0
    ");
    for back in ["todo", "in_progress", "wait"] {
        let refused = set(&env, id, &[back]).expect(1).stderr;
        assert!(refused.contains("SHOP-WP-1-T01 is done; "), "{refused}");
    }
    insta::assert_snapshot!(set(&env, id, &["todo"]).transcript(), @"
    error: SHOP-WP-1-T01 is done; todo would take it back, so nothing was changed
    hint: if that is meant: onward task set SHOP-WP-1-T01 todo --reopen
    exit: 1
    ");
    let task = json_of(&env, id);
    assert_eq!(
        (&task["status"], &task["reopens"]),
        (&"done".into(), &0.into())
    );
    set(&env, id, &["cancel"]).expect(0);
    insta::assert_snapshot!(set(&env, id, &["todo", "--reopen"]).transcript(), @"
    SHOP-WP-1-T01: cancelled → todo
    exit: 0
    ");
    let task = json_of(&env, id);
    assert_eq!(
        (&task["status"], &task["reopens"]),
        (&"todo".into(), &1.into())
    );
    assert_eq!(task["version"], 6);
}

#[test]
fn what_is_not_a_task_or_a_status_is_named() {
    let env = furnished();
    insta::assert_snapshot!(set(&env, "SHOP-WP-1-T01", &["halfway"]).transcript(), @"
    error: invalid value 'halfway' for '<STATUS>': `halfway` is no status; those are todo, in_progress, blocked, done, cancelled

    For more information, try '--help'.
    exit: 64
    ");
    insta::assert_snapshot!(set(&env, "SHOP-WP-1-T09", &["done"]).transcript(), @"
    error: the hub has no task `SHOP-WP-1-T09`
    hint: `onward task list` shows those it has
    exit: 1
    ");
    // The id of a workplan is none of a task.
    env.run(&["task", "show", "SHOP-WP-1"]).expect(1);
    env.run(&["task", "show", ""]).expect(1);
    let json = env.run(&["task", "show", "T09", "--json"]).expect(1).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&json["schema"], &json["exit"]), (&1.into(), &1.into()));
}

#[test]
fn a_short_id_of_several_repositories_is_not_guessed() {
    let env = furnished();
    env.write("depot/README.md", "another root\n");
    furnish(&env, "depot", "DEPOT-WP-1", &["T03"]);
    let _masked = masked();
    insta::assert_snapshot!(set(&env, "T03", &["done"]).transcript(), @"
    error: there are 2 tasks `T03`; name one by its id in the hub
    hint: choose among <id> (depot / DEPOT-WP-1), <id> (shop / SHOP-WP-1)
    exit: 64
    ");
    let narrowed = env
        .run(&["task", "set", "T03", "done", "--repo", "depot"])
        .expect(0);
    assert_eq!(narrowed.stdout, "T03: todo → done\n");
    let listed = env.run(&["task", "list", "--json"]).expect(0).stdout;
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    let tasks = listed["tasks"].as_array().unwrap();
    let state =
        |task: &serde_json::Value| format!("{} {} {}", task["repo"], task["id"], task["status"]);
    let states: Vec<_> = tasks.iter().map(state).collect();
    assert_eq!(states.len(), 4);
    assert_eq!(states[0], "\"depot\" \"T03\" \"done\"");
    assert_eq!(states[3], "\"shop\" \"T03\" \"todo\"");
    let id = tasks[3]["hubId"].as_str().unwrap();
    set(&env, id, &["done"]).expect(0);
    assert_eq!(json_of(&env, id)["status"], "done");
}

#[test]
fn many_at_once_lose_nothing() {
    let env = furnished();
    let statuses = [
        "in_progress",
        "blocked",
        "done",
        "cancelled",
        "in_progress",
        "done",
    ];
    let children: Vec<_> = statuses
        .iter()
        .map(|status| env.spawn(&["task", "set", "T03", status]))
        .collect();
    let mut changes = 0;
    for child in children {
        let ran = env.finish(child);
        match ran.code {
            Some(0) if ran.stdout.contains('→') => changes += 1,
            Some(0) => assert!(ran.stdout.contains("already"), "{}", ran.transcript()),
            _ => assert!(
                ran.stderr.contains("would take it back"),
                "{}",
                ran.transcript()
            ),
        }
    }
    let task = json_of(&env, "T03");
    assert_eq!(task["version"], 1 + changes, "{task}");
    assert!(
        ["done", "cancelled"].contains(&task["status"].as_str().unwrap()),
        "{task}"
    );
    assert_eq!(task["reopens"], 0);
}

#[test]
fn a_killed_set_is_made_or_not_made_and_the_next_one_works() {
    let env = furnished();
    let mut cancelled = false;
    for round in 0..24 {
        let reopen = round % 2 == 1;
        let status = if reopen { "todo" } else { "cancelled" };
        let mut child = env.spawn(&["task", "set", "T03", status, "--reopen"]);
        // Somewhere between its first instruction and its last, further on in every round.
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_micros(300 * round) {
            std::thread::yield_now();
        }
        kill(&mut child);
        let task = json_of(&env, "T03");
        let now = task["status"] == "cancelled";
        assert!(now == cancelled || now != reopen, "{task}");
        cancelled = now;
        let (version, reopens) = (&task["version"], task["reopens"].as_u64().unwrap());
        assert_eq!(*version, 1 + 2 * reopens + u64::from(cancelled), "{task}");
    }
    set(&env, "T03", &["done"]).expect(0);
}

#[test]
fn a_log_without_its_index_is_taken_in_by_the_next_write() {
    let env = furnished();
    let path = env.state_dir().join("hub.sqlite3");
    let client = Connection::open(&path).unwrap();
    let rename = "UPDATE tasks SET title = 'In the log', version = version + 1";
    client.execute(rename, []).unwrap();
    // The files as they would be copied from a machine that lost its power.
    for suffix in ["", "-wal"] {
        let copy = env.work().join(format!("copy{suffix}"));
        std::fs::copy(format!("{path}{suffix}"), copy).unwrap();
    }
    let on_copy = |arguments: &[&str]| env.run(&[arguments, &["--hub", "copy"]].concat());
    let told = on_copy(&["task", "show", "T03"]).expect(3).stderr;
    assert!(
        told.contains("lost its index") && told.contains("takes the log in"),
        "{told}"
    );
    on_copy(&["task", "set", "T03", "done"]).expect(0);
    let shown = on_copy(&["task", "show", "T03"]).expect(0).stdout;
    assert!(shown.starts_with("T03  In the log\n"), "{shown}");
}

#[test]
fn a_locked_hub_is_named_after_a_wait_and_can_be_looked_at() {
    let env = furnished();
    let path = env.state_dir().join("hub.sqlite3");
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let ran = set(&env, "T03", &["done"]).expect(3);
    assert!(
        ran.stderr.contains("is locked by another process"),
        "{}",
        ran.stderr
    );
    env.run(&["task", "list"]).expect(0);
    drop(other);
    set(&env, "T03", &["done"]).expect(0);
}
