//! Git as far as workplans are concerned: commits as a graph, each with what the files say.

use crate::ids::{FileId, HubId};
use crate::status::{Status, TaskStatus, Word, WorkplanStatus};
use crate::workplan::{TaskBlock, Workplan};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// A workplan, or a task of it.
pub(super) type Place = (u8, Option<u8>);

/// What a front matter or a block says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) word: String,
    pub(super) link: Option<HubId>,
}

/// What the files say.
pub(super) type Tree = BTreeMap<Place, Entry>;

/// The number of a commit; a parent's is smaller than its child's.
pub(super) type Commit = usize;

/// Returns how far along a word is; none if it is no status.
pub(super) fn rank(place: Place, word: &str) -> Option<u8> {
    fn of<S: Status>(word: &str) -> Option<u8> {
        S::parse(word).map(|status| status.rank().number())
    }
    match place.1 {
        None => of::<WorkplanStatus>(word),
        Some(_) => of::<TaskStatus>(word),
    }
}

pub(super) fn workplan_id(plan: u8) -> FileId {
    FileId::new(format!("DEMO-WP-{plan}"))
}

pub(super) fn task_id(task: u8) -> FileId {
    FileId::new(format!("T{task:02}"))
}

pub(super) fn path(plan: u8) -> String {
    format!("workplans/{plan}.md")
}

/// Reads the files of a tree.
pub(super) fn files(tree: &Tree) -> Vec<Workplan> {
    let mut files: Vec<Workplan> = Vec::new();
    for ((plan, task), entry) in tree {
        match task {
            None => files.push(Workplan {
                path: path(*plan),
                archived: false,
                id: workplan_id(*plan),
                title: format!("Plan {plan}"),
                status: Some(Word::read(&entry.word)),
                status_line: 1,
                hub_id: entry.link.clone(),
                hub_id_line: 2,
                tasks: vec![],
            }),
            Some(task) => files.last_mut().unwrap().tasks.push(TaskBlock {
                id: task_id(*task),
                title: format!("Task {task}"),
                status: Some(Word::read(&entry.word)),
                priority: None,
                hub_id: entry.link.clone(),
                line: 10 * u32::from(*task),
                status_line: 10 * u32::from(*task) + 1,
            }),
        }
    }
    files
}

/// The commits of all checkouts and of the remote.
#[derive(Clone, Debug)]
pub(super) struct History {
    commits: Vec<(Vec<Commit>, Tree)>,
}

impl History {
    pub(super) fn new(root: Tree) -> Self {
        Self {
            commits: vec![(vec![], root)],
        }
    }

    pub(super) fn len(&self) -> usize {
        self.commits.len()
    }

    pub(super) fn tree(&self, commit: Commit) -> &Tree {
        &self.commits[commit].1
    }

    pub(super) fn commit(&mut self, parents: Vec<Commit>, tree: Tree) -> Commit {
        self.commits.push((parents, tree));
        self.commits.len() - 1
    }

    /// Returns a commit and all that led to it.
    pub(super) fn ancestors(&self, commit: Commit) -> BTreeSet<Commit> {
        let (mut seen, mut next) = (BTreeSet::new(), vec![commit]);
        while let Some(commit) = next.pop() {
            if seen.insert(commit) {
                next.extend(&self.commits[commit].0);
            }
        }
        seen
    }

    /// Merges as git does, and where both changed a value as people do who know that work goes onward.
    pub(super) fn merge(&mut self, ours: Commit, theirs: Commit) -> Commit {
        let (mine, others) = (self.ancestors(ours), self.ancestors(theirs));
        if mine.contains(&theirs) {
            return ours;
        }
        if others.contains(&ours) {
            return theirs;
        }
        let base = self
            .tree(*mine.intersection(&others).max().unwrap())
            .clone();
        let theirs_tree = self.tree(theirs).clone();
        let mut tree = self.tree(ours).clone();
        for (place, entry) in &mut tree {
            let (was, other) = (&base[place], &theirs_tree[place]);
            let further = rank(*place, &other.word) > rank(*place, &entry.word);
            if entry.word == was.word || other.word != was.word && further {
                entry.word.clone_from(&other.word);
            }
            if entry.link == was.link {
                entry.link.clone_from(&other.link);
            }
        }
        self.commit(vec![ours, theirs], tree)
    }
}

/// Returns the word of a place in a tree.
pub(super) fn word(tree: &Tree, place: Place) -> String {
    tree[&place].word.clone()
}
