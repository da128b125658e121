//! Several repositories in one run, and what is printed.

use super::{PLAN, codes, consistency, fixed, hub_status, plan, repository, set, text};
use crate::kanban_disk::allow;
use crate::scene::env;
use camino::Utf8PathBuf;
use serde_json::{Value, json};
use std::fs;
use test_support::TestEnv;

/// Another registered repository, with a workplan of its own.
fn another(env: &TestEnv, slug: &str, number: &str) -> Utf8PathBuf {
    let dir = env.work().join(slug);
    env.write(
        &format!("{slug}/workplans/plan.md"),
        plan("todo").replace("0001", number),
    );
    env.git(&dir, &["init", "--quiet"]);
    env.commit_all(&dir, &format!("begin {slug}"));
    env.run(&["hub", "register", "--slug", slug, "-C", dir.as_str()])
        .expect(0);
    dir
}

fn all(env: &TestEnv, arguments: &[&str], code: i32) -> Value {
    let all = [&["fix-consistency", "--all", "--json"], arguments].concat();
    serde_json::from_str(&env.run(&all).expect(code).stdout).unwrap()
}

fn names(report: &Value) -> Vec<&str> {
    let reports = report["repos"].as_array().unwrap().iter();
    reports
        .map(|report| report["repo"].as_str().unwrap())
        .collect()
}

#[test]
fn a_broken_repository_hides_no_other() {
    let env = env();
    let first = repository(&env, &[(PLAN, &plan("todo"))]);
    let gone = another(&env, "gone", "0002");
    let taken = another(&env, "taken", "0003");
    another(&env, "odd", "0004");
    fs::remove_dir_all(&gone).unwrap();
    // Another repository lies there now; and one that git itself cannot read.
    fs::remove_dir_all(taken.join(".git")).unwrap();
    env.git(&taken, &["init", "--quiet"]);
    env.commit_all(&taken, "another beginning");
    env.write("odd/.git/HEAD", "nonsense\n");
    let report = all(&env, &["--fix"], 3);
    assert_eq!(names(&report), ["gone", "odd", "shop", "taken"]);
    for (number, said) in [(0, "is gone"), (1, ""), (3, "is not the repository taken")] {
        let finding = &report["repos"][number]["findings"][0];
        assert_eq!(finding["code"], "C-00");
        let message = finding["message"].as_str().unwrap();
        assert!(message.contains(said), "{message}");
    }
    assert_eq!(report["repos"][2]["done"].as_array().unwrap().len(), 2);
    assert_eq!(report["repos"][2]["remaining"][0]["code"], "C-17");
    assert!(text(&first, PLAN).contains("state_hub_task_id"));
    assert_eq!(hub_status(&env, "SHOP-WP-0001-T01"), "todo");
}

#[test]
fn the_worst_of_all_is_the_end() {
    let env = env();
    let shop = repository(&env, &[(PLAN, &plan("todo"))]);
    let till = another(&env, "till", "0002");
    // 0: both in step. 2: one warning. 1: a FAIL outranks it.
    all(&env, &["--fix"], 0);
    set(&env, "SHOP-WP-0001-T01", "in_progress");
    assert_eq!(all(&env, &[], 2)["exit"], 2);
    let odd = text(&till, "workplans/plan.md").replace("status: todo", "status: halfway");
    env.write("till/workplans/plan.md", odd);
    env.commit_all(&till, "odd");
    assert_eq!(all(&env, &[], 1)["exit"], 1);
    fs::rename(shop, env.work().join("moved")).unwrap();
    assert_eq!(all(&env, &[], 3)["exit"], 3);
}

#[test]
fn the_one_longest_not_looked_after_comes_first_and_time_is_kept() {
    let env = env();
    let log = env.work().join("order");
    env.run(&["hub", "init"]).expect(0);
    let slugs = ["a", "b", "c"];
    for (slug, number) in slugs.into_iter().zip(["0001", "0002", "0003"]) {
        let dir = another(&env, slug, number);
        fixed(&env, &dir);
        // Each commit is noted, and takes a second.
        let hook = format!("#!/bin/sh\necho {slug} >> {log}\nsleep 1\n");
        let hook = env.write(&format!("{slug}/.git/hooks/pre-commit"), hook);
        allow(&hook, 0o755);
    }
    let hub = env.state_dir().join("hub.sqlite3");
    let hub = rusqlite::Connection::open(hub).unwrap();
    hub.execute_batch(
        "UPDATE repositories SET synced = CASE slug WHEN 'a' THEN 300 WHEN 'b' THEN 100 END,
         version = version + 1",
    )
    .unwrap();
    for number in ["0001", "0002", "0003"] {
        set(&env, &format!("SHOP-WP-{number}-T01"), "in_progress");
    }
    // Time for one: that which never was looked after. It has its turn last then.
    let order = || text(&env.work(), "order");
    let report = all(&env, &["--fix", "--max-seconds", "1"], 0);
    assert_eq!((names(&report), order()), (vec!["c"], "c\n".into()));
    assert_eq!(report["skipped_budget"], json!(["b", "a"]));
    let report = all(&env, &["--fix", "--max-seconds", "1"], 0);
    assert_eq!(report["skipped_budget"], json!(["a", "c"]));
    all(&env, &["--fix"], 0);
    assert_eq!(order(), "c\nb\na\n");
    let report = all(&env, &["--max-seconds", "0"], 0);
    assert_eq!(report["skipped_budget"].as_array().unwrap().len(), 3);
}

#[test]
fn two_sweeps_at_once_are_one() {
    let env = env();
    let dir = repository(&env, &[(PLAN, &plan("todo"))]);
    all(&env, &[], 2);
    let mut files = env.run_dir().read_dir_utf8().unwrap();
    let lock = files.next().unwrap().unwrap();
    let held = fs::File::open(lock.path()).unwrap();
    rustix::fs::flock(&held, rustix::fs::FlockOperation::LockExclusive).unwrap();
    let report = all(&env, &["--fix"], 0);
    assert_eq!(
        (&report["lock_skipped"], &report["repos"]),
        (&json!(true), &json!([]))
    );
    assert_eq!(text(&dir, PLAN), plan("todo"));
    let told = env.run(&["fix-consistency", "--all"]).expect(0).stdout;
    assert_eq!(
        told,
        "another run over all repositories is under way; nothing was done\n"
    );
    // One repository alone is looked after all the same.
    fixed(&env, &dir);
}

#[test]
fn a_repository_is_named_or_that_of_the_folder() {
    let env = env();
    let dir = repository(&env, &[(PLAN, &plan("todo"))]);
    another(&env, "till", "0002");
    let repo = ["fix-consistency", "--repo", "till", "--json"];
    let ran = env.run(&repo).expect(2);
    assert_eq!(names(&serde_json::from_str(&ran.stdout).unwrap()), ["till"]);
    let below = dir.join("workplans");
    assert_eq!(codes(&env, &below, &[], "findings"), ["C-06", "C-10"]);
    // Registered on another host only: found where one stands, and left out of a sweep.
    let hub = env.state_dir().join("hub.sqlite3");
    let hub = rusqlite::Connection::open(hub).unwrap();
    hub.execute_batch("UPDATE repository_paths SET host = 'elsewhere'")
        .unwrap();
    let mut command = env.command(&["fix-consistency", "--repo", "shop"]);
    command
        .current_dir(&dir)
        .stdout(std::process::Stdio::piped());
    let ran = env.finish(command.spawn().unwrap()).expect(2);
    assert!(ran.stdout.starts_with("shop\n"), "{}", ran.stdout);
    let told = env.run(&["fix-consistency", "--repo", "shop"]).expect(3);
    assert!(
        told.stderr.contains("has no place on this host"),
        "{}",
        told.stderr
    );
    assert_eq!(
        all(&env, &[], 0)["skipped_missing"],
        json!(["shop", "till"])
    );
    let told = env.run(&["fix-consistency", "--all"]).expect(0).stdout;
    assert_eq!(
        told,
        "shop: skipped, no place on this host\ntill: skipped, no place on this host\n\
         0 repositories: 0 FAIL, 0 WARN, 0 INFO; 0 mended, 0 failed\n"
    );
}

#[test]
fn what_programs_read() {
    let env = env();
    let dir = repository(&env, &[(PLAN, &plan("todo"))]);
    let ran = consistency(&env, &dir, &["--fix", "--json"]).expect(0);
    insta::assert_snapshot!(ran.stdout, @r#"
    {
      "schema": 1,
      "command": "fix-consistency",
      "exit": 0,
      "lock_skipped": false,
      "skipped_missing": [],
      "skipped_budget": [],
      "repos": [
        {
          "repo": "shop",
          "findings": [
            {
              "code": "C-06",
              "severity": "WARN",
              "path": "workplans/SHOP-WP-0001.md",
              "line": 1,
              "id": "SHOP-WP-0001",
              "message": "workplan 'Checkout' is not in the hub",
              "hint": "`onward fix-consistency --fix` mends it, once nothing is in the way",
              "fixable": true
            },
            {
              "code": "C-10",
              "severity": "WARN",
              "path": "workplans/SHOP-WP-0001.md",
              "line": 10,
              "id": "SHOP-WP-0001-T01",
              "message": "task 'T01 - One page' is not in the hub",
              "hint": "`onward fix-consistency --fix` mends it, once nothing is in the way",
              "fixable": true
            }
          ],
          "done": [
            {
              "code": "C-06",
              "severity": "WARN",
              "path": "workplans/SHOP-WP-0001.md",
              "line": 1,
              "id": "SHOP-WP-0001",
              "message": "workplan 'Checkout' is not in the hub",
              "hint": "`onward fix-consistency --fix` mends it, once nothing is in the way",
              "fixable": true
            },
            {
              "code": "C-10",
              "severity": "WARN",
              "path": "workplans/SHOP-WP-0001.md",
              "line": 10,
              "id": "SHOP-WP-0001-T01",
              "message": "task 'T01 - One page' is not in the hub",
              "hint": "`onward fix-consistency --fix` mends it, once nothing is in the way",
              "fixable": true
            }
          ],
          "failed": [],
          "remaining": [
            {
              "code": "C-17",
              "severity": "INFO",
              "path": null,
              "line": null,
              "id": null,
              "message": "1 commit of fix-consistency is not pushed",
              "hint": "git push, or run with --push",
              "fixable": false
            }
          ],
          "notices": []
        }
      ]
    }
    "#);
}

#[test]
fn what_people_read_is_grouped_by_file() {
    let env = env();
    let dir = repository(&env, &[(PLAN, &plan("halfway"))]);
    insta::assert_snapshot!(consistency(&env, &dir, &[]).transcript(), @r"
    shop
      workplans/SHOP-WP-0001.md
        FAIL C-19:12 SHOP-WP-0001-T01  'halfway' is no status
          hint: write one of todo, in_progress, blocked, done, cancelled
        WARN C-06:1 SHOP-WP-0001  workplan 'Checkout' is not in the hub
          hint: `onward fix-consistency --fix` mends it, once nothing is in the way
        WARN C-10:10 SHOP-WP-0001-T01  task 'T01 - One page' is not in the hub, and cannot be made there: its status is missing or no status
          hint: mend that first
    1 repository: 1 FAIL, 2 WARN, 0 INFO; 0 mended, 0 failed
    exit: 1
    ");
}

#[test]
fn what_people_read_after_a_fix_of_several_repositories() {
    let env = env();
    let dir = repository(&env, &[(PLAN, &plan("done"))]);
    let till = another(&env, "till", "0002");
    let two = plan("todo") + "\n## T02 - Pay\n\n```task\nid: SHOP-WP-0001-T02\nstatus: wait\n```\n";
    env.write(&format!("first/{PLAN}"), two);
    env.write("first/workplans/bad.md", "---\nid: [\n---\n");
    env.commit_all(&dir, "more");
    fs::remove_dir_all(till.join("workplans")).unwrap();
    env.commit_all(&till, "no plans");
    let ran = env.run(&["fix-consistency", "--all", "--fix"]);
    insta::assert_snapshot!(ran.transcript(), @"
    shop
      workplans/bad.md
        FAIL C-02:2  the file is left out: its front matter cannot be read: it is no valid YAML: id: invalid type: sequence, expected a string at line 2 column 5
          hint: mend the file at the line named
      the repository
        INFO C-17  1 commit of fix-consistency is not pushed
          hint: git push, or run with --push
      workplans/SHOP-WP-0001.md
        mended  WARN C-06:1 SHOP-WP-0001  workplan 'Checkout' is not in the hub
        mended  WARN C-10:10 SHOP-WP-0001-T01  task 'T01 - One page' is not in the hub
        mended  WARN C-10:18 SHOP-WP-0001-T02  task 'T02 - Pay' is not in the hub
        INFO C-19:5 SHOP-WP-0001  older words are read: 'wait' as blocked
    till
      the repository
        WARN C-01  there is no workplans/ folder
          hint: make workplans/ and a file in it, or leave it
    2 repositories: 1 FAIL, 1 WARN, 2 INFO; 3 mended, 0 failed
    exit: 1
    ");
}
