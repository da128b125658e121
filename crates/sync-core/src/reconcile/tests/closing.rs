//! Cards whose change is done, gone or cannot be computed.

use super::*;

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
