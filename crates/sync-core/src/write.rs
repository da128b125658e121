//! The writes a board adapter performs: each is one request, with every id in it.

use crate::board::Position;
use crate::ids::{BoardId, CardId, LabelId, ListId, ProjectId, TaskId, TaskListId};
use alloc::string::String;

/// One write on a board.
///
/// What a write changes it also says as it was *seen*. A board that can compare while it writes must
/// do nothing when that no longer holds, and answer [`Outcome::Superseded`]; over HTTP there is no
/// such thing, so the run looks once more afterwards.
///
/// [`Outcome::Superseded`]: crate::adapter::Outcome::Superseded
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Write {
    /// Makes a project.
    CreateProject {
        /// Its name.
        name: String,
    },
    /// Makes a board.
    CreateBoard {
        /// In this project.
        project: ProjectId,
        /// Its name.
        name: String,
        /// Its place among the boards.
        position: Position,
    },
    /// Makes a list.
    CreateList {
        /// On this board.
        board: BoardId,
        /// Its name.
        name: String,
        /// Its place.
        position: Position,
    },
    /// Makes a label.
    CreateLabel {
        /// On this board.
        board: BoardId,
        /// Its name.
        name: String,
        /// Its place among the labels.
        position: Position,
    },
    /// Makes a card, with the marker in its description.
    CreateCard {
        /// In this list.
        list: ListId,
        /// Its name.
        name: String,
        /// Its description.
        description: String,
        /// Its place.
        position: Position,
    },
    /// Attaches a label; attached already is as good.
    AttachLabel {
        /// To this card.
        card: CardId,
        /// This label.
        label: LabelId,
    },
    /// Changes a card: what is `None` stays.
    UpdateCard {
        /// The card.
        card: CardId,
        /// As it was seen.
        seen: SeenCard,
        /// Its new name.
        name: Option<String>,
        /// Its new description.
        description: Option<String>,
        /// Its new list and place.
        place: Option<(ListId, Position)>,
    },
    /// Makes a task list.
    CreateTaskList {
        /// On this card.
        card: CardId,
        /// Its name.
        name: String,
        /// Its place.
        position: Position,
    },
    /// Changes a task list: what is `None` stays.
    UpdateTaskList {
        /// The task list.
        task_list: TaskListId,
        /// Its name as it was seen.
        seen: String,
        /// Its new name.
        name: Option<String>,
        /// Its new place.
        position: Option<Position>,
    },
    /// Deletes an empty task list.
    DeleteTaskList {
        /// The task list.
        task_list: TaskListId,
        /// Its name as it was seen.
        seen: String,
    },
    /// Makes a task.
    CreateTask {
        /// On this card.
        card: CardId,
        /// In this task list, which is the card itself where there are none.
        task_list: TaskListId,
        /// Its text.
        name: String,
        /// Its place.
        position: Position,
        /// Whether it is ticked.
        done: bool,
    },
    /// Changes a task: what is `None` stays.
    UpdateTask {
        /// The task.
        task: TaskId,
        /// As it was seen.
        seen: SeenTask,
        /// Its new text.
        name: Option<String>,
        /// Its new tick.
        done: Option<bool>,
        /// Its new task list.
        task_list: Option<TaskListId>,
        /// Its new place.
        position: Option<Position>,
    },
    /// Deletes a task.
    DeleteTask {
        /// The task.
        task: TaskId,
        /// As it was seen.
        seen: SeenTask,
    },
    /// Throws a twin of a card away that nobody has touched: into the trash, else for good.
    ///
    /// An adapter whose board read does not show comments asks for them first, and answers
    /// `Superseded` when there are any.
    DiscardCard {
        /// The card.
        card: CardId,
        /// As it was seen.
        seen: SeenCard,
        /// The trash, where there is one.
        trash: Option<ListId>,
    },
    /// Removes a list of ours that turned out to be a twin.
    RemoveList {
        /// The list.
        list: ListId,
    },
    /// Removes a label of ours that turned out to be a twin.
    RemoveLabel {
        /// The label.
        label: LabelId,
    },
    /// Removes a board of ours that turned out to be a twin.
    RemoveBoard {
        /// The board.
        board: BoardId,
    },
    /// Removes a project of ours that turned out to be a twin.
    RemoveProject {
        /// The project.
        project: ProjectId,
    },
}

impl Write {
    /// Says whether sending it twice is as good as once; a create is not.
    pub fn is_repeatable(&self) -> bool {
        !matches!(
            self,
            Write::CreateProject { .. }
                | Write::CreateBoard { .. }
                | Write::CreateList { .. }
                | Write::CreateLabel { .. }
                | Write::CreateCard { .. }
                | Write::CreateTaskList { .. }
                | Write::CreateTask { .. }
        )
    }
}

/// A card as it was seen when the write was planned.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SeenCard {
    /// Its list.
    pub list: ListId,
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: String,
}

/// A task as it was seen when the write was planned.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SeenTask {
    /// Its text.
    pub name: String,
    /// Its tick.
    pub done: bool,
}
