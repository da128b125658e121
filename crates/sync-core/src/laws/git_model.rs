//! Git as far as one change's folder is concerned: commits as a graph, each with the folder's content.
//!
//! Every edit is an *event*. A commit carries its ancestors' events and its own; squash, rebase and
//! cherry-pick carry those of what they copy; a revert is an event of its own.

use crate::desired::{DesiredCard, DesiredTask, Section};
use crate::stage::{Progress, Stage};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// The number of a commit; a parent's is smaller than its child's.
pub(super) type Commit = usize;
/// The number of an edit.
pub(super) type Event = usize;

/// One thing the folder says: that it is there, that a task is there, that it is ticked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fact {
    Active,
    Task(u8),
    Tick(u8),
}

/// The facts of a change's folder; none when it is absent, archived included.
pub(super) type Facts = BTreeSet<Fact>;

/// A state of the folder, and the edits that led to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Content {
    pub(super) facts: Facts,
    pub(super) events: BTreeSet<Event>,
}

impl Content {
    pub(super) fn is_active(&self) -> bool {
        self.facts.contains(&Fact::Active)
    }

    /// Takes facts and events as a merge does: what either side changed since the base.
    pub(super) fn merged(&self, base: &Content, other: &Content) -> Content {
        let mut facts = &self.facts - &(&base.facts - &other.facts);
        facts.extend(&other.facts - &base.facts);
        Content {
            facts: settled(facts),
            events: &self.events | &other.events,
        }
    }

    /// Returns the card that the folder asks for.
    pub(super) fn card(&self) -> Option<DesiredCard> {
        self.is_active().then(|| {
            let number = |fact: &Fact| match fact {
                Fact::Task(n) => Some(*n),
                _ => None,
            };
            let task = |n| DesiredTask {
                text: format!("task {n}"),
                done: self.facts.contains(&Fact::Tick(n)),
            };
            let tasks: Vec<_> = self.facts.iter().filter_map(number).map(task).collect();
            let progress = Progress {
                artifacts_ready: true,
                tasks: tasks.len(),
                open: tasks.iter().filter(|task| !task.done).count(),
            };
            DesiredCard {
                stage: Stage::of(progress),
                why: None,
                sections: vec![Section {
                    title: String::new(),
                    tasks,
                }],
            }
        })
    }
}

/// Drops what cannot stand alone: a tick without its task, anything without the folder.
pub(super) fn settled(mut facts: Facts) -> Facts {
    if !facts.contains(&Fact::Active) {
        facts.clear();
    }
    let all = facts.clone();
    facts.retain(|fact| match fact {
        Fact::Tick(n) => all.contains(&Fact::Task(*n)),
        _ => true,
    });
    facts
}

/// A commit of the graph.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) parents: Vec<Commit>,
    pub(super) content: Content,
}

/// Every commit anybody ever made.
#[derive(Clone, Debug, Default)]
pub(super) struct Graph(pub(super) Vec<Node>);

impl Graph {
    pub(super) fn add(&mut self, parents: Vec<Commit>, content: Content) -> Commit {
        self.0.push(Node { parents, content });
        self.0.len() - 1
    }

    pub(super) fn content(&self, commit: Commit) -> &Content {
        &self.0[commit].content
    }
}

/// What one clone sees of the graph: all of it but what lies beyond its shallow ends.
#[derive(Clone, Copy)]
pub(super) struct Seen<'a> {
    pub(super) graph: &'a Graph,
    pub(super) ends: &'a BTreeSet<Commit>,
}

impl Seen<'_> {
    pub(super) fn parents(&self, commit: Commit) -> &[Commit] {
        if self.ends.contains(&commit) {
            return &[];
        }
        &self.graph.0[commit].parents
    }

    /// Returns the commits and everything they descend from.
    pub(super) fn ancestors(&self, tips: impl IntoIterator<Item = Commit>) -> BTreeSet<Commit> {
        let mut seen = BTreeSet::new();
        let mut open: Vec<Commit> = tips.into_iter().collect();
        while let Some(commit) = open.pop() {
            if seen.insert(commit) {
                open.extend(self.parents(commit));
            }
        }
        seen
    }

    pub(super) fn merge_base(&self, a: Commit, b: Commit) -> Option<Commit> {
        (&self.ancestors([a]) & &self.ancestors([b]))
            .last()
            .copied()
    }

    /// Says whether a commit touched the folder, as `git log --full-history -- PATH` counts.
    pub(super) fn touched(&self, commit: Commit) -> bool {
        let here = &self.graph.content(commit).facts;
        let parents = self.parents(commit);
        if parents.is_empty() {
            return !here.is_empty();
        }
        parents
            .iter()
            .all(|parent| self.graph.content(*parent).facts != *here)
    }

    /// Returns the last commit that touched the folder, as `git log -1 -- PATH` finds it.
    pub(super) fn last_touching(&self, mut commit: Commit) -> Option<Commit> {
        loop {
            if self.touched(commit) {
                return Some(commit);
            }
            let here = &self.graph.content(commit).facts;
            let same = |parent: &&Commit| self.graph.content(**parent).facts == *here;
            commit = *self.parents(commit).iter().find(same)?;
        }
    }
}

/// What each event changed: facts set and facts taken away.
#[derive(Clone, Debug, Default)]
pub(super) struct Events(pub(super) BTreeMap<Event, (Facts, Facts)>);

impl Events {
    /// Records the edit from one state to another and returns the new state.
    pub(super) fn edit(&mut self, from: &Content, facts: Facts) -> Content {
        let facts = settled(facts);
        let event = self.0.len();
        self.0
            .insert(event, (&facts - &from.facts, &from.facts - &facts));
        let mut events = from.events.clone();
        events.insert(event);
        Content { facts, events }
    }
}
