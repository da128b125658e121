//! What hangs on cards: labels, tasks, comments, members, links.

use super::People;
use crate::fake_planka::Version;
use crate::fake_planka::rows::{Id, Placed as _, Row as _, Task, TaskList};
use crate::fake_planka::state::{NewTask, State};

#[expect(
    clippy::missing_panics_doc,
    reason = "said once, at the type, for all of its methods"
)]
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
        let place = State::last_place(lists.map(TaskList::position));
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
        let position = State::last_place(tasks.map(Task::position));
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
        let oldest = named.map(Task::id).min();
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
