use sync_core::status::{TaskStatus, WorkplanStatus};

use super::*;

fn read(text: &str) -> Reading {
    read_workplan("workplans/a.md", false, text.as_bytes())
}

fn workplan(text: &str) -> Workplan {
    let reading = read(text);
    assert_eq!(reading.unreadable, []);
    reading.workplan.expect("a workplan")
}

/// Line, id, reason, and whether the whole file is left out.
type Fault = (Option<u32>, Option<String>, String, bool);

/// Whether anything is read of a file, and what is left out of it.
fn faults(text: &str) -> (bool, Vec<Fault>) {
    let reading = read(text);
    let faults = reading.unreadable.into_iter().map(|fault| {
        let id = fault.id.map(|id| id.to_string());
        (fault.line, id, fault.reason, fault.whole_file)
    });
    (reading.workplan.is_some(), faults.collect())
}

#[test]
fn a_workplan_is_read_with_its_lines() {
    let text = "---\nid: DEMO-WP-0001\ntype: workplan\ntitle: \"Example plan\"\nstatus: active\n\
                state_hub_workstream_id: \"u-1\"\n---\n# Example\n## T01 - First step\n\n```task\n\
                id: DEMO-WP-0001-T01\nstatus: wait\npriority: high\nstate_hub_task_id: \"u-2\"\n```\n";
    for text in [
        text.to_owned(),
        format!("\u{feff}{}", text.replace('\n', "\r\n")),
    ] {
        let read = workplan(&text);
        assert_eq!(
            (read.id.as_str(), read.title.as_str()),
            ("DEMO-WP-0001", "Example plan")
        );
        assert_eq!(read.status.unwrap().known(), Some(WorkplanStatus::Active));
        assert_eq!((read.status_line, read.hub_id_line), (5, 6));
        assert_eq!(read.hub_id, Some(HubId::new("u-1")));
        let [task] = &read.tasks[..] else { panic!() };
        assert_eq!(
            (task.id.as_str(), task.title.as_str()),
            ("DEMO-WP-0001-T01", "T01 - First step")
        );
        assert_eq!(
            task.status.as_ref().unwrap().known(),
            Some(TaskStatus::Blocked)
        );
        assert_eq!(task.priority.as_deref(), Some("high"));
        assert_eq!(task.hub_id, Some(HubId::new("u-2")));
        assert_eq!((task.line, task.status_line), (11, 13));
    }
}

#[test]
fn missing_empty_null_and_tilde_hub_ids_are_alike() {
    for id in [
        "",
        "state_hub_task_id:\n",
        "state_hub_task_id: # none yet\n",
        "state_hub_task_id: ~ # x\n",
        "state_hub_task_id: null\n",
        "state_hub_task_id: \"\"\n",
        "state_hub_task_id: '~'\n",
    ] {
        let read = workplan(&format!("---\nid: A\n---\n```task\n{id}id: T01\n```\n"));
        assert_eq!(read.tasks[0].hub_id, None, "{id:?}");
        assert_eq!(read.tasks[0].id.as_str(), "T01");
        assert_eq!(read.tasks[0].status, None);
    }
}

#[test]
fn titles_fall_back_to_heading_and_id() {
    assert_eq!(workplan("---\nid: A\n---\n# Head\n").title, "Head");
    assert_eq!(workplan("---\nid: A\n---\n").title, "A");
    assert_eq!(
        workplan("---\nid: A\n---\n```task\nid: T\n```\n").tasks[0].title,
        "T"
    );
}

#[test]
fn a_block_indented_with_its_fence_is_read() {
    let read = workplan("---\nid: A\n---\n  ```task\n  id: T\n  status: done\n  ```\n");
    assert_eq!(
        (read.tasks[0].id.as_str(), read.tasks[0].status_line),
        ("T", 6)
    );
}

#[test]
fn other_files_are_no_workplans_and_no_errors() {
    for text in [
        "",
        "# Notes\n",
        "```task\nid: x\n```\n",
        "---\ntype: note\nid: N\n---\n",
        "---\na: b\n---\n",
        "---\nid: ~\n---\n",
        "---\n---\n",
    ] {
        assert_eq!(read(text), Reading::default(), "{text:?}");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_left_out_whole() {
    for (text, line, reason) in [
        ("---\nid: [\n---\n", 2, "its front matter cannot be read: "),
        (
            "---\nid: A\nid: B\n---\n",
            2,
            "its front matter cannot be read: ",
        ),
        (
            "---\nid: A\n",
            1,
            "its front matter is never closed by a line `---`",
        ),
        (
            "---\ntype: workplan\n---\n",
            1,
            "its front matter has no id",
        ),
        (
            "<<<<<<< a\n---\nid: A\n=======\n---\n>>>>>>> b\n",
            1,
            "it holds the markers of an unfinished merge",
        ),
        ("---\nid: A\n---\n\0", 4, "it holds a NUL byte"),
    ] {
        let (read, found) = faults(text);
        assert!(!read, "{text:?}");
        let [(Some(at), None, said, true)] = &found[..] else {
            panic!("{found:?}")
        };
        assert!(
            *at == line && said.starts_with(reason),
            "{text:?}: {found:?}"
        );
    }
    let latin = read_workplan("a.md", false, b"---\nid: A\n---\n\nf\xfcr\n");
    assert_eq!(latin.unreadable[0].reason, "it is not UTF-8");
    assert_eq!((latin.unreadable[0].line, latin.workplan), (Some(5), None));
}

#[test]
fn one_bad_block_never_hides_the_others() {
    let text = "---\nid: A\n---\n```task\nstatus: done\n```\n```task\nid: T1\nstatus: [\n```\n\
                ```task\nid: T2\n```\n```task\nid: T3\n";
    let (read_some, found) = faults(text);
    assert!(read_some);
    let found: Vec<_> = found
        .iter()
        .map(|(line, id, reason, whole)| {
            (
                line.unwrap(),
                id.as_deref(),
                reason.split(':').next().unwrap(),
                *whole,
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            (4, None, "the task block has no id", false),
            (9, Some("T1"), "the task block cannot be read", false),
            (14, Some("T3"), "the task block is never closed", false),
        ]
    );
    let tasks = read(text).workplan.unwrap().tasks;
    assert_eq!(
        tasks
            .iter()
            .map(|task| task.id.as_str())
            .collect::<Vec<_>>(),
        ["T2"]
    );
}

#[test]
fn an_unclosed_fence_over_tasks_is_told() {
    let (_, found) = faults("---\nid: A\n---\n````\n```task\nid: T\n```\n");
    assert_eq!(found[0].0, Some(4));
    assert!(found[0].2.contains("hides task blocks"));
}
