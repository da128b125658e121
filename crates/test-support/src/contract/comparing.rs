//! Boards that can compare write nothing on what is no longer as it was seen.

use sync_core::adapter::Board;
use sync_core::write::{SeenCard, Write};

use super::Subject;
use super::scene::{place, seen, seen_task};

/// Another name, description or list than was seen stops an update, and the throwing away of a twin.
pub async fn a_card_that_changed_is_left_alone<B: Board, K>(subject: &Subject<B, K>) {
    if !subject.compares {
        return;
    }
    let scene = subject.scene().await;
    let other = subject.list(&scene.board, "Done", 2).await;
    let card = subject.card(&scene.list, "add-search", 1).await;
    let now = seen(&subject.look(&scene, &card).await);
    let before = subject.read(&scene.board).await;
    let outdated = [
        SeenCard {
            name: "add-serach".into(),
            ..now.clone()
        },
        SeenCard {
            description: String::new(),
            ..now.clone()
        },
        SeenCard {
            list: other.clone(),
            ..now
        },
    ];
    for seen in outdated {
        let update = Write::UpdateCard {
            card: card.clone(),
            seen: seen.clone(),
            name: Some("archive-search".into()),
            description: Some("stale".into()),
            place: Some((other.clone(), place(9))),
        };
        subject.superseded(update).await;
        subject
            .superseded(Write::DiscardCard {
                card: card.clone(),
                seen,
                trash: None,
            })
            .await;
        assert_eq!(subject.read(&scene.board).await, before);
    }
}

/// Another text or tick than was seen stops an update and a deletion.
pub async fn a_task_that_changed_is_left_alone<B: Board, K>(subject: &Subject<B, K>) {
    if !subject.compares {
        return;
    }
    let scene = subject.scene().await;
    let card = subject.card(&scene.list, "add-search", 1).await;
    let home = subject.task_list(&card, "Tasks", 1).await;
    let task = subject.task(&card, &home, "1.1 Add", 1).await;
    let before = subject.read(&scene.board).await;
    for seen in [seen_task("1.1 Add it", false), seen_task("1.1 Add", true)] {
        let update = Write::UpdateTask {
            task: task.clone(),
            seen: seen.clone(),
            name: Some("stale".into()),
            done: Some(true),
            task_list: None,
            position: Some(place(9)),
        };
        subject.superseded(update).await;
        subject
            .superseded(Write::DeleteTask {
                task: task.clone(),
                seen,
            })
            .await;
        assert_eq!(subject.read(&scene.board).await, before);
    }
}

/// Another name than was seen stops an update and a deletion; a task in it stops a deletion.
pub async fn a_task_list_that_changed_is_left_alone<B: Board, K>(subject: &Subject<B, K>) {
    if !subject.compares || !subject.board.features().task_lists {
        return;
    }
    let scene = subject.scene().await;
    let card = subject.card(&scene.list, "add-search", 1).await;
    let task_list = subject.task_list(&card, "1. Search", 1).await;
    let full = subject.task_list(&card, "2. Rank", 2).await;
    subject.task(&card, &full, "2.1 Rank", 1).await;
    let before = subject.read(&scene.board).await;
    let update = Write::UpdateTaskList {
        task_list: task_list.clone(),
        seen: "1. Find".into(),
        name: Some("stale".into()),
        position: Some(place(9)),
    };
    subject.superseded(update).await;
    subject
        .superseded(Write::DeleteTaskList {
            task_list,
            seen: "1. Find".into(),
        })
        .await;
    subject
        .superseded(Write::DeleteTaskList {
            task_list: full,
            seen: "2. Rank".into(),
        })
        .await;
    assert_eq!(subject.read(&scene.board).await, before);
}
