//! C-15, C-19, C-20, and what `--reopen` names.

use super::{finds, message};
use crate::ids::FileId;
use crate::snapshot::Snapshot;
use crate::snapshot::scene::{PATH, block, task_row, workplan};
use crate::status::Word;
use crate::workplan::Unreadable;
use alloc::string::ToString;
use alloc::vec;

fn closed(s: &mut Snapshot) {
    s.task_is(0, "done", "done");
    s.task_is(1, "cancelled", "cancelled");
}

#[test]
fn c_15_is_an_open_workplan_of_closed_tasks() {
    let found = finds(closed, &["C-15 WARN:5 DEMO-WP-0001 fix"]);
    assert_eq!(
        message(&found),
        "workplan 'Plan DEMO-WP-0001' is active, and all of its 2 tasks are closed"
    );
    // A row that is not made yet, too.
    finds(
        |s| {
            s.rows = crate::hub::HubRows::default();
            s.file().hub_id = None;
            s.file().tasks = vec![block("T01", "done", "")];
        },
        &[
            "C-06 WARN:6 DEMO-WP-0001 fix",
            "C-10 WARN:1810 T01 fix",
            "C-15 WARN:5 DEMO-WP-0001 fix",
        ],
    );
    // What a fix closes in the same run counts.
    finds(
        |s| {
            closed(s);
            s.task_is(0, "todo", "done");
        },
        &["C-13 WARN:1812 T01 fix", "C-15 WARN:5 DEMO-WP-0001 fix"],
    );
}

#[test]
fn c_15_waits_for_whatever_may_be_open() {
    finds(|s| s.task_is(0, "done", "done"), &[]);
    finds(
        |s| {
            s.file().tasks.clear();
            s.rows.tasks.clear();
        },
        &[],
    );
    finds(
        |s| {
            closed(s);
            s.rows.tasks.push(task_row("t3", "p1", "T03", "todo"));
        },
        &["C-12 WARN T03"],
    );
    finds(
        |s| {
            closed(s);
            s.unreadable.push(Unreadable {
                path: PATH.into(),
                line: Some(40),
                id: None,
                reason: "no".into(),
                whole_file: false,
            });
        },
        &["C-02 FAIL:40 -"],
    );
    finds(
        |s| {
            closed(s);
            s.task_is(0, "done", "halfway");
        },
        &["C-19 FAIL:1812 T01"],
    );
    finds(
        |s| {
            closed(s);
            s.plan_is("finished", "finished");
        },
        &[],
    );
    // Nobody knows how far the workplan is.
    finds(
        |s| {
            closed(s);
            s.plan_is("active", "blocked");
        },
        &["C-04 WARN:5 DEMO-WP-0001"],
    );
    finds(
        |s| {
            closed(s);
            s.reopen("DEMO-WP-0001");
        },
        &[],
    );
}

#[test]
fn c_19_keeps_an_unknown_word_of_either_side() {
    let found = finds(|s| s.task_is(0, "halfway", "done"), &["C-19 FAIL:1812 T01"]);
    assert_eq!(message(&found), "'halfway' is no status");
    assert_eq!(
        found[0].hint().unwrap(),
        "write one of todo, in_progress, blocked, done, cancelled"
    );
    let found = finds(|s| s.task_is(0, "todo", "halfway"), &["C-19 FAIL:1812 T01"]);
    assert_eq!(
        message(&found),
        "the hub's word 'halfway' for T01 is no status"
    );
    assert!(!found[0].hint().unwrap().contains("write one of"));
    let found = finds(
        |s| s.plan_is("stalled", "active"),
        &["C-19 FAIL:5 DEMO-WP-0001"],
    );
    assert!(
        found[0]
            .hint()
            .unwrap()
            .contains("proposed, backlog, ready, active")
    );
    finds(
        |s| s.plan_is("stalled", "needs_review"),
        &["C-19 FAIL:5 DEMO-WP-0001", "C-19 FAIL:5 DEMO-WP-0001"],
    );
}

#[test]
fn c_19_is_a_missing_status_too() {
    let found = finds(|s| s.task_is(0, "", "done"), &["C-19 FAIL:1812 T01"]);
    assert_eq!(message(&found), "T01 has no status");
    finds(|s| s.plan_is("", "active"), &["C-19 FAIL:5 DEMO-WP-0001"]);
}

#[test]
fn c_19_tells_of_older_words_once_a_file() {
    let found = finds(
        |s| {
            s.plan_is("active", "active");
            s.task_is(0, "wait", "blocked");
            s.task_is(1, "progress", "in_progress");
        },
        &["C-19 INFO:5 DEMO-WP-0001"],
    );
    assert_eq!(
        message(&found),
        "older words are read: 'progress' as in_progress, 'wait' as blocked"
    );
    assert_eq!(found[0].hint(), None);
    // Other letters are no other word.
    finds(|s| s.task_is(0, "Todo", "TODO"), &[]);
}

#[test]
fn c_20_is_a_closed_workplan_with_open_tasks() {
    let found = finds(
        |s| s.plan_is("finished", "finished"),
        &["C-20 WARN:5 DEMO-WP-0001"],
    );
    assert_eq!(
        message(&found),
        "the workplan counts as closed (finished), and 2 tasks are open: T01, T02"
    );
    let found = finds(|s| s.file().archived = true, &["C-20 WARN:5 DEMO-WP-0001"]);
    assert_eq!(
        message(&found),
        "the workplan counts as closed (its file is archived), and 2 tasks are open: T01, T02"
    );
    finds(
        |s| {
            closed(s);
            s.plan_is("archived", "archived");
            s.file().archived = true;
        },
        &[],
    );
}

#[test]
fn a_reopen_that_names_nothing_is_not_passed_over() {
    let found = finds(|s| s.reopen("T09"), &["C-00 FAIL T09"]);
    assert_eq!(
        message(&found),
        "the run failed: `--reopen T09` names no workplan and no task here"
    );
    let second = |s: &mut Snapshot| {
        let tasks = vec![block("T01", "done", "t9")];
        let file = workplan("DEMO-WP-0002", "workplans/other.md", "active", "", tasks);
        s.files().push(file);
        s.task_is(0, "done", "done");
    };
    let mut snapshot = crate::snapshot::scene::scene();
    second(&mut snapshot);
    snapshot.reopen("T01");
    let found = crate::check::check(&snapshot);
    assert_eq!(
        message(&found),
        "the run failed: `--reopen T01` could be a task of 2 workplans: write WORKPLAN/T01"
    );
    assert!(
        found
            .iter()
            .all(|finding| finding.code().to_string() != "C-11")
    );
    snapshot.mode.reopen = [FileId::new("DEMO-WP-0001/T01")].into();
    let found = crate::check::check(&snapshot);
    let opened = found
        .iter()
        .filter(|finding| finding.code().to_string() == "C-11");
    assert_eq!(opened.count(), 1);
}

#[test]
fn a_reopened_task_is_told_as_going_both_ways() {
    let found = finds(
        |s| {
            s.task_is(0, "done", "done");
            s.reopen("T01");
        },
        &["C-11 WARN:1812 T01 fix"],
    );
    assert_eq!(
        message(&found),
        "task 'Step T01' is reopened as todo (db=done, file=done)"
    );
    finds(
        |s| {
            s.plan_is("finished", "finished");
            s.reopen("DEMO-WP-0001");
            s.file().tasks.clear();
            s.rows.tasks.clear();
            s.file().status = Some(Word::read("finished"));
        },
        &["C-04 WARN:5 DEMO-WP-0001 fix"],
    );
}
