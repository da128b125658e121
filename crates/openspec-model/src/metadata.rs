//! `.openspec.yaml` of a change and `config.yaml` of a project (OpenSpec sheet §1).

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::yaml::{List, Text, YamlFault, given, parse};

/// The file a change keeps its metadata in.
pub(crate) const METADATA_FILE: &str = ".openspec.yaml";

/// What `.openspec.yaml` says, as far as reading a change needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// The name of the change's schema.
    pub schema: String,
    /// Whether the change says that it needs no delta specs.
    pub skip_specs: bool,
}

/// Every key with a rule; others are for people.
#[derive(Deserialize)]
struct RawMetadata {
    schema: Text,
    #[serde(default, deserialize_with = "given")]
    created: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    goal: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    affected_areas: Option<List<Text>>,
    #[serde(default, deserialize_with = "given")]
    initiative: Option<RawInitiative>,
    #[serde(default, deserialize_with = "given")]
    skip_specs: Option<bool>,
    #[serde(default, deserialize_with = "given", rename = "retire_capabilities")]
    _retire_capabilities: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawInitiative {
    store: Text,
    id: Text,
}

impl Metadata {
    /// Reads the text of an `.openspec.yaml`.
    ///
    /// # Errors
    ///
    /// What the CLI refuses: bad YAML, two documents, an equal key, a key without its type or
    /// against its rule. Whether the schema exists is not looked at here.
    pub fn parse(bytes: &[u8]) -> Result<Self, YamlFault> {
        let raw: RawMetadata = parse(bytes)?;
        let rule = |kept: bool, key, rule| {
            if kept {
                Ok(())
            } else {
                Err(YamlFault::Rule { key, rule })
            }
        };
        rule(!raw.schema.0.is_empty(), "schema", "must not be empty")?;
        let dated = raw.created.is_none_or(|created| is_date(&created.0));
        rule(dated, "created", "must be a date as YYYY-MM-DD")?;
        let aimed = raw.goal.is_none_or(|goal| !goal.0.is_empty());
        rule(aimed, "goal", "must not be empty")?;
        let named = raw
            .affected_areas
            .is_none_or(|areas| areas.0.iter().all(|area| !area.0.is_empty()));
        rule(named, "affected_areas", "must not hold an empty name")?;
        let linked = raw
            .initiative
            .is_none_or(|to| is_kebab(&to.store.0) && is_kebab(&to.id.0));
        rule(
            linked,
            "initiative",
            "must hold a store and an id in kebab-case",
        )?;
        Ok(Self {
            schema: raw.schema.0,
            skip_specs: raw.skip_specs == Some(true),
        })
    }
}

/// Four digits, two, two; whether the calendar has such a day is not asked.
fn is_date(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(index, byte)| match index {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

fn is_kebab(text: &str) -> bool {
    text.split('-').all(|word| {
        !word.is_empty()
            && word
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    })
}

/// What `config.yaml` says, as far as reading needs it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Config {
    /// The schema of changes that name none.
    pub(crate) schema: Option<String>,
    /// Where the changes are kept, if not here.
    pub(crate) store: Store,
    /// A `schema` that is no name: left out, and told.
    pub(crate) odd_schema: bool,
}

/// The `store` key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Store {
    /// The changes are here.
    #[default]
    Here,
    /// They are in the store of this id.
    Elsewhere(String),
    /// The key is there and is no id.
    Unclear,
}

#[derive(Deserialize)]
struct RawConfig {
    schema: Option<Lenient>,
    store: Option<Lenient>,
}

/// A value that is a string, or else is not looked at.
#[derive(Deserialize)]
#[serde(untagged)]
enum Lenient {
    Text(Text),
    Odd(IgnoredAny),
}

impl Config {
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, YamlFault> {
        let raw: RawConfig = parse(bytes)?;
        let mut config = Self::default();
        match raw.schema {
            Some(Lenient::Text(Text(name))) if !name.is_empty() => config.schema = Some(name),
            Some(Lenient::Text(_) | Lenient::Odd(_)) => config.odd_schema = true,
            None => {}
        }
        config.store = match raw.store {
            None => Store::Here,
            Some(Lenient::Text(Text(id))) => Store::Elsewhere(id),
            Some(Lenient::Odd(_)) => Store::Unclear,
        };
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(text: &str) -> bool {
        Metadata::parse(text.as_bytes()).is_ok()
    }

    #[test]
    fn rules_of_the_keys() {
        assert!(accepts("schema: spec-driven\ncreated: 2026-02-30\n"));
        assert!(accepts("schema: a\nstatus: draft\npriority: [1, {x: ~}]\n"));
        assert!(accepts(
            "schema: a\ngoal: g\naffected_areas: [x]\ninitiative: {store: s-1, id: i}\n"
        ));
        assert!(accepts(
            "schema: a\naffected_areas: []\nskip_specs: false\nretire_capabilities: true"
        ));
        for bad in [
            "",
            "~",
            "[]",
            "schema:\n",
            "schema: ''\n",
            "schema: 7\n",
            "schema: [a]\n",
            "created: 2026-03-02\n",
            "schema: a\ncreated: 2026\n",
            "schema: a\ncreated: 02-03-2026\n",
            "schema: a\ncreated:\n",
            "schema: a\ngoal: ''\n",
            "schema: a\naffected_areas: x\n",
            "schema: a\naffected_areas:\n",
            "schema: a\naffected_areas: ['']\n",
            "schema: a\ninitiative: {store: s}\n",
            "schema: a\ninitiative: {store: s, id: I}\n",
            "schema: a\ninitiative: {store: s, id: i, more: 1}\n",
            "schema: a\nskip_specs: yes\n",
            "schema: a\nskip_specs: 'true'\n",
            "schema: a\nskip_specs:\n",
            "schema: a\nretire_capabilities: 1\n",
        ] {
            assert!(!accepts(bad), "{bad:?}");
        }
    }

    #[test]
    fn skip_specs_is_a_boolean_in_any_case_yaml_has() {
        for text in ["true", "True", "TRUE"] {
            let read =
                Metadata::parse(format!("schema: a\nskip_specs: {text}").as_bytes()).unwrap();
            assert!(read.skip_specs, "{text}");
        }
    }

    #[test]
    fn config_keeps_what_it_can() {
        let read = |text: &str| Config::parse(text.as_bytes()).unwrap();
        assert_eq!(
            read("schema: team\ncontext: |\n  [ ] x\n")
                .schema
                .as_deref(),
            Some("team")
        );
        assert!(read("schema: [a]\n").odd_schema);
        assert!(read("schema: ''\n").odd_schema);
        assert_eq!(
            read("store: notes\n").store,
            Store::Elsewhere("notes".into())
        );
        assert_eq!(read("store: [a]\n").store, Store::Unclear);
        assert!(Config::parse(b"schema: a\nschema: b\n").is_err());
        assert!(
            Config::parse(b"<<<<<<< HEAD\nschema: a\n=======\nschema: b\n>>>>>>> x\n").is_err()
        );
    }
}
