//! hub: making it, what it knows, and files that are no hub.

use crate::kanban_disk::{allow, bound, bound_env};
use crate::scene::env;
use camino::{Utf8Path, Utf8PathBuf};
use std::fs;
use test_support::{Ran, TestEnv};

/// A repository with one commit.
pub(crate) fn repository(env: &TestEnv, name: &str) -> Utf8PathBuf {
    let dir = env.work().join(name);
    env.write(&format!("{name}/README.md"), format!("# {name}\n"));
    env.git(&dir, &["init", "--quiet"]);
    env.commit_all(&dir, "begin");
    dir
}

/// Runs `onward hub …` in a repository.
pub(crate) fn hub(env: &TestEnv, dir: &Utf8Path, arguments: &[&str]) -> Ran {
    let all = [&["hub"], arguments, &["-C", dir.as_str()]].concat();
    env.run(&all)
}

/// Shows everything but the name of this machine.
fn shown(ran: &Ran) -> String {
    let system = rustix::system::uname();
    let host = system.nodename().to_str().unwrap();
    let transcript = ran.transcript();
    transcript.replace(&format!(" on {host}\n"), " on <host>\n")
}

#[test]
fn without_a_home_there_is_no_place_for_a_hub() {
    let env = env();
    let dir = repository(&env, "shop");
    let asked: [&[&str]; 4] = [
        &["hub", "init"],
        &["task", "list"],
        &["fix-consistency", "-C", dir.as_str()],
        &["fix-consistency", "--all", "--fix"],
    ];
    for arguments in asked {
        let mut command = env.command(arguments);
        for name in ["HOME", "XDG_STATE_HOME", "ONWARD_STATE_DIR"] {
            command.env_remove(name);
        }
        let ran = command.output().unwrap();
        // 1 would say that something in the files is wrong.
        assert_eq!(ran.status.code(), Some(3), "{arguments:?}");
        assert_eq!(
            String::from_utf8(ran.stderr).unwrap(),
            "error: no state directory: HOME is not set\n\
             hint: set HOME, XDG_STATE_HOME or ONWARD_STATE_DIR to an absolute path\n"
        );
    }
}

#[test]
fn a_hub_is_made_once_and_found_by_flag_environment_or_default() {
    let mut env = env();
    let run = |env: &TestEnv, arguments: &[&str]| env.run(arguments).expect(0).stdout;
    assert_eq!(run(&env, &["hub", "path"]), "<env>/state/hub.sqlite3\n");
    assert!(!env.state_dir().join("hub.sqlite3").exists(), "only named");
    assert_eq!(
        run(&env, &["hub", "init"]),
        "made a hub: <env>/state/hub.sqlite3\n"
    );
    let made = fs::read(env.state_dir().join("hub.sqlite3")).unwrap();
    assert_eq!(
        run(&env, &["hub", "init"]),
        "<env>/state/hub.sqlite3 is a hub already\n"
    );
    assert!(fs::read(env.state_dir().join("hub.sqlite3")).unwrap() == made);
    let other = env.work().join("team/hub");
    env.set("ONWARD_HUB", format!("sqlite:{other}"));
    assert_eq!(
        run(&env, &["hub", "init"]),
        "made a hub: <env>/work/team/hub\n"
    );
    assert_eq!(
        run(&env, &["hub", "path", "--hub", "mine"]),
        "<env>/work/mine\n"
    );
    assert_eq!(run(&env, &["hub", "--hub", "sqlite:///a", "path"]), "/a\n");
}

#[test]
fn an_address_that_is_none_keeps_its_password() {
    let mut env = env();
    for (place, kind, code) in [
        ("postgresql://me:pw@host:x/hub", "PostgreSQL", 3),
        (
            "http://me:pw@host/",
            "must not hold a user name or password",
            64,
        ),
        (
            "HTTPS://me:pw@host/",
            "must not hold a user name or password",
            64,
        ),
        ("redis://me:pw@host/", "of an unknown kind, `redis`", 64),
        ("hub.sqlite3", "another file in every directory", 64),
        ("sqlite:", "ONWARD_HUB names no file", 64),
    ] {
        env.set("ONWARD_HUB", place);
        for arguments in [["hub", "init"], ["hub", "list"], ["task", "list"]] {
            let said = env.run(&arguments).expect(code).transcript();
            assert!(said.contains(kind) && !said.contains("pw"), "{said}");
        }
    }
}

#[test]
fn a_missing_hub_is_no_empty_one() {
    let env = env();
    let dir = repository(&env, "shop");
    insta::assert_snapshot!(env.run(&["hub", "list"]).transcript(), @"
    error: there is no hub at <env>/state/hub.sqlite3
    hint: make one: onward hub init; or name another with --hub or ONWARD_HUB
    exit: 3
    ");
    for arguments in [
        ["task", "list"].as_slice(),
        &["task", "set", "T01", "done"],
        &["hub", "register", "-C", dir.as_str()],
    ] {
        let said = env.run(arguments).expect(3).stderr;
        assert!(
            said.contains("there is no hub at <env>/state/hub.sqlite3"),
            "{said}"
        );
    }
    let left: Vec<_> = env.state_dir().read_dir_utf8().unwrap().collect();
    assert!(left.is_empty(), "nothing is made by the way: {left:?}");
}

#[test]
fn a_repository_is_known_by_its_history_wherever_it_lies() {
    let env = env();
    env.run(&["hub", "init"]).expect(0);
    let dir = repository(&env, "shop");
    insta::assert_snapshot!(shown(&hub(&env, &dir, &["register"])), @"
    shop: registered, at <env>/work/shop on <host>
    for the project's instructions, copy <env>/state/session-protocol.md
    exit: 0
    ");
    let again = hub(&env, &dir.join("."), &["register"]).expect(0).stdout;
    assert!(again.starts_with("shop: registered already"), "{again}");

    let bare = env.work().join("till.git");
    env.git(
        &env.work(),
        &["clone", "--quiet", "--bare", dir.as_str(), bare.as_str()],
    );
    let clone = env.work().join("clone");
    env.git(
        &env.work(),
        &["clone", "--quiet", bare.as_str(), clone.as_str()],
    );
    let moved = hub(&env, &clone, &["register"]).expect(0).stdout;
    assert!(
        moved.starts_with("shop: registered, at <env>/work/clone on "),
        "{moved}"
    );
    let refused = hub(&env, &clone, &["register", "--slug", "store"]).expect(1);
    assert!(
        refused.stderr.contains("the repository is known as `shop`"),
        "{}",
        refused.stderr
    );

    // Without its root commit it is known by the remote.
    let shallow = env.work().join("shallow");
    env.commit_all(&clone, "more");
    env.git(&clone, &["push", "--quiet"]);
    let url = format!("file://{bare}");
    env.git(
        &env.work(),
        &["clone", "--quiet", "--depth=1", &url, shallow.as_str()],
    );
    let unknown = hub(&env, &shallow, &["register"]).expect(1).stderr;
    assert!(unknown.contains("it is a shallow clone"), "{unknown}");
    env.git(&clone, &["remote", "set-url", "origin", &url]);
    hub(&env, &clone, &["register"]).expect(0);
    let found = hub(&env, &shallow, &["register"]).expect(0).stdout;
    assert!(
        found.starts_with("shop: registered, at <env>/work/shallow"),
        "{found}"
    );

    let listed = env.run(&["hub", "list"]).expect(0).stdout;
    let words: Vec<_> = listed
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    let words: &[Vec<&str>] = &words;
    assert_eq!(
        words[0],
        ["REPO", "SYNCED", "(UTC)", "PATH", "HERE", "REMOTE"]
    );
    let remote = "file://<env>/work/till.git";
    assert_eq!(words[1..], [["shop", "–", "<env>/work/shallow", remote]]);
    let listed = env.run(&["hub", "list", "--json"]).expect(0).stdout;
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    assert_eq!(listed["schema"], 1);
    let [one] = &listed["repositories"].as_array().unwrap()[..] else {
        panic!("{listed}");
    };
    assert_eq!(
        (&one["slug"], &one["synced"]),
        (&"shop".into(), &serde_json::Value::Null)
    );
    assert_eq!(one["id"], env.git(&dir, &["rev-parse", "HEAD"]).as_str());
}

#[test]
fn a_slug_is_the_remotes_name_and_names_one_repository() {
    let env = env();
    env.run(&["hub", "init"]).expect(0);
    let dir = repository(&env, "my shop!");
    let register = |dir, arguments: &[&str]| hub(&env, dir, &[&["register"], arguments].concat());
    let named = register(&dir, &[]).expect(0).stdout;
    assert!(named.starts_with("my-shop: registered"), "{named}");
    let other = repository(&env, "other");
    env.git(
        &other,
        &["commit", "--quiet", "--amend", "--message", "another root"],
    );
    env.git(
        &other,
        &[
            "remote",
            "add",
            "origin",
            "https://me:pw@git.example/team/till.git",
        ],
    );
    let taken = register(&other, &["--slug", "my-shop"]).expect(1).stderr;
    assert!(
        taken.contains("cannot register") && taken.contains("--slug"),
        "{taken}"
    );
    for bad in ["", "a b", "-x", "../x", "é"] {
        register(&other, &[&format!("--slug={bad}")]).expect(64);
    }
    let named = register(&other, &[]).expect(0).stdout;
    assert!(named.starts_with("till: registered"), "{named}");
    let listed = env.run(&["hub", "list"]).expect(0).stdout;
    assert!(
        listed.contains("git.example/team/till") && !listed.contains("pw"),
        "{listed}"
    );
}

#[test]
fn what_is_no_repository_yet_is_told() {
    let env = env();
    env.run(&["hub", "init"]).expect(0);
    let dir = env.work().join("empty");
    fs::create_dir(&dir).unwrap();
    insta::assert_snapshot!(hub(&env, &dir, &["register"]).transcript(), @"
    error: <env>/work/empty is in no git work tree
    hint: name a directory of one with -C
    exit: 1
    ");
    env.git(&dir, &["init", "--quiet"]);
    insta::assert_snapshot!(hub(&env, &dir, &["register"]).transcript(), @r#"
    error: the repository <env>/work/empty has no commit yet
    hint: commit once, or name the repository in onward.toml: repository = "…"
    exit: 1
    "#);
    env.write("empty/onward.toml", "repository = \"the shop\"\n");
    hub(&env, &dir, &["register"]).expect(0);
}

/// What every command says of a hub it cannot use.
fn refused(env: &TestEnv, what: &str) {
    let path = env.state_dir().join("hub.sqlite3");
    let before = fs::read(&path).ok();
    for arguments in [
        ["hub", "init"].as_slice(),
        &["hub", "list"],
        &["task", "list"],
        &["task", "set", "T01", "done"],
    ] {
        let ran = env.run(arguments).expect(3);
        assert!(
            ran.stderr.contains(what) && ran.stderr.contains("hint: "),
            "{}",
            ran.stderr
        );
        assert!(
            ran.stderr.contains("<env>/state/hub.sqlite3"),
            "{}",
            ran.stderr
        );
        assert_eq!(ran.stdout, "");
    }
    assert!(
        fs::read(&path).ok() == before,
        "{what}: it is left as it was"
    );
}

#[test]
fn what_is_no_hub_is_named_and_left_as_it_is() {
    let env = env();
    let path = env.state_dir().join("hub.sqlite3");
    env.write("../state/hub.sqlite3", "");
    refused(&env, "is not a database");
    env.write("../state/hub.sqlite3", "# Notes\n".repeat(999));
    refused(&env, "is not a database");
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    refused(&env, "is not a regular file");
    fs::remove_dir(&path).unwrap();

    env.run(&["hub", "init"]).expect(0);
    let whole = fs::read(&path).unwrap();
    // The version of the file's format, at byte 60 of an SQLite file.
    let newer = [&whole[..60], &7_u32.to_be_bytes(), &whole[64..]].concat();
    env.write("../state/hub.sqlite3", newer);
    refused(
        &env,
        "has version 7, and this onward knows versions up to 1",
    );
    let damaged = [&whole[..100], &[0xa5; 4000], &whole[4100..]].concat();
    env.write("../state/hub.sqlite3", damaged);
    refused(&env, "is damaged");
    env.write("../state/hub.sqlite3", &whole[..4096]);
    refused(&env, "is damaged");
    insta::assert_snapshot!(env.run(&["task", "list", "--json"]).transcript(), @r#"
    {
      "schema": 1,
      "exit": 3,
      "error": {
        "message": "cannot use the hub: <env>/state/hub.sqlite3 is damaged: database disk image is malformed: Error code 11: database disk image is malformed",
        "hints": [
          "restore the file from a backup, or move it away and sync again: it is made anew from the project's files; keep the old one for what only it held"
        ]
      }
    }
    error: cannot use the hub: <env>/state/hub.sqlite3 is damaged: database disk image is malformed: Error code 11: database disk image is malformed
    hint: restore the file from a backup, or move it away and sync again: it is made anew from the project's files; keep the old one for what only it held
    exit: 3
    "#);
    fs::remove_file(&path).unwrap();
    env.run(&["kanban-sync", "--help"]).expect(0);
    env.run(&["hub", "init", "--hub", "hub"]).expect(0);
    fs::copy(
        env.work().join("hub"),
        env.state_dir().join("board.sqlite3"),
    )
    .unwrap();
    let board = env.run(&["board", "show"]).expect(1).stderr;
    assert!(
        board.contains("is a database of another application"),
        "{board}"
    );
}

#[test]
fn a_hub_on_a_read_only_disk_can_be_looked_at() {
    let Some(env) = bound_env() else { return };
    bound(&env, &["hub", "init"]).expect(0);
    let file = env.state_dir().join("hub.sqlite3");
    allow(&file, 0o400);
    allow(&env.state_dir(), 0o555);
    let listed = bound(&env, &["hub", "list"]);
    let tasks = bound(&env, &["task", "list"]);
    let made = bound(&env, &["hub", "init"]);
    let elsewhere = bound(
        &env,
        &["hub", "init", "--hub", env.state_dir().join("new").as_str()],
    );
    allow(&env.state_dir(), 0o755);
    allow(&file, 0o600);
    listed.expect(0);
    assert_eq!(tasks.expect(0).stdout, "no tasks\n");
    let told = made.expect(3).stderr;
    assert!(
        told.contains("no permission to open or write <env>/state/hub.sqlite3"),
        "{told}"
    );
    elsewhere.expect(3);
}
