use proptest::prelude::*;

use super::*;
use crate::text::lossy;

fn read(line: &str) -> Option<(&'static str, String)> {
    task_line(line).map(|task| (if task.done { "done" } else { "open" }, task.text))
}

#[test]
fn every_row_of_the_sheet() {
    let open = |text: &str| Some(("open", text.to_owned()));
    let done = |text: &str| Some(("done", text.to_owned()));
    for (line, expected) in [
        ("- [ ] a", open("a")),
        ("* [x] a", done("a")),
        ("- [X]", done("")),
        ("- [x]a", done("a")),
        ("  - [ ] a", open("a")),
        ("\t-[ ] a", open("a")),
        ("\u{feff}- [x] a", done("a")),
        ("+ [ ] a", open("a")),
        ("1. [ ] a", open("a")),
        ("2) [x] a", done("a")),
        ("123456789. [ ] a", open("a")),
        ("- [] a", open("a")),
        ("- [~] a", open("a")),
        ("- [-] a", open("a")),
        ("- [✓] a", open("a")),
        ("- [✅] a", open("a")),
        ("- [[] a", open("a")),
        ("- [ x ] a", done("a")),
        ("- [ ](url)", open("(url)")),
        ("- [ ][ref]", open("[ref]")),
        ("- [\u{2003}](url)", open("(url)")),
        ("- [x](url)", None),
        ("- [ x ](url)", None),
        ("- [x][ref]", None),
        ("- [](url)", None),
        ("- [wip] a", None),
        ("- [🚧] a", None),
        ("- [e\u{301}] a", None),
        ("- [\u{85}] a", open("a")),
        ("> - [ ] a", None),
        ("– [ ] a", None),
        ("- **[ ]** a", None),
        ("1234567890. [ ] a", None),
        ("١. [ ] a", None),
        ("1 . [ ] a", None),
        ("- [ ", None),
        ("- [", None),
        ("- [x", None),
        ("-", None),
        ("", None),
        ("- [ ] a\r", open("a")),
        ("- [ ] a\rb", open("a")),
        ("- [ ]\r- [x] b", open("- [x] b")),
        ("- [ ] a\u{2028}b", open("a")),
        ("- [ ]  a\u{a0}\u{feff}", open("a")),
        ("- [ ] a\u{85}", open("a\u{85}")),
    ] {
        assert_eq!(read(line), expected, "{line:?}");
    }
}

#[test]
fn bytes_that_are_not_utf8_are_one_unit_each_part() {
    let tasks: Vec<Task> =
        task_lines(&lossy(b"- [\xe9] a\n- [\xf0\x9f] b\n- [\xe9\xe9] c")).collect();
    let texts: Vec<&str> = tasks.iter().map(|task| task.text.as_str()).collect();
    assert_eq!(texts, ["a", "b"]);
}

#[test]
fn lone_carriage_returns_make_one_line() {
    assert_eq!(task_lines("- [x] a\r- [x] b\r- [x] c").count(), 1);
}

/// The pattern of the sheet run as a pattern: every choice is tried, longest first, on UTF-16 units.
mod reference {
    const LINE_ENDS: [u16; 4] = [0x0a, 0x0d, 0x2028, 0x2029];

    fn space(unit: u16) -> bool {
        matches!(unit, 0x09..=0x0d | 0x20 | 0xa0 | 0x1680 | 0x2000..=0x200a | 0x2028 | 0x2029
            | 0x202f | 0x205f | 0x3000 | 0xfeff)
    }

    fn is(unit: Option<&u16>, set: &str) -> bool {
        unit.is_some_and(|unit| set.encode_utf16().any(|other| other == *unit))
    }

    /// Ends of all matches of `\s{least,}` at `at`, longest first.
    fn spaces(line: &[u16], at: usize, least: usize) -> Vec<usize> {
        let run = line[at..].iter().take_while(|unit| space(**unit)).count();
        (at + least..=at + run).rev().collect()
    }

    fn markers(line: &[u16], at: usize) -> Vec<usize> {
        if is(line.get(at), "-*+") {
            return vec![at + 1];
        }
        let digits = line[at..]
            .iter()
            .take_while(|unit| (0x30..=0x39).contains(*unit))
            .count();
        (1..=digits.min(9))
            .rev()
            .filter(|count| is(line.get(at + count), ".)"))
            .map(|count| at + count + 1)
            .collect()
    }

    /// Ends of all matches of the box after `[`, with the group.
    fn boxes(line: &[u16], at: usize) -> Vec<(usize, Vec<u16>)> {
        let mut found = Vec::new();
        for start in spaces(line, at, 0) {
            let group: Vec<u16> = line
                .get(start)
                .filter(|unit| !space(**unit) && **unit != u16::from(b']'))
                .copied()
                .into_iter()
                .collect();
            for length in (0..=group.len()).rev() {
                for end in spaces(line, start + length, 0) {
                    if is(line.get(end), "]") && !is(line.get(end + 1), "([") {
                        found.push((end + 1, group[..length].to_vec()));
                    }
                }
            }
        }
        for end in spaces(line, at, 1) {
            if is(line.get(end), "]") {
                found.push((end + 1, Vec::new()));
            }
        }
        found
    }

    pub(super) fn task(line: &str) -> Option<(String, bool)> {
        let line: Vec<u16> = line.encode_utf16().collect();
        for a in spaces(&line, 0, 0) {
            for b in markers(&line, a) {
                for c in spaces(&line, b, 0) {
                    if !is(line.get(c), "[") {
                        continue;
                    }
                    if let Some((d, group)) = boxes(&line, c + 1).into_iter().next() {
                        let start = spaces(&line, d, 0)[0];
                        let text: Vec<u16> = line[start..]
                            .iter()
                            .take_while(|unit| !LINE_ENDS.contains(unit))
                            .copied()
                            .collect();
                        let from = text
                            .iter()
                            .position(|unit| !space(*unit))
                            .unwrap_or(text.len());
                        let to = text
                            .iter()
                            .rposition(|unit| !space(*unit))
                            .map_or(from, |i| i + 1);
                        let done = String::from_utf16_lossy(&group).to_lowercase() == "x";
                        return Some((String::from_utf16(&text[from..to]).unwrap(), done));
                    }
                }
            }
        }
        None
    }
}

/// Lines made of what the pattern looks at, so that most of them come close to being a task.
fn near_task_line() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec!["-", "*", "+", "1.", "12)", "1234567890.", "9"]),
        8 => prop::sample::select(vec!["[ ]", "[x]", "[X]", "[]", "[", "]", "[ x ]", "[~]"]),
        6 => prop::sample::select(vec![
            " ", "\t", "\r", "\u{feff}", "\u{85}", "\u{a0}", "\u{2028}", "\u{3000}", "",
        ]),
        3 => prop::sample::select(vec!["(", "[", ")", ".", "x", "a b", "é", "e\u{301}", "🚧", "✅"]),
    ];
    prop::collection::vec(piece, 0..9).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn agrees_with_the_pattern_near_a_task(line in near_task_line()) {
        let found = task_line(&line).map(|task| (task.text, task.done));
        prop_assert_eq!(found, reference::task(&line));
    }

    #[test]
    fn agrees_with_the_pattern_on_any_line(line in "[^\n]{0,40}") {
        let found = task_line(&line).map(|task| (task.text, task.done));
        prop_assert_eq!(found, reference::task(&line));
    }

    #[test]
    fn never_panics_on_bytes(content in prop::collection::vec(any::<u8>(), 0..400)) {
        let lines = content.split(|byte| *byte == b'\n').count();
        prop_assert!(task_lines(&lossy(&content)).count() <= lines);
    }
}
