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

#[test]
fn cards_of_the_older_tool_are_adopted() {
    for archived in [false, true] {
        let (board, mut project) = synced(FLAT);
        edit_card(&board, |card| card.description = "by hand".into());
        if archived {
            project.desired.cards.clear();
            project.desired.archived.insert(name("add-x"));
        }
        Process::new(&board, &project, "second").sync();
        let cards = snapshot(&board).cards;
        assert_eq!(cards.len(), 1);
        assert!(
            cards[0]
                .description
                .starts_with("by hand\n\n[onward:1]: # \"key=")
        );
        assert_eq!(
            list_of(&board, &cards[0]),
            if archived { "Done" } else { "In Progress" }
        );
        assert!(plan(&board, &project).is_empty());
    }
}

#[test]
fn everything_else_is_foreign() {
    let foreign: [fn(&mut Card); 4] = [
        |card| (card.labels, card.description) = (vec![], String::new()),
        |card| card.description = card.description.replace("key=0123abcd/", "key=4567/"),
        |card| card.description = card.description.replace("/apps%2Fweb/", "/apps%2Fapi/"),
        |card| (card.name, card.description) = ("other".into(), String::new()),
    ];
    for make in foreign {
        let (board, project) = synced(SHELVED);
        edit_card(&board, make);
        let before = snapshot(&board).cards[0].clone();
        Process::new(&board, &project, "second").sync();
        let cards = snapshot(&board).cards;
        assert_eq!((cards.len(), &cards[0]), (2, &before));
    }
}

#[test]
fn the_marker_changes_only_together_with_something_else() {
    let (board, project) = synced(FLAT);
    let moved_on = |facts: &mut Facts| {
        facts
            .own
            .values_mut()
            .for_each(|own| own.commit = Some(crate::ids::CommitId::new("bb22")));
    };
    assert!(
        Process::new(&board, &project, "later")
            .knowing(moved_on)
            .plan()
            .is_empty()
    );
    edit_card(&board, |card| card.task_lists[0].tasks[0].done = true);
    let plan = Process::new(&board, &project, "later")
        .knowing(moved_on)
        .plan();
    let [first, tick] = &plan.steps[..] else {
        panic!("{plan:?}")
    };
    assert!(
        matches!(&first.action, Action::UpdateCard { what: CardUpdate::Text, description: Some(text), place: None, .. } if text.contains("L=bb22"))
    );
    assert_eq!(tick.after, [crate::plan::StepId(0)]);
    assert_eq!(plan.put_back, PutBack::default());
}

#[test]
fn markers_that_cannot_be_trusted_hold_the_card() {
    type Mangle = fn(&str) -> String;
    let cases: [(Mangle, MarkerFault); 3] = [
        (
            |text| text.replace("dirty=0", "dirty=no"),
            MarkerFault::Broken,
        ),
        (|text| format!("{text}\n\n{text}"), MarkerFault::Doubled),
        (
            |text| text.replace("[onward:1]", "[onward:2]"),
            MarkerFault::Newer,
        ),
    ];
    for (mangle, fault) in cases {
        let (board, project) = synced(FLAT);
        edit_card(&board, |card| card.description = mangle(&card.description));
        let plan = plan(&board, &project);
        let card = snapshot(&board).cards[0].id.clone();
        assert_eq!(
            (actions(&plan), held(&plan)),
            (vec![], vec![Held::Marker { fault, card }])
        );
    }
}

#[test]
fn every_change_a_faulty_card_names_is_held() {
    let both = |card_of: &str| {
        let board = SimulatedBoard::new(FLAT);
        let project = project(&[("add-x", card(&[])), ("add-y", card(&[]))]);
        Process::new(&board, &project, "first").sync();
        let at = |board: &Snapshot, name: &str| {
            let mut cards = board.cards.iter();
            cards.position(|card| card.name == name).unwrap()
        };
        let faulty = snapshot(&board).cards[at(&snapshot(&board), card_of)]
            .id
            .clone();
        edit(&board, |board| {
            let (x, y) = (at(board, "add-x"), at(board, "add-y"));
            let pasted = board.cards[y].description.clone();
            let card = &mut board.cards[x].description;
            *card = format!("{pasted}\n\n{card}");
        });
        (board, project, faulty)
    };
    // The card of the block that was pasted still stands for its own change.
    let (board, mut project, faulty) = both("add-x");
    let fault = MarkerFault::Doubled;
    let hold = |change: &str| HeldChange {
        change: name(change),
        held: Held::Marker {
            fault,
            card: faulty.clone(),
        },
    };
    let first = plan(&board, &project);
    assert_eq!((actions(&first), first.held), (vec![], vec![hold("add-x")]));
    // Without it, the block may be all that is left of it, in a renamed card too.
    edit(&board, |board| {
        board.cards.retain(|card| card.id == faulty);
        board.cards[0].name = "mine".into();
    });
    let second = plan(&board, &project);
    assert_eq!(
        (actions(&second), second.held),
        (vec![], vec![hold("add-x"), hold("add-y")])
    );
    // A change the files do not know is held as well: its card must not close.
    project.desired.cards.remove(&name("add-y"));
    assert_eq!(plan(&board, &project).held, [hold("add-x"), hold("add-y")]);
}

#[test]
fn a_broken_marker_still_says_whose_it_is() {
    type Mangle = fn(&str) -> String;
    let mangles: [Mangle; 4] = [
        |text| text.replace(" dirty=", " drty="),
        |text| text.replace(": # \"key", ": key"),
        |text| text.replace("[onward:1]", "[onward:2]"),
        |text| text.replace("[onward:end]: #", ""),
    ];
    for mangle in mangles {
        let (board, project) = synced(SHELVED);
        edit_card(&board, |card| {
            card.name = "mine".into();
            card.description = mangle(&card.description);
        });
        let plan = plan(&board, &project);
        assert!(
            matches!(&held(&plan)[..], [Held::Marker { .. }]) && plan.is_empty(),
            "{plan:?}"
        );
    }
}

#[test]
fn a_name_counts_unless_every_marker_is_foreign() {
    let foreign = |text: &str| text.replace("key=0123abcd/", "key=4567/");
    let (board, project) = synced(FLAT);
    edit_card(&board, |card| {
        let text = foreign(&card.description);
        card.description = format!("{text}\n\n{text}");
    });
    assert_eq!(held(&plan(&board, &project)), []);
    let (board, project) = synced(FLAT);
    edit_card(&board, |card| {
        let ours = card.description.replace("key=", "k=");
        card.description = format!("{}\n\n{ours}", foreign(&card.description));
    });
    assert!(plan(&board, &project).is_empty());
}

#[test]
fn a_card_with_two_blocks_is_found_on_the_shelf() {
    let (board, project) = synced(SHELVED);
    board.edit(|state| {
        let (id, snapshot) = &mut state.boards[0];
        let card = snapshot.cards.remove(0);
        let other = card.description.replace("/add-x ", "/add-y ");
        let shelved = ShelvedCard {
            id: card.id,
            name: card.name,
            description: format!("{other}\n\n{}", card.description),
            shelf: Shelf::Archive,
        };
        state.shelved.push((id.clone(), shelved));
    });
    assert!(plan(&board, &project).is_empty());
}

#[test]
fn a_copy_is_foreign_and_a_twin_is_not() {
    let copy = |board: &SimulatedBoard, change: fn(&mut Card)| {
        edit(board, |board| {
            let mut copy = board.cards[0].clone();
            copy.id = CardId::new("9999");
            copy.task_lists[0].id = TaskListId::new("9998");
            change(&mut copy);
            board.cards.push(copy);
        });
    };
    let twin = |card: &mut Card| card.description = card.description.replace(" id=", " id=ff");
    let (board, project) = synced(SHELVED);
    copy(&board, |_| ());
    assert!(plan(&board, &project).is_empty());
    let (board, project) = synced(SHELVED);
    copy(&board, twin);
    assert_eq!(actions(&plan(&board, &project)), ["discard second card"]);
    let touched: [fn(&mut Card); 3] = [
        |card| card.traces.comments = 1,
        |card| card.description = card.description.replace(" id=", " id=ff") + "\nmine",
        |card| {
            card.task_lists[0].tasks.push(Task {
                id: TaskId::new("9997"),
                name: "mine".into(),
                position: Position(1.0),
                done: false,
            });
        },
    ];
    for touch in touched {
        let (board, project) = synced(SHELVED);
        copy(&board, touch);
        edit(&board, |board| {
            let card = &mut board.cards[1].description;
            if !card.contains(" id=ff") {
                *card = card.replace(" id=", " id=ff");
            }
        });
        let plan = plan(&board, &project);
        assert_eq!(
            held(&plan),
            [Held::Twin {
                card: CardId::new("9999")
            }]
        );
        assert!(plan.is_empty());
    }
}

#[test]
fn a_card_somebody_archived_is_held() {
    let (board, project) = synced(SHELVED);
    board.edit(|state| {
        let (id, snapshot) = &mut state.boards[0];
        let card = snapshot.cards.remove(0);
        let shelved = ShelvedCard {
            id: card.id,
            name: card.name,
            description: card.description,
            shelf: Shelf::Trash,
        };
        state.shelved.push((id.clone(), shelved));
    });
    let plan = plan(&board, &project);
    assert!(plan.is_empty());
    assert!(matches!(
        held(&plan)[..],
        [Held::Shelved {
            shelf: Shelf::Trash,
            ..
        }]
    ));
}

#[test]
fn many_closings_need_a_word_unless_archived() {
    let names: Vec<String> = (0..8).map(|n| format!("c{n}")).collect();
    let cards: Vec<_> = names
        .iter()
        .map(|name| (name.as_str(), card(&[])))
        .collect();
    let board = SimulatedBoard::new(FLAT);
    Process::new(&board, &project(&cards), "first").sync();
    let mut left = project(&cards[..2]);
    let strict = |facts: &mut Facts| facts.allow_mass_close = false;
    let guarded = |project: &Project| Process::new(&board, project, "less").knowing(strict).plan();
    let plan = guarded(&left);
    assert_eq!(
        plan.mass_close,
        Some(MassClose {
            closing: 6,
            open: 8
        })
    );
    assert_eq!(
        (plan.steps.len(), held(&plan)),
        (0, vec![Held::MassClose; 6])
    );
    assert_eq!(guarded(&project(&cards[..3])).steps.len(), 5);
    assert_eq!(Process::new(&board, &left, "less").plan().steps.len(), 6);
    left.desired.archived = names.iter().map(|change| name(change)).collect();
    assert_eq!(guarded(&left).steps.len(), 6);
}

#[test]
fn closings_that_were_accepted_are_no_mass_close() {
    let names: Vec<String> = (0..8).map(|n| format!("c{n}")).collect();
    let cards: Vec<_> = names
        .iter()
        .map(|name| (name.as_str(), card(&[])))
        .collect();
    let board = SimulatedBoard::new(FLAT);
    Process::new(&board, &project(&cards), "first").sync();
    let closing = |left: usize, accept: fn(&mut Facts)| {
        let left = project(&cards[..left]);
        Process::new(&board, &left, "less").knowing(accept).plan()
    };
    let accept_one = |facts: &mut Facts| {
        facts.allow_mass_close = false;
        facts.accepted.insert(name("c7"));
    };
    // Seven closings, one of them accepted: six are too many, and the seventh is written.
    let plan = closing(1, accept_one);
    assert_eq!(
        plan.mass_close,
        Some(MassClose {
            closing: 6,
            open: 8
        })
    );
    assert_eq!(actions(&plan), ["close card: In Progress to Done"]);
    assert_eq!(plan.steps[0].change, Some(name("c7")));
    assert_eq!(held(&plan), vec![Held::MassClose; 6]);
    // Six, one of them accepted: five are few enough.
    let plan = closing(2, accept_one);
    assert_eq!((plan.steps.len(), plan.mass_close), (6, None));
}

#[test]
fn what_cannot_be_computed_is_held_and_stays() {
    let (board, mut project) = synced(FLAT);
    project.desired.cards.clear();
    project
        .desired
        .unreadable
        .insert(name("add-x"), "bad".into());
    let plan = plan(&board, &project);
    assert!(plan.is_empty());
    assert_eq!(
        held(&plan),
        [Held::Unreadable {
            reason: "bad".into()
        }]
    );
}

#[test]
fn a_change_closes_and_opens_again() {
    let (board, open) = synced(FLAT);
    let mut gone = open.clone();
    gone.desired.cards.clear();
    let before = shown(&board);
    assert_eq!(
        actions(&plan(&board, &gone)),
        ["close card: In Progress to Done"]
    );
    Process::new(&board, &gone, "second").sync();
    Process::new(&board, &open, "third").sync();
    assert_eq!(shown(&board), before);
}

#[test]
fn sections_are_task_lists_or_flat() {
    let wanted = sections(&[("A", &[("x", false)]), ("B", &[("y", true)])]);
    for (features, lists) in [(SHELVED, vec![("A", 1), ("B", 1)]), (FLAT, vec![("", 2)])] {
        let board = SimulatedBoard::new(features);
        Process::new(&board, &project(&[("add-x", wanted.clone())]), "first").sync();
        let cards = snapshot(&board).cards;
        let seen = cards[0]
            .task_lists
            .iter()
            .map(|list| (list.name.as_str(), list.tasks.len()));
        assert_eq!(seen.collect::<Vec<_>>(), lists);
    }
}

#[test]
fn tasks_are_renamed_reordered_and_removed_but_not_replaced() {
    let (board, mut project) = synced(SHELVED);
    let before = snapshot(&board).cards[0].task_lists[0].tasks.clone();
    project.desired.cards = BTreeMap::from([(
        name("add-x"),
        card(&[("1.1 Test", true), ("1.2 Add it", false)]),
    )]);
    Process::new(&board, &project, "second").sync();
    let mut after = snapshot(&board).cards[0].task_lists[0].tasks.clone();
    after.sort_by_key(|task| task.position);
    let seen: Vec<_> = after
        .iter()
        .map(|task| (task.name.as_str(), &task.id))
        .collect();
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[0], ("1.1 Test", &before[1].id));
    project.desired.cards = BTreeMap::from([(name("add-x"), card(&[("1.2 Add it", false)]))]);
    assert_eq!(
        actions(&plan(&board, &project))[1..],
        ["delete task 1.1 Test"]
    );
}

#[test]
fn peoples_tasks_and_lists_are_never_deleted() {
    let (board, mut project) = synced(SHELVED);
    let mine = |id: &str, name: &str| Task {
        id: TaskId::new(id),
        name: name.into(),
        position: Position(9.0),
        done: false,
    };
    edit_card(&board, |card| {
        // A copy of ours, a task of their own, and an older one of the same text in their own list.
        card.task_lists[0].tasks.push(mine("9990", "1.1 Add"));
        card.task_lists[0].tasks.push(mine("9991", "mine"));
        card.task_lists.push(TaskList {
            id: TaskListId::new("0"),
            name: "mine".into(),
            position: Position(1.0),
            tasks: vec![mine("1", "1.2 Test")],
        });
    });
    assert!(plan(&board, &project).is_empty());
    project.desired.cards = BTreeMap::from([(name("add-x"), card(&[]))]);
    Process::new(&board, &project, "second").sync();
    let left = snapshot(&board).cards[0].task_lists.clone();
    let names = left
        .iter()
        .map(|list| list.tasks.iter().map(|t| t.id.as_str()).collect::<Vec<_>>());
    assert_eq!(names.collect::<Vec<_>>(), [vec!["9990", "9991"], vec!["1"]]);
}

#[test]
fn a_list_of_ours_goes_with_its_last_task() {
    let (board, mut project) = synced(SHELVED);
    project.desired.cards = BTreeMap::from([(name("add-x"), card(&[]))]);
    let plan = plan(&board, &project);
    let expected = [
        "update card text",
        "delete task 1.1 Add",
        "delete task 1.2 Test",
        "delete task list 1. Setup",
    ];
    assert_eq!(actions(&plan), expected);
    assert_eq!(plan.steps[3].after.len(), 3);
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
