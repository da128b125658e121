//! What Planka sends, read strictly: a key that is missing or of another type is an error, since a
//! list read as empty would look like a board on which everything is gone.

pub(crate) mod v1;
pub(crate) mod v2;

use serde::{Deserialize, Deserializer};
use std::collections::HashMap;
use sync_core::board::{BoardEntry, Directory, Label, Position, ProjectEntry, Snapshot, Traces};
use sync_core::ids::{BoardId, LabelId, ProjectId};

/// An object by itself.
#[derive(Deserialize)]
pub(crate) struct Item<T> {
    pub(crate) item: T,
}

/// A listing of which only the items count.
#[derive(Deserialize)]
pub(crate) struct Items<T> {
    pub(crate) items: Vec<T>,
}

/// An object of which only the id counts.
#[derive(Deserialize)]
pub(crate) struct Identified {
    pub(crate) id: Id,
}

/// An id: a positive number of at most 19 digits, kept as text (Planka sheet §1). It becomes part of
/// a path, so nothing else is taken.
#[derive(Clone, Deserialize, PartialEq, Eq, Hash)]
#[serde(try_from = "String")]
pub(crate) struct Id(String);

impl TryFrom<String> for Id {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let numeric = text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
        match text.len() {
            1..=19 if numeric => Ok(Self(text)),
            _ => Err(format!("`{text}` is not an id")),
        }
    }
}

impl From<Id> for String {
    fn from(id: Id) -> Self {
        id.0
    }
}

impl PartialEq<str> for Id {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

/// A value that may be null, but must be there: serde lets an `Option` be absent otherwise.
fn nullable<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    source: D,
) -> Result<Option<T>, D::Error> {
    Option::deserialize(source)
}

/// A project of the listing.
#[derive(Deserialize)]
struct WireProject {
    id: Id,
    name: String,
}

/// A board of the listing.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireBoard {
    id: Id,
    project_id: Id,
    name: String,
    position: f64,
}

/// Joins projects and their boards.
fn directory(projects: Vec<WireProject>, boards: Vec<WireBoard>) -> Directory {
    let projects = projects.into_iter().map(|project| ProjectEntry {
        id: ProjectId::new(project.id),
        name: project.name,
    });
    let boards = boards.into_iter().map(|board| BoardEntry {
        id: BoardId::new(board.id),
        project: ProjectId::new(board.project_id),
        name: board.name,
        position: Position(board.position),
    });
    Directory {
        projects: projects.collect(),
        boards: boards.collect(),
    }
}

/// Refuses the answer to another question, such as a cache in between might give.
fn is_asked_for(id: &Id, board: &BoardId) -> Result<(), String> {
    if id == board.as_str() {
        Ok(())
    } else {
        Err("it is about another board".into())
    }
}

/// Brings everything into the order of its place, the older first where two share one: servers do
/// not promise any (sheet §12, pitfall 19).
fn sort(snapshot: &mut Snapshot) {
    snapshot
        .lists
        .sort_by(|a, b| (a.position, &a.id).cmp(&(b.position, &b.id)));
    snapshot
        .labels
        .sort_by(|a, b| (a.position, &a.id).cmp(&(b.position, &b.id)));
    snapshot
        .cards
        .sort_by(|a, b| (a.position, &a.id).cmp(&(b.position, &b.id)));
    for card in &mut snapshot.cards {
        card.task_lists
            .sort_by(|a, b| (a.position, &a.id).cmp(&(b.position, &b.id)));
        for list in &mut card.task_lists {
            list.tasks
                .sort_by(|a, b| (a.position, &a.id).cmp(&(b.position, &b.id)));
        }
    }
}

/// A label of a board.
#[derive(Deserialize)]
struct WireLabel {
    id: Id,
    #[serde(deserialize_with = "nullable")]
    name: Option<String>,
    position: f64,
}

impl From<WireLabel> for Label {
    fn from(label: WireLabel) -> Self {
        Self {
            id: LabelId::new(label.id),
            name: label.name.unwrap_or_default(),
            position: Position(label.position),
        }
    }
}

/// A label on a card.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireCardLabel {
    card_id: Id,
    label_id: Id,
}

/// A member or an attachment of a card.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OnCard {
    card_id: Id,
}

/// What hangs on cards, by card.
struct Hung {
    labels: HashMap<Id, Vec<LabelId>>,
    members: HashMap<Id, usize>,
    attachments: HashMap<Id, usize>,
}

impl Hung {
    fn new(labels: Vec<WireCardLabel>, members: &[OnCard], attachments: &[OnCard]) -> Self {
        let labels = labels
            .into_iter()
            .map(|on| (on.card_id, LabelId::new(on.label_id)));
        Self {
            labels: grouped(labels),
            members: counted(members),
            attachments: counted(attachments),
        }
    }

    /// Takes the labels of a card, oldest first.
    fn labels(&mut self, card: &Id) -> Vec<LabelId> {
        let mut labels = self.labels.remove(card).unwrap_or_default();
        labels.sort();
        labels
    }

    fn traces(&self, card: &Id, comments: usize) -> Traces {
        Traces {
            comments,
            members: self.members.get(card).copied().unwrap_or_default(),
            attachments: self.attachments.get(card).copied().unwrap_or_default(),
        }
    }
}

fn counted(things: &[OnCard]) -> HashMap<Id, usize> {
    let mut counts = HashMap::new();
    for thing in things {
        *counts.entry(thing.card_id.clone()).or_default() += 1;
    }
    counts
}

/// Sorts things into the drawer of their owner; within it the order stays.
fn grouped<T>(things: impl Iterator<Item = (Id, T)>) -> HashMap<Id, Vec<T>> {
    let mut drawers: HashMap<Id, Vec<T>> = HashMap::new();
    for (owner, thing) in things {
        drawers.entry(owner).or_default().push(thing);
    }
    drawers
}

#[cfg(test)]
mod tests;
