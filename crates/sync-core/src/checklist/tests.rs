use super::*;
use crate::board::Position;
use crate::ids::{TaskId, TaskListId};
use alloc::format;

fn list(id: usize, name: &str, tasks: &[&str]) -> TaskList {
    let tasks = tasks.iter().enumerate().map(|(n, name)| Task {
        id: TaskId::new(format!("{}", id * 100 + n)),
        name: (*name).into(),
        position: Position(f64::from(u32::try_from(n).unwrap() + 1) * Position::GAP),
        done: false,
    });
    TaskList {
        id: TaskListId::new(format!("{id}")),
        name: name.into(),
        position: Position(1.0),
        tasks: tasks.collect(),
    }
}

fn want(name: &str, tasks: &[&str]) -> WantedList {
    let tasks = tasks.iter().map(|name| WantedTask {
        name: (*name).into(),
        done: false,
    });
    WantedList {
        name: name.into(),
        tasks: tasks.collect(),
    }
}

/// Matches when all that `before` names is ours.
fn matched(wanted: &[WantedList], lists: &[TaskList], before: &[WantedList]) -> Matched {
    let nothing = match_up(before, &[], &Ours::default());
    let ours = Ours::of(lists, &claims(before, &nothing, &[], &Ours::default()));
    match_up(wanted, lists, &ours)
}

#[test]
fn a_reworded_task_is_found_by_its_number() {
    let lists = [list(1, "1. Setup", &["1.1 Add", "1.2 Test"])];
    let before = [want("1. Setup", &["1.1 Add", "1.2 Test"])];
    let found = matched(
        &[want("1. Set-up", &["1.1 Add it", "1.2 Test"])],
        &lists,
        &before,
    );
    assert_eq!(found.lists, [Some(0)]);
    assert_eq!(found.tasks, [[Some((0, 0)), Some((0, 1))]]);
}

#[test]
fn a_renumbered_task_is_found_by_its_words() {
    let lists = [list(1, "A", &["1.1 Add", "1.2 Test"])];
    let before = [want("A", &["1.1 Add", "1.2 Test"])];
    let found = matched(
        &[want("A", &["1.1 New", "1.2 Add", "1.3 Test"])],
        &lists,
        &before,
    );
    assert_eq!(found.tasks, [[None, Some((0, 0)), Some((0, 1))]]);
}

#[test]
fn a_task_follows_to_another_section() {
    let lists = [list(1, "A", &["x", "y"]), list(2, "B", &[])];
    let before = [want("A", &["x", "y"]), want("B", &[])];
    let found = matched(&[want("A", &["x"]), want("B", &["y"])], &lists, &before);
    assert_eq!(found.tasks, [[Some((0, 0))], [Some((0, 1))]]);
}

#[test]
fn peoples_tasks_are_matched_by_whole_text_only() {
    let lists = [list(1, "A", &["1.1 Add", "1.2 Ours"])];
    let before = [want("A", &["1.2 Ours"])];
    let found = matched(&[want("A", &["1.1 Add more"])], &lists, &before);
    assert_eq!(found.tasks, [[None]]);
    let found = matched(&[want("A", &["1.1 Add"])], &lists, &before);
    assert_eq!(found.tasks, [[Some((0, 0))]]);
}

#[test]
fn of_equal_tasks_the_oldest_are_ours() {
    let lists = [list(1, "A", &["x", "x"])];
    let ours = Ours::of(&lists, &[Fingerprint::of_task("A", "x")]);
    assert_eq!(ours.tasks, [[true, false]]);
    assert_eq!(ours.lists, [false]);
}

#[test]
fn sections_become_task_lists_or_one() {
    let task = |text: &str| crate::desired::DesiredTask {
        text: text.into(),
        done: true,
    };
    let section = |title: &str, tasks: &[&str]| Section {
        title: title.into(),
        tasks: tasks.iter().map(|text| task(text)).collect(),
    };
    let card = DesiredCard {
        stage: crate::stage::Stage::Review,
        why: None,
        sections: vec![
            section("", &["a"]),
            section("B", &["b", " "]),
            section("C", &[]),
        ],
    };
    let mut features = Features {
        task_lists: true,
        shelves: false,
        name_limit: None,
        title_limit: None,
    };
    let names = |lists: Vec<WantedList>| -> Vec<(String, usize)> {
        lists
            .into_iter()
            .map(|list| (list.name, list.tasks.len()))
            .collect()
    };
    assert_eq!(
        names(wanted(&card, &features)),
        [("Tasks".into(), 1), ("B".into(), 1)]
    );
    let twice = DesiredCard {
        sections: vec![
            section("B", &["a"]),
            section("B", &["b"]),
            section("B", &["c"]),
        ],
        ..card.clone()
    };
    let numbered = [("B".into(), 1), ("B (2)".into(), 1), ("B (3)".into(), 1)];
    assert_eq!(names(wanted(&twice, &features)), numbered);
    features.task_lists = false;
    assert_eq!(names(wanted(&card, &features)), [(String::new(), 2)]);
}
