use super::*;
use crate::output::board::tests::snapshot;
use sync_core::board::Snapshot;

fn shown(snapshot: &Snapshot, width: usize, cards: usize) -> String {
    let view = BoardView::new("Demo", "Changes", "here".into(), snapshot);
    let text = render(&view, Room { width, cards });
    anstream::adapter::strip_str(&text).to_string()
}

fn demo() -> Snapshot {
    snapshot(&[
        ("Backlog", &[]),
        ("Planning", &[("write-handbook", 0, 0)]),
        (
            "In Progress",
            &[
                ("add-csv-export", 3, 6),
                ("fix-login", 1, 30),
                ("ask Ann", 0, 2),
            ],
        ),
        ("Done", &[("drop-fax", 2, 2)]),
    ])
}

#[test]
fn what_fits_stands_side_by_side() {
    insta::assert_snapshot!(shown(&demo(), 110, 9), @"
    Demo / Changes on here

    Backlog 0                   Planning 1                  In Progress 3               Done 1
    ──────────────────────────  ──────────────────────────  ──────────────────────────  ──────────────────────────
    no cards                    write-handbook              add-csv-export              drop-fax
                                                            ━━━━━───── 3/6              ━━━━━━━━━━ 2/2

                                                            fix-login
                                                            ━───────── 1/30

                                                            ask Ann
                                                            ────────── 0/2
    ");
}

#[test]
fn the_rest_goes_below_in_even_rows() {
    insta::assert_snapshot!(shown(&demo(), 80, 9), @"
    Demo / Changes on here

    Backlog 0                                Planning 1
    ───────────────────────────────────────  ───────────────────────────────────────
    no cards                                 write-handbook

    In Progress 3                            Done 1
    ───────────────────────────────────────  ───────────────────────────────────────
    add-csv-export                           drop-fax
    ━━━━━───── 3/6                           ━━━━━━━━━━ 2/2

    fix-login
    ━───────── 1/30

    ask Ann
    ────────── 0/2
    ");
}

#[test]
fn long_lists_are_counted() {
    insta::assert_snapshot!(shown(&demo(), 20, 1), @"
    Demo / Changes on here

    Backlog 0
    ────────────────────
    no cards

    Planning 1
    ────────────────────
    write-handbook

    In Progress 3
    ────────────────────
    add-csv-export
    ━━━━━───── 3/6

    … and 2 more

    Done 1
    ────────────────────
    drop-fax
    ━━━━━━━━━━ 2/2
    ");
}

#[test]
fn a_board_without_lists_says_so() {
    insta::assert_snapshot!(shown(&Snapshot::default(), 80, 9), @"
    Demo / Changes on here

    no lists
    ");
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    let hostile = "a\u{1b}[2J\n\u{202e}b 👩‍👩‍👧‍👦 日本語の長い名前 ❤️ e\u{301} ".repeat(9);
    let snapshot = snapshot(&[
        (&hostile, &[(&hostile, 1, 2), (&hostile[3..], 0, 0)]),
        ("日本", &[]),
        ("B", &[]),
    ]);
    for width in LEAST..160 {
        let text = shown(&snapshot, width, 9);
        for line in text.lines().skip(1) {
            assert!(line.width() <= width, "{width}: {line:?}");
            assert_eq!(line.trim_end(), line);
        }
        assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text:?}");
    }
}

#[test]
fn cutting_counts_what_a_terminal_shows() {
    assert_eq!(cut("abcdef", 6), "abcdef");
    assert_eq!(cut("abcdef", 5), "abcd…");
    assert_eq!(cut("ab cdef", 4), "ab…");
    assert_eq!(cut("日本語", 6), "日本語");
    assert_eq!(cut("日本語", 5), "日本…");
    assert_eq!(cut("日本語", 4), "日…");
    assert_eq!(cut("ab", 1), "…");
    assert_eq!(cut("x👩‍👩‍👧yz", 4), "x👩‍👩‍👧…");
}

#[test]
fn a_bar_is_full_only_at_the_end_and_empty_only_at_the_start() {
    assert_eq!(filled(0, 50), 0);
    assert_eq!(filled(1, 50), 1);
    assert_eq!(filled(3, 6), 5);
    assert_eq!(filled(49, 50), 9);
    assert_eq!(filled(50, 50), 10);
}
