use crate::arbitrary::{FLAT, SHELVED};
use crate::board::BoardLayout;
use crate::desired::{Desired, DesiredCard, DesiredTask, Section};
use crate::ids::{ChangeName, OriginId, RepositoryId};
use crate::laws::world::{Process, Project};
use crate::simulate::SimulatedBoard;
use crate::stage::Stage;
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

fn desired() -> Desired {
    let task = |text: &str, done| DesiredTask {
        text: text.into(),
        done,
    };
    let section = |title: &str, first: &str, second: &str| Section {
        title: title.into(),
        tasks: vec![task(first, false), task(second, true)],
    };
    let card = DesiredCard {
        stage: Stage::InProgress,
        why: Some("Because.".into()),
        sections: vec![
            section("1. Setup", "1.1 Add", "1.2 Test"),
            section("2. Rest", "2.1 Show", "2.2 Tell"),
        ],
    };
    let mut desired = Desired::default();
    desired.cards.insert(ChangeName::new("add-x"), card);
    desired
}

fn project(change: impl FnMut(&mut DesiredCard)) -> Project {
    let mut desired = desired();
    desired.cards.values_mut().for_each(change);
    Project::new(desired, BoardLayout::default())
}

fn digest(board: &SimulatedBoard, project: &Project) -> String {
    Process::new(board, project, "digest").plan().digest()
}

type Edit = fn(&mut DesiredCard);

/// Everything a person would want to look at again.
const EDITS: [Edit; 10] = [
    |card| card.sections[0].tasks[0].done = true,
    |card| card.sections[0].tasks[0].text = "1.1 Add it".into(),
    |card| {
        card.sections[0].tasks[0] = DesiredTask {
            text: "1.1 Add it".into(),
            done: true,
        };
    },
    |card| card.sections[0].title = "1. Begin".into(),
    |card| card.sections[1].tasks.swap(0, 1),
    |card| card.sections.swap(0, 1),
    |card| card.sections[1].tasks.truncate(1),
    |card| card.sections.truncate(1),
    |card| card.stage = Stage::Review,
    |card| card.why = Some("Since.".into()),
];

#[test]
fn what_people_would_review_makes_another_digest() {
    for features in [FLAT, SHELVED] {
        let empty = SimulatedBoard::new(features);
        let synced = SimulatedBoard::new(features);
        let other = |card: &mut DesiredCard| {
            card.stage = Stage::Planning;
            card.why = None;
            card.sections.pop();
            card.sections[0].tasks[1].done = false;
        };
        Process::new(&synced, &project(other), "first").sync();
        for board in [empty, synced] {
            let same = digest(&board, &project(|_| ()));
            assert_eq!(digest(&board, &project(|_| ())), same);
            let mut digests = BTreeSet::from([same]);
            for (n, edit) in EDITS.iter().enumerate() {
                let sections_only = [3, 5].contains(&n);
                let new = digests.insert(digest(&board, &project(*edit)));
                assert!(new || (sections_only && !features.task_lists), "edit {n}");
            }
            let mut renamed = project(|_| ());
            let card = renamed.desired.cards.pop_first().unwrap().1;
            renamed.desired.cards.insert(ChangeName::new("add-y"), card);
            assert!(digests.insert(digest(&board, &renamed)));
            let mut elsewhere = project(|_| ());
            elsewhere.layout = BoardLayout::default().with(Stage::InProgress, "Doing");
            assert!(digests.insert(digest(&board, &elsewhere)));
            let mut unreadable = project(|_| ());
            let change = ChangeName::new("add-z");
            unreadable.desired.unreadable.insert(change, "bad".into());
            assert!(digests.insert(digest(&board, &unreadable)));
        }
    }
}

#[test]
fn what_the_first_run_of_a_machine_draws_is_not_in_it() {
    let board = SimulatedBoard::new(SHELVED);
    let mut project = project(|_| ());
    let before = digest(&board, &project);
    project.checkout.origin = OriginId::new("ffffffffffff");
    project.checkout.repository = RepositoryId::new("feed");
    assert_eq!(digest(&board, &project), before);
    Process::new(&board, &project, "ground").groundwork();
    assert!(!board.state().boards.is_empty());
    assert_eq!(digest(&board, &project), before);
}

#[test]
fn a_new_marker_alone_is_not_in_it() {
    let board = SimulatedBoard::new(SHELVED);
    let mut project = project(|_| ());
    let tick = || {
        board.edit(|state| {
            let card = &mut state.boards[0].1.cards[0];
            card.task_lists[0].tasks[0].done = true;
        });
    };
    // From the second write on the marker claims what is there by ids.
    for nonce in ["first", "second"] {
        Process::new(&board, &project, nonce).sync();
        tick();
    }
    let same = Process::new(&board, &project, "one").plan();
    project.checkout.origin = OriginId::new("ffffffffffff");
    let other = Process::new(&board, &project, "other").plan();
    let steps: Vec<usize> = [&same, &other].map(|plan| plan.steps.len()).into();
    assert_eq!(steps, [1, 2]);
    assert_eq!(same.digest(), other.digest());
}
