//! kanban-sync on a Planka server, 1.x and 2.x.

use crate::scene::{arguments, canonical, change, env_on_planka, project, sync};
use serde_json::{Value, json};
use std::fmt::Display;
use std::io::Write;
use std::process::Stdio;
use test_support::{FakePlanka, Fault, Ran, Role, TestEnv, Version, When};

const BOTH: [Version; 2] = [Version::V1, Version::V2];

/// The names of the cards in each list, as `list: card, card`.
fn columns(planka: &FakePlanka) -> Vec<String> {
    let people = planka.people();
    let board = people.board("Shop", "Changes");
    let lists = [
        "Backlog",
        "To Do",
        "Planning",
        "In Progress",
        "Review",
        "Done",
    ];
    let cards = ["add-export", "fix-login", "plan-search"];
    let mut columns = Vec::new();
    for list in lists {
        people.list(board, list);
        let here = cards.iter().filter(|card| {
            people
                .cards(board, card)
                .iter()
                .any(|id| people.list_of(*id).as_deref() == Some(list))
        });
        columns.push(format!(
            "{list}: {}",
            here.copied().collect::<Vec<_>>().join(", ")
        ));
    }
    columns
}

#[test]
fn a_board_is_made_and_a_second_run_asks_three_times() {
    for version in BOTH {
        let (env, planka) = env_on_planka(version);
        let dir = project(&env, "shop");
        let first = sync(&env, &dir).expect(0);
        assert!(
            first
                .stdout
                .ends_with("9 parts of the board made, 3 cards created, 4 tasks synced\n"),
            "{}",
            first.stdout
        );
        assert_eq!(
            columns(&planka),
            [
                "Backlog: ",
                "To Do: ",
                "Planning: plan-search",
                "In Progress: add-export",
                "Review: fix-login",
                "Done: ",
            ]
        );
        planka.journal().clear();
        let second = sync(&env, &dir).expect(0);
        assert!(second.stdout.ends_with("in step, nothing to write\n"));
        let requests: Vec<_> = planka
            .journal()
            .requests()
            .iter()
            .map(test_support::Request::line)
            .collect();
        assert_eq!(requests.len(), 3, "{requests:?}");
        assert!(planka.journal().writes().is_empty());
    }
}

#[test]
fn peoples_things_are_left_byte_for_byte() {
    for version in BOTH {
        let (env, planka) = env_on_planka(version);
        let dir = project(&env, "shop");
        let people = planka.people();
        let board = people.add_board("Shop", "Changes");
        let backlog = people.add_list(board, "backlog");
        let idea = people.add_card(backlog, "fix-login", Some("my own card of that name"));
        people.add_card(backlog, "an idea", None);
        people.comment(idea, "hands off");
        let before = planka.dump();
        sync(&env, &dir).expect(0);
        env.write(
            "shop/openspec/changes/fix-login/tasks.md",
            "- [ ] 1 Mend it well\n",
        );
        sync(&env, &dir).expect(0);
        assert_eq!(planka.changed_since(&before), Vec::<String>::new());
    }
}

#[test]
fn what_people_move_and_tick_is_put_back_and_counted() {
    for version in BOTH {
        let (env, planka) = env_on_planka(version);
        let dir = project(&env, "shop");
        sync(&env, &dir).expect(0);
        let people = planka.people();
        let board = people.board("Shop", "Changes");
        let card = people.card(board, "add-export");
        people.move_card(card, people.list(board, "Done"));
        people.tick(people.task(card, "1.2 Test it"), true);
        let ran = sync(&env, &dir).expect(0);
        assert!(
            ran.stdout.contains("1 card put back, 1 tick put back"),
            "{}",
            ran.stdout
        );
        assert_eq!(people.list_of(card).as_deref(), Some("In Progress"));
    }
}

#[test]
fn peoples_tasks_and_words_stay_on_our_cards() {
    let (env, planka) = env_on_planka(Version::V2);
    let dir = project(&env, "shop");
    sync(&env, &dir).expect(0);
    let people = planka.people();
    let board = people.board("Shop", "Changes");
    let card = people.card(board, "fix-login");
    let list = people.task_list(card, "Tasks");
    people.add_task(list, "ask Ben", false);
    let described = people.description(card).unwrap();
    people.describe(
        card,
        Some(&format!(
            "Ann looks after this.\n\n{described}\n\nSee the wiki."
        )),
    );
    env.write(
        "shop/openspec/changes/fix-login/tasks.md",
        "- [x] 2 Mend it elsewhere\n",
    );
    env.commit_all(&dir, "reword");
    sync(&env, &dir).expect(0);
    let described = people.description(card).unwrap();
    assert!(
        described.starts_with("Ann looks after this.\n\n[onward:1]"),
        "{described}"
    );
    assert!(described.ends_with("\n\nSee the wiki."), "{described}");
    people.task(card, "ask Ben");
    people.task(card, "2 Mend it elsewhere");
}

/// Adds a task that is linked to a card, and bears its name.
fn link(planka: &FakePlanka, task_list: impl Display, card: impl Display) {
    // It fails when another test has done so, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let url = format!("{}/api/task-lists/{task_list}/tasks", planka.url());
    let request = reqwest::Client::builder()
        .no_proxy()
        .build()
        .unwrap()
        .post(url)
        .header("x-api-key", planka.api_key())
        .json(&json!({ "position": 1, "linkedCardId": card.to_string() }));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let answer = runtime.unwrap().block_on(request.send()).unwrap();
    assert_eq!(answer.status(), 200);
}

#[test]
fn a_task_linked_to_a_card_is_refused_and_no_want_of_rights() {
    let (env, planka) = env_on_planka(Version::V2);
    let dir = project(&env, "shop");
    sync(&env, &dir).expect(0);
    let people = planka.people();
    let board = people.board("Shop", "Changes");
    let card = people.card(board, "add-export");
    let namesake = people.add_card(people.list(board, "Backlog"), "1.2 Test it", None);
    people.delete_task(people.task(card, "1.2 Test it"));
    link(&planka, people.task_list(card, "1. Query"), namesake);
    let tasks = "## 1. Query\n- [x] 1.1 Add it\n- [x] 1.2 Test it\n## 2. View\n- [ ] 2.1 Show it\n";
    change(&env, "shop", "add-export", tasks);
    change(&env, "shop", "fix-login", "- [ ] 1 Mend it\n");
    let ran = sync(&env, &dir).expect(1);
    insta::assert_snapshot!(mask(&ran.stdout), @"
    Shop / Changes on <planka>
      failed: add-export: tick task 1.2 Test it: Not enough rights, as for a task that is linked to a card
    1 card moved, 1 card updated, 2 tasks synced, 1 write failed
    ");
    assert_eq!(
        people.list_of(people.card(board, "fix-login")).as_deref(),
        Some("In Progress"),
        "the rest is done"
    );
}

#[test]
fn an_archived_card_is_not_made_anew() {
    let (env, planka) = env_on_planka(Version::V2);
    let dir = project(&env, "shop");
    sync(&env, &dir).expect(0);
    let people = planka.people();
    let board = people.board("Shop", "Changes");
    people.archive(people.card(board, "fix-login"));
    planka.journal().clear();
    let ran = sync(&env, &dir).expect(0);
    insta::assert_snapshot!(mask(&ran.stdout), @r"
    Shop / Changes on <planka>
      held fix-login: somebody put its card into the archive (card <id>)
           restore the card, or delete it for good to have it made anew
    nothing to write, 1 held
    ");
    assert!(planka.journal().writes().is_empty());
}

#[test]
fn a_lost_answer_is_settled_by_looking() {
    for version in BOTH {
        let (env, planka) = env_on_planka(version);
        let dir = project(&env, "shop");
        for path in [
            "/api/projects",
            "/api/projects/*/boards",
            "/api/boards/*/lists",
            "/api/lists/*/cards",
        ] {
            planka
                .script()
                .fault(When::request("POST", path).nth(1), Fault::LoseReply);
        }
        sync(&env, &dir).expect(0);
        let (other_env, other) = env_on_planka(version);
        let other_dir = project(&other_env, "shop");
        sync(&other_env, &other_dir).expect(0);
        assert_eq!(canonical(&planka), canonical(&other));
    }
}

#[test]
fn a_wrong_key_skips_and_tells_no_secret() {
    for version in BOTH {
        let (mut env, _planka) = env_on_planka(version);
        let dir = project(&env, "shop");
        env.unset("PLANKA_API_KEY")
            .unset("PLANKA_TOKEN")
            .set("PLANKA_TOKEN", "canary-1234");
        let ran = env.run(&arguments(&dir, &["--json"])).expect(2);
        assert!(!ran.transcript().contains("canary"), "{}", ran.transcript());
        assert!(ran.stderr.contains("hint: "), "{}", ran.stderr);
    }
}

#[test]
fn a_viewer_is_told_what_is_missing() {
    for version in BOTH {
        let (mut env, planka) = env_on_planka(version);
        let dir = project(&env, "shop");
        let people = planka.people();
        let board = people.add_board("Shop", "Changes");
        let viewer = people.add_user("viewer");
        people.set_role(board, viewer, Role::Viewer);
        env.unset("PLANKA_API_KEY")
            .set("PLANKA_TOKEN", people.token_of(viewer));
        let before = planka.dump();
        let ran = sync(&env, &dir).expect(1);
        assert!(
            ran.stdout.contains("this user may not write"),
            "{}",
            ran.stdout
        );
        assert_eq!(planka.changed_since(&before), Vec::<String>::new());
        let posts = planka.journal().writes();
        assert!(posts.len() <= 7, "stopped at once: {}", posts.len());
    }
}

#[test]
fn answers_that_are_no_answers_are_never_empty() {
    let (env, planka) = env_on_planka(Version::V2);
    let dir = project(&env, "shop");
    sync(&env, &dir).expect(0);
    for fault in [Fault::Html, Fault::Garbage, Fault::Truncated] {
        for path in ["/api/projects", "/api/boards/*"] {
            planka.script().clear();
            planka
                .script()
                .fault(When::request("GET", path), fault.clone());
            planka.journal().clear();
            let ran = sync(&env, &dir);
            assert_ne!(
                ran.code,
                Some(0),
                "{fault:?} at {path}: {}",
                ran.transcript()
            );
            assert!(planka.journal().writes().is_empty(), "{fault:?} at {path}");
        }
    }
}

#[test]
fn a_server_that_goes_away_half_way_is_no_success() {
    for version in BOTH {
        let (env, planka) = env_on_planka(version);
        let dir = project(&env, "shop");
        planka.script().fault(When::writes().nth(14), Fault::GoAway);
        let ran = sync(&env, &dir).expect(1);
        assert!(!ran.stdout.contains("in step"), "{}", ran.stdout);
        planka.come_back();
        planka.script().clear();
        sync(&env, &dir).expect(0);
        let last = sync(&env, &dir).expect(0);
        assert!(
            last.stdout.ends_with("in step, nothing to write\n"),
            "{}",
            last.stdout
        );
    }
}

#[test]
fn two_of_a_name_are_told() {
    let (env, planka) = env_on_planka(Version::V2);
    let dir = project(&env, "shop");
    let people = planka.people();
    people.add_board("Shop", "Changes");
    let project_id = people.add_project("shop");
    people.add_board_in(project_id, "Changes");
    let ran = sync(&env, &dir).expect(0);
    assert!(
        ran.stdout
            .contains("warning: 2 projects are called Shop; the oldest is used"),
        "{}",
        ran.stdout
    );
}

#[test]
fn broken_and_doubled_markers_are_held() {
    let (env, planka) = env_on_planka(Version::V2);
    let dir = project(&env, "shop");
    sync(&env, &dir).expect(0);
    let people = planka.people();
    let board = people.board("Shop", "Changes");
    let (broken, doubled) = (
        people.card(board, "fix-login"),
        people.card(board, "add-export"),
    );
    let text = people.description(broken).unwrap();
    people.describe(broken, Some(&text.replace("dirty=", "soiled=")));
    let text = people.description(doubled).unwrap();
    people.describe(doubled, Some(&format!("{text}\n\n{text}")));
    let copy = people.duplicate(people.card(board, "plan-search"));
    let before = planka.dump();
    change(&env, "shop", "plan-search", "- [ ] a\n");
    env.write(
        "shop/openspec/changes/fix-login/tasks.md",
        "- [ ] 1 Mend it\n",
    );
    env.write(
        "shop/openspec/changes/add-export/tasks.md",
        "- [ ] 1.1 Add it\n",
    );
    let ran = env.run(&arguments(&dir, &["--json"])).expect(0);
    assert_eq!(
        crate::scene::held_reasons(&ran),
        ["add-export: marker-doubled", "fix-login: marker-broken"]
    );
    let changed = planka.changed_since(&before);
    assert_eq!(changed.len(), 1, "the copy is a person's: {changed:?}");
    assert_eq!(people.list_of(copy).as_deref(), Some("Planning"));
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(report["schema"], 1);
}

#[test]
fn a_login_is_ended_again() {
    for version in BOTH {
        let (mut env, planka) = env_on_planka(version);
        let dir = project(&env, "shop");
        env.unset("PLANKA_API_KEY").unset("PLANKA_TOKEN");
        env.set("PLANKA_USER", test_support::USER);
        let secret = env.write("password", format!("{}\n", test_support::PASSWORD));
        env.set("PLANKA_PASSWORD_FILE", secret.as_str());
        sync(&env, &dir).expect(0);
        let last = planka.journal().requests().pop().unwrap();
        assert_eq!(last.line(), "DELETE /api/access-tokens/me");
    }
}

/// Runs the binary with the password in a pipe, as the shell's `<(…)` makes one.
fn with_piped_password(env: &TestEnv, arguments: &[String]) -> Ran {
    let (reader, mut writer) = std::io::pipe().unwrap();
    writeln!(writer, "{}", test_support::PASSWORD).unwrap();
    let mut command = env.command(arguments);
    command
        .stdin(reader)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    drop((command, writer));
    env.finish(child)
}

#[test]
fn a_password_comes_through_a_pipe_to_whoever_reads_it_once() {
    let (mut env, _planka) = env_on_planka(Version::V2);
    let dir = project(&env, "shop");
    env.unset("PLANKA_API_KEY");
    env.set("PLANKA_USER", test_support::USER);
    env.set("PLANKA_PASSWORD_FILE", "/dev/stdin");
    let ran = with_piped_password(&env, &arguments(&dir, &[])).expect(0);
    assert!(ran.stdout.contains("3 cards created"), "{}", ran.stdout);
    let ran = with_piped_password(&env, &arguments(&dir, &["--background"])).expect(64);
    assert!(
        ran.stderr
            .contains("PLANKA_PASSWORD_FILE names /dev/stdin, which can be read only once"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_secret_that_is_no_small_text_is_named() {
    let (mut env, _planka) = env_on_planka(Version::V2);
    let dir = project(&env, "shop");
    env.unset("PLANKA_API_KEY");
    let large = env.write("large", "x".repeat((64 << 10) + 1));
    for (path, told) in [
        (large.as_str(), "large holds more than 65536 bytes"),
        ("/dev/zero", "/dev/zero holds more than 65536 bytes"),
        (dir.as_str(), "cannot read <env>/work/shop: Is a directory"),
        ("/no/such/file", "names /no/such/file, which is not there"),
        ("/dev/null", "names /dev/null, which is empty"),
    ] {
        env.set("PLANKA_API_KEY_FILE", path);
        let ran = sync(&env, &dir);
        assert!(matches!(ran.code, Some(1 | 2)), "{}", ran.transcript());
        assert!(ran.stderr.contains(told), "{}", ran.stderr);
    }
}

/// Replaces the server's address and the ids of cards.
fn mask(text: &str) -> String {
    let mut out = String::new();
    for (n, word) in text.split_inclusive([' ', '\n']).enumerate() {
        let bare = word.trim_end().trim_end_matches(')');
        let tail = &word[bare.len()..];
        if bare.starts_with("http://127.0.0.1:") {
            out.push_str("<planka>");
        } else if n > 0 && bare.len() > 15 && bare.bytes().all(|b| b.is_ascii_digit()) {
            out.push_str("<id>");
        } else {
            out.push_str(bare);
        }
        out.push_str(tail);
    }
    out
}
