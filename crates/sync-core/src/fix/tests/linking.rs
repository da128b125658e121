//! C-06, C-09, C-10: rows that are made, found, or left alone.

use super::plans;
use crate::hub::{HubOutcome, HubRows, HubWrite, Made, Naming, Version};
use crate::ids::{FileId, HubId};
use crate::snapshot::Snapshot;
use crate::snapshot::scene::{block, key, plan_row, workplan};
use alloc::vec;

fn unlinked(s: &mut Snapshot) {
    s.rows = HubRows::default();
    s.file().hub_id = None;
    s.file().tasks = vec![block("T01", "done", ""), block("T02", "wait", "")];
}

fn derived(s: &mut Snapshot) {
    s.derived
        .workplans
        .insert(FileId::new("DEMO-WP-0001"), HubId::new("dp"));
    s.derived.tasks.insert(key("T01"), HubId::new("d1"));
    s.derived.tasks.insert(key("T02"), HubId::new("d2"));
}

#[test]
fn rows_are_made_under_derived_ids_and_then_named() {
    plans(
        |s| {
            unlinked(s);
            derived(s);
        },
        &[
            "[C-06] make DEMO-WP-0001 as dp active",
            "[C-10] make T01 as d1 done in '' after 0",
            "[C-10] make T02 as d2 blocked in '' after 0",
            "[C-06] file: DEMO-WP-0001 names dp after 0",
            "[C-10] file: T01 names d1 after 1",
            "[C-10] file: T02 names d2 after 2",
            "base: plan active step 0",
            "base: T01 done step 1",
            "base: T02 blocked step 2",
        ],
    );
}

#[test]
fn a_hub_that_gives_ids_is_asked_for_the_workplan_first() {
    let plan = plans(
        |s| {
            unlinked(s);
            s.naming = Naming::Given;
        },
        &[
            "[C-06] make DEMO-WP-0001 as ? active",
            "[C-10] make T01 as ? done in '' after 0",
            "[C-10] make T02 as ? blocked in '' after 0",
            "[C-06] file: DEMO-WP-0001 names what is made after 0",
            "[C-10] file: T01 names what is made after 1",
            "[C-10] file: T02 names what is made after 2",
            "base: plan active step 0",
            "base: T01 done step 1",
            "base: T02 blocked step 2",
        ],
    );
    let made = Made {
        id: HubId::new("given"),
        version: Version(1),
        reopens: 0,
    };
    let task = plan.hub[1].write(Some(&HubOutcome::AlreadySo(made.clone())));
    assert!(matches!(task, HubWrite::CreateTask { id: None, workplan, .. } if workplan == made.id));
    // What was there already is as somebody else left it.
    assert_eq!(
        plan.hub[1].agreed(&HubOutcome::Done(made.clone())),
        Some(&made)
    );
    assert_eq!(plan.hub[1].agreed(&HubOutcome::AlreadySo(made)), None);
    assert_eq!(plan.hub[1].agreed(&HubOutcome::Missing), None);
}

#[test]
fn a_workplan_of_closed_tasks_is_made_as_it_is_and_closed_when_it_has_them() {
    let plan = plans(
        |s| {
            unlinked(s);
            s.file().tasks.pop();
        },
        &[
            "[C-06] make DEMO-WP-0001 as ? active",
            "[C-10] make T01 as ? done in '' after 0",
            "[C-06] file: DEMO-WP-0001 names what is made after 0",
            "[C-10] file: T01 names what is made after 1",
            "base: plan active step 0",
            "base: T01 done step 1",
        ],
    );
    assert!(plan.unfinished);
}

#[test]
fn a_row_that_bears_the_id_is_named_and_compared_at_once() {
    plans(
        |s| {
            s.file().hub_id = None;
            s.file().tasks[0].hub_id = None;
            s.task_is(0, "todo", "done");
            s.plan_is("active", "ready");
        },
        &[
            "[C-04] p1 active seen 7",
            "[C-06] file: DEMO-WP-0001 names p1",
            "[C-10] file: T01 names t1",
            "[C-13] file: T01 todo → done",
            "base: plan active step 0",
            "base: T01 done edit 2",
        ],
    );
}

#[test]
fn an_own_id_that_this_hub_never_saw_is_made_again() {
    plans(
        |s| {
            s.rows = HubRows::default();
            s.file().tasks.pop();
            s.derived
                .workplans
                .insert(FileId::new("DEMO-WP-0001"), HubId::new("p1"));
            s.derived.tasks.insert(key("T01"), HubId::new("t1"));
        },
        &[
            "[C-06] make DEMO-WP-0001 as p1 active",
            "[C-10] make T01 as t1 todo in '' after 0",
            "[C-06] file: DEMO-WP-0001 names p1 after 0",
            "[C-10] file: T01 names t1 after 1",
            "base: plan active step 0",
            "base: T01 todo step 1",
        ],
    );
}

#[test]
fn what_cannot_be_told_apart_is_left_alone() {
    // Two files of one id.
    plans(
        |s| {
            unlinked(s);
            s.files().push(workplan(
                "DEMO-WP-0001",
                "workplans/2.md",
                "active",
                "",
                vec![],
            ));
        },
        &[],
    );
    // Two files that name one row, which is nobody's.
    plans(
        |s| {
            s.rows.workplans[0].repository = None;
            s.task_is(0, "done", "todo");
            s.files().push(workplan(
                "DEMO-WP-0002",
                "workplans/2.md",
                "active",
                "p1",
                vec![],
            ));
        },
        &[],
    );
    // Two rows of one file.
    plans(
        |s| {
            s.file().hub_id = None;
            s.rows
                .workplans
                .push(plan_row("p7", "DEMO-WP-0001", "active"));
        },
        &[],
    );
    // Rows that are not there, or another's.
    plans(
        |s| {
            s.rows.workplans[0].repository = Some(crate::ids::Slug::new("shop"));
            s.task_is(0, "done", "todo");
        },
        &[],
    );
    plans(|s| s.rows = HubRows::default(), &[]);
}

#[test]
fn what_has_to_be_mended_first_is_not_made() {
    plans(
        |s| {
            unlinked(s);
            s.file().status = None;
        },
        &[],
    );
    plans(
        |s| {
            s.rows.tasks.pop();
            s.file().tasks[1] = block("T02", "halfway", "");
        },
        &[],
    );
}
