//! Planning 1000 changes of 20 tasks: with nothing to do, with everything to do; and a plan's digest.

use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use sync_core::adapter::Board;
use sync_core::board::{BoardLayout, Features, Located, Snapshot, Target};
use sync_core::desired::{Desired, DesiredCard, DesiredTask, Section};
use sync_core::drive::drive;
use sync_core::ids::{ChangeName, OriginId, RepositoryId};
use sync_core::observed::Checkout;
use sync_core::plan::Plan;
use sync_core::provenance::Own;
use sync_core::reconcile::{Draft, Facts, View};
use sync_core::run::Run;
use sync_core::simulate::SimulatedBoard;
use sync_core::stage::Stage;

const FEATURES: Features = Features {
    task_lists: true,
    shelves: true,
    name_limit: Some(1024),
    title_limit: Some(128),
};

struct Project {
    desired: Desired,
    checkout: Checkout,
    target: Target,
    layout: BoardLayout,
}

impl Project {
    fn new(changes: usize, tasks: usize) -> Project {
        let section = |s: usize| Section {
            title: format!("{s}. Section"),
            tasks: (0..tasks / 4)
                .map(|t| DesiredTask {
                    text: format!("{s}.{t} Do what has to be done here"),
                    done: t % 2 == 0,
                })
                .collect(),
        };
        let card = DesiredCard {
            stage: Stage::InProgress,
            why: Some("Because it is slow.".into()),
            sections: (1..=4).map(section).collect(),
        };
        let name = |n| ChangeName::new(format!("change-{n:04}"));
        let cards = (0..changes).map(|n| (name(n), card.clone())).collect();
        Project {
            desired: Desired {
                cards,
                ..Desired::default()
            },
            checkout: Checkout {
                repository: RepositoryId::new("0123abcd"),
                path: String::new(),
                origin: OriginId::new("00112233aabb"),
            },
            target: Target {
                project: "Demo".into(),
                board: "Changes".into(),
            },
            layout: BoardLayout::default(),
        }
    }

    fn look(&self, board: &SimulatedBoard) -> (Located, Snapshot) {
        let located = now(board.directory())
            .unwrap_or_default()
            .locate(&self.target);
        let read = located
            .board
            .as_ref()
            .and_then(|id| now(board.read(id)).ok());
        (located, read.unwrap_or_default())
    }

    fn plan(&self, located: &Located, snapshot: &Snapshot) -> Plan {
        let view = View {
            target: &self.target,
            located,
            snapshot,
            features: FEATURES,
            layout: &self.layout,
        };
        let draft = Draft::of(&self.desired, view, &self.checkout);
        let asks = draft.asks();
        let own = asks.iter().map(|ask| (ask.change.clone(), Own::default()));
        let facts = Facts {
            own: own.collect(),
            ..Facts::default()
        };
        draft.decide(&facts)
    }
}

/// Takes the value of a future that is ready at once.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => unreachable!("a simulated board never waits"),
    }
}

fn benches(criterion: &mut Criterion) {
    let project = Project::new(1000, 20);
    let nowhere = (Located::default(), Snapshot::default());
    let everything = project.plan(&nowhere.0, &nowhere.1);
    let board = SimulatedBoard::new(FEATURES);
    now(drive(
        &mut Run::new(everything.clone(), 8, "bench"),
        &board,
        |_| (),
    ));
    let (located, snapshot) = project.look(&board);
    assert!(project.plan(&located, &snapshot).is_empty());

    let mut group = criterion.benchmark_group("reconcile");
    group.sample_size(20);
    group.bench_function("nothing_to_do", |bencher| {
        bencher.iter(|| project.plan(black_box(&located), black_box(&snapshot)));
    });
    group.bench_function("everything_to_do", |bencher| {
        bencher.iter(|| project.plan(black_box(&nowhere.0), black_box(&nowhere.1)));
    });
    group.finish();
    criterion.bench_function("plan_digest", |bencher| {
        bencher.iter(|| black_box(&everything).digest());
    });
}

criterion_group!(reconcile, benches);
criterion_main!(reconcile);
