//! What a refused caller is told.

use super::Obstacle;
use alloc::format;
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
        let mut lines = Vec::new();
        if self.is_unauthenticated() {
            lines.push(format!("Error: {}.", Obstacle::Unauthenticated.sentence()));
        }
        let (mut fields, mut orphans, mut rows) = (0, 0, 0);
        let mut remedies: Vec<&str> = Vec::new();
        let mut details = Vec::new();
        for obstacle in &self.0 {
            match obstacle {
                Obstacle::Mismatch(_) => fields += 1,
                Obstacle::Orphan(..) => orphans += 1,
                Obstacle::LegacyRows { events, bodies, .. } => {
                    rows = events.saturating_add(*bodies);
                }
                _ => {}
            }
            if *obstacle != Obstacle::Unauthenticated {
                details.push(format!("  {}", obstacle.sentence()));
            }
            if !remedies.contains(&obstacle.remedy()) {
                remedies.push(obstacle.remedy());
            }
        }
        lines.push(format!(
            "Sync boundary refused: {fields} mismatched field(s); {orphans} orphan daemon record(s); {rows} legacy rows in scope."
        ));
        lines.append(&mut details);
        lines.push("Remediation:".into());
        lines.extend(remedies.iter().map(|remedy| format!("  • {remedy}")));
        lines
    }

    /// The most lines a refusal has, so that with the command's own it fits 25 (boundary sheet §6).
    pub const MOST_LINES: usize = 24;
}
