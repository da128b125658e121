//! Task lists and tasks (Planka sheet §9).

use super::State;
use crate::fake_planka::Version;
use crate::fake_planka::positions::make_room;
use crate::fake_planka::rows::{Card, Id, ListKind, Task, TaskList};

pub(crate) struct NewTask {
    /// The card in version 1, the task list in version 2.
    pub(crate) holder: Id,
    pub(crate) position: f64,
    pub(crate) name: String,
    pub(crate) completed: bool,
    pub(crate) linked_card: Option<Id>,
}

impl State {
    pub(crate) fn add_task_list(
        &mut self,
        card: Id,
        name: &str,
        position: f64,
        show_on_front: bool,
        hide_completed: bool,
    ) -> Id {
        let now = self.tick();
        let position = make_room(&mut self.task_lists, card, position, None, now);
        let stamp = self.stamp();
        self.task_lists.insert(TaskList {
            stamp,
            card,
            position,
            name: name.to_owned(),
            show_on_front,
            hide_completed,
        })
    }

    pub(crate) fn remove_task_list(&mut self, list: Id) {
        self.tasks.remove_of(list);
        self.task_lists.remove(list);
    }

    pub(crate) fn add_task(&mut self, task: NewTask) -> Id {
        let now = self.tick();
        let position = make_room(&mut self.tasks, task.holder, task.position, None, now);
        let stamp = self.stamp();
        self.tasks.insert(Task {
            stamp,
            holder: task.holder,
            position,
            name: task.name,
            completed: task.completed,
            linked_card: task.linked_card,
            assignee: None,
        })
    }

    /// Moves a task, within its holder or to another one.
    pub(crate) fn place_task(&mut self, task: Id, holder: Id, position: f64) {
        let now = self.tick();
        let position = make_room(&mut self.tasks, holder, position, Some(task), now);
        self.tasks.alter(task, |task| {
            task.holder = holder;
            task.position = position;
        });
    }

    /// The card a task is on.
    pub(crate) fn card_of_task(&self, task: &Task) -> Id {
        match self.version {
            Version::V1 => task.holder,
            Version::V2 => self.task_lists.at(task.holder).card,
        }
    }

    /// All tasks of a card, list by list.
    pub(crate) fn tasks_of(&self, card: &Card) -> Vec<&Task> {
        let id = card.stamp.id;
        let lists = self.task_lists.of(id).map(|list| list.stamp.id);
        std::iter::once(id)
            .chain(lists)
            .flat_map(|holder| self.tasks.of(holder))
            .collect()
    }

    /// What a task shows: a linked one speaks for its card.
    pub(crate) fn shown_task(&self, task: &Task) -> (String, bool) {
        let linked = task.linked_card.and_then(|card| self.cards.get(card));
        match linked {
            Some(card) => {
                let list = self.lists.get(card.list);
                let closed = list.is_some_and(|list| list.kind == ListKind::Closed);
                (card.name.clone(), closed)
            }
            None => (task.name.clone(), task.completed),
        }
    }
}
