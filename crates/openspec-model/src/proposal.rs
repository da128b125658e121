//! What a proposal says in short: its title and its Why.

use crate::markdown::{Document, Fences, heading, levelled};
use crate::text::{first_line, is_line_end, is_space, trim};

/// How much of the Why is kept, in characters.
const WHY_LENGTH: usize = 500;

/// The title of a proposal: the first match of `/^#\s+(?:Change:\s+)?(.+)$/im`, read as a pattern
/// reads it, so over line ends and into fences. `None` when there is none, when it is blank, or
/// when it only names the document (OpenSpec sheet §3).
pub(crate) fn title(text: &str) -> Option<&str> {
    let found = line_starts(text).find_map(|start| title_at(&text[start..]))?;
    let title = trim(found);
    (!title.is_empty() && title.to_lowercase() != "proposal").then_some(title)
}

fn line_starts(text: &str) -> impl Iterator<Item = usize> {
    let after_ends = text.char_indices().filter(|(_, c)| is_line_end(*c));
    std::iter::once(0).chain(after_ends.map(|(at, c)| at + c.len_utf8()))
}

fn title_at(text: &str) -> Option<&str> {
    let after = text.strip_prefix('#')?;
    let start = skip_spaces(after).filter(|rest| !rest.is_empty());
    let Some(start) = start else {
        // Nothing but white space follows: at best a blank title.
        return blank_after(after).then_some("");
    };
    let named = start
        .get(..7)
        .filter(|word| word.eq_ignore_ascii_case("change:"))
        .map(|_| &start[7..]);
    match named.and_then(skip_spaces) {
        Some(rest) if !rest.is_empty() => Some(first_line(rest)),
        Some(_) if named.is_some_and(blank_after) => Some(""),
        _ => Some(first_line(start)),
    }
}

/// `\s+`, as much as there is.
fn skip_spaces(text: &str) -> Option<&str> {
    let rest = text.trim_start_matches(is_space);
    (rest.len() < text.len()).then_some(rest)
}

/// Whether `\s+.+` matches white space alone: one character for `\s+`, then one that `.` takes.
fn blank_after(spaces: &str) -> bool {
    let mut rest = spaces.chars();
    rest.next().is_some_and(is_space) && rest.any(|c| !is_line_end(c))
}

/// The Why of a proposal as plain text: its first paragraphs, at most some 500 characters, cut
/// after a word. `None` when there is no such section or no text in it.
pub(crate) fn why(bytes: &[u8]) -> Option<String> {
    let text = levelled(bytes);
    let document = Document::new(&text);
    let section = document.section("Why")?;
    let text = paragraphs(document.body(&section)).join("\n\n");
    let short = shorten(&text);
    (!short.is_empty()).then_some(short)
}

fn paragraphs(lines: &[&str]) -> Vec<String> {
    let mut fence = Fences::default();
    let mut paragraphs: Vec<String> = Vec::new();
    let mut open = false;
    for line in lines {
        let fenced = fence.holds(line);
        let line = trim(line);
        if fenced || line.is_empty() || heading(line).is_some() || is_definition(line) {
            open = false;
            continue;
        }
        let plain = plain(line);
        if plain.is_empty() {
            continue;
        }
        let item = line.starts_with(['-', '*', '+']) && line[1..].starts_with(is_space);
        match paragraphs.last_mut() {
            Some(last) if open => {
                last.push(if item { '\n' } else { ' ' });
                last.push_str(&plain);
            }
            _ => paragraphs.push(plain),
        }
        open = true;
    }
    paragraphs
}

/// `[label]: target`, which Markdown does not show. Ours is such a line, so none may slip through.
fn is_definition(line: &str) -> bool {
    line.starts_with('[') && line.contains("]:")
}

/// One line without the marks of Markdown: emphasis, code ticks, links, quotes, comments.
fn plain(line: &str) -> String {
    let mut rest = trim(line.trim_start_matches('>'));
    let mut text = String::new();
    if let Some(item) = rest
        .strip_prefix(['*', '+'])
        .filter(|item| item.starts_with(is_space))
    {
        text.push('-');
        rest = item;
    }
    while let Some(c) = rest.chars().next() {
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
        } else if let Some((label, after)) = link(rest) {
            text.push_str(&plain(label));
            rest = after;
        } else if is_mark(rest, &text) {
            rest = rest.trim_start_matches(c);
        } else {
            let next = rest[c.len_utf8()..].find(['*', '`', '_', '[', '!', '<']);
            let end = next.map_or(rest.len(), |at| at + c.len_utf8());
            text.push_str(&rest[..end]);
            rest = &rest[end..];
        }
    }
    trim(&text).to_owned()
}

/// Whether `rest` starts with emphasis or a code tick; a star between blanks is just a star.
fn is_mark(rest: &str, before: &str) -> bool {
    if let Some(after) = rest.strip_prefix('*') {
        return !(before.ends_with(is_space) && after.starts_with(is_space));
    }
    rest.starts_with('`') || rest.starts_with("__")
}

/// `[label](target)` or `![label](target)` at the start: the label and what follows.
fn link(text: &str) -> Option<(&str, &str)> {
    let inside = text.strip_prefix('!').unwrap_or(text).strip_prefix('[')?;
    let (label, after) = inside.split_once("](")?;
    if label.contains(['[', ']']) {
        return None;
    }
    let (_, after) = after.split_once(')')?;
    Some((label, after))
}

fn shorten(text: &str) -> String {
    if text.chars().count() <= WHY_LENGTH {
        return text.to_owned();
    }
    let end = text
        .char_indices()
        .nth(WHY_LENGTH)
        .map_or(text.len(), |(at, _)| at);
    let kept = &text[..end];
    let whole_words = if text[end..].starts_with(is_space) {
        kept
    } else {
        kept.rfind(is_space).map_or(kept, |at| &kept[..at])
    };
    format!(
        "{}…",
        whole_words.trim_end_matches(|c: char| is_space(c) || ",;:-–".contains(c))
    )
}

#[cfg(test)]
mod tests;
