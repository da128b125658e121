//! What practice taught about the checker this replaces, by the numbers of the consistency sheet §9.

use super::{finds, short};
use crate::check::check;
use crate::fix::{FixPlan, plan_fixes};
use crate::hub::HubWrite;
use crate::ids::{FileId, HubId, Slug};
use crate::snapshot::Snapshot;
use crate::snapshot::scene::{block, plan_row, scene, task_row, workplan};
use crate::workplan::Unreadable;
use alloc::vec;

fn planned(snapshot: &Snapshot) -> FixPlan {
    plan_fixes(snapshot, &check(snapshot))
}

#[test]
fn lesson_1_a_stale_checkout_takes_nothing_back() {
    let mut snapshot = scene();
    snapshot.task_is(0, "todo", "done");
    snapshot.task_is(1, "todo", "in_progress");
    snapshot.plan_is("ready", "active");
    let plan = planned(&snapshot);
    assert_eq!((plan.hub.len(), plan.edits.len()), (0, 3));
}

#[test]
fn lesson_6_an_id_that_is_missing_empty_null_or_a_tilde_is_none() {
    for none in ["", " ", "~", "null"] {
        finds(
            |s| s.file().tasks[0].hub_id = HubId::parse(none),
            &["C-10 WARN:1810 T01 fix"],
        );
    }
}

#[test]
fn lesson_7_a_ghost_is_named_beside_the_file_with_its_title() {
    finds(
        |s| {
            let mut ghost = plan_row("p9", "", "active");
            (ghost.repository, ghost.file_id) = (None, None);
            ghost.title = "Plan DEMO-WP-0001".into();
            s.rows.workplans.push(ghost);
        },
        &["C-16 WARN:1 DEMO-WP-0001"],
    );
}

#[test]
fn lesson_8_rows_that_were_not_asked_for_are_not_taken_for_ours() {
    // As a hub would send them that forgets its filters.
    finds(
        |s| {
            let mut row = plan_row("x1", "SHOP-WP-0001", "active");
            row.repository = Some(Slug::new("shop"));
            s.rows.workplans.push(row);
            s.rows.tasks.push(task_row("x2", "x1", "T01", "done"));
        },
        &[],
    );
}

#[test]
fn lesson_10_a_row_of_another_repository_is_told_of_and_left_alone() {
    let mut snapshot = scene();
    snapshot.rows.workplans[0].repository = Some(Slug::new("shop"));
    snapshot.rows.workplans[0].file_id = None;
    snapshot.elsewhere = core::mem::take(&mut snapshot.rows);
    snapshot.file().tasks[0].status = Some(crate::status::Word::read("done"));
    assert_eq!(short(&check(&snapshot)), ["C-09 WARN:6 DEMO-WP-0001"]);
    assert_eq!(planned(&snapshot), FixPlan::default());
}

#[test]
fn lesson_11_finished_tasks_finish_their_workplan_and_never_the_other_way_round() {
    finds(
        |s| {
            s.task_is(0, "done", "done");
            s.task_is(1, "done", "done");
        },
        &["C-15 WARN:5 DEMO-WP-0001 fix"],
    );
    let mut snapshot = scene();
    snapshot.plan_is("finished", "finished");
    assert_eq!(short(&check(&snapshot)), ["C-20 WARN:5 DEMO-WP-0001"]);
    let plan = planned(&snapshot);
    assert_eq!((plan.hub, plan.edits), (vec![], vec![]));
}

#[test]
fn lesson_12_older_words_are_read_and_canonical_ones_written() {
    let mut snapshot = scene();
    snapshot.task_is(0, "cancel", "todo");
    snapshot.task_is(1, "progress", "done");
    let plan = planned(&snapshot);
    let write = plan.hub.last().unwrap().write(None);
    assert!(matches!(write, HubWrite::SetTaskStatus { status, .. }
        if crate::status::Status::word(status) == "cancelled"));
    assert_eq!(
        short(&check(&snapshot)).last().unwrap(),
        "C-19 INFO:5 DEMO-WP-0001"
    );
    // Of equal statuses no word is replaced by its own alias, on either side.
    let mut snapshot = scene();
    snapshot.task_is(1, "progress", "in_progress");
    snapshot.plan_is("active", "active");
    let plan = planned(&snapshot);
    assert_eq!((plan.hub, plan.edits), (vec![], vec![]));
}

#[test]
fn lesson_13_dated_and_archived_files_are_files() {
    finds(
        |s| {
            let day = workplan(
                "adhoc-2026-05-01",
                "workplans/ADHOC-2026-05-01.md",
                "active",
                "p2",
                vec![],
            );
            s.files().push(day);
            s.rows
                .workplans
                .push(plan_row("p2", "adhoc-2026-05-01", "active"));
            let path = "workplans/archived/260501-old.md";
            let mut old = workplan("DEMO-WP-0000", path, "archived", "p0", vec![]);
            old.archived = true;
            s.files().push(old);
            s.rows
                .workplans
                .push(plan_row("p0", "DEMO-WP-0000", "archived"));
        },
        &[],
    );
}

#[test]
fn lesson_14_equal_ids_elsewhere_are_named_and_a_renamed_file_keeps_its_rows() {
    finds(
        |s| {
            let mut other = plan_row("x1", "DEMO-WP-0001", "active");
            other.repository = Some(Slug::new("shop"));
            s.elsewhere.workplans.push(other);
        },
        &["C-18 FAIL:1 DEMO-WP-0001"],
    );
    finds(
        |s| {
            s.file().id = FileId::new("DEMO-WP-0007");
            s.file().tasks[0].id = FileId::new("DEMO-WP-0007-T01");
        },
        &[],
    );
    // Short ids are unique in their workplan only.
    finds(
        |s| {
            let tasks = vec![block("T01", "done", "t9"), block("T02", "todo", "t8")];
            let other = workplan("DEMO-WP-0002", "workplans/2.md", "active", "p2", tasks);
            s.files().push(other);
            s.rows
                .workplans
                .push(plan_row("p2", "DEMO-WP-0002", "active"));
            s.rows.tasks.push(task_row("t9", "p2", "T01", "done"));
            s.rows.tasks.push(task_row("t8", "p2", "T02", "todo"));
        },
        &[],
    );
}

#[test]
fn lesson_15_content_is_never_an_error_of_the_run() {
    let mut snapshot = scene();
    snapshot.files().clear();
    snapshot.unreadable.push(Unreadable {
        path: "workplans/x.md".into(),
        line: None,
        id: None,
        reason: "no".into(),
        whole_file: true,
    });
    let findings = check(&snapshot);
    assert_eq!(short(&findings), ["C-02 FAIL -"]);
}
