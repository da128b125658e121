use std::net::TcpListener;

use super::*;
use crate::sandbox::{Checkout, Sandbox};

const LONG: Duration = Duration::from_mins(1);

/// A bare repository and two clones of it.
fn shared(sandbox: &Sandbox) -> (Checkout<'_>, Checkout<'_>, Checkout<'_>) {
    sandbox.plain(&sandbox.path(""), &["init", "--quiet", "--bare", "hub"]);
    let hub = sandbox.checkout("hub");
    let first = sandbox.clone(&hub, "first", &[]);
    first.commit("f", "1");
    first.run(&["push", "--quiet", "origin", "main"]);
    let second = sandbox.clone(&hub, "second", &[]);
    (hub, first, second)
}

fn push(checkout: &Checkout<'_>) -> Pushed {
    checkout.open_writing().push(LONG).unwrap()
}

#[test]
fn heads_commit_goes_to_the_upstream_and_nothing_else_does() {
    let sandbox = Sandbox::new();
    let (hub, first, _) = shared(&sandbox);
    assert_eq!(push(&first), Pushed::UpToDate);
    let tip = first.commit("f", "2");
    first.run(&["tag", "--annotate", "--message=t", "t"]);
    first.run(&["branch", "other"]);
    assert_eq!(push(&first), Pushed::Done);
    let refs = hub.run(&["for-each-ref", "--format=%(refname) %(objectname)"]);
    assert_eq!(refs, format!("refs/heads/main {tip}"));
    assert_eq!(first.id("refs/remotes/origin/main"), tip);
    assert!(!sandbox.trap_sprang());
}

#[test]
fn a_branch_goes_to_the_one_it_follows_whatever_that_is_called() {
    let sandbox = Sandbox::new();
    let (hub, first, _) = shared(&sandbox);
    first.run(&[
        "checkout",
        "--quiet",
        "-b",
        "mine",
        "--track",
        "origin/main",
    ]);
    let tip = first.commit("f", "2");
    assert_eq!(push(&first), Pushed::Done);
    let refs = hub.run(&["for-each-ref", "--format=%(refname) %(objectname)"]);
    assert_eq!(refs, format!("refs/heads/main {tip}"));
}

#[test]
fn what_is_not_a_fast_forward_is_refused_known_or_not() {
    let sandbox = Sandbox::new();
    let (hub, first, second) = shared(&sandbox);
    let theirs = second.commit("g", "1");
    second.run(&["push", "--quiet"]);
    first.commit("f", "2");
    // Not even a user who forces all their pushes gets this one forced.
    first.run(&["config", "remote.origin.push", "+refs/heads/*:refs/heads/*"]);
    assert_eq!(push(&first), Pushed::NotFastForward);
    first.run(&["fetch", "--quiet"]);
    assert_eq!(push(&first), Pushed::NotFastForward);
    assert_eq!(hub.id("refs/heads/main"), theirs);
}

#[test]
fn a_remote_that_declines_says_why() {
    let sandbox = Sandbox::new();
    let (hub, first, _) = shared(&sandbox);
    let before = hub.id("refs/heads/main");
    hub.hook("pre-receive", "echo 'main is protected'; exit 1");
    first.commit("f", "2");
    let Pushed::Rejected(refusal) = push(&first) else {
        panic!("not rejected");
    };
    assert!(refusal.message().contains("main is protected"), "{refusal}");
    assert_eq!(hub.id("refs/heads/main"), before);
}

#[test]
fn the_users_own_hook_takes_part() {
    let sandbox = Sandbox::new();
    let (hub, first, _) = shared(&sandbox);
    let before = hub.id("refs/heads/main");
    first.hook("pre-push", "echo 'tests fail'; exit 1");
    first.commit("f", "2");
    let error = first.open_writing().push(LONG).unwrap_err();
    let Error::Hook { source, .. } = &error else {
        panic!("{error:?}");
    };
    assert!(source.message().contains("tests fail"), "{source}");
    assert_eq!(hub.id("refs/heads/main"), before);
    let fake = "printf '!\\tx:refs/heads/main\\t[rejected] (fetch first)\\n'";
    first.hook("pre-push", fake);
    assert_eq!(push(&first), Pushed::Done);
}

#[test]
fn without_an_upstream_at_a_remote_nothing_is_pushed() {
    let sandbox = Sandbox::new();
    let (_, first, _) = shared(&sandbox);
    first.run(&["checkout", "--quiet", "-b", "local", "--track", "main"]);
    let main = first.id("main");
    first.commit("f", "2");
    assert_eq!(push(&first), Pushed::NoUpstream);
    assert_eq!(first.id("main"), main);
    first.run(&["checkout", "--quiet", "--detach"]);
    assert_eq!(push(&first), Pushed::NoUpstream);
    assert_eq!(push(&sandbox.init("new")), Pushed::NoUpstream);
}

#[test]
fn a_remote_that_does_not_answer_is_given_up() {
    let sandbox = Sandbox::new();
    let (_, first, _) = shared(&sandbox);
    first.commit("f", "2");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("git://{}/x", listener.local_addr().unwrap());
    first.run(&["remote", "set-url", "origin", &url]);
    let limit = Duration::from_millis(700);
    let error = first.open_writing().push(limit).unwrap_err();
    assert!(matches!(error, Error::TimedOut { .. }), "{error:?}");
    first.run(&["remote", "set-url", "origin", "/nonexistent/place"]);
    let error = first.open_writing().push(LONG).unwrap_err();
    assert!(matches!(error, Error::Failed { .. }), "{error:?}");
}
