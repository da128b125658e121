use proptest::prelude::*;

use super::*;

/// Pieces that lines of YAML are made of, near the edge of what the quick reading takes.
fn text() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "id", "status", "title", "type", "other", ":", ": ", " ", "\n", "\r\n", "\r", "\"", "'",
        "''", "\\", "\\\"", "#", " #", "~", "null", "true", "1", "1e3", "-", "- ", "? ", "[", "]",
        "{", "}", "&a", "*a", "!", "|", ">", "%", "@", "`", ",", "é", "\u{85}", "\u{2028}",
        "\u{a0}", "\t", "a b", "---", "...", "<<", "=", "x",
    ]);
    let line = prop_oneof![
        3 => prop::sample::select(vec![
            "id: A\n", "status: \"done\"\n", "title: 'a # b'\n", "other: x # y\r\n", "# c\n", "\n", "type:\n",
        ]).prop_map(str::to_owned),
        2 => prop::collection::vec(piece.clone(), 0..6).prop_map(|pieces| format!("id: {}\n", pieces.concat())),
        1 => prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat()),
    ];
    prop::collection::vec(line, 0..5).prop_map(|lines| lines.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]
    #[test]
    fn the_quick_reading_says_what_the_parser_says(text in text()) {
        if let Some(quick) = simple(&text) {
            let slow = parsed(&text).map_err(|fault| fault.to_string());
            // The parser has no word for no document at all.
            if quick != Mapping::default() || slow.is_ok() {
                prop_assert_eq!(Ok(quick), slow, "{:?}", text);
            }
        }
    }
}

#[test]
fn ordinary_lines_are_read_quickly() {
    let text = "id: DEMO-WP-0001-T01 # first\nstatus: \"todo\"\npriority: 'high'\nstate_hub_task_id:\n\n  # x\n";
    let mapping = simple(text).unwrap();
    assert_eq!(mapping.get(Key::Id), Some("DEMO-WP-0001-T01"));
    assert_eq!(mapping.get(Key::Status), Some("todo"));
    assert_eq!(mapping.get(Key::Priority), Some("high"));
    assert_eq!(mapping.get(Key::Task), None);
}

#[test]
fn the_parser_reads_the_rest() {
    for (text, id) in [
        ("id: A\n  B\n", Some("A B")),
        ("{id: A, list: [x]}", Some("A")),
        ("id: >-\n  A\n", Some("A")),
        ("id: \"A\\u0042\"\n", Some("AB")),
        ("id: 'A''B'\n", Some("A'B")),
        ("  id: A\n  status: x\n", Some("A")),
        ("id: 007\nlist:\n- a\n", Some("007")),
        ("id: ~\nlist:\n- a\n", None),
    ] {
        let mapping = read(text).unwrap_or_else(|fault| panic!("{text:?}: {fault}"));
        assert_eq!(mapping.get(Key::Id), id, "{text:?}");
    }
    for text in [
        "id: [a]\n",
        "id: A\nid: B\n",
        "- a\n",
        "id: \"A\n",
        "id: a: b\n",
        "\tid: a\n",
        "a\n",
    ] {
        assert!(read(text).is_err(), "{text:?}");
    }
}

#[test]
fn text_that_would_take_the_parser_long_is_refused() {
    assert!(matches!(read(&"#".repeat(LIMIT + 1)), Err(Fault::TooLarge)));
    assert!(matches!(
        read(&"[".repeat(MOST_BRACKETS + 1)),
        Err(Fault::TooManyBrackets)
    ));
}

#[test]
fn a_fault_is_told_at_the_lines_of_the_file() {
    let fault = read("id: A\nstatus: [\n").unwrap_err();
    let (line, told) = fault.in_file(10);
    assert_eq!(line, Some(12));
    assert!(told.contains(" at line 12 column "), "{told}");
    assert!(!told.contains(" at line 2 "), "{told}");
    let large = "x".repeat(LIMIT + 1);
    assert_eq!(
        read(&large).unwrap_err().in_file(10),
        (None, "it is larger than 65536 bytes".into())
    );
}
