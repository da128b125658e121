//! Healing what two machines made at the same moment: projects, boards, lists, labels and tasks.
//!
//! After something was made it is looked at again. Of two equal ones the older stays; whoever made
//! the younger removes it, and only if it is still empty in a fresh read. A task that a run made and
//! that the card's marker does not claim is a twin too, or comes from a plan that was overtaken.

use crate::board::{Card, Directory, List, Snapshot, Target, Task};
use crate::checklist::Ours;
use crate::description::Described;
use crate::ids::{BoardId, LabelId, ListId, ProjectId, TaskId, TaskListId};
use crate::plan::Action;
use crate::run::{Fate, RunReport};
use crate::text::same_name;
use crate::write::{SeenTask, Write};
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

/// What one process made that another may have made too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Groundwork {
    projects: Vec<ProjectId>,
    boards: Vec<BoardId>,
    lists: Vec<ListId>,
    labels: Vec<LabelId>,
    task_lists: BTreeSet<TaskListId>,
    tasks: BTreeSet<TaskId>,
}

impl Groundwork {
    /// Notes what a run made.
    pub fn note(&mut self, report: &RunReport) {
        for (step, fate) in &report.steps {
            let Some(Fate::Made { id }) = fate else {
                continue;
            };
            match step.action {
                Action::CreateProject { .. } => self.projects.push(ProjectId::new(id)),
                Action::CreateBoard { .. } => self.boards.push(BoardId::new(id)),
                Action::CreateList { .. } => self.lists.push(ListId::new(id)),
                Action::CreateLabel { .. } => self.labels.push(LabelId::new(id)),
                Action::CreateTaskList { .. } => {
                    self.task_lists.insert(TaskListId::new(id));
                }
                Action::CreateTask { .. } => {
                    self.tasks.insert(TaskId::new(id));
                }
                _ => {}
            }
        }
    }

    /// Returns the removal of a project or board of ours that has an older twin and holds nothing.
    ///
    /// A board that was just made holds no cards; the caller has read the directory again for this.
    pub fn heal_directory(&self, directory: &Directory, target: &Target) -> Vec<Write> {
        let mut removals = Vec::new();
        let named = directory
            .projects
            .iter()
            .filter(|p| same_name(&p.name, &target.project));
        let oldest = named.map(|project| &project.id).min();
        for project in &self.projects {
            let empty = !directory
                .boards
                .iter()
                .any(|board| board.project == *project);
            let there = directory.projects.iter().any(|p| p.id == *project);
            if there && empty && oldest.is_some_and(|oldest| oldest < project) {
                removals.push(Write::RemoveProject {
                    project: project.clone(),
                });
            }
        }
        for id in &self.boards {
            let Some(ours) = directory.boards.iter().find(|board| board.id == *id) else {
                continue;
            };
            let twin = |other: &&crate::board::BoardEntry| {
                other.project == ours.project && same_name(&other.name, &ours.name)
            };
            let older = directory
                .boards
                .iter()
                .filter(twin)
                .any(|other| other.id < *id);
            if older {
                removals.push(Write::RemoveBoard { board: id.clone() });
            }
        }
        removals
    }

    /// Returns the removal of lists and labels of ours that have an older twin and hold nothing, and of
    /// tasks and task lists of ours that their card's marker does not claim, in the order to perform.
    pub fn heal_board(&self, snapshot: &Snapshot) -> Vec<Write> {
        let mut removals = Vec::new();
        for id in &self.lists {
            let older = |ours: &List| {
                let mut twins = snapshot
                    .lists
                    .iter()
                    .filter(|l| same_name(&l.name, &ours.name));
                twins.any(|other| other.id < *id)
            };
            let ours = snapshot.lists.iter().find(|list| list.id == *id);
            let empty = !snapshot.cards.iter().any(|card| card.list == *id);
            if empty && ours.is_some_and(older) {
                removals.push(Write::RemoveList { list: id.clone() });
            }
        }
        for id in &self.labels {
            let ours = snapshot.labels.iter().find(|label| label.id == *id);
            let older = ours.is_some_and(|ours| {
                let mut twins = snapshot
                    .labels
                    .iter()
                    .filter(|l| same_name(&l.name, &ours.name));
                twins.any(|other| other.id < *id)
            });
            let unused = !snapshot.cards.iter().any(|card| card.labels.contains(id));
            if older && unused {
                removals.push(Write::RemoveLabel { label: id.clone() });
            }
        }
        if !(self.tasks.is_empty() && self.task_lists.is_empty()) {
            snapshot
                .cards
                .iter()
                .for_each(|card| self.heal_card(card, &mut removals));
        }
        removals
    }

    fn heal_card(&self, card: &Card, removals: &mut Vec<Write>) {
        let described = Described::parse(&card.description).ok();
        let Some(block) = described.and_then(|described| described.block) else {
            return;
        };
        let ours = Ours::of(&card.task_lists, &block.marker.tasks);
        for (l, list) in card.task_lists.iter().enumerate() {
            let twin =
                |(t, task): &(usize, &Task)| !ours.tasks[l][*t] && self.tasks.contains(&task.id);
            let twins = list.tasks.iter().enumerate().filter(twin);
            let before = removals.len();
            removals.extend(twins.map(|(_, task)| Write::DeleteTask {
                task: task.id.clone(),
                seen: SeenTask {
                    name: task.name.clone(),
                    done: task.done,
                },
            }));
            let emptied = removals.len() - before == list.tasks.len();
            if emptied && !ours.lists[l] && self.task_lists.contains(&list.id) {
                removals.push(Write::DeleteTaskList {
                    task_list: list.id.clone(),
                    seen: list.name.clone(),
                });
            }
        }
    }
}
