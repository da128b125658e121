//! The answers of Planka 1.x (Planka sheet §§5–9).

use super::{
    Hung, Id, OnCard, WireBoard, WireCardLabel, WireLabel, WireProject, grouped, nullable,
};
use serde::Deserialize;
use serde::de::IgnoredAny;
use sync_core::board::{Card, Directory, List, Position, Snapshot, Task, TaskList};
use sync_core::ids::{BoardId, CardId, ListId, TaskId, TaskListId};

/// `GET /api/projects`.
#[derive(Deserialize)]
pub(crate) struct Projects {
    items: Vec<WireProject>,
    included: IncludedBoards,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct IncludedBoards {
    boards: Vec<WireBoard>,
    /// Only 2.x has it.
    base_custom_field_groups: Option<IgnoredAny>,
}

impl Projects {
    /// Returns the listing, or why it is none.
    pub(crate) fn into_directory(self) -> Result<Directory, String> {
        if self.included.base_custom_field_groups.is_some() {
            return Err("a Planka 1.x answers like one of 2.x".into());
        }
        Ok(super::directory(self.items, self.included.boards))
    }
}

/// `GET /api/boards/:id`.
#[derive(Deserialize)]
pub(crate) struct Board {
    item: super::Identified,
    included: Included,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Included {
    lists: Vec<WireList>,
    labels: Vec<WireLabel>,
    cards: Vec<WireCard>,
    card_memberships: Vec<OnCard>,
    card_labels: Vec<WireCardLabel>,
    tasks: Vec<WireTask>,
    attachments: Vec<OnCard>,
}

#[derive(Deserialize)]
struct WireList {
    id: Id,
    name: String,
    position: f64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireCard {
    id: Id,
    list_id: Id,
    name: String,
    #[serde(deserialize_with = "nullable")]
    description: Option<String>,
    position: f64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireTask {
    id: Id,
    card_id: Id,
    name: String,
    position: f64,
    is_completed: bool,
}

impl Board {
    /// Returns what the board shows, or why it shows nothing.
    pub(crate) fn into_snapshot(self, board: &BoardId) -> Result<Snapshot, String> {
        super::is_asked_for(&self.item.id, board)?;
        let all = self.included;
        let lists = all.lists.into_iter().map(|list| List {
            id: ListId::new(list.id),
            name: list.name,
            position: Position(list.position),
        });
        let mut snapshot = Snapshot {
            lists: lists.collect(),
            labels: all.labels.into_iter().map(Into::into).collect(),
            ..Snapshot::default()
        };
        let mut hung = Hung::new(all.card_labels, &all.card_memberships, &all.attachments);
        let tasks = all.tasks.into_iter().map(|task| {
            let (card, task) = (
                task.card_id,
                Task {
                    id: TaskId::new(task.id),
                    name: task.name,
                    position: Position(task.position),
                    done: task.is_completed,
                },
            );
            (card, task)
        });
        let mut tasks = grouped(tasks);
        for card in all.cards {
            let list = ListId::new(card.list_id);
            // Cards of deleted lists are still sent, but nothing can be done with them (sheet §12, 2).
            if !snapshot.lists.iter().any(|known| known.id == list) {
                continue;
            }
            snapshot.cards.push(Card {
                list,
                name: card.name,
                description: card.description.unwrap_or_default(),
                position: Position(card.position),
                labels: hung.labels(&card.id),
                task_lists: vec![TaskList {
                    id: TaskListId::new(card.id.clone()),
                    name: String::new(),
                    position: Position(0.0),
                    tasks: tasks.remove(&card.id).unwrap_or_default(),
                }],
                // Comments are not in a board read; who discards a card asks for them.
                traces: hung.traces(&card.id, 0),
                id: CardId::new(card.id),
            });
        }
        super::sort(&mut snapshot);
        Ok(snapshot)
    }
}
