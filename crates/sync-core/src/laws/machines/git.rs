//! What each step does to a clone and to the forge, as git does it.

use super::{CloneKind, MAIN, Machine, Step, World};
use crate::laws::git_model::{Commit, Content, Facts as Folder, Seen};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec;
use alloc::vec::Vec;

impl World {
    pub(super) fn edit(&mut self, m: usize, edit: impl FnOnce(&mut Folder) -> bool) -> Option<()> {
        let tree = &self.machines[m].tree;
        let mut facts = tree.facts.clone();
        edit(&mut facts).then_some(())?;
        self.machines[m].tree = self.events.edit(tree, facts);
        Some(())
    }

    pub(super) fn commit(&mut self, m: usize) {
        let (head, tree) = (self.head(m), self.machines[m].tree.clone());
        self.advance(m, vec![head], tree);
    }

    /// Puts a new commit on the branch; what is uncommitted stays.
    pub(super) fn advance(&mut self, m: usize, parents: Vec<Commit>, content: Content) {
        let commit = self.graph.add(parents, content);
        let machine = &mut self.machines[m];
        machine.objects.insert(commit);
        machine.branches.insert(machine.head, commit);
    }

    pub(super) fn move_head(&mut self, m: usize, to: Commit) {
        let machine = &mut self.machines[m];
        machine.branches.insert(machine.head, to);
        machine.tree = self.graph.content(to).clone();
    }

    pub(super) fn push(&mut self, m: usize, force: bool) -> Option<()> {
        self.machines[m].online.then_some(())?;
        let (branch, head) = (self.machines[m].head, self.head(m));
        let theirs = self.forge.get(branch).copied();
        let fast_forward = theirs.is_none_or(|at| self.seen(m).ancestors([head]).contains(&at));
        (fast_forward || force).then_some(())?;
        if let Some(theirs) = theirs {
            let (old, new) = (
                &self.graph.content(theirs).events,
                &self.graph.content(head).events,
            );
            self.machines[m].dropped.extend(old - new);
        }
        self.forge.insert(branch, head);
        self.machines[m].remote.insert(branch, head);
        Some(())
    }

    pub(super) fn fetch(&mut self, m: usize) -> Option<()> {
        let machine = &mut self.machines[m];
        machine.online.then_some(())?;
        machine.remote.clone_from(&self.forge);
        let seen = Seen {
            graph: &self.graph,
            ends: &machine.ends,
        };
        let new = seen.ancestors(self.forge.values().copied());
        machine.objects.extend(new);
        Some(())
    }

    pub(super) fn merge(&mut self, m: usize, other: Commit) -> Option<()> {
        (!self.is_dirty(m)).then_some(())?;
        let head = self.head(m);
        let seen = self.seen(m);
        if seen.ancestors([head]).contains(&other) {
            return None;
        }
        if seen.ancestors([other]).contains(&head) {
            self.move_head(m, other);
            return Some(());
        }
        let base = self.graph.content(seen.merge_base(head, other)?);
        let content = self
            .graph
            .content(head)
            .merged(base, self.graph.content(other));
        self.advance(m, vec![head, other], content);
        self.step(m, Step::Discard)
    }

    /// Copies what a commit changed on top of HEAD.
    pub(super) fn pick(&mut self, m: usize, commit: Commit) -> Option<()> {
        (!self.is_dirty(m)).then_some(())?;
        let parent = *self.seen(m).parents(commit).first()?;
        let (base, picked) = (self.graph.content(parent), self.graph.content(commit));
        let own = Content {
            facts: picked.facts.clone(),
            events: &picked.events - &base.events,
        };
        let head = self.head(m);
        let content = self.graph.content(head).merged(base, &own);
        self.advance(m, vec![head], content);
        self.step(m, Step::Discard)
    }

    pub(super) fn rebase(&mut self, m: usize) -> Option<()> {
        (!self.is_dirty(m)).then_some(())?;
        let onto = *self.machines[m].remote.get(MAIN)?;
        let head = self.head(m);
        let seen = self.seen(m);
        let mine = &seen.ancestors([head]) - &seen.ancestors([onto]);
        let mine: Vec<_> = mine
            .into_iter()
            .filter(|c| seen.parents(*c).len() == 1)
            .collect();
        self.move_head(m, onto);
        for commit in mine {
            self.pick(m, commit);
        }
        Some(())
    }

    /// Squashes a branch on the forge onto main and deletes it there.
    pub(super) fn squash(&mut self, branch: &'static str) -> Option<()> {
        (branch != MAIN).then_some(())?;
        let (tip, main) = (*self.forge.get(branch)?, self.forge[MAIN]);
        let seen = Seen {
            graph: &self.graph,
            ends: &BTreeSet::new(),
        };
        let base = self.graph.content(seen.merge_base(tip, main)?);
        let content = self
            .graph
            .content(main)
            .merged(base, self.graph.content(tip));
        let squashed = self.graph.add(vec![main], content);
        self.forge.insert(MAIN, squashed);
        self.forge.remove(branch);
        Some(())
    }

    pub(super) fn revert(&mut self, m: usize) -> Option<()> {
        (!self.is_dirty(m)).then_some(())?;
        let head = self.head(m);
        let parent = *self.seen(m).parents(head).first()?;
        let (old, new) = (
            self.graph.content(parent).facts.clone(),
            self.graph.content(head),
        );
        (old != new.facts).then_some(())?;
        let content = self.events.edit(new, old);
        self.advance(m, vec![head], content);
        self.step(m, Step::Discard)
    }

    /// Throws a machine's checkout away and clones anew, under another origin.
    pub(super) fn clone_to(&mut self, m: usize, kind: CloneKind) -> Option<()> {
        self.machines[m].online.then_some(())?;
        let main = self.forge[MAIN];
        let remote = match kind {
            CloneKind::MainOnly => BTreeMap::from([(MAIN, main)]),
            _ => self.forge.clone(),
        };
        let ends = match kind {
            CloneKind::Shallow => remote.values().copied().collect(),
            _ => BTreeSet::new(),
        };
        let seen = Seen {
            graph: &self.graph,
            ends: &ends,
        };
        let objects = seen.ancestors(remote.values().copied());
        let origin = self.origins;
        self.origins += 1;
        let fresh = Machine {
            origin,
            branches: BTreeMap::from([(MAIN, main)]),
            remote,
            head: MAIN,
            tree: self.graph.content(main).clone(),
            stashes: vec![],
            objects,
            ends,
            dropped: BTreeSet::new(),
            online: true,
        };
        if self.machines.len() < 5 {
            self.machines.push(fresh);
        } else {
            self.machines[m] = fresh;
        }
        Some(())
    }
}
