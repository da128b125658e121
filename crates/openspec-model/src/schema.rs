//! Workflow schemas: which artifacts a change has, what each needs, where its tasks are.

use std::collections::HashMap;

use camino::{Utf8Path, Utf8PathBuf};
use serde::Deserialize;

use crate::pattern::{Pattern, PatternFault};
use crate::yaml::{List, Text, YamlFault, given, parse};

/// More artifacts than this are refused, as by the CLI.
const MOST_ARTIFACTS: usize = 1000;

/// Why a schema file is refused.
#[derive(Debug, thiserror::Error)]
pub enum SchemaFault {
    /// No valid YAML, or a key without its type.
    #[error(transparent)]
    Yaml(#[from] YamlFault),
    /// A list is empty or too long, a text is empty.
    #[error("{0}")]
    Rule(&'static str),
    /// A path that is absolute or leads up.
    #[error("the path `{0}` must be relative and without `..`")]
    Path(String),
    /// A pattern that is not understood.
    #[error("the pattern `{pattern}`")]
    Pattern {
        /// The pattern.
        pattern: String,
        /// What is wrong with it.
        #[source]
        source: PatternFault,
    },
    /// Two artifacts have one id.
    #[error("the artifact `{0}` is there twice")]
    DuplicateId(String),
    /// An artifact or the apply phase asks for an artifact that is not there.
    #[error("`{0}` is required and is no artifact")]
    UnknownId(String),
    /// Artifacts that need each other.
    #[error("`{0}` needs itself, directly or through others")]
    Cycle(String),
}

/// A workflow schema that has been checked.
#[derive(Clone, Debug)]
pub struct Schema {
    /// In the order of declaration.
    pub(crate) artifacts: Vec<Artifact>,
    /// What has to be there before work begins: ids; all of them when the schema does not say.
    pub(crate) apply_requires: Vec<String>,
    /// Where the apply phase finds its tasks.
    pub(crate) tracks: Option<Output>,
    /// Positions in `artifacts`, each after those it needs, else as declared.
    pub(crate) build_order: Vec<usize>,
}

/// One artifact of a schema.
#[derive(Clone, Debug)]
pub(crate) struct Artifact {
    pub(crate) id: String,
    pub(crate) generates: Output,
    pub(crate) requires: Vec<String>,
}

/// Where an artifact is written: the text of the schema, and what it means.
#[derive(Clone, Debug)]
pub(crate) struct Output {
    pub(crate) text: String,
    pub(crate) pattern: Pattern,
}

#[derive(Deserialize)]
struct RawSchema {
    name: Text,
    version: f64,
    #[serde(default, deserialize_with = "given", rename = "description")]
    _description: Option<Text>,
    artifacts: List<RawArtifact>,
    #[serde(default, deserialize_with = "given")]
    apply: Option<RawApply>,
}

#[derive(Deserialize)]
struct RawArtifact {
    id: Text,
    generates: Text,
    #[serde(rename = "description")]
    _description: Text,
    template: Text,
    #[serde(default, deserialize_with = "given", rename = "instruction")]
    _instruction: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    requires: Option<List<Text>>,
}

#[derive(Deserialize)]
struct RawApply {
    requires: List<Text>,
    #[serde(default)]
    tracks: Option<Text>,
    #[serde(default, deserialize_with = "given", rename = "instruction")]
    _instruction: Option<Text>,
}

impl Schema {
    /// The schema that ships with the CLI.
    #[expect(
        clippy::expect_used,
        reason = "its text stands here, and the tests read it"
    )]
    pub(crate) fn spec_driven() -> Self {
        let artifact = |id: &str, generates: &str, requires: &[&str]| Artifact {
            id: id.into(),
            generates: Output::new(generates).expect("a pattern of our own"),
            requires: requires.iter().map(|id| (*id).to_owned()).collect(),
        };
        Self::checked(
            vec![
                artifact("proposal", "proposal.md", &[]),
                artifact("specs", "specs/**/*.md", &["proposal"]),
                artifact("design", "design.md", &["proposal"]),
                artifact("tasks", "tasks.md", &["specs", "design"]),
            ],
            Some(vec!["tasks".into()]),
            Some(Output::new("tasks.md").expect("a path of our own")),
        )
        .expect("a schema of our own")
    }

    /// Reads the text of a `schema.yaml`.
    ///
    /// # Errors
    ///
    /// What the CLI refuses (OpenSpec sheet §1), and patterns this reader does not know.
    pub fn parse(bytes: &[u8]) -> Result<Self, SchemaFault> {
        let raw: RawSchema = parse(bytes)?;
        let rule = |kept: bool, rule| {
            if kept {
                Ok(())
            } else {
                Err(SchemaFault::Rule(rule))
            }
        };
        rule(!raw.name.0.is_empty(), "the name must not be empty")?;
        let whole = raw.version.fract() == 0.0 && raw.version > 0.0;
        rule(whole, "the version must be a positive whole number")?;
        rule(!raw.artifacts.0.is_empty(), "there must be an artifact")?;
        rule(
            raw.artifacts.0.len() <= MOST_ARTIFACTS,
            "there are more than 1000 artifacts",
        )?;
        let mut artifacts = Vec::with_capacity(raw.artifacts.0.len());
        for artifact in raw.artifacts.0 {
            rule(
                !artifact.id.0.is_empty(),
                "the id of an artifact must not be empty",
            )?;
            check_relative(&artifact.template.0)?;
            artifacts.push(Artifact {
                id: artifact.id.0,
                generates: Output::new(&artifact.generates.0)?,
                requires: texts(artifact.requires),
            });
        }
        let Some(apply) = raw.apply else {
            return Self::checked(artifacts, None, None);
        };
        rule(
            !apply.requires.0.is_empty(),
            "apply must require an artifact",
        )?;
        let tracks = apply.tracks.map(|path| Output::new(&path.0)).transpose()?;
        Self::checked(artifacts, Some(texts(Some(apply.requires))), tracks)
    }

    fn checked(
        artifacts: Vec<Artifact>,
        apply_requires: Option<Vec<String>>,
        tracks: Option<Output>,
    ) -> Result<Self, SchemaFault> {
        let mut positions = HashMap::new();
        for (position, artifact) in artifacts.iter().enumerate() {
            if positions.insert(artifact.id.clone(), position).is_some() {
                return Err(SchemaFault::DuplicateId(artifact.id.clone()));
            }
        }
        let needed = artifacts.iter().flat_map(|artifact| &artifact.requires);
        for id in needed.chain(apply_requires.iter().flatten()) {
            if !positions.contains_key(id) {
                return Err(SchemaFault::UnknownId(id.clone()));
            }
        }
        let build_order = build_order(&artifacts, &positions)?;
        let apply_requires = apply_requires.unwrap_or_else(|| {
            artifacts
                .iter()
                .map(|artifact| artifact.id.clone())
                .collect()
        });
        Ok(Self {
            artifacts,
            apply_requires,
            tracks,
            build_order,
        })
    }

    /// The artifact whose files `list` counts tasks in: the one that generates exactly what the
    /// apply phase tracks; without a tracked path, the one called `tasks`.
    pub(crate) fn tracked(&self) -> Option<&Artifact> {
        self.artifacts.iter().find(|artifact| match &self.tracks {
            Some(tracks) => artifact.generates.text == tracks.text,
            None => artifact.id == "tasks",
        })
    }
}

impl Output {
    fn new(text: &str) -> Result<Self, SchemaFault> {
        check_relative(text)?;
        let pattern = Pattern::parse(text).map_err(|source| SchemaFault::Pattern {
            pattern: text.to_owned(),
            source,
        })?;
        Ok(Self {
            text: text.to_owned(),
            pattern,
        })
    }

    /// The text as a path below `folder`, without empty steps and `.`.
    pub(crate) fn below(&self, folder: &Utf8Path) -> Utf8PathBuf {
        let mut path = folder.to_owned();
        path.extend(self.steps());
        path
    }

    fn steps(&self) -> impl Iterator<Item = &str> {
        self.text
            .split('/')
            .filter(|step| !step.is_empty() && *step != ".")
    }

    /// Whether `skip_specs` of a change speaks of this artifact.
    pub(crate) fn is_specs(&self) -> bool {
        let mut steps = self.steps();
        steps.next() == Some("specs") && steps.next().is_some()
    }
}

/// Takes the first of those that need nothing more, again and again; all at once would let a
/// later artifact come before one that was declared earlier and has just become free.
fn build_order(
    artifacts: &[Artifact],
    positions: &HashMap<String, usize>,
) -> Result<Vec<usize>, SchemaFault> {
    let mut needed_by = vec![Vec::new(); artifacts.len()];
    for (position, artifact) in artifacts.iter().enumerate() {
        for id in &artifact.requires {
            needed_by[positions[id]].push(position);
        }
    }
    let mut missing: Vec<usize> = artifacts
        .iter()
        .map(|artifact| artifact.requires.len())
        .collect();
    let mut placed = vec![false; artifacts.len()];
    let mut order = Vec::with_capacity(artifacts.len());
    while let Some(next) = (0..artifacts.len()).find(|at| !placed[*at] && missing[*at] == 0) {
        placed[next] = true;
        order.push(next);
        for position in &needed_by[next] {
            missing[*position] -= 1;
        }
    }
    match placed.iter().position(|placed| !placed) {
        None => Ok(order),
        Some(left) => Err(SchemaFault::Cycle(artifacts[left].id.clone())),
    }
}

fn check_relative(path: &str) -> Result<(), SchemaFault> {
    let drive =
        path.len() >= 2 && path.as_bytes()[0].is_ascii_alphabetic() && path.as_bytes()[1] == b':';
    let leads_up = path.split(['/', '\\']).any(|step| step == "..");
    if path.is_empty() || path.starts_with(['/', '\\']) || drive || leads_up || path.contains('\0')
    {
        return Err(SchemaFault::Path(path.to_owned()));
    }
    Ok(())
}

fn texts(list: Option<List<Text>>) -> Vec<String> {
    list.map(|list| list.0.into_iter().map(|text| text.0).collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests;
