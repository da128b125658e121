use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Deserialize;

use super::*;

#[derive(Debug, Deserialize)]
struct Doc {
    a: Option<Text>,
}

fn fault(text: &str) -> String {
    parse::<Doc>(text.as_bytes()).unwrap_err().to_string()
}

#[test]
fn a_byte_order_mark_and_crlf_are_fine() {
    let doc: Doc = parse("\u{feff}a: b\r\nc: d\r\n".as_bytes()).unwrap();
    assert_eq!(doc.a, Some(Text("b".into())));
}

#[test]
fn equal_keys_are_refused_at_any_depth() {
    assert!(fault("a: x\na: y\n").contains("twice"));
    assert!(fault("other: 1\nother: 2\n").contains("twice"));
    assert!(fault("l:\n  - {k: 1, k: 2}\n").contains("twice"));
    assert!(fault("1: x\n1: y\n").contains("twice"));
    assert!(parse::<Doc>(b"1: x\n'1': y\n").is_ok());
}

#[test]
fn one_document_only() {
    assert!(matches!(
        parse::<Doc>(b"a: x\n---\na: y\n"),
        Err(YamlFault::Syntax(_))
    ));
    assert!(parse::<Doc>(b"---\na: x\n...\n").is_ok());
}

#[test]
fn an_alias_bomb_is_refused_soon() {
    let mut bomb = String::from("x0: &x0 [a, a, a, a, a, a, a, a, a, a]\n");
    for level in 1..12 {
        let below = level - 1;
        let aliases = vec![format!("*x{below}"); 10].join(", ");
        writeln!(bomb, "x{level}: &x{level} [{aliases}]").unwrap();
    }
    assert!(fault(&bomb).contains("values"), "{}", fault(&bomb));

    // Not nested at all: one long list, said very often.
    let list = "- a\n".repeat(50_000);
    let wide = format!("list: &l\n{list}all:\n{}", "- *l\n".repeat(50_000));
    assert!(fault(&wide).contains("values"));
}

#[test]
fn an_honest_alias_is_followed() {
    let doc: Doc = parse(b"b: &name x\na: *name\n").unwrap();
    assert_eq!(doc.a, Some(Text("x".into())));
}

#[test]
fn deep_nesting_is_refused_before_it_is_parsed() {
    for open in ["[", "{a: ", "[\"]\","] {
        let text = format!("a: {}", open.repeat(80_000));
        assert!(
            matches!(parse::<Doc>(text.as_bytes()), Err(YamlFault::TooDeep)),
            "{open}"
        );
    }
    // Small enough for the budget, and still never shown to the parser.
    assert!(matches!(
        parse::<Doc>("[".repeat(200).as_bytes()),
        Err(YamlFault::TooDeep)
    ));
    // In blocks the parser is linear, and gives up by itself.
    assert!(matches!(
        parse::<Doc>("- ".repeat(100_000).as_bytes()),
        Err(YamlFault::Syntax(_))
    ));
}

#[test]
fn a_text_beyond_the_limit_is_refused() {
    let text = format!("a: {}", "x".repeat(usize::try_from(YAML_LIMIT).unwrap()));
    assert!(matches!(
        parse::<Doc>(text.as_bytes()),
        Err(YamlFault::TooLarge)
    ));
}

#[test]
fn only_text_is_text() {
    for value in ["1", "1.5", "true", "~", "", "[x]", "{x: y}", "!tag x"] {
        let text = format!("a: {value}\n");
        let read = parse::<BTreeMap<String, Text>>(text.as_bytes());
        assert!(read.is_err(), "{value:?} gave {read:?}");
    }
    for value in ["2026-03-02", "'1'", "yes", "no", "on", "1_000", "x y"] {
        let text = format!("a: {value}\n");
        assert!(
            parse::<BTreeMap<String, Text>>(text.as_bytes()).is_ok(),
            "{value:?}"
        );
    }
}

#[test]
fn tags_on_keys_we_do_not_read_are_passed_over() {
    assert!(parse::<Doc>(b"when: !date 2026-03-02\na: x\n").is_ok());
}

#[test]
fn conflict_markers_are_an_error() {
    assert!(parse::<Doc>(b"<<<<<<< HEAD\na: x\n=======\na: y\n>>>>>>> other\n").is_err());
}
