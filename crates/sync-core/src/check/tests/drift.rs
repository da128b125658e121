//! C-04, C-05, C-11, C-13.

use super::{finds, message};
use crate::finding::{Changed, Kind};
use crate::ids::FileId;
use crate::snapshot::Upstream;
use crate::status::{TaskStatus, WorkplanStatus};

const NO_REGRESS: &str =
    "DB task 'Step T01' is ahead of file (db=done, file=todo) — skipped to prevent regression";

#[test]
fn c_04_tells_which_side_of_a_workplan_follows() {
    let found = finds(
        |s| s.plan_is("active", "ready"),
        &["C-04 WARN:5 DEMO-WP-0001 fix"],
    );
    assert_eq!(
        message(&found),
        "workplan 'Plan DEMO-WP-0001' is active in the file and ready in the hub — the hub follows"
    );
    let found = finds(
        |s| s.plan_is("ready", "blocked"),
        &["C-04 WARN:5 DEMO-WP-0001 fix"],
    );
    assert!(
        message(&found).ends_with("ready in the file and blocked in the hub — the file follows")
    );
    // The same in an older word is the same.
    finds(
        |s| {
            s.task_is(0, "done", "done");
            s.task_is(1, "done", "done");
            s.plan_is("finished", "completed");
        },
        &[],
    );
}

#[test]
fn c_04_leaves_a_tie_to_a_person() {
    let found = finds(
        |s| s.plan_is("active", "blocked"),
        &["C-04 WARN:5 DEMO-WP-0001"],
    );
    assert!(
        message(&found).contains("— neither is changed: this checkout has not seen both agree")
    );
    let hint = found[0].hint().unwrap();
    assert_eq!(hint, "write the hub's word into the file of DEMO-WP-0001");
    let found = finds(
        |s| {
            s.plan_is("active", "ready");
            s.rows.workplans[0].state.reopens = 1;
        },
        &["C-04 WARN:5 DEMO-WP-0001"],
    );
    let hint = found[0].hint().unwrap();
    assert_eq!(
        hint,
        "write the hub's word into the file of DEMO-WP-0001, or take the lower one with `--reopen DEMO-WP-0001`"
    );
    finds(
        |s| {
            s.plan_is("active", "blocked");
            s.plan_was(WorkplanStatus::Active, 0);
        },
        &["C-04 WARN:5 DEMO-WP-0001 fix"],
    );
}

#[test]
fn c_05_mends_a_title_only_when_the_file_alone_changed() {
    for (base, expected, changed) in [
        (None, "C-05 WARN:1 DEMO-WP-0001", None),
        (
            Some("Old"),
            "C-05 WARN:1 DEMO-WP-0001 fix",
            Some(Changed::File),
        ),
        (Some("New"), "C-05 WARN:1 DEMO-WP-0001", Some(Changed::Hub)),
        (
            Some("Else"),
            "C-05 WARN:1 DEMO-WP-0001",
            Some(Changed::Both),
        ),
    ] {
        let found = finds(
            |s| {
                s.file().title = "New".into();
                s.rows.workplans[0].title = "Old".into();
                if let Some(base) = base {
                    let id = FileId::new("DEMO-WP-0001");
                    s.bases.titles.insert(id, base.into());
                }
            },
            &[expected],
        );
        assert!(
            matches!(&found[0].kind, Kind::WorkplanTitle { changed: is, .. } if *is == changed)
        );
        assert_eq!(
            message(&found),
            "workplan DEMO-WP-0001 is titled 'New' in the file and 'Old' in the hub"
        );
    }
}

#[test]
fn c_11_is_a_task_further_in_the_file() {
    let found = finds(
        |s| s.task_is(0, "done", "todo"),
        &["C-11 WARN:1812 T01 fix"],
    );
    assert_eq!(
        message(&found),
        "task 'Step T01' is ahead in the file (db=todo, file=done)"
    );
    finds(
        |s| {
            s.task_is(1, "blocked", "in_progress");
            s.task_was("T02", TaskStatus::InProgress, 0);
        },
        &["C-11 WARN:1822 T02 fix"],
    );
    // An alias is no step forward; the hub's need not be told.
    finds(|s| s.task_is(1, "in_progress", "progress"), &[]);
}

#[test]
fn c_13_is_a_task_further_in_the_hub() {
    let found = finds(
        |s| s.task_is(0, "todo", "done"),
        &["C-13 WARN:1812 T01 fix"],
    );
    assert_eq!(message(&found), NO_REGRESS);
    assert_eq!(
        found[0].hint().unwrap(),
        "`onward fix-consistency --fix` mends it, once nothing is in the way"
    );
}

#[test]
fn c_13_with_the_same_opening_words_is_a_tie() {
    let opening = "DB task 'Step T02' is ahead of file (db=blocked, file=in_progress) — skipped to prevent regression";
    let found = finds(
        |s| s.task_is(1, "in_progress", "blocked"),
        &["C-13 WARN:1822 T02"],
    );
    assert!(message(&found).starts_with(opening));
    assert_ne!(message(&found), opening, "why is said");
    let hint = found[0].hint().unwrap();
    assert!(hint.contains("`onward task set T02 in_progress`"), "{hint}");
    for base in [TaskStatus::Todo, TaskStatus::Done] {
        let found = finds(
            |s| {
                s.task_is(1, "in_progress", "blocked");
                s.task_was("T02", base, 0);
            },
            &["C-13 WARN:1822 T02"],
        );
        assert!(message(&found).starts_with(opening));
    }
}

#[test]
fn the_remote_has_no_say_in_what_regresses() {
    for upstream in [Upstream::None, Upstream::Unreachable] {
        let found = finds(
            |s| {
                s.git.upstream = upstream;
                s.task_is(0, "todo", "done");
            },
            &["C-13 WARN:1812 T01 fix"],
        );
        assert_eq!(message(&found), NO_REGRESS);
    }
}

#[test]
fn what_was_reopened_elsewhere_is_told_as_such() {
    let found = finds(
        |s| {
            s.task_is(0, "done", "todo");
            s.rows.tasks[0].state.reopens = 1;
            s.task_was("T01", TaskStatus::Done, 0);
        },
        &["C-13 WARN:1812 T01 fix"],
    );
    assert!(message(&found).ends_with("; it was reopened since this checkout last looked"));
    finds(
        |s| {
            s.task_is(0, "done", "todo");
            s.rows.tasks[0].state.reopens = 1;
        },
        &["C-13 WARN:1812 T01"],
    );
    // Seen since, so the file is ahead again.
    finds(
        |s| {
            s.task_is(0, "done", "todo");
            s.rows.tasks[0].state.reopens = 1;
            s.task_was("T01", TaskStatus::Todo, 1);
        },
        &["C-11 WARN:1812 T01 fix"],
    );
}
