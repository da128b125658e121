//! `openspec status`: how far the artifacts of a change are.

use camino::Utf8PathBuf;

use crate::artifacts::{ArtifactState, ArtifactStatus, Survey};
use crate::beneath::FileRef;
use crate::collation::by_name;
use crate::error::Error;
use crate::root::OpenSpec;
use crate::workspace::{OpenChange, Workspace, change_entries, open_entry};

/// What `openspec status --change` says. Nothing of it speaks of tasks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeStatus {
    /// The change's name.
    pub change_name: String,
    /// The name of its schema.
    pub schema_name: String,
    /// Its folder, links resolved.
    pub change_root: Utf8PathBuf,
    /// Where its artifacts are, in the order of the schema.
    pub artifact_paths: Vec<ArtifactPaths>,
    /// Whether every artifact is done or skipped: `isPlanningComplete` and `isComplete` alike.
    pub is_complete: bool,
    /// The ids required before work begins.
    pub apply_requires: Vec<String>,
    /// What to do next; at most one sentence.
    pub next_steps: Vec<String>,
    /// How far each artifact is, in the order they can be built.
    pub artifacts: Vec<ArtifactState>,
}

/// Where an artifact is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArtifactPaths {
    /// The artifact's id.
    pub id: String,
    /// The path or pattern, as the schema writes it.
    pub output_path: String,
    /// The same below the change's folder.
    pub resolved_output_path: Utf8PathBuf,
    /// The files there are, links resolved, by UTF-16 order.
    pub existing_output_paths: Vec<Utf8PathBuf>,
}

/// One entry of `openspec status --all`.
#[derive(Debug)]
pub struct StatusEntry {
    /// The change's name.
    pub name: String,
    /// Its status, or why it has none.
    pub status: Result<ChangeStatus, Error>,
}

impl OpenSpec {
    /// Tells how far the artifacts of one change are, as `openspec status --change`.
    ///
    /// # Errors
    ///
    /// `Name`, `UnknownChange`, `Nested`, and whatever keeps the change from being read.
    pub fn status(&self, name: &str) -> Result<ChangeStatus, Error> {
        let workspace = Workspace::open(self)?;
        status_of(&workspace, &workspace.open_named(name)?)
    }

    /// Tells how far the artifacts of every change are, as `openspec status --all`: by name, hidden
    /// folders left out. No `changes/` is no change.
    ///
    /// # Errors
    ///
    /// When `changes/` is there and cannot be listed, or there is no `openspec/`.
    pub fn status_all(&self) -> Result<Vec<StatusEntry>, Error> {
        let workspace = Workspace::open(self)?;
        let Some(changes) = workspace.changes()? else {
            return Ok(Vec::new());
        };
        let mut entries: Vec<StatusEntry> = change_entries(&changes)
            .filter(|entry| !entry.is_hidden())
            .map(|entry| StatusEntry {
                name: entry.shown().into_owned(),
                status: open_entry(&changes, entry)
                    .and_then(|change| status_of(&workspace, &change)),
            })
            .collect();
        entries.sort_by(|a, b| by_name(&a.name, &b.name));
        Ok(entries)
    }
}

fn status_of(workspace: &Workspace, change: &OpenChange) -> Result<ChangeStatus, Error> {
    workspace.refuse_nested(change)?;
    let rules = workspace.rules(change)?;
    let survey = Survey::of(&change.place, &rules)?;
    let artifacts = survey.states();
    let artifact_paths = std::iter::zip(&rules.schema.artifacts, &survey.files)
        .map(|(artifact, files)| ArtifactPaths {
            id: artifact.id.clone(),
            output_path: artifact.generates.text.clone(),
            resolved_output_path: artifact.generates.below(change.place.path()),
            existing_output_paths: files.iter().map(FileRef::path).collect(),
        })
        .collect();
    let is_complete = artifacts
        .iter()
        .all(|artifact| artifact.status.is_settled());
    Ok(ChangeStatus {
        change_name: change.name.clone(),
        schema_name: rules.schema_name,
        change_root: change.place.path().to_owned(),
        artifact_paths,
        is_complete,
        apply_requires: rules.schema.apply_requires.clone(),
        next_steps: next_step(&change.name, &artifacts, is_complete)
            .into_iter()
            .collect(),
        artifacts,
    })
}

fn next_step(name: &str, artifacts: &[ArtifactState], is_complete: bool) -> Option<String> {
    let ready = artifacts
        .iter()
        .find(|artifact| artifact.status == ArtifactStatus::Ready);
    match ready {
        Some(artifact) => Some(format!(
            "Run openspec instructions {} --change \"{name}\" --json before writing that artifact.",
            artifact.id
        )),
        None if is_complete => Some(format!(
            "All planning artifacts are complete. Run openspec instructions apply --change \
             \"{name}\" --json to inspect implementation progress."
        )),
        None => None,
    }
}
