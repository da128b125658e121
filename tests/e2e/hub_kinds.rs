//! The same work through every kind of hub: two machines, one of them stale.

use crate::fix_consistency::{PLAN, plan};
use crate::scene::env;
use camino::{Utf8Path, Utf8PathBuf};
use std::fs;
use test_support::{Age, FakeHub, PostgresServer, TestEnv};

/// A repository with one workplan, and a bare remote of it.
fn repository(env: &TestEnv) -> Utf8PathBuf {
    let first = env.work().join("first");
    env.write(&format!("first/{PLAN}"), plan("todo"));
    env.git(&first, &["init", "--quiet"]);
    env.commit_all(&first, "begin");
    env.git(
        &env.work(),
        &["clone", "--quiet", "--bare", "first", "remote.git"],
    );
    let remote = env.work().join("remote.git");
    env.git(&first, &["remote", "add", "origin", remote.as_str()]);
    env.git(&first, &["fetch", "--quiet"]);
    let upstream = ["branch", "--quiet", "--set-upstream-to", "origin/main"];
    env.git(&first, &upstream);
    first
}

fn fix(env: &TestEnv, dir: &Utf8Path, more: &[&str]) -> String {
    let all = [&["fix-consistency", "-C", dir.as_str(), "--fix"], more].concat();
    let ran = env.run(&all);
    assert!(
        matches!(ran.code, Some(0 | 2)),
        "{}{}",
        ran.stdout,
        ran.stderr
    );
    ran.stdout
}

/// A task that another machine has done is never moved back, whatever keeps the rows.
fn finished_work_stays(mut env: TestEnv, hub: &str) {
    env.set("ONWARD_HUB", hub);
    let first = repository(&env);
    let run = |arguments: &[&str]| env.run(arguments).expect(0).stdout;
    run(&["hub", "init"]);
    run(&["hub", "register", "--slug", "shop", "-C", first.as_str()]);
    fix(&env, &first, &["--push"]);
    env.git(&env.work(), &["clone", "--quiet", "remote.git", "second"]);
    let second = env.work().join("second");

    run(&["task", "set", "SHOP-WP-0001-T01", "done"]);
    let told = fix(&env, &second, &[]);
    assert!(
        told.contains("DB task 'T01 - One page' is ahead of file (db=done, file=todo)"),
        "{told}"
    );
    let file = fs::read_to_string(second.join(PLAN)).unwrap();
    assert!(file.contains("status: done"), "{file}");
    let shown = run(&["task", "show", "SHOP-WP-0001-T01"]);
    assert!(shown.contains("done"), "{shown}");
    let refused = env
        .run(&["task", "set", "SHOP-WP-0001-T01", "todo"])
        .expect(1);
    assert!(refused.stderr.contains("--reopen"), "{}", refused.stderr);
    assert!(!fix(&env, &second, &[]).contains("C-13"));
}

#[test]
fn finished_work_stays_in_a_file() {
    let env = env();
    let hub = env.work().join("hub.sqlite3");
    finished_work_stays(env, hub.as_str());
}

#[test]
fn finished_work_stays_in_postgresql() {
    let Some(server) = PostgresServer::shared() else {
        return;
    };
    let url = server.database();
    finished_work_stays(env(), &url);
}

#[test]
fn finished_work_stays_in_a_state_hub() {
    let hub = FakeHub::start(Age::June);
    finished_work_stays(env(), hub.url());
}

#[test]
fn a_password_is_not_asked_for_on_the_command_line_and_never_told() {
    let mut env = env();
    let secret = "postgres://me:canary@127.0.0.1:1/hub";
    let ran = env.run(&["hub", "list", "--hub", secret]).expect(64);
    assert!(ran.stderr.contains("ONWARD_HUB"), "{}", ran.stderr);
    env.set("ONWARD_HUB", secret);
    for arguments in [
        &["hub", "list"][..],
        &["task", "list", "--json"],
        &["fix-consistency"],
    ] {
        let ran = env.run(arguments).expect(3);
        let all = format!("{}{}", ran.stdout, ran.stderr);
        assert!(
            all.contains("127.0.0.1") && !all.contains("canary"),
            "{all}"
        );
    }
    assert_eq!(
        env.run(&["hub", "path"]).expect(0).stdout,
        "postgres://127.0.0.1:1/hub\n"
    );
}
