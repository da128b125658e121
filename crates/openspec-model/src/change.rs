//! One change with everything a card shows of it.

use std::collections::HashMap;

use sync_core::ids::ChangeName;

use crate::artifacts::{ArtifactState, Survey};
use crate::beneath::{Found, Place};
use crate::error::Error;
use crate::folder::MARKDOWN_LIMIT;
use crate::proposal;
use crate::root::OpenSpec;
use crate::sections::{TaskSection, read_tasks};
use crate::task::Task;
use crate::text::lossy;
use crate::workspace::{OpenChange, Workspace, task_files};

/// A change that could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its folder's name.
    pub name: ChangeName,
    /// The title of its proposal; its name when there is none.
    pub title: String,
    /// The name of its schema.
    pub schema: String,
    /// How far its artifacts are, in the order they can be built.
    pub artifacts: Vec<ArtifactState>,
    /// The ids of the artifacts that have to be there before work begins.
    pub apply_requires: Vec<String>,
    /// Its tasks as `list` counts them, file by file, below the headings they stand under.
    pub sections: Vec<TaskSection>,
    /// Why it is wanted: the first paragraphs of its proposal's Why, as plain text, at most some
    /// 500 characters.
    pub why: Option<String>,
}

impl Change {
    /// Whether every artifact that is required before work begins is done or skipped.
    pub fn is_planned(&self) -> bool {
        let settled: HashMap<&str, bool> = self
            .artifacts
            .iter()
            .map(|artifact| (artifact.id.as_str(), artifact.status.is_settled()))
            .collect();
        self.apply_requires
            .iter()
            .all(|id| settled.get(id.as_str()) == Some(&true))
    }

    /// All its tasks.
    pub fn tasks(&self) -> impl Iterator<Item = &Task> {
        self.sections.iter().flat_map(|section| &section.tasks)
    }

    /// How many tasks it has, those without a text included.
    pub fn task_count(&self) -> usize {
        self.sections
            .iter()
            .map(|section| section.tasks.len())
            .sum()
    }

    /// How many of its tasks are not ticked.
    pub fn open_task_count(&self) -> usize {
        self.tasks().filter(|task| !task.done).count()
    }
}

impl OpenSpec {
    /// Reads one change by name. It may be all there is of the project, as after an export from
    /// git's history; what is missing then counts as not there.
    ///
    /// # Errors
    ///
    /// Everything that makes a change unreadable, `UnknownChange`, and `Name` for what names none.
    pub fn read_change(&self, name: &ChangeName) -> Result<Change, Error> {
        let workspace = Workspace::open(self)?;
        let change = workspace.open_named(name.as_str())?;
        read_open_change(&workspace, &change)
    }
}

pub(crate) fn read_open_change(
    workspace: &Workspace,
    change: &OpenChange,
) -> Result<Change, Error> {
    workspace.refuse_nested(change)?;
    let rules = workspace.rules(change)?;
    let survey = Survey::of(&change.place, &rules.schema, rules.skip_specs)?;
    let mut sections = Vec::new();
    for file in task_files(change, Some(&rules), Some(&survey))? {
        sections.extend(read_tasks(&file.read(MARKDOWN_LIMIT)?));
    }
    let proposal = read_proposal(&change.place)?;
    let title = proposal
        .as_deref()
        .and_then(|text| proposal::title(&lossy(text)).map(str::to_owned));
    Ok(Change {
        name: ChangeName::new(change.name.clone()),
        title: title.unwrap_or_else(|| change.name.clone()),
        schema: rules.schema_name,
        artifacts: survey.states(),
        apply_requires: rules.schema.apply_requires.clone(),
        sections,
        why: proposal.as_deref().and_then(proposal::why),
    })
}

/// A schema without a proposal may still have a file of that name.
fn read_proposal(change: &Place) -> Result<Option<Vec<u8>>, Error> {
    match change.follow_whole("proposal.md")? {
        Found::File(file) => file.read(MARKDOWN_LIMIT).map(Some),
        _ => Ok(None),
    }
}
