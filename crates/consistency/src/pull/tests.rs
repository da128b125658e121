use super::*;
use crate::sandbox::{Checkout, Sandbox};

const LIMIT: Duration = Duration::from_mins(1);
const PLAN: &str = "workplans/a.md";
const OWN: &str = "chore(consistency): sync task status from DB [auto]";
const DONE: &str = "status: done\n";

/// Two clones of one remote.
fn clones(sandbox: &Sandbox) -> (Checkout<'_>, Checkout<'_>) {
    let first = sandbox.init("first");
    first.commit(PLAN, "status: todo\n");
    sandbox.git(
        &sandbox.path(""),
        &["clone", "--quiet", "--bare", "first", "remote.git"],
    );
    first.git(&[
        "remote",
        "add",
        "origin",
        sandbox.path("remote.git").as_str(),
    ]);
    first.git(&["push", "--quiet", "--set-upstream", "origin", "main"]);
    (first, sandbox.clone("remote.git", "second"))
}

fn commit(checkout: &Checkout<'_>, content: &str, subject: &str) {
    checkout.write(PLAN, content.as_bytes());
    checkout.git(&["commit", "--quiet", "--all", "--message", subject]);
}

fn run(checkout: &Checkout<'_>) -> (Remote, Vec<String>) {
    pull(&checkout.open(), "kept", LIMIT, LIMIT)
}

#[test]
fn a_branch_that_is_behind_follows() {
    let sandbox = Sandbox::new();
    let (first, second) = clones(&sandbox);
    commit(&first, "2\n", "more");
    first.git(&["push", "--quiet"]);
    assert_eq!(run(&second), (Remote::Asked { reached: true }, vec![]));
    assert_eq!(second.read(PLAN), "2\n");
}

#[test]
fn commits_of_our_own_give_way_and_are_kept() {
    let sandbox = Sandbox::new();
    let (first, second) = clones(&sandbox);
    commit(&first, "2\n", "more");
    first.git(&["push", "--quiet"]);
    commit(&second, DONE, OWN);
    let tip = second.git(&["rev-parse", "HEAD"]);
    assert_eq!(run(&second).1, Vec::<String>::new());
    assert_eq!(
        second.git(&["rev-parse", "HEAD"]),
        first.git(&["rev-parse", "HEAD"])
    );
    assert_eq!(second.git(&["rev-parse", "refs/onward/kept"]), tip);
}

#[test]
fn a_persons_commit_stays_and_the_run_goes_on() {
    let sandbox = Sandbox::new();
    let (first, second) = clones(&sandbox);
    commit(&first, "2\n", "more");
    first.git(&["push", "--quiet"]);
    commit(&second, DONE, OWN);
    commit(&second, "4\n", "mine");
    let tip = second.git(&["rev-parse", "HEAD"]);
    let (remote, notices) = run(&second);
    assert_eq!(
        (remote, notices[0].as_str()),
        (Remote::Asked { reached: true }, PULL_FAILED)
    );
    assert_eq!(second.git(&["rev-parse", "HEAD"]), tip);
}

#[test]
fn a_commit_of_ours_that_a_person_amended_is_theirs() {
    for (path, content) in [(PLAN, "status: done\na note\n"), ("b.md", DONE)] {
        let sandbox = Sandbox::new();
        let (first, second) = clones(&sandbox);
        commit(&first, "2\n", "more");
        first.git(&["push", "--quiet"]);
        commit(&second, DONE, OWN);
        second.write(path, content.as_bytes());
        second.git(&["add", "--all"]);
        second.git(&["commit", "--quiet", "--amend", "--no-edit"]);
        let tip = second.git(&["rev-parse", "HEAD"]);
        assert_eq!(run(&second).1[0], PULL_FAILED);
        assert_eq!(second.git(&["rev-parse", "HEAD"]), tip, "{path}");
        assert_eq!(second.read(path), content);
    }
}

#[test]
fn without_a_remote_it_is_told() {
    let sandbox = Sandbox::new();
    let (first, second) = clones(&sandbox);
    first.git(&["branch", "--unset-upstream"]);
    assert_eq!(run(&first).1, [PULL_FAILED]);
    std::fs::remove_dir_all(sandbox.path("remote.git")).unwrap();
    let (remote, notices) = run(&second);
    assert_eq!(
        (remote, notices[0].as_str()),
        (Remote::Asked { reached: false }, PULL_FAILED)
    );
}
