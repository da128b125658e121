//! C-18, and that no check looks at everything for everything.

use super::{finds, message, short};
use crate::check::check;
use crate::ids::{FileId, HubId, Slug};
use crate::snapshot::Snapshot;
use crate::snapshot::scene::{PATH, block, plan_row, scene, task_row, workplan};
use alloc::format;
use alloc::string::ToString;
use alloc::vec;

const OTHER: &str = "workplans/other.md";

#[test]
fn c_18_names_the_other_file_of_a_workplan() {
    let found = finds(
        |s| {
            let copy = workplan("DEMO-WP-0001", OTHER, "active", "", vec![]);
            s.files().push(copy);
        },
        &[
            "C-18 FAIL:1 DEMO-WP-0001",
            "C-18 FAIL:1 DEMO-WP-0001",
            "C-06 WARN:6 DEMO-WP-0001",
        ],
    );
    let text = format!("the workplan id DEMO-WP-0001 is also used in {OTHER}:1");
    assert_eq!(message(&found), text);
    let text = format!("the workplan id DEMO-WP-0001 is also used in {PATH}:1");
    assert_eq!(found[1].message(), text);
}

#[test]
fn c_18_names_the_other_repository_of_a_workplan() {
    let elsewhere = |owner: Option<&str>| {
        let mut row = plan_row("x1", "DEMO-WP-0001", "active");
        row.repository = owner.map(Slug::new);
        move |s: &mut Snapshot| s.elsewhere.workplans.push(row)
    };
    let found = finds(elsewhere(Some("shop")), &["C-18 FAIL:1 DEMO-WP-0001"]);
    assert_eq!(
        message(&found),
        "the workplan id DEMO-WP-0001 is also used in the repository shop"
    );
    finds(elsewhere(None), &[]);
}

#[test]
fn c_18_of_a_task_is_asked_in_its_file_and_of_full_ids_in_all() {
    let found = finds(
        |s| {
            let mut again = block("T01", "todo", "");
            again.line = 99;
            s.file().tasks.push(again);
        },
        &["C-18 FAIL:99 T01", "C-18 FAIL:1810 T01", "C-10 WARN:99 T01"],
    );
    assert_eq!(
        message(&found),
        format!("the task id T01 is also used in {PATH}:1810")
    );
    // Short ids are each workplan's own.
    let another = |task: &'static str| {
        move |s: &mut Snapshot| {
            let tasks = vec![block(task, "todo", "t9")];
            s.files()
                .push(workplan("DEMO-WP-0002", OTHER, "active", "p2", tasks));
            s.rows
                .workplans
                .push(plan_row("p2", "DEMO-WP-0002", "active"));
            s.rows.tasks.push(task_row("t9", "p2", task, "todo"));
        }
    };
    finds(another("T01"), &[]);
    let full = |s: &mut Snapshot| {
        s.file().tasks[0].id = FileId::new("DEMO-WP-0001-T01");
        s.file().tasks[0].line = 20;
    };
    finds(
        |s| {
            another("DEMO-WP-0001-T01")(s);
            full(s);
        },
        &[
            "C-18 FAIL:20 DEMO-WP-0001-T01",
            "C-18 FAIL:9690 DEMO-WP-0001-T01",
        ],
    );
}

#[test]
fn c_18_of_a_row_that_two_files_name() {
    let found = finds(
        |s| {
            let tasks = vec![block("T05", "todo", "t1")];
            s.files()
                .push(workplan("DEMO-WP-0002", OTHER, "finished", "p1", tasks));
        },
        &[
            "C-18 FAIL:6 DEMO-WP-0001",
            "C-18 FAIL:1810 T01",
            "C-18 FAIL:6 DEMO-WP-0002",
            "C-18 FAIL:1850 T05",
            "C-20 WARN:5 DEMO-WP-0002",
        ],
    );
    assert_eq!(
        message(&found),
        format!("the hub id p1 is also used in {OTHER}:6")
    );
    // A row that bears the id of the one and is named by the other.
    finds(
        |s| {
            s.file().tasks[0].hub_id = Some(HubId::new("t2"));
            s.file().tasks[1].hub_id = None;
        },
        &[
            "C-18 FAIL:1810 T01",
            "C-18 FAIL:1820 T02",
            "C-10 WARN:1820 T02",
            "C-12 WARN T01",
        ],
    );
    // One that nobody has been given yet is given to nobody.
    finds(
        |s| {
            s.rows.workplans[0].repository = None;
            s.files()
                .push(workplan("DEMO-WP-0002", OTHER, "active", "p1", vec![]));
        },
        &["C-18 FAIL:6 DEMO-WP-0001", "C-18 FAIL:6 DEMO-WP-0002"],
    );
}

#[test]
fn c_18_of_several_rows_with_the_id_of_one_file() {
    let found = finds(
        |s| {
            s.rows
                .workplans
                .push(plan_row("p7", "DEMO-WP-0001", "active"));
            s.file().hub_id = None;
            s.file().tasks.clear();
        },
        &["C-18 FAIL:6 DEMO-WP-0001", "C-06 WARN:6 DEMO-WP-0001"],
    );
    assert_eq!(
        message(&found),
        "the workplan id DEMO-WP-0001 is also used in the row p1, the row p7"
    );
    let found = finds(
        |s| {
            s.rows.tasks.push(task_row("t7", "p1", "T01", "todo"));
            s.file().tasks[0].hub_id = None;
        },
        &["C-18 FAIL:1810 T01", "C-10 WARN:1810 T01"],
    );
    assert_eq!(
        message(&found),
        "the task id T01 is also used in the row t1, the row t7"
    );
}

#[test]
fn of_many_places_a_few_are_named() {
    let mut snapshot = scene();
    for n in 0..50 {
        let copy = workplan(
            "DEMO-WP-0001",
            &format!("workplans/{n}.md"),
            "active",
            "",
            vec![],
        );
        snapshot.files().push(copy);
    }
    let findings = check(&snapshot);
    let twice = findings
        .iter()
        .filter(|finding| finding.code().to_string() == "C-18");
    assert_eq!(twice.count(), 51);
    assert!(
        findings[0].message().ends_with(", 47 more places"),
        "{}",
        findings[0].message()
    );
}

/// A quadratic look at 30 000 files with equal short ids, of which each is in another repository too,
/// would take minutes.
#[test]
fn a_check_looks_at_everything_a_few_times_only() {
    let mut snapshot = scene();
    for n in 0..30_000 {
        let (id, path) = (format!("DEMO-WP-1{n}"), format!("workplans/{n}.md"));
        let tasks = vec![block("T01", "todo", ""), block("T02", "todo", "elsewhere")];
        snapshot
            .files()
            .push(workplan(&id, &path, "active", "", tasks));
        let mut row = plan_row(&format!("x{n}"), &id, "active");
        row.repository = Some(Slug::new("shop"));
        snapshot.elsewhere.workplans.push(row);
        snapshot.unreadable.push(crate::workplan::Unreadable {
            path,
            line: None,
            id: Some(FileId::new("T09")),
            reason: "no".into(),
            whole_file: false,
        });
    }
    snapshot
        .elsewhere
        .tasks
        .push(task_row("elsewhere", "x1", "T02", "todo"));
    let findings = check(&snapshot);
    assert!(findings.len() > 120_000, "{:?}", short(&findings[..3]));
}
