use super::*;
use crate::output::board::tests::snapshot;
use sync_core::board::Snapshot;

fn page_of(snapshot: &Snapshot) -> String {
    let view = BoardView::new("Demo", "Changes", "here".into(), snapshot);
    page(&view, Timestamp::UNIX_EPOCH)
}

#[test]
fn a_column_with_a_card() {
    let mut snapshot = snapshot(&[
        ("Backlog", &[]),
        ("In Progress", &[("add-csv-export", 1, 2)]),
    ]);
    snapshot.cards[0].description = "Why.\n\n[onward:1]: # \"x\"\nAsk Ann.".into();
    let page = page_of(&snapshot);
    let start = page.find("<main").unwrap();
    let end = page.find("<script").unwrap();
    insta::assert_snapshot!(&page[start..end], @r#"
    <main id="board" tabindex="-1">
    <section class="column empty" aria-labelledby="list-1">
    <h2 id="list-1"><span dir="auto">Backlog</span> <span class="count">0</span></h2>
    <p class="none">No cards</p>
    </section>
    <section class="column" aria-labelledby="list-2">
    <h2 id="list-2"><span dir="auto">In Progress</span> <span class="count">1</span></h2>
    <ul class="cards">
    <li class="card">
    <h3 dir="auto">add-csv-export</h3>
    <p class="lead" dir="auto">Why.</p>
    <p class="progress"><progress value="1" max="2" aria-label="Tasks done"></progress><span>1/2</span></p>
    <details>
    <summary>Tasks</summary>
    <p class="text" dir="auto">Ask Ann.</p>
    <h4 dir="auto">Tasks</h4>
    <ul class="tasks">
    <li class="done"><span class="unseen">Done: </span><span dir="auto">task 1</span></li>
    <li class="open"><span class="unseen">Open: </span><span dir="auto">task 2</span></li>
    </ul>
    </details>
    </li>
    </ul>
    </section>
    </main>
    <footer><p>As on <bdi>here</bdi> at <time datetime="1970-01-01T00:00:00Z">1970-01-01 00:00 UTC</time>. Written by Onward.</p></footer>
    "#);
}

#[test]
fn hostile_names_stay_text() {
    let hostile = "</title></style></script><img src=x onerror=alert(1)>\"'\u{202e}&lt;\u{0}";
    let mut snapshot = snapshot(&[(hostile, &[(hostile, 1, 2)])]);
    snapshot.cards[0].description = format!("{hostile}\n\n{hostile}");
    snapshot.cards[0].task_lists[0].name = hostile.into();
    snapshot.cards[0].task_lists[0].tasks[0].name = hostile.into();
    let view = BoardView::new(hostile, hostile, hostile.into(), &snapshot);
    let page = page(&view, Timestamp::UNIX_EPOCH);
    let plain = page_of(&snapshot_like());
    for tag in [
        "<img",
        "</script",
        "</style",
        "</title",
        "<script",
        "<style",
        "onerror=alert(1)>",
    ] {
        assert_eq!(
            page.matches(tag).count(),
            plain.matches(tag).count(),
            "{tag}"
        );
    }
    // Twice in the title, and once in each other place.
    let shown = page.matches("&lt;img src=x onerror=alert(1)&gt;").count();
    assert_eq!(shown, 11);
    assert!(!page.contains('\u{0}'));
    let title = &page[page.find("<title>").unwrap()..page.find("</title>").unwrap()];
    assert!(!title.contains('\u{202e}'), "{title}");
}

/// A board without anything foreign in it.
fn snapshot_like() -> Snapshot {
    snapshot(&[("A", &[("a", 1, 2)])])
}

#[test]
fn foreign_text_ends_its_direction_with_its_element() {
    let page = page_of(&snapshot(&[("\u{202e}A", &[("\u{202e}a", 1, 2)])]));
    let opened: Vec<_> = page.split('\u{202e}').collect();
    for before in &opened[..opened.len() - 1] {
        assert!(before.ends_with("dir=\"auto\">"), "{before}");
    }
}

#[test]
fn nothing_is_fetched_and_the_policy_names_what_is_inside() {
    let page = page_of(&snapshot_like());
    let outside = [
        "http:", "https:", "url(", "src=", "@import", "fetch", "style=\"", "onclick", "onload",
    ];
    for outside in outside {
        assert!(!page.contains(outside), "{outside}");
    }
    let style = &page[page.find("<style>").unwrap() + 7..page.find("</style>").unwrap()];
    let script = &page[page.find("<script>").unwrap() + 8..page.find("</script>").unwrap()];
    for (kind, block) in [("style", style), ("script", script)] {
        let allowed = format!("; {kind}-src 'sha256-{}';", policy::digest(block));
        assert!(page.contains(&allowed), "{allowed}");
    }
}

#[test]
fn a_long_text_starts_on_the_card_and_is_whole_below() {
    let long = "word ".repeat(100);
    let (start, rest) = lead(vec![long.clone(), "more".into()]);
    let start = start.unwrap();
    assert!(start.is_cut && start.text.ends_with("word…"), "{start:?}");
    assert!(start.text.chars().count() <= LEAD + 1, "{start:?}");
    assert_eq!(rest, [long, "more".into()]);

    let (start, rest) = lead(vec!["a".into(), "b".into()]);
    let whole = Lead {
        text: "a".into(),
        is_cut: false,
    };
    assert_eq!((start, rest), (Some(whole), vec!["b".into()]));
    assert_eq!(lead(Vec::new()), (None, Vec::new()));

    let (unbroken, _) = lead(vec!["é".repeat(LEAD + 1)]);
    assert_eq!(unbroken.unwrap().text.chars().count(), LEAD + 1);
}
