//! Changing one value of a workplan file and nothing else.
//!
//! A change is made to the text, at the place of the value, and the result is read again: only if it
//! says what it said before, but for the values that were to change, is it taken. So whatever YAML
//! may hide on the lines around (anchors, block scalars, a key within a key), no edit goes astray.

use std::collections::BTreeMap;
use std::ops::Range;

use sync_core::fix::Target;
use sync_core::ids::{FileId, HubId};
use sync_core::status::{Status, Word};
use sync_core::workplan::Workplan;

use crate::outline::{Outline, Section, lines};
use crate::workplan::{Reading, read_workplan};
use crate::yaml::{Entry, Key, Style};

/// A value to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Where it is.
    pub target: Target,
    /// What it shall be.
    pub value: NewValue,
}

/// A value as it shall be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewValue {
    /// The status, which has to be there already.
    Status(String),
    /// The id of the row in the hub; its line is made where there is none.
    HubId(HubId),
}

/// Why a file was not changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// The file is no workplan, or cannot be read as one.
    #[error("it cannot be read as a workplan")]
    NoWorkplan,
    /// The file has no such task, or more than one.
    #[error("it does not have exactly one readable block of the task {id}")]
    NoSuchTask {
        /// The task.
        id: FileId,
    },
    /// The value is not written on one line `key: value`.
    #[error("its key `{key}` is not on a line of its own with its value")]
    NotOnOneLine {
        /// The key.
        key: &'static str,
    },
    /// The changed text would say something else than was meant.
    #[error("writing `{key}` would change more than that value")]
    Entangled {
        /// The key.
        key: &'static str,
    },
}

/// Returns `bytes` with the values changed and every other byte as it is.
///
/// A value that is so already is left as it is written.
///
/// # Errors
///
/// Nothing is changed unless all of it can be; the error says which value cannot.
pub fn edit(bytes: &[u8], changes: &[Change]) -> Result<Vec<u8>, EditError> {
    let text = std::str::from_utf8(bytes).map_err(|_| EditError::NoWorkplan)?;
    let before = read_workplan("", false, bytes);
    let mut expected = before.clone();
    let workplan = expected.workplan.as_mut().ok_or(EditError::NoWorkplan)?;
    let outline = Outline::of(text);
    let tasks = task_sections(text, &outline);
    let mut splices = Vec::new();
    for change in changes {
        if !apply(workplan, change)? {
            continue;
        }
        let key = change.key();
        let section = match &change.target {
            Target::Workplan => outline.front_matter.as_ref(),
            Target::Task(id) => tasks.get(id).copied(),
        };
        let section = section.ok_or(EditError::NotOnOneLine {
            key: Key::Id.name(),
        })?;
        splices.push(splice(text, section, key, change.text())?);
    }
    splices.sort_by_key(|splice| splice.at.start);
    let mut edited = String::with_capacity(text.len() + 64 * splices.len());
    let mut done = 0;
    for Splice { at, with } in &splices {
        edited.push_str(&text[done..at.start.max(done)]);
        edited.push_str(with);
        done = at.end;
    }
    edited.push_str(&text[done..]);
    let after = read_workplan("", false, edited.as_bytes());
    if without_lines(after) == without_lines(expected) {
        return Ok(edited.into_bytes());
    }
    let key = changes.first().map_or("", |change| change.key().name());
    Err(EditError::Entangled { key })
}

impl Change {
    fn key(&self) -> Key {
        match (&self.value, &self.target) {
            (NewValue::Status(_), _) => Key::Status,
            (NewValue::HubId(_), Target::Workplan) => Key::Workstream,
            (NewValue::HubId(_), Target::Task(_)) => Key::Task,
        }
    }

    pub(crate) fn text(&self) -> &str {
        match &self.value {
            NewValue::Status(word) => word,
            NewValue::HubId(id) => id.as_str(),
        }
    }
}

/// Makes the change in the workplan read; says whether it is one.
fn apply(workplan: &mut Workplan, change: &Change) -> Result<bool, EditError> {
    match &change.target {
        Target::Workplan => set(&mut workplan.status, &mut workplan.hub_id, &change.value),
        Target::Task(id) => {
            let mut tasks = workplan.tasks.iter_mut().filter(|task| task.id == *id);
            match (tasks.next(), tasks.next()) {
                (Some(task), None) => set(&mut task.status, &mut task.hub_id, &change.value),
                _ => Err(EditError::NoSuchTask { id: id.clone() }),
            }
        }
    }
}

fn set<S: Status>(
    status: &mut Option<Word<S>>,
    hub_id: &mut Option<HubId>,
    value: &NewValue,
) -> Result<bool, EditError> {
    match value {
        NewValue::Status(word) => {
            let key = Key::Status.name();
            let status = status.as_mut().ok_or(EditError::NotOnOneLine { key })?;
            let new = Word::read(word);
            let old = std::mem::replace(status, new);
            Ok(old != *status)
        }
        NewValue::HubId(id) => Ok(hub_id.replace(id.clone()).as_ref() != Some(id)),
    }
}

/// Where each task is, read once however many of them change.
fn task_sections<'o>(text: &str, outline: &'o Outline<'_>) -> BTreeMap<FileId, &'o Section> {
    let closed = outline.blocks.iter().filter(|block| block.closed);
    let sections = closed.map(|block| &block.section);
    sections
        .filter_map(|section| Some((section.id(text)?, section)))
        .collect()
}

/// A piece of text to put in the place of another.
struct Splice {
    at: Range<usize>,
    with: String,
}

/// Finds where the value of `key` is, or where its line is to be, and how it is written there.
fn splice(text: &str, section: &Section, key: Key, value: &str) -> Result<Splice, EditError> {
    let not_on_one_line = || EditError::NotOnOneLine { key: key.name() };
    let content = &text[section.content.clone()];
    // A key within a key is indented deeper.
    let mut found: Option<(usize, usize, Entry<'_>)> = None;
    let mut last = None;
    for line in lines(content) {
        let bare = line.text.trim_start_matches(' ');
        let indent = line.text.len() - bare.len();
        if !bare.is_empty() {
            last = Some(line);
        }
        if let Some(entry) = Entry::of(bare)
            && entry.name == key.name()
            && found.is_none_or(|(least, ..)| indent < least)
        {
            found = Some((indent, section.content.start + line.start + indent, entry));
        }
    }
    if let Some((_, start, entry)) = found {
        let at = start + entry.at;
        let with = match entry.style {
            Style::Missing => format!(" {}", written(value, Style::Missing)),
            style => written(value, style),
        };
        return Ok(Splice {
            at: at..at + entry.value.len(),
            with,
        });
    }
    // A line of its own, after the last one that is not blank and as that file ends its lines.
    let (at, above) = match last {
        Some(line) => (section.content.start + line.next, line.text),
        None => return Err(not_on_one_line()),
    };
    if key == Key::Status {
        return Err(not_on_one_line());
    }
    let line_break = if text[..at].ends_with("\r\n") {
        "\r\n"
    } else {
        "\n"
    };
    let indent = &above[..least_indent(content)];
    let with = format!(
        "{indent}{}: {}{line_break}",
        key.name(),
        written(value, Style::Missing)
    );
    Ok(Splice { at: at..at, with })
}

/// By how many spaces the keys of a section are indented.
fn least_indent(content: &str) -> usize {
    let indents = lines(content).filter_map(|line| {
        let bare = line.text.trim_start_matches(' ');
        (!bare.is_empty()).then(|| line.text.len() - bare.len())
    });
    indents.min().unwrap_or(0)
}

/// Writes a value in the style of the one before, where that is possible.
fn written(value: &str, style: Style) -> String {
    let is_word = value.starts_with(|c: char| c.is_ascii_alphabetic())
        && value
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    let is_plain = |c: char| !c.is_control() && c != '\u{feff}';
    match style {
        Style::Plain
            if is_word
                && !MEANT_OTHERWISE
                    .iter()
                    .any(|word| word.eq_ignore_ascii_case(value)) =>
        {
            value.to_owned()
        }
        Style::Single if value.chars().all(is_plain) => format!("'{}'", value.replace('\'', "''")),
        _ => {
            let mut text = String::from("\"");
            for c in value.chars() {
                match c {
                    '"' | '\\' => text.extend(['\\', c]),
                    c if is_plain(c) => text.push(c),
                    c => {
                        use std::fmt::Write;
                        let _ = write!(text, "\\U{:08X}", u32::from(c));
                    }
                }
            }
            text.push('"');
            text
        }
    }
}

/// Words that without quotes are no text, in one version of YAML or another.
const MEANT_OTHERWISE: [&str; 9] = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"];

/// What was read, without the numbers of lines, which an inserted line moves.
fn without_lines(mut reading: Reading) -> Reading {
    if let Some(workplan) = &mut reading.workplan {
        workplan.status_line = 0;
        workplan.hub_id_line = 0;
        for task in &mut workplan.tasks {
            task.line = 0;
            task.status_line = 0;
        }
    }
    for unreadable in &mut reading.unreadable {
        unreadable.line = None;
    }
    reading
}

#[cfg(test)]
mod tests;
