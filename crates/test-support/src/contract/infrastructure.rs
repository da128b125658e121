//! Projects, boards, lists and labels.

use sync_core::adapter::Board;
use sync_core::board::{BoardEntry, Directory, Label, List, ProjectEntry};
use sync_core::ids::{BoardId, CardId, ListId, ProjectId, TaskListId};
use sync_core::write::Write;

use super::Subject;
use super::scene::{NOBODY, place};

/// The directory of a fresh server is empty, which is not an error.
pub async fn a_fresh_server_shows_nothing<B: Board, K>(subject: &Subject<B, K>) {
    assert_eq!(subject.directory().await, Directory::default());
}

/// What was made is listed, with ids, names and places, and nothing else is.
pub async fn projects_and_boards_are_listed_as_made<B: Board, K>(subject: &Subject<B, K>) {
    let (demo, other) = (
        subject.project("Demo").await,
        subject.project("Other").await,
    );
    let changes = subject.board_in(&demo, "Changes", 1).await;
    let ideas = subject.board_in(&demo, "Ideas", 2).await;
    let elsewhere = subject.board_in(&other, "Changes", 1).await;
    let project = |id: &ProjectId, name: &str| ProjectEntry {
        id: id.clone(),
        name: name.into(),
    };
    let board = |id: &BoardId, project: &ProjectId, name: &str, n| BoardEntry {
        id: id.clone(),
        project: project.clone(),
        name: name.into(),
        position: place(n),
    };
    let made = Directory {
        projects: vec![project(&demo, "Demo"), project(&other, "Other")],
        boards: vec![
            board(&changes, &demo, "Changes", 1),
            board(&ideas, &demo, "Ideas", 2),
            board(&elsewhere, &other, "Changes", 1),
        ],
    };
    assert_eq!(subject.directory().await, made);
}

/// A new board has no columns, labels or cards; those made read back in full.
pub async fn lists_and_labels_read_back_as_made<B: Board, K>(subject: &Subject<B, K>) {
    let project = subject.project("Demo").await;
    let board = subject.board_in(&project, "Changes", 1).await;
    let empty = subject.read(&board).await;
    assert!(empty.lists.is_empty() && empty.labels.is_empty() && empty.cards.is_empty());

    let second = subject.list(&board, "Done", 2).await;
    let first = subject.list(&board, "Planning", 1).await;
    let label = subject.label(&board, "agent", 3).await;
    let snapshot = subject.read(&board).await;
    let list = |id: ListId, name: &str, n| List {
        id,
        name: name.into(),
        position: place(n),
    };
    assert_eq!(
        snapshot.lists,
        [list(first, "Planning", 1), list(second, "Done", 2)]
    );
    let label = Label {
        id: label,
        name: "agent".into(),
        position: place(3),
    };
    assert_eq!(snapshot.labels, [label]);
    assert!(snapshot.cards.is_empty());
}

/// A board shows its own things only.
pub async fn boards_of_one_project_are_apart<B: Board, K>(subject: &Subject<B, K>) {
    let scene = subject.scene().await;
    let other = subject.board_in(&scene.project, "Ideas", 2).await;
    let list = subject.list(&other, "Planning", 1).await;
    let here = subject.card(&scene.list, "add-search", 1).await;
    let there = subject.card(&list, "add-search", 1).await;
    let ids = |cards: Vec<_>| {
        cards
            .into_iter()
            .map(|c: sync_core::board::Card| c.id)
            .collect()
    };
    let shown: Vec<CardId> = ids(subject.read(&scene.board).await.cards);
    assert_eq!(shown, [here]);
    let shown: Vec<CardId> = ids(subject.read(&other).await.cards);
    assert_eq!(shown, [there]);
}

/// No name has to be the only one of its kind.
pub async fn equal_names_are_several_things<B: Board, K>(subject: &Subject<B, K>) {
    let first = subject.scene().await;
    let second = subject.scene().await;
    assert_ne!(first.project, second.project);
    let board = subject.board_in(&first.project, "Changes", 2).await;
    assert_ne!(board, first.board);
    let list = subject.list(&first.board, "Planning", 2).await;
    let label = subject.label(&first.board, "agent", 2).await;
    subject.card(&list, "add-search", 1).await;
    subject.card(&list, "add-search", 2).await;
    let snapshot = subject.read(&first.board).await;
    let lists: Vec<_> = snapshot.lists.into_iter().map(|l| l.id).collect();
    assert_eq!(lists, [first.list, list]);
    let labels: Vec<_> = snapshot.labels.into_iter().map(|l| l.id).collect();
    assert_eq!(labels, [first.label, label]);
    assert_eq!(snapshot.cards.len(), 2);
}

/// Quotes, markup, wild cards, emoji, both directions of writing and the longest names stay as
/// they are.
pub async fn names_are_kept_to_the_letter<B: Board, K>(subject: &Subject<B, K>) {
    let features = subject.board.features();
    let titles = hostile(features.title_limit.unwrap_or(128));
    let names = hostile(features.name_limit.unwrap_or(1024));
    let scene = subject.scene().await;
    let card = subject.card(&scene.list, "add-search", 1).await;
    let home = subject.task_list(&card, "Tasks", 1).await;
    for (n, (title, name)) in (2..).zip(titles.iter().zip(&names)) {
        let project = subject.project(title).await;
        let board = subject.board_in(&project, title, 1).await;
        subject.list(&scene.board, title, n).await;
        subject.label(&scene.board, title, n).await;
        subject.task_list(&card, title, n).await;
        subject.card(&scene.list, name, n).await;
        subject.task(&card, &home, name, n).await;
        let directory = subject.directory().await;
        assert!(
            directory
                .projects
                .iter()
                .any(|p| p.id == project && p.name == *title)
        );
        assert!(
            directory
                .boards
                .iter()
                .any(|b| b.id == board && b.name == *title)
        );
    }
    let snapshot = subject.read(&scene.board).await;
    let lists: Vec<_> = snapshot.lists.into_iter().skip(1).map(|l| l.name).collect();
    assert_eq!(lists, titles);
    let labels: Vec<_> = snapshot
        .labels
        .into_iter()
        .skip(1)
        .map(|l| l.name)
        .collect();
    assert_eq!(labels, titles);
    let mut cards = snapshot.cards.into_iter();
    let mut task_lists = cards.next().expect("the first card").task_lists.into_iter();
    assert_eq!(cards.map(|c| c.name).collect::<Vec<_>>(), names);
    let tasks = task_lists.next().expect("the first task list").tasks;
    assert_eq!(tasks.into_iter().map(|t| t.name).collect::<Vec<_>>(), names);
    if features.task_lists {
        assert_eq!(task_lists.map(|l| l.name).collect::<Vec<_>>(), titles);
    }
}

/// Names that something on the way might change, with the longest of `limit` UTF-16 units.
fn hostile(limit: usize) -> Vec<String> {
    let short = [
        "'single' \"double\" `back`",
        r"back\slash %5B 100% _ * ?",
        "'); DROP TABLE cards; --",
        "<b>bold</b> &amp; [link](x) # no heading",
        "👩‍💻 e\u{301} é ﬁ 漢字",
        "עברית with \u{202e}direction",
        " blanks at both ends ",
        "null",
        "42",
    ];
    let mut longest = "🚀".repeat(limit / 2 - 1);
    longest.push_str("ab");
    let short = short.into_iter().map(str::to_owned);
    short.chain([longest]).collect()
}

/// Of two equal things the older has the lower id.
pub async fn a_younger_thing_has_a_higher_id<B: Board, K>(subject: &Subject<B, K>) {
    let older = subject.scene().await;
    let younger = subject.scene().await;
    assert!(older.project < younger.project);
    assert!(older.board < younger.board);
    assert!(older.list < younger.list);
    assert!(older.label < younger.label);
    let first = subject.card(&older.list, "add-search", 1).await;
    let home = subject.task_list(&first, "Tasks", 1).await;
    let mut ids = (first.clone(), subject.task(&first, &home, "Add", 1).await);
    for n in 2..14 {
        let card = subject.card(&older.list, "add-search", n).await;
        let task = subject.task(&first, &home, "Add", n).await;
        assert!(
            ids.0 < card && ids.1 < task,
            "{ids:?}, then {card} and {task}"
        );
        ids = (card, task);
    }
    if subject.board.features().task_lists {
        assert!(home < subject.task_list(&first, "Tasks", 2).await);
    }
}

/// A board that is not there is never an empty one.
pub async fn an_unknown_board_is_an_error<B: Board, K>(subject: &Subject<B, K>) {
    let scene = subject.scene().await;
    assert!(subject.board.read(&BoardId::new(NOBODY)).await.is_err());
    assert!(
        subject
            .board
            .read(&BoardId::new(scene.list.as_str()))
            .await
            .is_err()
    );
}

/// Whatever a thing shall be made in must be there.
pub async fn nothing_is_made_where_the_owner_is_unknown<B: Board, K>(subject: &Subject<B, K>) {
    let scene = subject.scene().await;
    let before = (subject.directory().await, subject.read(&scene.board).await);
    let name = || String::from("add-search");
    let position = place(1);
    let (project, board) = (ProjectId::new(NOBODY), BoardId::new(NOBODY));
    let (list, card) = (ListId::new(NOBODY), CardId::new(NOBODY));
    let task_list = TaskListId::new(NOBODY);
    let description = String::new();
    subject
        .superseded(Write::CreateBoard {
            project,
            name: name(),
            position,
        })
        .await;
    subject
        .superseded(Write::CreateList {
            board: board.clone(),
            name: name(),
            position,
        })
        .await;
    subject
        .superseded(Write::CreateLabel {
            board,
            name: name(),
            position,
        })
        .await;
    subject
        .superseded(Write::CreateCard {
            list,
            name: name(),
            description,
            position,
        })
        .await;
    let create = Write::CreateTask {
        card: card.clone(),
        task_list,
        name: name(),
        position,
        done: true,
    };
    subject.superseded(create).await;
    if subject.board.features().task_lists {
        subject
            .superseded(Write::CreateTaskList {
                card,
                name: name(),
                position,
            })
            .await;
    }
    let after = (subject.directory().await, subject.read(&scene.board).await);
    assert_eq!(after, before);
}
