//! The digest of a plan: of what a person reviews, and nothing else.

use super::{Action, CardUpdate, Handle, Plan, Step, TaskListHandle};
use crate::description::Described;
use crate::ids::TaskListId;
use crate::text::Sha256Hasher;
use alloc::string::String;
use core::hash::Hash;

impl Plan {
    /// Returns 64 hexadecimal digits of what the plan writes on cards and what it holds, by which a
    /// person who has seen it can ask for this plan and no other.
    ///
    /// Names, lists, ticks, text, their order, and the ids of what is there already are in it. Three
    /// things are not, so that the plan of a preview has the digest of the one carried out:
    ///
    /// - project, board, lists and label, which are made before and may be there by then; a list
    ///   that a card goes to is in it by name;
    /// - markers, which nobody sees, with their origins, create ids and repository ids that may be
    ///   drawn on the first run of a machine, and what changes a marker alone;
    /// - the place of a card in its list, which is after whatever else is there.
    pub fn digest(&self) -> String {
        let mut hasher = Sha256Hasher::default();
        for step in self.steps.iter().filter(|step| step.shows()) {
            step.change.hash(&mut hasher);
            self.hash_action(&step.action, &mut hasher);
        }
        self.held.hash(&mut hasher);
        hasher.into_hex()
    }

    /// Hashes an action with names in the place of what it makes or refers to. The card a step
    /// makes goes by the change of the step.
    fn hash_action(&self, action: &Action, hasher: &mut Sha256Hasher) {
        core::mem::discriminant(action).hash(hasher);
        match action {
            Action::CreateProject { .. }
            | Action::CreateBoard { .. }
            | Action::CreateList { .. }
            | Action::CreateLabel { .. } => {}
            Action::CreateCard {
                list_name,
                name,
                text,
                ..
            } => (list_name, name, text).hash(hasher),
            Action::AttachLabel { card, .. } => known(card).hash(hasher),
            Action::UpdateCard {
                card,
                seen,
                what,
                name,
                description,
                ..
            } => {
                let description = description.as_ref().unwrap_or(&seen.description);
                (card, what, name, shown(description)).hash(hasher);
            }
            Action::CreateTaskList {
                card,
                name,
                position,
            } => (known(card), name, position).hash(hasher),
            Action::UpdateTaskList {
                task_list,
                seen,
                name,
                position,
            } => (task_list, seen, name, position).hash(hasher),
            Action::DeleteTaskList { task_list, seen } => (task_list, seen).hash(hasher),
            Action::CreateTask {
                card,
                task_list,
                name,
                position,
                done,
            } => (known(card), self.home(task_list), name, position, done).hash(hasher),
            Action::UpdateTask {
                task,
                seen,
                name,
                done,
                task_list,
                position,
            } => {
                let home = task_list.as_ref().map(|list| self.home(list));
                (task, seen, name, done, home, position).hash(hasher);
            }
            Action::DeleteTask { task, seen } => (task, seen).hash(hasher),
            Action::DiscardCard { card, trash, .. } => (card, trash.is_some()).hash(hasher),
        }
    }

    fn home<'p>(&'p self, list: &'p TaskListHandle) -> Home<'p> {
        match list {
            TaskListHandle::List(Handle::Known(id)) => Home::Known(id),
            TaskListHandle::List(Handle::Made(step)) => match &self.steps[step.0].action {
                Action::CreateTaskList { name, .. } => Home::Made(name),
                _ => Home::Card,
            },
            TaskListHandle::Card(_) => Home::Card,
        }
    }
}

/// Where a task goes, without numbers of steps.
#[derive(Hash)]
enum Home<'p> {
    Known(&'p TaskListId),
    Made(&'p str),
    Card,
}

impl Step {
    /// Says whether people see on a card what the step does.
    fn shows(&self) -> bool {
        match &self.action {
            Action::UpdateCard {
                seen,
                what: CardUpdate::Text,
                name: None,
                description: Some(description),
                ..
            } => shown(description) != shown(&seen.description),
            action => !action.is_infrastructure(),
        }
    }
}

fn known<Id>(handle: &Handle<Id>) -> Option<&Id> {
    match handle {
        Handle::Known(id) => Some(id),
        Handle::Made(_) => None,
    }
}

/// Takes the marker out of a description: people's text, what the block shows, people's text. What
/// cannot be taken apart is compared as it stands.
fn shown(description: &str) -> (String, Option<String>, String) {
    Described::parse(description).map_or_else(
        |_| (description.into(), None, String::new()),
        |described| {
            let block = described.block.map(|block| block.text);
            (described.before, block, described.after)
        },
    )
}

#[cfg(test)]
mod tests;
