//! Whether two answers say the same, but for ids, times, tokens and generated text.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// Ids of the recording and of the fake that mean the same object, both ways round.
#[derive(Default)]
pub(super) struct Comparison {
    actual: BTreeMap<String, String>,
    recorded: BTreeMap<String, String>,
}

impl Comparison {
    /// Compares an answer with the recorded one of this file, or a part of it.
    pub(super) fn compare(&mut self, file: &str, place: &str, recorded: &Value, actual: &Value) {
        let at = format!("{file}{place}: recorded {recorded}, answered {actual}");
        match (recorded, actual) {
            (Value::Object(recorded), Value::Object(actual)) => {
                let keys = |object: &Map<String, Value>| {
                    let mut keys: Vec<String> = object.keys().cloned().collect();
                    keys.sort();
                    keys
                };
                assert_eq!(keys(recorded), keys(actual), "keys of {file}{place}");
                for (key, value) in recorded {
                    self.compare(file, &format!("{place}/{key}"), value, &actual[key]);
                }
            }
            (Value::Array(recorded), Value::Array(actual)) => {
                assert_eq!(recorded.len(), actual.len(), "{at}");
                for (index, (recorded, actual)) in recorded.iter().zip(actual).enumerate() {
                    self.compare(file, &format!("{place}/{index}"), recorded, actual);
                }
            }
            (Value::String(recorded), Value::String(actual)) => {
                let key = place.rsplit('/').next().unwrap_or_default();
                if recorded.starts_with("REDACTED") {
                    assert!(!actual.is_empty(), "{at}");
                } else if is_id(recorded) {
                    assert!(is_id(actual), "{at}");
                    self.same_object(recorded, actual, &at);
                } else if key.ends_with("At") {
                    assert!(is_time(recorded) && is_time(actual), "{at}");
                } else {
                    assert_eq!(self.translate(recorded), *actual, "{at}");
                }
            }
            _ => assert_eq!(recorded, actual, "{at}"),
        }
    }

    /// Two ids mean one object, wherever they come up.
    fn same_object(&mut self, recorded: &str, actual: &str, at: &str) {
        let known = self
            .actual
            .entry(recorded.to_owned())
            .or_insert_with(|| actual.to_owned());
        assert_eq!(known, actual, "another object: {at}");
        let known = self
            .recorded
            .entry(actual.to_owned())
            .or_insert_with(|| recorded.to_owned());
        assert_eq!(known, recorded, "another object: {at}");
    }

    /// A recorded text with the fake's ids.
    fn translate(&self, recorded: &str) -> String {
        let mut text = recorded.to_owned();
        for (recorded, actual) in &self.actual {
            text = text.replace(recorded, actual);
        }
        text
    }
}

fn is_id(text: &str) -> bool {
    text.len() == 19 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_time(text: &str) -> bool {
    let shape: String = text
        .chars()
        .map(|letter| if letter.is_ascii_digit() { '0' } else { letter })
        .collect();
    shape == "0000-00-00T00:00:00.000Z"
}
