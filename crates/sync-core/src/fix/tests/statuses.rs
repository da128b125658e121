//! C-04, C-05, C-11, C-13, C-15, and reopening.

use super::plans;
use crate::ids::FileId;
use crate::snapshot::Upstream;
use crate::status::{TaskStatus, WorkplanStatus};

/// The case all this was built for.
#[test]
fn a_stale_todo_leaves_done_in_the_hub_and_is_written_back() {
    for upstream in [Upstream::None, Upstream::Unreachable] {
        for base in [None, Some(TaskStatus::Todo), Some(TaskStatus::Done)] {
            plans(
                |s| {
                    s.git.upstream = upstream;
                    s.task_is(0, "todo", "done");
                    if let Some(base) = base {
                        s.task_was("T01", base, 0);
                    }
                },
                &["[C-13] file: T01 todo → done", "base: T01 done edit 0"],
            );
        }
    }
}

/// Its cousin: ranks are equal, and the remote cannot be asked.
#[test]
fn a_stale_word_of_the_same_rank_leaves_the_hub_alone() {
    let stale = |base: Option<TaskStatus>, expected: &[&str]| {
        plans(
            |s| {
                s.git.upstream = Upstream::Unreachable;
                s.task_is(1, "in_progress", "blocked");
                if let Some(base) = base {
                    s.task_was("T02", base, 0);
                }
            },
            expected,
        );
    };
    stale(None, &[]);
    stale(Some(TaskStatus::Todo), &[]);
    stale(
        Some(TaskStatus::InProgress),
        &[
            "[C-13] file: T02 in_progress → blocked",
            "base: T02 blocked edit 0",
        ],
    );
    stale(
        Some(TaskStatus::Blocked),
        &[
            "[C-11] t2 in_progress seen 7",
            "base: T02 in_progress step 0",
        ],
    );
}

#[test]
fn a_file_ahead_goes_to_the_hub() {
    plans(
        |s| s.task_is(0, "cancel", "todo"),
        &["[C-11] t1 cancelled seen 7", "base: T01 cancelled step 0"],
    );
    plans(
        |s| s.plan_is("blocked", "ready"),
        &["[C-04] p1 blocked seen 7", "base: plan blocked step 0"],
    );
    plans(
        |s| s.plan_is("ready", "active"),
        &[
            "[C-04] file: DEMO-WP-0001 ready → active",
            "base: plan active edit 0",
        ],
    );
}

#[test]
fn what_a_person_has_to_settle_is_neither_written_nor_remembered() {
    plans(|s| s.plan_is("active", "blocked"), &[]);
    plans(|s| s.task_is(0, "halfway", "done"), &[]);
    plans(|s| s.task_is(0, "done", "halfway"), &[]);
    plans(|s| s.task_is(0, "", "done"), &[]);
    plans(|s| s.plan_is("stalled", "active"), &[]);
}

#[test]
fn a_title_goes_to_the_hub_before_the_status_under_the_version_it_leaves() {
    plans(
        |s| {
            s.rows.workplans[0].title = "Old".into();
            let id = FileId::new("DEMO-WP-0001");
            s.bases.titles.insert(id, "Old".into());
            s.plan_is("active", "ready");
        },
        &[
            "[C-05] p1 'Plan DEMO-WP-0001' seen 7",
            "[C-04] p1 active seen 7 after 0",
            "base: plan active step 1",
        ],
    );
    plans(|s| s.rows.workplans[0].title = "Old".into(), &[]);
}

#[test]
fn what_is_nobodys_is_adopted_retitled_and_moved_on_in_one_run() {
    plans(
        |s| {
            s.rows.workplans[0].repository = None;
            s.rows.workplans[0].title = "Old".into();
            let id = FileId::new("DEMO-WP-0001");
            s.bases.titles.insert(id, "Old".into());
            s.plan_is("active", "ready");
        },
        &[
            "[C-09] p1 to demo as DEMO-WP-0001 seen 7",
            "[C-05] p1 'Plan DEMO-WP-0001' seen 7 after 0",
            "[C-04] p1 active seen 7 after 1",
            "base: plan active step 2",
        ],
    );
}

#[test]
fn closed_tasks_close_both_sides_of_the_workplan() {
    plans(
        |s| {
            s.task_is(0, "done", "done");
            s.task_is(1, "done", "done");
        },
        &[
            "[C-15] p1 finished seen 7",
            "[C-15] file: DEMO-WP-0001 active → finished after 0",
            "base: plan finished step 0 edit 0",
            "base: T01 done",
            "base: T02 done",
        ],
    );
    // One write mends two findings where the statuses differ as well.
    plans(
        |s| {
            s.task_is(0, "done", "done");
            s.task_is(1, "done", "done");
            s.plan_is("ready", "active");
        },
        &[
            "[C-15 C-04] p1 finished seen 7",
            "[C-15] file: DEMO-WP-0001 ready → finished after 0",
            "base: plan finished step 0 edit 0",
            "base: T01 done",
            "base: T02 done",
        ],
    );
}

#[test]
fn a_workplan_is_not_closed_before_the_hub_has_its_tasks_closed() {
    let plan = plans(
        |s| {
            s.task_is(0, "done", "todo");
            s.task_is(1, "done", "done");
            s.plan_is("active", "ready");
        },
        &[
            "[C-04] p1 active seen 7",
            "[C-11] t1 done seen 7",
            "base: plan active step 0",
            "base: T01 done step 1",
            "base: T02 done",
        ],
    );
    assert!(plan.unfinished);
    // A block whose row cannot be made now is not closed there either.
    let plan = plans(
        |s| {
            s.task_is(0, "done", "done");
            s.task_is(1, "done", "done");
            s.file().tasks[1].hub_id = None;
            s.rows.tasks.pop();
            let path = s.file().path.clone();
            s.git.dirty.insert(path);
        },
        &["base: T01 done"],
    );
    assert!(plan.unfinished);
}

#[test]
fn a_reopening_lowers_both_sides_and_counts_in_the_hub() {
    plans(
        |s| {
            s.task_is(0, "done", "done");
            s.reopen("T01");
        },
        &[
            "[C-11] t1 todo seen 7 reopen",
            "[C-11] file: T01 done → todo after 0",
            "base: T01 todo step 0 edit 0",
        ],
    );
    plans(
        |s| {
            s.task_is(0, "todo", "done");
            s.reopen("DEMO-WP-0001/T01");
        },
        &["[C-11] t1 todo seen 7 reopen", "base: T01 todo step 0"],
    );
    plans(
        |s| {
            s.task_is(0, "cancelled", "blocked");
            s.reopen("T01");
        },
        &[
            "[C-11] file: T01 cancelled → blocked",
            "base: T01 blocked edit 0",
        ],
    );
    plans(
        |s| {
            s.plan_is("archived", "finished");
            s.reopen("DEMO-WP-0001");
        },
        &[
            "[C-04] p1 active seen 7 reopen",
            "[C-04] file: DEMO-WP-0001 archived → active after 0",
            "base: plan active step 0 edit 0",
        ],
    );
    // What is open already is not lowered again.
    plans(|s| s.reopen("T01"), &[]);
}

#[test]
fn a_stale_checkout_follows_a_reopening_made_elsewhere() {
    plans(
        |s| {
            s.task_is(0, "done", "todo");
            s.rows.tasks[0].state.reopens = 2;
            s.task_was("T01", TaskStatus::Done, 1);
        },
        &[
            "[C-13] file: T01 done → todo",
            "base: T01 todo reopened 2 edit 0",
        ],
    );
    plans(
        |s| {
            s.plan_is("finished", "active");
            s.rows.workplans[0].state.reopens = 1;
            s.plan_was(WorkplanStatus::Finished, 0);
        },
        &[
            "[C-04] file: DEMO-WP-0001 finished → active",
            "base: plan active reopened 1 edit 0",
        ],
    );
}
