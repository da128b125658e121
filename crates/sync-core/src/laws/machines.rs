//! Machines with clones of one repository, a forge, and one card on one board.

use super::git_model::{Commit, Content, Event, Events, Fact, Facts as Folder, Graph, Seen};
use super::world::{Project, Random, look, shown};
use crate::arbitrary::FLAT;
use crate::board::BoardLayout;
use crate::desired::Desired;
use crate::ids::{ChangeName, CommitId, OriginId};
use crate::provenance::{GitFacts, Own, Shown, Sight};
use crate::reconcile::{Draft, Facts, View};
use crate::run::Run;
use crate::simulate::SimulatedBoard;
use crate::stage::Stage;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// One checkout on one machine.
#[derive(Clone, Debug)]
pub(super) struct Machine {
    origin: usize,
    branches: BTreeMap<&'static str, Commit>,
    remote: BTreeMap<&'static str, Commit>,
    head: &'static str,
    pub(super) tree: Content,
    stashes: Vec<Commit>,
    objects: BTreeSet<Commit>,
    ends: BTreeSet<Commit>,
    /// The events this machine destroyed on the forge by a forced push.
    dropped: BTreeSet<Event>,
    pub(super) online: bool,
}

/// Something a machine, or somebody on the forge, does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Tick(u8),
    Untick(u8),
    Add(u8),
    Create,
    Archive,
    Unarchive,
    Commit,
    CommitOther,
    Push,
    ForcePush,
    Fetch,
    Pull,
    Merge(&'static str),
    Rebase,
    SquashOnForge(&'static str),
    CherryPick(&'static str),
    Revert,
    Reset,
    Discard,
    Stash,
    Pop,
    Switch(&'static str),
    DeleteBranch(&'static str),
    Clone(CloneKind),
    Offline,
    Online,
    Sync,
}

/// What a fresh clone has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CloneKind {
    Full,
    Shallow,
    MainOnly,
}

/// A rule that is weaker than the table, by what it makes the facts say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// The table, with the facts as git gives them.
    Table,
    /// The draft: the writer itself may do anything.
    SameOriginMayAll,
    /// The draft: content anywhere in history counts, that the change was not there yet included.
    WholeHistory,
}

/// What became of syncs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) writes: usize,
    pub(super) held: usize,
    pub(super) real: usize,
    pub(super) twin: usize,
    pub(super) forward_stale: usize,
}

impl Counts {
    pub(super) fn add(&mut self, other: Counts) {
        self.writes += other.writes;
        self.held += other.held;
        self.real += other.real;
        self.twin += other.twin;
        self.forward_stale += other.forward_stale;
    }
}

/// Everything there is.
#[derive(Clone, Debug)]
pub(super) struct World {
    graph: Graph,
    events: Events,
    forge: BTreeMap<&'static str, Commit>,
    pub(super) machines: Vec<Machine>,
    origins: usize,
    board: SimulatedBoard,
    /// The events behind what the card shows.
    behind: BTreeSet<Event>,
    shows: Folder,
    pub(super) counts: Counts,
    rule: Rule,
}

pub(super) const MAIN: &str = "main";
pub(super) const FEATURE: &str = "feature";

fn change() -> ChangeName {
    ChangeName::new("add-export")
}

impl World {
    /// A change with four tasks on main, if wanted, known to every machine.
    pub(super) fn new(
        machines: usize,
        rule: Rule,
        with_change: bool,
        board: &SimulatedBoard,
    ) -> World {
        let mut graph = Graph::default();
        let mut events = Events::default();
        let root = graph.add(vec![], Content::default());
        let mut main = root;
        if with_change {
            let tasks = (0..4).map(Fact::Task);
            let facts = tasks.chain([Fact::Active]).collect();
            let content = events.edit(&Content::default(), facts);
            main = graph.add(vec![root], content);
        }
        let machine = Machine {
            origin: 0,
            branches: BTreeMap::from([(MAIN, main)]),
            remote: BTreeMap::from([(MAIN, main)]),
            head: MAIN,
            tree: graph.content(main).clone(),
            stashes: vec![],
            objects: (0..=main).collect(),
            ends: BTreeSet::new(),
            dropped: BTreeSet::new(),
            online: true,
        };
        World {
            graph,
            events,
            forge: BTreeMap::from([(MAIN, main)]),
            machines: (0..machines)
                .map(|origin| Machine {
                    origin,
                    ..machine.clone()
                })
                .collect(),
            origins: machines,
            board: board.clone(),
            behind: BTreeSet::new(),
            shows: Folder::new(),
            counts: Counts::default(),
            rule,
        }
    }

    fn head(&self, m: usize) -> Commit {
        self.machines[m].branches[self.machines[m].head]
    }

    fn seen(&self, m: usize) -> Seen<'_> {
        Seen {
            graph: &self.graph,
            ends: &self.machines[m].ends,
        }
    }

    fn is_dirty(&self, m: usize) -> bool {
        self.machines[m].tree.facts != self.graph.content(self.head(m)).facts
    }

    /// Does a step, or nothing where it makes no sense.
    pub(super) fn step(&mut self, m: usize, step: Step) -> Option<()> {
        match step {
            Step::Tick(n) => {
                self.edit(m, |f| f.contains(&Fact::Task(n)) && f.insert(Fact::Tick(n)))
            }
            Step::Untick(n) => self.edit(m, |f| f.remove(&Fact::Tick(n))),
            Step::Add(n) => self.edit(m, |f| f.contains(&Fact::Active) && f.insert(Fact::Task(n))),
            Step::Create => self.edit(m, |f| f.insert(Fact::Active) && f.insert(Fact::Task(0))),
            Step::Archive => self.edit(m, |f| f.remove(&Fact::Active)),
            Step::Unarchive => {
                let seen = self.seen(m);
                let mut before = seen.ancestors([self.head(m)]).into_iter().rev();
                let old = before.find(|c| self.graph.content(*c).is_active())?;
                let facts = self.graph.content(old).facts.clone();
                let tree = &self.machines[m].tree;
                (!tree.is_active()).then_some(())?;
                self.machines[m].tree = self.events.edit(tree, facts);
                Some(())
            }
            Step::Commit => self.is_dirty(m).then(|| self.commit(m)),
            Step::CommitOther => {
                let head = self.head(m);
                let content = self.graph.content(head).clone();
                self.advance(m, vec![head], content);
                Some(())
            }
            Step::Push | Step::ForcePush => self.push(m, step == Step::ForcePush),
            Step::Fetch => self.fetch(m),
            Step::Pull => {
                self.fetch(m)?;
                let head = self.machines[m].head;
                let upstream = *self.machines[m].remote.get(head)?;
                self.merge(m, upstream)
            }
            Step::Merge(branch) => {
                let other = *self.machines[m].branches.get(branch)?;
                self.merge(m, other)
            }
            Step::Rebase => self.rebase(m),
            Step::SquashOnForge(branch) => self.squash(branch),
            Step::CherryPick(branch) => {
                let other = *self.machines[m].branches.get(branch)?;
                self.pick(m, other)
            }
            Step::Revert => self.revert(m),
            Step::Reset => {
                let head = self.head(m);
                let parent = *self.seen(m).parents(head).first()?;
                self.move_head(m, parent);
                Some(())
            }
            Step::Discard => {
                self.machines[m].tree = self.graph.content(self.head(m)).clone();
                Some(())
            }
            Step::Stash => {
                self.is_dirty(m).then_some(())?;
                let (head, tree) = (self.head(m), self.machines[m].tree.clone());
                let stash = self.graph.add(vec![head], tree);
                self.machines[m].objects.insert(stash);
                self.machines[m].stashes.push(stash);
                self.step(m, Step::Discard)
            }
            Step::Pop => {
                (!self.is_dirty(m)).then_some(())?;
                let stash = self.machines[m].stashes.pop()?;
                let base = self.graph.0[stash].parents[0];
                let (base, stash) = (self.graph.content(base), self.graph.content(stash));
                self.machines[m].tree = self.machines[m].tree.merged(base, stash);
                Some(())
            }
            Step::Switch(branch) => {
                (!self.is_dirty(m)).then_some(())?;
                let head = self.head(m);
                let machine = &mut self.machines[m];
                let at = machine.remote.get(branch).copied().unwrap_or(head);
                let at = *machine.branches.entry(branch).or_insert(at);
                machine.head = branch;
                machine.tree = self.graph.content(at).clone();
                Some(())
            }
            Step::DeleteBranch(branch) => {
                (self.machines[m].head != branch && branch != MAIN).then_some(())?;
                self.machines[m].branches.remove(branch).map(|_| ())
            }
            Step::Clone(kind) => self.clone_to(m, kind),
            Step::Offline | Step::Online => {
                self.machines[m].online = step == Step::Online;
                Some(())
            }
            Step::Sync => {
                self.sync(m);
                Some(())
            }
        }
    }

    fn edit(&mut self, m: usize, edit: impl FnOnce(&mut Folder) -> bool) -> Option<()> {
        let tree = &self.machines[m].tree;
        let mut facts = tree.facts.clone();
        edit(&mut facts).then_some(())?;
        self.machines[m].tree = self.events.edit(tree, facts);
        Some(())
    }

    fn commit(&mut self, m: usize) {
        let (head, tree) = (self.head(m), self.machines[m].tree.clone());
        self.advance(m, vec![head], tree);
    }

    /// Puts a new commit on the branch; what is uncommitted stays.
    fn advance(&mut self, m: usize, parents: Vec<Commit>, content: Content) {
        let commit = self.graph.add(parents, content);
        let machine = &mut self.machines[m];
        machine.objects.insert(commit);
        machine.branches.insert(machine.head, commit);
    }

    fn move_head(&mut self, m: usize, to: Commit) {
        let machine = &mut self.machines[m];
        machine.branches.insert(machine.head, to);
        machine.tree = self.graph.content(to).clone();
    }

    fn push(&mut self, m: usize, force: bool) -> Option<()> {
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

    fn fetch(&mut self, m: usize) -> Option<()> {
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

    fn merge(&mut self, m: usize, other: Commit) -> Option<()> {
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
    fn pick(&mut self, m: usize, commit: Commit) -> Option<()> {
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

    fn rebase(&mut self, m: usize) -> Option<()> {
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
    fn squash(&mut self, branch: &'static str) -> Option<()> {
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

    fn revert(&mut self, m: usize) -> Option<()> {
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
    fn clone_to(&mut self, m: usize, kind: CloneKind) -> Option<()> {
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
    pub(super) fn sync(&mut self, m: usize) {
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
    pub(super) fn finish(&mut self) {
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
    pub(super) fn is_as_main(&self) -> bool {
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

    pub(super) fn stage(&self) -> Option<Stage> {
        let content = Content {
            facts: self.shows.clone(),
            ..Content::default()
        };
        content.card().map(|card| card.stage)
    }

    pub(super) fn shows(&self) -> &Folder {
        &self.shows
    }
}

fn name(commit: Commit) -> CommitId {
    CommitId::new(format!("{commit:040x}"))
}

fn number(id: &CommitId) -> Commit {
    Commit::from_str_radix(id.as_str(), 16).unwrap()
}

/// What histories are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Diet {
    /// Everything.
    Hostile,
    /// Each task is one machine's, and only the first archives; nothing is undone.
    NoUndo,
    /// The same; undone, but nothing is parked in stashes or on branches.
    NoParking,
}

/// Draws the next step of a machine.
pub(super) fn draw(random: &mut Random, m: usize, diet: Diet) -> Step {
    use Step::{
        Add, Archive, CherryPick, Clone, Commit, CommitOther, Create, DeleteBranch, Discard, Fetch,
        ForcePush, Merge, Offline, Online, Pop, Pull, Push, Rebase, Reset, Revert, SquashOnForge,
        Stash, Switch, Sync, Tick, Unarchive, Untick,
    };
    let task = match diet {
        Diet::Hostile => u8::try_from(random.below(5)).unwrap(),
        _ => u8::try_from(m).unwrap(),
    };
    if random.below(100) < 28 {
        return Sync;
    }
    let branch = [MAIN, FEATURE][random.below(2)];
    let kind = [CloneKind::Full, CloneKind::Shallow, CloneKind::MainOnly][random.below(3)];
    let all = [
        Tick(task),
        Tick(task),
        Tick(task),
        Tick(task),
        Add(task),
        Add(task),
        Create,
        Untick(task),
        Untick(task),
        Archive,
        Unarchive,
        Commit,
        Commit,
        Commit,
        Commit,
        CommitOther,
        Push,
        Push,
        Push,
        ForcePush,
        Fetch,
        Pull,
        Pull,
        Pull,
        Merge(branch),
        Rebase,
        SquashOnForge(branch),
        CherryPick(branch),
        Revert,
        Reset,
        Discard,
        Stash,
        Pop,
        Switch(FEATURE),
        Switch(MAIN),
        DeleteBranch(branch),
        Clone(kind),
        Offline,
        Online,
    ];
    let step = all[random.below(all.len())];
    let undo = matches!(
        step,
        Untick(_) | Create | Unarchive | Revert | CherryPick(_) | Rebase | ForcePush
    );
    let parks = matches!(
        step,
        Stash | Pop | Switch(_) | Clone(_) | Reset | Discard | ForcePush | Rebase
    );
    match diet {
        Diet::NoUndo if undo => Sync,
        Diet::NoParking if parks => Sync,
        Diet::NoUndo | Diet::NoParking
            if m != 0 && matches!(step, Archive | Unarchive | Create) =>
        {
            Commit
        }
        _ => step,
    }
}
