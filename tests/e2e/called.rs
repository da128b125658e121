//! Called by the names of what it replaces, with the old arguments.

use crate::scene::{env, env_on_planka, project};
use std::process::Command;
use test_support::{TestEnv, Version};

/// Runs the binary under another name.
fn called(env: &TestEnv, name: &str, arguments: &[&str]) -> std::process::Output {
    let link = env.work().join(name);
    if !link.exists() {
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_onward"), &link).unwrap();
    }
    let prepared = env.command(arguments);
    #[expect(
        clippy::disallowed_methods,
        reason = "the same process under another name"
    )]
    let mut command = Command::new(link.as_str());
    command.args(arguments).env_clear();
    command.envs(
        prepared
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    command
        .current_dir(env.work().join("shop"))
        .output()
        .unwrap()
}

#[test]
fn the_older_scripts_callers_keep_working() {
    let (env, planka) = env_on_planka(Version::V2);
    project(&env, "shop");
    let arguments = ["--project", "Shop", "--board", "Changes"];
    let output = called(&env, "kanban-project-sync", &arguments);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let output = called(
        &env,
        "kanban-project-sync",
        &[&arguments[..], &["--background"]].concat(),
    );
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(output.stdout.is_empty());
    let people = planka.people();
    people.card(people.board("Shop", "Changes"), "add-export");
    let output = called(&env, "kanban-sync", &arguments);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}

#[test]
fn the_older_script_never_meant_the_embedded_board() {
    let env = env();
    project(&env, "shop");
    let output = called(
        &env,
        "kanban-project-sync",
        &["--project", "Shop", "--board", "Changes"],
    );
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(!env.state_dir().join("board.sqlite3").exists());
    let output = called(&env, "kanban-project-sync", &["--project", "Shop"]);
    assert_eq!(output.status.code(), Some(64), "{output:?}");
}

#[test]
fn credentials_without_an_address_never_mean_the_embedded_board() {
    let mut env = env();
    let dir = project(&env, "shop");
    env.set("PLANKA_API_KEY", "canary");
    let ran = crate::scene::sync(&env, &dir).expect(2);
    assert!(
        ran.stderr.contains("PLANKA_URL is not set"),
        "{}",
        ran.stderr
    );
    assert!(!ran.transcript().contains("canary"));
}

#[test]
fn a_copy_of_that_name_runs_in_the_background_too() {
    let (env, planka) = env_on_planka(Version::V2);
    let dir = project(&env, "shop");
    let copy = env.work().join("kanban-project-sync");
    // Copied by another process: a file this one has open for writing could not be started while
    // a test beside it starts a child.
    #[expect(
        clippy::disallowed_methods,
        reason = "cp keeps the file's writer out of this process"
    )]
    let copied = Command::new("cp")
        .args([env!("CARGO_BIN_EXE_onward"), copy.as_str()])
        .status();
    assert!(copied.unwrap().success());
    let arguments = ["--project", "Shop", "--board", "Changes", "--background"];
    let output = called(&env, "kanban-project-sync", &arguments);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let is_mark = |name: &str| name.ends_with(".pending") || name.ends_with(".inflight");
    let names = || {
        std::fs::read_dir(env.run_dir())
            .unwrap()
            .flatten()
            .map(|e| e.file_name())
    };
    while names().any(|name| is_mark(name.to_str().unwrap())) {
        std::thread::yield_now();
    }
    let people = planka.people();
    people.card(people.board("Shop", "Changes"), "add-export");
    drop(dir);
}

#[test]
fn workplans_are_looked_after_by_the_name_of_the_command() {
    let env = env();
    project(&env, "shop");
    let output = called(&env, "fix-consistency", &["--fix"]);
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("onward hub init"), "{said}");
}
