//! What is not written, and why: behind, dirty, in the middle of something, no writeback.

use super::{planned, plans, short};
use crate::fix::FixPlan;
use crate::snapshot::scene::{PATH, scene};
use crate::snapshot::{Snapshot, Upstream};
use alloc::vec::Vec;

/// Something to do of every kind: a status for the hub, one for the file, an id, a title.
fn busy(s: &mut Snapshot) {
    s.mode.fix = true;
    s.task_is(0, "done", "todo");
    s.task_is(1, "todo", "in_progress");
    s.file().tasks[0].hub_id = None;
    s.rows.workplans[0].repository = None;
}

#[test]
fn nothing_at_all_is_planned_for_a_repository_that_is_behind() {
    for ahead in [0, 3] {
        let mut snapshot = scene();
        busy(&mut snapshot);
        snapshot.git.upstream = Upstream::Tracked { ahead, behind: 1 };
        assert_eq!(planned(&snapshot).0, FixPlan::default());
    }
}

#[test]
fn ahead_only_blocks_nothing() {
    let mut snapshot = scene();
    busy(&mut snapshot);
    let expected = planned(&snapshot).0;
    for upstream in [
        Upstream::Tracked {
            ahead: 9,
            behind: 0,
        },
        Upstream::Unreachable,
    ] {
        snapshot.git.upstream = upstream;
        assert_eq!(planned(&snapshot).0, expected);
    }
}

#[test]
fn a_file_that_cannot_be_committed_is_not_edited_and_the_hub_is_still_told() {
    let to_hub = [
        "[C-09] p1 to demo as DEMO-WP-0001 seen 7",
        "[C-11] t1 done seen 7",
        "base: T01 done step 1",
    ];
    let dirty = |s: &mut Snapshot| {
        busy(s);
        s.git.dirty.insert(PATH.into());
    };
    plans(dirty, &to_hub);
    plans(
        |s| {
            busy(s);
            s.git.obstruction = Some("a detached HEAD".into());
        },
        &to_hub,
    );
    // Another file's state is its own.
    let mut snapshot = scene();
    busy(&mut snapshot);
    let expected = planned(&snapshot);
    snapshot.git.dirty.insert("workplans/other.md".into());
    assert_eq!(planned(&snapshot), expected);
}

#[test]
fn no_row_is_made_whose_id_cannot_be_written() {
    plans(
        |s| {
            s.file().hub_id = None;
            s.file()
                .tasks
                .iter_mut()
                .for_each(|task| task.hub_id = None);
            s.rows = crate::hub::HubRows::default();
            s.git.dirty.insert(PATH.into());
        },
        &[],
    );
}

#[test]
fn without_writeback_ids_are_written_and_statuses_are_not() {
    let mut snapshot = scene();
    busy(&mut snapshot);
    snapshot.mode.writeback = false;
    let (plan, codes) = planned(&snapshot);
    let told: Vec<_> = short(&plan, &codes);
    assert_eq!(
        told,
        [
            "[C-09] p1 to demo as DEMO-WP-0001 seen 7",
            "[C-11] t1 done seen 7",
            "[C-10] file: T01 names t1",
            "base: plan active",
            "base: T01 done step 1",
        ]
    );
}

#[test]
fn a_status_that_cannot_be_written_back_is_not_remembered() {
    plans(
        |s| {
            s.task_is(0, "todo", "done");
            s.mode.writeback = false;
        },
        &[],
    );
    plans(
        |s| {
            s.task_is(0, "done", "done");
            s.reopen("T01");
            s.git.dirty.insert(PATH.into());
        },
        &["[C-11] t1 todo seen 7 reopen"],
    );
}
