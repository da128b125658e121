//! Projects, boards, lists and labels, as people make and change them.

use super::People;
use crate::fake_planka::colours;
use crate::fake_planka::rows::{Board, Id, Label, List, ListKind, Placed as _, Project, Row as _};
use crate::fake_planka::state::{NewProject, State};

#[expect(
    clippy::missing_panics_doc,
    reason = "said once, at the type, for all of its methods"
)]
impl People {
    /// A private project, also if there is one of that name.
    pub fn add_project(&self, name: &str) -> Id {
        self.new_project(name, false)
    }

    /// A project that administrators of version 2 see without being members.
    pub fn add_shared_project(&self, name: &str) -> Id {
        self.new_project(name, true)
    }

    fn new_project(&self, name: &str, shared: bool) -> Id {
        let mut state = self.state();
        let by = state.administrator();
        let project = NewProject {
            name: name.to_owned(),
            description: None,
            shared,
        };
        state.add_project(project, by)
    }

    /// A new board in the oldest project of that name, which is made if there is none.
    pub fn add_board(&self, project: &str, name: &str) -> Id {
        let known = self
            .state()
            .projects
            .all()
            .find_map(|known: &Project| (known.name == project).then_some(known.stamp.id));
        let project = known.unwrap_or_else(|| self.add_project(project));
        self.add_board_in(project, name)
    }

    /// A new board in a project.
    pub fn add_board_in(&self, project: Id, name: &str) -> Id {
        let mut state = self.state();
        let by = state.administrator();
        let place = State::last_place(state.boards.of(project).map(Board::position));
        state.add_board(project, name, place, by)
    }

    /// The oldest board of that name in a project of that name.
    pub fn board(&self, project: &str, name: &str) -> Id {
        self.state().named_board(project, name)
    }

    /// Deletes a board with all there is on it.
    pub fn delete_board(&self, board: Id) {
        self.state().remove_board(board);
    }

    /// A list of open cards.
    pub fn add_list(&self, board: Id, name: &str) -> Id {
        self.new_list(board, name, ListKind::Active)
    }

    /// A list whose cards are closed (version 2).
    pub fn add_closed_list(&self, board: Id, name: &str) -> Id {
        self.new_list(board, name, ListKind::Closed)
    }

    fn new_list(&self, board: Id, name: &str, kind: ListKind) -> Id {
        let mut state = self.state();
        let place = State::last_place(state.lists.of(board).map(List::position));
        state.add_list(board, kind, name, place)
    }

    /// The oldest list of that name.
    pub fn list(&self, board: Id, name: &str) -> Id {
        let state = self.state();
        let mut lists = state.lists.of(board);
        let found = lists.find(|list| list.name.as_deref() == Some(name));
        found.unwrap_or_else(|| panic!("no list {name:?}")).id()
    }

    /// The archive of a board (version 2).
    pub fn archive_list(&self, board: Id) -> Id {
        self.state().hidden_list(board, ListKind::Archive)
    }

    /// The trash of a board (version 2).
    pub fn trash_list(&self, board: Id) -> Id {
        self.state().hidden_list(board, ListKind::Trash)
    }

    /// Gives a list another name.
    pub fn rename_list(&self, list: Id, name: &str) {
        let mut state = self.state();
        let now = state.clock.tick();
        state
            .lists
            .update(list, now, |list| list.name = Some(name.to_owned()));
    }

    /// Moves a list to a position among its siblings.
    pub fn move_list(&self, list: Id, position: f64) {
        self.state().move_list(list, position);
    }

    /// Deletes a list: its cards go to the trash (version 2) or become ghosts (version 1).
    pub fn delete_list(&self, list: Id) {
        self.state().remove_list(list);
    }

    /// A label in a colour of the version.
    pub fn add_label(&self, board: Id, name: &str, color: &str) -> Id {
        let mut state = self.state();
        let known = colours::of_labels(state.version);
        assert!(known.contains(&color), "no label colour {color:?}");
        let labels = state.labels.of(board);
        let place = State::last_place(labels.map(Label::position));
        state.add_label(board, Some(name.to_owned()), color.to_owned(), place)
    }

    /// The oldest label of that name.
    pub fn label(&self, board: Id, name: &str) -> Id {
        let state = self.state();
        let mut labels = state.labels.of(board);
        let found = labels.find(|label| label.name.as_deref() == Some(name));
        found.unwrap_or_else(|| panic!("no label {name:?}")).id()
    }

    /// Gives a label another name.
    pub fn rename_label(&self, label: Id, name: &str) {
        let mut state = self.state();
        let now = state.clock.tick();
        state
            .labels
            .update(label, now, |label| label.name = Some(name.to_owned()));
    }

    /// Deletes a label, which also takes it off all cards.
    pub fn delete_label(&self, label: Id) {
        self.state().remove_label(label);
    }
}
