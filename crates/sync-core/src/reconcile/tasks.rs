//! The steps for the tasks of one card, and the comparison they come from.

use super::steps::Builder;
use crate::board::{Position, Task, TaskList};
use crate::checklist::{Matched, Ours, WantedList, match_up};
use crate::ids::{CardId, ChangeName, TaskListId};
use crate::plan::{Action, Handle, Step, StepId, TaskListHandle};
use crate::positions::arrange;
use crate::write::SeenTask;
use alloc::vec;
use alloc::vec::Vec;

/// The card tasks are planned for.
pub(super) struct CardTarget<'a> {
    pub(super) handle: Handle<CardId>,
    /// The step that has to come first: the card's creation, or its new marker.
    pub(super) first: Option<StepId>,
    pub(super) lists: &'a [TaskList],
}

impl Builder<'_> {
    /// Plans the differences between wanted and present tasks; returns how many ticks change.
    pub(super) fn tasks(
        &mut self,
        change: &ChangeName,
        wanted: &[WantedList],
        matched: &Matched,
        ours: &Ours,
        target: &CardTarget<'_>,
    ) -> usize {
        let first: Vec<StepId> = target.first.into_iter().collect();
        let start = self.steps.len();
        let places = list_places(wanted, matched, target.lists);
        let mut ticked = 0;
        for (w, list) in wanted.iter().enumerate() {
            let home = self.task_list(change, list, (matched.lists[w], places[w]), target);
            let mut after = first.clone();
            after.extend(home.made());
            let tasks = task_places(list, &matched.tasks[w], matched.lists[w], target.lists);
            for (t, task) in list.tasks.iter().enumerate() {
                let action = match matched.tasks[w][t] {
                    None => Some(Action::CreateTask {
                        card: target.handle.clone(),
                        task_list: home.clone(),
                        name: task.name.clone(),
                        position: tasks[t].unwrap_or(Position::after([])),
                        done: task.done,
                    }),
                    Some((l, at)) => {
                        let present = &target.lists[l].tasks[at];
                        let away = matched.lists[w] != Some(l);
                        ticked += usize::from(present.done != task.done);
                        let action = Action::UpdateTask {
                            task: present.id.clone(),
                            seen: SeenTask {
                                name: present.name.clone(),
                                done: present.done,
                            },
                            name: Some(task.name.clone()).filter(|name| *name != present.name),
                            done: Some(task.done).filter(|done| *done != present.done),
                            task_list: away.then(|| home.clone()),
                            position: tasks[t],
                        };
                        let changes = away
                            || tasks[t].is_some()
                            || present.name != task.name
                            || present.done != task.done;
                        changes.then_some(action)
                    }
                };
                if let Some(action) = action {
                    self.push(Some(change), &after, action);
                }
            }
        }
        self.surplus(change, matched, ours, target, start);
        ticked
    }

    /// Returns the task list for a wanted one: made, renamed, moved, or as it is.
    fn task_list(
        &mut self,
        change: &ChangeName,
        list: &WantedList,
        (found, place): (Option<usize>, Option<Position>),
        target: &CardTarget<'_>,
    ) -> TaskListHandle {
        let first: Vec<StepId> = target.first.into_iter().collect();
        let Some(present) = found.map(|l| &target.lists[l]) else {
            if !self.view.features.task_lists {
                return match &target.handle {
                    Handle::Made(card) => TaskListHandle::Card(*card),
                    Handle::Known(card) => {
                        TaskListHandle::List(Handle::Known(TaskListId::new(card.as_str())))
                    }
                };
            }
            let action = Action::CreateTaskList {
                card: target.handle.clone(),
                name: list.name.clone(),
                position: place.unwrap_or(Position::after([])),
            };
            let step = self.push(Some(change), &first, action);
            return TaskListHandle::List(Handle::Made(step));
        };
        let name = Some(list.name.clone()).filter(|name| *name != present.name);
        if name.is_some() || place.is_some() {
            let action = Action::UpdateTaskList {
                task_list: present.id.clone(),
                seen: present.name.clone(),
                name,
                position: place,
            };
            self.push(Some(change), &first, action);
        }
        TaskListHandle::List(Handle::Known(present.id.clone()))
    }

    /// Plans the end of our tasks that are no longer wanted, then of our task lists left empty; the
    /// steps for the card's tasks begin at `start`.
    fn surplus(
        &mut self,
        change: &ChangeName,
        matched: &Matched,
        ours: &Ours,
        target: &CardTarget<'_>,
        start: usize,
    ) {
        let first: Vec<StepId> = target.first.into_iter().collect();
        let mut by_age: Vec<_> = target.lists.iter().enumerate().collect();
        by_age.sort_by_key(|(_, list)| &list.id);
        for (l, list) in by_age {
            let mut after = first.clone();
            let mut left = false;
            let mut by_age: Vec<_> = list.tasks.iter().enumerate().collect();
            by_age.sort_by_key(|(_, task)| &task.id);
            for (t, task) in by_age {
                let at = Some((l, t));
                if let Some(w) = matched.tasks.iter().position(|tasks| tasks.contains(&at)) {
                    left |= matched.lists[w] == Some(l);
                } else if ours.tasks[l][t] {
                    let action = Action::DeleteTask {
                        task: task.id.clone(),
                        seen: SeenTask {
                            name: task.name.clone(),
                            done: task.done,
                        },
                    };
                    after.push(self.push(Some(change), &first, action));
                } else {
                    left = true;
                }
            }
            let wanted = matched.lists.contains(&Some(l));
            if ours.lists[l] && !wanted && !left {
                let leaving = |step: &Step| match &step.action {
                    Action::UpdateTask {
                        task, task_list, ..
                    } => task_list.is_some() && list.tasks.iter().any(|t| t.id == *task),
                    _ => false,
                };
                let steps = self.steps.iter().enumerate().skip(start);
                after.extend(steps.filter(|(_, s)| leaving(s)).map(|(n, _)| StepId(n)));
                let action = Action::DeleteTaskList {
                    task_list: list.id.clone(),
                    seen: list.name.clone(),
                };
                self.push(Some(change), &after, action);
            }
        }
    }
}

impl TaskListHandle {
    fn made(&self) -> Option<StepId> {
        match self {
            TaskListHandle::List(Handle::Made(step)) | TaskListHandle::Card(step) => Some(*step),
            TaskListHandle::List(Handle::Known(_)) => None,
        }
    }
}

/// Returns new places for task lists that need one.
fn list_places(
    wanted: &[WantedList],
    matched: &Matched,
    lists: &[TaskList],
) -> Vec<Option<Position>> {
    let place = |w: usize| matched.lists[w].map(|l| lists[l].position);
    let current: Vec<_> = (0..wanted.len()).map(place).collect();
    let other = |l: &usize| !matched.lists.contains(&Some(*l));
    let others: Vec<_> = (0..lists.len())
        .filter(other)
        .map(|l| lists[l].position)
        .collect();
    arrange(&current, &others)
}

/// Returns new places for the tasks of one list that need one.
fn task_places(
    list: &WantedList,
    tasks: &[Option<(usize, usize)>],
    home: Option<usize>,
    lists: &[TaskList],
) -> Vec<Option<Position>> {
    let at_home = |at: &Option<(usize, usize)>| at.filter(|(l, _)| Some(*l) == home);
    let current: Vec<_> = tasks
        .iter()
        .map(|at| at_home(at).map(|(l, t)| lists[l].tasks[t].position))
        .collect();
    debug_assert_eq!(current.len(), list.tasks.len());
    let others = home.map_or(vec![], |l| {
        let other = |t: &usize| !tasks.contains(&Some((l, *t)));
        let tasks = &lists[l].tasks;
        (0..tasks.len())
            .filter(other)
            .map(|t| tasks[t].position)
            .collect()
    });
    arrange(&current, &others)
}

/// Says whether a card shows what is wanted and nothing else: whosever it is, there is nothing to do.
fn shows_only(wanted: &[WantedList], lists: &[TaskList]) -> bool {
    let mut lists: Vec<&TaskList> = lists.iter().collect();
    lists.sort_by_key(|list| (list.position, &list.id));
    let places: Vec<_> = lists.iter().map(|list| Some(list.position)).collect();
    let same = |(wanted, list): (&WantedList, &&TaskList)| {
        let mut tasks: Vec<&Task> = list.tasks.iter().collect();
        tasks.sort_by_key(|task| (task.position, &task.id));
        let places: Vec<_> = tasks.iter().map(|task| Some(task.position)).collect();
        wanted.name == list.name
            && wanted.tasks.len() == tasks.len()
            && wanted
                .tasks
                .iter()
                .zip(&tasks)
                .all(|(w, t)| w.name == t.name && w.done == t.done)
            && arrange(&places, &[]).iter().all(Option::is_none)
    };
    wanted.len() == lists.len()
        && wanted.iter().zip(&lists).all(same)
        && arrange(&places, &[]).iter().all(Option::is_none)
}

/// Says whether a card's tasks are as wanted, surplus ones of ours included.
pub(super) fn tasks_equal(
    wanted: &[WantedList],
    lists: &[TaskList],
    ours: impl FnOnce() -> Ours,
) -> bool {
    if shows_only(wanted, lists) {
        return true;
    }
    let ours = &ours();
    let matched = match_up(wanted, lists, ours);
    let listed = matched
        .lists
        .iter()
        .enumerate()
        .all(|(w, found)| found.is_some_and(|l| lists[l].name == wanted[w].name));
    let tasks = wanted
        .iter()
        .zip(&matched.tasks)
        .enumerate()
        .all(|(w, (list, found))| {
            list.tasks.iter().zip(found).all(|(task, found)| {
                found.is_some_and(|(l, t)| {
                    let present = &lists[l].tasks[t];
                    matched.lists[w] == Some(l)
                        && present.name == task.name
                        && present.done == task.done
                })
            })
        });
    let ordered = |places: Vec<Option<Position>>| places.iter().all(Option::is_none);
    let in_order = listed
        && tasks
        && ordered(list_places(wanted, &matched, lists))
        && wanted.iter().enumerate().all(|(w, list)| {
            ordered(task_places(
                list,
                &matched.tasks[w],
                matched.lists[w],
                lists,
            ))
        });
    let no_surplus = || {
        ours.tasks.iter().enumerate().all(|(l, tasks)| {
            tasks.iter().enumerate().all(|(t, ours)| {
                !ours
                    || matched
                        .tasks
                        .iter()
                        .any(|found| found.contains(&Some((l, t))))
            })
        }) && ours.lists.iter().enumerate().all(|(l, ours)| {
            !ours || !lists[l].tasks.is_empty() || matched.lists.contains(&Some(l))
        })
    };
    in_order && no_surplus()
}
