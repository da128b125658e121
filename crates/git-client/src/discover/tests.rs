use std::fs;

use super::*;
use crate::sandbox::{Sandbox, write_program};

#[test]
fn a_work_tree_is_found_from_a_folder_inside() {
    let sandbox = Sandbox::new();
    let checkout = sandbox.init("r");
    checkout.write("project/openspec/x", "");
    let inside = checkout.root().join("project/openspec");
    let found = Repository::discover(&sandbox.git(), &inside)
        .unwrap()
        .unwrap();
    assert_eq!(found.root(), checkout.root());
    assert_eq!(found.prefix(), "project/openspec");
    assert_eq!(found.git_dir(), checkout.root().join(".git"));
    assert_eq!(found.common_dir(), found.git_dir());
    assert_eq!(checkout.open().prefix(), "");
}

#[test]
fn outside_in_a_bare_one_and_inside_dot_git_there_is_no_work_tree() {
    let sandbox = Sandbox::new();
    let checkout = sandbox.init("r");
    sandbox.plain(
        checkout.root(),
        &["init", "--quiet", "--bare", "../bare.git"],
    );
    for folder in [
        sandbox.path(""),
        sandbox.path("bare.git"),
        checkout.root().join(".git/refs"),
    ] {
        let found = Repository::discover(&sandbox.git(), &folder).unwrap();
        assert!(found.is_none(), "{folder}");
    }
}

#[test]
fn a_folder_that_is_not_there_is_an_error() {
    let sandbox = Sandbox::new();
    let error = Repository::discover(&sandbox.git(), &sandbox.path("none")).unwrap_err();
    assert!(matches!(error, Error::Failed { .. }), "{error:?}");
}

#[test]
fn a_link_to_a_repository_that_is_gone_is_an_error() {
    let sandbox = Sandbox::new();
    fs::create_dir(sandbox.path("r")).unwrap();
    crate::sandbox::write(
        &sandbox.path("r/.git"),
        "gitdir: /nonexistent/worktrees/r\n",
    );
    let error = Repository::discover(&sandbox.git(), &sandbox.path("r")).unwrap_err();
    assert!(matches!(error, Error::Failed { .. }), "{error:?}");
}

#[test]
fn a_worktree_and_a_submodule_are_work_trees_of_their_own() {
    let sandbox = Sandbox::new();
    let library = sandbox.init("library");
    library.commit("f", "1");
    let main = sandbox.init("main");
    main.commit("f", "1");
    main.run(&["worktree", "add", "--quiet", "../linked"]);
    main.run(&[
        "submodule",
        "--quiet",
        "add",
        library.root().as_str(),
        "sub",
    ]);

    let linked = sandbox.checkout("linked").open();
    assert_eq!(linked.root(), sandbox.path("linked"));
    assert_eq!(linked.common_dir(), main.root().join(".git"));
    assert_eq!(linked.git_dir(), main.root().join(".git/worktrees/linked"));

    let sub = sandbox.checkout("main/sub").open();
    assert_eq!(sub.root(), main.root().join("sub"));
    assert_eq!(sub.common_dir(), main.root().join(".git/modules/sub"));
}

#[test]
fn without_git_the_caller_can_tell() {
    let sandbox = Sandbox::new();
    let git = sandbox.git().with_program("/nonexistent/git");
    let error = Repository::discover(&git, &sandbox.path("")).unwrap_err();
    assert!(matches!(error, Error::NotInstalled { .. }), "{error:?}");
}

#[test]
fn the_stand_in_of_macos_and_a_git_too_old_are_named() {
    let sandbox = Sandbox::new();
    for (name, body, expected) in [
        (
            "stand-in",
            "echo 'xcrun: error: invalid active developer path' >&2; exit 1",
            "not installed",
        ),
        ("old", "echo --path-format=absolute; echo true", "too old"),
        (
            "chatty",
            "for i in 1 2 3 4 5 6 7; do echo /x; done",
            "line break",
        ),
    ] {
        let program = sandbox.path(name);
        write_program(&program, body);
        let git = sandbox.git().with_program(program);
        let error = Repository::discover(&git, &sandbox.path("")).unwrap_err();
        assert!(error.to_string().contains(expected), "{error:?}");
    }
}

#[test]
fn another_users_repository_is_refused_with_the_remedy() {
    let sandbox = Sandbox::new();
    let checkout = sandbox.init("my repo");
    // Git's own switch for testing this.
    let git = sandbox
        .git()
        .with_variable("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1");
    let error = Repository::discover(&git, checkout.root()).unwrap_err();
    let remedy = format!("--add safe.directory '{}'", checkout.root());
    assert!(matches!(error, Error::NotTrusted { .. }), "{error:?}");
    assert!(error.to_string().ends_with(&remedy), "{error}");
}

#[test]
fn a_name_with_blanks_quotes_and_signs_is_found() {
    let sandbox = Sandbox::new();
    let checkout = sandbox.init("-a 'b' \"c\" $(d) é *");
    let head = checkout.commit("f", "1");
    assert_eq!(checkout.open().head().unwrap(), Some(head));
}
