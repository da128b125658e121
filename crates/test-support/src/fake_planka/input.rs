//! Parameters of a request, checked as the server does: everything wrong is reported at once.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use super::Version;
use super::answers::Refusal;
use super::rows::Id;

/// Names of projects, boards, lists, labels and task lists (version 2).
pub(super) const SHORT: usize = 128;
/// Names of cards and tasks (version 2).
pub(super) const LONG: usize = 1024;
/// Descriptions and comments (version 2).
pub(super) const HUGE: usize = 1 << 20;

/// A parameter that may be left out or null.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Given<T> {
    #[default]
    No,
    Null,
    Some(T),
}

impl<T> Given<T> {
    /// Changes a stored value unless nothing was given.
    pub(super) fn store(self, stored: &mut Option<T>) {
        match self {
            Self::No => {}
            Self::Null => *stored = None,
            Self::Some(value) => *stored = Some(value),
        }
    }

    pub(super) fn into_option(self) -> Option<T> {
        match self {
            Self::Some(value) => Some(value),
            Self::No | Self::Null => None,
        }
    }
}

/// The body of a request while it is being checked. After [`Input::finish`] found no problem the
/// values taken from it are right; before, they may be stand-ins.
pub(super) struct Input<'a> {
    version: Version,
    body: &'a Map<String, Value>,
    problems: Vec<String>,
    crash: bool,
}

impl<'a> Input<'a> {
    pub(super) fn new(version: Version, body: &'a Map<String, Value>) -> Self {
        Self {
            version,
            body,
            problems: Vec::new(),
            crash: false,
        }
    }

    /// Ends the checks.
    pub(super) fn finish(self) -> Result<(), Refusal> {
        if !self.problems.is_empty() {
            Err(Refusal::Invalid(self.problems))
        } else if self.crash {
            Err(Refusal::Crash)
        } else {
            Ok(())
        }
    }

    pub(super) fn required_text(&mut self, name: &str, most: usize) -> String {
        if self.is_missing(name) {
            self.missing(name);
        }
        self.text(name, most).unwrap_or_default()
    }

    /// Text that is not empty; null is no text.
    pub(super) fn text(&mut self, name: &str, most: usize) -> Option<String> {
        match self.nullable_text(name, most) {
            Given::Some(text) => Some(text),
            Given::No => None,
            Given::Null => {
                self.invalid(name, "Specified value (null) was not a text");
                None
            }
        }
    }

    /// Text that is not empty, or null. Numbers and truth values turn to text.
    pub(super) fn nullable_text(&mut self, name: &str, most: usize) -> Given<String> {
        let text = match self.body.get(name) {
            None => return Given::No,
            Some(Value::Null) => return Given::Null,
            Some(Value::String(text)) => text.clone(),
            Some(value @ (Value::Number(_) | Value::Bool(_))) => value.to_string(),
            Some(Value::Array(_) | Value::Object(_)) => {
                self.invalid(name, "Specified value was not a text");
                return Given::No;
            }
        };
        // The length is checked in version 2 only, and in UTF-16 units.
        let length = text.encode_utf16().count();
        if text.is_empty() {
            self.invalid(name, "Value ('') was an empty string.");
        } else if self.version == Version::V2 && length > most {
            // The wrong sign is the server's.
            let text = format!(
                "Value was -{} characters longer than the configured maximum",
                length - most
            );
            self.invalid(name, &text);
        }
        // The database cannot store this character, which nobody checks before.
        self.crash |= text.contains('\0');
        Given::Some(text)
    }

    pub(super) fn required_position(&mut self) -> f64 {
        if self.is_missing("position") {
            self.missing("position");
        }
        self.position().unwrap_or_default()
    }

    /// A place among siblings: a number or its text, not negative in version 2.
    pub(super) fn position(&mut self) -> Option<f64> {
        let number = match self.body.get("position")? {
            Value::Null => return None,
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.parse().ok().filter(|number: &f64| number.is_finite()),
            _ => None,
        };
        match number {
            None => self.invalid("position", "Specified value was not a number"),
            Some(number) if self.version == Version::V2 && number < 0.0 => {
                self.invalid("position", "Value was less than the configured minimum (0)");
            }
            Some(_) => {}
        }
        number
    }

    pub(super) fn flag(&mut self, name: &str) -> Option<bool> {
        match self.body.get(name)? {
            Value::Null => None,
            Value::Bool(flag) => Some(*flag),
            Value::String(text) if text == "true" => Some(true),
            Value::String(text) if text == "false" => Some(false),
            _ => {
                self.invalid(name, "Specified value was not a boolean");
                None
            }
        }
    }

    pub(super) fn required_choice(&mut self, name: &str, choices: &[&str]) -> String {
        if self.is_missing(name) {
            self.missing(name);
        }
        self.choice(name, choices).into_option().unwrap_or_default()
    }

    /// One of some words, or null.
    pub(super) fn choice(&mut self, name: &str, choices: &[&str]) -> Given<String> {
        match self.body.get(name) {
            None => Given::No,
            Some(Value::Null) => Given::Null,
            Some(value) => {
                let shown = value.as_str().map_or_else(|| value.to_string(), Into::into);
                if !choices.contains(&shown.as_str()) {
                    let list = choices.join(", ");
                    let text =
                        format!("Value ('{shown}') was not in the configured whitelist ({list})");
                    self.invalid(name, &text);
                }
                Given::Some(shown)
            }
        }
    }

    pub(super) fn required_id(&mut self, name: &str) -> Option<Id> {
        if self.is_missing(name) {
            self.missing(name);
        }
        self.id(name).into_option()
    }

    pub(super) fn id(&mut self, name: &str) -> Given<Id> {
        match self.body.get(name) {
            None => Given::No,
            Some(Value::Null) => Given::Null,
            Some(value) => {
                let text = value.as_str().map_or_else(|| value.to_string(), Into::into);
                match parse_id(self.version, name, &text) {
                    Ok(id) => Given::Some(id),
                    Err(Refusal::Invalid(problems)) => {
                        self.problems.extend(problems);
                        Given::No
                    }
                    Err(_) => {
                        self.crash = true;
                        Given::No
                    }
                }
            }
        }
    }

    /// A date or a moment, stored in UTC to the millisecond.
    pub(super) fn date(&mut self, name: &str) -> Given<String> {
        match self.body.get(name) {
            None => Given::No,
            Some(Value::Null) => Given::Null,
            Some(value) => {
                let moment = value.as_str().and_then(moment);
                if moment.is_none() {
                    self.invalid(name, "Specified value was not an ISO 8601 date");
                }
                moment.map_or(Given::No, Given::Some)
            }
        }
    }

    /// Anything, kept as it is.
    pub(super) fn value(&mut self, name: &str) -> Given<Value> {
        match self.body.get(name) {
            None => Given::No,
            Some(Value::Null) => Given::Null,
            Some(value) => Given::Some(value.clone()),
        }
    }

    /// Whether a required parameter is not there at all; null is judged by its type.
    fn is_missing(&self, name: &str) -> bool {
        !self.body.contains_key(name)
    }

    fn missing(&mut self, name: &str) {
        self.problems
            .push(format!("\"{name}\" is required, but it was not defined."));
    }

    pub(super) fn invalid(&mut self, name: &str, text: &str) {
        self.problems
            .push(format!("Invalid \"{name}\":\n  · {text}"));
    }
}

/// Reads an id of a path or a body by the version's syntax (Planka sheet §12 row 18).
pub(super) fn parse_id(version: Version, name: &str, text: &str) -> Result<Id, Refusal> {
    let problem = |problem: String| Refusal::Invalid(vec![problem]);
    let (pattern, zero_may_lead) = match version {
        Version::V1 => ("/^[0-9]+$/", true),
        Version::V2 => ("/^[1-9][0-9]*$/", false),
    };
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits || (!zero_may_lead && text.starts_with('0')) {
        return Err(problem(format!(
            "Invalid \"{name}\":\n  · Value ('{text}') did not match the configured regular \
             expression ({pattern})"
        )));
    }
    match text.parse::<i64>() {
        Ok(number) => Ok(Id::new(number.unsigned_abs())),
        Err(_) if version == Version::V1 => Err(Refusal::Crash),
        Err(_) => Err(problem(format!(
            "Invalid \"{name}\":\n  · Value ('{text}') failed custom validation."
        ))),
    }
}

fn moment(text: &str) -> Option<String> {
    let time = text.parse::<Timestamp>().ok().or_else(|| {
        let civil = text.parse::<DateTime>().ok();
        let civil = civil.or_else(|| Some(text.parse::<Date>().ok()?.at(0, 0, 0, 0)))?;
        Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
    })?;
    Some(format!("{time:.3}"))
}
