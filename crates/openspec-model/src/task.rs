//! Task lines: which lines of a tasks file are tasks, and which of those are done.
//!
//! The rule of CLI 1.13.1 and later, on each piece between line feeds (OpenSpec sheet §3):
//!
//! ```text
//! /^\s*(?:[-*+]|\d{1,9}[.)])\s*\[(?:\s*([^\]\s]?)\s*\](?![([])|\s+\])\s*(.*)/
//! ```
//!
//! Written by hand, since the look-ahead is beyond the `regex` crate and a scan is faster.

use crate::text::{first_line, is_space, trim};

/// One task of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// What is to be done, as the CLI gives it: trimmed, with its number, perhaps empty.
    pub text: String,
    /// Whether the box holds `x` or `X`.
    pub done: bool,
}

/// Reads one line, without its line feed. `None` when it is no task.
pub(crate) fn task_line(line: &str) -> Option<Task> {
    let rest = after_list_marker(line.trim_start_matches(is_space))?;
    let inside = rest.trim_start_matches(is_space).strip_prefix('[')?;
    let (mark, after) = box_content(inside)?;
    Some(Task {
        text: trim(first_line(after.trim_start_matches(is_space))).to_owned(),
        done: matches!(mark, Some('x' | 'X')),
    })
}

/// Reads every task line of a file.
pub(crate) fn task_lines(text: &str) -> impl Iterator<Item = Task> {
    text.split('\n').filter_map(task_line)
}

/// Skips `-`, `*`, `+`, or one to nine ASCII digits with `.` or `)`.
fn after_list_marker(text: &str) -> Option<&str> {
    if let Some(rest) = text.strip_prefix(['-', '*', '+']) {
        return Some(rest);
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if !(1..=9).contains(&digits) {
        return None;
    }
    text[digits..].strip_prefix(['.', ')'])
}

/// Reads what follows `[`: the mark, if any, and the text after `]`.
fn box_content(inside: &str) -> Option<(Option<char>, &str)> {
    let padded = inside.trim_start_matches(is_space);
    if let Some(after) = padded.strip_prefix(']') {
        let blank = padded.len() < inside.len();
        // `[](x)` is a link without a text; `[ ](x)` has always counted as an open box.
        return (blank || !continues_a_link(after)).then_some((None, after));
    }
    let mark = padded.chars().next()?;
    // One unit of UTF-16, so a character beyond plane 0 is a word, not a mark.
    if mark.len_utf16() > 1 {
        return None;
    }
    let after = padded[mark.len_utf8()..]
        .trim_start_matches(is_space)
        .strip_prefix(']')?;
    (!continues_a_link(after)).then_some((Some(mark), after))
}

fn continues_a_link(after: &str) -> bool {
    after.starts_with(['(', '['])
}

#[cfg(test)]
mod tests;
