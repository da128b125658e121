//! The targets of the Makefile that people know, and the walk through the example.

use super::{PLAN, consistency, plan, repository, set, text};
use crate::scene::{env, top};
use std::process::{Command, Stdio};
use test_support::{Ran, TestEnv};

/// Runs a target with the binary under test.
fn make(env: &TestEnv, target: &str, repo: Option<&str>) -> Ran {
    let onward = env.command(&[""; 0]);
    #[expect(clippy::disallowed_methods, reason = "make is what is tested")]
    let mut command = Command::new("make");
    command
        .args(["--silent", "--no-print-directory", "-C"])
        .arg(top())
        .arg(format!("ONWARD={}", onward.get_program().display()))
        .arg(target)
        .args(repo.map(|repo| format!("REPO={repo}")));
    command.env_clear().current_dir(env.work());
    let variables = onward.get_envs();
    command.envs(variables.filter_map(|(name, value)| Some((name, value?))));
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    env.finish(command.spawn().unwrap())
}

const TARGETS: [&str; 3] = [
    "check-consistency",
    "fix-consistency",
    "fix-consistency-remote",
];

#[test]
fn a_repository_that_is_missing_or_unknown_is_an_error() {
    let env = env();
    repository(&env, &[]);
    for target in TARGETS {
        for (repo, said) in [
            (None, "ERROR: REPO is required.\n"),
            (Some(""), "ERROR: REPO is required.\n"),
            (Some("sho"), "ERROR: repo 'sho' not found in state-hub\n"),
            (Some("s.op"), "ERROR: repo 's.op' not found in state-hub\n"),
            (
                Some("$$(touch x)"),
                "ERROR: repo '$(touch x)' not found in state-hub\n",
            ),
        ] {
            let ran = make(&env, target, repo);
            assert!(ran.stderr.starts_with(said), "{}", ran.transcript());
            // GNU make itself ends with 2 whatever a recipe ends with; the recipe's own end is named.
            assert!(ran.stderr.contains("Error 1\n"), "{}", ran.stderr);
            assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
        }
    }
}

#[test]
fn warnings_are_shown_and_are_no_failure() {
    let env = env();
    let dir = repository(&env, &[(PLAN, &plan("todo"))]);
    let told = make(&env, "check-consistency", Some("shop"))
        .expect(0)
        .stdout;
    assert!(
        told.contains("WARN C-06") && told.contains("WARN C-10"),
        "{told}"
    );
    let told = make(&env, "fix-consistency", Some("shop")).expect(0).stdout;
    assert!(told.contains("2 mended"), "{told}");
    set(&env, "SHOP-WP-0001-T01", "in_progress");
    let told = make(&env, "check-consistency", Some("shop"))
        .expect(0)
        .stdout;
    assert!(told.contains("WARN C-13"), "{told}");
    env.git(&dir, &["checkout", "--quiet", "--detach"]);
    for target in TARGETS {
        let told = make(&env, target, Some("shop")).expect(0).stdout;
        assert!(told.contains("WARN C-13"), "{target}: {told}");
    }
    env.git(&dir, &["checkout", "--quiet", "main"]);
    let odd = text(&dir, PLAN).replace("status: todo", "status: halfway");
    env.write(&format!("first/{PLAN}"), odd);
    env.commit_all(&dir, "odd");
    let failed = make(&env, "check-consistency", Some("shop"));
    assert!(failed.stdout.contains("FAIL C-19"), "{}", failed.stdout);
    assert_ne!(failed.code, Some(0));
}

#[test]
fn a_pull_that_fails_is_told_and_the_fix_is_made_anyway() {
    let env = env();
    let dir = repository(&env, &[(PLAN, &plan("todo"))]);
    env.git(&dir, &["remote", "set-url", "origin", "/no/such/place"]);
    let ran = make(&env, "fix-consistency-remote", Some("shop")).expect(0);
    let warned = "WARN: pull failed (conflicts or no remote) — running fix-consistency anyway\n";
    assert!(ran.stderr.starts_with(warned), "{}", ran.stderr);
    assert!(ran.stdout.contains("2 mended"), "{}", ran.stdout);
    let remote = env.work().join("remote.git");
    env.git(&dir, &["remote", "set-url", "origin", remote.as_str()]);
    consistency(&env, &dir, &["--fix", "--push"]).expect(0);
    let ran = make(&env, "fix-consistency-remote", Some("shop")).expect(0);
    assert!(ran.stdout.contains("shop: in step\n"), "{}", ran.stdout);
    assert!(!ran.stderr.contains("WARN"), "{}", ran.stderr);
}

/// Every command of the example's page does what it says there.
#[test]
fn the_walk_through_the_example() {
    let env = env();
    let dir = env.project_from(top().join("examples/workplans"), "shop");
    env.git(&dir, &["init", "--quiet"]);
    env.commit_all(&dir, "workplans");
    let page = text(&dir, "README.md");
    let mut told = String::new();
    let commands = page.lines().flat_map(|line| {
        let (line, _) = line.split_once('#').unwrap_or((line, ""));
        line.split("&&").map(str::trim)
    });
    for command in commands.filter(|command| command.starts_with("onward ")) {
        let arguments: Vec<&str> = command.split_whitespace().skip(1).collect();
        let mut process = env.command(&arguments);
        process
            .current_dir(&dir)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let ran = env.finish(process.spawn().unwrap());
        if command.starts_with("onward hub") {
            ran.expect(0);
        } else {
            told.extend(["$ ", command, "\n", &ran.transcript(), "\n"]);
        }
    }
    insta::assert_snapshot!(told, @"
    $ onward fix-consistency
    shop
      workplans/ADHOC-2026-02-01.md
        WARN C-06:1 ADHOC-2026-02-01  workplan 'Small things of 1 February' is not in the hub
          hint: `onward fix-consistency --fix` mends it, once nothing is in the way
        WARN C-10:10 ADHOC-2026-02-01-T01  task 'Renew the certificate' is not in the hub
      workplans/SHOP-WP-0001-checkout.md
        WARN C-06:1 SHOP-WP-0001  workplan 'Checkout in one page' is not in the hub
        WARN C-10:19 SHOP-WP-0001-T01  task 'T01 - Put address and payment on one page' is not in the hub
        WARN C-10:27 SHOP-WP-0001-T02  task 'T02 - Keep what was typed when payment fails' is not in the hub
        WARN C-10:36 SHOP-WP-0001-T03  task 'T03 - Measure again' is not in the hub
      workplans/archived/260110-SHOP-WP-0000-catalogue.md
        WARN C-06:1 SHOP-WP-0000  workplan 'Catalogue import' is not in the hub
        WARN C-10:10 SHOP-WP-0000-T01  task 'Import the old catalogue' is not in the hub
    1 repository: 0 FAIL, 8 WARN, 0 INFO; 0 mended, 0 failed
    exit: 2

    $ onward fix-consistency --fix
    shop
      workplans/ADHOC-2026-02-01.md
        mended  WARN C-06:1 ADHOC-2026-02-01  workplan 'Small things of 1 February' is not in the hub
        mended  WARN C-10:10 ADHOC-2026-02-01-T01  task 'Renew the certificate' is not in the hub
      workplans/SHOP-WP-0001-checkout.md
        mended  WARN C-06:1 SHOP-WP-0001  workplan 'Checkout in one page' is not in the hub
        mended  WARN C-10:19 SHOP-WP-0001-T01  task 'T01 - Put address and payment on one page' is not in the hub
        mended  WARN C-10:27 SHOP-WP-0001-T02  task 'T02 - Keep what was typed when payment fails' is not in the hub
        mended  WARN C-10:36 SHOP-WP-0001-T03  task 'T03 - Measure again' is not in the hub
      workplans/archived/260110-SHOP-WP-0000-catalogue.md
        mended  WARN C-06:1 SHOP-WP-0000  workplan 'Catalogue import' is not in the hub
        mended  WARN C-10:10 SHOP-WP-0000-T01  task 'Import the old catalogue' is not in the hub
    1 repository: 0 FAIL, 0 WARN, 0 INFO; 8 mended, 0 failed
    exit: 0

    $ onward task set SHOP-WP-0001-T02 done
    SHOP-WP-0001-T02: in_progress → done
    exit: 0

    $ onward fix-consistency
    shop
      workplans/SHOP-WP-0001-checkout.md
        WARN C-13:31 SHOP-WP-0001-T02  DB task 'T02 - Keep what was typed when payment fails' is ahead of file (db=done, file=in_progress) — skipped to prevent regression
          hint: `onward fix-consistency --fix` mends it, once nothing is in the way
    1 repository: 0 FAIL, 1 WARN, 0 INFO; 0 mended, 0 failed
    exit: 2

    $ onward fix-consistency --fix
    shop
      workplans/SHOP-WP-0001-checkout.md
        mended  WARN C-13:31 SHOP-WP-0001-T02  DB task 'T02 - Keep what was typed when payment fails' is ahead of file (db=done, file=in_progress) — skipped to prevent regression
    1 repository: 0 FAIL, 0 WARN, 0 INFO; 1 mended, 0 failed
    exit: 0
    ");
}
