mod closing;
mod ownership;
mod tasks;

use super::*;
use crate::arbitrary::{FLAT, SHELVED};
use crate::board::{Position, Shelf, Task, TaskList};
use crate::desired::{DesiredTask, Section};
use crate::ids::{CardId, OriginId, TaskId, TaskListId};
use crate::laws::world::{Process, Project, shown};
use crate::marker::MarkerFault;
use crate::plan::{Action, CardUpdate, MassClose};
use crate::provenance::{Sight, Unseen};
use crate::simulate::SimulatedBoard;
use crate::text::same_name;
use alloc::format;
use alloc::string::ToString;
use alloc::vec;

fn name(change: &str) -> ChangeName {
    ChangeName::new(change)
}

fn card(tasks: &[(&str, bool)]) -> DesiredCard {
    sections(&[("1. Setup", tasks)])
}

fn sections(sections: &[(&str, &[(&str, bool)])]) -> DesiredCard {
    let tasks = |tasks: &[(&str, bool)]| {
        let task = |(text, done): &(&str, bool)| DesiredTask {
            text: (*text).into(),
            done: *done,
        };
        tasks.iter().map(task).collect()
    };
    let sections = sections.iter().map(|(title, list)| Section {
        title: (*title).into(),
        tasks: tasks(list),
    });
    DesiredCard {
        stage: Stage::InProgress,
        why: Some("Because.".into()),
        sections: sections.collect(),
    }
}

fn project(cards: &[(&str, DesiredCard)]) -> Project {
    let cards = cards
        .iter()
        .map(|(change, card)| (name(change), card.clone()));
    let desired = Desired {
        cards: cards.collect(),
        ..Desired::default()
    };
    Project::new(desired, BoardLayout::default())
}

/// One change with two tasks, synced.
fn synced(features: Features) -> (SimulatedBoard, Project) {
    let board = SimulatedBoard::new(features);
    let project = project(&[("add-x", card(&[("1.1 Add", false), ("1.2 Test", true)]))]);
    Process::new(&board, &project, "first").sync();
    (board, project)
}

fn plan(board: &SimulatedBoard, project: &Project) -> Plan {
    Process::new(board, project, "plan").plan()
}

fn edit(board: &SimulatedBoard, edit: impl FnOnce(&mut Snapshot)) {
    board.edit(|state| edit(&mut state.boards[0].1));
}

/// Changes the only card.
fn edit_card(board: &SimulatedBoard, change: impl FnOnce(&mut Card)) {
    edit(board, |board| change(&mut board.cards[0]));
}

fn snapshot(board: &SimulatedBoard) -> Snapshot {
    board.state().boards[0].1.clone()
}

fn list_of(board: &SimulatedBoard, card: &Card) -> String {
    let lists = snapshot(board).lists;
    lists
        .into_iter()
        .find(|list| list.id == card.list)
        .unwrap()
        .name
}

fn actions(plan: &Plan) -> Vec<String> {
    plan.steps
        .iter()
        .map(|step| step.action.to_string())
        .collect()
}

fn held(plan: &Plan) -> Vec<Held> {
    plan.held.iter().map(|held| held.held.clone()).collect()
}

#[test]
fn a_first_sync_makes_everything_and_a_second_nothing() {
    let (board, project) = synced(SHELVED);
    let lists: Vec<_> = snapshot(&board)
        .lists
        .into_iter()
        .map(|l| (l.name, l.position.0))
        .collect();
    let names = [
        "Backlog",
        "To Do",
        "Planning",
        "In Progress",
        "Review",
        "Done",
    ];
    let places = (1..=6u32).map(|n| f64::from(n) * Position::GAP);
    assert_eq!(
        lists,
        names
            .map(String::from)
            .into_iter()
            .zip(places)
            .collect::<Vec<_>>()
    );
    let cards = snapshot(&board).cards;
    assert_eq!(list_of(&board, &cards[0]), "In Progress");
    assert_eq!(cards[0].labels.len(), 1);
    assert!(
        cards[0]
            .description
            .contains("Because.\n\n`apps/web/openspec/changes/add-x`")
    );
    assert_eq!(plan(&board, &project), Plan::default());
}

#[test]
fn lists_are_found_by_name_and_never_moved() {
    let (board, project) = synced(FLAT);
    edit(&board, |board| {
        board.lists[3].name = "IN PROGRESS".into();
        board.lists[3].position = Position(1.0);
        board.lists.retain(|list| list.name != "Review");
        board.lists[0].position = Position(5.0 * Position::GAP);
    });
    let plan = plan(&board, &project);
    let [step] = &plan.steps[..] else {
        panic!("{:?}", plan.steps)
    };
    let last = Position(7.0 * Position::GAP);
    assert!(
        matches!(&step.action, Action::CreateList { name, position, .. } if name == "Review" && *position == last)
    );
}

#[test]
fn of_equal_lists_the_oldest_is_taken_with_a_warning() {
    let (board, project) = synced(FLAT);
    edit(&board, |board| {
        let mut twin = board.lists[3].clone();
        twin.id = crate::ids::ListId::new("9999");
        board.cards[0].list = twin.id.clone();
        board.lists.push(twin);
    });
    let plan = plan(&board, &project);
    assert!(plan.is_empty());
    assert_eq!(
        (plan.ambiguous[0].kind, plan.ambiguous[0].count),
        ("list", 2)
    );
}

#[test]
fn stages_go_to_the_lists_of_the_layout() {
    let board = SimulatedBoard::new(FLAT);
    let mut project = project(&[("add-x", card(&[]))]);
    project.layout = BoardLayout::default().with(Stage::InProgress, "to do");
    Process::new(&board, &project, "first").sync();
    assert_eq!(list_of(&board, &snapshot(&board).cards[0]), "To Do");
    assert!(
        snapshot(&board)
            .lists
            .iter()
            .all(|list| list.name != "In Progress")
    );
}

#[test]
fn what_people_moved_and_ticked_is_put_back_and_counted() {
    let (board, project) = synced(SHELVED);
    edit(&board, |board| {
        board.cards[0].list = board.lists[5].id.clone();
        board.cards[0].task_lists[0]
            .tasks
            .iter_mut()
            .for_each(|task| task.done = !task.done);
    });
    let plan = plan(&board, &project);
    assert_eq!((plan.put_back.cards, plan.put_back.ticks), (1, 2));
    let card_first = [
        "move card from Done to In Progress",
        "tick task 1.2 Test",
        "untick task 1.1 Add",
    ];
    let mut actions = actions(&plan);
    actions[1..].sort();
    assert_eq!(actions, card_first);
}

#[test]
fn only_a_card_in_a_list_of_the_layout_was_moved_by_people() {
    let (board, mut project) = synced(SHELVED);
    project.layout = BoardLayout::default().with(Stage::InProgress, "Doing");
    let moved = plan(&board, &project);
    assert_eq!(
        actions(&moved),
        ["create list Doing", "move card from In Progress to Doing"]
    );
    assert_eq!(moved.put_back, PutBack::default());
    for (list, counted) in [("to do", 1), ("Review", 1), ("people's own", 0)] {
        let (board, project) = synced(SHELVED);
        edit(&board, |board| {
            let own = crate::ids::ListId::new("9999");
            board.lists.push(crate::board::List {
                id: own,
                name: "people's own".into(),
                position: Position(1.0),
            });
            let to = board.lists.iter().find(|l| same_name(&l.name, list));
            board.cards[0].list = to.unwrap().id.clone();
        });
        let put_back = plan(&board, &project).put_back;
        assert_eq!((put_back.cards, put_back.ticks), (counted, 0), "{list}");
    }
}

/// A checkout that is older than the card.
fn older(facts: &mut Facts) {
    facts
        .git
        .values_mut()
        .for_each(|git| git.sight = Sight::Ahead);
}

#[test]
fn a_card_is_written_all_or_nothing() {
    let (board, mut project) = synced(SHELVED);
    project.checkout.origin = OriginId::new("ffffffffffff");
    let card = card(&[("1.1 Add", true), ("1.2 Test", true), ("1.3 New", false)]);
    project.desired.cards = BTreeMap::from([(name("add-x"), card)]);
    let plan = Process::new(&board, &project, "older")
        .knowing(older)
        .plan();
    assert!(plan.is_empty());
    assert!(
        matches!(&held(&plan)[..], [Held::Unseen { unseen: Unseen::Older, origin, .. }] if origin.as_str() == "00112233aabb")
    );
    let accepting = |facts: &mut Facts| {
        older(facts);
        facts.accepted.insert(ChangeName::new("add-x"));
    };
    let plan = Process::new(&board, &project, "accepted")
        .knowing(accepting)
        .plan();
    assert!(plan.held.is_empty());
    assert!(
        matches!(&plan.steps[0].action, Action::UpdateCard { description: Some(text), .. } if text.contains("origin=ffffffffffff"))
    );
}

#[test]
fn text_alone_is_written_under_rows_1_3_and_9() {
    let (board, mut project) = synced(FLAT);
    project
        .desired
        .cards
        .values_mut()
        .for_each(|card| card.why = Some("Else.".into()));
    assert_eq!(actions(&plan(&board, &project)), ["update card text"]);
    let gone_here = |facts: &mut Facts| {
        older(facts);
        facts
            .git
            .values_mut()
            .for_each(|git| git.nothing_elsewhere = true);
    };
    assert!(
        Process::new(&board, &project, "older")
            .knowing(gone_here)
            .plan()
            .is_empty()
    );
}

#[test]
fn a_missing_label_is_attached_whatever_the_card_shows() {
    let (board, project) = synced(FLAT);
    edit_card(&board, |card| card.labels.clear());
    let plan = Process::new(&board, &project, "older")
        .knowing(older)
        .plan();
    assert_eq!(actions(&plan), ["attach label"]);
}

#[test]
fn the_digest_knows_no_chance() {
    let (board, _) = synced(FLAT);
    let more = project(&[("add-y", card(&[("a", false)]))]);
    let one = Process::new(&board, &more, "one").plan();
    let other = Process::new(&board, &more, "other").plan();
    assert_eq!(one.digest(), other.digest());
    assert_ne!(one.digest(), Plan::default().digest());
}
