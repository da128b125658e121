//! How far each artifact of a change is: by existence of its files only, never by their content.

use crate::beneath::{FileRef, Place};
use crate::error::Error;
use crate::outputs::outputs;
use crate::schema::{Artifact, Schema};
use crate::workspace::Rules;

/// One artifact of a change and how far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArtifactState {
    /// Its id in the schema.
    pub id: String,
    /// The path or pattern its files have, as the schema writes it.
    pub output_path: String,
    /// How far it is.
    pub status: ArtifactStatus,
    /// The ids it needs, as the schema lists them.
    pub requires: Vec<String>,
}

/// How far an artifact is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArtifactStatus {
    /// It has a file, even if something it needs is missing.
    Done,
    /// It has none, and the change says `skip_specs`, and it would lie under `specs/`.
    Skipped,
    /// It has none, and all it needs is done or skipped.
    Ready,
    /// Something it needs is neither done nor skipped.
    Blocked {
        /// What that is, in the schema's order.
        missing_deps: Vec<String>,
    },
}

impl ArtifactStatus {
    /// Whether nothing is left to do for it: done or skipped.
    pub fn is_settled(&self) -> bool {
        matches!(self, Self::Done | Self::Skipped)
    }

    /// The word in JSON.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Skipped => "skipped",
            Self::Ready => "ready",
            Self::Blocked { .. } => "blocked",
        }
    }
}

/// The artifacts of a change with their files.
pub(crate) struct Survey<'a> {
    schema: &'a Schema,
    /// By declaration.
    pub(crate) files: Vec<Vec<FileRef>>,
    settled: Vec<bool>,
    skip_specs: bool,
}

impl<'a> Survey<'a> {
    /// Looks for the files of every artifact.
    pub(crate) fn of(change: &Place, rules: &'a Rules) -> Result<Self, Error> {
        Self::of_those(change, rules, |_| true)
    }

    /// Looks for the files of what is required before work begins and of what is tracked, which is
    /// all a board shows. Nothing is known of other artifacts, so [`Survey::states`] must not be
    /// asked; what is wrong with their files is not found.
    pub(crate) fn for_work(change: &Place, rules: &'a Rules) -> Result<Self, Error> {
        let schema = &rules.schema;
        let tracked = schema.tracked().map(|artifact| &artifact.id);
        Self::of_those(change, rules, |artifact| {
            schema.apply_requires.contains(&artifact.id) || tracked == Some(&artifact.id)
        })
    }

    fn of_those(
        change: &Place,
        rules: &'a Rules,
        is_asked: impl Fn(&Artifact) -> bool,
    ) -> Result<Self, Error> {
        let (schema, skip_specs) = (&*rules.schema, rules.skip_specs);
        let look = |artifact: &Artifact| {
            if is_asked(artifact) {
                outputs(change, &artifact.generates.pattern)
            } else {
                Ok(Vec::new())
            }
        };
        let files: Vec<Vec<FileRef>> = schema
            .artifacts
            .iter()
            .map(look)
            .collect::<Result<_, _>>()?;
        let settled = std::iter::zip(&schema.artifacts, &files)
            .map(|(artifact, files)| {
                !files.is_empty() || (skip_specs && artifact.generates.is_specs())
            })
            .collect();
        Ok(Self {
            schema,
            files,
            settled,
            skip_specs,
        })
    }

    /// Whether all that is required before work begins is done or skipped.
    pub(crate) fn is_planned(&self) -> bool {
        let is_settled = |id: &String| self.position(id).is_some_and(|at| self.settled[at]);
        self.schema.apply_requires.iter().all(is_settled)
    }

    /// The files of the artifact `id`.
    pub(crate) fn files_of(&self, id: &str) -> &[FileRef] {
        self.position(id).map_or(&[], |at| &self.files[at])
    }

    fn position(&self, id: &str) -> Option<usize> {
        self.schema
            .artifacts
            .iter()
            .position(|artifact| artifact.id == id)
    }

    /// Every artifact's state, in the order they can be built.
    pub(crate) fn states(&self) -> Vec<ArtifactState> {
        self.schema
            .build_order
            .iter()
            .map(|at| self.state(*at))
            .collect()
    }

    fn state(&self, at: usize) -> ArtifactState {
        let artifact = &self.schema.artifacts[at];
        let status = if !self.files[at].is_empty() {
            ArtifactStatus::Done
        } else if self.skip_specs && artifact.generates.is_specs() {
            ArtifactStatus::Skipped
        } else {
            let mut missing: Vec<usize> = artifact
                .requires
                .iter()
                .filter_map(|id| self.position(id))
                .filter(|at| !self.settled[*at])
                .collect();
            missing.sort_unstable();
            if missing.is_empty() {
                ArtifactStatus::Ready
            } else {
                let id = |at: usize| self.schema.artifacts[at].id.clone();
                ArtifactStatus::Blocked {
                    missing_deps: missing.into_iter().map(id).collect(),
                }
            }
        };
        ArtifactState {
            id: artifact.id.clone(),
            output_path: artifact.generates.text.clone(),
            status,
            requires: artifact.requires.clone(),
        }
    }
}
