//! The answers of Planka 2.x (Planka sheet §§5–9).

use super::{
    Hung, Id, OnCard, WireBoard, WireCardLabel, WireLabel, WireProject, grouped, nullable,
};
use serde::Deserialize;
use std::collections::HashMap;
use sync_core::board::{
    Card, Directory, List, Position, Shelf, ShelvedCard, Snapshot, Task, TaskList,
};
use sync_core::ids::{BoardId, CardId, ListId, TaskId, TaskListId};

/// `GET /api/projects`.
#[derive(Deserialize)]
pub(crate) struct Projects {
    items: Vec<WireProject>,
    included: IncludedBoards,
}

#[derive(Deserialize)]
struct IncludedBoards {
    boards: Vec<WireBoard>,
}

impl From<Projects> for Directory {
    fn from(projects: Projects) -> Self {
        super::directory(projects.items, projects.included.boards)
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
    task_lists: Vec<WireTaskList>,
    tasks: Vec<WireTask>,
    attachments: Vec<OnCard>,
}

#[derive(Deserialize)]
struct WireList {
    id: Id,
    r#type: ListType,
    #[serde(deserialize_with = "nullable")]
    name: Option<String>,
    #[serde(deserialize_with = "nullable")]
    position: Option<f64>,
}

#[derive(Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum ListType {
    Active,
    Closed,
    Archive,
    Trash,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireCard {
    id: Id,
    list_id: Id,
    name: String,
    #[serde(deserialize_with = "nullable")]
    description: Option<String>,
    #[serde(deserialize_with = "nullable")]
    position: Option<f64>,
    comments_total: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireTaskList {
    id: Id,
    card_id: Id,
    name: String,
    position: f64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireTask {
    id: Id,
    task_list_id: Id,
    name: String,
    position: f64,
    is_completed: bool,
}

impl Board {
    /// Returns what the board shows, or why it shows nothing.
    pub(crate) fn into_snapshot(self, board: &BoardId) -> Result<Snapshot, String> {
        super::is_asked_for(&self.item.id, board)?;
        let all = self.included;
        let mut snapshot = with_lists(all.lists)?;
        snapshot.labels = all.labels.into_iter().map(Into::into).collect();
        let mut hung = Hung::new(all.card_labels, &all.card_memberships, &all.attachments);
        let mut task_lists = task_lists(all.task_lists, all.tasks);
        for card in all.cards {
            let list = ListId::new(card.list_id);
            if snapshot.archive.as_ref() == Some(&list) || snapshot.trash.as_ref() == Some(&list) {
                continue;
            }
            // 2.x keeps no cards of deleted lists, so the answer is in itself wrong.
            if !snapshot.lists.iter().any(|known| known.id == list) {
                return Err(format!(
                    "a card lies in list {list}, which is not on the board"
                ));
            }
            let position = card.position.ok_or("a card in a column has no position")?;
            snapshot.cards.push(Card {
                list,
                name: card.name,
                description: card.description.unwrap_or_default(),
                position: Position(position),
                labels: hung.labels(&card.id),
                task_lists: task_lists.remove(&card.id).unwrap_or_default(),
                traces: hung.traces(&card.id, card.comments_total),
                id: CardId::new(card.id),
            });
        }
        super::sort(&mut snapshot);
        Ok(snapshot)
    }
}

/// Tells the columns from the archive and the trash.
fn with_lists(lists: Vec<WireList>) -> Result<Snapshot, String> {
    let mut snapshot = Snapshot::default();
    for list in lists {
        let id = ListId::new(list.id);
        match list.r#type {
            ListType::Archive => snapshot.archive = Some(id),
            ListType::Trash => snapshot.trash = Some(id),
            ListType::Active | ListType::Closed => snapshot.lists.push(List {
                id,
                name: list.name.ok_or("a column has no name")?,
                position: Position(list.position.ok_or("a column has no position")?),
            }),
        }
    }
    Ok(snapshot)
}

/// Sorts tasks into their lists, and those by card.
fn task_lists(lists: Vec<WireTaskList>, tasks: Vec<WireTask>) -> HashMap<Id, Vec<TaskList>> {
    let mut tasks = grouped(tasks.into_iter().map(|task| {
        let (list, task) = (
            task.task_list_id,
            Task {
                id: TaskId::new(task.id),
                name: task.name,
                position: Position(task.position),
                done: task.is_completed,
            },
        );
        (list, task)
    }));
    grouped(lists.into_iter().map(|list| {
        let (card, list) = (
            list.card_id,
            TaskList {
                tasks: tasks.remove(&list.id).unwrap_or_default(),
                id: TaskListId::new(list.id),
                name: list.name,
                position: Position(list.position),
            },
        );
        (card, list)
    }))
}

/// `GET /api/lists/:id/cards`.
#[derive(Deserialize)]
pub(crate) struct Shelved {
    items: Vec<WireShelved>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireShelved {
    id: Id,
    name: String,
    #[serde(deserialize_with = "nullable")]
    description: Option<String>,
}

impl Shelved {
    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }

    /// Returns the cards, which lie there.
    pub(crate) fn into_cards(self, at: Shelf) -> impl Iterator<Item = ShelvedCard> {
        self.items.into_iter().map(move |card| ShelvedCard {
            id: CardId::new(card.id),
            name: card.name,
            description: card.description.unwrap_or_default(),
            shelf: at,
        })
    }
}
