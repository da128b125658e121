use super::*;

fn meets(pattern: &str, name: &str) -> bool {
    segment(pattern).matches(name)
}

#[test]
fn what_is_a_pattern_at_all() {
    for plain in [
        "tasks.md", "a/b.md", "a{b}.md", "{a", "a}b", "(x).md", "a,b",
    ] {
        assert_eq!(
            Pattern::parse(plain),
            Ok(Pattern::Plain(plain.into())),
            "{plain}"
        );
    }
    for glob in ["*.md", "a/?/b", "[ab].md", "[", "{a,b}.md", "x{,y}"] {
        assert!(
            matches!(Pattern::parse(glob), Ok(Pattern::Glob(_))),
            "{glob}"
        );
    }
    for (text, fault) in [
        ("@(a|b).md", PatternFault::Group),
        ("*(a).md", PatternFault::Group),
        ("{1..3}.md", PatternFault::Range),
    ] {
        assert_eq!(Pattern::parse(text), Err(fault), "{text}");
    }
    assert_eq!(
        Pattern::parse(&"{a,b}".repeat(40)),
        Err(PatternFault::TooMany)
    );
}

#[test]
fn names_and_segments() {
    for (pattern, name, expected) in [
        ("*.md", "a.md", true),
        ("*.md", ".md", false),
        ("*.md", ".a.md", false),
        (".*.md", ".a.md", true),
        ("*.md", "a.MD", false),
        ("*.md", "a.md.txt", false),
        ("a*b*c", "a-b-b-c", true),
        ("a*b*c", "a-c-b", false),
        ("?.md", "é.md", true),
        ("?.md", "ab.md", false),
        ("[a-c]x", "bx", true),
        ("[!a-c]x", "bx", false),
        ("[^a-c]x", "dx", true),
        ("[]]x", "]x", true),
        ("[a", "[a", true),
        ("a\\*", "a*", true),
        ("a\\*", "ab", false),
        ("**.md", "a.md", true),
        ("**", "any", true),
        ("**", ".any", false),
    ] {
        assert_eq!(meets(pattern, name), expected, "{pattern} {name}");
    }
}

#[test]
fn braces_are_written_out() {
    let expanded = |text: &str| {
        let mut into = Vec::new();
        expand(text, &mut into).unwrap();
        into
    };
    assert_eq!(expanded("a{b,c}d"), ["abd", "acd"]);
    assert_eq!(
        expanded("{a,{b,c}}/{x,}"),
        ["a/x", "a/", "b/x", "b/", "c/x", "c/"]
    );
    assert_eq!(expanded("{a}{b,c}"), ["{a}b", "{a}c"]);
}
