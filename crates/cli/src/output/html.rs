//! A board as one HTML file that opens from disk and loads nothing.
//!
//! Two walls stand between a hostile name and the reader: every foreign text goes through [`Text`],
//! and the page's policy allows the two blocks of style and script that were compiled in, by their
//! digests, and nothing else.

use super::board::{BoardView, CardView, Column};
use super::safe::safe;
use jiff::Timestamp;
use std::fmt::{self, Write};
use sync_core::board::Task;

mod policy;
mod text;

use text::Text;

const STYLE: &str = include_str!("html/page.css");
const SCRIPT: &str = include_str!("html/page.js");

/// A first paragraph longer than this is cut, with the whole of it among the details.
const LEAD: usize = 140;

/// Renders a board as it was at a moment.
pub(crate) fn page(view: &BoardView<'_>, now: Timestamp) -> String {
    let mut page = String::new();
    // Writing to a String cannot fail.
    let _ = write_page(&mut page, view, now);
    page
}

fn write_page(page: &mut String, view: &BoardView<'_>, now: Timestamp) -> fmt::Result {
    let name = format!("{} · {}", safe(view.board), safe(view.project));
    let policy = policy::policy(STYLE, SCRIPT);
    let (project, board, server) = (Text(view.project), Text(view.board), Text(&view.server));
    write!(
        page,
        r##"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>{STYLE}</style>
</head>
<body>
<a class="skip" href="#board">Skip to the board</a>
<header>
<div>
<p class="project" dir="auto">{project}</p>
<h1 dir="auto">{board}</h1>
</div>
<search id="finder" hidden>
<label for="find">Search</label>
<input id="find" type="search" placeholder="Search cards" autocomplete="off" spellcheck="false" aria-describedby="found">
<output id="found" for="find"></output>
</search>
</header>
<main id="board" tabindex="-1">
"##,
        title = Text(&name),
    )?;
    for (number, column) in (1..).zip(&view.columns) {
        write_column(page, number, column)?;
    }
    if view.columns.is_empty() {
        page.push_str("<p class=\"none\">This board has no lists.</p>\n");
    }
    let time = now.strftime("%Y-%m-%d %H:%M UTC");
    write!(
        page,
        r#"</main>
<footer><p>As on <bdi>{server}</bdi> at <time datetime="{now:.0}">{time}</time>. Written by Onward.</p></footer>
<script>{SCRIPT}</script>
</body>
</html>
"#
    )
}

fn write_column(page: &mut String, number: usize, column: &Column<'_>) -> fmt::Result {
    let (name, count) = (Text(column.name), column.cards.len());
    let empty = if count == 0 { " empty" } else { "" };
    write!(
        page,
        r#"<section class="column{empty}" aria-labelledby="list-{number}">
<h2 id="list-{number}"><span dir="auto">{name}</span> <span class="count">{count}</span></h2>
"#
    )?;
    if column.cards.is_empty() {
        page.push_str("<p class=\"none\">No cards</p>\n");
    } else {
        page.push_str("<ul class=\"cards\">\n");
        for card in &column.cards {
            write_card(page, card)?;
        }
        page.push_str("</ul>\n");
    }
    page.push_str("</section>\n");
    Ok(())
}

fn write_card(page: &mut String, card: &CardView<'_>) -> fmt::Result {
    writeln!(
        page,
        "<li class=\"card\">\n<h3 dir=\"auto\">{}</h3>",
        Text(card.name)
    )?;
    let (lead, rest) = lead(card.paragraphs());
    if let Some(Lead { text, is_cut }) = lead {
        let cut = if is_cut { " cut" } else { "" };
        let text = Text(&text);
        writeln!(page, r#"<p class="lead{cut}" dir="auto">{text}</p>"#)?;
    }
    if !card.labels.is_empty() {
        page.push_str("<ul class=\"labels\" aria-label=\"Labels\">");
        for label in &card.labels {
            write!(page, "<li dir=\"auto\">{}</li>", Text(label))?;
        }
        page.push_str("</ul>\n");
    }
    let (done, all) = card.progress();
    if all > 0 {
        let whole = if done == all { " class=\"whole\"" } else { "" };
        writeln!(
            page,
            r#"<p class="progress"><progress{whole} value="{done}" max="{all}" aria-label="Tasks done"></progress><span>{done}/{all}</span></p>"#
        )?;
    }
    if all > 0 || !rest.is_empty() {
        let what = if all > 0 { "Tasks" } else { "More" };
        writeln!(page, "<details>\n<summary>{what}</summary>")?;
        for paragraph in &rest {
            writeln!(
                page,
                "<p class=\"text\" dir=\"auto\">{}</p>",
                Text(paragraph)
            )?;
        }
        for (title, tasks) in &card.sections {
            write_tasks(page, title, tasks)?;
        }
        page.push_str("</details>\n");
    }
    page.push_str("</li>\n");
    Ok(())
}

fn write_tasks(page: &mut String, title: &str, tasks: &[&Task]) -> fmt::Result {
    if !title.is_empty() {
        writeln!(page, "<h4 dir=\"auto\">{}</h4>", Text(title))?;
    }
    page.push_str("<ul class=\"tasks\">\n");
    for task in tasks {
        let (class, word) = if task.done {
            ("done", "Done")
        } else {
            ("open", "Open")
        };
        let name = Text(&task.name);
        writeln!(
            page,
            r#"<li class="{class}"><span class="unseen">{word}: </span><span dir="auto">{name}</span></li>"#
        )?;
    }
    page.push_str("</ul>\n");
    Ok(())
}

/// What a card shows of its text at once.
#[derive(Debug, PartialEq, Eq)]
struct Lead {
    text: String,
    /// It goes on, and the details begin with it again.
    is_cut: bool,
}

/// Takes the first paragraph off a text, or copies its start when it is long.
fn lead(mut paragraphs: Vec<String>) -> (Option<Lead>, Vec<String>) {
    let Some(first) = paragraphs.first() else {
        return (None, paragraphs);
    };
    let Some((end, _)) = first.char_indices().nth(LEAD) else {
        let text = paragraphs.remove(0);
        let is_cut = false;
        return (Some(Lead { text, is_cut }), paragraphs);
    };
    let start = &first[..end];
    let end = start.rfind(char::is_whitespace).unwrap_or(end);
    let text = format!("{}…", first[..end].trim_end());
    let is_cut = true;
    (Some(Lead { text, is_cut }), paragraphs)
}

#[cfg(test)]
mod tests;
