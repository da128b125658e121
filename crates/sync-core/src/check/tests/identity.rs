//! C-03, C-06 to C-10, C-12, C-16.

use super::{finds, message};
use crate::ids::{FileId, HubId, Slug};
use crate::snapshot::Snapshot;
use crate::snapshot::scene::{block, key, plan_row, task_row};

/// The hub lacks the workplan of the scene and its tasks.
fn without_rows(s: &mut Snapshot) {
    s.rows.workplans.clear();
    s.rows.tasks.clear();
}

#[test]
fn c_03_is_an_id_the_hub_does_not_have() {
    let found = finds(
        |s| {
            s.rows.tasks[1].file_id = None;
            s.file().tasks[1].hub_id = Some(HubId::new("t9"));
        },
        &["C-03 FAIL:1820 T02", "C-12 WARN t2"],
    );
    assert_eq!(message(&found), "T02 names t9, which the hub does not have");
    finds(
        without_rows,
        &[
            "C-03 FAIL:6 DEMO-WP-0001",
            "C-03 FAIL:1810 T01",
            "C-03 FAIL:1820 T02",
        ],
    );
    // A row elsewhere is a row.
    finds(
        |s| {
            s.file().tasks.push(block("T03", "todo", "t3"));
            s.elsewhere.tasks.push(task_row("t3", "p3", "T03", "todo"));
        },
        &["C-09 WARN:1830 T03"],
    );
}

#[test]
fn an_id_of_our_own_that_this_hub_never_saw_is_not_dangling() {
    let found = finds(
        |s| {
            without_rows(s);
            let id = s.file().id.clone();
            s.derived.workplans.insert(id, HubId::new("p1"));
            s.derived.tasks.insert(key("T01"), HubId::new("t1"));
        },
        &[
            "C-03 FAIL:1820 T02",
            "C-06 WARN:6 DEMO-WP-0001 fix",
            "C-10 WARN:1810 T01 fix",
        ],
    );
    assert_eq!(
        found[1].message(),
        "workplan 'Plan DEMO-WP-0001' is not in the hub"
    );
}

#[test]
fn c_06_and_c_10_are_what_the_hub_lacks() {
    let unlink = |s: &mut Snapshot| {
        without_rows(s);
        s.file().hub_id = None;
        s.file()
            .tasks
            .iter_mut()
            .for_each(|task| task.hub_id = None);
    };
    finds(
        unlink,
        &[
            "C-06 WARN:6 DEMO-WP-0001 fix",
            "C-10 WARN:1810 T01 fix",
            "C-10 WARN:1820 T02 fix",
        ],
    );
    // What has to be mended by hand first stands in the message, and a fix does not try.
    let found = finds(
        |s| {
            unlink(s);
            s.file().status = None;
            s.file().tasks.pop();
        },
        &[
            "C-19 FAIL:5 DEMO-WP-0001",
            "C-06 WARN:6 DEMO-WP-0001",
            "C-10 WARN:1810 T01",
        ],
    );
    assert!(
        found[1]
            .message()
            .ends_with("cannot be made there: its status is missing or no status")
    );
    assert!(
        found[2]
            .message()
            .ends_with("cannot be made there: its workplan has to be mended first")
    );
    let found = finds(
        |s| {
            unlink(s);
            s.file().tasks.pop();
            s.file().tasks[0].status = Some(crate::status::Word::read("halfway"));
        },
        &[
            "C-19 FAIL:1812 T01",
            "C-06 WARN:6 DEMO-WP-0001 fix",
            "C-10 WARN:1810 T01",
        ],
    );
    assert_eq!(found[2].hint().unwrap(), "mend that first");
}

#[test]
fn a_row_that_bears_the_id_is_its_row_and_is_compared() {
    let found = finds(
        |s| {
            s.file().hub_id = None;
            s.plan_is("active", "blocked");
            s.file().tasks[0].hub_id = None;
            s.task_is(0, "todo", "done");
        },
        &[
            "C-04 WARN:5 DEMO-WP-0001",
            "C-06 WARN:6 DEMO-WP-0001 fix",
            "C-10 WARN:1810 T01 fix",
            "C-13 WARN:1812 T01 fix",
        ],
    );
    assert_eq!(
        found[2].message(),
        "task 'Step T01' does not name its row in the hub, t1"
    );
}

#[test]
fn c_07_and_c_08_are_rows_without_a_file() {
    let found = finds(
        |s| {
            s.rows
                .workplans
                .push(plan_row("p2", "DEMO-WP-0002", "active"));
            s.rows
                .workplans
                .push(plan_row("p3", "DEMO-WP-0003", "archived"));
            s.rows
                .workplans
                .push(plan_row("p4", "DEMO-WP-0004", "halfway"));
        },
        &[
            "C-07 WARN DEMO-WP-0002",
            "C-07 WARN DEMO-WP-0004",
            "C-08 INFO DEMO-WP-0003",
        ],
    );
    assert_eq!(
        message(&found),
        "open workplan 'Plan DEMO-WP-0002' (active) of the hub has no file"
    );
    // A renamed workplan keeps its row by the id in its file.
    finds(|s| s.file().id = FileId::new("DEMO-WP-0009"), &[]);
    // Nobody's rows and others' are not missed here.
    finds(
        |s| {
            let mut row = plan_row("p2", "DEMO-WP-0002", "active");
            row.repository = None;
            s.rows.workplans.push(row.clone());
            row.repository = Some(Slug::new("other"));
            s.elsewhere.workplans.push(row);
        },
        &[],
    );
}

#[test]
fn c_09_adopts_what_is_nobodys_only() {
    let found = finds(
        |s| s.rows.workplans[0].repository = None,
        &["C-09 WARN:6 DEMO-WP-0001 fix"],
    );
    assert_eq!(message(&found), "p1 belongs to no repository");
    let found = finds(
        |s| {
            let mut rows = core::mem::take(&mut s.rows);
            rows.workplans[0].repository = Some(Slug::new("other"));
            rows.workplans[0].file_id = None;
            s.elsewhere = rows;
        },
        &["C-09 WARN:6 DEMO-WP-0001"],
    );
    assert_eq!(message(&found), "p1 belongs to the repository other");
    let found = finds(
        |s| {
            s.rows
                .workplans
                .push(plan_row("p2", "DEMO-WP-0002", "finished"));
            s.rows.tasks[0].workplan = HubId::new("p2");
        },
        &["C-09 WARN:1810 T01", "C-08 INFO DEMO-WP-0002"],
    );
    assert_eq!(
        message(&found),
        "t1 is a task of the workplan 'Plan DEMO-WP-0002'"
    );
}

#[test]
fn c_12_is_a_task_without_a_block() {
    let found = finds(
        |s| s.rows.tasks.push(task_row("t3", "p1", "T03", "done")),
        &["C-12 WARN T03"],
    );
    assert_eq!(
        message(&found),
        "task 'Step T03' (done) of the hub has no block in the file"
    );
    // One of another workplan is none of ours.
    finds(
        |s| s.rows.tasks.push(task_row("t3", "p2", "T03", "done")),
        &[],
    );
}

#[test]
fn c_16_is_a_row_made_by_hand() {
    let by_hand = |title: &str, status: &str| {
        let mut row = plan_row("p9", "x", status);
        (row.repository, row.file_id, row.title) = (None, None, title.into());
        row
    };
    let found = finds(
        |s| {
            s.rows
                .workplans
                .push(by_hand(" plan demo-wp-0001", "active"));
        },
        &["C-16 WARN:1 DEMO-WP-0001"],
    );
    assert_eq!(
        message(&found),
        "the hub has another open workplan ' plan demo-wp-0001' (p9) of no repository"
    );
    finds(
        |s| s.rows.workplans.push(by_hand("Plan DEMO-WP-1", "active")),
        &[],
    );
    finds(
        |s| s.rows.workplans.push(by_hand("Plan DEMO-WP-0001", "done")),
        &[],
    );
}
