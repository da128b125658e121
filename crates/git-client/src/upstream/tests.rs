use std::net::TcpListener;

use super::*;
use crate::sandbox::{Checkout, Sandbox};

const LONG: Duration = Duration::from_mins(1);
const SHORT: Duration = Duration::from_millis(700);

/// The upstream's counts: ahead, behind.
fn counts(checkout: &Checkout<'_>) -> (u64, u64) {
    match checkout.open().upstream().unwrap() {
        Upstream::Tracked(tracked) => (tracked.ahead, tracked.behind),
        other => panic!("{other:?}"),
    }
}

fn fetch(checkout: &Checkout<'_>) -> Fetched {
    checkout.open().fetch_upstream(LONG).unwrap()
}

#[test]
fn a_branch_is_equal_to_ahead_of_behind_or_apart_from_its_upstream() {
    let sandbox = Sandbox::new();
    let origin = sandbox.init("origin");
    let first = origin.commit("f", "1");
    let clone = sandbox.clone(&origin, "clone", &[]);
    let expected = Tracked {
        name: "refs/remotes/origin/main".to_owned(),
        tip: first,
        ahead: 0,
        behind: 0,
    };
    assert_eq!(
        clone.open().upstream().unwrap(),
        Upstream::Tracked(expected)
    );
    clone.commit("g", "1");
    assert_eq!(counts(&clone), (1, 0));
    origin.commit("f", "2");
    origin.commit("f", "3");
    assert_eq!(counts(&clone), (1, 0));
    assert!(matches!(fetch(&clone), Fetched::Fresh));
    assert_eq!(counts(&clone), (1, 2));
    clone.run(&["reset", "--quiet", "--hard", "HEAD~1"]);
    assert_eq!(counts(&clone), (0, 2));
    assert!(!sandbox.trap_sprang());
}

#[test]
fn only_the_upstream_is_fetched_to_where_it_is_configured_to_be() {
    let sandbox = Sandbox::new();
    let origin = sandbox.init("origin");
    origin.commit("f", "1");
    let clone = sandbox.clone(&origin, "clone", &[]);
    let fork = sandbox.init("fork");
    fork.commit("f", "1");
    clone.run(&["remote", "add", "fork", fork.root().as_str()]);
    let key = "remote.origin.fetch";
    clone.run(&["config", key, "+refs/heads/*:refs/remotes/elsewhere/*"]);
    clone.run(&["fetch", "--quiet", "origin"]);
    origin.commit("f", "2");
    origin.run(&["branch", "other"]);
    assert!(matches!(fetch(&clone), Fetched::Fresh));
    let Upstream::Tracked(tracked) = clone.open().upstream().unwrap() else {
        panic!("no upstream");
    };
    assert_eq!(tracked.name, "refs/remotes/elsewhere/main");
    assert_eq!(tracked.behind, 1);
    assert_eq!(
        clone.run(&[
            "for-each-ref",
            "refs/remotes/elsewhere/other",
            "refs/remotes/fork"
        ]),
        ""
    );
}

#[test]
fn off_a_branch_and_without_an_upstream_there_is_nothing_to_compare() {
    let sandbox = Sandbox::new();
    let checkout = sandbox.init("r");
    let upstream = || checkout.open().upstream().unwrap();
    assert_eq!(upstream(), Upstream::Unset);
    assert!(matches!(fetch(&checkout), Fetched::NoUpstream));
    checkout.commit("f", "1");
    assert_eq!(upstream(), Upstream::Unset);
    checkout.run(&["checkout", "--quiet", "--detach"]);
    assert_eq!(upstream(), Upstream::Detached);
    assert!(matches!(fetch(&checkout), Fetched::NoUpstream));
}

#[test]
fn an_upstream_that_is_not_here_is_gone_until_it_is_fetched() {
    let sandbox = Sandbox::new();
    let origin = sandbox.init("origin");
    origin.commit("f", "1");
    let clone = sandbox.clone(&origin, "clone", &[]);
    clone.run(&["update-ref", "-d", "refs/remotes/origin/main"]);
    let name = "refs/heads/main".to_owned();
    assert_eq!(clone.open().upstream().unwrap(), Upstream::Gone { name });
    assert!(matches!(fetch(&clone), Fetched::Fresh));
    assert_eq!(counts(&clone), (0, 0));
}

#[test]
fn a_branch_without_a_commit_is_behind_all_its_upstream_has() {
    let sandbox = Sandbox::new();
    let origin = sandbox.init("origin");
    let clone = sandbox.clone(&origin, "clone", &[]);
    assert!(matches!(
        clone.open().upstream().unwrap(),
        Upstream::Gone { .. }
    ));
    origin.commit("f", "1");
    origin.commit("f", "2");
    assert!(matches!(fetch(&clone), Fetched::Fresh));
    assert_eq!(counts(&clone), (0, 2));
}

#[test]
fn a_shallow_clone_is_never_taken_for_further_than_it_is() {
    let sandbox = Sandbox::new();
    let origin = sandbox.init("origin");
    for content in ["1", "2", "3"] {
        origin.commit("f", content);
    }
    let clone = sandbox.clone(&origin, "clone", &["--depth=1"]);
    assert_eq!(counts(&clone), (0, 0));
    clone.commit("g", "1");
    assert_eq!(counts(&clone), (1, 0));
    origin.commit("f", "4");
    assert!(matches!(fetch(&clone), Fetched::Fresh));
    assert_eq!(counts(&clone), (1, 1));
    // The remote was rewritten below the cut: nothing in common is seen any more.
    origin.run(&["reset", "--quiet", "--hard", "HEAD~3"]);
    origin.commit("f", "5");
    assert!(matches!(fetch(&clone), Fetched::Fresh));
    let (ahead, behind) = counts(&clone);
    assert!(ahead > 0 && behind > 0, "{ahead} {behind}");
}

#[test]
fn a_branch_of_this_repository_may_be_followed() {
    let sandbox = Sandbox::new();
    let checkout = sandbox.init("r");
    checkout.commit("f", "1");
    checkout.run(&["checkout", "--quiet", "-b", "feature", "--track", "main"]);
    checkout.commit("f", "2");
    assert!(matches!(fetch(&checkout), Fetched::Fresh));
    assert_eq!(counts(&checkout), (1, 0));
}

#[test]
fn a_remote_that_cannot_be_reached_is_told_and_what_is_known_stays() {
    let sandbox = Sandbox::new();
    let origin = sandbox.init("origin");
    origin.commit("f", "1");
    let clone = sandbox.clone(&origin, "clone", &[]);
    clone.commit("g", "1");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = format!("git://{}/x", listener.local_addr().unwrap());
    for url in ["/nonexistent/place", silent.as_str()] {
        clone.run(&["remote", "set-url", "origin", url]);
        let fetched = clone.open().fetch_upstream(SHORT).unwrap();
        assert!(matches!(fetched, Fetched::Unreachable(_)), "{fetched:?}");
        assert_eq!(counts(&clone), (1, 0));
    }
}

#[test]
fn the_address_of_the_remote_is_the_same_for_everybody() {
    let sandbox = Sandbox::new();
    let checkout = sandbox.init("r");
    let url = || checkout.open().remote_url().unwrap();
    assert_eq!(url(), None);
    checkout.run(&["remote", "add", "origin", "https://me:hunter2@host/a.git"]);
    assert_eq!(url().as_deref(), Some("https://host/a.git"));
    checkout.run(&["remote", "add", "fork", "git@host:b.git"]);
    assert_eq!(url().as_deref(), Some("https://host/a.git"));
    checkout.run(&["config", "branch.main.remote", "fork"]);
    assert_eq!(url().as_deref(), Some("host:b.git"));
    checkout.run(&["config", "url.https://me@host/.insteadOf", "git@host:"]);
    assert_eq!(url().as_deref(), Some("https://host/b.git"));
}
