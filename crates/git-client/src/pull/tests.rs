use super::*;
use crate::sandbox::{Checkout, Sandbox, write};

const LONG: Duration = Duration::from_mins(1);
const OWN: &str = "chore(consistency): sync task status from DB [auto]";

/// A clone whose remote changed `f` and added `new` since; the clone knows.
fn behind(sandbox: &Sandbox) -> Checkout<'_> {
    let origin = sandbox.init("origin");
    origin.write(".gitignore", "*.log\n");
    origin.run(&["add", ".gitignore"]);
    for path in ["f", "g", "h"] {
        origin.commit(path, "1\n");
    }
    let clone = sandbox.clone(&origin, "clone", &[]);
    origin.commit("f", "2\n");
    origin.commit("new", "1\n");
    origin.commit("x.log", "1\n");
    clone.run(&["fetch", "--quiet"]);
    clone
}

/// One that also has commits of its own.
fn apart(sandbox: &Sandbox) -> (Checkout<'_>, LocalOnly) {
    let clone = behind(sandbox);
    for content in ["2\n", "3\n"] {
        clone.write("h", content);
        clone.run(&["add", "h"]);
        clone.commit_staged(OWN);
    }
    let local = clone.open_writing().local_only().unwrap().unwrap();
    (clone, local)
}

fn reason(error: &Error) -> Immovable {
    match error {
        Error::NotMoved { reason, .. } => *reason,
        other => panic!("{other:?}"),
    }
}

/// Work of the user's that no move may touch, in files that the remote has left alone.
fn start_work(checkout: &Checkout<'_>) {
    checkout.write("g", "staged\n");
    checkout.run(&["add", "g"]);
    checkout.write("g", "mine\n");
    checkout.write("untracked", "mine\n");
    checkout.write("y.log", "mine\n");
}

fn work_is_there(checkout: &Checkout<'_>) {
    assert_eq!(
        checkout.run(&["status", "--porcelain"]),
        "MM g\n?? untracked"
    );
    assert_eq!(checkout.run(&["show", ":g"]), "staged");
    assert_eq!(checkout.read("g"), "mine\n");
    assert_eq!(checkout.read("y.log"), "mine\n");
}

#[test]
fn a_branch_that_is_behind_moves_forward_around_the_users_work() {
    let sandbox = Sandbox::new();
    let clone = behind(&sandbox);
    start_work(&clone);
    let repository = clone.open_writing();
    assert!(repository.pull_fast_forward(LONG).unwrap());
    assert_eq!(clone.id("HEAD"), clone.id("origin/main"));
    assert_eq!(clone.run(&["symbolic-ref", "HEAD"]), "refs/heads/main");
    assert_eq!(clone.read("f"), "2\n");
    work_is_there(&clone);
    assert!(!repository.pull_fast_forward(LONG).unwrap());
    assert!(!sandbox.trap_sprang());
}

#[test]
fn what_is_in_the_way_of_a_move_is_never_overwritten() {
    for (path, staged) in [("f", false), ("f", true), ("new", false), ("x.log", false)] {
        let sandbox = Sandbox::new();
        let clone = behind(&sandbox);
        clone.write(path, "mine\n");
        if staged {
            clone.run(&["add", path]);
        }
        let before = clone.belongings(&[]);
        let repository = clone.open_writing();
        let error = repository.pull_fast_forward(LONG).unwrap_err();
        assert_eq!(reason(&error), Immovable::Refused, "{path}");
        assert_eq!(clone.belongings(&[]), before, "{path}");

        let sandbox = Sandbox::new();
        let (clone, local) = apart(&sandbox);
        clone.write(path, "mine\n");
        if staged {
            clone.run(&["add", path]);
        }
        let before = clone.belongings(&[]);
        let repository = clone.open_writing();
        let error = repository.move_to_upstream(&local, "k", LONG).unwrap_err();
        assert_eq!(reason(&error), Immovable::Refused, "{path}");
        assert_eq!(clone.belongings(&[]), before, "{path}");
    }
}

#[test]
fn without_an_upstream_and_apart_from_it_there_is_no_way_forward() {
    let sandbox = Sandbox::new();
    let repository = sandbox.init("r").open_writing();
    let error = repository.pull_fast_forward(LONG).unwrap_err();
    assert_eq!(reason(&error), Immovable::NoUpstream);
    assert_eq!(repository.local_only().unwrap(), None);
    let (clone, _) = apart(&sandbox);
    let before = clone.belongings(&[]);
    let error = clone.open_writing().pull_fast_forward(LONG).unwrap_err();
    assert_eq!(reason(&error), Immovable::Diverged);
    assert_eq!(clone.belongings(&[]), before);
}

#[test]
fn a_hook_that_fails_after_a_move_undoes_nothing() {
    let sandbox = Sandbox::new();
    let clone = behind(&sandbox);
    clone.hook("post-merge", "exit 1");
    clone.hook("post-checkout", "exit 1");
    assert!(clone.open_writing().pull_fast_forward(LONG).unwrap());
    let sandbox = Sandbox::new();
    let (clone, local) = apart(&sandbox);
    clone.hook("post-checkout", "exit 1");
    clone
        .open_writing()
        .move_to_upstream(&local, "k", LONG)
        .unwrap();
    assert_eq!(clone.id("HEAD"), local.upstream);
}

#[test]
fn local_commits_are_listed_with_their_subjects() {
    let sandbox = Sandbox::new();
    let (clone, local) = apart(&sandbox);
    assert_eq!(local.head, clone.id("HEAD"));
    assert_eq!(local.upstream, clone.id("origin/main"));
    let subjects: Vec<&str> = local.commits.iter().map(|c| c.subject.as_str()).collect();
    assert_eq!(subjects, [OWN, OWN]);
    let odd = ["", ":x", "commit é", "two\nlines\n\nbody"];
    for message in odd {
        clone.run(&[
            "commit",
            "--quiet",
            "--allow-empty",
            "--allow-empty-message",
            "-m",
            message,
        ]);
    }
    let local = clone.open().local_only().unwrap().unwrap();
    let subjects: Vec<&str> = local.commits.iter().map(|c| c.subject.as_str()).collect();
    assert_eq!(subjects, ["two lines", "commit é", ":x", "", OWN, OWN]);
    assert_eq!(local.commits[5].id, clone.id("HEAD~5"));
}

#[test]
fn own_commits_are_given_up_for_the_upstream_and_kept() {
    let sandbox = Sandbox::new();
    let (clone, local) = apart(&sandbox);
    start_work(&clone);
    let repository = clone.open_writing();
    repository
        .move_to_upstream(&local, "replaced/1", LONG)
        .unwrap();
    assert_eq!(clone.id("HEAD"), local.upstream);
    assert_eq!(clone.run(&["symbolic-ref", "HEAD"]), "refs/heads/main");
    assert_eq!(clone.id("refs/onward/replaced/1"), local.head);
    assert_eq!(
        clone.run(&["rev-parse", "--symbolic-full-name", "@{u}"]),
        "refs/remotes/origin/main"
    );
    assert_eq!(clone.read("h"), "1\n");
    assert_eq!(clone.read("f"), "2\n");
    work_is_there(&clone);
    assert!(!sandbox.trap_sprang());
}

#[test]
fn a_branch_that_moved_since_it_was_looked_at_is_left_alone() {
    let sandbox = Sandbox::new();
    let (clone, local) = apart(&sandbox);
    let repository = clone.open_writing();
    clone.commit("mine", "1\n");
    let before = clone.belongings(&[]);
    let error = repository.move_to_upstream(&local, "k", LONG).unwrap_err();
    assert_eq!(reason(&error), Immovable::Outdated);
    assert_eq!(clone.belongings(&[]), before);
}

#[test]
fn a_kept_tip_is_never_replaced() {
    let sandbox = Sandbox::new();
    let (clone, local) = apart(&sandbox);
    clone.run(&["update-ref", "refs/onward/k", "HEAD~1"]);
    let before = clone.belongings(&[]);
    for name in ["k", "", "../heads/x", "a b"] {
        let error = clone
            .open_writing()
            .move_to_upstream(&local, name, LONG)
            .unwrap_err();
        assert!(matches!(error, Error::Failed { .. }), "{name}: {error:?}");
    }
    assert_eq!(clone.belongings(&[]), before);
}

#[test]
fn nothing_moves_while_somebody_is_at_work() {
    let sandbox = Sandbox::new();
    let (clone, local) = apart(&sandbox);
    let lock = clone.root().join(".git/index.lock");
    write(&lock, "theirs");
    let repository = clone.open_writing();
    for error in [
        repository.pull_fast_forward(LONG).unwrap_err(),
        repository.move_to_upstream(&local, "k", LONG).unwrap_err(),
    ] {
        assert!(matches!(error, Error::Locked { .. }), "{error:?}");
    }
    assert_eq!(std::fs::read_to_string(&lock).unwrap(), "theirs");
    std::fs::remove_file(lock).unwrap();
    assert_eq!(
        clone.attempt(&["cherry-pick", "--no-commit", "origin/main~2"]),
        Some(0)
    );
    clone.run(&["update-ref", "CHERRY_PICK_HEAD", "origin/main~2"]);
    let error = repository.move_to_upstream(&local, "k", LONG).unwrap_err();
    assert!(matches!(error, Error::Obstructed { .. }), "{error:?}");
}
