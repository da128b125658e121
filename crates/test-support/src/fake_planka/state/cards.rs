//! Cards (Planka sheet §7).

use serde_json::Value;

use super::State;
use crate::fake_planka::Version;
use crate::fake_planka::input::Given;
use crate::fake_planka::positions::make_room;
use crate::fake_planka::rows::{Card, Id, ListKind, Task};

pub(crate) struct NewCard {
    pub(crate) list: Id,
    pub(crate) position: f64,
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) due: Option<String>,
    pub(crate) due_completed: Option<bool>,
    pub(crate) stopwatch: Option<Value>,
    pub(crate) creator: Id,
}

/// What an update changes; what is not given stays.
#[derive(Default)]
pub(crate) struct CardChange {
    pub(crate) name: Option<String>,
    pub(crate) kind: Option<String>,
    pub(crate) description: Given<String>,
    pub(crate) due: Given<String>,
    pub(crate) due_completed: Option<bool>,
    pub(crate) stopwatch: Given<Value>,
    pub(crate) cover: Given<Id>,
    pub(crate) place: Option<Place>,
}

impl CardChange {
    /// A move and nothing else.
    pub(crate) fn to(place: Place) -> Self {
        Self {
            place: Some(place),
            ..Self::default()
        }
    }
}

/// Where a card goes; the position counts for nothing in the archive and the trash.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) list: Id,
    pub(crate) position: f64,
}

impl State {
    /// All cards of a board, hidden ones and ghosts of deleted lists too.
    pub(crate) fn cards_of_board(&self, board: Id) -> impl Iterator<Item = &Card> {
        self.cards.all().filter(move |card| card.board == board)
    }

    pub(crate) fn add_card(&mut self, card: NewCard) -> Id {
        let list = self.lists.at(card.list).clone();
        let now = self.tick();
        let position = list
            .kind
            .is_column()
            .then(|| make_room(&mut self.cards, card.list, card.position, None, now));
        let stamp = self.stamp();
        self.cards.insert(Card {
            list_changed: stamp.created,
            stamp,
            board: list.board,
            list: card.list,
            previous_list: None,
            position,
            kind: card.kind,
            name: card.name,
            description: card.description,
            due_completed: due_flag(card.due.as_deref(), card.due_completed, None),
            due: card.due,
            stopwatch: card.stopwatch,
            closed: list.kind == ListKind::Closed,
            creator: card.creator,
            cover: None,
            subscribers: Vec::new(),
        })
    }

    /// Changes a card and bumps its `updatedAt`, even if nothing is given.
    pub(crate) fn change_card(&mut self, id: Id, change: CardChange) {
        if let Some(place) = change.place {
            self.place_card(id, place);
        }
        let now = self.tick();
        self.cards.update(id, now, |card| {
            if let Some(name) = change.name {
                card.name = name;
            }
            if let Some(kind) = change.kind {
                card.kind = kind;
            }
            change.description.store(&mut card.description);
            change.due.store(&mut card.due);
            change.stopwatch.store(&mut card.stopwatch);
            change.cover.store(&mut card.cover);
            card.due_completed = due_flag(
                card.due.as_deref(),
                change.due_completed,
                card.due_completed,
            );
        });
    }

    fn place_card(&mut self, id: Id, place: Place) {
        let old = self.cards.at(id).clone();
        let list = self.lists.at(place.list).clone();
        let from_hidden = self
            .lists
            .get(old.list)
            .is_some_and(|list| !list.kind.is_column());
        let now = self.tick();
        let position = list
            .kind
            .is_column()
            .then(|| make_room(&mut self.cards, place.list, place.position, Some(id), now));
        self.cards.alter(id, |card| {
            card.position = position;
            card.list = place.list;
            card.board = list.board;
            if old.list != place.list {
                card.list_changed = now;
                if list.kind.is_column() {
                    card.closed = list.kind == ListKind::Closed;
                    card.previous_list = None;
                } else if !from_hidden {
                    card.previous_list = Some(old.list);
                }
            }
        });
        if old.board != list.board {
            self.carry_labels(id, list.board);
        }
    }

    pub(crate) fn remove_card(&mut self, id: Id) {
        for list in self.task_lists.ids_of(id) {
            self.tasks.remove_of(list);
        }
        for group in self.field_groups.ids_of(id) {
            self.remove_field_group(group);
        }
        self.task_lists.remove_of(id);
        self.tasks.remove_of(id);
        self.card_labels.remove_of(id);
        self.card_members.remove_of(id);
        self.comments.remove_of(id);
        self.attachments.remove_of(id);
        self.field_values.remove_of(id);
        self.cards.remove(id);
    }

    /// Copies a card with its labels, tasks and values into the same list.
    pub(crate) fn duplicate_card(&mut self, id: Id, position: f64, by: Id) -> Id {
        let original = self.cards.at(id).clone();
        let suffix = match self.version {
            Version::V1 => "",
            Version::V2 => " (copy)",
        };
        let copy = self.add_card(NewCard {
            list: original.list,
            position,
            kind: original.kind,
            name: original.name + suffix,
            description: original.description,
            due: original.due,
            due_completed: original.due_completed,
            stopwatch: original.stopwatch,
            creator: by,
        });
        let labels: Vec<Id> = self.card_labels.of(id).map(|row| row.label).collect();
        for label in labels {
            self.attach_label(copy, label);
        }
        self.copy_tasks(id, copy);
        let lists: Vec<_> = self.task_lists.of(id).cloned().collect();
        for mut list in lists {
            let from = list.stamp.id;
            list.stamp = self.stamp();
            list.card = copy;
            let to = self.task_lists.insert(list);
            self.copy_tasks(from, to);
        }
        let values: Vec<_> = self.field_values.of(id).cloned().collect();
        for mut value in values {
            value.stamp = self.stamp();
            value.card = copy;
            self.field_values.insert(value);
        }
        copy
    }

    fn copy_tasks(&mut self, from: Id, to: Id) {
        let tasks: Vec<Task> = self.tasks.of(from).cloned().collect();
        for mut task in tasks {
            task.stamp = self.stamp();
            task.holder = to;
            self.tasks.insert(task);
        }
    }

    /// Whether the list of a card is gone (version 1): such a card is in the board read only.
    pub(crate) fn is_ghost(&self, card: &Card) -> bool {
        self.lists.get(card.list).is_none()
    }

    /// The cards that version 2 keeps out of the board read.
    pub(crate) fn is_hidden(&self, card: &Card) -> bool {
        self.lists
            .get(card.list)
            .is_some_and(|list| !list.kind.is_column())
    }

    /// Marks a card as changed by something that belongs to it.
    pub(crate) fn touch_card(&mut self, id: Id) {
        let now = self.tick();
        self.cards.update(id, now, |_| {});
    }
}

fn due_flag(due: Option<&str>, given: Option<bool>, known: Option<bool>) -> Option<bool> {
    due.map(|_| given.or(known).unwrap_or(false))
}
