//! What a whole sync does on a simulated board, when it dies, and what a board shows in the end.

mod shown;

pub(crate) use shown::{is_theirs, shown};

use crate::adapter::{Board, Outcome};
use crate::arbitrary;
use crate::board::{BoardLayout, Located, Snapshot, Target};
use crate::desired::Desired;
use crate::heal::Groundwork;
use crate::ids::{CommitId, OriginId, RepositoryId};
use crate::observed::Checkout;
use crate::plan::Plan;
use crate::provenance::{GitFacts, Own, Sight};
use crate::reconcile::{Ask, Draft, Facts, View};
use crate::run::Run;
use crate::simulate::SimulatedBoard;
use crate::write::Write;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::future::Future;
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use proptest::prelude::*;

/// One project in one checkout, and where it is synced to.
#[derive(Clone, Debug)]
pub(crate) struct Project {
    pub(crate) desired: Desired,
    pub(crate) layout: BoardLayout,
    pub(crate) checkout: Checkout,
    pub(crate) target: Target,
}

impl Project {
    pub(crate) fn new(desired: Desired, layout: BoardLayout) -> Project {
        Project {
            desired,
            layout,
            checkout: Checkout {
                repository: RepositoryId::new("0123abcd"),
                path: "apps/web".into(),
                origin: OriginId::new("00112233aabb"),
            },
            target: Target {
                project: "Demo".into(),
                board: "Changes".into(),
            },
        }
    }

    /// Facts of a checkout that has seen whatever a card shows.
    pub(crate) fn seen_all(asks: &[Ask<'_>]) -> Facts {
        let own = Own {
            commit: Some(CommitId::new("aa11")),
            dirty: false,
            base: None,
        };
        let git = GitFacts {
            sight: Sight::Within { since: Vec::new() },
            nothing_elsewhere: false,
            in_history: true,
        };
        Facts {
            own: asks
                .iter()
                .map(|ask| (ask.change.clone(), own.clone()))
                .collect(),
            git: asks
                .iter()
                .map(|ask| (ask.change.clone(), git.clone()))
                .collect(),
            allow_mass_close: true,
            ..Facts::default()
        }
    }
}

/// Any project, always of the same checkout and target.
pub(crate) fn project() -> impl Strategy<Value = Project> {
    let parts = (arbitrary::desired(), arbitrary::layout());
    parts.prop_map(|(desired, layout)| Project::new(desired, layout))
}

/// What goes wrong with a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Death {
    /// Killed before the write went out.
    Before,
    /// The write was made and its answer lost; the run goes on with what does not follow from it.
    AnswerLost,
    /// The server refused the write; the run goes on with what does not follow from it.
    Refused,
    /// The answer was lost, and the write is made only when nobody expects it any more.
    Late,
}

pub(crate) fn death() -> impl Strategy<Value = Death> {
    prop_oneof![
        Just(Death::Before),
        Just(Death::AnswerLost),
        Just(Death::Refused)
    ]
}

/// One run of the command: looks, plans, performs, looks again.
pub(crate) struct Process<'a> {
    board: &'a SimulatedBoard,
    project: &'a Project,
    nonce: String,
    /// How many plans it has carried out, each with a nonce of its own.
    runs: usize,
    made: Groundwork,
    left: Option<(usize, Death)>,
    dead: bool,
    facts: Option<fn(&mut Facts)>,
    /// The write whose answer was lost before it was made.
    late: Option<Write>,
}

impl<'a> Process<'a> {
    pub(crate) fn new(board: &'a SimulatedBoard, project: &'a Project, nonce: &str) -> Process<'a> {
        Process {
            board,
            project,
            nonce: nonce.to_string(),
            runs: 0,
            made: Groundwork::default(),
            left: None,
            dead: false,
            facts: None,
            late: None,
        }
    }

    /// Meets its end at the write of that number.
    pub(crate) fn dies(mut self, writes: usize, death: Death) -> Process<'a> {
        self.left = Some((writes, death));
        self
    }

    /// Knows something else than a checkout that has seen all.
    pub(crate) fn knowing(mut self, facts: fn(&mut Facts)) -> Process<'a> {
        self.facts = Some(facts);
        self
    }

    /// Syncs until nothing is left to do, at most eight rounds; returns how many it took.
    pub(crate) fn sync(&mut self) -> usize {
        self.groundwork();
        for round in 0..8 {
            let plan = self.plan();
            if plan.is_empty() || self.dead {
                return round;
            }
            self.perform(&plan);
            self.heal();
        }
        panic!("no end after eight rounds: {:#?}", self.plan().steps);
    }

    /// Makes project, board, lists and label.
    pub(crate) fn groundwork(&mut self) {
        while let Some(plan) = self.plan().groundwork().filter(|_| !self.dead) {
            self.perform(&plan);
            self.heal();
        }
    }

    pub(crate) fn plan(&self) -> Plan {
        let (located, snapshot) = look(self.board, &self.project.target);
        let view = View {
            target: &self.project.target,
            located: &located,
            snapshot: &snapshot,
            features: self.board.features(),
            layout: &self.project.layout,
        };
        let draft = Draft::of(&self.project.desired, view, &self.project.checkout);
        let mut facts = Project::seen_all(&draft.asks());
        if draft.creates() {
            let text = self.project.checkout.repository.as_str();
            facts.shelved = now(self.board.search_shelves(&snapshot, text))
                .unwrap()
                .cards;
        }
        self.facts.iter().for_each(|change| change(&mut facts));
        draft.decide(&facts)
    }

    /// Starts a plan, with a nonce that was never used before.
    fn start(&mut self, plan: Plan) -> Run {
        self.runs += 1;
        Run::new(plan, 4, format!("{} {}", self.nonce, self.runs))
    }

    /// Performs a plan as far as this process lives.
    pub(crate) fn perform(&mut self, plan: &Plan) {
        let mut run = self.start(plan.clone());
        while let Some((step, write)) = run.next_ready() {
            let outcome = self.write(&write);
            run.complete(step, outcome);
            if self.dead {
                return;
            }
        }
        self.made.note(&run.report());
    }

    /// Removes what this process made and another made before.
    pub(crate) fn heal(&mut self) {
        if self.dead {
            return;
        }
        let (_, snapshot) = look(self.board, &self.project.target);
        let directory = self.board.state().directory;
        let mut removals = self.made.heal_directory(&directory, &self.project.target);
        removals.extend(self.made.heal_board(&snapshot));
        for write in removals {
            self.write(&write);
        }
    }

    /// Lets the server make the write that hangs, if there is one.
    pub(crate) fn catch_up(&mut self) -> Option<Outcome> {
        self.late.take().map(|write| self.board.apply(&write))
    }

    fn write(&mut self, write: &Write) -> Outcome {
        let reason = String::from("as the test wants");
        match &mut self.left {
            // Only cards are found again by what the write itself carries.
            Some((_, Death::Late)) if !matches!(write, Write::CreateCard { .. }) => {
                self.board.apply(write)
            }
            Some((0, Death::Late)) => {
                self.left = None;
                self.late = Some(write.clone());
                Outcome::Unknown { reason }
            }
            Some((0, Death::Before)) => {
                self.dead = true;
                Outcome::Transient { reason }
            }
            Some((0, Death::Refused)) => {
                self.left = None;
                Outcome::Refused { reason }
            }
            Some((0, Death::AnswerLost)) => {
                self.left = None;
                self.board.apply(write);
                Outcome::Unknown { reason }
            }
            left => {
                if let Some((left, _)) = left {
                    *left -= 1;
                }
                self.board.apply(write)
            }
        }
    }
}

/// Performs the plans that processes have now, their writes mixed.
pub(crate) fn interleave(processes: &mut [Process<'_>], random: &mut Random) {
    let plans: Vec<Plan> = processes.iter().map(Process::plan).collect();
    let start = |(process, plan): (&mut Process<'_>, Plan)| process.start(plan);
    let mut runs: Vec<Run> = processes.iter_mut().zip(plans).map(start).collect();
    let mut in_flight = Vec::new();
    loop {
        for (n, run) in runs.iter_mut().enumerate() {
            while let Some((step, write)) = run.next_ready() {
                in_flight.push((n, step, write));
            }
        }
        if in_flight.is_empty() {
            break;
        }
        let (n, step, write) = in_flight.swap_remove(random.below(in_flight.len()));
        let outcome = processes[n].board.apply(&write);
        runs[n].complete(step, outcome);
    }
    for (process, run) in processes.iter_mut().zip(runs) {
        process.made.note(&run.report());
    }
}

/// Reads where the target is and what is there.
pub(crate) fn look(board: &SimulatedBoard, target: &Target) -> (Located, Snapshot) {
    let located = now(board.directory()).unwrap().locate(target);
    let read = located
        .board
        .as_ref()
        .map(|id| now(board.read(id)).unwrap());
    (located, read.unwrap_or_default())
}

/// Takes the value of a future that is ready at once, as everything on a simulated board is.
pub(crate) fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("a simulated board never waits"),
    }
}

/// Lists everything on the boards in another order.
pub(crate) fn shuffle(board: &SimulatedBoard, seed: u64) {
    let mut random = Random(seed);
    board.edit(|state| {
        random.shuffle(&mut state.directory.projects);
        random.shuffle(&mut state.directory.boards);
        for (_, snapshot) in &mut state.boards {
            random.shuffle(&mut snapshot.lists);
            random.shuffle(&mut snapshot.labels);
            random.shuffle(&mut snapshot.cards);
            for card in &mut snapshot.cards {
                random.shuffle(&mut card.labels);
                random.shuffle(&mut card.task_lists);
                card.task_lists
                    .iter_mut()
                    .for_each(|list| random.shuffle(&mut list.tasks));
            }
        }
    });
}

/// A small generator whose numbers follow from its seed (the mixer of `SplitMix64`).
#[derive(Clone, Debug)]
pub(crate) struct Random(pub(super) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Returns a number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end.max(1)).unwrap()).unwrap()
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for n in (1..items.len()).rev() {
            items.swap(n, self.below(n + 1));
        }
    }
}
