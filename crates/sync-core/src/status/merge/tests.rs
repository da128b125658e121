//! Every merge there is, against DESIGN §5's table written down a second time, by words and numbers.

use super::*;
use crate::status::{TaskStatus, WorkplanStatus};
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::vec::Vec;

/// The words of a vocabulary with their ranks, as the consistency sheet §4 has them.
type Words = &'static [(&'static str, u8)];

const TASKS: Words = &[
    ("todo", 0),
    ("in_progress", 1),
    ("blocked", 1),
    ("done", 2),
    ("cancelled", 2),
];

const WORKPLANS: Words = &[
    ("proposed", 0),
    ("backlog", 0),
    ("ready", 0),
    ("active", 1),
    ("blocked", 1),
    ("finished", 2),
    ("archived", 3),
];

/// How often a row was reopened: never before and never since the base; before it; since it; twice
/// since it; and fewer times than the base says, as after a hub was restored from a copy.
const REOPENS: [(u32, u32); 5] = [(0, 0), (1, 1), (0, 1), (1, 3), (2, 1)];

/// What a base says: the word and its rank, the reopens it was taken under.
type Then = Option<(&'static str, u32)>;

/// One row of the table: when it holds, and what is done then.
type Rule = (fn(&Case) -> bool, &'static str);

/// A situation, reduced to what the table speaks of.
#[expect(clippy::struct_excessive_bools, reason = "the table asks yes or no")]
struct Case {
    equal: bool,
    file_rank: u8,
    hub_rank: u8,
    base: bool,
    /// The file's word is another than the base's.
    file_moved: bool,
    /// The hub's word is.
    hub_moved: bool,
    /// The row was reopened after the base, or at all if there is none.
    reopened: bool,
}

/// The table, to be read from the top.
const TABLE: [Rule; 10] = [
    (|c| c.equal, "nothing"),
    (|c| c.hub_rank > c.file_rank, "file: hub ahead"),
    // File rank higher.
    (
        |c| c.file_rank > c.hub_rank && !c.reopened,
        "hub: file ahead",
    ),
    (
        |c| c.file_rank > c.hub_rank && !c.base,
        "tie: reopened, no base",
    ),
    (
        |c| c.file_rank > c.hub_rank && !c.file_moved,
        "file: stale after reopen",
    ),
    (
        |c| c.file_rank > c.hub_rank,
        "tie: reopened, and the file moved",
    ),
    // Same rank, other word.
    (|c| !c.base, "tie: no base"),
    (
        |c| c.file_moved && !c.hub_moved && !c.reopened,
        "hub: file ahead",
    ),
    (|c| !c.file_moved, "file: one side"),
    (|_| true, "tie: both moved"),
];

fn by_table(words: Words, base: Then, file: &str, hub: &str, reopens: u32) -> &'static str {
    let rank = |word: &str| words.iter().find(|(known, _)| *known == word).unwrap().1;
    let case = Case {
        equal: file == hub,
        file_rank: rank(file),
        hub_rank: rank(hub),
        base: base.is_some(),
        file_moved: base.is_none_or(|(word, _)| word != file),
        hub_moved: base.is_none_or(|(word, _)| word != hub),
        reopened: reopens > base.map_or(0, |(_, at)| at),
    };
    let row = TABLE.iter().find(|(holds, _)| holds(&case));
    row.unwrap().1
}

/// Tells what a merge does in the table's words, and checks whose status it names.
fn told<S: Status>(merged: Merge<S>, file: S, hub: S) -> &'static str {
    match merged {
        Merge::Equal => "nothing",
        Merge::HubFollows(to) => {
            assert_eq!(to, file);
            "hub: file ahead"
        }
        Merge::FileFollows { to, why } => {
            assert_eq!(to, hub);
            match why {
                FileFollows::HubAhead => "file: hub ahead",
                FileFollows::OneSideChanged => "file: one side",
                FileFollows::StaleAfterReopen => "file: stale after reopen",
            }
        }
        Merge::Tied { why } => match why {
            Tie::NoBase => "tie: no base",
            Tie::BothChanged => "tie: both moved",
            Tie::ReopenedWithoutBase => "tie: reopened, no base",
            Tie::ReopenedAndChanged => "tie: reopened, and the file moved",
        },
        Merge::Unranked => "unranked",
    }
}

/// Calls back for every base, file, hub and count of reopens.
fn every<S: Status>(words: Words, mut each: impl FnMut(Then, S, S, u32)) {
    let status = |word: &str| S::parse(word).unwrap();
    for (file, _) in words {
        for (hub, _) in words {
            for (at, reopens) in REOPENS {
                let some = words.iter().map(|(word, _)| Some((*word, at)));
                for base in some.chain([None]) {
                    each(base, status(file), status(hub), reopens);
                }
            }
        }
    }
}

fn base_of<S: Status>(base: Then) -> Option<Base<S>> {
    base.map(|(word, reopens)| Base {
        status: S::parse(word).unwrap(),
        reopens,
    })
}

fn all_triples<S: Status>(words: Words) -> BTreeMap<&'static str, usize> {
    assert_eq!(words.len(), S::TABLE.len(), "every status is in the table");
    let mut seen = BTreeMap::new();
    every::<S>(words, |base, file, hub, reopens| {
        let merged = merge(base_of(base), &file.into(), &hub.into(), reopens);
        let expected = by_table(words, base, file.word(), hub.word(), reopens);
        let case = format!("base {base:?}, file {file:?}, hub {hub:?}, reopens {reopens}");
        assert_eq!(told(merged, file, hub), expected, "{case}");
        *seen.entry(expected).or_default() += 1;
    });
    seen
}

#[test]
fn every_triple_is_merged_by_the_table() {
    for seen in [
        all_triples::<TaskStatus>(TASKS),
        all_triples::<WorkplanStatus>(WORKPLANS),
    ] {
        let actions: Vec<_> = seen.keys().copied().collect();
        let mut of_table: Vec<_> = TABLE.iter().map(|(_, action)| *action).collect();
        of_table.sort_unstable();
        of_table.dedup();
        assert_eq!(actions, of_table, "every row of the table was met");
    }
}

/// (8) for one merge: whoever follows does not fall, but where a person lowered the row.
fn nobody_falls<S: Status>(words: Words) {
    every::<S>(words, |base, file, hub, reopens| {
        let base = base_of(base);
        match merge(base, &file.into(), &hub.into(), reopens) {
            Merge::HubFollows(to) => assert!(to.rank() >= hub.rank()),
            Merge::FileFollows {
                to,
                why: FileFollows::StaleAfterReopen,
            } => {
                assert!(to.rank() < file.rank());
                assert!(base.is_some_and(|base| base.status == file && base.reopens < reopens));
            }
            Merge::FileFollows { to, .. } => assert!(to.rank() >= file.rank()),
            Merge::Equal | Merge::Tied { .. } | Merge::Unranked => {}
        }
    });
}

/// (9) for one merge: once it is carried out, both are equal and stay so.
fn settled_is_settled<S: Status>(words: Words) {
    every::<S>(words, |base, file, hub, reopens| {
        let merged = merge(base_of(base), &file.into(), &hub.into(), reopens);
        let Some(status) = merged.settled(&file.into()) else {
            return;
        };
        for base in [base_of(base), Some(Base { status, reopens })] {
            let again = merge(base, &status.into(), &status.into(), reopens);
            assert_eq!(again, Merge::Equal);
        }
    });
}

#[test]
fn nobody_falls_but_by_a_reopen() {
    nobody_falls::<TaskStatus>(TASKS);
    nobody_falls::<WorkplanStatus>(WORKPLANS);
}

#[test]
fn merging_twice_is_merging_once() {
    settled_is_settled::<TaskStatus>(TASKS);
    settled_is_settled::<WorkplanStatus>(WORKPLANS);
}

#[test]
fn a_word_that_is_no_status_is_left_alone_on_either_side() {
    let words = ["", "halfway", "todo!", "erledigt"];
    for word in words.map(Word::<TaskStatus>::read) {
        for (status, ..) in TaskStatus::TABLE {
            for base in [
                None,
                Some(Base {
                    status: *status,
                    reopens: 0,
                }),
            ] {
                for reopens in [0, 1] {
                    let known = Word::from(*status);
                    for (file, hub) in [(&word, &known), (&known, &word), (&word, &word)] {
                        let merged = merge(base, file, hub, reopens);
                        assert_eq!(merged, Merge::Unranked, "file {file}, hub {hub}");
                        assert_eq!(merged.settled(file), None);
                    }
                }
            }
        }
    }
}

#[test]
fn an_alias_is_merged_as_the_word_it_stands_for() {
    for (file, hub) in [("wait", "blocked"), ("Progress", "in_progress")] {
        let merged = merge::<TaskStatus>(None, &Word::read(file), &Word::read(hub), 0);
        assert_eq!(merged, Merge::Equal, "{file}, {hub}");
    }
    let merged = merge::<WorkplanStatus>(None, &Word::read("active"), &Word::read("completed"), 0);
    let finished = Merge::FileFollows {
        to: WorkplanStatus::Finished,
        why: FileFollows::HubAhead,
    };
    assert_eq!(merged, finished);
}

#[test]
fn a_reopening_takes_the_lower_one_and_lowers_nothing_twice() {
    use TaskStatus::{Blocked, Cancelled, Done, InProgress, Todo};
    for (file, hub, expected) in [
        (Done, Done, (Some(Todo), Some(Todo))),
        (Done, Cancelled, (Some(Todo), Some(Todo))),
        (Todo, Done, (None, Some(Todo))),
        (InProgress, Done, (None, Some(InProgress))),
        (Done, Blocked, (Some(Blocked), None)),
        (Blocked, Todo, (Some(Todo), None)),
        (Blocked, InProgress, (None, None)),
        (Todo, Todo, (None, None)),
    ] {
        let opened = reopen(file, hub);
        assert_eq!((opened.file, opened.hub), expected, "{file:?}, {hub:?}");
    }
    every::<WorkplanStatus>(WORKPLANS, |_, file, hub, _| {
        let opened = reopen(file, hub);
        let (file, hub) = (opened.file.unwrap_or(file), opened.hub.unwrap_or(hub));
        assert!(!file.is_closed() && !hub.is_closed());
        assert_eq!(file.rank(), hub.rank());
        let twice = reopen(file, hub);
        assert_eq!((twice.file, twice.hub), (None, None), "{file:?}, {hub:?}");
    });
}

/// The case this was built for: a checkout that has not been pulled for days.
#[test]
fn a_stale_todo_never_takes_back_what_is_done_in_the_hub() {
    let bases = [
        None,
        Some(Base {
            status: TaskStatus::Todo,
            reopens: 0,
        }),
        Some(Base {
            status: TaskStatus::Done,
            reopens: 0,
        }),
    ];
    for base in bases {
        let merged = merge(base, &TaskStatus::Todo.into(), &TaskStatus::Done.into(), 0);
        let written_back = Merge::FileFollows {
            to: TaskStatus::Done,
            why: FileFollows::HubAhead,
        };
        assert_eq!(merged, written_back, "base {base:?}");
    }
}

/// Its cousin, in which no rank helps: the hub is left alone whatever the checkout remembers, but for
/// a base that says that the file's word is the newer one.
#[test]
fn a_stale_word_of_the_same_rank_never_takes_back_the_hubs() {
    use TaskStatus::{Blocked, Done, InProgress, Todo};
    for base in [None, Some(InProgress), Some(Todo), Some(Done)] {
        let base = base.map(|status| Base { status, reopens: 0 });
        let merged = merge(base, &InProgress.into(), &Blocked.into(), 0);
        assert!(
            matches!(merged, Merge::FileFollows { .. } | Merge::Tied { .. }),
            "base {base:?}: {merged:?}"
        );
    }
}
