//! Any bytes are a tasks file: it is read without a panic, a line is one task at most, and what
//! tasks a file holds does not hang on the headings and fences between them.

#![no_main]

use libfuzzer_sys::fuzz_target;
use openspec_model::{Task, read_tasks};

fuzz_target!(|content: &[u8]| {
    let tasks: Vec<Task> = all_tasks(content);
    assert!(tasks.len() <= content.split(|byte| *byte == b'\n').count());

    let line_by_line: Vec<Task> = content
        .split(|byte| *byte == b'\n')
        .flat_map(all_tasks)
        .collect();
    assert_eq!(tasks, line_by_line);

    for task in &tasks {
        assert!(!task.text.contains(['\n', '\r', '\u{2028}', '\u{2029}']));
        // What is left of a task does not change when it is written down again.
        let again = all_tasks(
            format!("- [{}] {}", if task.done { 'x' } else { ' ' }, task.text).as_bytes(),
        );
        assert_eq!(again.as_slice(), std::slice::from_ref(task));
    }
});

fn all_tasks(content: &[u8]) -> Vec<Task> {
    let sections = read_tasks(content);
    assert!(sections.iter().all(|section| !section.tasks.is_empty()));
    sections
        .into_iter()
        .flat_map(|section| section.tasks)
        .collect()
}
