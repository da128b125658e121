//! kanban-sync on a real Planka, 1.x or 2.x: what the fake cannot vouch for.
//!
//! Runs when `ONWARD_TEST_PLANKA_URL` is set, with `ONWARD_TEST_PLANKA_API_KEY`, `…_TOKEN`, or
//! `…_USER` and `…_PASSWORD` of somebody who may make projects.

use crate::live_server::{Live, id, machine, rows};
use crate::recovery::second_state;
use crate::scene::{held_reasons, project};
use camino::Utf8Path;
use serde_json::{Value, json};
use test_support::{Ran, kill};

/// Where the cards of [`project`] belong, and where they belong after [`second_state`].
const FIRST: [&str; 3] = [
    "Planning: plan-search",
    "In Progress: add-export",
    "Review: fix-login",
];
const SECOND: [&str; 4] = [
    "Planning: plan-search",
    "In Progress: add-import",
    "Review: add-export",
    "Done: fix-login",
];

/// Asserts that there was nothing to do.
#[track_caller]
fn in_step(ran: Ran) {
    let ran = ran.expect(0);
    assert!(
        ran.stdout.ends_with("in step, nothing to write\n"),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_first_sync_makes_the_board_and_a_second_writes_nothing() {
    let Some(live) = Live::start() else { return };
    let dir = project(&live.env, "shop");
    let first = live.sync(&dir).expect(0);
    let last = "9 parts of the board made, 3 cards created, 4 tasks synced\n";
    assert!(first.stdout.ends_with(last), "{}", first.stdout);
    assert_eq!(live.columns(), FIRST);
    let board = live.board();
    in_step(live.sync(&dir));
    assert_eq!(live.board(), board);
}

#[test]
fn what_the_files_do_the_board_does() {
    let Some(live) = Live::start() else { return };
    let dir = project(&live.env, "shop");
    live.sync(&dir).expect(0);
    let reworded = live.find("tasks", "1.2 Test it");
    second_state(&live.env, &dir);
    live.sync(&dir).expect(0);
    assert_eq!(live.columns(), SECOND);
    let renamed = live.find("tasks", "1.2 Test it well");
    assert_eq!(
        (id(&renamed), &renamed["isCompleted"]),
        (id(&reworded), &json!(true))
    );
    let mut tasks: Vec<_> = rows(&live.board()["tasks"])
        .iter()
        .map(|task| task["name"].clone())
        .collect();
    tasks.sort_by_key(Value::to_string);
    assert_eq!(
        tasks,
        [
            "1 Mend it",
            "1 Read it",
            "1.1 Add it",
            "1.2 Test it well",
            "3.1 Hide it"
        ]
    );
    in_step(live.sync(&dir));
}

#[test]
fn peoples_cards_and_comments_stay_to_the_letter() {
    let Some(live) = Live::start() else { return };
    let dir = project(&live.env, "shop");
    live.sync(&dir).expect(0);
    // One with the name of a change that comes later.
    let idea = live.add_card("Backlog", "add-import", "  my *own* words\r\n");
    let ours = live.find("cards", "add-export");
    live.comment(&idea, "hands off");
    live.comment(&ours, "well done");
    let card = format!("cards/{}", id(&idea));
    let before = [live.get(&card), live.comments(&idea), live.comments(&ours)];
    second_state(&live.env, &dir);
    live.sync(&dir).expect(0);
    assert_eq!(
        [live.get(&card), live.comments(&idea), live.comments(&ours)],
        before
    );
    let columns = ["Backlog: add-import"].into_iter().chain(SECOND);
    assert_eq!(live.columns(), columns.collect::<Vec<_>>());
}

#[test]
fn what_people_move_and_tick_is_put_back() {
    let Some(live) = Live::start() else { return };
    let dir = project(&live.env, "shop");
    live.sync(&dir).expect(0);
    let (card, done) = (live.find("cards", "add-export"), live.find("lists", "Done"));
    live.patch(
        &format!("cards/{}", id(&card)),
        &json!({ "listId": id(&done), "position": 65536 }),
    );
    let task = live.find("tasks", "1.2 Test it");
    live.patch(
        &format!("tasks/{}", id(&task)),
        &json!({ "isCompleted": true }),
    );
    let ran = live.sync(&dir).expect(0);
    assert!(
        ran.stdout.contains("1 card put back, 1 tick put back"),
        "{}",
        ran.stdout
    );
    assert_eq!(live.columns(), FIRST);
    assert_eq!(live.find("tasks", "1.2 Test it")["isCompleted"], false);
}

#[test]
fn an_archived_card_is_held_and_not_made_anew() {
    // 1.x has no archive.
    let Some(live) = Live::start().filter(|live| live.second) else {
        return;
    };
    let dir = project(&live.env, "shop");
    live.sync(&dir).expect(0);
    let board = live.board();
    let archive = rows(&board["lists"])
        .iter()
        .find(|list| list["type"] == "archive")
        .unwrap();
    let card = live.find("cards", "fix-login");
    live.patch(
        &format!("cards/{}", id(&card)),
        &json!({ "listId": id(archive) }),
    );
    let ran = live.env.run(&live.arguments(&dir, &["--json"])).expect(0);
    assert_eq!(held_reasons(&ran), ["fix-login: shelved"]);
    assert_eq!(live.columns(), FIRST[..2]);
}

#[test]
fn a_task_linked_to_a_card_is_refused_and_no_want_of_rights() {
    // 1.x has no such tasks.
    let Some(live) = Live::start().filter(|live| live.second) else {
        return;
    };
    let dir = project(&live.env, "shop");
    live.sync(&dir).expect(0);
    let namesake = live.add_card("Backlog", "1.2 Test it", "a card of its own");
    let task = live.find("tasks", "1.2 Test it");
    live.remove(&format!("tasks/{}", id(&task)));
    let list = task["taskListId"].as_str().unwrap();
    let linked = json!({ "position": 1, "linkedCardId": id(&namesake) });
    live.post(&format!("task-lists/{list}/tasks"), &linked);
    second_state(&live.env, &dir);
    let ran = live.sync(&dir).expect(1);
    assert!(
        ran.stdout.contains("linked to a card") && !ran.stdout.contains("stopped:"),
        "{}",
        ran.stdout
    );
    let columns = ["Backlog: 1.2 Test it"].into_iter().chain(SECOND);
    assert_eq!(live.columns(), columns.collect::<Vec<_>>());
}

#[test]
fn two_machines_at_once_make_one_board() {
    let Some(live) = Live::start() else { return };
    let other = machine();
    let dir = project(&live.env, "shop");
    let clone = other.work().join("shop");
    other.git(
        &other.work(),
        &["clone", "--quiet", dir.as_str(), clone.as_str()],
    );
    let one = live.env.spawn(&live.arguments(&dir, &[]));
    let two = other.spawn(&live.arguments(&clone, &[]));
    let (one, two) = (live.env.finish(one), other.finish(two));
    assert!(
        one.code == Some(0) || two.code == Some(0),
        "{}{}",
        one.transcript(),
        two.transcript()
    );
    live.sync(&dir).expect(0);
    let (projects, boards) = live.projects();
    assert_eq!((projects.len(), boards.len()), (1, 1));
    assert_eq!(live.columns(), FIRST);
    let board = live.board();
    assert_eq!(rows(&board["labels"]).len(), 1);
    assert_eq!(
        rows(&board["lists"])
            .iter()
            .filter(|list| list["name"].is_string())
            .count(),
        6
    );
    in_step(other.run(&live.arguments(&clone, &[])));
}

#[test]
fn a_dry_run_writes_nothing() {
    let Some(live) = Live::start() else { return };
    let dir = project(&live.env, "shop");
    let dry = || {
        live.env
            .run(&live.arguments(&dir, &["--dry-run", "--detailed-exit-code"]))
    };
    dry().expect(3);
    assert_eq!(live.projects(), (vec![], vec![]));
    live.sync(&dir).expect(0);
    dry().expect(0);
    second_state(&live.env, &dir);
    let board = live.board();
    dry().expect(3);
    assert_eq!(live.board(), board);
}

#[test]
fn killed_at_any_moment_and_run_again_makes_one_board() {
    let mut kills = 0;
    for things in [1, 5, 9, 12, 16] {
        let Some(live) = Live::start() else { return };
        let dir = project(&live.env, "shop");
        kills += usize::from(killed_when(&live, &dir, things));
        live.sync(&dir).expect(0);
        assert_eq!(
            live.columns(),
            FIRST,
            "killed when there were {things} things"
        );
        assert_eq!(
            rows(&live.board()["tasks"]).len(),
            4,
            "killed when there were {things} things"
        );
        in_step(live.sync(&dir));
    }
    assert!(kills > 2, "only {kills} were killed in time");
}

/// Kills a sync as soon as there are so many lists, labels, cards and tasks. Says whether it was in
/// time.
fn killed_when(live: &Live, dir: &Utf8Path, things: usize) -> bool {
    let count = |board: &Value| {
        let tables = ["lists", "labels", "cards", "tasks"];
        tables
            .iter()
            .filter_map(|table| board[table].as_array())
            .map(Vec::len)
            .sum::<usize>()
    };
    let mut child = live.env.spawn(&live.arguments(dir, &[]));
    while child.try_wait().unwrap().is_none() && count(&live.board()) < things {}
    kill(&mut child).code().is_none()
}

#[test]
fn a_wrong_key_skips_and_makes_nothing() {
    let Some(mut live) = Live::start() else {
        return;
    };
    let dir = project(&live.env, "shop");
    for name in ["PLANKA_API_KEY", "PLANKA_USER", "PLANKA_PASSWORD"] {
        live.env.unset(name);
    }
    live.env.set("PLANKA_TOKEN", "canary-1234");
    let ran = live.sync(&dir).expect(2);
    assert!(ran.stderr.contains("hint: "), "{}", ran.stderr);
    assert!(!ran.transcript().contains("canary"), "{}", ran.transcript());
    assert_eq!(live.projects(), (vec![], vec![]));
}
