//! hub install-hook and remove-hook: what is there stays, and no commit waits or fails.

use crate::hub::{hub, repository};
use crate::kanban_disk::allow;
use crate::scene::env;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

/// How long a process in the background may take.
const PATIENCE: Duration = Duration::from_secs(30);

#[test]
fn the_hook_comes_and_goes_and_leaves_what_is_there() {
    let env = env();
    let dir = repository(&env, "shop");
    let path = dir.join(".git/hooks/post-commit");
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    for before in [
        None,
        Some("#!/bin/sh\nmake tags\n"),
        Some("#!/usr/bin/env bash\nmake tags"),
    ] {
        if let Some(text) = before {
            allow(&env.write("shop/.git/hooks/post-commit", text), 0o755);
        }
        let installed = hub(&env, &dir, &["install-hook"]).expect(0).stdout;
        assert_eq!(
            installed,
            "installed <env>/work/shop/.git/hooks/post-commit\n"
        );
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with(before.unwrap_or("#!/bin/sh\n")), "{text}");
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o111, 0o111);
        let again = hub(&env, &dir, &["install-hook"]).expect(0).stdout;
        assert!(again.ends_with("is installed already\n"), "{again}");
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
        hub(&env, &dir, &["remove-hook"]).expect(0);
        assert_eq!(fs::read_to_string(&path).ok().as_deref(), before);
        let gone = hub(&env, &dir, &["remove-hook"]).expect(0).stdout;
        assert!(gone.ends_with("has no hook of onward\n"), "{gone}");
    }
}

#[test]
fn a_hook_goes_where_git_looks_for_it() {
    let env = env();
    let dir = repository(&env, "shop");
    env.git(&dir, &["config", "core.hooksPath", "tools/hooks"]);
    let tree = env.work().join("tree");
    env.git(&dir, &["worktree", "add", "--quiet", tree.as_str()]);
    hub(&env, &dir, &["install-hook"]).expect(0);
    assert!(dir.join("tools/hooks/post-commit").exists());
    env.git(&dir, &["config", "--unset", "core.hooksPath"]);
    hub(&env, &tree, &["install-hook"]).expect(0);
    assert!(
        dir.join(".git/hooks/post-commit").exists(),
        "worktrees share hooks"
    );
}

#[test]
fn a_hook_that_would_not_run_is_not_touched() {
    let env = env();
    let dir = repository(&env, "shop");
    for (text, mode, why) in [
        (
            "#!/usr/bin/env python3\nprint()\n",
            0o755,
            "which is no shell script",
        ),
        ("\u{7f}ELF", 0o755, "which is no shell script"),
        ("#!/bin/sh\nmake tags\n", 0o644, "not executable"),
    ] {
        let path = env.write("shop/.git/hooks/post-commit", text);
        allow(&path, mode);
        let refused = hub(&env, &dir, &["install-hook"]).expect(1).stderr;
        assert!(
            refused.contains(why) && refused.contains("hint: "),
            "{refused}"
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
    let path = env.write(
        "shop/.git/hooks/post-commit",
        "#!/bin/sh\nmake tags\nexit 0\n",
    );
    allow(&path, 0o755);
    let warned = hub(&env, &dir, &["install-hook"]).expect(0).stderr;
    assert!(warned.contains("ends with `exit`"), "{warned}");
}

#[test]
fn a_commit_never_fails_for_the_hook_and_our_own_start_nothing() {
    let mut env = env();
    let dir = repository(&env, "shop");
    hub(&env, &dir, &["install-hook"]).expect(0);
    // In the place of onward something that leaves a trace.
    let path = dir.join(".git/hooks/post-commit");
    let trace = env.work().join("trace");
    let text = fs::read_to_string(&path).unwrap();
    let spy = env.write(
        "it's a spy",
        format!("#!/bin/sh\necho \"$(git log -1 --format=%s): $@\" >> '{trace}'\nexit 1\n"),
    );
    allow(&spy, 0o755);
    let quoted = spy.as_str().replace('\'', r"'\''");
    allow(
        &env.write(
            "shop/.git/hooks/post-commit",
            text.replace(env!("CARGO_BIN_EXE_onward"), &quoted),
        ),
        0o755,
    );
    env.set("ONWARD_COMMIT", "1");
    env.commit_all(&dir, "our own");
    env.unset("ONWARD_COMMIT");
    env.commit_all(&dir, "a person's");
    let begun = Instant::now();
    while !fs::read_to_string(&trace).is_ok_and(|text| text.ends_with('\n')) {
        assert!(begun.elapsed() < PATIENCE, "nothing was started");
        std::thread::yield_now();
    }
    assert_eq!(
        fs::read_to_string(&trace).unwrap(),
        "a person's: fix-consistency --fix\n"
    );
    fs::remove_file(&spy).unwrap();
    env.commit_all(&dir, "onward is gone");
}
