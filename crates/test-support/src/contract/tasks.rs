//! Task lists and tasks.

use sync_core::adapter::Board;
use sync_core::board::{Position, Task, TaskList};
use sync_core::ids::{CardId, TaskId, TaskListId};
use sync_core::write::Write;

use super::Subject;
use super::scene::{NOBODY, Scene, place, seen_task};

/// A card with a task list and a task in it, the first of each.
struct Checklist {
    scene: Scene,
    card: CardId,
    home: TaskListId,
    task: TaskId,
}

impl Checklist {
    async fn on<B: Board, K>(subject: &Subject<B, K>) -> Self {
        let scene = subject.scene().await;
        let card = subject.card(&scene.list, "add-search", 1).await;
        let home = subject.task_list(&card, "1. Search", 1).await;
        let task = subject.task(&card, &home, "1.1 Add", 1).await;
        Self {
            scene,
            card,
            home,
            task,
        }
    }

    async fn look<B: Board, K>(&self, subject: &Subject<B, K>) -> Vec<TaskList> {
        subject.look(&self.scene, &self.card).await.task_lists
    }

    /// An update of the first task that changes nothing yet.
    fn update(&self, name: &str, done: bool) -> Write {
        Write::UpdateTask {
            task: self.task.clone(),
            seen: seen_task(name, done),
            name: None,
            done: None,
            task_list: None,
            position: None,
        }
    }
}

/// Text, tick and place of every task, in its own list.
pub async fn tasks_read_back_as_made<B: Board, K>(subject: &Subject<B, K>) {
    let scene = subject.scene().await;
    let card = subject.card(&scene.list, "add-search", 1).await;
    let second = subject.task_list(&card, "2. Rank", 2).await;
    let first = subject.task_list(&card, "1. Search", 1).await;
    let mut tasks = Vec::new();
    for (list, name, position, done) in [
        (&first, "1.1 Add", 65536.0, false),
        (&first, "1.2 Test", 65537.5, true),
        (&second, "2.1 Add", 131_072.0, false),
    ] {
        let create = Write::CreateTask {
            card: card.clone(),
            task_list: list.clone(),
            name: name.into(),
            position: Position(position),
            done,
        };
        let id = TaskId::new(subject.make(create).await);
        tasks.push(Task {
            id,
            name: name.into(),
            position: Position(position),
            done,
        });
    }
    let found = subject.look(&scene, &card).await.task_lists;
    if subject.board.features().task_lists {
        let third = tasks.split_off(2);
        let list = |id, name: &str, n, tasks| TaskList {
            id,
            name: name.into(),
            position: place(n),
            tasks,
        };
        assert_eq!(
            found,
            [
                list(first, "1. Search", 1, tasks),
                list(second, "2. Rank", 2, third)
            ]
        );
    } else {
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].tasks, tasks);
    }
}

/// What a write does not name stays: text, tick and place, one at a time.
pub async fn a_part_of_a_task_changes_alone<B: Board, K>(subject: &Subject<B, K>) {
    let list = Checklist::on(subject).await;
    subject.task(&list.card, &list.home, "1.2 Test", 2).await;
    let mut wanted = list.look(subject).await;
    let parts = [
        (Some("1.1 Add it"), None, None),
        (None, Some(true), None),
        (None, None, Some(place(9))),
        (None, Some(false), None),
    ];
    for (new_name, new_done, new_place) in parts {
        let first = wanted[0]
            .tasks
            .iter_mut()
            .find(|t| t.id == list.task)
            .expect("the task");
        let mut write = list.update(&first.name, first.done);
        if let Write::UpdateTask {
            name,
            done,
            position,
            ..
        } = &mut write
        {
            (*name, *done, *position) = (new_name.map(Into::into), new_done, new_place);
        }
        subject.done(write).await;
        first.name = new_name.map_or(first.name.clone(), Into::into);
        first.done = new_done.unwrap_or(first.done);
        first.position = new_place.unwrap_or(first.position);
        wanted[0].tasks.sort_by_key(|t| t.position);
        assert_eq!(list.look(subject).await, wanted);
    }
}

/// One write carries them all, and sent twice it is as good as once.
pub async fn all_parts_of_a_task_change_in_one_write<B: Board, K>(subject: &Subject<B, K>) {
    let list = Checklist::on(subject).await;
    let mut write = list.update("1.1 Add", false);
    if let Write::UpdateTask {
        name,
        done,
        position,
        ..
    } = &mut write
    {
        (*name, *done, *position) = (Some("1.1 Added".into()), Some(true), Some(place(4)));
    }
    subject.done(write.clone()).await;
    let (id, name) = (list.task.clone(), "1.1 Added".into());
    let wanted = [Task {
        id,
        name,
        position: place(4),
        done: true,
    }];
    assert_eq!(list.look(subject).await[0].tasks, wanted);
    subject.settled(write).await;
    assert_eq!(list.look(subject).await[0].tasks, wanted);
}

/// Where there are several task lists, a task goes from one to the other and keeps the rest.
pub async fn a_task_goes_to_another_task_list<B: Board, K>(subject: &Subject<B, K>) {
    if !subject.board.features().task_lists {
        return;
    }
    let list = Checklist::on(subject).await;
    let other = subject.task_list(&list.card, "2. Rank", 2).await;
    subject.task(&list.card, &other, "2.1 Rank", 1).await;
    let mut wanted = list.look(subject).await;
    let mut task = wanted[0].tasks.remove(0);
    task.position = place(2);
    wanted[1].tasks.push(task);
    let mut write = list.update("1.1 Add", false);
    if let Write::UpdateTask {
        task_list,
        position,
        ..
    } = &mut write
    {
        (*task_list, *position) = (Some(other), Some(place(2)));
    }
    subject.done(write).await;
    assert_eq!(list.look(subject).await, wanted);
}

/// The tasks of a task list stay as they are.
pub async fn a_task_list_is_renamed_and_moved<B: Board, K>(subject: &Subject<B, K>) {
    if !subject.board.features().task_lists {
        return;
    }
    let list = Checklist::on(subject).await;
    let update = |seen: &str, name: Option<&str>, position| Write::UpdateTaskList {
        task_list: list.home.clone(),
        seen: seen.into(),
        name: name.map(Into::into),
        position,
    };
    let mut wanted = list.look(subject).await;
    subject
        .done(update("1. Search", Some("1. Find"), None))
        .await;
    wanted[0].name = "1. Find".into();
    assert_eq!(list.look(subject).await, wanted);
    subject.done(update("1. Find", None, Some(place(4)))).await;
    wanted[0].position = place(4);
    assert_eq!(list.look(subject).await, wanted);
    let both = update("1. Find", Some("1. Search"), Some(place(2)));
    subject.done(both.clone()).await;
    (wanted[0].name, wanted[0].position) = ("1. Search".into(), place(2));
    assert_eq!(list.look(subject).await, wanted);
    subject.settled(both).await;
    assert_eq!(list.look(subject).await, wanted);
}

/// The second time it is gone already, which is as good.
pub async fn a_task_is_deleted_once<B: Board, K>(subject: &Subject<B, K>) {
    let list = Checklist::on(subject).await;
    let second = subject.task(&list.card, &list.home, "1.2 Test", 2).await;
    let delete = Write::DeleteTask {
        task: list.task.clone(),
        seen: seen_task("1.1 Add", false),
    };
    subject.done(delete.clone()).await;
    subject.already_so(delete).await;
    let left: Vec<_> = list.look(subject).await.remove(0).tasks;
    assert_eq!(left.into_iter().map(|t| t.id).collect::<Vec<_>>(), [second]);
}

/// The second time it is gone already, which is as good.
pub async fn an_empty_task_list_is_deleted_once<B: Board, K>(subject: &Subject<B, K>) {
    if !subject.board.features().task_lists {
        return;
    }
    let list = Checklist::on(subject).await;
    let task_list = subject.task_list(&list.card, "2. Rank", 2).await;
    let wanted = list
        .look(subject)
        .await
        .into_iter()
        .take(1)
        .collect::<Vec<_>>();
    let delete = Write::DeleteTaskList {
        task_list,
        seen: "2. Rank".into(),
    };
    subject.done(delete.clone()).await;
    subject.already_so(delete).await;
    assert_eq!(list.look(subject).await, wanted);
}

/// What is gone is not made anew, and a task does not go to a task list that is gone.
pub async fn unknown_tasks_and_task_lists_are_superseded<B: Board, K>(subject: &Subject<B, K>) {
    let list = Checklist::on(subject).await;
    let before = list.look(subject).await;
    let mut write = list.update("1.1 Add", false);
    if let Write::UpdateTask { task, name, .. } = &mut write {
        (*task, *name) = (TaskId::new(NOBODY), Some("1.1 Added".into()));
    }
    subject.superseded(write).await;
    if subject.board.features().task_lists {
        let mut write = list.update("1.1 Add", false);
        if let Write::UpdateTask {
            task_list,
            position,
            ..
        } = &mut write
        {
            (*task_list, *position) = (Some(TaskListId::new(NOBODY)), Some(place(2)));
        }
        subject.superseded(write).await;
        let unknown = Write::UpdateTaskList {
            task_list: TaskListId::new(NOBODY),
            seen: "1. Search".into(),
            name: Some("1. Find".into()),
            position: None,
        };
        subject.superseded(unknown).await;
    }
    assert_eq!(list.look(subject).await, before);
}
