use std::time::Duration;

use super::*;
use crate::sandbox::{OnePath, Sandbox, program, write_program};

const SHORT: Duration = Duration::from_millis(300);

/// A git that is the given shell script.
fn fake(sandbox: &Sandbox, body: &str) -> Git {
    let path = sandbox.path("fake-git");
    write_program(&path, body);
    sandbox.git().with_program(path)
}

fn call<'a>(git: &'a Git, directory: &'a Utf8Path) -> Call<'a> {
    Call::new(git, directory, "try this")
}

#[test]
fn a_run_that_takes_too_long_is_stopped() {
    let sandbox = Sandbox::new();
    let git = fake(&sandbox, "sleep 50").with_limit(SHORT);
    let started = Instant::now();
    let error = call(&git, &sandbox.path("")).run().err().unwrap();
    assert!(matches!(error, Error::TimedOut { .. }), "{error:?}");
    assert!(started.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_run_that_never_stops_talking_is_stopped() {
    let sandbox = Sandbox::new();
    let git = fake(&sandbox, "while :; do echo x; done").with_limit(SHORT);
    let endless = |_: &[u8]| Ok(ControlFlow::Continue(()));
    let error = call(&git, &sandbox.path(""))
        .stream(b'\n', endless)
        .unwrap_err();
    assert!(matches!(error, Error::TimedOut { .. }), "{error:?}");
}

#[test]
fn git_can_clean_up_when_it_is_stopped() {
    let sandbox = Sandbox::new();
    let lock = sandbox.path("lock");
    let body = format!("touch '{lock}'; trap \"rm '{lock}'; exit\" TERM; sleep 50 & wait");
    let git = fake(&sandbox, &body).with_limit(SHORT);
    assert!(call(&git, &sandbox.path("")).run().is_err());
    assert!(!lock.exists());
}

#[test]
fn a_taker_that_has_enough_does_not_wait() {
    let sandbox = Sandbox::new();
    let git = fake(&sandbox, "echo one; echo two; sleep 50");
    let mut taken = Vec::new();
    let started = Instant::now();
    call(&git, &sandbox.path(""))
        .stream(b'\n', |record| {
            taken.push(record.to_owned());
            Ok(if taken.len() == 2 {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            })
        })
        .unwrap();
    assert_eq!(taken, [b"one", b"two"]);
    assert!(started.elapsed() < Duration::from_secs(20));
}

#[test]
fn an_answer_without_end_is_refused() {
    let sandbox = Sandbox::new();
    let git = fake(&sandbox, "exec cat /dev/zero");
    let error = call(&git, &sandbox.path("")).run().err().unwrap();
    assert!(error.to_string().contains("too large"), "{error}");
    let taker = |_: &[u8]| Ok(ControlFlow::Continue(()));
    let error = call(&git, &sandbox.path(""))
        .stream(b'\n', taker)
        .unwrap_err();
    assert!(error.to_string().contains("too large"), "{error}");
}

#[test]
fn much_input_output_and_complaint_at_once_do_not_block() {
    let sandbox = Sandbox::new();
    let body = "tee /dev/stderr; echo the end >&2; exit 3";
    let git = fake(&sandbox, body);
    let input = "0123456789abcde\n".repeat(100_000);
    let finished = call(&git, &sandbox.path(""))
        .input(input.clone())
        .run()
        .unwrap();
    assert_eq!(finished.code, Some(3));
    assert_eq!(finished.stdout, input.as_bytes());
    assert_eq!(finished.stderr.len(), 16 << 10);
}

#[test]
fn a_complaint_is_not_cut_within_a_line() {
    let sandbox = Sandbox::new();
    let body = "yes '' | head -c 16370 >&2; echo https://me:hunter2@host >&2; exit 1";
    let git = fake(&sandbox, body);
    let finished = call(&git, &sandbox.path("")).run().unwrap();
    let said = Refusal::new(finished.code, &finished.stderr).to_string();
    assert!(!said.contains("hunter"), "{said}");
}

#[test]
fn input_that_nobody_reads_is_no_error() {
    let sandbox = Sandbox::new();
    let git = fake(&sandbox, "exec <&-; echo done");
    let finished = call(&git, &sandbox.path(""))
        .input(vec![0; 1 << 20])
        .run()
        .unwrap();
    assert_eq!(finished.success().unwrap(), b"done\n");
}

#[test]
fn words_that_a_background_process_holds_back_are_not_waited_for() {
    let sandbox = Sandbox::new();
    let git = fake(&sandbox, "sleep 50 >/dev/null & echo no >&2; exit 1");
    let started = Instant::now();
    let finished = call(&git, &sandbox.path("")).run().unwrap();
    assert_eq!(finished.code, Some(1));
    assert!(started.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_failure_says_what_git_said() {
    let sandbox = Sandbox::new();
    for (body, said) in [
        ("echo 'fatal: no' >&2; exit 128", "fatal: no"),
        ("exit 3", "exit code 3 without a word"),
        ("kill -9 $$", "ended by a signal without a word"),
    ] {
        let git = fake(&sandbox, body);
        let finished = call(&git, &sandbox.path("")).run().unwrap();
        let Err(Error::Failed { source, .. }) = finished.success() else {
            panic!("{body}");
        };
        assert_eq!(source.to_string(), said);
    }
}

/// Not a test of its own: what [`variables_of_a_hook_do_not_reach_git`] runs in another process,
/// since the variables of this one are shared by all tests.
#[test]
#[ignore = "run by another test, in an environment of its own"]
fn in_the_environment_of_a_hook() {
    let sandbox = Sandbox::new();
    let checkout = sandbox.init("r");
    let head = checkout.commit("c/a/f", "1");
    checkout.write("c/b/f", "");
    let repository = checkout.open();
    assert_eq!(repository.root(), checkout.root());
    assert_eq!(repository.head().unwrap(), Some(head.clone()));
    assert_eq!(repository.history().unwrap().last("c/a"), Some(head));
    let dirty = repository.dirty(&["c/a".into(), "c/b".into()]).unwrap();
    assert_eq!(dirty.into_iter().collect::<Vec<_>>(), ["c/b"]);
}

#[test]
fn variables_of_a_hook_do_not_reach_git() {
    let sandbox = Sandbox::new();
    let other = sandbox.init("other");
    other.commit("x", "1");
    let output = program(std::env::current_exe().unwrap())
        .args(["--exact", "command::tests::in_the_environment_of_a_hook"])
        .args(["--include-ignored", "--nocapture"])
        .env("GIT_DIR", other.root().join(".git"))
        .env("GIT_COMMON_DIR", other.root().join(".git"))
        .env("GIT_WORK_TREE", other.root())
        .env("GIT_INDEX_FILE", other.root().join(".git/index"))
        .env("GIT_OBJECT_DIRECTORY", other.root().join(".git/objects"))
        .env("GIT_PREFIX", "c/")
        .env("GIT_NAMESPACE", "n")
        .env("GIT_GLOB_PATHSPECS", "1")
        .env("GIT_ICASE_PATHSPECS", "1")
        .env("GIT_SHALLOW_FILE", other.root().join("x"))
        .env("GIT_TRACE", "1")
        .env("GIT_EXTERNAL_DIFF", "false")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{complained}");
    assert!(said.contains("1 passed"), "{said}");
}

#[test]
fn the_values_of_variables_are_not_shown() {
    let git = Git::new().with_variable("GIT_ASKPASS", "hunter2");
    let shown = format!("{git:?}");
    assert!(
        shown.contains("GIT_ASKPASS") && !shown.contains("hunter2"),
        "{shown}"
    );
}
