//! Tasks in the groups people see: one for each `##` heading of a tasks file.

use crate::markdown::{BYTE_ORDER_MARK, Fences, heading, may_be_fence};
use crate::task::{Task, task_line};
use crate::text::{is_space, lossy, trim};

/// The tasks below one `##` heading of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskSection {
    /// The heading's text; `None` for tasks before the first one.
    pub title: Option<String>,
    /// At least one task, in the order of the file.
    pub tasks: Vec<Task>,
}

/// Reads every task of a tasks file. Groups without a task are left out.
///
/// A task line counts wherever it stands, as for the CLI; a heading in a code fence is none.
pub fn read_tasks(content: &[u8]) -> Vec<TaskSection> {
    sections_up_to(content, usize::MAX).0
}

/// As [`read_tasks`], but keeps no more than `most` tasks; tells how many there are.
pub(crate) fn sections_up_to(content: &[u8], most: usize) -> (Vec<TaskSection>, usize) {
    let mut count = 0;
    let mut sections: Vec<TaskSection> = Vec::new();
    let mut title = None;
    let mut begun = false;
    let mut fence = Fences::default();
    for (number, line) in lossy(content).split('\n').enumerate() {
        if may_be_fence(line) {
            fence.holds(line);
        }
        if let Some(task) = task_line(line) {
            count += 1;
            if count > most {
                continue;
            }
            if !begun {
                sections.push(TaskSection {
                    title: title.clone(),
                    tasks: Vec::new(),
                });
                begun = true;
            }
            if let Some(section) = sections.last_mut() {
                section.tasks.push(task);
            }
        } else if !fence.is_open()
            && let Some(found) = section_title(line, number == 0)
        {
            title = Some(found);
            begun = false;
        }
    }
    (sections, count)
}

fn section_title(line: &str, first: bool) -> Option<String> {
    let line = line
        .strip_prefix(BYTE_ORDER_MARK)
        .filter(|_| first)
        .unwrap_or(line);
    let (level, title) = if line.starts_with("##") {
        heading(trim(line))
    } else {
        None
    }?;
    // Markdown lets a heading end with as many `#` as it likes, after a blank.
    let bare = title.trim_end_matches('#');
    let title = if bare.ends_with(is_space) {
        trim(bare)
    } else {
        title
    };
    (level == 2 && !title.is_empty()).then(|| title.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(Option<String>, Vec<String>)> {
        let texts = |tasks: Vec<Task>| tasks.into_iter().map(|task| task.text).collect();
        read_tasks(text.as_bytes())
            .into_iter()
            .map(|section| (section.title, texts(section.tasks)))
            .collect()
    }

    fn group(title: Option<&str>, tasks: &[&str]) -> (Option<String>, Vec<String>) {
        (
            title.map(str::to_owned),
            tasks.iter().map(|task| (*task).to_owned()).collect(),
        )
    }

    #[test]
    fn one_group_for_each_heading_with_tasks() {
        let text = "# Tasks\n- [ ] early\n## 1. Server\n- [x] a\n### detail\n  - [ ] b\n\
                    ## Empty\n## C# and F# ##\n- [ ] c\n";
        assert_eq!(
            read(text),
            [
                group(None, &["early"]),
                group(Some("1. Server"), &["a", "b"]),
                group(Some("C# and F#"), &["c"]),
            ]
        );
    }

    #[test]
    fn a_heading_in_a_fence_is_none_and_a_task_there_is_one() {
        let text = "## One\n```md\n## Two\n- [ ] a\n```\n- [ ] b\n## Three\n- [ ] c\n";
        assert_eq!(
            read(text),
            [
                group(Some("One"), &["a", "b"]),
                group(Some("Three"), &["c"])
            ]
        );
    }

    #[test]
    fn windows_files() {
        let text = "\u{feff}## One\r\n- [x] a\r\n## Two ##\r\n- [ ] b\r\n";
        assert_eq!(
            read(text),
            [group(Some("One"), &["a"]), group(Some("Two"), &["b"])]
        );
    }
}
