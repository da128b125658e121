//! `onward openspec` beside what the official CLI 1.13.2 said of the same tree, key by key.

use crate::scene::{env, top};
use camino::{Utf8Path, Utf8PathBuf};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs::{self, File, FileTimes};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};
use test_support::{Ran, TestEnv};

fn fixture() -> PathBuf {
    top().join("tests/fixtures/openspec")
}

fn read(name: &str) -> Value {
    let path = fixture().join(name);
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// Copies the fixture's project, with the times its answers were made at.
fn copied(env: &TestEnv) -> Utf8PathBuf {
    let dir = env.project_from(fixture().join("project"), "shop");
    let times: BTreeMap<String, u64> = serde_json::from_value(read("mtimes.json")).unwrap();
    // An empty folder has a time, and git does not keep it.
    for path in times.keys().filter(|path| !dir.join(path).exists()) {
        fs::create_dir(dir.join(path)).unwrap();
    }
    for (path, seconds) in times.iter().rev() {
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(*seconds);
        let file = File::open(dir.join(path)).unwrap();
        file.set_times(FileTimes::new().set_modified(time)).unwrap();
    }
    dir
}

/// Asks in a folder, and returns the answer with its path written as the fixture writes it.
fn ask(env: &TestEnv, dir: &Utf8Path, question: &[&str]) -> Ran {
    let mut arguments = vec!["openspec"];
    arguments.extend(question);
    arguments.extend(["-C", dir.as_str()]);
    let ran = env.run(&arguments);
    let stdout = ran.stdout.replace("<env>/work/shop", ".");
    Ran { stdout, ..ran }
}

/// The keys of an answer that are compared, in their order.
fn compared(name: &str, answer: &Value) -> String {
    let answer = if name.starts_with("apply/") && answer.get("tasks").is_some() {
        json!({"progress": answer["progress"], "tasks": answer["tasks"], "state": answer["state"]})
    } else {
        answer.clone()
    };
    serde_json::to_string_pretty(&answer).unwrap()
}

#[test]
fn every_recorded_answer_and_exit() {
    let env = env();
    let dir = copied(&env);
    let meta = read("expected/meta.json");
    let asked = [
        "list",
        "list-by-name",
        "list-specs",
        "status",
        "status-all",
        "apply",
    ];
    let mut answers = 0;
    for (name, run) in meta["runs"].as_object().unwrap() {
        if !asked.contains(&name.split('/').next().unwrap()) {
            continue;
        }
        let official: Vec<_> = run["args"]
            .as_array()
            .unwrap()
            .iter()
            .map(|word| word.as_str().unwrap())
            .collect();
        let question = match official.as_slice() {
            ["instructions", "apply", rest @ ..] => [&["tasks"], rest].concat(),
            same => same.to_vec(),
        };
        let exit = i32::try_from(run["exit"].as_i64().unwrap()).unwrap();
        let ran = ask(&env, &dir, &question).expect(exit);
        let answer: Value = serde_json::from_str(&ran.stdout).unwrap();
        let expected = read(&format!("expected/{name}.json"));
        assert_eq!(compared(name, &answer), compared(name, &expected), "{name}");
        assert_eq!(ran.stderr, "", "{name}");
        answers += 1;
    }
    assert_eq!(answers, 4 + 15 + 15);
}

#[test]
fn tables_for_people() {
    let env = env();
    let dir = copied(&env);
    insta::assert_snapshot!(ask(&env, &dir, &["list"]).transcript(), @r#"
    CHANGE              TASKS  STATUS        MODIFIED (UTC)
    windows-notes       2/3    in-progress   2026-08-19 06:14
    fix-login-redirect  3/3    complete      2026-08-15 06:16
    odd-checkboxes      9/22   in-progress   2026-08-11 01:15
    rework-storage      2/3    in-progress   2026-08-02 23:09
    add-csv-export      3/6    in-progress   2026-07-31 03:35
    mobile              –      not a change  2026-07-24 16:51
    split-platform      –      no-tasks      2026-07-11 22:36
    Mixed_Case v2.0     1/1    complete      2026-06-14 16:08
    stock-count         3/4    in-progress   2026-05-28 11:10
    plan-search-index   –      no-tasks      2026-05-17 20:44
    tidy-logging        1/2    in-progress   2026-04-30 21:46
    scaffold-returns    –      no-tasks      2026-04-29 16:06
    broken-metadata     1/2    in-progress   2026-04-24 00:58
    empty-list          –      no-tasks      2026-02-07 11:00
    .parked             0/1    in-progress   2026-01-24 18:16
    warning: "mobile" is not a change: it is a folder wrapping openspec/changes/mobile/refresh-token/. A change must be a directory directly under openspec/changes/, so those nested directories are invisible to OpenSpec while the folder around them is reported as a change. Nested paths are supported under openspec/specs/ only. Rename each nested change to a flat name (for example "mobile-refresh-token").
    exit: 0
    "#);
    insta::assert_snapshot!(ask(&env, &dir, &["list", "--specs"]).transcript(), @"
    SPEC              REQUIREMENTS
    auth              2
    catalogue         2
    half-written      0
    platform/session  2
    exit: 0
    ");
    insta::assert_snapshot!(ask(&env, &dir, &["status", "--all"]).transcript(), @"
    CHANGE              SCHEMA       ARTIFACTS  NEXT
    add-csv-export      spec-driven  4/4        apply
    broken-metadata     ?            ?          cannot be read
    empty-list          spec-driven  2/4        specs
    fix-login-redirect  spec-driven  4/4        apply
    Mixed_Case v2.0     spec-driven  1/4        proposal
    mobile              ?            ?          cannot be read
    odd-checkboxes      spec-driven  2/4        specs
    plan-search-index   spec-driven  1/4        specs
    rework-storage      spec-driven  3/4        design
    scaffold-returns    spec-driven  0/4        proposal
    split-platform      spec-driven  3/4        design
    stock-count         team-flow    2/3        notes
    tidy-logging        spec-driven  1/4        proposal
    windows-notes       spec-driven  3/4        design
    error: broken-metadata: unknown schema `no-such-schema`
    hint: in the change's .openspec.yaml, name one of the schemas there are: spec-driven, team-flow
    error: mobile is a folder around changes, not a change
    hint: move each change up to changes/, for example as `mobile-refresh-token`
    exit: 1
    ");
    insta::assert_snapshot!(ask(&env, &dir, &["status", "--change", "plan-search-index"]).transcript(), @r#"
    plan-search-index (spec-driven)
    ARTIFACT  STATUS                    FILES
    proposal  done                      proposal.md
    specs     ready                     specs/**/*.md
    design    ready                     design.md
    tasks     blocked by specs, design  tasks.md
    next: Run openspec instructions specs --change "plan-search-index" --json before writing that artifact.
    exit: 0
    "#);
    insta::assert_snapshot!(ask(&env, &dir, &["tasks", "--change", "rework-storage"]).transcript(), @"
    rework-storage: 2/3, ready
    [x] 1.1 One connection
    [x] 1.2 Delete the copy
    [ ] 1.3 Measure
    exit: 0
    ");
    insta::assert_snapshot!(ask(&env, &dir, &["tasks", "--change", "mobile"]).transcript(), @"
    error: mobile is a folder around changes, not a change
    hint: move each change up to changes/, for example as `mobile-refresh-token`
    exit: 1
    ");
}

#[test]
fn without_a_project() {
    let env = env();
    let dir = env.work().join("shop");
    fs::create_dir(&dir).unwrap();
    let list = json!({"severity": "error", "code": "no_openspec_root",
        "message": "No OpenSpec root found from the current directory.",
        "target": "openspec.root", "fix": "Run openspec init to create a root here."});
    let change = json!({"severity": "error", "code": "change_error", "message":
        "Change 'x' not found. No changes exist. Create one with: openspec new change <name>"});
    let none = json!({"changes": [], "message": "No active changes.",
        "root": {"path": ".", "source": "implicit"}});
    let questions: [(&[&str], i32, Value); 5] = [
        (
            &["list", "--json"],
            1,
            json!({"changes": [], "root": null, "status": [list]}),
        ),
        (
            &["list", "--specs", "--json"],
            1,
            json!({"specs": [], "root": null, "status": [list]}),
        ),
        (&["status", "--all", "--json"], 0, none),
        (
            &["status", "--change", "x", "--json"],
            1,
            json!({"status": [change]}),
        ),
        (
            &["tasks", "--change", "x", "--json"],
            1,
            json!({"status": [change]}),
        ),
    ];
    for (question, exit, expected) in questions {
        let ran = ask(&env, &dir, question).expect(exit);
        let expected = serde_json::to_string_pretty(&expected).unwrap();
        assert_eq!(ran.stdout.trim_end(), expected, "{question:?}");
    }
    insta::assert_snapshot!(ask(&env, &dir, &["list"]).transcript(), @"
    error: no openspec/ folder in <env>/work/shop
    hint: run it in a project with an openspec/ folder, or run `openspec init` to make one
    exit: 1
    ");
    insta::assert_snapshot!(ask(&env, &dir, &["status", "--all"]).transcript(), @"
    no active changes
    exit: 0
    ");
}

#[test]
fn one_bad_change_hides_no_other() {
    let env = env();
    env.write(
        "shop/openspec/changes/good/tasks.md",
        "- [x] one\n- [ ] two\n",
    );
    let bad = env.write("shop/openspec/changes/bad/tasks.md", "");
    fs::remove_file(&bad).unwrap();
    std::os::unix::fs::symlink("/etc/hostname", &bad).unwrap();
    let dir = env.work().join("shop");
    let ran = ask(&env, &dir, &["list", "--sort", "name", "--json"]).expect(1);
    let list: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(list["changes"][1]["completedTasks"], 1, "{list}");
    assert_eq!(list["warnings"][0]["code"], "unreadable_change", "{list}");
    let told = ask(&env, &dir, &["list"]).expect(1);
    assert!(told.stdout.contains("good    1/2"), "{}", told.stdout);
    assert!(
        told.stderr.contains("changes/bad/tasks.md leads out of"),
        "{}",
        told.stderr
    );
}

#[test]
fn a_name_steers_no_terminal() {
    let env = env();
    env.write(
        "shop/openspec/changes/a\nb\u{1b}[2J/tasks.md",
        "- [ ] c\u{1b}[31md\u{202e}\n",
    );
    let dir = env.work().join("shop");
    for question in [
        &["list"][..],
        &["status", "--all"],
        &["tasks", "--change", "a\nb\u{1b}[2J"],
    ] {
        let ran = ask(&env, &dir, question).expect(0);
        assert!(
            !ran.transcript().contains(['\u{1b}', '\u{202e}']),
            "{question:?}"
        );
        assert!(ran.stdout.contains("a\u{fffd}b\u{fffd}"), "{}", ran.stdout);
    }
}

#[test]
fn the_project_is_found_from_below_and_usage_is_64() {
    let env = env();
    env.write("shop/openspec/changes/x/tasks.md", "- [ ] one\n");
    env.write("shop/src/deep/file", "");
    let ran = ask(&env, &env.work().join("shop/src/deep"), &["list", "--json"]).expect(0);
    let list: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(list["root"], json!({"path": ".", "source": "nearest"}));
    env.run(&["openspec", "status"]).expect(64);
    env.run(&["openspec", "status", "--all", "--change", "x"])
        .expect(64);
}
