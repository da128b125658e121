//! What a person has in a checkout is theirs, also when a commit of ours fails.

use super::{PLAN, consistency, fixed, plan, repository, set, text};
use crate::kanban_disk::allow;
use crate::scene::env;
use camino::{Utf8Path, Utf8PathBuf};
use std::fs;
use test_support::TestEnv;

/// A checkout with two workplans that are to be written back, and with work of a person's: staged,
/// changed after that, new, ignored, and in one of the workplans.
fn at_work() -> (TestEnv, Utf8PathBuf) {
    let env = env();
    let other = plan("todo").replace("0001", "0002");
    let dir = repository(&env, &[(PLAN, &plan("todo")), ("workplans/b.md", &other)]);
    consistency(&env, &dir, &["--fix", "--push"]).expect(0);
    set(&env, "SHOP-WP-0001-T01", "in_progress");
    set(&env, "SHOP-WP-0002-T01", "in_progress");
    env.write("first/README.md", "staged\n");
    env.write("first/added", "staged\n");
    env.git(&dir, &["add", "README.md", "added"]);
    env.write("first/README.md", "and more\n");
    env.write("first/.git/info/exclude", "ignored\n");
    env.write("first/ignored", "x");
    env.write("first/new", "x");
    let mine = text(&dir, "workplans/b.md") + "mine\n";
    env.write("first/workplans/b.md", mine);
    (env, dir)
}

/// Everything in the checkout: each file's bytes, the index, the commit.
fn state(env: &TestEnv, dir: &Utf8Path) -> (Vec<(String, String)>, Vec<String>) {
    let mut files = Vec::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir_utf8().unwrap() {
            let path = entry.unwrap().into_path();
            match path.is_dir() {
                true if path.file_name() == Some(".git") => {}
                true => folders.push(path),
                false => files.push((path.to_string(), fs::read_to_string(&path).unwrap())),
            }
        }
    }
    files.sort();
    let git = |arguments: &[&str]| env.git(dir, arguments);
    let index = vec![
        git(&["ls-files", "--stage"]),
        git(&["diff", "--cached"]),
        git(&["status", "--porcelain"]),
        git(&["rev-parse", "HEAD"]),
        git(&["stash", "list"]),
    ];
    (files, index)
}

/// Runs a fix whose commit fails, saying why; then all is as before, and the next one that may
/// commit takes nothing of the person's along.
fn fails_and_is_undone(
    mut env: TestEnv,
    dir: &Utf8Path,
    said: &str,
    clear: impl FnOnce(&mut TestEnv),
) {
    let before = state(&env, dir);
    let told = consistency(&env, dir, &["--fix"]).expect(1).stdout;
    assert!(told.contains("FAIL C-21") && told.contains(said), "{told}");
    clear(&mut env);
    assert_eq!(state(&env, dir), before, "{said}");
    let diffs = || {
        let git = |arguments: &[&str]| env.git(dir, arguments);
        (git(&["diff"]), git(&["diff", "--cached"]))
    };
    let before = diffs();
    consistency(&env, dir, &["--fix"]).expect(2);
    assert_eq!(diffs(), before, "{said}");
    assert!(text(dir, PLAN).contains("status: in_progress"));
    let shown = env.git(dir, &["show", "--name-only", "--format="]);
    assert_eq!(shown, PLAN, "{said}");
}

#[test]
fn a_hook_that_refuses() {
    let (env, dir) = at_work();
    let hook = "#!/bin/sh\necho not today >&2\nexit 1\n";
    let hook = env.write("first/.git/hooks/pre-commit", hook);
    allow(&hook, 0o755);
    fails_and_is_undone(env, &dir, "not today", |_| {
        fs::remove_file(hook).unwrap();
    });
}

#[test]
fn nobody_to_commit_as() {
    let (mut env, dir) = at_work();
    env.set("GIT_COMMITTER_NAME", "");
    fails_and_is_undone(env, &dir, "git does not know who commits", |env| {
        env.set("GIT_COMMITTER_NAME", "Ada");
    });
}

#[test]
fn an_index_somebody_else_holds() {
    let (env, dir) = at_work();
    let lock = env.write("first/.git/index.lock", "");
    fails_and_is_undone(env, &dir, "index.lock", |_| {
        fs::remove_file(lock).unwrap();
    });
}

#[test]
fn a_signature_that_cannot_be_made() {
    let (env, dir) = at_work();
    env.git(&dir, &["config", "commit.gpgSign", "true"]);
    env.git(&dir, &["config", "gpg.program", "false"]);
    let at = dir.clone();
    fails_and_is_undone(env, &dir, "sign", |env| {
        env.git(&at, &["config", "commit.gpgSign", "false"]);
    });
}

/// A hook that changes the workplan while it is committed: what a person wrote meanwhile is theirs.
#[test]
fn what_is_written_while_a_commit_fails_is_kept() {
    let (env, dir) = at_work();
    let hook = format!("#!/bin/sh\necho mine >> {PLAN}\nexit 1\n");
    let hook = env.write("first/.git/hooks/pre-commit", hook);
    allow(&hook, 0o755);
    let ran = consistency(&env, &dir, &["--fix"]).expect(1);
    let said = format!("{PLAN} was changed while it was committed, and is left as it is");
    assert!(ran.stderr.contains(&said), "{}", ran.transcript());
    assert!(text(&dir, PLAN).ends_with("mine\n"));
    fs::remove_file(hook).unwrap();
    // From now on it is the person's to commit.
    let told = consistency(&env, &dir, &["--fix"]).stdout;
    assert!(told.contains("C-14"), "{told}");
    env.commit_all(&dir, "mine");
    fixed(&env, &dir);
    assert!(text(&dir, PLAN).ends_with("mine\n"));
}
