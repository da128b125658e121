use super::*;

#[test]
fn titles_by_the_pattern() {
    for (text, expected) in [
        (
            "# Change: Export orders as CSV\n",
            Some("Export orders as CSV"),
        ),
        ("# change:  Export\n", Some("Export")),
        ("intro\n# Rework storage\r\n", Some("Rework storage")),
        ("## Why\n# Late\n", Some("Late")),
        ("# Proposal\n# Other\n", None),
        ("# PROPOSAL\n", None),
        ("# Change: Proposal", None),
        ("# Proposals\n", Some("Proposals")),
        ("#No\n#  Yes\n", Some("Yes")),
        ("\u{feff}# Hidden by the mark\n", None),
        ("```\n# In a fence\n```\n", Some("In a fence")),
        ("#\n\nOver lines\n", Some("Over lines")),
        ("# Change:\n\nOver lines\n", Some("Over lines")),
        ("# Change:\n", Some("Change:")),
        ("# Change:  \n", None),
        ("# Change: ", Some("Change:")),
        ("# Changes: x", Some("Changes: x")),
        ("#  ", None),
        ("#", None),
        ("", None),
        ("a\u{2028}# After a separator", Some("After a separator")),
        ("# One\u{2028}two", Some("One")),
    ] {
        assert_eq!(title(text), expected, "{text:?}");
    }
}

#[test]
fn why_is_plain_and_short() {
    let text = "# T\n\n## Why\n\nOne **bold** line\nand `code`, [a link](x.md).\n\n```\nfenced\n```\n\
                <!-- gone -->\n- first\n* second\n\n### More\nLast.\n\n## What Changes\n- not this\n";
    assert_eq!(
        why(text.as_bytes()).unwrap(),
        "One bold line and code, a link.\n\n- first\n- second\n\nLast."
    );
    assert_eq!(why(b"# Why\n\n## What\n"), None);
    assert_eq!(why(b"## What\nx\n"), None);
}

#[test]
fn why_is_cut_after_a_word() {
    let text = format!("## Why\n{}\n", "wörter ".repeat(200));
    let short = why(text.as_bytes()).unwrap();
    assert!(short.ends_with("wörter…"), "{short}");
    assert!(short.chars().count() <= WHY_LENGTH + 1);
    let endless = format!("## Why\n{}\n", "x".repeat(600));
    assert_eq!(
        why(endless.as_bytes()).unwrap().chars().count(),
        WHY_LENGTH + 1
    );
}

#[test]
fn a_marker_in_a_proposal_does_not_reach_the_card() {
    let text = "## Why\nBecause.\n[onward:1]: # \"key=x\"\nmore\n";
    assert_eq!(why(text.as_bytes()).unwrap(), "Because.\n\nmore");
}
