//! Nothing but what a write names changes.

use sync_core::adapter::{Board, Outcome};
use sync_core::board::{Directory, Position, Snapshot};
use sync_core::ids::{BoardId, CardId, LabelId, ListId, ProjectId, TaskId, TaskListId};
use sync_core::write::{SeenCard, Write};

use super::Subject;
use super::scene::{place, seen, seen_task};

/// Every kind of write, one after the other, on a board where other things lie next to everything.
pub async fn no_write_touches_anything_else<B: Board, K>(subject: &Subject<B, K>) {
    let mut watch = Watch::over(subject).await;
    let [list, other] = [&watch.lists[0], &watch.lists[1]].map(Clone::clone);
    let board = watch.boards[0].clone();
    let name = || String::from("add-search");
    let position = place(20);

    let project = watch.step(Write::CreateProject { name: name() }).await;
    let project = ProjectId::new(project);
    let create = Write::CreateBoard {
        project: project.clone(),
        name: name(),
        position,
    };
    let spare = BoardId::new(watch.step(create).await);
    let create = Write::CreateList {
        board: board.clone(),
        name: name(),
        position,
    };
    let spare_list = ListId::new(watch.step(create).await);
    let create = Write::CreateLabel {
        board,
        name: name(),
        position,
    };
    let label = LabelId::new(watch.step(create).await);
    let description = String::from("Why");
    let create = Write::CreateCard {
        list: list.clone(),
        name: name(),
        description,
        position,
    };
    let card = CardId::new(watch.step(create).await);
    let seen = SeenCard {
        list,
        name: name(),
        description: "Why".into(),
    };

    watch.tasks(&card).await;
    let update = Write::UpdateCard {
        card: card.clone(),
        seen: seen.clone(),
        name: Some("archive-search".into()),
        description: Some("Because".into()),
        place: Some((other.clone(), place(30))),
    };
    watch.step(update).await;
    let (name, description) = ("archive-search".into(), "Because".into());
    let seen = SeenCard {
        list: other,
        name,
        description,
    };
    let trash = watch.subject.read(&watch.boards[0]).await.trash;
    watch.step(Write::DiscardCard { card, seen, trash }).await;
    watch.step(Write::RemoveList { list: spare_list }).await;
    watch.step(Write::RemoveLabel { label }).await;
    watch.step(Write::RemoveBoard { board: spare }).await;
    watch.step(Write::RemoveProject { project }).await;
    watch.label().await;
}

/// A look at everything before and after each write.
struct Watch<'a, B: Board, K> {
    subject: &'a Subject<B, K>,
    boards: Vec<BoardId>,
    lists: Vec<ListId>,
    labels: Vec<LabelId>,
    cards: Vec<CardId>,
    before: World,
}

#[derive(Clone, Debug, PartialEq)]
struct World {
    directory: Directory,
    boards: Vec<Snapshot>,
}

impl<'a, B: Board, K> Watch<'a, B, K> {
    /// Makes two projects, each with a board that has a bit of everything.
    async fn over(subject: &'a Subject<B, K>) -> Self {
        let (mut boards, mut lists) = (Vec::new(), Vec::new());
        let (mut labels, mut cards) = (Vec::new(), Vec::new());
        for _ in 0..2 {
            let scene = subject.scene().await;
            let done = subject.list(&scene.board, "Done", 2).await;
            for (n, list) in (1..).zip([&scene.list, &scene.list, &done]) {
                let card = subject.card(list, "add-search", n).await;
                let label = scene.label.clone();
                subject
                    .done(Write::AttachLabel {
                        card: card.clone(),
                        label,
                    })
                    .await;
                for n in 1..=2 {
                    let home = subject.task_list(&card, "Tasks", n).await;
                    subject.task(&card, &home, "Add", 2 * n).await;
                    subject.task(&card, &home, "Test", 2 * n + 1).await;
                }
                cards.push(card);
            }
            boards.push(scene.board);
            lists.extend([scene.list, done]);
            labels.push(scene.label);
        }
        let before = World::of(subject, &boards).await;
        Self {
            subject,
            boards,
            lists,
            labels,
            cards,
            before,
        }
    }

    /// Performs a write, and compares all that it does not name.
    async fn step(&mut self, write: Write) -> String {
        let outcome = self.subject.board.perform(&write).await;
        let Outcome::Done { made } = outcome else {
            panic!("{write:?}: {outcome:?}");
        };
        let after = World::of(self.subject, &self.boards).await;
        let named = if made.is_empty() {
            named(&write)
        } else {
            made.as_str()
        };
        let whole = !changes(&write);
        let (was, is) = (
            self.before.without(named, whole),
            after.without(named, whole),
        );
        assert_eq!(is, was, "beside {named}, changed by {write:?}");
        assert_ne!(after, self.before, "by {write:?}");
        self.before = after;
        made
    }

    /// Every write on tasks: on a new card, and on one with other tasks beside.
    async fn tasks(&mut self, new: &CardId) {
        let task_lists = self.subject.board.features().task_lists;
        for card in [new.clone(), self.cards[0].clone()] {
            let name = || String::from("Spare");
            let mut homes = Vec::new();
            for position in [place(20), place(21)].into_iter().filter(|_| task_lists) {
                let create = Write::CreateTaskList {
                    card: card.clone(),
                    name: name(),
                    position,
                };
                homes.push(TaskListId::new(self.step(create).await));
            }
            // On the second card it is one with other tasks in it.
            let task_list = self.first_task_list(&card).await;
            let (position, done) = (place(22), false);
            let create = Write::CreateTask {
                card: card.clone(),
                task_list,
                name: name(),
                position,
                done,
            };
            let task = TaskId::new(self.step(create).await);
            let update = Write::UpdateTask {
                task: task.clone(),
                seen: seen_task("Spare", false),
                name: Some("Other".into()),
                done: Some(true),
                task_list: homes.get(1).cloned(),
                position: Some(place(23)),
            };
            self.step(update).await;
            self.step(Write::DeleteTask {
                task,
                seen: seen_task("Other", true),
            })
            .await;
            for (n, task_list) in (24..).zip(homes) {
                let update = Write::UpdateTaskList {
                    task_list: task_list.clone(),
                    seen: name(),
                    name: Some("Other".into()),
                    position: Some(place(n)),
                };
                self.step(update).await;
                self.step(Write::DeleteTaskList {
                    task_list,
                    seen: "Other".into(),
                })
                .await;
            }
        }
    }

    async fn first_task_list(&self, card: &CardId) -> TaskListId {
        let snapshot = self.subject.read(&self.boards[0]).await;
        let found = snapshot.cards.into_iter().find(|found| found.id == *card);
        let list = found.and_then(|card| card.task_lists.into_iter().next());
        list.expect("the card is on its board and has a task list")
            .id
    }

    /// Attaches a second label to a card that has one, and changes that card.
    async fn label(&mut self) {
        let board = self.boards[0].clone();
        let create = Write::CreateLabel {
            board: board.clone(),
            name: "b".into(),
            position: place(9),
        };
        let label = LabelId::new(self.step(create).await);
        let card = self.cards[0].clone();
        self.step(Write::AttachLabel {
            card: card.clone(),
            label,
        })
        .await;
        let snapshot = self.subject.read(&board).await;
        let now = snapshot
            .cards
            .iter()
            .find(|c| c.id == card)
            .expect("the card is on its board");
        assert_eq!(now.labels.first(), self.labels.first());
        let update = Write::UpdateCard {
            card,
            seen: seen(now),
            name: None,
            description: None,
            place: Some((self.lists[1].clone(), place(9))),
        };
        self.step(update).await;
    }
}

impl World {
    async fn of<B: Board, K>(subject: &Subject<B, K>, boards: &[BoardId]) -> Self {
        let mut all = Vec::new();
        for board in boards {
            all.push(subject.read(board).await);
        }
        Self {
            directory: subject.directory().await,
            boards: all,
        }
    }

    /// Leaves out what the id names: whole, or its own properties but not what is in it.
    fn without(&self, id: &str, whole: bool) -> Self {
        let mut world = self.clone();
        world.directory.projects.retain(|p| p.id.as_str() != id);
        world.directory.boards.retain(|b| b.id.as_str() != id);
        for board in &mut world.boards {
            board.lists.retain(|l| l.id.as_str() != id);
            board.labels.retain(|l| l.id.as_str() != id);
            board.cards.retain(|c| !whole || c.id.as_str() != id);
            for card in &mut board.cards {
                if card.id.as_str() == id {
                    (card.list, card.position) = (ListId::new(""), Position(0.0));
                    (card.name, card.description) = (String::new(), String::new());
                    card.labels.clear();
                }
                card.task_lists.retain(|l| !whole || l.id.as_str() != id);
                for list in &mut card.task_lists {
                    if list.id.as_str() == id {
                        (list.name, list.position) = (String::new(), Position(0.0));
                    }
                    list.tasks.retain(|t| t.id.as_str() != id);
                }
                card.task_lists.sort_by_key(|l| (l.position, l.id.clone()));
            }
            board.cards.sort_by_key(|c| (c.position, c.id.clone()));
        }
        world
    }
}

/// Says whether what the write names is there before and after it.
fn changes(write: &Write) -> bool {
    matches!(
        write,
        Write::AttachLabel { .. }
            | Write::UpdateCard { .. }
            | Write::UpdateTaskList { .. }
            | Write::UpdateTask { .. }
    )
}

/// Returns the id of what a write changes or removes.
fn named(write: &Write) -> &str {
    match write {
        Write::AttachLabel { card, .. }
        | Write::UpdateCard { card, .. }
        | Write::DiscardCard { card, .. } => card.as_str(),
        Write::UpdateTaskList { task_list, .. } | Write::DeleteTaskList { task_list, .. } => {
            task_list.as_str()
        }
        Write::UpdateTask { task, .. } | Write::DeleteTask { task, .. } => task.as_str(),
        Write::RemoveList { list } => list.as_str(),
        Write::RemoveLabel { label } => label.as_str(),
        Write::RemoveBoard { board } => board.as_str(),
        Write::RemoveProject { project } => project.as_str(),
        _ => panic!("{write:?} makes something and says what"),
    }
}
