//! A workplan file as a value: what its front matter and its task blocks say, and on which line.

use crate::ids::{FileId, HubId};
use crate::status::{TaskStatus, Word, WorkplanStatus};
use alloc::string::String;
use alloc::vec::Vec;

/// A workplan as its file tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workplan {
    /// The file's path in the repository, with `/` between its parts.
    pub path: String,
    /// The file is in the folder of archived workplans.
    pub archived: bool,
    /// The id of the front matter.
    pub id: FileId,
    /// The title of the front matter; else the first heading, else the id.
    pub title: String,
    /// The status of the front matter; `None` when the key is missing or empty.
    pub status: Option<Word<WorkplanStatus>>,
    /// The line of the status, or of the front matter when there is none.
    pub status_line: u32,
    /// The id of the row in the hub, once it is known.
    pub hub_id: Option<HubId>,
    /// The line of that id, or of the front matter when there is none.
    pub hub_id_line: u32,
    /// The task blocks, in the order of the file.
    pub tasks: Vec<TaskBlock>,
}

/// A fenced `task` block of a workplan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskBlock {
    /// The id of the block.
    pub id: FileId,
    /// The text of the nearest heading above the block, else the id.
    pub title: String,
    /// The status; `None` when the key is missing or empty.
    pub status: Option<Word<TaskStatus>>,
    /// The priority, as it was written.
    pub priority: Option<String>,
    /// The id of the row in the hub, once it is known.
    pub hub_id: Option<HubId>,
    /// The line of the opening fence, counted from 1.
    pub line: u32,
    /// The line of the status, or of the fence when there is none.
    pub status_line: u32,
}

/// Something in the folder of workplans that could not be read as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// The file's path in the repository.
    pub path: String,
    /// The line, where one is to blame.
    pub line: Option<u32>,
    /// The id of the workplan or task that is left out, where it could be read.
    pub id: Option<FileId>,
    /// What was expected and what is there, as a lower-case fragment.
    pub reason: String,
    /// The whole file was left out, not one block of it.
    pub whole_file: bool,
}
