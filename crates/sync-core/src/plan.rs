//! A plan: what will be written, in what order, and every reason for not writing. Data only.

use crate::board::{Ambiguous, Position, Shelf};
use crate::ids::{
    BoardId, CardId, ChangeName, CommitId, CreateId, LabelId, ListId, OriginId, ProjectId, TaskId,
    TaskListId,
};
use crate::marker::{Marker, MarkerFault};
use crate::provenance::Unseen;
use crate::write::{SeenCard, SeenTask};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

mod digest;

/// The number of a step in its plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StepId(pub usize);

/// A thing on the board: there already, or made by an earlier step of the plan.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Handle<Id> {
    /// It is there.
    Known(Id),
    /// The step that makes it.
    Made(StepId),
}

/// One action, which is one write.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Make the project.
    CreateProject {
        /// Its name.
        name: String,
    },
    /// Make the board.
    CreateBoard {
        /// In this project.
        project: Handle<ProjectId>,
        /// Its name.
        name: String,
        /// Its place.
        position: Position,
    },
    /// Make a list.
    CreateList {
        /// On this board.
        board: Handle<BoardId>,
        /// Its name.
        name: String,
        /// Its place.
        position: Position,
    },
    /// Make the label.
    CreateLabel {
        /// On this board.
        board: Handle<BoardId>,
        /// Its name.
        name: String,
        /// Its place.
        position: Position,
    },
    /// Make a card.
    CreateCard {
        /// In this list.
        list: Handle<ListId>,
        /// The list's name, for people.
        list_name: String,
        /// Its name.
        name: String,
        /// Its place.
        position: Position,
        /// The marker, but for the id that is drawn when the card is made.
        marker: Unsigned,
        /// What its block shows.
        text: String,
    },
    /// Attach the label.
    AttachLabel {
        /// To this card.
        card: Handle<CardId>,
        /// This label.
        label: Handle<LabelId>,
    },
    /// Change a card's marker, list and text in one write.
    UpdateCard {
        /// The card.
        card: CardId,
        /// As it was seen.
        seen: SeenCard,
        /// What changes, for people and counts.
        what: CardUpdate,
        /// Its new name.
        name: Option<String>,
        /// Its new description.
        description: Option<String>,
        /// Its new list and place.
        place: Option<(Handle<ListId>, Position)>,
    },
    /// Make a task list.
    CreateTaskList {
        /// On this card.
        card: Handle<CardId>,
        /// Its name.
        name: String,
        /// Its place.
        position: Position,
    },
    /// Change a task list.
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
    /// Delete a task list of ours that is empty.
    DeleteTaskList {
        /// The task list.
        task_list: TaskListId,
        /// Its name as it was seen.
        seen: String,
    },
    /// Make a task.
    CreateTask {
        /// On this card.
        card: Handle<CardId>,
        /// In this task list.
        task_list: TaskListHandle,
        /// Its text.
        name: String,
        /// Its place.
        position: Position,
        /// Whether it is ticked.
        done: bool,
    },
    /// Change a task.
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
        task_list: Option<TaskListHandle>,
        /// Its new place.
        position: Option<Position>,
    },
    /// Delete a task of ours.
    DeleteTask {
        /// The task.
        task: TaskId,
        /// As it was seen.
        seen: SeenTask,
    },
    /// Throw the younger of two cards of one change away.
    DiscardCard {
        /// The card.
        card: CardId,
        /// As it was seen.
        seen: SeenCard,
        /// The trash, where there is one.
        trash: Option<ListId>,
    },
}

/// The task list a task goes to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TaskListHandle {
    /// A task list that is there or made by an earlier step.
    List(Handle<TaskListId>),
    /// The card made by an earlier step, where cards have no task lists.
    Card(StepId),
}

/// What an [`Action::UpdateCard`] changes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum CardUpdate {
    /// The card goes to another list.
    Move {
        /// From the list of this name.
        from: String,
        /// To the list of this name.
        to: String,
    },
    /// The card of a change that is archived or gone goes to the last list.
    Close {
        /// From the list of this name.
        from: String,
        /// To the list of this name.
        to: String,
    },
    /// The card stays; its text or marker changes.
    Text,
}

/// A marker whose id is drawn when the card is made, which keeps plans free of chance.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Unsigned(pub(crate) Marker);

impl Unsigned {
    /// Gives the marker its id.
    pub(crate) fn sign(self, id: CreateId) -> Marker {
        Marker { id, ..self.0 }
    }
}

/// One step of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Step {
    /// The change it is made for; none for the board's own lists and label.
    pub change: Option<ChangeName>,
    /// What is done.
    pub action: Action,
    /// The steps that come first.
    pub after: Vec<StepId>,
}

/// A reason for not changing a card.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Held {
    /// The card shows work this checkout has not seen.
    Unseen {
        /// The row of the provenance table.
        unseen: Unseen,
        /// Who wrote the card last.
        origin: OriginId,
        /// From which commit.
        commit: Option<CommitId>,
    },
    /// The change is there but cannot be computed.
    Unreadable {
        /// Why.
        reason: String,
    },
    /// The marker on the card cannot be trusted.
    Marker {
        /// What is wrong with it.
        fault: MarkerFault,
        /// The card.
        card: CardId,
    },
    /// Somebody put the card out of sight.
    Shelved {
        /// The card.
        card: CardId,
        /// Where it lies.
        shelf: Shelf,
    },
    /// A second card of the change that people have touched.
    Twin {
        /// The younger card.
        card: CardId,
    },
    /// Too many cards would be closed at once.
    MassClose,
}

/// A change whose card is left as it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HeldChange {
    /// The change.
    pub change: ChangeName,
    /// Why.
    pub held: Held,
}

/// More closings than is safe without a word from a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MassClose {
    /// How many cards would be closed.
    pub closing: usize,
    /// How many of our cards are open.
    pub open: usize,
}

/// What people changed on our cards, and is put back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct PutBack {
    /// Cards moved between the lists of the layout. One in another list is moved, but not counted:
    /// it may be there because stages went to other lists before.
    pub cards: usize,
    /// Ticks set or taken against the files.
    pub ticks: usize,
}

/// Everything one run will do, and why it leaves the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The steps, each after those it depends on.
    pub steps: Vec<Step>,
    /// The changes left as they are, by name.
    pub held: Vec<HeldChange>,
    /// Names that several objects bear.
    pub ambiguous: Vec<Ambiguous>,
    /// Set when closings were held for their number.
    pub mass_close: Option<MassClose>,
    /// What people changed and is put back.
    pub put_back: PutBack,
}

impl Plan {
    /// Says whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Keeps only the steps that make the project, board, lists and label and depend on no other:
    /// what has to be made, and looked at again, before anything is built upon it.
    pub fn groundwork(&self) -> Option<Plan> {
        let ground = |step: &&Step| step.action.is_infrastructure() && step.after.is_empty();
        let steps: Vec<Step> = self.steps.iter().filter(ground).cloned().collect();
        (!steps.is_empty()).then(|| Plan {
            steps,
            ..Plan::default()
        })
    }
}

impl Action {
    /// Says whether it makes a part of the board that cards build upon.
    pub fn is_infrastructure(&self) -> bool {
        matches!(
            self,
            Action::CreateProject { .. }
                | Action::CreateBoard { .. }
                | Action::CreateList { .. }
                | Action::CreateLabel { .. }
        )
    }
}

impl fmt::Display for Action {
    /// Writes what is done in a few words, without the change's name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Action::CreateProject { name } => write!(f, "create project {name}"),
            Action::CreateBoard { name, .. } => write!(f, "create board {name}"),
            Action::CreateList { name, .. } => write!(f, "create list {name}"),
            Action::CreateLabel { name, .. } => write!(f, "create label {name}"),
            Action::CreateCard { list_name, .. } => write!(f, "create card in {list_name}"),
            Action::AttachLabel { .. } => write!(f, "attach label"),
            Action::UpdateCard { what, .. } => match what {
                CardUpdate::Move { from, to } => write!(f, "move card from {from} to {to}"),
                CardUpdate::Close { from, to } => write!(f, "close card: {from} to {to}"),
                CardUpdate::Text => write!(f, "update card text"),
            },
            Action::CreateTaskList { name, .. } => write!(f, "create task list {name}"),
            Action::UpdateTaskList { seen, name, .. } => match name {
                Some(name) => write!(f, "rename task list {seen} to {name}"),
                None => write!(f, "reorder task list {seen}"),
            },
            Action::DeleteTaskList { seen, .. } => write!(f, "delete task list {seen}"),
            Action::CreateTask { name, .. } => write!(f, "create task {name}"),
            Action::UpdateTask {
                seen, name, done, ..
            } => match (name, done) {
                (Some(name), _) => write!(f, "rename task {} to {name}", seen.name),
                (None, Some(true)) => write!(f, "tick task {}", seen.name),
                (None, Some(false)) => write!(f, "untick task {}", seen.name),
                (None, None) => write!(f, "reorder task {}", seen.name),
            },
            Action::DeleteTask { seen, .. } => write!(f, "delete task {}", seen.name),
            Action::DiscardCard { .. } => write!(f, "discard second card"),
        }
    }
}
