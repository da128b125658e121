use super::*;
use crate::edit::{Change, NewValue, edit};
use sync_core::fix::Target;
use sync_core::ids::{FileId, HubId};

const PLAN: &str = "workplans/a.md";

fn ours(path: &str, before: &[&str], after: &[&str]) -> bool {
    let lines = |lines: &[&str]| lines.iter().map(|line| line.as_bytes().to_vec()).collect();
    is_ours(&Replaced {
        path: path.to_owned(),
        before: lines(before),
        after: lines(after),
    })
}

#[test]
fn what_an_edit_of_ours_makes_is_ours() {
    for (status, id) in [
        ("status: todo\n", ""),
        ("status: 'todo'   # soon\r\n", "state_hub_task_id:\r\n"),
        ("  status: \"wait\"\n", "  state_hub_task_id: ~ # none\n"),
    ] {
        let indent = if status.starts_with(' ') { "  " } else { "" };
        let file = format!("---\nid: A\n---\n```task\n{indent}id: T1\n{status}{id}```\n");
        let task = || Target::Task(FileId::new("T1"));
        for value in [
            NewValue::Status("done".into()),
            NewValue::HubId(HubId::new("row-1")),
        ] {
            let target = task();
            let edited = edit(file.as_bytes(), &[Change { target, value }]).unwrap();
            let edited = String::from_utf8(edited).unwrap();
            let lines = |text: &str| -> Vec<String> {
                text.split_inclusive('\n').map(str::to_owned).collect()
            };
            let (before, after) = (lines(&file), lines(&edited));
            let only = |these: &[String], those: &[String]| -> Vec<Vec<u8>> {
                let new = these.iter().filter(|line| !those.contains(line));
                new.map(|line| line.clone().into_bytes()).collect()
            };
            let change = Replaced {
                path: PLAN.to_owned(),
                before: only(&before, &after),
                after: only(&after, &before),
            };
            assert!(!change.after.is_empty() && is_ours(&change), "{change:?}");
        }
    }
    let (before, after) = (
        ["status: todo\n", "state_hub_task_id: null\n"],
        ["status: done\n", "state_hub_task_id: \"x\"\n"],
    );
    assert!(ours(PLAN, &before, &after));
    assert!(ours("workplans/archived/a.md", &before, &after));
}

#[test]
fn what_a_person_changes_is_not() {
    for (before, after) in [
        (&["status: todo\n"][..], &["status: done # by me\n"][..]),
        (&["status: todo # why\n"], &["status: done\n"]),
        (&["status: todo\n"], &["status: stalled\n"]),
        (&["status: todo\n"], &["status: cancel\n"]),
        (&["status: todo\n"], &["  status: done\n"]),
        (&["status: todo\n"], &["status: done"]),
        (&["status: todo\n"], &["status: done\r\n"]),
        (&["status: todo\n"], &["status: done\n", "more\n"]),
        (&["status: todo\n", "less\n"], &["status: done\n"]),
        (&["status: todo\n"], &[]),
        (&[], &["status: todo\n"]),
        (&["state_hub_task_id: x\n"], &[]),
        (&["title: a\n"], &["title: b\n"]),
        (&["status: todo\n"], &["state_hub_task_id: \"x\"\n"]),
    ] {
        assert!(!ours(PLAN, before, after), "{before:?} {after:?}");
    }
    for path in ["a.md", "docs/workplans/a.md", "workplans-old/a.md"] {
        assert!(!ours(path, &["status: todo\n"], &["status: done\n"]));
    }
}
