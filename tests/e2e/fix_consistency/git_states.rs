//! What git is in the middle of, where the branch stands, and what a checkout is: real git.

use super::{PLAN, cloned, codes, consistency, fixed, hub_status, plan, repository, set, text};
use crate::kanban_disk::allow;
use crate::scene::env;
use camino::{Utf8Path, Utf8PathBuf};
use std::fs;
use test_support::TestEnv;

const TASK: &str = "SHOP-WP-0001-T01";

/// A checkout in step, and a task that then went on in the hub.
fn behind_the_hub() -> (TestEnv, Utf8PathBuf) {
    let env = env();
    let dir = repository(&env, &[(PLAN, &plan("todo"))]);
    consistency(&env, &dir, &["--fix", "--push"]).expect(0);
    set(&env, TASK, "in_progress");
    (env, dir)
}

/// Runs git where it stops at a conflict.
fn stopped(env: &TestEnv, dir: &Utf8Path, command: &str) {
    let alias = format!("alias.stopped=!git {command} || true");
    env.git(dir, &["-c", &alias, "stopped"]);
}

/// Makes a branch `side` that has another README than the current one.
fn two_lines(env: &TestEnv, dir: &Utf8Path) {
    env.git(dir, &["checkout", "--quiet", "-b", "side"]);
    env.write("first/README.md", "side\n");
    env.commit_all(dir, "side");
    env.git(dir, &["checkout", "--quiet", "main"]);
    env.write("first/README.md", "main\n");
    env.commit_all(dir, "main");
}

fn is_written_back(env: &TestEnv, dir: &Utf8Path) {
    fixed(env, dir);
    assert!(text(dir, PLAN).contains("status: in_progress  # so far\n"));
}

#[test]
fn in_the_middle_of_something_nothing_is_committed_and_it_is_named() {
    for (command, end, named) in [
        ("merge side", "merge --abort", "a merge"),
        ("rebase side", "rebase --abort", "a rebase"),
        ("cherry-pick side", "cherry-pick --abort", "a cherry-pick"),
        ("revert HEAD~1", "revert --abort", "a revert"),
        ("bisect start", "bisect reset", "a bisection"),
        ("checkout --detach", "checkout main", "a detached HEAD"),
    ] {
        let (env, dir) = behind_the_hub();
        two_lines(&env, &dir);
        if command.starts_with("revert") {
            env.write("first/README.md", "more\n");
            env.commit_all(&dir, "more");
        }
        stopped(&env, &dir, command);
        let state = || {
            let git = |arguments: &[&str]| env.git(&dir, arguments);
            (
                git(&["rev-parse", "HEAD"]),
                git(&["ls-files", "--stage"]),
                git(&["status", "--porcelain"]),
                text(&dir, "README.md"),
                text(&dir, PLAN),
            )
        };
        let before = state();
        let told = consistency(&env, &dir, &["--fix"]).expect(2).stdout;
        let said = format!("the repository is in {named} — skipping writeback");
        assert!(
            told.contains("WARN C-14") && told.contains(&said),
            "{command}: {told}"
        );
        let told = consistency(&env, &dir, &[]).expect(2).stdout;
        assert!(told.contains("INFO C-14"), "{command}: {told}");
        assert_eq!(state(), before, "{command}");
        stopped(&env, &dir, end);
        is_written_back(&env, &dir);
    }
}

#[test]
fn no_row_is_made_whose_id_could_not_be_written() {
    let env = env();
    let dir = repository(&env, &[(PLAN, &plan("todo"))]);
    env.git(&dir, &["checkout", "--quiet", "--detach"]);
    consistency(&env, &dir, &["--fix"]).expect(2);
    let listed = env.run(&["task", "list", "--json"]).expect(0).stdout;
    assert!(!listed.contains(TASK), "{listed}");
    env.git(&dir, &["checkout", "--quiet", "main"]);
    fixed(&env, &dir);
}

#[test]
fn a_branch_that_is_ahead_or_follows_none_is_not_behind() {
    let (env, dir) = behind_the_hub();
    env.write("first/README.md", "more\n");
    env.commit_all(&dir, "a person's, not pushed");
    is_written_back(&env, &dir);
    set(&env, TASK, "done");
    env.git(&dir, &["branch", "--unset-upstream"]);
    let told = consistency(&env, &dir, &["--fix"]).expect(0).transcript();
    assert!(!told.contains("C-14"), "{told}");
    assert!(text(&dir, PLAN).contains("status: done"));
}

#[test]
fn a_remote_that_does_not_answer_is_passed_over_in_silence() {
    let (env, dir) = behind_the_hub();
    fs::remove_dir_all(env.work().join("remote.git")).unwrap();
    let told = consistency(&env, &dir, &["--fix"]).expect(0).transcript();
    assert!(!told.contains("C-14") && !told.contains("remote"), "{told}");
    assert!(text(&dir, PLAN).contains("status: in_progress"));
}

#[test]
fn a_branch_that_has_diverged_writes_nothing_and_pull_says_so() {
    let (env, first) = behind_the_hub();
    let second = cloned(&env, "second");
    env.write("second/README.md", "theirs\n");
    env.commit_all(&second, "theirs");
    env.git(&second, &["push", "--quiet"]);
    env.write("first/README.md", "mine\n");
    let head = env.commit_all(&first, "mine");
    // The hub would follow the file, too: not even that is written.
    set(&env, TASK, "in_progress");
    let ahead = text(&first, PLAN).replace("status: todo", "status: done");
    env.write(&format!("first/{PLAN}"), &ahead);
    let head = env.commit_all(&first, &format!("on {head}"));
    let ran = consistency(&env, &first, &["--fix", "--pull"]).expect(2);
    let warned = "WARN: pull failed (conflicts or no remote) — running fix-consistency anyway\n";
    assert!(ran.stderr.contains(warned), "{}", ran.stderr);
    let told = ran.stdout;
    assert!(
        told.contains("WARN C-14") && told.contains("Repo 'shop' is behind remote"),
        "{told}"
    );
    assert!(told.contains("hint: merge or rebase"), "{told}");
    assert_eq!(env.git(&first, &["rev-parse", "HEAD"]), head);
    assert_eq!(hub_status(&env, TASK), "in_progress");
}

#[test]
fn a_pull_leaves_a_persons_uncommitted_work_alone() {
    let (env, first) = behind_the_hub();
    let second = cloned(&env, "second");
    fixed(&env, &first);
    env.git(&first, &["push", "--quiet"]);
    env.write("second/README.md", "staged\n");
    env.git(&second, &["add", "README.md"]);
    env.write("second/README.md", "and more\n");
    env.write("second/new", "x");
    consistency(&env, &second, &["--fix", "--pull"]).expect(0);
    assert!(text(&second, PLAN).contains("status: in_progress"));
    assert_eq!(text(&second, "README.md"), "and more\n");
    let status = env.git(&second, &["status", "--porcelain"]);
    assert_eq!(status, "MM README.md\n?? new");
    // What is in the way of the upstream stays, and it is told.
    set(&env, TASK, "done");
    fixed(&env, &first);
    env.git(&first, &["push", "--quiet"]);
    let mine = text(&second, PLAN) + "mine\n";
    env.write(&format!("second/{PLAN}"), &mine);
    let ran = consistency(&env, &second, &["--fix", "--pull"]).expect(2);
    assert!(ran.stderr.contains("WARN: pull failed"), "{}", ran.stderr);
    assert!(ran.stdout.contains("WARN C-14"), "{}", ran.stdout);
    assert_eq!(text(&second, PLAN), mine);
}

#[test]
fn a_push_that_is_not_taken_is_a_failed_write() {
    let (env, dir) = behind_the_hub();
    let hook = "#!/bin/sh\necho closed for today >&2\nexit 1\n";
    let hook = env.write("remote.git/hooks/pre-receive", hook);
    allow(&hook, 0o755);
    let told = consistency(&env, &dir, &["--fix", "--push"])
        .expect(1)
        .stdout;
    assert!(
        told.contains("FAIL C-21") && told.contains("closed for today"),
        "{told}"
    );
    // The writeback itself stands, and is counted until it is pushed.
    assert!(text(&dir, PLAN).contains("status: in_progress"));
    assert!(told.contains("INFO C-17"), "{told}");
    fs::remove_file(hook).unwrap();
    assert_eq!(
        codes(&env, &dir, &["--fix", "--push"], "remaining"),
        [""; 0]
    );
    let there = env.git(&env.work().join("remote.git"), &["rev-parse", "main"]);
    assert_eq!(env.git(&dir, &["rev-parse", "HEAD"]), there);
}

#[test]
fn a_push_that_comes_second_forces_nothing() {
    let (env, dir) = behind_the_hub();
    let second = cloned(&env, "second");
    env.write("second/README.md", "theirs\n");
    let theirs = env.commit_all(&second, "theirs");
    // Between the look at the remote and the push another machine pushes.
    let hook = format!(
        "#!/bin/sh\nunset $(git rev-parse --local-env-vars)\ncd {second} && git push --quiet\n"
    );
    let hook = env.write("first/.git/hooks/post-commit", hook);
    allow(&hook, 0o755);
    let told = consistency(&env, &dir, &["--fix", "--push"])
        .expect(1)
        .stdout;
    assert!(
        told.contains("FAIL C-21") && told.contains("the remote has other commits"),
        "{told}"
    );
    let there = env.git(&env.work().join("remote.git"), &["rev-parse", "main"]);
    assert_eq!(there, theirs);
    fs::remove_file(hook).unwrap();
    consistency(&env, &dir, &["--fix", "--pull", "--push"]).expect(0);
    assert!(text(&dir, PLAN).contains("status: in_progress"));
    assert_eq!(text(&dir, "README.md"), "theirs\n");
}

#[test]
fn a_shallow_clone_is_written_back() {
    let (env, first) = behind_the_hub();
    let remote = env.work().join("remote.git");
    let url = format!("file://{remote}");
    env.git(
        &env.work(),
        &["clone", "--quiet", "--depth=1", &url, "shallow"],
    );
    let shallow = env.work().join("shallow");
    // It is known by the remote, spelled as the hub knows it.
    env.git(&shallow, &["remote", "set-url", "origin", remote.as_str()]);
    env.run(&["hub", "register", "-C", first.as_str()])
        .expect(0);
    consistency(&env, &shallow, &["--fix", "--push"]).expect(0);
    assert!(text(&shallow, PLAN).contains("status: in_progress"));
    consistency(&env, &first, &["--fix", "--pull"]).expect(0);
    assert_eq!(text(&first, PLAN), text(&shallow, PLAN));
}

#[test]
fn on_a_branch_without_a_commit_nothing_is_made() {
    let env = env();
    let dir = env.work().join("new");
    env.write("new/onward.toml", "repository = \"new\"\n");
    env.write(&format!("new/{PLAN}"), plan("todo"));
    env.git(&dir, &["init", "--quiet"]);
    env.run(&["hub", "init"]).expect(0);
    env.run(&["hub", "register", "-C", dir.as_str()]).expect(0);
    let told = consistency(&env, &dir, &["--fix"]).expect(2).stdout;
    assert!(told.contains("workplan has uncommitted changes"), "{told}");
    let listed = env.run(&["task", "list", "--json"]).expect(0).stdout;
    assert!(!listed.contains(TASK), "{listed}");
    env.commit_all(&dir, "begin");
    fixed(&env, &dir);
}

#[test]
fn a_linked_worktree_is_a_checkout_of_its_own() {
    let (env, first) = behind_the_hub();
    let linked = env.work().join("linked");
    env.git(
        &first,
        &["worktree", "add", "--quiet", "-b", "side", linked.as_str()],
    );
    // What the one is in the middle of is no matter of the other.
    env.git(&first, &["checkout", "--quiet", "--detach"]);
    is_written_back(&env, &linked);
    assert!(text(&first, PLAN).contains("status: todo"));
    assert_eq!(env.git(&first, &["status", "--porcelain"]), "");
    env.git(&first, &["checkout", "--quiet", "main"]);
    is_written_back(&env, &first);
}

#[test]
fn a_submodule_is_a_repository_of_its_own() {
    let (env, _) = behind_the_hub();
    let outer = env.work().join("outer");
    env.write("outer/README.md", "outer\n");
    env.git(&outer, &["init", "--quiet"]);
    let remote = env.work().join("remote.git");
    let add = ["submodule", "--quiet", "add", remote.as_str(), "inner"];
    env.git(&outer, &add);
    env.commit_all(&outer, "begin");
    let inner = outer.join("inner");
    is_written_back(&env, &inner);
    assert_eq!(
        env.git(&outer, &["status", "--porcelain"]),
        "M inner",
        "the outer one is not written to"
    );
    env.run(&["hub", "register", "-C", outer.as_str()])
        .expect(0);
    let told = consistency(&env, &outer, &["--fix"]).expect(2).stdout;
    assert!(told.contains("WARN C-01"), "{told}");
}

/// The workplans themselves may lie in another repository than the one that is looked at.
#[test]
fn workplans_in_a_submodule_are_not_committed_from_outside() {
    let env = env();
    env.write("plans/one.md", plan("todo"));
    let plans = env.work().join("plans");
    env.git(&plans, &["init", "--quiet"]);
    env.commit_all(&plans, "begin");
    let dir = repository(&env, &[]);
    let add = ["submodule", "--quiet", "add", plans.as_str(), "workplans"];
    env.git(&dir, &add);
    env.commit_all(&dir, "plans");
    env.git(&dir, &["push", "--quiet"]);
    let told = consistency(&env, &dir, &["--fix"]).expect(1).stdout;
    let said = "it is in a submodule, a repository of its own";
    assert!(told.contains("FAIL C-02") && told.contains(said), "{told}");
    assert_eq!(text(&dir, "workplans/one.md"), plan("todo"));
    let listed = env.run(&["task", "list", "--json"]).expect(0).stdout;
    assert!(!listed.contains(TASK), "{listed}");
    assert_eq!(env.git(&dir, &["status", "--porcelain"]), "");
}

#[test]
fn variables_that_git_leaves_for_hooks_lead_nowhere_else() {
    let (mut env, dir) = behind_the_hub();
    let other = env.work().join("other");
    env.write("other/README.md", "other\n");
    env.git(&other, &["init", "--quiet"]);
    let head = env.commit_all(&other, "begin");
    env.set("GIT_DIR", other.join(".git"));
    env.set("GIT_WORK_TREE", other.clone());
    env.set("GIT_INDEX_FILE", other.join(".git/index"));
    let ran = consistency(&env, &dir, &["--fix"]).expect(0);
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        env.unset(name);
    }
    assert!(ran.stdout.contains("mended"), "{}", ran.stdout);
    assert!(text(&dir, PLAN).contains("status: in_progress"));
    assert_eq!(env.git(&dir, &["status", "--porcelain"]), "");
    assert_eq!(env.git(&other, &["rev-parse", "HEAD"]), head);
    assert_eq!(env.git(&other, &["status", "--porcelain"]), "");
}
