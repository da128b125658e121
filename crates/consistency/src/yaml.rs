//! The few keys a workplan is known by, read from YAML: the one place that knows `serde_yaml`.
//!
//! Nearly every line of a real file is `key: value` with a plain or quoted value. Text made of such
//! lines only is read here, which takes a fraction of a parser's time; anything else goes to the
//! parser. A property test holds the two against each other.

use std::borrow::Cow;

use serde::Deserialize;

use crate::outline::lines;

/// The most that is read of one piece of YAML, in bytes.
const LIMIT: usize = 64 * 1024;

/// The most brackets in it: the parser's time grows with bytes times brackets.
const MOST_BRACKETS: usize = 1000;

/// A key that means something here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    Id,
    Type,
    Title,
    Status,
    Priority,
    Workstream,
    Task,
}

impl Key {
    pub(crate) const ALL: [Self; 7] = [
        Self::Id,
        Self::Type,
        Self::Title,
        Self::Status,
        Self::Priority,
        Self::Workstream,
        Self::Task,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Type => "type",
            Self::Title => "title",
            Self::Status => "status",
            Self::Priority => "priority",
            Self::Workstream => "state_hub_workstream_id",
            Self::Task => "state_hub_task_id",
        }
    }
}

/// The values of the known keys: `None` where the key is missing or null.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mapping<'a> {
    values: [Option<Cow<'a, str>>; 7],
}

impl Mapping<'_> {
    /// The value of a key; an empty one is none.
    pub(crate) fn get(&self, key: Key) -> Option<&str> {
        self.values[key as usize]
            .as_deref()
            .map(str::trim)
            .filter(|text| !text.is_empty())
    }
}

/// Why a piece of YAML is refused, as a lower-case fragment.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    #[error("it is larger than {LIMIT} bytes")]
    TooLarge,
    #[error("it has more than {MOST_BRACKETS} brackets")]
    TooManyBrackets,
    #[error("it is no valid YAML: {0}")]
    Yaml(serde_yaml::Error),
}

impl Fault {
    /// The line and the reason, in lines of the file: `above` of them stand above the text read.
    pub(crate) fn in_file(&self, above: u32) -> (Option<u32>, String) {
        let Self::Yaml(error) = self else {
            return (None, self.to_string());
        };
        let at = error.location().map(|place| place.line());
        let line = at.and_then(|line| u32::try_from(line).ok());
        let told = self.to_string();
        // The parser names lines of its text, more than one perhaps, and only in words.
        let mut parts = told.split(LINE);
        let mut reason = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let digits = part.bytes().take_while(u8::is_ascii_digit).count();
            let (number, rest) = part.split_at(digits);
            let shifted = number.parse().map(|line: u32| line.saturating_add(above));
            let number = shifted.map_or_else(|_| number.to_owned(), |line| line.to_string());
            reason.extend([LINE, &number, rest]);
        }
        (line.map(|line| line.saturating_add(above)), reason)
    }
}

/// How the parser's errors name a line.
const LINE: &str = " at line ";

/// Reads a mapping; no text at all is an empty one.
pub(crate) fn read(text: &str) -> Result<Mapping<'_>, Fault> {
    if text.len() > LIMIT {
        return Err(Fault::TooLarge);
    }
    match simple(text) {
        Some(mapping) => Ok(mapping),
        None => parsed(text),
    }
}

#[derive(Deserialize)]
struct Raw {
    id: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    title: Option<String>,
    status: Option<String>,
    priority: Option<String>,
    state_hub_workstream_id: Option<String>,
    state_hub_task_id: Option<String>,
}

fn parsed(text: &str) -> Result<Mapping<'static>, Fault> {
    if text.bytes().filter(|b| matches!(b, b'[' | b'{')).count() > MOST_BRACKETS {
        return Err(Fault::TooManyBrackets);
    }
    let raw: Raw = serde_yaml::from_str(text).map_err(Fault::Yaml)?;
    let values = [
        raw.id,
        raw.kind,
        raw.title,
        raw.status,
        raw.priority,
        raw.state_hub_workstream_id,
        raw.state_hub_task_id,
    ];
    Ok(Mapping {
        values: values.map(|value| value.map(Cow::Owned)),
    })
}

/// Reads text of nothing but plain lines; `None` when it is not that simple.
fn simple(text: &str) -> Option<Mapping<'_>> {
    let mut mapping = Mapping::default();
    let mut seen = [false; 7];
    for line in lines(text) {
        if line.text.bytes().all(|b| b == b' ')
            || line.text.trim_start_matches(' ').starts_with('#')
        {
            if !line.text.chars().all(is_harmless) {
                return None;
            }
            continue;
        }
        let entry = Entry::of(line.text)?;
        if !entry.name.starts_with(|c: char| c.is_ascii_alphabetic())
            || !entry
                .name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
            || !line.text.chars().all(is_harmless)
        {
            return None;
        }
        let (simple, value) = entry.simple_value();
        if !simple {
            return None;
        }
        if let Some(key) = Key::ALL.into_iter().find(|key| key.name() == entry.name) {
            if std::mem::replace(&mut seen[key as usize], true) {
                return None;
            }
            mapping.values[key as usize] = value.map(Cow::Borrowed);
        }
    }
    Some(mapping)
}

/// No control character, and nothing that YAML takes for a line break or a mark of its own.
fn is_harmless(c: char) -> bool {
    !c.is_control()
        && !matches!(
            c,
            '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
        )
}

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// There is none.
    Missing,
    /// Without quotes.
    Plain,
    /// In single quotes.
    Single,
    /// In double quotes.
    Double,
}

/// A line `key: value`, where the value ends on the line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry<'a> {
    /// The key.
    pub(crate) name: &'a str,
    /// How the value is written.
    pub(crate) style: Style,
    /// The value, quotes included; empty where there is none.
    pub(crate) value: &'a str,
    /// Where the value begins in the line; right after the colon where there is none.
    pub(crate) at: usize,
}

impl<'a> Entry<'a> {
    /// Reads a line that is not indented; `None` when it is no such line or its value may go on
    /// below.
    pub(crate) fn of(line: &'a str) -> Option<Self> {
        let (name, rest) = line.split_once(':')?;
        if name.is_empty()
            || name.contains([' ', '#', '"', '\''])
            || !(rest.is_empty() || rest.starts_with(' '))
        {
            return None;
        }
        let value = rest.trim_start_matches(' ');
        let at = line.len() - value.len();
        let quoted = |quote, style| {
            let length = 2 + end_of_quoted(&value[1..], quote)?;
            let after = &value[length..];
            let comment = after.trim_start_matches(' ');
            let clean =
                comment.is_empty() || (comment.starts_with('#') && comment.len() < after.len());
            clean.then(|| Self {
                name,
                style,
                value: &value[..length],
                at,
            })
        };
        match value.chars().next() {
            None | Some('#') => Some(Self {
                name,
                style: Style::Missing,
                value: "",
                at: name.len() + 1,
            }),
            Some('"') => quoted('"', Style::Double),
            Some('\'') => quoted('\'', Style::Single),
            Some(
                '-' | '?' | ':' | ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '%'
                | '@' | '`',
            ) => None,
            Some(_) => {
                let value = value
                    .split(" #")
                    .next()
                    .unwrap_or(value)
                    .trim_end_matches(' ');
                let nested = value.contains(": ") || value.ends_with(':');
                (!nested).then_some(Self {
                    name,
                    style: Style::Plain,
                    value,
                    at,
                })
            }
        }
    }

    /// Whether the value is read as it is written, and how; a null one as nothing.
    fn simple_value(&self) -> (bool, Option<&'a str>) {
        let inner = || &self.value[1..self.value.len() - 1];
        match self.style {
            Style::Missing => (true, None),
            Style::Plain => (true, Some(self.value).filter(|text| !is_null(text))),
            Style::Single => (!inner().contains('\''), Some(inner())),
            Style::Double => (!inner().contains('\\'), Some(inner())),
        }
    }
}

/// Says whether a value without quotes is null (YAML 1.2, core schema).
fn is_null(text: &str) -> bool {
    matches!(text, "~" | "null" | "Null" | "NULL")
}

/// Where the closing quote is, past those that are written twice or after a backslash.
fn end_of_quoted(text: &str, quote: char) -> Option<usize> {
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if c == '\\' && quote == '"' {
            chars.next();
        } else if c == quote {
            let doubled = quote == '\'' && chars.next_if(|(_, next)| *next == '\'').is_some();
            if !doubled {
                return Some(at);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests;
