//! Machines with clones of one repository, a forge, and one card on one board.

mod diet;
mod git;
mod sync;

pub(super) use diet::{Diet, draw};

use super::git_model::{Commit, Content, Event, Events, Fact, Facts as Folder, Graph, Seen};
use crate::simulate::SimulatedBoard;
use crate::stage::Stage;
use alloc::collections::{BTreeMap, BTreeSet};
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
