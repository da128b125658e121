//! Task lists and their tasks.

use super::*;

#[test]
fn sections_are_task_lists_or_flat() {
    let wanted = sections(&[("A", &[("x", false)]), ("B", &[("y", true)])]);
    for (features, lists) in [(SHELVED, vec![("A", 1), ("B", 1)]), (FLAT, vec![("", 2)])] {
        let board = SimulatedBoard::new(features);
        Process::new(&board, &project(&[("add-x", wanted.clone())]), "first").sync();
        let cards = snapshot(&board).cards;
        let seen = cards[0]
            .task_lists
            .iter()
            .map(|list| (list.name.as_str(), list.tasks.len()));
        assert_eq!(seen.collect::<Vec<_>>(), lists);
    }
}

#[test]
fn tasks_are_renamed_reordered_and_removed_but_not_replaced() {
    let (board, mut project) = synced(SHELVED);
    let before = snapshot(&board).cards[0].task_lists[0].tasks.clone();
    project.desired.cards = BTreeMap::from([(
        name("add-x"),
        card(&[("1.1 Test", true), ("1.2 Add it", false)]),
    )]);
    Process::new(&board, &project, "second").sync();
    let mut after = snapshot(&board).cards[0].task_lists[0].tasks.clone();
    after.sort_by_key(|task| task.position);
    let seen: Vec<_> = after
        .iter()
        .map(|task| (task.name.as_str(), &task.id))
        .collect();
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[0], ("1.1 Test", &before[1].id));
    project.desired.cards = BTreeMap::from([(name("add-x"), card(&[("1.2 Add it", false)]))]);
    assert_eq!(
        actions(&plan(&board, &project))[1..],
        ["delete task 1.1 Test"]
    );
}

#[test]
fn peoples_tasks_and_lists_are_never_deleted() {
    let (board, mut project) = synced(SHELVED);
    let mine = |id: &str, name: &str| Task {
        id: TaskId::new(id),
        name: name.into(),
        position: Position(9.0),
        done: false,
    };
    edit_card(&board, |card| {
        // A copy of ours, a task of their own, and an older one of the same text in their own list.
        card.task_lists[0].tasks.push(mine("9990", "1.1 Add"));
        card.task_lists[0].tasks.push(mine("9991", "mine"));
        card.task_lists.push(TaskList {
            id: TaskListId::new("0"),
            name: "mine".into(),
            position: Position(1.0),
            tasks: vec![mine("1", "1.2 Test")],
        });
    });
    assert!(plan(&board, &project).is_empty());
    project.desired.cards = BTreeMap::from([(name("add-x"), card(&[]))]);
    Process::new(&board, &project, "second").sync();
    let left = snapshot(&board).cards[0].task_lists.clone();
    let names = left
        .iter()
        .map(|list| list.tasks.iter().map(|t| t.id.as_str()).collect::<Vec<_>>());
    assert_eq!(names.collect::<Vec<_>>(), [vec!["9990", "9991"], vec!["1"]]);
}

#[test]
fn a_list_of_ours_goes_with_its_last_task() {
    let (board, mut project) = synced(SHELVED);
    project.desired.cards = BTreeMap::from([(name("add-x"), card(&[]))]);
    let plan = plan(&board, &project);
    let expected = [
        "update card text",
        "delete task 1.1 Add",
        "delete task 1.2 Test",
        "delete task list 1. Setup",
    ];
    assert_eq!(actions(&plan), expected);
    assert_eq!(plan.steps[3].after.len(), 3);
}
