//! A board as it is seen, and the lists it shall have.
//!
//! [`Directory`] and [`Snapshot`] are what an adapter reads: possibly incomplete about people's
//! things, possibly outdated when a write is made, never decided upon by the adapter.

use crate::ids::{BoardId, CardId, LabelId, ListId, ProjectId, TaskId, TaskListId};
use crate::stage::Stage;
use crate::text::same_name;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::hash::{Hash, Hasher};

/// What a board can do, which differs between servers (Planka sheet §§5–9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Features {
    /// A card has several named task lists; without them its tasks hang on the card itself.
    pub task_lists: bool,
    /// Cards can be archived and thrown away, out of sight of a board read.
    pub shelves: bool,
    /// The longest name of a card or task, in UTF-16 units.
    pub name_limit: Option<usize>,
    /// The longest name of a project, board, list, label or task list, in UTF-16 units.
    pub title_limit: Option<usize>,
}

/// A place in an order; smaller comes first.
#[derive(Clone, Copy, Debug)]
pub struct Position(pub f64);

impl Position {
    /// The distance between neighbours that the web client uses (Planka sheet, positions).
    pub const GAP: f64 = 65536.0;

    /// Returns the place after every one of `taken`.
    pub fn after(taken: impl IntoIterator<Item = Position>) -> Position {
        let last = taken.into_iter().map(|p| p.0).fold(0.0, f64::max);
        Position(last + Self::GAP)
    }
}

impl PartialEq for Position {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Position {}

impl Hash for Position {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.to_bits().hash(state);
    }
}

impl Ord for Position {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl PartialOrd for Position {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The names a run was asked to sync to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The name of the project.
    pub project: String,
    /// The name of the board in it.
    pub board: String,
}

/// Every project and board the user can see.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Directory {
    /// The projects.
    pub projects: Vec<ProjectEntry>,
    /// The boards of all of them.
    pub boards: Vec<BoardEntry>,
}

/// A project as the server lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectEntry {
    /// Its id.
    pub id: ProjectId,
    /// Its name.
    pub name: String,
}

/// A board as the server lists it.
#[derive(Clone, Debug, PartialEq)]
pub struct BoardEntry {
    /// Its id.
    pub id: BoardId,
    /// The project it belongs to.
    pub project: ProjectId,
    /// Its name.
    pub name: String,
    /// Its place in the project.
    pub position: Position,
}

/// Where the target is found in a directory.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Located {
    /// The project, if there is one.
    pub project: Option<ProjectId>,
    /// The board in it, if there is one.
    pub board: Option<BoardId>,
    /// Where a new board of the project would go.
    pub new_board: Option<Position>,
    /// Names that several objects bear.
    pub ambiguous: Vec<Ambiguous>,
}

/// A name that several objects bear; the oldest is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ambiguous {
    /// What kind of object: `project`, `board`, `list`, `label` or `card`.
    pub kind: &'static str,
    /// The name.
    pub name: String,
    /// How many bear it.
    pub count: usize,
    /// The id of the one that is taken.
    pub taken: String,
}

impl Directory {
    /// Finds the target by exact name but for case; of several, the one with the lowest id.
    pub fn locate(&self, target: &Target) -> Located {
        let mut ambiguous = Vec::new();
        let projects = self
            .projects
            .iter()
            .filter(|p| same_name(&p.name, &target.project));
        let project = oldest(
            "project",
            &target.project,
            projects.map(|p| &p.id),
            &mut ambiguous,
        );
        let within = |board: &&BoardEntry| Some(&board.project) == project;
        let boards = self.boards.iter().filter(within);
        let named = boards.clone().filter(|b| same_name(&b.name, &target.board));
        let board = oldest("board", &target.board, named.map(|b| &b.id), &mut ambiguous);
        Located {
            project: project.cloned(),
            board: board.cloned(),
            new_board: Some(Position::after(boards.map(|b| b.position))),
            ambiguous,
        }
    }
}

/// Takes the lowest id and notes when there was a choice.
pub(crate) fn oldest<'a, Id: Ord + ToString>(
    kind: &'static str,
    name: &str,
    ids: impl Iterator<Item = &'a Id>,
    ambiguous: &mut Vec<Ambiguous>,
) -> Option<&'a Id> {
    let ids: Vec<_> = ids.collect();
    let taken = ids.iter().copied().min()?;
    if ids.len() > 1 {
        ambiguous.push(Ambiguous {
            kind,
            name: name.to_string(),
            count: ids.len(),
            taken: taken.to_string(),
        });
    }
    Some(taken)
}

/// A list of a board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    /// Its id.
    pub id: ListId,
    /// Its name.
    pub name: String,
    /// Its place on the board.
    pub position: Position,
}

/// A label of a board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Its id.
    pub id: LabelId,
    /// Its name; labels may have none.
    pub name: String,
    /// Its place among the labels.
    pub position: Position,
}

/// A card of a board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// Its id.
    pub id: CardId,
    /// The list it is in.
    pub list: ListId,
    /// Its name.
    pub name: String,
    /// Its description; empty when it has none.
    pub description: String,
    /// Its place in the list.
    pub position: Position,
    /// The labels attached to it.
    pub labels: Vec<LabelId>,
    /// Its task lists. Without the feature: exactly one, with the card's own id and no name.
    pub task_lists: Vec<TaskList>,
    /// What people did to it beside its text and tasks.
    pub traces: Traces,
}

/// Traces of people on a card, asked for before a twin is thrown away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traces {
    /// Comments; 0 where the board read does not tell and the adapter asks before it deletes.
    pub comments: usize,
    /// Members.
    pub members: usize,
    /// Attachments.
    pub attachments: usize,
}

/// A task list of a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskList {
    /// Its id.
    pub id: TaskListId,
    /// Its name.
    pub name: String,
    /// Its place on the card.
    pub position: Position,
    /// Its tasks.
    pub tasks: Vec<Task>,
}

/// A task of a task list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// Its text.
    pub name: String,
    /// Its place in the task list.
    pub position: Position,
    /// Whether it is ticked.
    pub done: bool,
}

/// Everything a read of one board shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// The lists that are columns of the board.
    pub lists: Vec<List>,
    /// The labels.
    pub labels: Vec<Label>,
    /// The cards in those lists; cards of deleted lists are left out.
    pub cards: Vec<Card>,
    /// The list of cards thrown away, where there is one.
    pub trash: Option<ListId>,
    /// The list of archived cards, where there is one.
    pub archive: Option<ListId>,
}

/// A card out of sight of a board read, in the archive or the trash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShelvedCard {
    /// Its id.
    pub id: CardId,
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: String,
    /// Where it lies.
    pub shelf: Shelf,
}

/// A place for cards out of sight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shelf {
    /// The archive.
    Archive,
    /// The trash.
    Trash,
}

/// The lists people own, which are made but never written to, and those a stage maps to.
///
/// A total map: every stage has a list.
///
/// ```
/// use sync_core::board::BoardLayout;
/// use sync_core::stage::Stage;
/// let layout = BoardLayout::default().with(Stage::Planning, "To Do");
/// assert_eq!(layout.list(Stage::Planning), "To Do");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoardLayout {
    lists: [String; 4],
}

/// The lists of people, with the number of their place.
const PEOPLES_LISTS: [(&str, u8); 2] = [("Backlog", 1), ("To Do", 2)];

impl Default for BoardLayout {
    fn default() -> Self {
        Self {
            lists: ["Planning", "In Progress", "Review", "Done"].map(Into::into),
        }
    }
}

impl BoardLayout {
    /// Maps a stage to another list.
    #[must_use]
    pub fn with(mut self, stage: Stage, list: impl Into<String>) -> Self {
        self.lists[usize::from(stage.rank())] = list.into();
        self
    }

    /// Returns the list of a stage.
    pub fn list(&self, stage: Stage) -> &str {
        &self.lists[usize::from(stage.rank())]
    }

    /// Returns the furthest stage that a list stands for, if any.
    pub fn stage(&self, list: &str) -> Option<Stage> {
        let mut stages = Stage::ALL.into_iter().rev();
        stages.find(|stage| same_name(self.list(*stage), list))
    }

    /// Returns the lists a board shall have, each once, with the place it takes when that is free.
    pub fn wanted_lists(&self) -> Vec<(&str, Position)> {
        let mapped = Stage::ALL.map(|stage| (self.list(stage), stage.rank() + 3));
        let mut wanted: Vec<(&str, Position)> = Vec::new();
        for (name, place) in PEOPLES_LISTS.into_iter().chain(mapped) {
            if !wanted.iter().any(|(seen, _)| same_name(seen, name)) {
                wanted.push((name, Position(f64::from(place) * Position::GAP)));
            }
        }
        wanted
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn project(id: &str, name: &str) -> ProjectEntry {
        ProjectEntry {
            id: ProjectId::new(id),
            name: name.into(),
        }
    }

    #[test]
    fn the_oldest_of_equal_names_is_taken_and_named() {
        let directory = Directory {
            projects: vec![
                project("10", "demo"),
                project("9", "Demo"),
                project("1", "Demo 2"),
            ],
            boards: vec![],
        };
        let located = directory.locate(&Target {
            project: "DEMO".into(),
            board: "Changes".into(),
        });
        assert_eq!(located.project, Some(ProjectId::new("9")));
        assert_eq!(located.board, None);
        assert_eq!(located.ambiguous.len(), 1);
        assert_eq!(located.ambiguous[0].count, 2);
    }

    #[test]
    fn mapped_lists_are_wanted_once() {
        let layout = BoardLayout::default().with(Stage::Planning, "to do");
        let names: Vec<_> = layout
            .wanted_lists()
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(names, ["Backlog", "To Do", "In Progress", "Review", "Done"]);
        assert_eq!(layout.stage("TO DO"), Some(Stage::Planning));
        assert_eq!(layout.stage("Backlog"), None);
    }
}
