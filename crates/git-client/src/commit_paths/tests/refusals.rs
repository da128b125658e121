//! What keeps a commit from being made, and that it leaves no trace.

use super::*;
use crate::sandbox::{write, write_program};
use crate::{Git, Obstruction};

/// Tries to commit `plan` and makes sure that all is as before, the index byte by byte.
fn refused(checkout: &Checkout<'_>, git: &Git, names: &[&str]) -> Error {
    let repository = checkout.open_with(git);
    let index = checkout.root().join(".git/index");
    let (before, bytes) = (checkout.belongings(&[]), std::fs::read(&index).unwrap());
    let error = repository
        .commit_paths(&paths(names), MESSAGE, LONG)
        .unwrap_err();
    assert_eq!(std::fs::read(&index).unwrap(), bytes, "{error:?}");
    assert_eq!(checkout.belongings(&[]), before, "{error:?}");
    let left = std::fs::read_dir(checkout.root().join(".git")).unwrap();
    let left = left.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(!left.into_iter().any(|name| name.starts_with("onward")));
    error
}

#[test]
fn a_failing_hook_is_named_with_its_last_words() {
    for hook in ["pre-commit", "prepare-commit-msg", "commit-msg"] {
        let sandbox = Sandbox::new();
        let checkout = busy(&sandbox, "r");
        let body = "git add untracked edited 2>&1; seq 100; \
                    echo no, see https://me:hunter2@host; exit 7";
        checkout.hook(hook, body);
        let error = refused(&checkout, &sandbox.writing_git(), &["plan"]);
        let Error::Hook { source, .. } = &error else {
            panic!("{hook}: {error:?}");
        };
        assert!(
            source.message().ends_with("no, see https://…@host"),
            "{source}"
        );
        assert!(source.message().lines().count() <= 10, "{source}");
        assert!(!format!("{error:?}").contains("hunter2"));
    }
}

#[test]
fn unchanged_files_and_no_files_are_nothing_to_commit() {
    let sandbox = Sandbox::new();
    let checkout = busy(&sandbox, "r");
    checkout.write("plan", "1\n");
    for names in [&["plan"][..], &[]] {
        let error = refused(&checkout, &sandbox.writing_git(), names);
        assert!(matches!(error, Error::NothingToCommit { .. }), "{error:?}");
    }
}

#[test]
fn without_an_identity_the_user_is_told_what_to_do() {
    let sandbox = Sandbox::new();
    let checkout = busy(&sandbox, "r");
    let nameless = sandbox.path("nameless");
    write(&nameless, "[user] useConfigOnly = true\n");
    let git = sandbox
        .git()
        .with_variable("GIT_CONFIG_GLOBAL", nameless.as_str());
    let error = refused(&checkout, &git, &["plan"]);
    assert!(matches!(error, Error::Identity { .. }), "{error:?}");
    assert!(
        error.to_string().contains("git config --global user.email"),
        "{error}"
    );
}

#[test]
fn a_commit_is_signed_as_the_user_has_it_or_not_made() {
    let sandbox = Sandbox::new();
    let checkout = busy(&sandbox, "r");
    let program = sandbox.path("gpg");
    checkout.run(&["config", "commit.gpgSign", "true"]);
    checkout.run(&["config", "gpg.program", program.as_str()]);
    write_program(
        &program,
        "echo 'no secret key of me:hunter2@host' >&2; exit 2",
    );
    let error = refused(&checkout, &sandbox.writing_git(), &["plan"]);
    let Error::Signing { source, .. } = &error else {
        panic!("{error:?}");
    };
    assert!(source.message().contains("no secret key"), "{source}");
    assert!(!format!("{error:?}").contains("hunter2"));

    let signature = "-----BEGIN PGP SIGNATURE-----\\nx\\n-----END PGP SIGNATURE-----\\n";
    let body =
        format!("cat > /dev/null; echo '[GNUPG:] SIG_CREATED ' >&2; printf '%b' '{signature}'");
    write_program(&program, &body);
    let made = commit(&checkout.open_writing(), &["plan"]);
    let object = checkout.run(&["cat-file", "commit", made.as_str()]);
    assert!(object.contains("\ngpgsig -----BEGIN"), "{object}");
}

#[test]
fn a_lock_of_somebody_else_is_left_alone() {
    let sandbox = Sandbox::new();
    let checkout = busy(&sandbox, "r");
    for name in ["index.lock", "HEAD.lock", "refs/heads/main.lock"] {
        let lock = checkout.root().join(".git").join(name);
        write(&lock, "theirs");
        let error = refused(&checkout, &sandbox.writing_git(), &["plan"]);
        assert!(
            matches!(&error, Error::Locked { lock: named } if *named == lock),
            "{error:?}"
        );
        assert_eq!(std::fs::read_to_string(&lock).unwrap(), "theirs");
        std::fs::remove_file(lock).unwrap();
    }
    // One that comes while git is at work, and a hook that trips over our own.
    checkout.hook("pre-commit", "unset GIT_INDEX_FILE; git add edited");
    let error = refused(&checkout, &sandbox.writing_git(), &["plan"]);
    assert!(matches!(error, Error::Hook { .. }), "{error:?}");
}

#[test]
fn what_git_alone_refuses_is_told_in_its_words() {
    let sandbox = Sandbox::new();
    let checkout = busy(&sandbox, "r");
    checkout.hook("reference-transaction", "exit 1");
    let error = refused(&checkout, &sandbox.writing_git(), &["plan"]);
    let Error::Failed { source, .. } = &error else {
        panic!("{error:?}");
    };
    assert!(source.message().contains("hook"), "{source}");
}

#[test]
fn a_path_is_fit_only_if_its_name_stands_for_one_file() {
    let sandbox = Sandbox::new();
    let library = sandbox.init("library");
    library.commit("f", "1\n");
    let checkout = busy(&sandbox, "r");
    let url = library.root().as_str();
    checkout.run(&["submodule", "--quiet", "add", url, "sub"]);
    checkout.run(&["update-index", "--assume-unchanged", "both"]);
    for (path, expected) in [
        ("untracked", Unfit::Untracked),
        ("x.log", Unfit::Untracked),
        ("nowhere", Unfit::Untracked),
        ("deleted", Unfit::Untracked),
        ("kept", Unfit::Untracked),
        ("sub/f", Unfit::Untracked),
        ("kept/f", Unfit::Overlooked),
        ("both", Unfit::Overlooked),
        ("sub", Unfit::Submodule),
    ] {
        let error = refused(&checkout, &sandbox.writing_git(), &["plan", path]);
        let Error::NotCommittable { path: named, unfit } = &error else {
            panic!("{path}: {error:?}");
        };
        assert_eq!((named.as_str(), *unfit), (path, expected));
    }
    let error = refused(&checkout, &sandbox.writing_git(), &["../plan"]);
    assert!(matches!(error, Error::Path { .. }), "{error:?}");
}

#[test]
fn in_a_merge_nothing_is_committed() {
    let sandbox = Sandbox::new();
    let checkout = sandbox.init("r");
    checkout.commit("plan", "1\n");
    checkout.run(&["checkout", "--quiet", "-b", "side"]);
    checkout.commit("f", "2\n");
    checkout.run(&["checkout", "--quiet", "main"]);
    checkout.run(&["merge", "--quiet", "--no-commit", "--no-ff", "side"]);
    checkout.write("plan", "2\n");
    let error = refused(&checkout, &sandbox.writing_git(), &["plan"]);
    let merging = |error: &Error| matches!(error, Error::Obstructed { obstruction, .. } if *obstruction == Obstruction::Merge);
    assert!(merging(&error), "{error:?}");
}

#[test]
fn unfit_paths_are_told_beforehand_all_of_them() {
    let sandbox = Sandbox::new();
    let checkout = busy(&sandbox, "r");
    checkout.run(&["update-index", "--assume-unchanged", "edited"]);
    let unfit = checkout
        .open()
        .unfit(&paths(&["plan", "edited", "kept/f", "kept", "untracked"]))
        .unwrap();
    let expected = [
        ("edited", Unfit::Overlooked),
        ("kept", Unfit::Untracked),
        ("kept/f", Unfit::Overlooked),
        ("untracked", Unfit::Untracked),
    ];
    assert!(
        unfit
            .into_iter()
            .eq(expected.map(|(path, why)| (path.into(), why)))
    );
    assert!(checkout.open().unfit(&[]).unwrap().is_empty());
}
