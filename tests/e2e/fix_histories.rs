//! Three clones, a remote and a hub through random histories: whatever people do, no task goes back,
//! every run does what DESIGN §5 says, and in the end all say the same.
//!
//! A history is made from its number alone, which a failure names along with every step. All of them:
//! `cargo test -p onward --test e2e -- --ignored histories`.

use machine::{FILES, Machine, TASKS};
use model::{Row, Rows};
use random::Random;
use rusqlite::{Connection, OpenFlags};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use test_support::Ran;

mod machine;
mod mending;
mod model;
mod random;

/// How many histories every run of the tests goes through: about a minute's worth.
const SOME: u64 = 8;
/// How many there are.
const ALL: u64 = 200;
/// How many steps each has before everybody settles.
const STEPS: usize = 24;
/// How often everybody looks again at most until nothing moves.
const ROUNDS: usize = 4;

#[test]
fn no_task_goes_back_in_some_histories() {
    (1..=SOME).for_each(history);
}

#[test]
#[ignore = "takes minutes"]
fn no_task_goes_back_in_all_histories() {
    (1..=ALL).for_each(history);
}

/// Goes through one history; what fails is told with the steps that led there.
#[expect(clippy::print_stdout, reason = "a failure says how to see it again")]
fn history(number: u64) {
    let mut world = World::new(number);
    let lived = catch_unwind(AssertUnwindSafe(|| {
        for _ in 0..STEPS {
            world.step();
        }
        world.settle();
    }));
    if let Err(panic) = lived {
        println!("history {number}:");
        world.told.iter().for_each(|step| println!("  {step}"));
        resume_unwind(panic);
    }
}

/// Everything there is, and what the hub should hold.
struct World {
    random: Random,
    machines: Vec<Machine>,
    remote: String,
    hub: Rows,
    /// The workplans of the hub, whose ranks may not fall either.
    workplans: BTreeMap<String, String>,
    told: Vec<String>,
}

/// What somebody does at a machine.
type Act = fn(&mut World, usize);

/// What somebody does next; each with how often, in parts of the sum.
const WEIGHTS: [(u32, Act); 10] = [
    (6, World::edit),
    (4, World::commit),
    (2, World::merge),
    (2, World::push),
    (2, World::go_back),
    (1, World::look_at_history),
    (1, World::lose_or_find_the_remote),
    (4, World::set),
    (9, World::mend),
    (1, World::check),
];

impl World {
    fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let first = Machine::founder(&random.words());
        let remote = first.remote();
        let mut world = Self {
            random,
            machines: vec![first],
            remote,
            hub: Rows::new(),
            workplans: BTreeMap::new(),
            told: Vec::new(),
        };
        // Others clone before anything is linked, or afterwards.
        if world.random.chance(2) {
            world.mend_with(0, &["--fix", "--push"], None);
        }
        for name in ["Bea", "Cy"] {
            let hub = world.machines[0].hub();
            world
                .machines
                .push(Machine::clone_of(&world.remote, &hub, name));
        }
        world
    }

    /// One step of somebody's, after which the hub is what the model says.
    fn step(&mut self) {
        let machine = self.random.below(self.machines.len());
        let all: u32 = WEIGHTS.iter().map(|(weight, _)| weight).sum();
        let mut drawn = u32::try_from(self.random.below(all as usize)).unwrap();
        let (_, act) = WEIGHTS
            .iter()
            .find(|(weight, _)| {
                let is_it = drawn < *weight;
                drawn = drawn.saturating_sub(*weight);
                is_it
            })
            .unwrap();
        act(self, machine);
        self.look_at_the_hub();
        self.machines[machine].note_head();
    }

    /// Compares the hub with the model, and with what it was before.
    fn look_at_the_hub(&mut self) {
        let path = self.machines[0].hub();
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let hub = Connection::open_with_flags(path, flags).unwrap();
        let mut tasks = hub
            .prepare("SELECT file_id, status, reopens FROM tasks")
            .unwrap();
        let rows = tasks.query_map([], |row| {
            let (word, reopens) = (row.get(1)?, row.get(2)?);
            Ok((row.get::<_, String>(0)?, Row { word, reopens }))
        });
        let rows: Rows = rows.unwrap().map(Result::unwrap).collect();
        assert_eq!(rows, self.hub, "the hub, and what the model has");
        let mut workplans = hub
            .prepare("SELECT file_id, status FROM workplans")
            .unwrap();
        let rows = workplans.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
        let rows: BTreeMap<String, String> = rows.unwrap().map(Result::unwrap).collect();
        for (id, before) in &self.workplans {
            let kept = model::workplan_rank(&rows[id]) >= model::workplan_rank(before);
            assert!(kept, "workplan {id} went from {before} to {}", rows[id]);
        }
        self.workplans = rows;
    }

    /// Notes what somebody does now, a second after the last thing: else a commit that is made
    /// again would be the same one.
    fn tell(&mut self, machine: usize, what: &str) {
        let now = format!(
            "2026-01-01T00:{:02}:{:02}Z",
            self.told.len() / 60,
            self.told.len() % 60
        );
        let machine = &mut self.machines[machine];
        self.told.push(format!("{}: {what}", machine.name));
        machine
            .env
            .set("GIT_AUTHOR_DATE", now.as_str())
            .set("GIT_COMMITTER_DATE", now);
    }

    fn edit(&mut self, machine: usize) {
        let (task, word) = (self.random.one(&TASKS), self.random.one(&model::WORDS));
        self.tell(machine, &format!("writes {word} for {task}"));
        self.machines[machine].write(task, word);
    }

    fn commit(&mut self, machine: usize) {
        self.tell(machine, "commits");
        self.machines[machine].git(&["commit", "--quiet", "--all", "--message", "work"]);
    }

    /// A person brings both lines together, by whichever side.
    fn merge(&mut self, machine: usize) {
        let side = self.random.one(&["-Xours", "-Xtheirs"]);
        let how = self.random.one(&["merge", "rebase"]);
        self.tell(machine, &format!("pulls: {how} {side}"));
        let machine = &self.machines[machine];
        if !machine.git(&["fetch", "--quiet"]) || !machine.on_branch() || machine.is_dirty() {
            return;
        }
        if !machine.git(&[how, "--quiet", side, "origin/main"]) {
            machine.git(&[how, "--abort"]);
        }
    }

    fn push(&mut self, machine: usize) {
        self.tell(machine, "pushes");
        self.machines[machine].git(&["push", "--quiet", "origin", "main"]);
    }

    /// An old checkout, as from a backup: the branch itself is back where it was.
    fn go_back(&mut self, machine: usize) {
        let head = self.machines[machine].former_head(&mut self.random);
        self.tell(machine, &format!("is back at {head}"));
        self.machines[machine].git(&["reset", "--quiet", "--hard", &head]);
    }

    /// Looks at an old commit, or comes back from that.
    fn look_at_history(&mut self, machine: usize) {
        let head = self.machines[machine].former_head(&mut self.random);
        let here = &self.machines[machine];
        let to = if here.on_branch() {
            head.as_str()
        } else {
            "main"
        };
        here.git(&["checkout", "--quiet", to]);
        self.tell(machine, &format!("checks out {to}"));
    }

    fn lose_or_find_the_remote(&mut self, machine: usize) {
        let reachable = !self.machines[machine].reachable;
        self.reach(machine, reachable);
    }

    fn reach(&mut self, machine: usize, reachable: bool) {
        self.tell(machine, &format!("remote reachable: {reachable}"));
        let url = if reachable {
            self.remote.as_str()
        } else {
            "/nowhere"
        };
        self.machines[machine].git(&["remote", "set-url", "origin", url]);
        self.machines[machine].reachable = reachable;
    }

    /// Somebody sets a task in the hub.
    fn set(&mut self, machine: usize) {
        let (task, word) = (self.random.one(&TASKS), self.random.one(&model::WORDS));
        let reopen = self.random.chance(4);
        self.tell(machine, &format!("task set {task} {word}, reopen {reopen}"));
        let mut arguments = vec!["task", "set", task, word];
        arguments.extend(reopen.then_some("--reopen"));
        let ran = self.machines[machine].env.run(&arguments);
        let expected = match self.hub.get_mut(task) {
            Some(row) if reopen || model::rank(word) >= model::rank(&row.word) => {
                row.become_(word);
                0
            }
            _ => 1,
        };
        let _ = ran.expect(expected);
    }

    fn check(&mut self, machine: usize) {
        self.tell(machine, "checks");
        let machine = &self.machines[machine];
        let before = machine.state();
        let _ = machine.consistency(&[]);
        assert_eq!(machine.state(), before, "a check changes nothing");
    }

    /// Everybody gets back to work, merges what a person has to, and runs until nothing moves.
    fn settle(&mut self) {
        for machine in 0..self.machines.len() {
            self.reach(machine, true);
            self.commit(machine);
            self.machines[machine].git(&["checkout", "--quiet", "main"]);
            self.merge(machine);
            self.push(machine);
        }
        for round in 1.. {
            assert!(round <= ROUNDS, "it does not come to an end");
            let before = self.places();
            for machine in 0..self.machines.len() {
                self.mend_with(machine, &["--fix", "--pull", "--push"], None);
                self.look_at_the_hub();
            }
            if self.places() == before {
                break;
            }
        }
        let heads = self.places();
        assert!(heads.windows(2).all(|two| two[0] == two[1]), "{heads:?}");
        for machine in 0..self.machines.len() {
            self.in_step(machine);
        }
    }

    fn places(&self) -> Vec<String> {
        self.machines.iter().map(Machine::head).collect()
    }

    /// A second run has nothing to do, and what still differs is a tie that is told.
    fn in_step(&mut self, machine: usize) {
        let before = self.machines[machine].state();
        let tied = self.mend_with(machine, &["--fix"], None);
        let machine = &self.machines[machine];
        assert_eq!(machine.state(), before, "there was nothing to do");
        let (ran, report) = machine.consistency(&["--fix"]);
        let warned = report.codes.iter().any(|code| code == "C-20") || !tied.is_empty();
        assert_eq!(
            ran.code,
            Some(if warned { 2 } else { 0 }),
            "{}",
            shown(&ran)
        );
        assert_eq!(report.done, 0, "{}", shown(&ran));
        for (task, word) in machine.words() {
            assert!(
                tied.contains(&task) || self.hub[&task].word == word,
                "{task} is {word} in the file, {:?} in the hub",
                self.hub[&task]
            );
        }
        assert_eq!(machine.words().len(), FILES.len() + 1);
    }
}

fn shown(ran: &Ran) -> String {
    ran.transcript()
}
