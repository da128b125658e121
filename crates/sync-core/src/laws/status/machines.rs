//! Several machines with a checkout each, one remote, one hub, and what happens to them.

use super::checkouts::{Commit, Entry, History, Place, Tree, files, path, task_id, workplan_id};
use crate::check::check;
use crate::fix::{self, Agreed, Edit, FixPlan, Target, Value, plan_fixes};
use crate::hub::{
    HubOutcome, HubWrite, Naming, Registration, TaskRow, Writer, derive_task_id, derive_workplan_id,
};
use crate::ids::{FileId, HubId, RepositoryId, Slug};
use crate::simulate::SimulatedHub;
use crate::snapshot::{Mode, Snapshot, TaskKey, Upstream};
use crate::status::{Base, Status, TaskStatus, Word, WorkplanStatus};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

/// The workplans of the repository, and how many tasks each has.
pub(super) const TASKS: [u8; 2] = [2, 1];

/// What one checkout remembers: the word, the reopens, the commit.
type Memory = BTreeMap<Place, (String, u32, Commit)>;

/// A checkout on a machine.
#[derive(Clone, Debug)]
pub(super) struct Machine {
    pub(super) head: Commit,
    pub(super) work: Tree,
    memory: Memory,
}

/// Everything.
#[derive(Clone, Debug)]
pub(super) struct World {
    pub(super) hub: SimulatedHub,
    pub(super) history: History,
    pub(super) remote: Commit,
    pub(super) machines: Vec<Machine>,
    /// Somebody has opened something again.
    pub(super) reopened: bool,
}

/// How a run goes.
#[derive(Clone, Debug)]
pub(super) struct Fix {
    pub(super) online: bool,
    pub(super) writeback: bool,
    pub(super) reopen: Option<Place>,
    /// After so many writes the machine is switched off.
    pub(super) stops: Option<usize>,
}

impl Fix {
    pub(super) const WHOLE: Self = Self {
        online: true,
        writeback: true,
        reopen: None,
        stops: None,
    };
}

fn slug() -> Slug {
    Slug::new("demo")
}

fn repository() -> RepositoryId {
    RepositoryId::new("root")
}

fn by() -> Writer {
    Writer("someone@somewhere".into())
}

/// Names a place as `--reopen` does.
fn name((plan, task): Place) -> FileId {
    match task {
        None => workplan_id(plan),
        Some(task) => FileId::new(format!("{}/{}", workplan_id(plan), task_id(task))),
    }
}

impl World {
    pub(super) fn new(naming: Naming, machines: usize) -> Self {
        let hub = SimulatedHub::new(naming);
        hub.register_now(&Registration {
            slug: slug(),
            id: repository(),
            remote: None,
            path: None,
        });
        let entry = |word: &str| Entry {
            word: word.into(),
            link: None,
        };
        let mut root = Tree::new();
        for (plan, tasks) in (0..).zip(TASKS) {
            root.insert((plan, None), entry("ready"));
            root.extend((0..tasks).map(|task| ((plan, Some(task)), entry("todo"))));
        }
        let machine = Machine {
            head: 0,
            work: root.clone(),
            memory: Memory::new(),
        };
        Self {
            hub,
            history: History::new(root),
            remote: 0,
            machines: vec![machine; machines],
            reopened: false,
        }
    }

    /// Returns the row of a task, as anybody else would look for it.
    pub(super) fn task_row(&self, plan: u8, task: u8) -> Option<TaskRow> {
        let state = self.hub.state();
        let of = workplan_id(plan);
        let mut plans = state.workplans.into_values();
        let plan = plans.find(|row| row.file_id.as_ref() == Some(&of))?.id;
        let mut rows = state.tasks.into_values();
        rows.find(|row| row.workplan == plan && row.file_id == Some(task_id(task)))
    }

    /// Sets a task in the hub, as `onward task set` does.
    pub(super) fn set_task(&mut self, plan: u8, task: u8, status: TaskStatus, reopen: bool) {
        let Some(row) = self.task_row(plan, task) else {
            return;
        };
        let write = HubWrite::SetTaskStatus {
            id: row.id,
            seen: row.state.version,
            status,
            reopen,
        };
        self.hub.apply(&write, &by());
        self.reopened |= reopen;
    }

    /// Gives a task a word in the hub that is no status, as an older client could have.
    pub(super) fn spoil_task(&mut self, plan: u8, task: u8) {
        if let Some(row) = self.task_row(plan, task) {
            self.hub.edit(|state| {
                let row = state.tasks.get_mut(&row.id).unwrap();
                row.status = Word::read("halfway");
                row.state.version.0 += 1;
            });
        }
    }

    fn dirty(&self, machine: usize) -> BTreeSet<String> {
        let Machine { head, work, .. } = &self.machines[machine];
        let tree = self.history.tree(*head);
        let changed = work.iter().filter(|(place, entry)| tree[place] != **entry);
        changed.map(|((plan, _), _)| path(*plan)).collect()
    }

    pub(super) fn commit(&mut self, machine: usize) {
        let Machine { head, work, .. } = &self.machines[machine];
        if work != self.history.tree(*head) {
            let commit = self.history.commit(vec![*head], work.clone());
            self.machines[machine].head = commit;
        }
    }

    pub(super) fn push(&mut self, machine: usize) {
        let head = self.machines[machine].head;
        if self.history.ancestors(head).contains(&self.remote) {
            self.remote = head;
        }
    }

    /// Commits, pulls and merges.
    pub(super) fn pull(&mut self, machine: usize) {
        self.commit(machine);
        let head = self.machines[machine].head;
        let merged = self.history.merge(head, self.remote);
        self.switch(machine, merged);
    }

    /// Checks a commit out, which git does of a clean tree only.
    pub(super) fn switch(&mut self, machine: usize, to: Commit) {
        if self.dirty(machine).is_empty() {
            self.machines[machine].head = to;
            self.machines[machine].work = self.history.tree(to).clone();
        }
    }

    pub(super) fn gather(&self, machine: usize, fix: &Fix) -> Snapshot {
        let Machine { head, work, memory } = &self.machines[machine];
        let ancestors = self.history.ancestors(*head);
        let mut snapshot = Snapshot::of(slug());
        snapshot.mode = Mode {
            fix: true,
            writeback: fix.writeback,
            reopen: fix.reopen.map(name).into_iter().collect(),
        };
        let files = files(work);
        let upstream = self.history.ancestors(self.remote);
        let lacking = |of: &BTreeSet<Commit>, from: &BTreeSet<Commit>| {
            u32::try_from(of.difference(from).count()).unwrap()
        };
        snapshot.git.upstream = if fix.online {
            Upstream::Tracked {
                ahead: lacking(&ancestors, &upstream),
                behind: lacking(&upstream, &ancestors),
            }
        } else {
            Upstream::Unreachable
        };
        snapshot.git.dirty = self.dirty(machine);
        snapshot.rows = self.hub.read_now(&slug()).unwrap();
        let named = work.values().filter_map(|entry| entry.link.as_ref());
        let ids = named.map(HubId::to_string).collect();
        snapshot.elsewhere = self.hub.look_up_now(&ids);
        snapshot.naming = crate::hub::Hub::naming(&self.hub);
        if snapshot.naming == Naming::Derived {
            for file in &files {
                let id = derive_workplan_id(&repository(), &file.id);
                snapshot.derived.workplans.insert(file.id.clone(), id);
                for block in &file.tasks {
                    let id = derive_task_id(&repository(), &file.id, &block.id);
                    snapshot.derived.tasks.insert(key(&file.id, &block.id), id);
                }
            }
        }
        for ((plan, task), (word, reopens, at)) in memory {
            if !ancestors.contains(at) {
                continue;
            }
            let (id, reopens) = (workplan_id(*plan), *reopens);
            if let Some(task) = task {
                let status = TaskStatus::parse(word).unwrap();
                let key = key(&id, &task_id(*task));
                snapshot.bases.tasks.insert(key, Base { status, reopens });
            } else {
                let status = WorkplanStatus::parse(word).unwrap();
                let base = Base { status, reopens };
                snapshot.bases.workplans.insert(id, base);
            }
        }
        snapshot.files = Some(files);
        snapshot
    }

    /// Plans what a run would do now.
    pub(super) fn plan(&self, machine: usize, fix: &Fix) -> FixPlan {
        let snapshot = self.gather(machine, fix);
        plan_fixes(&snapshot, &check(&snapshot))
    }

    /// Carries a plan out: the hub, a commit of links, one of statuses, what is remembered. Returns what
    /// the hub answered.
    pub(super) fn perform(&mut self, machine: usize, plan: &FixPlan, fix: &Fix) -> Vec<HubOutcome> {
        let mut left = fix.stops.unwrap_or(usize::MAX);
        let mut goes_on = move || {
            let goes_on = left > 0;
            left = left.saturating_sub(1);
            goes_on
        };
        self.reopened |= fix.reopen.is_some();
        let mut outcomes: Vec<HubOutcome> = Vec::new();
        for step in &plan.hub {
            if !goes_on() {
                return outcomes;
            }
            let before = step.after().map(|before| &outcomes[before]);
            let outcome = match before {
                Some(before) if before.made().is_none() => HubOutcome::Missing,
                before => self.hub.apply(&step.write(before), &by()),
            };
            outcomes.push(outcome);
        }
        for commit in fix::Commit::ALL {
            let edits = plan.edits.iter().filter(|edit| edit.commit() == commit);
            let edits: Vec<_> = edits
                .filter_map(|edit| {
                    let row = match edit.after {
                        Some(step) => Some(outcomes[step].made()?.id.clone()),
                        None => None,
                    };
                    Some((edit, row))
                })
                .collect();
            if edits.is_empty() {
                continue;
            }
            if !goes_on() {
                return outcomes;
            }
            let mut tree = self.history.tree(self.machines[machine].head).clone();
            for (edit, row) in edits {
                let place = place(edit);
                for tree in [&mut tree, &mut self.machines[machine].work] {
                    set(tree.get_mut(&place).unwrap(), &edit.value, row.as_ref());
                }
            }
            let head = self.machines[machine].head;
            self.machines[machine].head = self.history.commit(vec![head], tree);
        }
        if goes_on() {
            self.remember(machine, plan, &outcomes);
        }
        outcomes
    }

    fn remember(&mut self, machine: usize, plan: &FixPlan, outcomes: &[HubOutcome]) {
        let Machine { head, memory, .. } = &mut self.machines[machine];
        for remember in &plan.remember {
            let reopens = match remember.step {
                None => remember.reopens,
                Some(step) => match plan.hub[step].agreed(&outcomes[step]) {
                    Some(made) => made.reopens,
                    None => continue,
                },
            };
            let (place, word) = match &remember.agreed {
                Agreed::Workplan(id, status) => ((number(id), None), status.word()),
                Agreed::Task(key, status) => {
                    let place = (number(&key.workplan), Some(number(&key.task)));
                    (place, status.word())
                }
                Agreed::Title(..) => continue,
            };
            memory.insert(place, (word.into(), reopens, *head));
        }
    }

    /// Looks, and carries out what follows; looks again where a plan is to be seen through.
    pub(super) fn fix(&mut self, machine: usize, fix: &Fix) -> Vec<HubOutcome> {
        let plan = self.plan(machine, fix);
        let mut outcomes = self.perform(machine, &plan, fix);
        if goes_on(&plan, fix, &outcomes) {
            outcomes.extend(self.fix(machine, fix));
        }
        outcomes
    }
}

/// Says whether a run looks again after a plan: the hub has taken something of it, or had it already,
/// and more follows.
pub(super) fn goes_on(plan: &FixPlan, fix: &Fix, outcomes: &[HubOutcome]) -> bool {
    let made = |outcome: &HubOutcome| outcome.made().is_some();
    plan.unfinished && fix.stops.is_none() && outcomes.iter().any(made)
}

fn key(workplan: &FileId, task: &FileId) -> TaskKey {
    TaskKey {
        workplan: workplan.clone(),
        task: task.clone(),
    }
}

/// Returns the number at the end of an id.
fn number(id: &FileId) -> u8 {
    let digits = id.as_str().rsplit(|c: char| !c.is_ascii_digit()).next();
    digits.unwrap().parse().unwrap()
}

/// Returns the place an edit is made at.
pub(super) fn place(edit: &Edit) -> Place {
    let plan = edit.path.trim_start_matches("workplans/");
    let plan = plan.trim_end_matches(".md").parse().unwrap();
    match &edit.target {
        Target::Workplan => (plan, None),
        Target::Task(id) => (plan, Some(number(id))),
    }
}

fn set(entry: &mut Entry, value: &Value, made: Option<&HubId>) {
    match value {
        Value::Link(id) => entry.link = made.or(id.as_ref()).cloned(),
        Value::Status { from, to } => {
            assert_eq!(entry.word, *from, "what was read is there still");
            entry.word = (*to).to_string();
        }
    }
}
