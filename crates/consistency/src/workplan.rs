//! One file's bytes, read as a workplan.

use std::borrow::Cow;

use sync_core::ids::{FileId, HubId};
use sync_core::status::Word;
use sync_core::workplan::{TaskBlock, Unreadable, Workplan};

use crate::outline::{Block, Outline, Section, lines};
use crate::yaml::{self, Entry, Key, Mapping};

/// The front matter's `type` of a workplan.
const WORKPLAN: &str = "workplan";

/// What was read of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// The workplan; none where the file is no workplan, or cannot be read as one.
    pub workplan: Option<Workplan>,
    /// What of it could not be read.
    pub unreadable: Vec<Unreadable>,
}

impl Reading {
    /// A file that is left out whole.
    pub(crate) fn refused(path: &str, line: Option<u32>, reason: impl Into<String>) -> Self {
        Self {
            workplan: None,
            unreadable: vec![Unreadable {
                path: path.to_owned(),
                line,
                id: None,
                reason: reason.into(),
                whole_file: true,
            }],
        }
    }
}

/// Reads the bytes of the file at `path`, which is told as it is given.
///
/// A file without front matter, or with front matter of another `type`, is no workplan; that is not
/// an error.
pub fn read_workplan(path: &str, archived: bool, bytes: &[u8]) -> Reading {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let line = bytes[..error.valid_up_to()].split(|&b| b == b'\n').count();
            return Reading::refused(path, u32::try_from(line).ok(), "it is not UTF-8");
        }
    };
    if let Some(at) = text.find('\0') {
        let line = 1 + text[..at].matches('\n').count();
        return Reading::refused(path, u32::try_from(line).ok(), "it holds a NUL byte");
    }
    let outline = Outline::of(text);
    if let Some(line) = outline.conflict {
        return Reading::refused(
            path,
            Some(line),
            "it holds the markers of an unfinished merge",
        );
    }
    if outline.open_front_matter {
        return Reading::refused(
            path,
            Some(1),
            "its front matter is never closed by a line `---`",
        );
    }
    let Some(section) = &outline.front_matter else {
        return Reading::default();
    };
    let front = match yaml::read(&text[section.content.clone()]) {
        Ok(front) => front,
        Err(fault) => {
            let (line, reason) = fault.in_file(section.line);
            return Reading::refused(
                path,
                line.or(Some(section.line)),
                format!("its front matter cannot be read: {reason}"),
            );
        }
    };
    if front
        .get(Key::Type)
        .map_or_else(|| id(&front).is_none(), |kind| kind != WORKPLAN)
    {
        return Reading::default();
    }
    let Some(id) = id(&front) else {
        return Reading::refused(path, Some(1), "its front matter has no id");
    };
    let body = Body { path, text };
    let mut unreadable = Vec::new();
    let mut tasks = Vec::new();
    for block in &outline.blocks {
        match body.task(block) {
            Ok(task) => tasks.push(task),
            Err(fault) => unreadable.push(fault),
        }
    }
    if let Some(line) = outline.hidden_from {
        let reason = "nothing closes what begins here, and it hides task blocks";
        unreadable.push(body.unreadable(line, None, reason));
    }
    let title = front
        .get(Key::Title)
        .or(outline.first_heading)
        .unwrap_or(id.as_str())
        .to_owned();
    let workplan = Workplan {
        path: path.to_owned(),
        archived,
        id,
        title,
        status: front.get(Key::Status).map(Word::read),
        status_line: body.line_of(section, Key::Status),
        hub_id: front.get(Key::Workstream).and_then(HubId::parse),
        hub_id_line: body.line_of(section, Key::Workstream),
        tasks,
    };
    Reading {
        workplan: Some(workplan),
        unreadable,
    }
}

/// A file's text and where it is from.
struct Body<'a> {
    path: &'a str,
    text: &'a str,
}

impl Body<'_> {
    fn task(&self, block: &Block<'_>) -> Result<TaskBlock, Unreadable> {
        let section = &block.section;
        let yaml = section.yaml(self.text);
        let read = yaml::read(&yaml);
        if !block.closed {
            let id = read.ok().as_ref().and_then(id);
            return Err(self.unreadable(section.line, id, "the task block is never closed"));
        }
        let fields = read.map_err(|fault| {
            let id = self
                .entry(section, Key::Id)
                .map(|(_, text)| FileId::new(text));
            let (line, reason) = fault.in_file(section.line);
            self.unreadable(
                line.unwrap_or(section.line),
                id,
                format!("the task block cannot be read: {reason}"),
            )
        })?;
        let id = id(&fields)
            .ok_or_else(|| self.unreadable(section.line, None, "the task block has no id"))?;
        Ok(TaskBlock {
            title: block.heading.map_or_else(|| id.to_string(), str::to_owned),
            id,
            status: fields.get(Key::Status).map(Word::read),
            priority: fields.get(Key::Priority).map(str::to_owned),
            hub_id: fields.get(Key::Task).and_then(HubId::parse),
            line: section.line,
            status_line: self.line_of(section, Key::Status),
        })
    }

    fn unreadable(&self, line: u32, id: Option<FileId>, reason: impl Into<String>) -> Unreadable {
        Unreadable {
            path: self.path.to_owned(),
            line: Some(line),
            id,
            reason: reason.into(),
            whole_file: false,
        }
    }

    /// The line a key is on; that of the section where it is not on a line of its own.
    fn line_of(&self, section: &Section, key: Key) -> u32 {
        self.entry(section, key)
            .map_or(section.line, |(line, _)| line)
    }

    /// The line of a key, and its value as it is written.
    fn entry(&self, section: &Section, key: Key) -> Option<(u32, &str)> {
        lines(&self.text[section.content.clone()]).find_map(|line| {
            let entry = Entry::of(line.text.trim_start_matches(' '))?;
            let value = entry.value.trim_matches(['"', '\'']);
            (entry.name == key.name()).then_some((section.line + line.number, value))
        })
    }
}

fn id(fields: &Mapping<'_>) -> Option<FileId> {
    // `null` and `~` in quotes are no more an id than without.
    let id = fields.get(Key::Id).and_then(HubId::parse)?;
    Some(FileId::new(id.as_str()))
}

impl Section {
    /// The id in it, if it can be read.
    pub(crate) fn id(&self, text: &str) -> Option<FileId> {
        yaml::read(&self.yaml(text)).ok().as_ref().and_then(id)
    }

    /// The YAML of a section: its lines without the indentation of the fence.
    pub(crate) fn yaml<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let content = &text[self.content.clone()];
        if self.indent == 0 {
            return Cow::Borrowed(content);
        }
        let dedented = content.split_inclusive('\n').map(|line| {
            let most = line.len().min(self.indent);
            let spaces = line.bytes().take(most).take_while(|&b| b == b' ').count();
            &line[spaces..]
        });
        Cow::Owned(dedented.collect())
    }
}

#[cfg(test)]
mod tests;
