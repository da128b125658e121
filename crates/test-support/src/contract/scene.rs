//! What the clauses have in common: making things, and looking at them in one order.

use sync_core::adapter::{Board, Outcome};
use sync_core::board::{Card, Directory, Position, Snapshot};
use sync_core::ids::{BoardId, CardId, LabelId, ListId, ProjectId, TaskId, TaskListId};
use sync_core::write::{SeenCard, SeenTask, Write};

use super::Subject;

/// An id that nothing has.
pub(super) const NOBODY: &str = "999999999999";

/// The n-th place in an order.
pub(super) fn place(n: u8) -> Position {
    Position(f64::from(n) * Position::GAP)
}

/// A card as it is seen on its board.
pub(super) fn seen(card: &Card) -> SeenCard {
    SeenCard {
        list: card.list.clone(),
        name: card.name.clone(),
        description: card.description.clone(),
    }
}

/// A task as it is seen.
pub(super) fn seen_task(name: &str, done: bool) -> SeenTask {
    SeenTask {
        name: name.into(),
        done,
    }
}

/// An update of a card that changes nothing yet.
pub(super) fn update(card: &Card) -> Write {
    Write::UpdateCard {
        card: card.id.clone(),
        seen: seen(card),
        name: None,
        description: None,
        place: None,
    }
}

/// A project with one board, and a list and a label on it.
pub(super) struct Scene {
    pub(super) project: ProjectId,
    pub(super) board: BoardId,
    pub(super) list: ListId,
    pub(super) label: LabelId,
}

impl<B: Board, K> Subject<B, K> {
    /// Performs a write that must make something, and returns its id.
    pub(super) async fn make(&self, write: Write) -> String {
        match self.board.perform(&write).await {
            Outcome::Done { made } if !made.is_empty() => made,
            other => panic!("{write:?} should make something: {other:?}"),
        }
    }

    /// Performs a write that must change something.
    pub(super) async fn done(&self, write: Write) {
        let outcome = self.board.perform(&write).await;
        let done = Outcome::Done {
            made: String::new(),
        };
        assert_eq!(outcome, done, "{write:?}");
    }

    /// Performs a write that must be answered: it is so already.
    pub(super) async fn already_so(&self, write: Write) {
        let outcome = self.board.perform(&write).await;
        assert_eq!(outcome, Outcome::AlreadySo, "{write:?}");
    }

    /// Performs a write that must find its object gone or changed.
    pub(super) async fn superseded(&self, write: Write) {
        let outcome = self.board.perform(&write).await;
        assert!(
            matches!(outcome, Outcome::Superseded { .. }),
            "{write:?}: {outcome:?}"
        );
    }

    /// Performs a write for the second time, which must be no trouble.
    pub(super) async fn settled(&self, write: Write) {
        let outcome = self.board.perform(&write).await;
        let settled = matches!(
            outcome,
            Outcome::Done { .. } | Outcome::AlreadySo | Outcome::Superseded { .. }
        );
        assert!(settled, "{write:?}: {outcome:?}");
    }

    /// Reads the directory, in the order of ids.
    pub(super) async fn directory(&self) -> Directory {
        let mut directory = self
            .board
            .directory()
            .await
            .expect("the directory can be read");
        directory.projects.sort_by(|a, b| a.id.cmp(&b.id));
        directory.boards.sort_by(|a, b| a.id.cmp(&b.id));
        directory
    }

    /// Reads a board, everything on it in the order of places and ids.
    pub(super) async fn read(&self, board: &BoardId) -> Snapshot {
        let mut snapshot = self.board.read(board).await.expect("the board can be read");
        snapshot.lists.sort_by_key(|l| (l.position, l.id.clone()));
        snapshot.labels.sort_by_key(|l| (l.position, l.id.clone()));
        snapshot.cards.sort_by_key(|c| (c.position, c.id.clone()));
        for card in &mut snapshot.cards {
            card.labels.sort();
            card.task_lists.sort_by_key(|l| (l.position, l.id.clone()));
            for list in &mut card.task_lists {
                list.tasks.sort_by_key(|t| (t.position, t.id.clone()));
            }
        }
        snapshot
    }

    /// Reads one card.
    pub(super) async fn look(&self, scene: &Scene, card: &CardId) -> Card {
        let snapshot = self.read(&scene.board).await;
        let found = snapshot.cards.into_iter().find(|found| found.id == *card);
        found.unwrap_or_else(|| panic!("card {card} is not on its board"))
    }

    pub(super) async fn scene(&self) -> Scene {
        let project = self.project("Demo").await;
        let board = self.board_in(&project, "Changes", 1).await;
        let list = self.list(&board, "Planning", 1).await;
        let label = self.label(&board, "agent", 1).await;
        Scene {
            project,
            board,
            list,
            label,
        }
    }

    pub(super) async fn project(&self, name: &str) -> ProjectId {
        ProjectId::new(self.make(Write::CreateProject { name: name.into() }).await)
    }

    pub(super) async fn board_in(&self, project: &ProjectId, name: &str, n: u8) -> BoardId {
        let (project, name, position) = (project.clone(), name.into(), place(n));
        BoardId::new(
            self.make(Write::CreateBoard {
                project,
                name,
                position,
            })
            .await,
        )
    }

    pub(super) async fn list(&self, board: &BoardId, name: &str, n: u8) -> ListId {
        let (board, name, position) = (board.clone(), name.into(), place(n));
        ListId::new(
            self.make(Write::CreateList {
                board,
                name,
                position,
            })
            .await,
        )
    }

    pub(super) async fn label(&self, board: &BoardId, name: &str, n: u8) -> LabelId {
        let (board, name, position) = (board.clone(), name.into(), place(n));
        LabelId::new(
            self.make(Write::CreateLabel {
                board,
                name,
                position,
            })
            .await,
        )
    }

    pub(super) async fn card(&self, list: &ListId, name: &str, n: u8) -> CardId {
        let write = Write::CreateCard {
            list: list.clone(),
            name: name.into(),
            description: format!("Why {name} is wanted."),
            position: place(n),
        };
        CardId::new(self.make(write).await)
    }

    /// Makes a task list; where there are none it is the card itself.
    pub(super) async fn task_list(&self, card: &CardId, name: &str, n: u8) -> TaskListId {
        if !self.board.features().task_lists {
            return TaskListId::new(card.as_str());
        }
        let (card, name, position) = (card.clone(), name.into(), place(n));
        TaskListId::new(
            self.make(Write::CreateTaskList {
                card,
                name,
                position,
            })
            .await,
        )
    }

    /// Makes an open task.
    pub(super) async fn task(&self, card: &CardId, list: &TaskListId, name: &str, n: u8) -> TaskId {
        let write = Write::CreateTask {
            card: card.clone(),
            task_list: list.clone(),
            name: name.into(),
            position: place(n),
            done: false,
        };
        TaskId::new(self.make(write).await)
    }
}
