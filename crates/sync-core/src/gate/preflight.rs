//! All facts of a preflight, and what they amount to.

use super::{
    Cleared, ClearedToMigrate, FileTrouble, LoginSource, Obstacle, QueueRole, Refusal, Verdict,
};
use crate::identity::ForegroundIdentity;
use crate::owner::{FieldMismatch, OwnerState, compare};
use crate::queue::RowCounts;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

/// A queue file as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueFile {
    /// Where it lies, or would.
    pub path: String,
    /// What was found.
    pub state: FileState,
}

/// What looking at a queue file gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileState {
    /// There is no file.
    Absent,
    /// The rows were counted; none in a file of 0 bytes or without our tables.
    Read(RowCounts),
    /// They could not be counted.
    Trouble(FileTrouble),
}

impl QueueFile {
    /// Returns the counts, all zero where there is no file; `None` where they are not known.
    pub fn counts(&self) -> Option<RowCounts> {
        match self.state {
            FileState::Absent => Some(RowCounts::default()),
            FileState::Read(counts) => Some(counts),
            FileState::Trouble(_) => None,
        }
    }

    fn obstacle(&self, role: QueueRole) -> Option<Obstacle> {
        match &self.state {
            FileState::Trouble(trouble) => Some(Obstacle::Queue {
                role,
                path: self.path.clone(),
                trouble: trouble.clone(),
            }),
            FileState::Absent | FileState::Read(_) => None,
        }
    }
}

/// Every fact the gate asks for, gathered without writing a byte or asking the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preflight {
    /// Whom the daemon has to match.
    pub foreground: ForegroundIdentity,
    /// The owner record.
    pub owner: OwnerState,
    /// The legacy queue, which is the active one while nobody is logged in.
    pub legacy: QueueFile,
    /// The scope's queue; `None` without a scope.
    pub scoped: Option<QueueFile>,
    /// Files about the login that are there but cannot be used, with what is wrong.
    pub broken: BTreeMap<LoginSource, String>,
    /// Whether somebody has to be logged in: always for a producer that must not lose its work, for
    /// the others while sync with the server is switched on.
    pub auth_required: bool,
    /// How many daemons run that no record names; only the status asks.
    pub live_orphan_daemons: u64,
}

impl Preflight {
    /// Returns the queue that commands work on: the scope's, or the legacy one without a scope.
    pub fn active(&self) -> &QueueFile {
        self.scoped.as_ref().unwrap_or(&self.legacy)
    }

    /// Returns the fields in which foreground and daemon differ; none without a living owner.
    pub fn mismatches(&self) -> Vec<FieldMismatch> {
        match &self.owner {
            OwnerState::Present(record) => compare(&self.foreground, record),
            OwnerState::Absent | OwnerState::Unreadable { .. } | OwnerState::Orphan(..) => {
                Vec::new()
            }
        }
    }

    /// Lets a writer or a flush go on, or says everything that is in the way.
    pub fn evaluate(&self) -> Verdict {
        self.verdict(self.obstacles(), || Cleared(()))
    }

    /// Lets a migration run: like [`Preflight::evaluate`], but for what a migration itself clears.
    ///
    /// That is pending rows, and a hot journal, which the migration rolls back by opening the file.
    /// Without a login rows have nowhere to go, so all of it stays in the way.
    pub fn evaluate_for_migration(&self) -> Verdict<ClearedToMigrate> {
        let mut obstacles = self.obstacles();
        if self.has_scope() {
            obstacles.retain(|obstacle| !obstacle.is_cleared_by_migration());
        }
        self.verdict(obstacles, || ClearedToMigrate(()))
    }

    /// Returns what shuts the gate, and what only the status minds; none if all is coherent.
    pub fn status_obstacles(&self) -> Vec<Obstacle> {
        let mut obstacles = self.obstacles();
        if self.live_orphan_daemons > 0 {
            obstacles.push(Obstacle::LiveOrphanDaemons {
                count: self.live_orphan_daemons,
            });
        }
        obstacles
    }

    /// Returns the files about the login that are there but cannot be used, as obstacles.
    pub fn broken_logins(&self) -> impl Iterator<Item = Obstacle> {
        let broken = self.broken.iter();
        broken.map(|(source, reason)| Obstacle::BrokenLogin {
            source: *source,
            reason: reason.clone(),
        })
    }

    /// Says whether legacy rows have somewhere to go.
    fn has_scope(&self) -> bool {
        self.foreground.auth_present() && self.scoped.is_some()
    }

    fn obstacles(&self) -> Vec<Obstacle> {
        let mut obstacles = Vec::new();
        if self.auth_required && !self.foreground.auth_present() {
            obstacles.push(Obstacle::Unauthenticated);
        }
        obstacles.extend(self.broken_logins());
        obstacles.extend(self.mismatches().into_iter().map(Obstacle::Mismatch));
        match &self.owner {
            OwnerState::Absent | OwnerState::Present(_) => {}
            OwnerState::Unreadable { reason } => obstacles.push(Obstacle::OwnerUnreadable {
                reason: reason.clone(),
            }),
            OwnerState::Orphan(record, reason) => {
                obstacles.push(Obstacle::Orphan(Box::new(record.clone()), *reason));
            }
        }
        obstacles.extend(self.legacy.obstacle(QueueRole::Legacy));
        let scoped = self.scoped.as_ref();
        obstacles.extend(scoped.and_then(|file| file.obstacle(QueueRole::Scoped)));
        if let Some(counts) = self.legacy.counts().filter(|counts| counts.pending() > 0) {
            obstacles.push(Obstacle::LegacyRows {
                path: self.legacy.path.clone(),
                events: counts.events,
                bodies: counts.bodies,
                scoped: self.has_scope(),
            });
        }
        obstacles
    }

    fn verdict<Token>(
        &self,
        obstacles: Vec<Obstacle>,
        token: impl FnOnce() -> Token,
    ) -> Verdict<Token> {
        let rows = self.legacy.counts().map_or(0, |counts| counts.pending());
        match Refusal::of(obstacles, rows) {
            Some(refusal) => Verdict::Refused(refusal),
            None => Verdict::Cleared(token()),
        }
    }
}
