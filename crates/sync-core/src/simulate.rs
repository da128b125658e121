//! A board and a hub in memory, for previews and laws.
//!
//! They compare while they write, as a database can, and keep everything real ones keep.

use crate::adapter::{Board, Outcome, Shelves};
use crate::board::{Directory, Features, Snapshot};
use crate::ids::BoardId;
use crate::write::Write;
use core::cell::RefCell;
use core::fmt;

mod hub;
mod state;

pub use hub::{HubState, NoSuchRepository, SimulatedHub};
pub use state::State;

/// A board server in memory.
#[derive(Clone, Debug)]
pub struct SimulatedBoard {
    features: Features,
    state: RefCell<State>,
}

/// A board that is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoSuchBoard(pub BoardId);

impl fmt::Display for NoSuchBoard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no board {}", self.0)
    }
}

impl core::error::Error for NoSuchBoard {}

impl SimulatedBoard {
    /// Makes an empty server.
    pub fn new(features: Features) -> Self {
        Self {
            features,
            state: RefCell::default(),
        }
    }

    /// Changes anything, as people and other machines do.
    pub fn edit<T>(&self, edit: impl FnOnce(&mut State) -> T) -> T {
        edit(&mut self.state.borrow_mut())
    }

    /// Returns a copy of everything.
    pub fn state(&self) -> State {
        self.state.borrow().clone()
    }

    /// Performs a write at once.
    pub fn apply(&self, write: &Write) -> Outcome {
        self.state.borrow_mut().perform(write, &self.features)
    }
}

impl Board for SimulatedBoard {
    type Error = NoSuchBoard;

    fn features(&self) -> Features {
        self.features
    }

    async fn directory(&self) -> Result<Directory, NoSuchBoard> {
        Ok(self.state.borrow().directory.clone())
    }

    async fn read(&self, board: &BoardId) -> Result<Snapshot, NoSuchBoard> {
        let state = self.state.borrow();
        let found = state.boards.iter().find(|(id, _)| id == board);
        found
            .map(|(_, snapshot)| snapshot.clone())
            .ok_or_else(|| NoSuchBoard(board.clone()))
    }

    async fn search_shelves(&self, on: &Snapshot, text: &str) -> Result<Shelves, NoSuchBoard> {
        let state = self.state.borrow();
        let board = |id: &BoardId| {
            state
                .boards
                .iter()
                .any(|(b, s)| b == id && s.trash == on.trash)
        };
        let found = state.shelved.iter().filter(|(id, card)| {
            self.features.shelves && board(id) && card.description.contains(text)
        });
        Ok(Shelves {
            cards: found.map(|(_, card)| card.clone()).collect(),
            capped: false,
        })
    }

    async fn perform(&self, write: &Write) -> Outcome {
        self.apply(write)
    }
}
