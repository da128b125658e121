//! What people do in the web client while a client under test is at work, without the wire.

use std::sync::MutexGuard;
use std::time::Duration;

use serde_json::Value;

use super::input::Given;
use super::rows::{Board, Card, Id, List, ListKind, Placed, Project, Role, Row as _, UserRole};
use super::state::{CardChange, NewCard, NewProject, NewTask, Place, State};
use super::{Version, World, shapes};

/// Direct access to the board, by the same rules as over the API but without rights.
///
/// New things go last among their siblings unless a position is given. Makers are the
/// administrator [`USER`](super::USER). It is cheap to clone, and may be used from hooks.
///
/// # Panics
///
/// Every method panics when a name or id is unknown, or when the version has no such thing: the
/// test is wrong then.
#[derive(Clone)]
pub struct People {
    world: World,
}

/// Users, rights and time.
impl People {
    pub(super) fn new(world: World) -> Self {
        Self { world }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.world.state()
    }

    /// A user with rights to nothing yet, who has accepted the terms. The password is
    /// [`PASSWORD`](super::PASSWORD).
    pub fn add_user(&self, username: &str) -> Id {
        let id = self.add_newcomer(username);
        self.state().accept_terms(id, None);
        id
    }

    /// A user who has not accepted the terms (version 2).
    pub fn add_newcomer(&self, username: &str) -> Id {
        self.state()
            .add_user(username, username, UserRole::BoardUser)
    }

    /// Lets a user create projects (version 2).
    pub fn make_project_owner(&self, user: Id) {
        let mut state = self.state();
        state
            .users
            .alter(user, |user| user.role = UserRole::ProjectOwner);
    }

    /// The administrator every fake has.
    pub fn administrator(&self) -> Id {
        self.state().administrator()
    }

    /// A new bearer token of a user.
    pub fn token_of(&self, user: Id) -> String {
        self.state().log_in(user, None)
    }

    /// The API key of a user (version 2), the same at each call.
    pub fn api_key_of(&self, user: Id) -> String {
        let mut state = self.state();
        assert_eq!(state.version, Version::V2, "Planka 1.x has no API keys");
        state.api_key_of(user)
    }

    /// Makes all tokens and keys of a user invalid.
    pub fn revoke(&self, user: Id) {
        let mut state = self.state();
        state.sessions.retain(|_, session| session.user != user);
        state.revoke_api_key(user);
    }

    /// Makes a user a member of a board, or gives a member another role.
    pub fn set_role(&self, board: Id, user: Id, role: Role) {
        let mut state = self.state();
        let known = state.membership(board, user).map(|member| member.stamp.id);
        if let Some(id) = known {
            let now = state.clock.tick();
            state
                .memberships
                .update(id, now, |member| member.role = role);
        } else {
            state.add_membership(board, user, role, None);
        }
    }

    /// Ends a user's membership of a board and the management of its project.
    pub fn remove_member(&self, board: Id, user: Id) {
        let mut state = self.state();
        let member = state.membership(board, user).map(|member| member.stamp.id);
        if let Some(member) = member {
            state.memberships.remove(member);
        }
        let project = state.boards.at(board).project;
        for manager in state.managers.ids_of(project) {
            if state.managers.at(manager).user == user {
                state.managers.remove(manager);
            }
        }
    }

    /// Lets time pass on the server, whose clock otherwise moves a millisecond per event.
    pub fn advance(&self, time: Duration) {
        self.state().clock.advance(time);
    }
}

/// Projects, boards, lists and labels.
impl People {
    /// A private project, also if there is one of that name.
    pub fn add_project(&self, name: &str) -> Id {
        self.new_project(name, false)
    }

    /// A project that administrators of version 2 see without being members.
    pub fn add_shared_project(&self, name: &str) -> Id {
        self.new_project(name, true)
    }

    fn new_project(&self, name: &str, shared: bool) -> Id {
        let mut state = self.state();
        let by = state.administrator();
        let project = NewProject {
            name: name.to_owned(),
            description: None,
            shared,
        };
        state.add_project(project, by)
    }

    /// A new board in the oldest project of that name, which is made if there is none.
    pub fn add_board(&self, project: &str, name: &str) -> Id {
        let known = self
            .state()
            .projects
            .all()
            .find_map(|known: &Project| (known.name == project).then_some(known.stamp.id));
        let project = known.unwrap_or_else(|| self.add_project(project));
        self.add_board_in(project, name)
    }

    /// A new board in a project.
    pub fn add_board_in(&self, project: Id, name: &str) -> Id {
        let mut state = self.state();
        let by = state.administrator();
        let place = State::last_place(state.boards.of(project).map(Board::position));
        state.add_board(project, name, place, by)
    }

    /// The oldest board of that name in a project of that name.
    pub fn board(&self, project: &str, name: &str) -> Id {
        self.state().named_board(project, name)
    }

    /// Deletes a board with all there is on it.
    pub fn delete_board(&self, board: Id) {
        self.state().remove_board(board);
    }

    /// A list of open cards.
    pub fn add_list(&self, board: Id, name: &str) -> Id {
        self.new_list(board, name, ListKind::Active)
    }

    /// A list whose cards are closed (version 2).
    pub fn add_closed_list(&self, board: Id, name: &str) -> Id {
        self.new_list(board, name, ListKind::Closed)
    }

    fn new_list(&self, board: Id, name: &str, kind: ListKind) -> Id {
        let mut state = self.state();
        let place = State::last_place(state.lists.of(board).map(List::position));
        state.add_list(board, kind, name, place)
    }

    /// The oldest list of that name.
    pub fn list(&self, board: Id, name: &str) -> Id {
        let state = self.state();
        let mut lists = state.lists.of(board);
        let found = lists.find(|list| list.name.as_deref() == Some(name));
        found.unwrap_or_else(|| panic!("no list {name:?}")).id()
    }

    /// The archive of a board (version 2).
    pub fn archive_list(&self, board: Id) -> Id {
        self.state().hidden_list(board, ListKind::Archive)
    }

    /// The trash of a board (version 2).
    pub fn trash_list(&self, board: Id) -> Id {
        self.state().hidden_list(board, ListKind::Trash)
    }

    /// Gives a list another name.
    pub fn rename_list(&self, list: Id, name: &str) {
        let mut state = self.state();
        let now = state.clock.tick();
        state
            .lists
            .update(list, now, |list| list.name = Some(name.to_owned()));
    }

    /// Moves a list to a position among its siblings.
    pub fn move_list(&self, list: Id, position: f64) {
        self.state().move_list(list, position);
    }

    /// Deletes a list: its cards go to the trash (version 2) or become ghosts (version 1).
    pub fn delete_list(&self, list: Id) {
        self.state().remove_list(list);
    }

    /// A label in a colour of the version.
    pub fn add_label(&self, board: Id, name: &str, color: &str) -> Id {
        let mut state = self.state();
        let known = super::colours::of_labels(state.version);
        assert!(known.contains(&color), "no label colour {color:?}");
        let labels = state.labels.of(board);
        let place = State::last_place(labels.map(super::rows::Label::position));
        state.add_label(board, Some(name.to_owned()), color.to_owned(), place)
    }

    /// The oldest label of that name.
    pub fn label(&self, board: Id, name: &str) -> Id {
        let state = self.state();
        let mut labels = state.labels.of(board);
        let found = labels.find(|label| label.name.as_deref() == Some(name));
        found.unwrap_or_else(|| panic!("no label {name:?}")).id()
    }

    /// Gives a label another name.
    pub fn rename_label(&self, label: Id, name: &str) {
        let mut state = self.state();
        let now = state.clock.tick();
        state
            .labels
            .update(label, now, |label| label.name = Some(name.to_owned()));
    }

    /// Deletes a label, which also takes it off all cards.
    pub fn delete_label(&self, label: Id) {
        self.state().remove_label(label);
    }
}

/// Cards.
impl People {
    /// A card of type project.
    pub fn add_card(&self, list: Id, name: &str, description: Option<&str>) -> Id {
        let mut state = self.state();
        let position = State::last_place(state.cards.of(list).map(Card::position));
        let creator = state.administrator();
        state.add_card(NewCard {
            list,
            position,
            kind: "project".to_owned(),
            name: name.to_owned(),
            description: description.map(ToOwned::to_owned),
            due: None,
            due_completed: None,
            stopwatch: None,
            creator,
        })
    }

    /// The oldest card of that name on a board, wherever it is.
    pub fn card(&self, board: Id, name: &str) -> Id {
        let found = self.cards(board, name).first().copied();
        found.unwrap_or_else(|| panic!("no card {name:?}"))
    }

    /// All cards of that name on a board, archive, trash and ghosts included, oldest first.
    pub fn cards(&self, board: Id, name: &str) -> Vec<Id> {
        let state = self.state();
        let cards = state.cards_of_board(board);
        cards
            .filter(|card| card.name == name)
            .map(Card::id)
            .collect()
    }

    /// The description of a card.
    pub fn description(&self, card: Id) -> Option<String> {
        self.state().cards.at(card).description.clone()
    }

    /// The name of the list a card is in; none for hidden and deleted lists.
    pub fn list_of(&self, card: Id) -> Option<String> {
        let state = self.state();
        let list = state.cards.at(card).list;
        state.lists.get(list).and_then(|list| list.name.clone())
    }

    /// A card as the API shows it.
    pub fn show_card(&self, card: Id) -> Value {
        let state = self.state();
        shapes::card(&state, state.cards.at(card))
    }

    /// Moves a card to the end of a list, also of another board.
    pub fn move_card(&self, card: Id, list: Id) {
        let mut state = self.state();
        let siblings = state.cards.of(list).filter(|row| row.id() != card);
        let position = State::last_place(siblings.map(Card::position));
        let place = Some(Place { list, position });
        state.change_card(
            card,
            CardChange {
                place,
                ..CardChange::default()
            },
        );
    }

    /// Moves a card within its list.
    pub fn reposition(&self, card: Id, position: f64) {
        let mut state = self.state();
        let list = state.cards.at(card).list;
        let place = Some(Place { list, position });
        state.change_card(
            card,
            CardChange {
                place,
                ..CardChange::default()
            },
        );
    }

    /// Puts a card into the archive of its board (version 2).
    pub fn archive(&self, card: Id) {
        let board = self.state().cards.at(card).board;
        self.move_card(card, self.archive_list(board));
    }

    /// Puts a card into the trash of its board (version 2).
    pub fn trash(&self, card: Id) {
        let board = self.state().cards.at(card).board;
        self.move_card(card, self.trash_list(board));
    }

    /// Deletes a card for good.
    pub fn delete_card(&self, card: Id) {
        self.state().remove_card(card);
    }

    /// Copies a card to the end of its list.
    pub fn duplicate(&self, card: Id) -> Id {
        let mut state = self.state();
        let list = state.cards.at(card).list;
        let position = State::last_place(state.cards.of(list).map(Card::position));
        let by = state.administrator();
        state.duplicate_card(card, position, by)
    }

    /// Gives a card another name.
    pub fn rename_card(&self, card: Id, name: &str) {
        let change = CardChange {
            name: Some(name.to_owned()),
            ..CardChange::default()
        };
        self.state().change_card(card, change);
    }

    /// Replaces or clears the description of a card.
    pub fn describe(&self, card: Id, description: Option<&str>) {
        let text = description.map(ToOwned::to_owned);
        let change = CardChange {
            description: text.map_or(Given::Null, Given::Some),
            ..CardChange::default()
        };
        self.state().change_card(card, change);
    }

    /// Sets the due date of a card, as `2026-12-24T12:00:00.000Z`.
    pub fn set_due(&self, card: Id, due: &str) {
        let change = CardChange {
            due: Given::Some(due.to_owned()),
            ..CardChange::default()
        };
        self.state().change_card(card, change);
    }
}

/// What hangs on cards.
impl People {
    /// Puts a label on a card.
    pub fn attach_label(&self, card: Id, label: Id) {
        self.state().attach_label(card, label);
    }

    /// Takes a label off a card, if it is there.
    pub fn detach_label(&self, card: Id, label: Id) {
        let mut state = self.state();
        if let Some(row) = state.attached_label(card, label) {
            state.card_labels.remove(row);
        }
    }

    /// A task list (version 2).
    pub fn add_task_list(&self, card: Id, name: &str) -> Id {
        let mut state = self.state();
        assert_eq!(state.version, Version::V2, "Planka 1.x has no task lists");
        let lists = state.task_lists.of(card);
        let place = State::last_place(lists.map(super::rows::TaskList::position));
        state.add_task_list(card, name, place, true, false)
    }

    /// The oldest task list of that name on a card.
    pub fn task_list(&self, card: Id, name: &str) -> Id {
        let state = self.state();
        let mut lists = state.task_lists.of(card);
        let found = lists.find(|list| list.name == name);
        found
            .unwrap_or_else(|| panic!("no task list {name:?}"))
            .id()
    }

    /// Deletes a task list and its tasks.
    pub fn delete_task_list(&self, list: Id) {
        self.state().remove_task_list(list);
    }

    /// A task on a card (version 1) or in a task list (version 2).
    pub fn add_task(&self, holder: Id, name: &str, completed: bool) -> Id {
        let mut state = self.state();
        let tasks = state.tasks.of(holder);
        let position = State::last_place(tasks.map(super::rows::Task::position));
        state.add_task(NewTask {
            holder,
            position,
            name: name.to_owned(),
            completed,
            linked_card: None,
        })
    }

    /// The oldest task of that name on a card, in whichever task list.
    pub fn task(&self, card: Id, name: &str) -> Id {
        let state = self.state();
        let tasks = state.tasks_of(state.cards.at(card)).into_iter();
        let named = tasks.filter(|task| task.name == name);
        let oldest = named.map(super::rows::Task::id).min();
        oldest.unwrap_or_else(|| panic!("no task {name:?}"))
    }

    /// Ticks a task or takes the tick away.
    pub fn tick(&self, task: Id, completed: bool) {
        let mut state = self.state();
        let now = state.clock.tick();
        state
            .tasks
            .update(task, now, |task| task.completed = completed);
    }

    /// Gives a task another name.
    pub fn rename_task(&self, task: Id, name: &str) {
        let mut state = self.state();
        let now = state.clock.tick();
        state
            .tasks
            .update(task, now, |task| name.clone_into(&mut task.name));
    }

    /// Deletes a task.
    pub fn delete_task(&self, task: Id) {
        self.state().tasks.remove(task);
    }

    /// A comment of the administrator.
    pub fn comment(&self, card: Id, text: &str) -> Id {
        let mut state = self.state();
        let by = state.administrator();
        state.add_comment(card, by, text)
    }

    /// Makes a user a member of a card.
    pub fn add_card_member(&self, card: Id, user: Id) {
        self.state().add_card_member(card, user);
    }

    /// A link on a card.
    pub fn attach(&self, card: Id, name: &str, url: &str) -> Id {
        let mut state = self.state();
        let by = state.administrator();
        state.add_attachment(card, by, name, url)
    }
}
