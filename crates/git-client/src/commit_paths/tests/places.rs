//! Where a commit may be made from.

use super::*;
use crate::sandbox::program;

#[test]
fn the_first_commit_of_a_branch_holds_the_given_files_only() {
    let sandbox = Sandbox::new();
    let checkout = sandbox.init("r");
    checkout.write("plan", "1\n");
    checkout.write("staged", "1\n");
    checkout.run(&["add", "."]);
    let before = checkout.belongings(&["plan"]);
    let made = commit(&checkout.open_writing(), &["plan"]);
    assert_eq!(changed(&checkout, &made), ["plan"]);
    assert_eq!(checkout.belongings(&["plan"]), before);
    assert_eq!(
        checkout.run(&["rev-list", "--parents", "HEAD"]),
        made.as_str()
    );
}

#[test]
fn a_worktree_and_a_submodule_commit_on_their_own_branch() {
    let sandbox = Sandbox::new();
    let library = sandbox.init("library");
    library.commit("plan", "1\n");
    let main = sandbox.init("main");
    let tip = main.commit("plan", "1\n");
    main.run(&["worktree", "add", "--quiet", "../linked"]);
    let url = library.root().as_str();
    main.run(&["submodule", "--quiet", "add", url, "sub"]);
    main.write("plan", "mine\n");
    for name in ["linked", "main/sub"] {
        let checkout = sandbox.checkout(name);
        checkout.write("plan", "2\n");
        // Another worktree's lock and rebase are its own.
        main.write(".git/index.lock", "");
        let made = commit(&checkout.open_writing(), &["plan"]);
        std::fs::remove_file(main.root().join(".git/index.lock")).unwrap();
        assert_eq!(checkout.id("HEAD"), made);
        assert_eq!(changed(&checkout, &made), ["plan"]);
    }
    assert_eq!(main.id("HEAD"), tip);
    assert_eq!(main.read("plan"), "mine\n");
}

#[test]
fn a_sparse_checkout_stays_sparse() {
    for options in [&["--no-sparse-index"][..], &["--sparse-index"]] {
        let sandbox = Sandbox::new();
        let checkout = sandbox.init("r");
        for path in ["workplans/a.md", "far/b", "far/deep/c"] {
            checkout.commit(path, "1\n");
        }
        let set = ["sparse-checkout", "set", "--cone"];
        checkout.run(&[&set[..], options, &["workplans"]].concat());
        checkout.write("workplans/a.md", "2\n");
        let before = checkout.belongings(&["workplans/a.md"]);
        let repository = checkout.open_writing();
        let made = commit(&repository, &["workplans/a.md"]);
        assert_eq!(changed(&checkout, &made), ["workplans/a.md"]);
        assert_eq!(checkout.belongings(&["workplans/a.md"]), before);
        assert!(!checkout.root().join("far").exists());
        let error = repository
            .commit_paths(&paths(&["far/b"]), MESSAGE, LONG)
            .unwrap_err();
        assert!(
            matches!(
                error,
                Error::NotCommittable {
                    unfit: Unfit::Overlooked,
                    ..
                }
            ),
            "{error:?}"
        );
    }
}

#[test]
fn conflicts_elsewhere_stay_conflicts() {
    let sandbox = Sandbox::new();
    let checkout = sandbox.init("r");
    checkout.commit("plan", "1\n");
    checkout.commit("f", "1\n");
    checkout.write("f", "2\n");
    checkout.run(&["stash", "--quiet"]);
    checkout.commit("f", "3\n");
    assert_eq!(checkout.attempt(&["stash", "pop"]), Some(1));
    checkout.write("plan", "2\n");
    let before = checkout.belongings(&["plan"]);
    let repository = checkout.open_writing();
    let made = commit(&repository, &["plan"]);
    assert_eq!(changed(&checkout, &made), ["plan"]);
    assert_eq!(checkout.belongings(&["plan"]), before);
    let error = repository
        .commit_paths(&paths(&["f"]), MESSAGE, LONG)
        .unwrap_err();
    assert!(
        matches!(
            error,
            Error::NotCommittable {
                unfit: Unfit::Unmerged,
                ..
            }
        ),
        "{error:?}"
    );
}

/// Not a test of its own: what [`variables_of_a_hook_do_not_lead_astray`] runs in another process,
/// whose environment is that of a hook.
#[test]
#[ignore = "run by another test"]
fn commits_in_the_environment_of_a_hook() {
    let sandbox = Sandbox::new();
    let checkout = busy(&sandbox, "r");
    let before = checkout.belongings(&["plan"]);
    let made = commit(&checkout.open_writing(), &["plan"]);
    assert_eq!(changed(&checkout, &made), ["plan"]);
    assert_eq!(checkout.belongings(&["plan"]), before);
    let author = checkout.run(&["log", "-1", "--format=%an %ae %at"]);
    let (name, time) = author.rsplit_once(' ').unwrap();
    assert_eq!(name, "C c@example.com");
    assert_ne!(time, "1000000000");
}

#[test]
fn variables_of_a_hook_do_not_lead_astray() {
    let sandbox = Sandbox::new();
    let other = sandbox.init("other");
    other.commit("plan", "1\n");
    let before = other.belongings(&[]);
    let output = program(std::env::current_exe().unwrap())
        .args(["--exact", "--include-ignored", "--nocapture"])
        .arg("commit_paths::tests::places::commits_in_the_environment_of_a_hook")
        .env("GIT_DIR", other.root().join(".git"))
        .env("GIT_WORK_TREE", other.root())
        .env("GIT_INDEX_FILE", other.root().join(".git/index"))
        .env("GIT_PREFIX", "x/")
        .env("GIT_LITERAL_PATHSPECS", "1")
        .env("GIT_EDITOR", ":")
        .env("GIT_REFLOG_ACTION", "amend")
        .env("GIT_AUTHOR_NAME", "Other")
        .env("GIT_AUTHOR_EMAIL", "other@example.com")
        .env("GIT_AUTHOR_DATE", "@1000000000 +0000")
        .env("GIT_COMMITTER_NAME", "C")
        .env("GIT_COMMITTER_EMAIL", "c@example.com")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{complained}");
    assert!(said.contains("1 passed"), "{said}");
    assert_eq!(other.belongings(&[]), before);
}
