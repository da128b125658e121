//! What a refused caller is told.

use super::Obstacle;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// At least one obstacle, in the order in which they are told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    obstacles: Vec<Obstacle>,
    /// Legacy rows in scope, whether they are in the way of this caller or not.
    rows: u64,
}

impl Refusal {
    /// Takes obstacles, and how many legacy rows lie there; `None` without any obstacle, which is no
    /// refusal.
    pub(super) fn of(obstacles: Vec<Obstacle>, rows: u64) -> Option<Self> {
        (!obstacles.is_empty()).then_some(Self { obstacles, rows })
    }

    /// Returns the obstacles, one at least.
    pub fn obstacles(&self) -> &[Obstacle] {
        &self.obstacles
    }

    /// Says whether a required login is missing, which is told before everything else.
    pub fn is_unauthenticated(&self) -> bool {
        self.obstacles.contains(&Obstacle::Unauthenticated)
    }

    /// Returns the counts in one line.
    pub fn summary(&self) -> String {
        let count = |of: fn(&Obstacle) -> bool| self.obstacles.iter().filter(|o| of(o)).count();
        let fields = count(|obstacle| matches!(obstacle, Obstacle::Mismatch(_)));
        let orphans = count(|obstacle| matches!(obstacle, Obstacle::Orphan(..)));
        let rows = self.rows;
        format!(
            "Sync boundary refused: {fields} mismatched field(s); {orphans} orphan daemon record(s); {rows} legacy rows in scope."
        )
    }

    /// Returns what to do, each remedy once.
    pub fn remedies(&self) -> Vec<&'static str> {
        let mut remedies = Vec::new();
        for obstacle in &self.obstacles {
            if !remedies.contains(&obstacle.remedy()) {
                remedies.push(obstacle.remedy());
            }
        }
        remedies
    }

    /// Returns the refusal as text, [`Refusal::MOST_LINES`] lines at most, without the line that
    /// names the refused command.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if self.is_unauthenticated() {
            lines.push(format!("Error: {}.", Obstacle::Unauthenticated.sentence()));
        }
        lines.push(self.summary());
        let others = self.obstacles.iter();
        let others = others.filter(|obstacle| **obstacle != Obstacle::Unauthenticated);
        lines.extend(others.map(|obstacle| format!("  {}", obstacle.sentence())));
        lines.push("Remediation:".into());
        let remedies = self.remedies().into_iter();
        lines.extend(remedies.map(|remedy| format!("  • {remedy}")));
        lines
    }

    /// The most lines a refusal has, so that with the command's own it fits 25 (boundary sheet §6).
    pub const MOST_LINES: usize = 24;
}
