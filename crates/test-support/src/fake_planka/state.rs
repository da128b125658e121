//! The server's memory, and what can be done to it: the rules that hold for the API and for
//! people alike. Rights and parameters are checked by the routes, before.

mod boards;
mod cards;
mod credentials;
mod extras;
mod labels;
mod lists;
mod tasks;

use std::collections::BTreeMap;

use super::Version;
use super::clock::{Clock, Time};
use super::rows::{
    Attachment, Board, Card, CardLabel, CardMember, Comment, Field, FieldGroup, FieldValue, Id,
    Label, List, Manager, Membership, Project, Stamp, Task, TaskList, User, UserRole,
};
use super::table::Table;

pub(super) use self::boards::NewProject;
pub(super) use self::cards::{CardChange, NewCard, Place};
pub(super) use self::credentials::{PendingLogin, Session};
pub(super) use self::extras::NewFieldGroup;
pub(super) use self::tasks::NewTask;

/// The distance of objects put one after another, as the web client leaves it.
const STEP: f64 = 65536.0;

pub(super) struct State {
    pub(super) version: Version,
    pub(super) clock: Clock,
    pub(super) single_sign_on: bool,
    pub(super) users: Table<User>,
    pub(super) sessions: BTreeMap<String, Session>,
    pub(super) pending_logins: BTreeMap<String, PendingLogin>,
    pub(super) projects: Table<Project>,
    pub(super) managers: Table<Manager>,
    pub(super) boards: Table<Board>,
    pub(super) memberships: Table<Membership>,
    pub(super) lists: Table<List>,
    pub(super) labels: Table<Label>,
    pub(super) cards: Table<Card>,
    pub(super) card_labels: Table<CardLabel>,
    pub(super) card_members: Table<CardMember>,
    pub(super) task_lists: Table<TaskList>,
    pub(super) tasks: Table<Task>,
    pub(super) comments: Table<Comment>,
    pub(super) attachments: Table<Attachment>,
    pub(super) field_groups: Table<FieldGroup>,
    pub(super) fields: Table<Field>,
    pub(super) field_values: Table<FieldValue>,
    secrets: u64,
}

impl State {
    /// One administrator, who has accepted the terms, and nothing else.
    pub(super) fn new(version: Version) -> Self {
        let mut state = Self {
            version,
            clock: Clock::new(),
            single_sign_on: false,
            users: Table::default(),
            sessions: BTreeMap::new(),
            pending_logins: BTreeMap::new(),
            projects: Table::default(),
            managers: Table::default(),
            boards: Table::default(),
            memberships: Table::default(),
            lists: Table::default(),
            labels: Table::default(),
            cards: Table::default(),
            card_labels: Table::default(),
            card_members: Table::default(),
            task_lists: Table::default(),
            tasks: Table::default(),
            comments: Table::default(),
            attachments: Table::default(),
            field_groups: Table::default(),
            fields: Table::default(),
            field_values: Table::default(),
            secrets: 0,
        };
        let administrator = state.add_user(super::USER, "Demo Demo", UserRole::Admin);
        state.accept_terms(administrator, Some("en-US"));
        state
    }

    pub(super) fn administrator(&self) -> Id {
        let mut users = self.users.all();
        users.next().expect("every server has a user").stamp.id
    }

    /// A new object's id and times.
    fn stamp(&mut self) -> Stamp {
        let created = self.clock.tick();
        Stamp {
            id: self.clock.next_id(),
            created,
            updated: None,
        }
    }

    fn tick(&mut self) -> Time {
        self.clock.tick()
    }

    /// Where something put last among siblings goes.
    pub(super) fn last_place(positions: impl Iterator<Item = Option<f64>>) -> f64 {
        positions.flatten().fold(0.0, f64::max) + STEP
    }
}
