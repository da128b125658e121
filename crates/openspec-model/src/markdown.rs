//! Markdown as the CLI's own reader sees it: headings, fences, sections (OpenSpec sheet §3).

use std::borrow::Cow;

use crate::text::{is_line_end, is_space, lossy, trim};

pub(crate) const BYTE_ORDER_MARK: char = '\u{feff}';

/// The text of a file with levelled line ends: without a byte order mark, each end a line feed.
pub(crate) fn levelled(bytes: &[u8]) -> Cow<'_, str> {
    match lossy(bytes) {
        Cow::Borrowed(text) => {
            let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
            if text.contains('\r') {
                line_feeds(text).into()
            } else {
                text.into()
            }
        }
        Cow::Owned(text) => line_feeds(text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&text)).into(),
    }
}

fn line_feeds(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// The lines of a proposal or a spec, with what is fenced told apart.
pub(crate) struct Document<'a> {
    lines: Vec<&'a str>,
    fenced: Vec<bool>,
}

/// A heading and where it stands.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Heading<'a> {
    pub(crate) level: usize,
    pub(crate) title: &'a str,
    pub(crate) line: usize,
}

impl<'a> Document<'a> {
    /// Takes a text with levelled line ends.
    pub(crate) fn new(text: &'a str) -> Self {
        let lines: Vec<&str> = text.split('\n').collect();
        let mut fence = Fences::default();
        let fenced = lines.iter().map(|line| fence.holds(line)).collect();
        Self { lines, fenced }
    }

    /// All headings outside fences, in order.
    pub(crate) fn headings(&self) -> impl Iterator<Item = Heading<'a>> {
        std::iter::zip(&self.lines, &self.fenced)
            .enumerate()
            .filter_map(|(line, (text, fenced))| {
                let (level, title) = if *fenced { None } else { heading(text) }?;
                Some(Heading { level, title, line })
            })
    }

    /// The first heading called `title`, in any case. Sections are told depth first, which is the
    /// order they are written in.
    pub(crate) fn section(&self, title: &str) -> Option<Heading<'a>> {
        self.headings()
            .find(|heading| heading.title.eq_ignore_ascii_case(title))
    }

    /// The lines below `heading`, up to the next one of its level or above.
    pub(crate) fn body(&self, heading: &Heading<'_>) -> &[&'a str] {
        let start = heading.line + 1;
        let end = (start..self.lines.len())
            .find(|line| {
                let level = if self.fenced[*line] {
                    None
                } else {
                    heading_level(self.lines[*line])
                };
                level.is_some_and(|level| level <= heading.level)
            })
            .unwrap_or(self.lines.len());
        &self.lines[start..end]
    }

    /// How many headings stand directly below `heading`: a deeper one counts for the next above it.
    pub(crate) fn children(&self, heading: &Heading<'_>) -> usize {
        let mut open: Vec<usize> = Vec::new();
        let mut count = 0;
        for below in self.headings().filter(|below| below.line > heading.line) {
            if below.level <= heading.level {
                break;
            }
            while open.last().is_some_and(|level| *level >= below.level) {
                open.pop();
            }
            if open.is_empty() {
                count += 1;
            }
            open.push(below.level);
        }
        count
    }
}

/// Reads `/^(#{1,6})\s+(.+)$/`: level and trimmed title.
pub(crate) fn heading(line: &str) -> Option<(usize, &str)> {
    let level = heading_level(line)?;
    let rest = &line[level..];
    let title = rest.trim_start_matches(is_space);
    // Of nothing but white space, the pattern gives one character back to the title.
    let alone = title.is_empty() && {
        let mut back = rest.chars().rev();
        back.next().is_some_and(|last| !is_line_end(last)) && back.next().is_some()
    };
    (alone || (!title.is_empty() && !title.contains(is_line_end))).then_some((level, trim(title)))
}

/// Reads `/^(#{1,6})\s+/`.
fn heading_level(line: &str) -> Option<usize> {
    let level = line.bytes().take_while(|byte| *byte == b'#').count();
    ((1..=6).contains(&level) && line[level..].starts_with(is_space)).then_some(level)
}

/// Follows fences from line to line.
#[derive(Default)]
pub(crate) struct Fences {
    open: Option<(char, usize)>,
}

impl Fences {
    pub(crate) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Whether `line` belongs to a fence, its first and last line included.
    pub(crate) fn holds(&mut self, line: &str) -> bool {
        let text = line.trim_start_matches(is_space);
        let mark = text.chars().next().filter(|c| matches!(c, '`' | '~'));
        let run = mark.map_or(0, |mark| text.chars().take_while(|c| *c == mark).count());
        match (self.open, mark) {
            (None, Some(mark)) if run >= 3 => self.open = Some((mark, run)),
            (None, _) => return false,
            (Some((opened, least)), Some(mark))
                if mark == opened && run >= least && trim(&text[run..]).is_empty() =>
            {
                self.open = None;
            }
            (Some(_), _) => {}
        }
        true
    }
}

/// Whether `line` could open or close a fence: cheap, and true more often than needed.
pub(crate) fn may_be_fence(line: &str) -> bool {
    let first = line.bytes().find(|byte| !byte.is_ascii_whitespace());
    first.is_some_and(|byte| matches!(byte, b'`' | b'~') || !byte.is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_by_the_pattern() {
        for (line, expected) in [
            ("# A", Some((1, "A"))),
            ("###### A ", Some((6, "A"))),
            ("####### A", None),
            ("#A", None),
            (" # A", None),
            ("##\u{a0}A #", Some((2, "A #"))),
            ("# ", None),
            ("#  ", Some((1, ""))),
            ("#", None),
            ("# A\u{2028}B", None),
            ("# \u{2028}A", Some((1, "A"))),
        ] {
            assert_eq!(heading(line), expected, "{line:?}");
        }
    }

    #[test]
    fn fences_open_at_any_indent_and_close_by_their_kind() {
        let text = "a\n   ````x\n# in\n```\n~~~~\n````  \n# out\n~~~\n# hidden to the end";
        let document = Document::new(text);
        let titles: Vec<&str> = document.headings().map(|heading| heading.title).collect();
        assert_eq!(titles, ["out"]);
    }

    #[test]
    fn children_are_direct_ones_whatever_their_level() {
        let document = Document::new("# R\n#### a\n### b\n#### c\n## d\n# e\n## f\n");
        let section = document.section("r").unwrap();
        assert_eq!(document.children(&section), 3);
        assert_eq!(document.body(&section).len(), 4);
    }

    #[test]
    fn line_ends_and_mark_are_levelled() {
        let text = levelled("\u{feff}# A\r\nx\r# B".as_bytes());
        let document = Document::new(&text);
        let found: Vec<_> = document
            .headings()
            .map(|heading| (heading.title, heading.line))
            .collect();
        assert_eq!(found, [("A", 0), ("B", 2)]);
    }
}
