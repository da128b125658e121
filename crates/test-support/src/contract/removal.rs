//! Taking back what turned out to be a twin.

use sync_core::adapter::Board;
use sync_core::write::Write;

use super::Subject;

/// An empty list, label, board and project go, and only they; again it is no trouble.
pub async fn empty_infrastructure_is_removed<B: Board, K>(subject: &Subject<B, K>) {
    let older = subject.scene().await;
    let list = subject.list(&older.board, "Planning", 2).await;
    let label = subject.label(&older.board, "agent", 2).await;
    let project = subject.project("Demo").await;
    let board = subject.board_in(&project, "Changes", 1).await;
    for write in [
        Write::RemoveList { list },
        Write::RemoveLabel { label },
        Write::RemoveBoard { board },
        Write::RemoveProject { project },
    ] {
        subject.done(write.clone()).await;
        subject.settled(write).await;
    }
    let directory = subject.directory().await;
    let projects: Vec<_> = directory.projects.into_iter().map(|p| p.id).collect();
    assert_eq!(projects, [older.project]);
    let boards: Vec<_> = directory.boards.into_iter().map(|b| b.id).collect();
    assert_eq!(boards, std::slice::from_ref(&older.board));
    let snapshot = subject.read(&older.board).await;
    let lists: Vec<_> = snapshot.lists.into_iter().map(|l| l.id).collect();
    assert_eq!(lists, [older.list]);
    let labels: Vec<_> = snapshot.labels.into_iter().map(|l| l.id).collect();
    assert_eq!(labels, [older.label]);
}

/// A board that compares keeps what somebody has put something into meanwhile.
pub async fn what_is_in_use_is_not_removed<B: Board, K>(subject: &Subject<B, K>) {
    if !subject.compares {
        return;
    }
    let scene = subject.scene().await;
    let card = subject.card(&scene.list, "add-search", 1).await;
    let label = scene.label.clone();
    subject
        .done(Write::AttachLabel {
            card,
            label: label.clone(),
        })
        .await;
    let before = (subject.directory().await, subject.read(&scene.board).await);
    for write in [
        Write::RemoveList {
            list: scene.list.clone(),
        },
        Write::RemoveLabel { label },
        Write::RemoveBoard {
            board: scene.board.clone(),
        },
        Write::RemoveProject {
            project: scene.project.clone(),
        },
    ] {
        subject.superseded(write).await;
        let after = (subject.directory().await, subject.read(&scene.board).await);
        assert_eq!(after, before);
    }
}
