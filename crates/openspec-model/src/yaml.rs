//! YAML, read only and into typed values: the one place that knows `serde_yaml`.
//!
//! `serde_yaml` takes time quadratic in the depth of brackets, follows aliases as often as they
//! are written and, in a map, takes the last of two equal keys (dependency sheet, pitfalls). So
//! the text is measured before it is parsed, and each document is walked once to count its values
//! and to find equal keys, which are an error for the official CLI too.

use std::cell::Cell;
use std::collections::HashSet;
use std::fmt;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, EnumAccess, Error as _, IgnoredAny, MapAccess,
    SeqAccess, VariantAccess, Visitor,
};

use crate::text::lossy;

/// The most that is read of a YAML file, in bytes.
pub(crate) const YAML_LIMIT: u64 = 1 << 20;

/// Deeper than this the parser gives up by itself, after it has taken its time.
const DEPTH_LIMIT: usize = 128;

/// Brackets times bytes, which bounds the parser's time: a fifth of a second where it was measured.
const BRACKET_BUDGET: usize = 1 << 28;

/// Values with every alias written out; the largest schema allowed has a tenth of it.
const VALUE_LIMIT: usize = 100_000;

/// Why a YAML text is refused.
#[derive(Debug, thiserror::Error)]
pub enum YamlFault {
    /// More bytes than are looked at.
    #[error("it is larger than {YAML_LIMIT} bytes")]
    TooLarge,
    /// Brackets within brackets, or so many that the parser would take too long.
    #[error("it is nested deeper than {DEPTH_LIMIT} levels, or has too many brackets")]
    TooDeep,
    /// The parser's own words: syntax, two documents, an equal key, too many values.
    #[error(transparent)]
    Syntax(serde_yaml::Error),
    /// A key is missing, or its value has the wrong type.
    #[error(transparent)]
    Shape(serde_yaml::Error),
    /// A value breaks a rule of its key.
    #[error("{key} {rule}")]
    Rule {
        /// The key.
        key: &'static str,
        /// The rule, as the end of a sentence.
        rule: &'static str,
    },
}

impl YamlFault {
    /// Whether the text is no YAML at all, rather than YAML that says something wrong.
    pub(crate) fn is_syntax(&self) -> bool {
        matches!(self, Self::TooLarge | Self::TooDeep | Self::Syntax(_))
    }
}

/// Reads the one document of `bytes`.
pub(crate) fn parse<T>(bytes: &[u8]) -> Result<T, YamlFault>
where
    T: for<'de> Deserialize<'de>,
{
    if bytes.len() as u64 > YAML_LIMIT {
        return Err(YamlFault::TooLarge);
    }
    let text = lossy(bytes);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    check_brackets(text)?;
    let census = Census {
        left: &Cell::new(VALUE_LIMIT),
    };
    census
        .deserialize(serde_yaml::Deserializer::from_str(text))
        .map_err(YamlFault::Syntax)?;
    serde_yaml::from_str(text).map_err(YamlFault::Shape)
}

fn check_brackets(text: &str) -> Result<(), YamlFault> {
    let (mut depth, mut opened) = (0_usize, 0_usize);
    for byte in text.bytes() {
        match byte {
            b'[' | b'{' => {
                depth += 1;
                opened += 1;
                if depth > DEPTH_LIMIT {
                    return Err(YamlFault::TooDeep);
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    // Closing brackets in quotes hide how deep it really goes; nothing hides the opening ones.
    if opened.saturating_mul(text.len()) > BRACKET_BUDGET {
        return Err(YamlFault::TooDeep);
    }
    Ok(())
}

/// Walks a whole document: counts its values, refuses equal keys, keeps nothing.
#[derive(Clone, Copy)]
struct Census<'a> {
    left: &'a Cell<usize>,
}

impl<'de> DeserializeSeed<'de> for Census<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let left = self.left.get().checked_sub(1).ok_or_else(|| {
            D::Error::custom(format_args!(
                "more than {VALUE_LIMIT} values, aliases written out"
            ))
        })?;
        self.left.set(left);
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Census<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_i128<E>(self, _: i128) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u128<E>(self, _: u128) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    /// An empty document.
    fn visit_none<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(self)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen = HashSet::new();
        while let Some(key) = map.next_key::<Key>()? {
            if let Key::Scalar(key) = key
                && let Some(key) = seen.replace(key)
            {
                return Err(A::Error::custom(format_args!(
                    "the key {key} is there twice"
                )));
            }
            map.next_value_seed(self)?;
        }
        Ok(())
    }

    /// A value with a tag, such as `!date 2026-03-02`.
    fn visit_enum<A: EnumAccess<'de>>(self, tagged: A) -> Result<(), A::Error> {
        let (IgnoredAny, value) = tagged.variant()?;
        value.newtype_variant_seed(self)
    }
}

/// A key of a map. Two are equal when they are scalars of one type and value.
enum Key {
    Scalar(String),
    Other,
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KeyVisitor)
    }
}

struct KeyVisitor;

impl<'de> Visitor<'de> for KeyVisitor {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Key, E> {
        Ok(Key::Scalar(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Key, E> {
        Ok(Key::Scalar(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Key, E> {
        Ok(Key::Scalar(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Key, E> {
        Ok(Key::Scalar(value.to_string()))
    }

    fn visit_unit<E>(self) -> Result<Key, E> {
        Ok(Key::Scalar("null".into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Key, E> {
        // In quotes, so that the text `1` and the number 1 differ.
        Ok(Key::Scalar(format!("{value:?}")))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Key, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Key::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Key, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Key::Other)
    }

    fn visit_enum<A: EnumAccess<'de>>(self, tagged: A) -> Result<Key, A::Error> {
        let (IgnoredAny, value) = tagged.variant()?;
        value.newtype_variant::<IgnoredAny>()?;
        Ok(Key::Other)
    }
}

/// A string and nothing else: `1`, `true` and `~` are none, as in YAML 1.2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Text(pub(crate) String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;

        impl Visitor<'_> for TextVisitor {
            type Value = Text;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_str<E>(self, value: &str) -> Result<Text, E> {
                Ok(Text(value.to_owned()))
            }
        }

        deserializer.deserialize_any(TextVisitor)
    }
}

/// A list and nothing else: an empty value is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct List<T>(pub(crate) Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ListVisitor<T>(std::marker::PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for ListVisitor<T> {
            type Value = List<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<List<T>, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = list.next_element()? {
                    items.push(item);
                }
                Ok(List(items))
            }
        }

        deserializer.deserialize_any(ListVisitor(std::marker::PhantomData))
    }
}

/// For `deserialize_with`: a key may be absent, but where it is, it has a value.
pub(crate) fn given<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests;
