//! `openspec list`: every change with its tasks counted.

use crate::collation::by_name;
use crate::error::Error;
use crate::folder::{FileKind, MARKDOWN_LIMIT};
use crate::modified::last_modified;
use crate::nested::nested_text;
use crate::root::OpenSpec;
use crate::specs::{SpecList, list_specs};
use crate::task::task_lines;
use crate::text::lossy;
use crate::workspace::{OpenChange, Workspace, change_entries, open_entry, task_files};

/// In which order changes are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ListOrder {
    /// The one touched last first; equal ones by the bytes of their names.
    #[default]
    Recent,
    /// By name, as people sort.
    Name,
}

/// What `openspec list` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangeList {
    /// Every change, hidden ones included.
    pub changes: Vec<ChangeSummary>,
    /// What is odd: first the folders that wrap changes, then what the CLI would fail for.
    pub warnings: Vec<ListWarning>,
}

/// One change of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeSummary {
    /// The folder's name.
    pub name: String,
    /// How many tasks are ticked.
    pub completed_tasks: usize,
    /// How many tasks there are.
    pub total_tasks: usize,
    /// When it was last touched, in milliseconds since 1970, UTC.
    pub last_modified: i64,
    /// The changes it wraps, as `folder/change`, when it is no change itself.
    pub nested: Option<Vec<String>>,
}

/// One warning of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListWarning {
    /// `nested_change_directory`, or `unreadable_change`, which is ours.
    pub code: &'static str,
    /// The change it is about.
    pub name: String,
    /// The changes a folder wraps.
    pub nested: Option<Vec<String>>,
    /// A sentence for people.
    pub message: String,
}

impl ChangeSummary {
    /// `no-tasks`, `complete` or `in-progress`.
    pub fn status(&self) -> &'static str {
        match (self.completed_tasks, self.total_tasks) {
            (_, 0) => "no-tasks",
            (completed, total) if completed == total => "complete",
            _ => "in-progress",
        }
    }
}

impl OpenSpec {
    /// Lists the changes, as `openspec list` does. No `changes/` is no change.
    ///
    /// Where one change makes the CLI fail for all, here it alone gets a warning and no tasks.
    ///
    /// # Errors
    ///
    /// When `changes/` is there and cannot be listed, or there is no `openspec/`.
    pub fn list(&self, order: ListOrder) -> Result<ChangeList, Error> {
        let workspace = Workspace::open(self)?;
        let Some(changes) = workspace.changes()? else {
            return Ok(ChangeList::default());
        };
        let mut list = ChangeList::default();
        let mut troubles = Vec::new();
        for entry in change_entries(&changes) {
            let name = entry.shown().into_owned();
            let mut summary = ChangeSummary {
                name: name.clone(),
                completed_tasks: 0,
                total_tasks: 0,
                last_modified: 0,
                nested: None,
            };
            let filled = open_entry(&changes, entry)
                .and_then(|change| fill(&mut summary, &workspace, &change));
            if let Err(trouble) = filled {
                troubles.push(ListWarning {
                    code: "unreadable_change",
                    name: name.clone(),
                    nested: None,
                    message: trouble.with_causes(),
                });
            }
            list.warnings
                .extend(summary.nested.as_ref().map(|nested| ListWarning {
                    code: "nested_change_directory",
                    name,
                    nested: Some(nested.clone()),
                    message: nested_text(&summary.name, nested),
                }));
            list.changes.push(summary);
        }
        list.warnings.append(&mut troubles);
        match order {
            ListOrder::Recent => list
                .changes
                .sort_by_key(|change| std::cmp::Reverse(change.last_modified)),
            ListOrder::Name => list.changes.sort_by(|a, b| by_name(&a.name, &b.name)),
        }
        Ok(list)
    }

    /// Lists the main specs, as `openspec list --specs` does. No `specs/` is no spec.
    ///
    /// # Errors
    ///
    /// When `specs/` is there and cannot be listed, or there is no `openspec/`.
    pub fn list_specs(&self) -> Result<SpecList, Error> {
        list_specs(&Workspace::open(self)?.openspec)
    }
}

/// Fills in as much as can be read before the first trouble.
fn fill(
    summary: &mut ChangeSummary,
    workspace: &Workspace,
    change: &OpenChange,
) -> Result<(), Error> {
    summary.last_modified = last_modified(&change.place)?;
    summary.nested = Some(workspace.nested(change)).filter(|nested| !nested.is_empty());
    let rules = workspace.rules(change).ok();
    let files = match task_files(change, rules.as_ref(), None) {
        // The CLI counts no task in a folder of that name, and says nothing.
        Err(Error::NotAFile {
            found: FileKind::Folder,
            ..
        }) => Vec::new(),
        files => files?,
    };
    for file in files {
        let content = match file.read(MARKDOWN_LIMIT) {
            Err(Error::Io { .. }) => continue,
            content => content?,
        };
        for task in task_lines(&lossy(&content)) {
            summary.total_tasks += 1;
            summary.completed_tasks += usize::from(task.done);
        }
    }
    Ok(())
}
