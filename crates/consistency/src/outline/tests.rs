use super::*;

fn blocks(text: &str) -> Vec<(u32, Option<&str>, bool, &str)> {
    let outline = Outline::of(text);
    let shown = outline.blocks.iter().map(|block| {
        let content = &text[block.section.content.clone()];
        (block.section.line, block.heading, block.closed, content)
    });
    shown.collect()
}

#[test]
fn a_block_has_the_heading_above_it() {
    let text = "---\nid: A\n---\n# Plan\n## T01 - First ##\ntext\n```task\nid: A-T01\n```\n\
                ### Task T02: x #y\n\n~~~~ task\nid: A-T02\n~~~\n~~~~\n```task\nid: A-T03\n```\n";
    assert_eq!(
        blocks(text),
        [
            (7, Some("T01 - First"), true, "id: A-T01\n"),
            (12, Some("Task T02: x #y"), true, "id: A-T02\n~~~\n"),
            (16, Some("Task T02: x #y"), true, "id: A-T03\n"),
        ]
    );
    assert_eq!(Outline::of(text).first_heading, Some("Plan"));
}

#[test]
fn what_only_looks_like_a_block_is_none() {
    for text in [
        "````markdown\n```task\nid: A\n```\n````\n",
        "~~~\n```task\nid: A\n```\n~~~\n",
        "<!--\n```task\nid: A\n```\n-->\n",
        "    ```task\n    id: A\n    ```\n",
        "``task\nid: A\n``\n",
        "```tasks\nid: A\n```\n",
        "```Task\nid: A\n```\n",
        "```task `x`\nid: A\n```\n",
        "x ```task\nid: A\n```\n",
    ] {
        assert_eq!(blocks(text), [], "{text:?}");
    }
    assert_eq!(blocks("<!-- a --> b\n```task x=1\nid: A\n```").len(), 1);
}

#[test]
fn headings_in_code_do_not_count() {
    let text = "## Yes\n```sh\n# no\n```\n#no\n####### no\n    # no\n```task\nid: A\n```\n";
    let text = text.replace("    # no\n", "");
    assert_eq!(blocks(&text)[0].1, Some("Yes"));
}

#[test]
fn an_unclosed_block_ends_where_the_next_begins() {
    let text = "```task\nid: A\n\n## H\n```task\nid: B\n```\n```task\nid: C\n";
    let found: Vec<_> = blocks(text)
        .into_iter()
        .map(|(line, _, closed, _)| (line, closed))
        .collect();
    assert_eq!(found, [(1, false), (5, true), (8, false)]);
}

#[test]
fn an_unclosed_fence_that_hides_blocks_is_told() {
    assert_eq!(
        Outline::of("a\n````\n```task\nid: A\n```\n").hidden_from,
        Some(2)
    );
    assert_eq!(
        Outline::of("<!-- a\n```task\nid: A\n```\n").hidden_from,
        Some(1)
    );
    assert_eq!(Outline::of("````\n```sh\n```\n").hidden_from, None);
}

#[test]
fn front_matter_is_at_the_very_beginning() {
    let front = |text: &str| {
        Outline::of(text)
            .front_matter
            .map(|section| text[section.content].to_owned())
    };
    assert_eq!(
        front("\u{feff}--- \r\nid: A\r\n---\r\n").as_deref(),
        Some("id: A\r\n")
    );
    assert_eq!(front("---\n---").as_deref(), Some(""));
    assert_eq!(front("\n---\nid: A\n---\n"), None);
    let open = Outline::of("---\nid: A\n");
    assert!(open.open_front_matter && open.front_matter.is_none());
}

#[test]
fn conflict_markers_are_seen_wherever_they_are() {
    let markers = "<<<<<<< HEAD\na\n=======\nb\n>>>>>>> other\n";
    assert_eq!(Outline::of(markers).conflict, Some(1));
    assert_eq!(
        Outline::of(&format!("---\n{markers}---\n")).conflict,
        Some(2)
    );
    assert_eq!(
        Outline::of(&format!("---\n---\n```task\n{markers}```\n")).conflict,
        Some(4)
    );
    assert_eq!(Outline::of(&format!("---\n{markers}")).conflict, Some(2));
    assert_eq!(
        Outline::of("Title\n=======\n>>>>>>> quoted\n").conflict,
        None
    );
}
