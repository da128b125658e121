//! Every move that some processes of ours, and of the old script, can make in a world.

use super::super::Holder;
use super::super::{Coalesce, Intent, Mark, Outcome, Phase, Seen, Step, Verdict, Work};
use super::perform::{Performed, number_of};
use super::script::{Line, script};
use super::setup::{Fault, Program, Setup};
use super::world::{At, Cruelty, Disk, KEYS, KIND, PROCESSES, Violation, World, bit, small};
use alloc::vec::Vec;
use core::time::Duration;
use std::collections::HashMap;

/// What happened, and to which process.
#[derive(Clone, Copy, Debug)]
#[expect(dead_code, reason = "shown when a test fails")]
pub(super) struct Move {
    process: usize,
    event: Event,
}

#[derive(Clone, Copy, Debug)]
#[expect(dead_code, reason = "shown when a test fails")]
enum Event {
    Did(Step),
    Opened,
    CouldNot(Step),
    RunEnded(Outcome),
    TimeIsUp,
    Script(Line),
    MarkedLate,
    Killed,
    Signalled,
    LockFileCleaned,
}

/// Like [`Seen`], but cheap to keep.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Done,
    Failed,
    Missing,
    Locked,
    Busy(Duration),
    Current,
    Replaced,
    Holder(Holder),
    Marks(Disk),
    Ran(Outcome),
    Signal,
}

pub(super) type Next = (Move, Result<World, Violation>);

/// A setup, with each state of its processes known by a number.
pub(super) struct Model {
    pub(super) setup: Setup,
    pub(super) machines: Vec<Coalesce>,
    numbers: HashMap<Coalesce, u16>,
    /// What each of them turned into, by answer.
    table: Vec<Vec<(Answer, u16)>>,
}

impl Model {
    pub(super) fn new(setup: Setup) -> Self {
        let (machines, numbers, table) = (Vec::new(), HashMap::new(), Vec::new());
        Self {
            setup,
            machines,
            numbers,
            table,
        }
    }

    pub(super) fn start(&mut self) -> World {
        let mut world = World::new(self.setup.left);
        for (p, program) in self.setup.programs.clone().into_iter().enumerate() {
            let (key, machine) = match program {
                Program::Onward(key, intent) => (key, Coalesce::new(KEYS[key], intent)),
                Program::Background(key) => (key, Coalesce::announcing(KEYS[key])),
                Program::Old => {
                    world.processes[p].at = At::Script(Line::TryLock);
                    continue;
                }
            };
            world.wants[p] = small(key);
            world.processes[p].at = At::Machine(self.number(machine));
        }
        world
    }

    fn number(&mut self, mut machine: Coalesce) -> u16 {
        machine.runs_per_key = self.setup.runs_per_key;
        let next = u16::try_from(self.machines.len()).unwrap();
        let (machines, table) = (&mut self.machines, &mut self.table);
        *self.numbers.entry(machine).or_insert_with_key(|machine| {
            machines.push(machine.clone());
            table.push(Vec::new());
            next
        })
    }

    /// Lists everything that can happen next.
    pub(super) fn moves(&mut self, world: &World) -> Vec<Next> {
        let mut moves = Vec::with_capacity(8);
        let mut happens = |process, event, next| moves.push((Move { process, event }, next));
        for p in 0..self.setup.programs.len() {
            let mut next = *world;
            match world.processes[p].at {
                At::Over => continue,
                At::Late => {
                    next.make_mark(p);
                    next.disk.bell = true;
                    next.end(p);
                    happens(p, Event::MarkedLate, Ok(next));
                }
                At::Script(line) => {
                    let ran = script(&mut next, p, line);
                    happens(p, Event::Script(line), ran.map(|()| next));
                }
                At::Machine(machine) => {
                    self.steps(world, p, machine, &mut |event, next| {
                        happens(p, event, next);
                    });
                    if world.left.signals > 0 && !self.machines[usize::from(machine)].interrupted {
                        next.left.signals -= 1;
                        next.processes[p].at = At::Machine(self.after(machine, Answer::Signal));
                        happens(p, Event::Signalled, Ok(next));
                    }
                }
            }
            if world.left.kills > 0 {
                let mut next = *world;
                next.left.kills -= 1;
                next.end(p);
                happens(p, Event::Killed, Ok(next));
            }
        }
        let unused = world
            .path
            .filter(|file| !world.is_locked(usize::from(*file)));
        if unused.is_some() && world.left.cleanings > 0 && !world.is_over() {
            let mut next = *world;
            next.left.cleanings -= 1;
            next.path = None;
            happens(PROCESSES, Event::LockFileCleaned, Ok(next));
        }
        for (_, next) in &mut moves {
            if next.is_ok_and(|next| !next.has_lost_nothing()) {
                *next = Err(Violation::Lost);
            }
        }
        moves
    }

    /// Returns the bits of processes whose program is that of the one before.
    pub(super) fn equals(&self) -> u8 {
        let programs = &self.setup.programs;
        let equal = |p: &usize| programs[*p] == programs[*p - 1];
        (1..programs.len())
            .filter(equal)
            .fold(0, |bits, p| bits | 1 << p)
    }

    /// Lists what the step of one of our processes can come to.
    fn steps(
        &mut self,
        world: &World,
        p: usize,
        machine: u16,
        happens: &mut dyn FnMut(Event, Result<World, Violation>),
    ) {
        let step = self.machines[usize::from(machine)].step();
        if let Step::Run(_) = step {
            return self.run_ends(world, p, machine, happens);
        }
        let mut next = *world;
        match self.perform(&mut next, p, machine, step) {
            Performed::Answered(answer) => {
                let event = match answer {
                    Answer::Busy(waited) if !waited.is_zero() => Event::TimeIsUp,
                    _ => Event::Did(step),
                };
                happens(event, self.told(next, p, machine, answer));
            }
            Performed::InPart => happens(Event::Opened, Ok(next)),
            Performed::Blocked => {}
        }
        if world.left.errors > 0 {
            let mut next = *world;
            next.left.errors -= 1;
            next.forgive(p);
            if step == Step::Unlock {
                next.close(p);
            }
            happens(
                Event::CouldNot(step),
                self.told(next, p, machine, Answer::Failed),
            );
        }
    }

    fn run_ends(
        &mut self,
        world: &World,
        p: usize,
        machine: u16,
        happens: &mut dyn FnMut(Event, Result<World, Violation>),
    ) {
        let mut next = *world;
        let reads = next.end_run(p);
        let mut ends = |model: &mut Self, outcome, next| {
            let told = model.told(next, p, machine, Answer::Ran(outcome));
            happens(Event::RunEnded(outcome), told);
        };
        ends(
            self,
            Outcome::Succeeded,
            World {
                served: next.served | reads,
                ..next
            },
        );
        next.forgive(p);
        if let Some(failures) = world.left.failures.checked_sub(1) {
            let left = Cruelty {
                failures,
                ..world.left
            };
            ends(self, Outcome::Failed, World { left, ..next });
        }
        if let Some(skips) = world.left.skips.checked_sub(1) {
            let left = Cruelty {
                skips,
                ..world.left
            };
            ends(self, Outcome::Skipped, World { left, ..next });
        }
    }

    /// Gives a process its answer. It ends, begins to run or checks its lock in the same move:
    /// a run that reads as early as it can serves the fewest requests, and nobody can see the rest.
    fn told(
        &mut self,
        mut next: World,
        p: usize,
        machine: u16,
        answer: Answer,
    ) -> Result<World, Violation> {
        let number = self.after(machine, answer);
        next.processes[p].at = At::Machine(number);
        match self.machines[usize::from(number)].step() {
            Step::CheckLock if self.setup.left.cleanings + self.setup.left.errors == 0 => {
                self.told(next, p, number, Answer::Current)
            }
            step @ (Step::WriteHolder(_) | Step::Unlock) if self.setup.quick_holders => {
                match self.perform(&mut next, p, number, step) {
                    Performed::Answered(answer) => self.told(next, p, number, answer),
                    Performed::InPart | Performed::Blocked => Ok(next),
                }
            }
            Step::Run(work) => {
                let (reads, key) = match work {
                    Work::Own => (1 << p, None),
                    Work::Mark(key) => (next.requests_for(number_of(key)), Some(key)),
                };
                next.begin_run(p, reads)?;
                let is_paid = key.is_none_or(|key| next.credit & bit(key) != 0);
                next.credit &= !key.map_or(0, bit);
                if is_paid {
                    Ok(next)
                } else {
                    Err(Violation::NeedlessRun)
                }
            }
            Step::Exit(farewell) => self.exits(next, p, number, farewell.verdict),
            _ => Ok(next),
        }
    }

    fn exits(
        &mut self,
        mut next: World,
        p: usize,
        machine: u16,
        verdict: Verdict,
    ) -> Result<World, Violation> {
        let is_late = self.setup.fault == Some(Fault::LateMark);
        let is_marked = next.made & 1 << p != 0 || is_late;
        let machine = &self.machines[usize::from(machine)];
        let is_honest = match verdict {
            Verdict::Synced => next.served & 1 << p != 0,
            Verdict::Queued | Verdict::Announced => is_marked && machine.intent == Intent::Sync,
            _ => verdict.code() != 0,
        };
        match verdict {
            Verdict::Announced => {
                let child = Coalesce::announced(machine.own);
                next.processes[p].at = At::Machine(self.number(child));
            }
            Verdict::Queued if is_late => next.processes[p].at = At::Late,
            _ => next.end(p),
        }
        if is_honest {
            Ok(next)
        } else {
            Err(Violation::FalseExit)
        }
    }

    fn after(&mut self, machine: u16, answer: Answer) -> u16 {
        for (known, number) in &self.table[usize::from(machine)] {
            if *known == answer {
                return *number;
            }
        }
        let mut moved = self.machines[usize::from(machine)].clone();
        let seen = match answer {
            Answer::Done => Some(Seen::Done),
            Answer::Failed => Some(Seen::Failed),
            Answer::Missing => Some(Seen::Missing),
            Answer::Locked => Some(Seen::Locked),
            Answer::Busy(waited) => Some(Seen::Busy { waited }),
            Answer::Current => Some(Seen::Current),
            Answer::Replaced => Some(Seen::Replaced),
            Answer::Holder(holder) => Some(Seen::Holder(holder)),
            Answer::Marks(disk) => {
                let of = |bits: u8, phase| {
                    let there = move |key: &_| bits & bit(*key) != 0;
                    KEYS.into_iter()
                        .filter(there)
                        .map(move |key| Mark { key, phase })
                };
                let marks = of(disk.inflight, Phase::Inflight);
                let marks = marks.chain(of(disk.pending, Phase::Pending)).collect();
                Some(Seen::Marks {
                    bell: disk.bell,
                    marks,
                })
            }
            Answer::Ran(outcome) => Some(Seen::Ran(outcome)),
            Answer::Signal => None,
        };
        match seen {
            Some(seen) => moved.answer(seen),
            None => moved.interrupt(),
        }
        let number = self.number(moved);
        self.table[usize::from(machine)].push((answer, number));
        number
    }

    /// Calls once more for each server that something is left for, alone and in a kind world, and
    /// says whether that served all.
    pub(super) fn recover(&mut self, world: &World) -> Result<(), Violation> {
        const CALLER: usize = PROCESSES - 1;
        let mut world = World {
            left: KIND,
            ..*world
        };
        let fault = self.setup.fault.take();
        for (key, of_server) in [(0, 0b011), (2, 0b100)] {
            let is_left = (world.disk.pending | world.disk.inflight) & of_server != 0;
            if !(is_left || world.disk.bell && key == 0) {
                continue;
            }
            let machine = self.number(Coalesce::new(KEYS[key], Intent::Sync));
            world.wants[CALLER] = small(key);
            world.made &= !(1 << CALLER);
            world.served &= !(1 << CALLER);
            world.processes[CALLER].at = At::Machine(machine);
            while let At::Machine(machine) = world.processes[CALLER].at {
                let mut next = Err(Violation::Deadlock);
                self.steps(&world, CALLER, machine, &mut |_, then| next = then);
                world = next?;
                if !world.has_lost_nothing() {
                    return Err(Violation::Lost);
                }
            }
        }
        self.setup.fault = fault;
        if world.is_quiet() {
            Ok(())
        } else {
            Err(Violation::NotRecovered)
        }
    }
}
