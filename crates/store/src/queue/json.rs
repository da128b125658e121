//! Events as text, written as the other program writes them.

use std::io;

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{Formatter, Serializer};
use sync_core::queue::EventFields;

/// Writes JSON in ASCII, with `", "` and `": "` between things (boundary sheet §3).
pub(super) fn text(value: &Value) -> String {
    let mut bytes = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut bytes, Spaced);
    // Nothing fails: keys are text, and memory takes everything.
    let _ = value.serialize(&mut serializer);
    String::from_utf8_lossy(&bytes).into_owned()
}

struct Spaced;

impl Formatter for Spaced {
    fn begin_array_value<W: ?Sized + io::Write>(
        &mut self,
        to: &mut W,
        first: bool,
    ) -> io::Result<()> {
        to.write_all(if first { b"" } else { b", " })
    }

    fn begin_object_key<W: ?Sized + io::Write>(
        &mut self,
        to: &mut W,
        first: bool,
    ) -> io::Result<()> {
        to.write_all(if first { b"" } else { b", " })
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, to: &mut W) -> io::Result<()> {
        to.write_all(b": ")
    }

    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        to: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        for c in fragment.chars() {
            if c.is_ascii() {
                write!(to, "{c}")?;
            } else {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(to, "\\u{unit:04x}")?;
                }
            }
        }
        Ok(())
    }
}

/// The fields of an event in JSON.
pub(super) struct Fields<'a>(pub(super) &'a Value);

impl EventFields for Fields<'_> {
    fn text(&self, path: &[&str]) -> Option<String> {
        let value = path.iter().try_fold(self.0, |value, key| value.get(key))?;
        match value {
            Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
            Value::Number(number) if number.as_f64() == Some(0.0) => None,
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(true) => Some("True".into()),
            Value::Bool(false) | Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }
}

/// Returns the first of these keys that stands anywhere in a value.
pub(super) fn key_in<'a>(value: &Value, keys: &[&'a str]) -> Option<&'a str> {
    match value {
        Value::Object(object) => object.iter().find_map(|(name, value)| {
            let own = keys.iter().find(|key| *key == name).copied();
            own.or_else(|| key_in(value, keys))
        }),
        Value::Array(values) => values.iter().find_map(|value| key_in(value, keys)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn text_is_ascii_with_spaces_between() {
        let value = json!({"a": [1, 2.5, null], "ä\n": "é😀\"", "c": {}});
        assert_eq!(
            text(&value),
            r#"{"a": [1, 2.5, null], "\u00e4\n": "\u00e9\ud83d\ude00\"", "c": {}}"#
        );
    }

    #[test]
    fn a_key_is_found_at_any_depth() {
        let value = json!({"a": [{"b": {"feature_slug": 1}}]});
        assert_eq!(key_in(&value, &["x", "feature_slug"]), Some("feature_slug"));
        assert_eq!(key_in(&value, &["x"]), None);
    }
}
