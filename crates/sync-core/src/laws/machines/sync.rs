//! Syncing a machine, what its git says for that, and a judge of what it wrote.

use super::{MAIN, Rule, Step, World};
use crate::arbitrary::FLAT;
use crate::board::BoardLayout;
use crate::desired::Desired;
use crate::ids::{ChangeName, CommitId, OriginId};
use crate::laws::git_model::{Commit, Content, Event, Fact};
use crate::laws::world::{Project, look, shown};
use crate::provenance::{GitFacts, Own, Shown, Sight};
use crate::reconcile::{Draft, Facts, View};
use crate::run::Run;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

impl World {
    /// Returns what this checkout says of the change.
    fn own(&self, m: usize) -> Own {
        let (head, seen) = (self.head(m), self.seen(m));
        let last = seen.last_touching(head).unwrap_or(head);
        let upstream = self.machines[m].remote.get(MAIN);
        let base = upstream.and_then(|main| seen.merge_base(last, *main));
        Own {
            commit: Some(name(last)),
            dirty: self.is_dirty(m),
            base: base.map(name),
        }
    }

    /// Returns what this checkout's git says of a marker, after the one fetch it may take.
    fn git_facts(
        &mut self,
        m: usize,
        commit: Commit,
        base: Option<Commit>,
        dirty: bool,
    ) -> GitFacts {
        let unknown = !self.machines[m].objects.contains(&commit);
        let fetched = unknown && self.fetch(m).is_some();
        let (head, seen, machine) = (self.head(m), self.seen(m), &self.machines[m]);
        let history = seen.ancestors([head]);
        let shown = |since: &BTreeSet<Commit>| -> Vec<Shown> {
            let touched = history.difference(since).filter(|c| seen.touched(**c));
            let card = |c: &Commit| {
                self.graph
                    .content(*c)
                    .card()
                    .map_or(Shown::Absent, Shown::Card)
            };
            touched.map(card).collect()
        };
        let all = || {
            let mut all = shown(&BTreeSet::new());
            all.push(Shown::Absent);
            all
        };
        let since = |from: Commit| match self.rule {
            Rule::WholeHistory => all(),
            _ => shown(&seen.ancestors([from])),
        };
        let known = |commit: &Commit| machine.objects.contains(commit);
        let own_last = seen.last_touching(head).unwrap_or(head);
        let sight = if !known(&commit) {
            if fetched {
                Sight::Unknown {
                    since_base: base.filter(known).map(since),
                }
            } else {
                Sight::CannotTell
            }
        } else if history.contains(&commit) {
            Sight::Within {
                since: if dirty { since(commit) } else { vec![] },
            }
        } else if own_last != commit && seen.ancestors([commit]).contains(&own_last) {
            Sight::Ahead
        } else {
            Sight::Diverged {
                since: since(commit),
            }
        };
        let elsewhere = machine.branches.values().chain(machine.remote.values());
        let elsewhere = seen.ancestors(elsewhere.chain(&machine.stashes).copied());
        let mut beyond = elsewhere.difference(&history);
        GitFacts {
            sight,
            nothing_elsewhere: self.rule == Rule::SameOriginMayAll
                || !beyond.any(|c| seen.touched(*c)),
            in_history: history.iter().any(|c| seen.touched(*c)),
        }
    }

    /// Syncs one machine, and judges what it wrote.
    pub(in crate::laws) fn sync(&mut self, m: usize) {
        let tree = self.machines[m].tree.clone();
        let mut desired = Desired::default();
        match tree.card() {
            Some(card) => _ = desired.cards.insert(change(), card),
            None => _ = desired.archived.insert(change()),
        }
        let mut project = Project::new(desired, BoardLayout::default());
        project.checkout.origin = OriginId::new(format!("{:012x}", self.machines[m].origin));
        let (located, snapshot) = look(&self.board, &project.target);
        let view = View {
            target: &project.target,
            located: &located,
            snapshot: &snapshot,
            features: FLAT,
            layout: &project.layout,
        };
        let draft = Draft::of(&project.desired, view, &project.checkout);
        let mut facts = Facts::default();
        if let [ask] = &draft.asks()[..] {
            if let Some(marker) = ask.marker {
                let commit = number(marker.commit.as_ref().unwrap());
                let base = marker.base.as_ref().map(number);
                let git = self.git_facts(m, commit, base, marker.dirty);
                facts.git.insert(change(), git);
            }
            facts.own.insert(change(), self.own(m));
        }
        let plan = draft.decide(&facts);
        self.counts.held += plan.held.len();
        if plan.is_empty() {
            return;
        }
        let mut run = Run::new(plan, 1, "nonce");
        while let Some((step, write)) = run.next_ready() {
            let outcome = self.board.apply(&write);
            run.complete(step, outcome);
        }
        assert!(run.report().is_complete());
        self.judge(m, &tree);
    }

    /// Classes a write as the provenance sheet does.
    fn judge(&mut self, m: usize, tree: &Content) {
        self.counts.writes += 1;
        let exists = |event: &&Event| {
            let forge = self.forge.values().map(|c| self.graph.content(*c));
            let machines = self.machines.iter().flat_map(|machine| {
                let refs = machine.branches.values().chain(machine.remote.values());
                let commits = refs.chain(&machine.stashes).map(|c| self.graph.content(*c));
                commits.chain([&machine.tree])
            });
            forge
                .chain(machines)
                .any(|content| content.events.contains(*event))
        };
        let seen = &tree.events | &self.machines[m].dropped;
        let unseen: Vec<&Event> = self.behind.difference(&seen).filter(exists).collect();
        let reopens = self.was_written() && !self.shows.contains(&Fact::Active) && tree.is_active();
        let removed = &self.shows - &tree.facts;
        let forward = removed.is_empty() && !reopens;
        let own: Vec<&Event> = tree.events.iter().collect();
        let made = |events: &[&Event], fact: &Fact, set: bool| {
            events.iter().any(|event| {
                let (added, taken) = &self.events.0[*event];
                if set {
                    added.contains(fact)
                } else {
                    taken.contains(fact)
                }
            })
        };
        let mut undone: Vec<(Fact, bool)> = removed.iter().map(|fact| (*fact, true)).collect();
        if reopens {
            undone.push((Fact::Active, false));
        }
        let hurt = |(fact, set): &&(Fact, bool)| made(&unseen, fact, *set);
        let hurts: Vec<_> = undone.iter().filter(hurt).collect();
        let fresh: Vec<&Event> = tree.events.difference(&self.behind).collect();
        let own_too = |(fact, set): &&(Fact, bool)| {
            made(&own, fact, *set) && made(&own, fact, !*set)
                || made(&fresh, fact, !*set) && made(&unseen, fact, !*set)
        };
        if !forward && !hurts.is_empty() {
            if hurts.iter().all(own_too) {
                self.counts.twin += 1;
            } else {
                self.counts.real += 1;
            }
        }
        if forward {
            let ticked = (&tree.facts - &self.shows).into_iter();
            let stale = ticked
                .filter(|fact| matches!(fact, Fact::Tick(_)))
                .any(|fact| made(&unseen, &fact, false) && !made(&fresh, &fact, true));
            self.counts.forward_stale += usize::from(stale);
        }
        self.behind = if forward {
            &self.behind | &tree.events
        } else {
            tree.events.clone()
        };
        self.shows.clone_from(&tree.facts);
    }

    fn was_written(&self) -> bool {
        !self.behind.is_empty()
    }

    /// Brings everybody's work to main, then everybody to main, and lets all sync twice.
    pub(in crate::laws) fn finish(&mut self) {
        for m in 0..self.machines.len() {
            self.step(m, Step::Online);
            self.step(m, Step::Commit);
            while self.step(m, Step::Pop).is_some() {
                self.step(m, Step::Commit);
            }
            let branches: Vec<_> = self.machines[m].branches.keys().copied().collect();
            self.step(m, Step::Switch(MAIN));
            self.step(m, Step::Pull);
            for branch in branches {
                self.step(m, Step::Merge(branch));
            }
            self.step(m, Step::Push);
        }
        for tip in self.forge.clone().into_values() {
            self.fetch(0);
            self.merge(0, tip);
        }
        self.step(0, Step::Push);
        for m in 0..self.machines.len() {
            self.step(m, Step::Pull);
        }
        for m in (0..self.machines.len()).chain(0..self.machines.len()) {
            self.sync(m);
        }
    }

    /// Says whether the board shows what main asks for.
    pub(in crate::laws) fn is_as_main(&self) -> bool {
        let main = self.graph.content(self.forge[MAIN]);
        let on_board: Vec<String> = shown(&self.board);
        let card = on_board.iter().find(|line| line.starts_with("card"));
        match (main.card(), card) {
            (None, None) => true,
            (None, Some(card)) => card.contains(" in Done "),
            (Some(_), None) => false,
            (Some(_), Some(_)) => self.shows == main.facts,
        }
    }
}

fn change() -> ChangeName {
    ChangeName::new("add-export")
}

fn name(commit: Commit) -> CommitId {
    CommitId::new(format!("{commit:040x}"))
}

fn number(id: &CommitId) -> Commit {
    Commit::from_str_radix(id.as_str(), 16).unwrap()
}
