use crate::sandbox::{Checkout, OnePath, Sandbox};

/// A repository whose main branch holds a change.
fn with_change(sandbox: &Sandbox) -> Checkout<'_> {
    let checkout = sandbox.init("r");
    checkout.commit("c/a/tasks.md", "- [ ] 1");
    checkout.commit("c/b/tasks.md", "- [ ] 1");
    checkout
}

fn gone(checkout: &Checkout<'_>, path: &str) -> bool {
    let repository = checkout.open();
    let history = repository.history().unwrap();
    history.is_gone_here(path)
}

#[test]
fn what_was_reset_or_discarded_is_gone() {
    let sandbox = Sandbox::new();
    let checkout = with_change(&sandbox);
    checkout.commit("c/a/tasks.md", "- [x] 1");
    checkout.run(&["reset", "--quiet", "--hard", "HEAD~1"]);
    checkout.write("c/b/tasks.md", "- [x] 1");
    checkout.run(&["checkout", "--quiet", "."]);
    assert!(gone(&checkout, "c/a"));
    assert!(gone(&checkout, "c/b"));
    assert!(gone(&checkout, "c/none"));
}

#[test]
fn what_another_branch_or_tag_holds_is_not_gone() {
    let sandbox = Sandbox::new();
    for keep in [&["branch", "kept"], &["tag", "kept"]] {
        let name = format!("{}/r", keep[0]);
        let checkout = sandbox.init(&name);
        checkout.commit("c/b/f", "1");
        checkout.commit("c/a/f", "1");
        checkout.run(keep);
        checkout.run(&["reset", "--quiet", "--hard", "HEAD~1"]);
        assert!(!gone(&checkout, "c/a"), "{keep:?}");
        assert!(gone(&checkout, "c/b"), "{keep:?}");
    }
}

#[test]
fn what_the_remote_holds_is_not_gone() {
    let sandbox = Sandbox::new();
    let origin = with_change(&sandbox);
    let clone = sandbox.clone(&origin, "clone", &[]);
    clone.run(&["reset", "--quiet", "--hard", "HEAD~1"]);
    assert!(!gone(&clone, "c/b"));
    assert!(gone(&clone, "c/a"));
}

#[test]
fn every_stash_counts_not_only_the_newest() {
    let sandbox = Sandbox::new();
    let checkout = with_change(&sandbox);
    checkout.write("c/a/tasks.md", "- [x] 1");
    checkout.run(&["stash", "push", "--quiet"]);
    checkout.write("c/b/tasks.md", "- [x] 1");
    checkout.run(&["stash", "push", "--quiet"]);
    assert!(!gone(&checkout, "c/a"));
    assert!(!gone(&checkout, "c/b"));
    checkout.run(&["stash", "drop", "--quiet", "stash@{1}"]);
    assert!(gone(&checkout, "c/a"));
    checkout.run(&["stash", "drop", "--quiet"]);
    assert!(gone(&checkout, "c/b"));
}

#[test]
fn what_a_stash_holds_untracked_or_only_staged_counts() {
    let sandbox = Sandbox::new();
    let checkout = with_change(&sandbox);
    checkout.write("c/new/tasks.md", "- [ ] 1");
    checkout.run(&["stash", "push", "--quiet", "--include-untracked"]);
    assert!(!gone(&checkout, "c/new"));
    assert!(gone(&checkout, "c/a"));
    checkout.write("c/a/tasks.md", "- [x] 1");
    checkout.run(&["add", "c/a"]);
    checkout.write("c/a/tasks.md", "- [ ] 1");
    checkout.write("c/b/tasks.md", "- [x] 1");
    checkout.run(&["stash", "push", "--quiet"]);
    assert!(!gone(&checkout, "c/a"));
}

#[test]
fn another_worktrees_detached_head_counts() {
    let sandbox = Sandbox::new();
    let checkout = with_change(&sandbox);
    checkout.run(&["worktree", "add", "--quiet", "--detach", "../linked"]);
    let linked = sandbox.checkout("linked");
    linked.commit("c/a/tasks.md", "- [x] 1");
    assert!(!gone(&checkout, "c/a"));
    assert!(gone(&checkout, "c/b"));
    // Seen from there it is the history itself, and main is part of it.
    assert!(gone(&linked, "c/a"));
}

#[test]
fn work_put_aside_by_a_paused_rebase_counts() {
    let sandbox = Sandbox::new();
    let checkout = with_change(&sandbox);
    checkout.run(&["checkout", "--quiet", "-b", "side"]);
    checkout.commit("f", "1");
    checkout.run(&["checkout", "--quiet", "main"]);
    checkout.commit("f", "2");
    checkout.run(&["checkout", "--quiet", "--detach"]);
    checkout.commit("c/b/tasks.md", "- [x] 1");
    checkout.write("c/a/tasks.md", "- [x] 1");
    assert_eq!(
        checkout.attempt(&["rebase", "--autostash", "side"]),
        Some(1)
    );
    assert!(!gone(&checkout, "c/a"));
    assert!(!gone(&checkout, "c/b"));
    checkout.run(&["rebase", "--skip"]);
    assert_eq!(checkout.run(&["status", "--porcelain"]), " M c/a/tasks.md");
}

#[test]
fn a_pathspec_is_taken_letter_by_letter() {
    let sandbox = Sandbox::new();
    let checkout = sandbox.init("r");
    checkout.commit("f", "1");
    checkout.run(&["branch", "start"]);
    for name in ["-n", "*", ":(top)a", "line\nbreak", ":/", "^x"] {
        checkout.run(&["checkout", "--quiet", "-B", "other", "start"]);
        checkout.commit(&format!("c/{name}/f"), "1");
        checkout.run(&["checkout", "--quiet", "main"]);
        let path = format!("c/{name}");
        assert!(!gone(&checkout, &path), "{name:?}");
        assert!(gone(&checkout, "c/a"), "{name:?}");
        assert!(gone(&checkout, name), "{name:?}");
        let repository = checkout.open();
        let commit = checkout.id("other");
        assert!(repository.holds(&commit, path.as_str().into()).unwrap());
        assert!(!repository.holds(&commit, name.into()).unwrap());
        let history = repository.history().unwrap();
        assert!(
            history
                .touching_since(&commit, name.into())
                .unwrap()
                .is_empty()
        );
    }
}
