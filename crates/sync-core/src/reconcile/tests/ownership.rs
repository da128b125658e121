//! Whose card it is.

use super::*;

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
