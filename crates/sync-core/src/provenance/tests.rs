use super::*;
use crate::desired::{DesiredTask, Section};
use crate::marker::tests::marker;
use alloc::vec;

const FEATURES: Features = Features {
    task_lists: true,
    shelves: true,
    name_limit: Some(1024),
    title_limit: Some(128),
};

fn card(stage: Stage, tasks: &[(&str, bool)]) -> CardFacts {
    CardFacts {
        stage: Some(stage),
        tasks: tasks
            .iter()
            .map(|(name, done)| ((*name).into(), *done))
            .collect(),
    }
}

fn shown(stage: Stage, tasks: &[(&str, bool)]) -> Shown {
    let tasks = tasks.iter().map(|(text, done)| DesiredTask {
        text: (*text).into(),
        done: *done,
    });
    Shown::Card(DesiredCard {
        stage,
        why: None,
        sections: vec![Section {
            title: String::new(),
            tasks: tasks.collect(),
        }],
    })
}

#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a column of the table"
)]
struct Case {
    sight: Sight,
    dirty: bool,
    own: bool,
    nothing_elsewhere: bool,
    in_history: bool,
    change: Change,
}

impl Case {
    fn of(sight: Sight) -> Case {
        Case {
            sight,
            dirty: false,
            own: false,
            nothing_elsewhere: false,
            in_history: true,
            change: Change::Facts,
        }
    }

    fn verdict(self) -> Verdict {
        let marker = Marker {
            dirty: self.dirty,
            ..marker()
        };
        let me = if self.own {
            marker.origin.clone()
        } else {
            OriginId::new("ffffffffffff")
        };
        let facts = GitFacts {
            sight: self.sight,
            nothing_elsewhere: self.nothing_elsewhere,
            in_history: self.in_history,
        };
        let card = card(Stage::InProgress, &[("1.1 Add", true)]);
        judge(&marker, &facts, &card, self.change, &me, &FEATURES)
    }
}

fn within() -> Sight {
    Sight::Within { since: vec![] }
}

fn ticked() -> Vec<Shown> {
    vec![shown(Stage::Review, &[("1.1 Add", true)])]
}

fn open() -> Vec<Shown> {
    vec![shown(Stage::InProgress, &[("1.1 Add", false)])]
}

#[test]
fn row_2_fetch_failed() {
    assert_eq!(
        Case::of(Sight::CannotTell).verdict(),
        Verdict::Held(Unseen::CannotTell)
    );
}

#[test]
fn row_3_clean_ancestor() {
    assert_eq!(Case::of(within()).verdict(), Verdict::Write);
    let text = Case {
        change: Change::TextOnly,
        ..Case::of(within())
    };
    assert_eq!(text.verdict(), Verdict::Write);
}

#[test]
fn row_4_dirty_ancestor() {
    let dirty = |since| Case {
        dirty: true,
        ..Case::of(Sight::Within { since })
    };
    assert_eq!(dirty(ticked()).verdict(), Verdict::Write);
    assert_eq!(dirty(open()).verdict(), Verdict::Held(Unseen::Uncommitted));
    let gone = |own| Case {
        own,
        nothing_elsewhere: true,
        ..dirty(vec![])
    };
    assert_eq!(gone(true).verdict(), Verdict::Write);
    assert_eq!(gone(false).verdict(), Verdict::Held(Unseen::Uncommitted));
}

#[test]
fn row_5_older() {
    let older = |own, nothing_elsewhere| Case {
        own,
        nothing_elsewhere,
        ..Case::of(Sight::Ahead)
    };
    assert_eq!(older(false, true).verdict(), Verdict::Held(Unseen::Older));
    assert_eq!(older(true, false).verdict(), Verdict::Held(Unseen::Older));
    assert_eq!(older(true, true).verdict(), Verdict::Write);
}

#[test]
fn row_6_diverged() {
    let diverged = |since| Case::of(Sight::Diverged { since });
    assert_eq!(diverged(ticked()).verdict(), Verdict::Write);
    assert_eq!(diverged(open()).verdict(), Verdict::Held(Unseen::Diverged));
    assert_eq!(
        diverged(vec![Shown::Unclear]).verdict(),
        Verdict::Held(Unseen::Diverged)
    );
}

#[test]
fn row_7_unknown() {
    let unknown = |since_base| Case {
        own: true,
        nothing_elsewhere: true,
        ..Case::of(Sight::Unknown { since_base })
    };
    assert_eq!(unknown(Some(ticked())).verdict(), Verdict::Write);
    assert_eq!(
        unknown(Some(open())).verdict(),
        Verdict::Held(Unseen::Unpublished)
    );
    assert_eq!(unknown(None).verdict(), Verdict::Held(Unseen::Unpublished));
}

#[test]
fn row_8_never_here() {
    let close = |own, sight| Case {
        own,
        nothing_elsewhere: true,
        in_history: false,
        change: Change::Close,
        ..Case::of(sight)
    };
    assert_eq!(
        close(false, within()).verdict(),
        Verdict::Held(Unseen::NeverHere)
    );
    assert_eq!(close(true, within()).verdict(), Verdict::Write);
    let unknown = Sight::Unknown {
        since_base: Some(ticked()),
    };
    assert_eq!(
        close(true, unknown).verdict(),
        Verdict::Held(Unseen::NeverHere)
    );
}

#[test]
fn text_alone_is_written_under_row_3_only() {
    let text = |sight| Case {
        dirty: true,
        own: true,
        nothing_elsewhere: true,
        change: Change::TextOnly,
        ..Case::of(sight)
    };
    let since = ticked();
    assert_eq!(
        text(Sight::Diverged { since }).verdict(),
        Verdict::Held(Unseen::Diverged)
    );
    assert_eq!(text(Sight::Ahead).verdict(), Verdict::Held(Unseen::Older));
    assert_eq!(text(within()).verdict(), Verdict::Held(Unseen::Uncommitted));
}

#[test]
fn without_git_the_same_checkout_writes() {
    let no_git = |own| Case {
        own,
        change: Change::Close,
        in_history: false,
        ..Case::of(Sight::NoGit)
    };
    assert_eq!(no_git(true).verdict(), Verdict::Write);
    assert_eq!(
        no_git(false).verdict(),
        Verdict::Held(Unseen::OtherCheckout)
    );
}

#[test]
fn at_least_means_tasks_ticks_and_stage() {
    let card = |stage, tasks| card(stage, tasks);
    let review = card(Stage::Review, &[("a", true)]);
    let shows = |shown: Shown, card: &CardFacts| shown.shows(card, &FEATURES);
    assert!(shows(
        shown(Stage::Review, &[("a", true), ("b", false)]),
        &review
    ));
    assert!(!shows(shown(Stage::InProgress, &[("a", true)]), &review));
    assert!(!shows(shown(Stage::Review, &[("a", false)]), &review));
    assert!(!shows(shown(Stage::Review, &[("b", true)]), &review));
    assert!(!shows(Shown::Absent, &review));
    let twice = card(Stage::InProgress, &[("a", true), ("a", true)]);
    assert!(!shows(shown(Stage::Review, &[("a", true)]), &twice));
    let closed = card(Stage::Done, &[("a", true)]);
    assert!(shows(Shown::Absent, &closed));
    assert!(!shows(shown(Stage::Review, &[("a", true)]), &closed));
    let parked = CardFacts {
        stage: None,
        tasks: vec![],
    };
    assert!(shows(shown(Stage::Planning, &[]), &parked));
}
