//! C-01, C-02, C-14, C-17.

use super::{finds, message};
use crate::ids::FileId;
use crate::snapshot::scene::PATH;
use crate::snapshot::{Snapshot, Upstream};
use crate::status::Word;
use crate::workplan::Unreadable;

fn unreadable(id: Option<&str>, whole_file: bool) -> Unreadable {
    Unreadable {
        path: PATH.into(),
        line: Some(9),
        id: id.map(FileId::new),
        reason: "the fence is not closed".into(),
        whole_file,
    }
}

fn tracked(ahead: u32, behind: u32) -> impl FnOnce(&mut Snapshot) {
    move |s| s.git.upstream = Upstream::Tracked { ahead, behind }
}

#[test]
fn c_01_is_a_missing_folder_with_what_the_hub_has() {
    let found = finds(|s| s.files = None, &["C-01 WARN -"]);
    assert_eq!(
        message(&found),
        "there is no workplans/ folder, and the hub has 1 open workplan of this repository"
    );
    let found = finds(
        |s| {
            s.files = None;
            s.rows.workplans[0].status = Word::read("finished");
        },
        &["C-01 WARN -"],
    );
    assert_eq!(message(&found), "there is no workplans/ folder");
    // An empty folder is there.
    finds(
        |s| {
            s.files = Some(alloc::vec![]);
            s.rows.workplans[0].status = Word::read("finished");
        },
        &["C-08 INFO DEMO-WP-0001"],
    );
}

#[test]
fn c_02_names_the_block_and_takes_nothing_else_with_it() {
    let found = finds(
        |s| {
            s.file().tasks.pop();
            s.unreadable.push(unreadable(Some("T02"), false));
        },
        &["C-02 FAIL:9 T02"],
    );
    assert_eq!(
        message(&found),
        "a task block is left out: the fence is not closed"
    );
    // Whose the block is cannot be known, so of no row it is said that it has none.
    finds(
        |s| {
            s.file().tasks.pop();
            s.unreadable.push(unreadable(None, false));
        },
        &["C-02 FAIL:9 -"],
    );
    // Another block's row still lacks its own.
    finds(
        |s| {
            s.file().tasks.clear();
            s.unreadable.push(unreadable(Some("T02"), false));
        },
        &["C-02 FAIL:9 T02", "C-12 WARN T01"],
    );
}

#[test]
fn a_file_that_cannot_be_read_is_not_missing() {
    for id in [None, Some("DEMO-WP-0001")] {
        let found = finds(
            |s| {
                s.files().clear();
                s.unreadable.push(unreadable(id, true));
            },
            &[&alloc::format!("C-02 FAIL:9 {}", id.unwrap_or("-"))],
        );
        assert_eq!(
            message(&found),
            "the file is left out: the fence is not closed"
        );
    }
}

#[test]
fn c_14_is_told_and_in_a_fix_warned_of() {
    let found = finds(tracked(0, 2), &["C-14 INFO -"]);
    let text =
        "Repo 'demo' is behind remote — pull before fixing to avoid clobbering remote progress";
    assert_eq!(message(&found), text);
    assert_eq!(
        found[0].hint().unwrap(),
        "git pull --ff-only, or run with --pull"
    );
    let found = finds(
        |s| {
            tracked(3, 2)(s);
            s.mode.fix = true;
        },
        &["C-14 WARN -"],
    );
    assert_eq!(message(&found), text);
    assert!(found[0].hint().unwrap().starts_with("merge or rebase"));
}

#[test]
fn ahead_only_is_not_behind() {
    finds(tracked(500, 0), &[]);
    finds(|s| s.git.upstream = Upstream::Unreachable, &[]);
}

#[test]
fn c_14_is_told_of_a_file_that_is_to_be_written() {
    let dirty = |s: &mut Snapshot| s.git.dirty.extend([PATH.into()]);
    // Nothing to write: nothing in the way.
    finds(dirty, &[]);
    finds(
        |s| {
            dirty(s);
            s.task_is(0, "done", "todo");
        },
        &["C-11 WARN:1812 T01 fix"],
    );
    let found = finds(
        |s| {
            dirty(s);
            s.task_is(0, "todo", "done");
            s.mode.fix = true;
        },
        &["C-13 WARN:1812 T01 fix", "C-14 WARN -"],
    );
    assert_eq!(
        found[1].message(),
        "workplan has uncommitted changes — skipping writeback"
    );
    assert_eq!(found[1].path.as_deref(), Some(PATH));
    // One reason is enough, and none is needed where statuses are not written.
    finds(
        |s| {
            dirty(s);
            s.task_is(0, "todo", "done");
            s.git.upstream = Upstream::Tracked {
                ahead: 0,
                behind: 1,
            };
        },
        &["C-13 WARN:1812 T01 fix", "C-14 INFO -"],
    );
    finds(
        |s| {
            dirty(s);
            s.task_is(0, "todo", "done");
            s.mode.writeback = false;
        },
        &["C-13 WARN:1812 T01 fix"],
    );
    // Ids are written all the same.
    finds(
        |s| {
            dirty(s);
            s.file().tasks[0].hub_id = None;
            s.mode.writeback = false;
        },
        &["C-10 WARN:1810 T01 fix", "C-14 INFO -"],
    );
}

#[test]
fn c_14_names_what_git_is_in_the_middle_of() {
    let found = finds(
        |s| {
            s.git.obstruction = Some("a rebase".into());
            s.task_is(0, "todo", "done");
        },
        &["C-13 WARN:1812 T01 fix", "C-14 INFO -"],
    );
    assert_eq!(
        found[1].message(),
        "the repository is in a rebase — skipping writeback"
    );
}

#[test]
fn c_17_counts_and_warns_above_ten() {
    finds(|s| s.git.unpushed = 0, &[]);
    let found = finds(|s| s.git.unpushed = 1, &["C-17 INFO -"]);
    assert_eq!(message(&found), "1 commit of fix-consistency is not pushed");
    finds(|s| s.git.unpushed = 10, &["C-17 INFO -"]);
    let found = finds(|s| s.git.unpushed = 11, &["C-17 WARN -"]);
    assert_eq!(
        message(&found),
        "11 commits of fix-consistency are not pushed"
    );
}
