//! What the server keeps: one struct per kind of object.

use std::fmt;

use serde_json::Value;

use super::clock::Time;

/// The id of an object: on the wire a decimal string, as [`fmt::Display`] gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(u64);

impl Id {
    pub(super) fn new(number: u64) -> Self {
        Self(number)
    }
}

impl fmt::Display for Id {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// What a member of a board may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Everything on the board.
    Editor,
    /// Look.
    Viewer,
}

#[derive(Clone, Debug)]
pub(super) struct Stamp {
    pub(super) id: Id,
    pub(super) created: Time,
    /// None until the first update.
    pub(super) updated: Option<Time>,
}

/// An object with an id, below one other object by which it is looked up.
pub(super) trait Row: Clone {
    fn stamp(&self) -> &Stamp;
    fn stamp_mut(&mut self) -> &mut Stamp;
    /// The object it belongs to; its own id at the top.
    fn parent(&self) -> Id;

    fn id(&self) -> Id {
        self.stamp().id
    }
}

/// An object with a place among its siblings.
pub(super) trait Placed: Row {
    /// None in the archive and the trash.
    fn position(&self) -> Option<f64>;
    fn set_position(&mut self, position: f64);
}

macro_rules! row {
    ($row:ty, $parent:expr) => {
        impl Row for $row {
            fn stamp(&self) -> &Stamp {
                &self.stamp
            }
            fn stamp_mut(&mut self) -> &mut Stamp {
                &mut self.stamp
            }
            fn parent(&self) -> Id {
                let parent: fn(&$row) -> Id = $parent;
                parent(self)
            }
        }
    };
}

macro_rules! placed {
    ($row:ty) => {
        impl Placed for $row {
            fn position(&self) -> Option<f64> {
                Some(self.position)
            }
            fn set_position(&mut self, position: f64) {
                self.position = position;
            }
        }
    };
    ($row:ty, optional) => {
        impl Placed for $row {
            fn position(&self) -> Option<f64> {
                self.position
            }
            fn set_position(&mut self, position: f64) {
                self.position = Some(position);
            }
        }
    };
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UserRole {
    Admin,
    ProjectOwner,
    BoardUser,
}

#[derive(Clone, Debug)]
pub(super) struct User {
    pub(super) stamp: Stamp,
    pub(super) email: String,
    pub(super) username: String,
    pub(super) name: String,
    pub(super) role: UserRole,
    pub(super) language: Option<String>,
    pub(super) accepted_terms: bool,
    pub(super) api_key: Option<String>,
}
row!(User, |user| user.stamp.id);

#[derive(Clone, Debug)]
pub(super) struct Project {
    pub(super) stamp: Stamp,
    pub(super) name: String,
    pub(super) description: Option<String>,
    /// Set in private projects of version 2.
    pub(super) owner_manager: Option<Id>,
}
row!(Project, |project| project.stamp.id);

#[derive(Clone, Debug)]
pub(super) struct Manager {
    pub(super) stamp: Stamp,
    pub(super) project: Id,
    pub(super) user: Id,
}
row!(Manager, |manager| manager.project);

#[derive(Clone, Debug)]
pub(super) struct Board {
    pub(super) stamp: Stamp,
    pub(super) project: Id,
    pub(super) position: f64,
    pub(super) name: String,
}
row!(Board, |board| board.project);
placed!(Board);

#[derive(Clone, Debug)]
pub(super) struct Membership {
    pub(super) stamp: Stamp,
    pub(super) board: Id,
    pub(super) user: Id,
    pub(super) role: Role,
    pub(super) can_comment: Option<bool>,
}
row!(Membership, |membership| membership.board);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ListKind {
    Active,
    Closed,
    Archive,
    Trash,
}

impl ListKind {
    /// Whether it is a column of the board.
    pub(super) fn is_column(self) -> bool {
        matches!(self, Self::Active | Self::Closed)
    }
}

#[derive(Clone, Debug)]
pub(super) struct List {
    pub(super) stamp: Stamp,
    pub(super) board: Id,
    pub(super) kind: ListKind,
    pub(super) position: Option<f64>,
    pub(super) name: Option<String>,
    pub(super) color: Option<String>,
}
row!(List, |list| list.board);
placed!(List, optional);

#[derive(Clone, Debug)]
pub(super) struct Label {
    pub(super) stamp: Stamp,
    pub(super) board: Id,
    pub(super) position: f64,
    pub(super) name: Option<String>,
    pub(super) color: String,
}
row!(Label, |label| label.board);
placed!(Label);

#[derive(Clone, Debug)]
pub(super) struct Card {
    pub(super) stamp: Stamp,
    pub(super) board: Id,
    pub(super) list: Id,
    pub(super) previous_list: Option<Id>,
    pub(super) list_changed: Time,
    pub(super) position: Option<f64>,
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) description: Option<String>,
    pub(super) due: Option<String>,
    /// None exactly when there is no due date.
    pub(super) due_completed: Option<bool>,
    pub(super) stopwatch: Option<Value>,
    pub(super) closed: bool,
    pub(super) creator: Id,
    pub(super) cover: Option<Id>,
    pub(super) subscribers: Vec<Id>,
}
row!(Card, |card| card.list);
placed!(Card, optional);

#[derive(Clone, Debug)]
pub(super) struct CardLabel {
    pub(super) stamp: Stamp,
    pub(super) card: Id,
    pub(super) label: Id,
}
row!(CardLabel, |attached| attached.card);

#[derive(Clone, Debug)]
pub(super) struct CardMember {
    pub(super) stamp: Stamp,
    pub(super) card: Id,
    pub(super) user: Id,
}
row!(CardMember, |member| member.card);

#[derive(Clone, Debug)]
pub(super) struct TaskList {
    pub(super) stamp: Stamp,
    pub(super) card: Id,
    pub(super) position: f64,
    pub(super) name: String,
    pub(super) show_on_front: bool,
    pub(super) hide_completed: bool,
}
row!(TaskList, |list| list.card);
placed!(TaskList);

#[derive(Clone, Debug)]
pub(super) struct Task {
    pub(super) stamp: Stamp,
    /// The card in version 1, the task list in version 2.
    pub(super) holder: Id,
    pub(super) position: f64,
    /// Of a linked task the card's name is shown instead.
    pub(super) name: String,
    pub(super) completed: bool,
    pub(super) linked_card: Option<Id>,
    pub(super) assignee: Option<Id>,
}
row!(Task, |task| task.holder);
placed!(Task);

#[derive(Clone, Debug)]
pub(super) struct Comment {
    pub(super) stamp: Stamp,
    pub(super) card: Id,
    pub(super) user: Id,
    pub(super) text: String,
}
row!(Comment, |comment| comment.card);

#[derive(Clone, Debug)]
pub(super) struct Attachment {
    pub(super) stamp: Stamp,
    pub(super) card: Id,
    pub(super) creator: Id,
    pub(super) name: String,
    pub(super) url: String,
}
row!(Attachment, |attachment| attachment.card);

/// Belongs to a board or to a card.
#[derive(Clone, Debug)]
pub(super) struct FieldGroup {
    pub(super) stamp: Stamp,
    pub(super) board: Option<Id>,
    pub(super) card: Option<Id>,
    pub(super) position: f64,
    pub(super) name: Option<String>,
}
row!(FieldGroup, |group| group
    .board
    .or(group.card)
    .unwrap_or(group.stamp.id));
placed!(FieldGroup);

#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) stamp: Stamp,
    pub(super) group: Id,
    pub(super) position: f64,
    pub(super) name: String,
    pub(super) show_on_front: bool,
}
row!(Field, |field| field.group);
placed!(Field);

#[derive(Clone, Debug)]
pub(super) struct FieldValue {
    pub(super) stamp: Stamp,
    pub(super) card: Id,
    pub(super) group: Id,
    pub(super) field: Id,
    pub(super) content: String,
}
row!(FieldValue, |value| value.card);
