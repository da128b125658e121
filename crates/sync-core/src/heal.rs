//! Healing twins of project, board, list and label that two machines made at the same moment.
//!
//! After something was made it is looked at again. Of two equal ones the older stays; whoever made
//! the younger removes it, and only if it is still empty in a fresh read.

use crate::board::{Directory, List, Snapshot, Target};
use crate::ids::{BoardId, LabelId, ListId, ProjectId};
use crate::plan::Action;
use crate::run::{Fate, RunReport};
use crate::text::same_name;
use crate::write::Write;
use alloc::vec::Vec;

/// What one process made of the board's groundwork.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Groundwork {
    projects: Vec<ProjectId>,
    boards: Vec<BoardId>,
    lists: Vec<ListId>,
    labels: Vec<LabelId>,
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

    /// Returns the removal of lists and labels of ours that have an older twin and hold nothing.
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
        removals
    }
}
