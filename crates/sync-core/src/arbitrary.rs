//! Strategies for property tests, exported to embedders under the feature `arbitrary`.
//!
//! Names and texts come from small sets, so that cases meet: equal tasks, reworded and renumbered
//! ones, sections with one name, and some that do not fit a board.

use crate::board::{BoardLayout, Features};
use crate::desired::{Desired, DesiredCard, DesiredTask, Section};
use crate::ids::ChangeName;
use crate::stage::{Progress, Stage};
use alloc::string::String;
use alloc::vec::Vec;
use proptest::collection::{btree_map, btree_set, vec};
use proptest::prelude::*;
use proptest::sample::select;

/// What Planka 1.x can do: no task lists, no archive, no limits.
pub const FLAT: Features = Features {
    task_lists: false,
    shelves: false,
    name_limit: None,
    title_limit: None,
};

/// What Planka 2.x can do, with limits low enough to be met.
pub const SHELVED: Features = Features {
    task_lists: true,
    shelves: true,
    name_limit: Some(24),
    title_limit: Some(12),
};

/// Boards of either kind.
pub fn features() -> impl Strategy<Value = Features> {
    select(&[FLAT, SHELVED][..])
}

/// Layouts: mostly the default, sometimes with stages that share a list or use one of people's.
pub fn layout() -> impl Strategy<Value = BoardLayout> {
    prop_oneof![
        4 => Just(BoardLayout::default()),
        1 => Just(BoardLayout::default().with(Stage::Planning, "to do")),
        1 => Just(BoardLayout::default().with(Stage::Review, "In Progress")),
    ]
}

/// Names of changes, five at most.
pub fn change_name() -> impl Strategy<Value = ChangeName> {
    select(&["add-export", "add-login", "drop-v1", "fix-ünï", "tidy up"][..])
        .prop_map(ChangeName::new)
}

/// Tasks of one change.
pub fn task() -> impl Strategy<Value = DesiredTask> {
    let texts = [
        "1.1 Add",
        "1.1 Add it",
        "1.2 Add",
        "1.2 Test",
        "2.1 Write docs",
        "Test",
        "Write",
        "Write",
        " ",
        "a text that is longer than the lowest limit of names",
    ];
    (select(texts.to_vec()), any::<bool>()).prop_map(|(text, done)| DesiredTask {
        text: text.into(),
        done,
    })
}

/// Sections of tasks, four at most.
pub fn sections() -> impl Strategy<Value = Vec<Section>> {
    let titles = [
        "",
        "1. Setup",
        "1. Set-up",
        "2. Build",
        "Docs",
        "2. Build and a long title",
    ];
    let section = (select(titles.to_vec()), vec(task(), 0..5)).prop_map(|(title, tasks)| Section {
        title: title.into(),
        tasks,
    });
    vec(section, 0..4)
}

/// Cards whose stage follows from their tasks.
pub fn card() -> impl Strategy<Value = DesiredCard> {
    let why = select(
        &[
            "",
            "Because.",
            "Because\n\nof this [onward:1]: #",
            "[onward:end]: #",
        ][..],
    );
    (any::<bool>(), why, sections()).prop_map(|(artifacts_ready, why, sections)| {
        let tasks = || sections.iter().flat_map(|section| &section.tasks);
        let progress = Progress {
            artifacts_ready,
            tasks: tasks().count(),
            open: tasks().filter(|task| !task.done).count(),
        };
        DesiredCard {
            stage: Stage::of(progress),
            why: Some(String::from(why)).filter(|why| !why.is_empty()),
            sections,
        }
    })
}

/// What a project's files ask for.
pub fn desired() -> impl Strategy<Value = Desired> {
    let unreadable = btree_map(change_name(), Just(String::from("bad metadata")), 0..2);
    let archived = btree_set(change_name(), 0..3);
    (btree_map(change_name(), card(), 0..5), unreadable, archived).prop_map(
        |(mut cards, unreadable, archived)| {
            cards.retain(|change, _| !unreadable.contains_key(change));
            Desired {
                cards,
                unreadable,
                archived,
            }
        },
    )
}
