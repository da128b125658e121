//! Where the parts of a workplan file are: front matter, headings, fenced `task` blocks.
//!
//! Only what stands at the outer level counts: a heading or a `task` block inside another fence or
//! inside an HTML comment is text about workplans, not part of one. Fences are those of `CommonMark`
//! (backticks or tildes, three or more, indented by three spaces at most).

use std::ops::Range;

/// The word after a fence that makes it a task.
const TASK: &str = "task";

/// What opens or closes front matter.
const FRONT_MATTER: &str = "---";

/// A line of a text, without its line break.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line<'a> {
    /// Counted from 1.
    pub(crate) number: u32,
    /// Where it begins, in bytes.
    pub(crate) start: usize,
    /// The line without `\n` or `\r\n`.
    pub(crate) text: &'a str,
    /// Where the next line begins.
    pub(crate) next: usize,
}

/// Splits a text into lines at `\n` and `\r\n`.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let mut start = 0;
    text.split_inclusive('\n')
        .zip(1..)
        .map(move |(line, number)| {
            let begin = start;
            start += line.len();
            let bare = line.strip_suffix('\n').unwrap_or(line);
            Line {
                number,
                start: begin,
                text: bare.strip_suffix('\r').unwrap_or(bare),
                next: start,
            }
        })
}

/// YAML inside a file: front matter or the content of a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Section {
    /// The line of what opens it.
    pub(crate) line: u32,
    /// How far its lines are indented at most without that being part of them.
    pub(crate) indent: usize,
    /// Its whole lines, in bytes of the file.
    pub(crate) content: Range<usize>,
}

/// A fenced `task` block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Block<'a> {
    /// Its content.
    pub(crate) section: Section,
    /// The text of the nearest heading above.
    pub(crate) heading: Option<&'a str>,
    /// A closing fence was found.
    pub(crate) closed: bool,
}

/// The parts of a file.
#[derive(Debug, Default)]
pub(crate) struct Outline<'a> {
    /// The front matter, when the file begins with some.
    pub(crate) front_matter: Option<Section>,
    /// The file begins as front matter does, and nothing closes it.
    pub(crate) open_front_matter: bool,
    /// The first heading.
    pub(crate) first_heading: Option<&'a str>,
    /// The task blocks, in the order of the file.
    pub(crate) blocks: Vec<Block<'a>>,
    /// The line of a fence or comment that hides task blocks because nothing closes it.
    pub(crate) hidden_from: Option<u32>,
    /// The line of a marker that a merge left behind.
    pub(crate) conflict: Option<u32>,
}

/// An opening fence.
#[derive(Clone, Copy, Debug)]
struct Fence {
    mark: char,
    length: usize,
    indent: usize,
    task: bool,
}

/// What the line under the eye is inside of.
enum Inside {
    Nothing,
    Task(Fence),
    /// Another fence or an HTML comment.
    Foreign {
        fence: Option<Fence>,
        line: u32,
        hides: bool,
    },
}

impl<'a> Outline<'a> {
    /// Finds the parts of `text`, which may begin with a byte order mark.
    pub(crate) fn of(text: &'a str) -> Self {
        let mut outline = Self::default();
        let mut lines = lines(text).peekable();
        let is_rule = |line: &Line<'_>| line.text.trim_end() == FRONT_MATTER;
        if let Some(first) = lines
            .next_if(|line| line.text.trim_start_matches('\u{feff}').trim_end() == FRONT_MATTER)
        {
            let mut conflict = Conflict::default();
            let close = lines.find(|line| {
                conflict.see(line);
                is_rule(line)
            });
            outline.conflict = conflict.found;
            match close {
                Some(close) => {
                    outline.front_matter = Some(Section {
                        line: first.number,
                        indent: 0,
                        content: first.next..close.start,
                    });
                }
                None => outline.open_front_matter = true,
            }
        }
        outline.read_body(lines);
        outline
    }

    fn read_body(&mut self, lines: impl Iterator<Item = Line<'a>>) {
        let mut inside = Inside::Nothing;
        let mut heading = None;
        let mut conflict = Conflict::default();
        for line in lines {
            conflict.see(&line);
            inside = match inside {
                Inside::Nothing => self.begin(&line, &mut heading),
                Inside::Task(fence) => {
                    if fence.is_closed_by(line.text) {
                        self.close(true);
                        Inside::Nothing
                    } else if Fence::of(line.text).is_some_and(|fence| fence.task) {
                        // A fence is no YAML: the block before it was never closed.
                        self.begin(&line, &mut heading)
                    } else {
                        self.extend(line.next);
                        Inside::Task(fence)
                    }
                }
                Inside::Foreign {
                    fence,
                    line: opened,
                    hides,
                } => {
                    let closed = match fence {
                        Some(fence) => fence.is_closed_by(line.text),
                        None => line.text.contains("-->"),
                    };
                    if closed {
                        Inside::Nothing
                    } else {
                        let hides = hides || Fence::of(line.text).is_some_and(|fence| fence.task);
                        Inside::Foreign {
                            fence,
                            line: opened,
                            hides,
                        }
                    }
                }
            };
        }
        if let Inside::Foreign {
            line, hides: true, ..
        } = inside
        {
            self.hidden_from = Some(line);
        }
        self.conflict = self.conflict.or(conflict.found);
    }

    /// Looks at a line outside of everything.
    fn begin(&mut self, line: &Line<'a>, heading: &mut Option<&'a str>) -> Inside {
        if let Some(fence) = Fence::of(line.text) {
            if fence.task {
                self.blocks.push(Block {
                    section: Section {
                        line: line.number,
                        indent: fence.indent,
                        content: line.next..line.next,
                    },
                    heading: *heading,
                    closed: false,
                });
                return Inside::Task(fence);
            }
            return Inside::Foreign {
                fence: Some(fence),
                line: line.number,
                hides: false,
            };
        }
        let (_, rest) = indented(line.text);
        if let Some(comment) = rest.strip_prefix("<!--")
            && !comment.contains("-->")
        {
            return Inside::Foreign {
                fence: None,
                line: line.number,
                hides: false,
            };
        }
        if let Some(text) = heading_text(rest) {
            *heading = Some(text);
            self.first_heading = self.first_heading.or(*heading);
        }
        Inside::Nothing
    }

    fn extend(&mut self, to: usize) {
        if let Some(block) = self.blocks.last_mut() {
            block.section.content.end = to;
        }
    }

    fn close(&mut self, closed: bool) {
        if let Some(block) = self.blocks.last_mut() {
            block.closed = closed;
        }
    }
}

impl Fence {
    /// Reads an opening fence.
    fn of(line: &str) -> Option<Self> {
        let (indent, rest) = indented(line);
        let mark = rest.chars().next().filter(|c| matches!(c, '`' | '~'))?;
        let info = rest.trim_start_matches(mark);
        let length = rest.len() - info.len();
        // A backtick in the rest makes it code within a line.
        if indent > 3 || length < 3 || (mark == '`' && info.contains('`')) {
            return None;
        }
        let task = info.split_whitespace().next() == Some(TASK);
        Some(Self {
            mark,
            length,
            indent,
            task,
        })
    }

    fn is_closed_by(self, line: &str) -> bool {
        let (indent, rest) = indented(line);
        let rest = rest.trim_end();
        indent <= 3 && rest.len() >= self.length && rest.chars().all(|c| c == self.mark)
    }
}

/// How many spaces a line begins with, and what follows them.
fn indented(line: &str) -> (usize, &str) {
    let rest = line.trim_start_matches(' ');
    (line.len() - rest.len(), rest)
}

/// The text of a heading with number signs, whose indentation is taken off.
fn heading_text(rest: &str) -> Option<&str> {
    let text = rest.trim_start_matches('#');
    let level = rest.len() - text.len();
    if !(1..=6).contains(&level) || !(text.is_empty() || text.starts_with([' ', '\t'])) {
        return None;
    }
    let text = text.trim();
    let bare = text.trim_end_matches('#');
    // Number signs at the end belong to the heading's form only where a blank stands before them.
    let text = if bare.is_empty() || bare.ends_with([' ', '\t']) {
        bare.trim_end()
    } else {
        text
    };
    Some(text).filter(|text| !text.is_empty())
}

/// The three markers of an unfinished merge, in their order.
#[derive(Default)]
struct Conflict {
    ours: Option<u32>,
    middle: bool,
    found: Option<u32>,
}

impl Conflict {
    fn see(&mut self, line: &Line<'_>) {
        if line.text.starts_with("<<<<<<< ") {
            self.ours = Some(line.number);
            self.middle = false;
        } else if line.text == "=======" {
            self.middle = self.ours.is_some();
        } else if line.text.starts_with(">>>>>>> ") && self.middle {
            self.found = self.found.or(self.ours);
        }
    }
}

#[cfg(test)]
mod tests;
