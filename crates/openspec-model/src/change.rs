//! One change with everything a card shows of it.

use sync_core::ids::ChangeName;

use crate::artifacts::Survey;
use crate::beneath::{FileRef, Found, Place};
use crate::error::Error;
use crate::folder::MARKDOWN_LIMIT;
use crate::proposal;
use crate::root::OpenSpec;
use crate::sections::{TaskSection, sections_up_to};
use crate::task::Task;
use crate::text::lossy;
use crate::warning::Warning;
use crate::workspace::{OpenChange, Workspace, task_files};

/// A change with more tasks than this is not shown: each would be a request to the board.
const MOST_TASKS: usize = 5000;

/// A change that could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its folder's name.
    pub name: ChangeName,
    /// The title of its proposal; its name when there is none.
    pub title: String,
    /// The name of its schema.
    pub schema: String,
    planned: bool,
    /// Its tasks as `list` counts them, file by file, below the headings they stand under.
    pub sections: Vec<TaskSection>,
    /// Why it is wanted: the first paragraphs of its proposal's Why, as plain text, at most some
    /// 500 characters.
    pub why: Option<String>,
    /// What was odd about its files and could be read nevertheless.
    pub warnings: Vec<Warning>,
}

impl Change {
    /// Whether every artifact that is required before work begins is done or skipped.
    pub fn is_planned(&self) -> bool {
        self.planned
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
    /// Everything that makes a change unreadable, `TooManyTasks` among it; `UnknownChange`, and
    /// `Name` for what names none.
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
    let survey = Survey::for_work(&change.place, &rules)?;
    let mut warnings = Vec::new();
    let files = task_files(change, Some(&rules), Some(&survey))?;
    let sections = read_sections(change, &files, &mut warnings)?;
    let planned = survey.is_planned();
    let proposal = read_proposal(&change.place, &mut warnings)?;
    let title = proposal
        .as_deref()
        .and_then(|text| proposal::title(&lossy(text)).map(str::to_owned));
    Ok(Change {
        name: ChangeName::new(change.name.clone()),
        title: title.unwrap_or_else(|| change.name.clone()),
        schema: rules.schema_name,
        planned,
        sections,
        why: proposal.as_deref().and_then(proposal::why),
        warnings,
    })
}

fn read_sections(
    change: &OpenChange,
    files: &[FileRef],
    warnings: &mut Vec<Warning>,
) -> Result<Vec<TaskSection>, Error> {
    let mut sections = Vec::new();
    let mut count = 0;
    for file in files {
        let content = read_text(file, warnings)?;
        let room = MOST_TASKS.saturating_sub(count);
        let (mut found, number) = sections_up_to(&content, room);
        sections.append(&mut found);
        count += number;
    }
    if count > MOST_TASKS {
        return Err(Error::TooManyTasks {
            path: match files {
                [file] => file.path(),
                _ => change.place.path().to_owned(),
            },
            count,
            limit: MOST_TASKS,
        });
    }
    Ok(sections)
}

/// A schema without a proposal may still have a file of that name.
fn read_proposal(change: &Place, warnings: &mut Vec<Warning>) -> Result<Option<Vec<u8>>, Error> {
    match change.follow_whole("proposal.md")? {
        Found::File(file) => read_text(&file, warnings).map(Some),
        _ => Ok(None),
    }
}

/// What is not UTF-8 is replaced later, as the CLI does without a word.
fn read_text(file: &FileRef, warnings: &mut Vec<Warning>) -> Result<Vec<u8>, Error> {
    let content = file.read(MARKDOWN_LIMIT)?;
    if let Err(fault) = std::str::from_utf8(&content) {
        warnings.push(Warning::not_utf8(&file.path(), &fault));
    }
    Ok(content)
}
