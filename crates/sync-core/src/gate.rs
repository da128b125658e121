//! The preflight gate: nothing reaches a queue or leaves it unless everything agrees.
//!
//! A [`Preflight`] is every fact, gathered without writing. What stands in the way is an [`Obstacle`]
//! with a name; where nothing does, the verdict is a [`Cleared`], which cannot be made otherwise, and
//! without which no adapter opens a queue for writing.
//!
//! ```
//! use std::collections::BTreeMap;
//! use sync_core::gate::{FileState, Preflight, QueueFile, Verdict};
//! use sync_core::identity::{ForegroundIdentity, Login, Program, Scope};
//! use sync_core::owner::OwnerState;
//! use sync_core::queue::RowCounts;
//!
//! let login = Login {
//!     scope: Scope::new("https://sync.example.test", "dev@example.test", "team-a"),
//!     server_url: "https://sync.example.test".into(),
//! };
//! let scoped = "/home/dev/.spec-kitty/queues/queue-5a470152e5fb2fea.db";
//! let program = Program {
//!     package_version: "3.2.0rc12".into(),
//!     executable_path: "/usr/bin/python3".into(),
//!     source_path: "/usr/lib/python3".into(),
//!     pid: 42,
//! };
//! let rows = |events| FileState::Read(RowCounts { events, ..RowCounts::default() });
//! let mut preflight = Preflight {
//!     foreground: ForegroundIdentity::of(program, Some(&login), scoped),
//!     owner: OwnerState::Absent,
//!     legacy: QueueFile { path: "/home/dev/.spec-kitty/queue.db".into(), state: rows(3) },
//!     scoped: Some(QueueFile { path: scoped.into(), state: rows(2) }),
//!     broken: BTreeMap::new(),
//!     auth_required: true,
//!     live_orphan_daemons: 0,
//! };
//! let Verdict::Refused(refusal) = preflight.evaluate() else { panic!() };
//! assert!(refusal.lines()[0].ends_with("3 legacy rows in scope."));
//! assert!(matches!(preflight.evaluate_for_migration(), Verdict::Cleared(_)));
//!
//! preflight.legacy.state = rows(0);
//! assert!(matches!(preflight.evaluate(), Verdict::Cleared(_)));
//! ```
//!
//! A token cannot be made by hand:
//!
//! ```compile_fail
//! let forged = sync_core::gate::Cleared(());
//! ```

mod obstacle;
mod preflight;
mod refusal;

pub use obstacle::{FileTrouble, LoginSource, Obstacle, QueueRole};
pub use preflight::{FileState, Preflight, QueueFile};
pub use refusal::Refusal;

/// Proof that a full preflight found no obstacle; what a queue writer and a flush ask for.
///
/// It carries nothing. It is not to be kept: a later piece of work needs a preflight of its own.
#[derive(Debug, PartialEq, Eq)]
pub struct Cleared(());

/// Proof that a preflight found nothing but what a migration clears; lets a migration run, and
/// neither a writer nor a flush.
#[derive(Debug, PartialEq, Eq)]
pub struct ClearedToMigrate(());

/// What a gate says: a token, or what stands in the way; never both.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub enum Verdict<Token = Cleared> {
    /// Go on.
    Cleared(Token),
    /// Stop before anything is written.
    Refused(Refusal),
}

#[cfg(test)]
mod tests;
