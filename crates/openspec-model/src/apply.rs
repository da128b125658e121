//! `openspec instructions apply`: the tasks of a change, and whether work on them can begin.

use crate::artifacts::Survey;
use crate::error::Error;
use crate::folder::MARKDOWN_LIMIT;
use crate::outputs::outputs;
use crate::root::OpenSpec;
use crate::task::{Task, task_lines};
use crate::text::lossy;
use crate::workspace::Workspace;

/// What `openspec instructions apply` says of tasks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplyReport {
    /// How many tasks there are, those without a text included.
    pub total: usize,
    /// How many of them are ticked.
    pub complete: usize,
    /// The tasks that have a text, in order.
    pub tasks: Vec<TrackedTask>,
    /// Whether work can begin, or is over.
    pub state: ApplyState,
}

/// One task with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackedTask {
    /// A running number from 1, as text.
    pub id: String,
    /// What is to be done.
    pub description: String,
    /// Whether it is ticked.
    pub done: bool,
}

/// Whether work on a change can begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApplyState {
    /// A required artifact or the task file is missing, or no task has a text.
    Blocked,
    /// There are tasks, and all are ticked.
    AllDone,
    /// It can.
    Ready,
}

impl ApplyReport {
    /// How many tasks are not ticked.
    pub fn remaining(&self) -> usize {
        self.total - self.complete
    }
}

impl ApplyState {
    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Blocked => "blocked",
            Self::AllDone => "all_done",
            Self::Ready => "ready",
        }
    }
}

impl OpenSpec {
    /// Tells the tasks of one change, as `openspec instructions apply --change`.
    ///
    /// They are read from what the schema tracks and from nowhere else, so they may differ from
    /// those that [`OpenSpec::list`] counts (OpenSpec sheet §3).
    ///
    /// # Errors
    ///
    /// `Name`, `UnknownChange`, `Nested`, and whatever keeps the change from being read.
    pub fn apply(&self, name: &str) -> Result<ApplyReport, Error> {
        let workspace = Workspace::open(self)?;
        let change = workspace.open_named(name)?;
        workspace.refuse_nested(&change)?;
        let rules = workspace.rules(&change)?;
        let survey = Survey::of(&change.place, &rules)?;
        let is_planned = survey.is_planned();
        let files = match &rules.schema.tracks {
            Some(tracks) => outputs(&change.place, &tracks.pattern)?,
            None => Vec::new(),
        };
        let mut tasks: Vec<Task> = Vec::new();
        let mut all_read = true;
        for file in &files {
            match file.read(MARKDOWN_LIMIT) {
                Ok(content) => tasks.extend(task_lines(&lossy(&content))),
                Err(_) => all_read = false,
            }
        }
        let total = tasks.len();
        let complete = tasks.iter().filter(|task| task.done).count();
        let tasks: Vec<TrackedTask> = tasks
            .into_iter()
            .filter(|task| !task.text.is_empty())
            .zip(1_usize..)
            .map(|(task, number)| TrackedTask {
                id: number.to_string(),
                description: task.text,
                done: task.done,
            })
            .collect();
        let is_tracked = rules.schema.tracks.is_some();
        let state = if !is_planned || (is_tracked && tasks.is_empty()) {
            ApplyState::Blocked
        } else if is_tracked && all_read && complete == total {
            ApplyState::AllDone
        } else {
            ApplyState::Ready
        };
        Ok(ApplyReport {
            total,
            complete,
            tasks,
            state,
        })
    }
}
