//! fix-consistency: files and hub in step on several machines, and nothing ever moved back.

use crate::scene::env;
use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value;
use std::fs;
use test_support::{Ran, TestEnv};

mod codes;
mod git_states;
mod make;
mod own_work;
mod sweep;

pub(crate) const PLAN: &str = "workplans/SHOP-WP-0001.md";

/// A workplan with one task of this status.
pub(crate) fn plan(status: &str) -> String {
    format!(
        "---\nid: SHOP-WP-0001\ntype: workplan\ntitle: \"Checkout\"\nstatus: active\n---\n\n\
         ## T01 - One page\n\n```task\nid: SHOP-WP-0001-T01\nstatus: {status}  # so far\npriority: high\n```\n"
    )
}

/// A registered repository with these files, cloned from a bare remote.
pub(crate) fn repository(env: &TestEnv, files: &[(&str, &str)]) -> Utf8PathBuf {
    let first = env.work().join("first");
    env.write("first/README.md", "# Shop\n");
    for (path, text) in files {
        env.write(&format!("first/{path}"), text);
    }
    env.git(&first, &["init", "--quiet"]);
    env.commit_all(&first, "begin");
    env.git(
        &env.work(),
        &["clone", "--quiet", "--bare", "first", "remote.git"],
    );
    let remote = env.work().join("remote.git");
    env.git(&first, &["remote", "add", "origin", remote.as_str()]);
    env.git(&first, &["fetch", "--quiet"]);
    env.git(
        &first,
        &["branch", "--quiet", "--set-upstream-to", "origin/main"],
    );
    env.run(&["hub", "init"]).expect(0);
    env.run(&["hub", "register", "--slug", "shop", "-C", first.as_str()])
        .expect(0);
    first
}

/// Another checkout of the same remote.
pub(crate) fn cloned(env: &TestEnv, name: &str) -> Utf8PathBuf {
    env.git(&env.work(), &["clone", "--quiet", "remote.git", name]);
    env.work().join(name)
}

pub(crate) fn consistency(env: &TestEnv, dir: &Utf8Path, arguments: &[&str]) -> Ran {
    env.run(&[&["fix-consistency", "-C", dir.as_str()], arguments].concat())
}

/// Runs with `--fix`, which must leave nothing to be mended.
#[track_caller]
pub(crate) fn fixed(env: &TestEnv, dir: &Utf8Path) -> Ran {
    consistency(env, dir, &["--fix"]).expect(0)
}

/// The codes of one list of the report.
pub(crate) fn codes(env: &TestEnv, dir: &Utf8Path, arguments: &[&str], list: &str) -> Vec<String> {
    let ran = consistency(env, dir, &[arguments, &["--json"]].concat());
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(report["schema"], 1);
    let findings = report["repos"][0][list].as_array().unwrap();
    findings
        .iter()
        .map(|finding| finding["code"].as_str().unwrap().to_owned())
        .collect()
}

pub(crate) fn set(env: &TestEnv, task: &str, status: &str) {
    env.run(&["task", "set", task, status]).expect(0);
}

/// The hub's word for a task.
pub(crate) fn hub_status(env: &TestEnv, task: &str) -> String {
    let shown = env.run(&["task", "show", task, "--json"]).expect(0);
    let shown: Value = serde_json::from_str(&shown.stdout).unwrap();
    shown["task"]["status"].as_str().unwrap().to_owned()
}

pub(crate) fn text(dir: &Utf8Path, path: &str) -> String {
    fs::read_to_string(dir.join(path)).unwrap()
}

fn subjects(env: &TestEnv, dir: &Utf8Path) -> Vec<String> {
    let log = env.git(dir, &["log", "--reverse", "--format=%s"]);
    log.lines().skip(1).map(str::to_owned).collect()
}

#[test]
fn what_is_new_is_made_linked_and_then_in_step() {
    let env = env();
    let dir = repository(&env, &[(PLAN, &plan("todo"))]);
    assert_eq!(codes(&env, &dir, &[], "findings"), ["C-06", "C-10"]);
    assert_eq!(env.git(&dir, &["status", "--porcelain"]), "");
    assert_eq!(codes(&env, &dir, &["--fix"], "done"), ["C-06", "C-10"]);
    assert_eq!(
        subjects(&env, &dir),
        ["chore(consistency): link to hub [auto]"]
    );
    let linked = text(&dir, PLAN);
    let without: String = linked
        .split_inclusive('\n')
        .filter(|line| !line.starts_with("state_hub_"))
        .collect();
    assert_eq!(without, plan("todo"), "only two lines were added");
    assert_eq!(linked.lines().count(), plan("todo").lines().count() + 2);
    // Again: nothing to do, no commit.
    let head = env.git(&dir, &["rev-parse", "HEAD"]);
    assert_eq!(codes(&env, &dir, &["--fix"], "findings"), ["C-17"]);
    fixed(&env, &dir);
    assert_eq!(env.git(&dir, &["rev-parse", "HEAD"]), head);
}

/// The case it is all for: work was finished on another machine, this checkout does not know.
#[test]
fn a_stale_checkout_never_takes_finished_work_back() {
    let env = env();
    let first = repository(&env, &[(PLAN, &plan("todo"))]);
    consistency(&env, &first, &["--fix", "--push"]).expect(0);
    let second = cloned(&env, "second");
    set(&env, "SHOP-WP-0001-T01", "done");
    let told = consistency(&env, &second, &[]).expect(2).stdout;
    let message = "DB task 'T01 - One page' is ahead of file (db=done, file=todo) — skipped to prevent regression";
    assert!(
        told.contains("WARN C-13") && told.contains(message),
        "{told}"
    );
    assert_eq!(hub_status(&env, "SHOP-WP-0001-T01"), "done");
    assert!(text(&second, PLAN).contains("status: todo  # so far\n"));

    assert!(codes(&env, &second, &["--fix"], "done").contains(&"C-13".to_owned()));
    assert_eq!(hub_status(&env, "SHOP-WP-0001-T01"), "done");
    assert!(text(&second, PLAN).contains("status: done  # so far\n"));
    let message = env.git(&second, &["log", "-1", "--format=%B"]);
    let (head, body) = message.split_once("\n\n").unwrap();
    assert_eq!(head, "chore(consistency): sync task status from DB [auto]");
    let mut body = body.lines();
    assert!(
        body.next()
            .unwrap()
            .starts_with("Updated by fix-consistency on 20")
    );
    assert!(
        message.contains("- SHOP-WP-0001-T01: todo → done"),
        "{message}"
    );
}

#[test]
fn with_the_remote_gone_another_word_of_the_same_rank_is_left_to_a_person() {
    let env = env();
    let first = repository(&env, &[(PLAN, &plan("in_progress"))]);
    consistency(&env, &first, &["--fix", "--push"]).expect(0);
    let second = cloned(&env, "second");
    set(&env, "SHOP-WP-0001-T01", "blocked");
    fs::remove_dir_all(env.work().join("remote.git")).unwrap();
    let told = consistency(&env, &second, &["--fix"]).expect(2).stdout;
    let opening = "DB task 'T01 - One page' is ahead of file (db=blocked, file=in_progress) — skipped to prevent regression";
    assert!(
        told.contains("WARN C-13") && told.contains(opening),
        "{told}"
    );
    assert_eq!(hub_status(&env, "SHOP-WP-0001-T01"), "blocked");
    assert!(text(&second, PLAN).contains("status: in_progress"));
    // The checkout that saw both agree knows who moved on.
    fixed(&env, &first);
    assert!(text(&first, PLAN).contains("status: blocked"));
}

#[test]
fn a_file_that_went_on_takes_the_hub_along() {
    let env = env();
    let dir = repository(&env, &[(PLAN, &plan("todo"))]);
    fixed(&env, &dir);
    let ahead = text(&dir, PLAN).replace("status: todo", "status: in_progress");
    env.write(&format!("first/{PLAN}"), &ahead);
    env.commit_all(&dir, "work");
    assert!(codes(&env, &dir, &["--fix"], "done").contains(&"C-11".to_owned()));
    assert_eq!(hub_status(&env, "SHOP-WP-0001-T01"), "in_progress");
    assert_eq!(text(&dir, PLAN), ahead);
}

#[test]
fn behind_its_remote_nothing_of_a_repository_is_written() {
    let env = env();
    let first = repository(&env, &[(PLAN, &plan("todo"))]);
    let second = cloned(&env, "second");
    consistency(&env, &first, &["--fix", "--push"]).expect(0);
    set(&env, "SHOP-WP-0001-T01", "done");
    let before = env.git(&second, &["rev-parse", "HEAD"]);
    assert!(codes(&env, &second, &[], "findings").contains(&"C-14".to_owned()));
    let told = consistency(&env, &second, &["--fix"]).expect(2).stdout;
    let message =
        "Repo 'shop' is behind remote — pull before fixing to avoid clobbering remote progress";
    assert!(
        told.contains("WARN C-14") && told.contains(message),
        "{told}"
    );
    assert_eq!(env.git(&second, &["rev-parse", "HEAD"]), before);
    assert_eq!(text(&second, PLAN), plan("todo"));
    consistency(&env, &second, &["--fix", "--pull", "--push"]).expect(0);
    assert!(text(&second, PLAN).contains("status: done"));
    // The other machine follows.
    consistency(&env, &first, &["--fix", "--pull"]).expect(0);
    assert_eq!(text(&first, PLAN), text(&second, PLAN));
}

#[test]
fn two_machines_writebacks_never_block_each_other() {
    let env = env();
    let first = repository(&env, &[(PLAN, &plan("todo"))]);
    consistency(&env, &first, &["--fix", "--push"]).expect(0);
    let second = cloned(&env, "second");
    set(&env, "SHOP-WP-0001-T01", "done");
    for dir in [&first, &second] {
        // Each at a time of its own, so the commits differ.
        fixed(&env, dir);
        env.git(
            dir,
            &[
                "commit",
                "--quiet",
                "--amend",
                "--no-edit",
                "--date",
                &format!("2026-01-02T00:00:{:02}Z", dir.as_str().len() % 60),
            ],
        );
    }
    env.git(&first, &["push", "--quiet"]);
    consistency(&env, &second, &["--fix"]).expect(2);
    consistency(&env, &second, &["--fix", "--pull", "--push"]).expect(0);
    assert_eq!(
        env.git(&first, &["rev-parse", "HEAD"]),
        env.git(&second, &["rev-parse", "HEAD"])
    );
    assert!(
        !env.git(&second, &["for-each-ref", "refs/onward"])
            .is_empty()
    );
}

#[test]
fn a_persons_work_is_untouched_also_when_the_commit_fails() {
    let env = env();
    let other = plan("todo").replace("0001", "0002");
    let dir = repository(&env, &[(PLAN, &plan("todo")), ("workplans/b.md", &other)]);
    fixed(&env, &dir);
    set(&env, "SHOP-WP-0001-T01", "done");
    set(&env, "SHOP-WP-0002-T01", "done");
    env.write("first/README.md", "staged\n");
    env.git(&dir, &["add", "README.md"]);
    env.write("first/README.md", "and more\n");
    env.write(
        "first/workplans/b.md",
        text(&dir, "workplans/b.md") + "mine\n",
    );
    env.write("first/untracked", "x");
    let hook = env.write(
        "first/.git/hooks/pre-commit",
        "#!/bin/sh\necho not today >&2\nexit 1\n",
    );
    crate::kanban_disk::allow(&hook, 0o755);
    let state = || {
        let git = |arguments: &[&str]| env.git(&dir, arguments);
        (
            git(&["ls-files", "--stage"]),
            git(&["diff"]),
            git(&["status", "--porcelain"]),
            git(&["rev-parse", "HEAD"]),
        )
    };
    let before = state();
    let told = consistency(&env, &dir, &["--fix"]).expect(1);
    assert!(
        told.stdout.contains("FAIL C-21") && told.stdout.contains("not today"),
        "{}",
        told.stdout
    );
    assert!(
        told.stdout
            .contains("workplan has uncommitted changes — skipping writeback")
    );
    assert_eq!(state(), before);
    fs::remove_file(hook).unwrap();
    let diff = before.1;
    consistency(&env, &dir, &["--fix"]).expect(2);
    assert_eq!(env.git(&dir, &["diff"]), diff);
    assert_eq!(env.git(&dir, &["show", "--name-only", "--format="]), PLAN);
    assert_eq!(
        env.git(&dir, &["diff", "--cached", "--name-only"]),
        "README.md"
    );
}

#[test]
fn reopening_is_the_only_way_back() {
    let env = env();
    let first = repository(&env, &[(PLAN, &plan("done"))]);
    consistency(&env, &first, &["--fix", "--push"]).expect(0);
    let second = cloned(&env, "second");
    fixed(&env, &second);
    let back = text(&first, PLAN).replace("status: done", "status: todo");
    env.write(&format!("first/{PLAN}"), &back);
    env.commit_all(&first, "not done after all");
    consistency(&env, &first, &[]).expect(2);
    assert_eq!(hub_status(&env, "SHOP-WP-0001-T01"), "done");
    let reopen = [
        "--fix",
        "--reopen",
        "SHOP-WP-0001-T01",
        "--reopen",
        "SHOP-WP-0001",
    ];
    consistency(&env, &first, &reopen).expect(0);
    assert_eq!(hub_status(&env, "SHOP-WP-0001-T01"), "todo");
    assert_eq!(
        text(&first, PLAN),
        back.replace("status: finished", "status: active")
    );
    // The checkout that still says what both said before follows.
    fs::remove_dir_all(env.work().join("remote.git")).unwrap();
    fixed(&env, &second);
    assert!(text(&second, PLAN).contains("status: todo"));
    assert_eq!(hub_status(&env, "SHOP-WP-0001-T01"), "todo");
}

#[test]
fn without_writeback_ids_are_written_and_statuses_are_not() {
    let env = env();
    let dir = repository(&env, &[(PLAN, &plan("todo"))]);
    consistency(&env, &dir, &["--fix", "--no-writeback"]).expect(0);
    assert_eq!(
        subjects(&env, &dir),
        ["chore(consistency): link to hub [auto]"]
    );
    set(&env, "SHOP-WP-0001-T01", "done");
    consistency(&env, &dir, &["--fix", "--no-writeback"]).expect(2);
    assert!(text(&dir, PLAN).contains("status: todo"));
}
