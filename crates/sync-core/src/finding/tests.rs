//! What every kind says, how bad it is, and in which order findings stand.

use super::*;
use crate::snapshot::scene::PATH;
use alloc::format;
use alloc::string::ToString;
use alloc::vec;

fn finding(kind: Kind) -> Finding {
    Finding {
        repository: Slug::new("demo"),
        path: None,
        line: None,
        id: Some("T01".into()),
        kind,
    }
}

/// Every kind in every shape that has words of its own.
#[expect(clippy::too_many_lines, reason = "a list")]
fn every_kind() -> Vec<Kind> {
    let title = || String::from("First step");
    let hub_id = || HubId::new("row-1");
    let unlinked = |row, first| Unlinked {
        title: title(),
        row,
        first,
    };
    let first = [
        None,
        Some(First::Status),
        Some(First::Id),
        Some(First::Workplan),
    ];
    let ways = || {
        let why = [
            FileFollows::HubAhead,
            FileFollows::OneSideChanged,
            FileFollows::StaleAfterReopen,
        ];
        let ties = [
            Tie::NoBase,
            Tie::BothChanged,
            Tie::ReopenedWithoutBase,
            Tie::ReopenedAndChanged,
        ];
        let to = TaskStatus::Done;
        let file = why.map(|why| Way::FileFollows { to, why });
        file.into_iter().chain(ties.map(Way::Tied))
    };
    let (file, hub) = (Word::from(TaskStatus::Todo), Word::from(TaskStatus::Done));
    let mut kinds = vec![
        Kind::RunFailed {
            reason: "no".into(),
        },
        Kind::NoWorkplans { open_rows: 0 },
        Kind::NoWorkplans { open_rows: 2 },
        Kind::Unreadable {
            reason: "no".into(),
            whole_file: true,
        },
        Kind::Unreadable {
            reason: "no".into(),
            whole_file: false,
        },
        Kind::DanglingLink { hub_id: hub_id() },
        Kind::OpenRowWithoutFile {
            title: title(),
            status: WorkplanStatus::Active.into(),
        },
        Kind::ClosedRowWithoutFile {
            title: title(),
            status: WorkplanStatus::Finished.into(),
        },
        Kind::ForeignRow {
            hub_id: hub_id(),
            owner: Owner::Nobody,
        },
        Kind::ForeignRow {
            hub_id: hub_id(),
            owner: Owner::Repository(Slug::new("shop")),
        },
        Kind::ForeignRow {
            hub_id: hub_id(),
            owner: Owner::Workplan(title()),
        },
        Kind::RowWithoutBlock {
            title: title(),
            hub_id: hub_id(),
            status: hub.clone(),
        },
        Kind::Behind {
            behind: 1,
            ahead: 0,
            skipped: false,
        },
        Kind::Behind {
            behind: 1,
            ahead: 1,
            skipped: true,
        },
        Kind::AllTasksClosed {
            title: title(),
            tasks: 1,
            status: WorkplanStatus::Active,
        },
        Kind::AllTasksClosed {
            title: title(),
            tasks: 2,
            status: WorkplanStatus::Active,
        },
        Kind::MadeByHand {
            hub_id: hub_id(),
            title: title(),
        },
        Kind::Unpushed { commits: 1 },
        Kind::Unpushed { commits: 11 },
        Kind::NoStatus {
            known: vec!["todo"],
        },
        Kind::Aliases {
            words: vec![("wait".into(), "blocked")],
        },
        Kind::ClosedWithOpenTasks {
            closed: "done".into(),
            open: vec![FileId::new("T02")],
        },
        Kind::WriteFailed {
            what: "the hub's status".into(),
            reason: "no".into(),
        },
    ];
    kinds.extend(first.map(|first| Kind::WorkplanUnlinked(unlinked(None, first))));
    kinds.extend(first.map(|first| Kind::TaskUnlinked(unlinked(None, first))));
    kinds.push(Kind::TaskUnlinked(unlinked(Some(hub_id()), None)));
    let changed = [
        None,
        Some(Changed::File),
        Some(Changed::Hub),
        Some(Changed::Both),
    ];
    kinds.extend(changed.map(|changed| Kind::WorkplanTitle {
        file: "New".into(),
        hub: "Old".into(),
        changed,
    }));
    for way in ways() {
        let (title, file, hub) = (title(), file.clone(), hub.clone());
        kinds.push(Kind::TaskHubAhead {
            title,
            file,
            hub,
            way,
        });
    }
    for way in [
        Way::HubFollows(TaskStatus::Done),
        Way::Reopened(TaskStatus::Todo),
    ] {
        let (title, file, hub) = (title(), file.clone(), hub.clone());
        kinds.push(Kind::TaskFileAhead {
            title,
            file,
            hub,
            way,
        });
    }
    for way in [
        Way::HubFollows(WorkplanStatus::Active),
        Way::Reopened(WorkplanStatus::Active),
        Way::Tied(Tie::NoBase),
        Way::Tied(Tie::ReopenedAndChanged),
    ] {
        kinds.push(Kind::WorkplanStatus {
            title: title(),
            file: WorkplanStatus::Active.into(),
            hub: WorkplanStatus::Ready.into(),
            way,
        });
    }
    for state in [None, Some("a merge")] {
        let by = state.map_or(Block::Dirty, |state| Block::Git {
            state: state.into(),
        });
        kinds.push(Kind::WritebackBlocked {
            by,
            skipped: state.is_some(),
        });
    }
    for side in [Side::File, Side::Hub] {
        kinds.push(Kind::UnknownStatus {
            word: "halfway".into(),
            side,
            known: vec!["todo"],
        });
    }
    for what in [Repeated::Workplan, Repeated::Task, Repeated::Row(hub_id())] {
        let place = Place::File {
            path: PATH.into(),
            line: 3,
        };
        let also = vec![
            place,
            Place::Repository(Slug::new("shop")),
            Place::Row(hub_id()),
        ];
        kinds.push(Kind::Twice {
            what,
            also,
            more: 1,
        });
    }
    kinds
}

#[test]
fn every_code_is_of_some_kind_and_says_something_in_one_line() {
    let kinds = every_kind();
    for kind in &kinds {
        let finding = finding(kind.clone());
        let message = finding.message();
        assert!(!message.is_empty() && !message.contains('\n'), "{message}");
        assert!(!message.ends_with('.'), "a fragment: {message}");
        if let Some(hint) = finding.hint() {
            assert!(!hint.is_empty() && !hint.contains('\n'), "{hint}");
        }
    }
    for code in Code::all() {
        assert!(kinds.iter().any(|kind| kind.code() == code), "{code}");
    }
}

#[test]
fn what_a_fix_mends_says_so_and_what_is_bad_says_what_to_do() {
    for kind in every_kind() {
        let finding = finding(kind);
        let hint = finding.hint();
        let fixes = hint.as_deref()
            == Some("`onward fix-consistency --fix` mends it, once nothing is in the way");
        assert_eq!(finding.fixable(), fixes, "{finding:?}");
        assert!(
            hint.is_some() || finding.severity() == Severity::Info,
            "{finding:?}"
        );
    }
}

#[test]
fn the_severities_are_those_of_the_table() {
    // In the order of the codes; of those that have several, each in the order of `Severity`.
    let table = [
        "FAIL",
        "WARN",
        "FAIL",
        "FAIL",
        "WARN",
        "WARN",
        "WARN",
        "WARN",
        "INFO",
        "WARN",
        "WARN",
        "WARN",
        "WARN",
        "WARN",
        "WARN INFO",
        "WARN",
        "WARN",
        "WARN INFO",
        "FAIL",
        "FAIL INFO",
        "WARN",
        "FAIL",
    ];
    for (code, expected) in Code::all().zip(table) {
        let of = every_kind().into_iter().filter(|kind| kind.code() == code);
        let mut severities: Vec<_> = of.map(|kind| kind.severity()).collect();
        severities.sort_unstable();
        severities.dedup();
        let words: Vec<_> = severities.iter().map(|severity| severity.word()).collect();
        assert_eq!(words.join(" "), expected, "{code}");
    }
}

/// The texts that people and scripts know by heart.
#[test]
fn fixed_texts_stand_as_they_are_known() {
    let task = |file: &str, hub: &str, way| Kind::TaskHubAhead {
        title: "First step".into(),
        file: Word::read(file),
        hub: Word::read(hub),
        way,
    };
    let ahead = Way::FileFollows {
        to: TaskStatus::Done,
        why: FileFollows::HubAhead,
    };
    let opening = "DB task 'First step' is ahead of file (db=done, file=todo) — skipped to prevent regression";
    assert_eq!(finding(task("todo", "done", ahead)).message(), opening);
    for tie in [
        Tie::NoBase,
        Tie::BothChanged,
        Tie::ReopenedWithoutBase,
        Tie::ReopenedAndChanged,
    ] {
        let message = finding(task("todo", "done", Way::Tied(tie))).message();
        assert!(message.starts_with(&format!("{opening}; ")), "{message}");
    }
    let behind = Kind::Behind {
        behind: 3,
        ahead: 0,
        skipped: true,
    };
    assert_eq!(
        finding(behind).message(),
        "Repo 'demo' is behind remote — pull before fixing to avoid clobbering remote progress"
    );
    let dirty = Kind::WritebackBlocked {
        by: Block::Dirty,
        skipped: true,
    };
    assert_eq!(
        finding(dirty).message(),
        "workplan has uncommitted changes — skipping writeback"
    );
    // The word is shown as it stands there.
    let message = finding(task("wait", "Done", ahead)).message();
    assert!(message.contains("(db=Done, file=wait)"), "{message}");
}

#[test]
fn findings_are_sorted_by_severity_code_and_place() {
    let at = |kind: Kind, path: Option<&str>, line: Option<u32>, id: &str| Finding {
        path: path.map(String::from),
        line,
        id: Some(id.into()),
        ..finding(kind)
    };
    let lost = |line| {
        let kind = Kind::DanglingLink {
            hub_id: HubId::new("x"),
        };
        at(kind, Some("b.md"), Some(line), "T01")
    };
    let none = || Kind::NoStatus { known: vec![] };
    let sorted = [
        at(
            Kind::Unreadable {
                reason: "no".into(),
                whole_file: true,
            },
            Some("z.md"),
            None,
            "T01",
        ),
        lost(3),
        lost(20),
        at(none(), Some("a.md"), Some(1), "T01"),
        at(none(), Some("a.md"), Some(1), "T02"),
        at(none(), Some("b.md"), Some(1), "T01"),
        at(Kind::NoWorkplans { open_rows: 0 }, None, None, "T01"),
        at(Kind::Unpushed { commits: 11 }, None, None, "T01"),
        at(Kind::Unpushed { commits: 1 }, None, None, "T01"),
    ];
    let mut findings = sorted.to_vec();
    findings.reverse();
    sort(&mut findings);
    assert_eq!(findings, sorted);
}

#[test]
fn codes_are_written_with_two_digits() {
    let codes: Vec<_> = Code::all().map(|code| code.to_string()).collect();
    assert_eq!(codes.len(), 22);
    assert_eq!(
        (&*codes[0], &*codes[9], &*codes[21]),
        ("C-00", "C-09", "C-21")
    );
}

#[test]
fn a_way_settles_what_both_sides_have_in_the_end() {
    use TaskStatus::{Done, Todo};
    let why = FileFollows::HubAhead;
    assert_eq!(Way::HubFollows(Done).settled(), Some(Done));
    assert_eq!(Way::FileFollows { to: Done, why }.settled(), Some(Done));
    assert_eq!(Way::Reopened(Todo).settled(), Some(Todo));
    assert_eq!(Way::<TaskStatus>::Tied(Tie::NoBase).settled(), None);
}
