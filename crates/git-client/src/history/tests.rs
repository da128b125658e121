use super::*;
use crate::sandbox::{Checkout, OnePath, Sandbox};

fn standing(repository: &Repository, commit: &CommitId) -> Ancestry {
    let history = repository.history().unwrap();
    history.ancestry(std::slice::from_ref(commit)).unwrap()[commit]
}

/// Main has the change; a branch ticks a task in it.
fn with_branch(sandbox: &Sandbox) -> (Checkout<'_>, CommitId, CommitId) {
    let checkout = sandbox.init("r");
    let created = checkout.commit("c/a/tasks.md", "- [ ] 1");
    checkout.run(&["checkout", "--quiet", "-b", "feature"]);
    let ticked = checkout.commit("c/a/tasks.md", "- [x] 1");
    checkout.run(&["checkout", "--quiet", "main"]);
    (checkout, created, ticked)
}

#[test]
fn an_unborn_branch_has_the_empty_history() {
    let sandbox = Sandbox::new();
    let (checkout, created, _) = with_branch(&sandbox);
    checkout.run(&["checkout", "--quiet", "--orphan", "new"]);
    let repository = checkout.open();
    let history = repository.history().unwrap();
    assert_eq!(history.head(), None);
    assert_eq!(history.root_commit().unwrap(), None);
    assert_eq!(history.last("c/a"), None);
    assert!(!history.was_ever_touched("c/a"));
    assert!(
        history
            .touching_since(&created, "c/a".into())
            .unwrap()
            .is_empty()
    );
    assert_eq!(standing(&repository, &created), Ancestry::Diverged);
    assert!(!history.is_gone_here("c/a"));
    assert!(history.is_gone_here("c/none"));
}

#[test]
fn a_commit_stands_where_it_stands() {
    let sandbox = Sandbox::new();
    let (checkout, created, ticked) = with_branch(&sandbox);
    let head = checkout.commit("other", "1");
    let unknown = CommitId::new("1".repeat(40));
    let branch = CommitId::new("feature");
    let repository = checkout.open();
    let history = repository.history().unwrap();
    let asked = [&created, &ticked, &head, &unknown, &branch].map(CommitId::clone);
    let expected = BTreeMap::from([
        (created, Ancestry::Ancestor),
        (ticked, Ancestry::Diverged),
        (head, Ancestry::Head),
        (unknown, Ancestry::Unknown),
        (branch, Ancestry::Unknown),
    ]);
    assert_eq!(history.ancestry(&asked).unwrap(), expected);
}

#[test]
fn a_stale_clone_knows_that_it_is_older_once_it_has_fetched() {
    let sandbox = Sandbox::new();
    let origin = sandbox.init("origin");
    let first = origin.commit("c/a/f", "1");
    let clone = sandbox.clone(&origin, "clone", &[]);
    let newer = origin.commit("c/a/f", "2");
    let repository = clone.open();
    assert_eq!(standing(&repository, &newer), Ancestry::Unknown);
    clone.run(&["fetch", "--quiet"]);
    assert_eq!(standing(&repository, &newer), Ancestry::Diverged);
    let own = repository.history().unwrap().last("c/a").unwrap();
    assert_eq!(own, first);
    assert!(repository.is_ancestor(&own, &newer).unwrap());
    assert!(!repository.is_ancestor(&newer, &own).unwrap());
}

#[test]
fn after_a_squash_merge_the_branch_is_another_line_whose_content_shows() {
    let sandbox = Sandbox::new();
    let (checkout, created, ticked) = with_branch(&sandbox);
    checkout.run(&["merge", "--quiet", "--squash", "feature"]);
    let squashed = checkout.commit_staged("squashed");
    let repository = checkout.open();
    assert_eq!(standing(&repository, &ticked), Ancestry::Diverged);
    let history = repository.history().unwrap();
    assert_eq!(
        history.touching_since(&created, "c/a".into()).unwrap(),
        [squashed]
    );
}

#[test]
fn after_a_rebase_the_old_commit_is_another_line() {
    let sandbox = Sandbox::new();
    let (checkout, created, ticked) = with_branch(&sandbox);
    checkout.commit("other", "1");
    checkout.run(&["checkout", "--quiet", "feature"]);
    checkout.run(&["rebase", "--quiet", "main"]);
    let repository = checkout.open();
    assert_eq!(standing(&repository, &ticked), Ancestry::Diverged);
    let history = repository.history().unwrap();
    let rebased = checkout.id("HEAD");
    assert_eq!(
        history.touching_since(&created, "c/a".into()).unwrap(),
        std::slice::from_ref(&rebased)
    );
    assert_eq!(history.last("c/a"), Some(rebased));
}

#[test]
fn what_a_merged_side_brought_and_removed_is_listed() {
    let sandbox = Sandbox::new();
    let checkout = sandbox.init("r");
    let root = checkout.commit("other", "1");
    checkout.run(&["checkout", "--quiet", "-b", "side"]);
    let made = checkout.commit("c/a/f", "1");
    checkout.run(&["rm", "--quiet", "-r", "c/a"]);
    let removed = checkout.commit_staged("archived");
    checkout.run(&["checkout", "--quiet", "main"]);
    checkout.commit("other", "2");
    checkout.run(&["merge", "--quiet", "--no-ff", "-m", "merged", "side"]);
    let repository = checkout.open();
    let history = repository.history().unwrap();
    assert_eq!(
        history.touching_since(&root, "c/a".into()).unwrap(),
        [removed.clone(), made.clone()]
    );
    assert!(history.was_ever_touched("c/a"));
    // Git's default simplification follows the side that has the same: nothing, all along.
    assert_eq!(history.last("c/a"), None);
    assert!(repository.holds(&made, "c/a".into()).unwrap());
    assert!(!repository.holds(&removed, "c/a".into()).unwrap());
}

#[test]
fn the_root_is_that_of_the_first_parents() {
    let sandbox = Sandbox::new();
    let checkout = sandbox.init("r");
    let root = checkout.commit("f", "1");
    checkout.run(&["checkout", "--quiet", "--orphan", "pages"]);
    checkout.commit("g", "1");
    checkout.run(&["checkout", "--quiet", "main"]);
    checkout.run(&[
        "merge",
        "--quiet",
        "--allow-unrelated-histories",
        "-m",
        "m",
        "pages",
    ]);
    let repository = checkout.open();
    assert_eq!(
        repository.history().unwrap().root_commit().unwrap(),
        Some(root)
    );
}

#[test]
fn a_shallow_clone_has_no_root_but_answers() {
    let sandbox = Sandbox::new();
    let origin = sandbox.init("origin");
    let first = origin.commit("c/a/f", "1");
    let second = origin.commit("c/b/f", "1");
    let third = origin.commit("c/b/f", "2");
    let clone = sandbox.clone(&origin, "clone", &["--depth=2"]);
    let repository = clone.open();
    let history = repository.history().unwrap();
    assert_eq!(history.root_commit().unwrap(), None);
    assert_eq!(standing(&repository, &first), Ancestry::Unknown);
    assert_eq!(standing(&repository, &second), Ancestry::Ancestor);
    // The cut looks like the beginning, as it does to `git log`.
    assert_eq!(history.last("c/a"), Some(second));
    assert_eq!(history.last("c/b"), Some(third));
    clone.run(&["fetch", "--quiet", "--unshallow"]);
    assert_eq!(history.root_commit().unwrap(), Some(first));
}

#[test]
fn a_history_stays_that_of_its_commit() {
    let sandbox = Sandbox::new();
    let checkout = sandbox.init("r");
    let first = checkout.commit("c/a/f", "1");
    let repository = checkout.open();
    let history = repository.history().unwrap();
    let second = checkout.commit("c/a/f", "2");
    assert_eq!(history.last("c/a"), Some(first));
    assert_eq!(
        history.ancestry(std::slice::from_ref(&second)).unwrap()[&second],
        Ancestry::Diverged
    );
}

#[test]
fn what_is_no_commit_id_is_refused() {
    let sandbox = Sandbox::new();
    let checkout = sandbox.init("r");
    let first = checkout.commit("c/a/f", "1");
    let repository = checkout.open();
    let history = repository.history().unwrap();
    for bad in [
        "--output=stolen",
        "main",
        "HEAD~1",
        "",
        &first.as_str()[..8],
    ] {
        let bad = CommitId::new(bad);
        let errors = [
            repository.is_ancestor(&bad, &first).unwrap_err(),
            repository.is_ancestor(&first, &bad).unwrap_err(),
            repository.holds(&bad, "c/a".into()).unwrap_err(),
            history.touching_since(&bad, "c/a".into()).unwrap_err(),
            repository
                .export(&bad, &["c/a".into()], checkout.root())
                .unwrap_err(),
        ];
        assert!(
            errors
                .iter()
                .all(|error| matches!(error, Error::Commit { .. }))
        );
    }
    assert!(!checkout.root().join("stolen").exists());
}
