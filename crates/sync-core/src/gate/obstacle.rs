//! Everything that shuts the gate, by name.

use crate::owner::{FieldMismatch, OrphanReason, OwnerRecord};
use crate::text::fit;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;

/// Which queue file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum QueueRole {
    /// The one that belongs to nobody.
    Legacy,
    /// The one of the scope.
    Scoped,
}

/// Why the rows of a queue file could not be counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileTrouble {
    /// Another process held it for too long.
    Locked,
    /// It is no database, or a damaged one.
    Damaged {
        /// What was found.
        reason: String,
    },
    /// It cannot be opened or read: a folder, no permission, a failing disk.
    Unreadable {
        /// What happened.
        reason: String,
    },
    /// A writer died in the middle of a transaction, and only another writer may roll it back.
    HotJournal,
}

/// Which file says who is logged in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LoginSource {
    /// `auth/session.json` and what it is sealed with.
    Session,
    /// `credentials`.
    Credentials,
    /// `config.toml`.
    Config,
}

/// A reason to stop before anything is written; several are listed at once, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// Nobody is logged in, and somebody has to be.
    Unauthenticated,
    /// A file that says who is logged in is there but cannot be used, so nobody knows whose queue
    /// it would be.
    BrokenLogin {
        /// Which one.
        source: LoginSource,
        /// What is wrong, with the path and without secrets.
        reason: String,
    },
    /// Foreground and daemon differ in one field.
    Mismatch(FieldMismatch),
    /// The record's owner is gone.
    Orphan(Box<OwnerRecord>, OrphanReason),
    /// What lies in the record's place is no record.
    OwnerUnreadable {
        /// What is wrong with it.
        reason: String,
    },
    /// A queue file's rows could not be counted: none seen is not none there.
    Queue {
        /// Which file.
        role: QueueRole,
        /// Where it lies.
        path: String,
        /// What is the matter.
        trouble: FileTrouble,
    },
    /// Rows lie in the legacy file and wait to be migrated.
    LegacyRows {
        /// Where it lies.
        path: String,
        /// How many events.
        events: u64,
        /// How many bodies.
        bodies: u64,
        /// Whether somebody is logged in, so that they have somewhere to go.
        scoped: bool,
    },
    /// Daemons run that no record names. Asked by the status alone, never by the gate.
    LiveOrphanDaemons {
        /// How many.
        count: u64,
    },
}

impl Obstacle {
    /// Says whether a migration into a scope removes it.
    pub(super) fn is_cleared_by_migration(&self) -> bool {
        match self {
            Obstacle::LegacyRows { .. } => true,
            Obstacle::Queue { trouble, .. } => *trouble == FileTrouble::HotJournal,
            _ => false,
        }
    }

    /// Returns what programs know it by; it never changes.
    pub fn name(&self) -> &'static str {
        match self {
            Obstacle::Unauthenticated => "unauthenticated",
            Obstacle::BrokenLogin { .. } => "broken_login",
            Obstacle::Mismatch(_) => "mismatch",
            Obstacle::Orphan(..) => "orphan",
            Obstacle::OwnerUnreadable { .. } => "owner_unreadable",
            Obstacle::Queue { .. } => "queue",
            Obstacle::LegacyRows { .. } => "legacy_rows",
            Obstacle::LiveOrphanDaemons { .. } => "live_orphan_daemons",
        }
    }

    /// Returns what is in the way, in one line without its end's full stop.
    pub fn sentence(&self) -> String {
        let text = match self {
            Obstacle::Unauthenticated => {
                "SaaS sync cannot be guaranteed: no authenticated session/credentials found".into()
            }
            Obstacle::BrokenLogin { source, reason } => {
                format!("the {} cannot be used: {reason}", source.name())
            }
            Obstacle::Mismatch(mismatch) => format!(
                "{}: foreground {}, daemon {}",
                mismatch.field.name(),
                mismatch.foreground_value(),
                mismatch.daemon_value()
            ),
            Obstacle::Orphan(record, reason) => format!(
                "the daemon owner record is an orphan: {}",
                reason.sentence(record)
            ),
            Obstacle::OwnerUnreadable { reason } => {
                format!("the daemon owner record cannot be read: {reason}")
            }
            Obstacle::Queue {
                role,
                path,
                trouble,
            } => format!("the {} queue DB {path} {}", role.name(), trouble.clause()),
            Obstacle::LegacyRows {
                path,
                events,
                bodies,
                ..
            } => format!(
                "legacy queue DB {path} has {} row(s) pending migration (queue={events}, body_upload_queue={bodies})",
                events.saturating_add(*bodies)
            ),
            Obstacle::LiveOrphanDaemons { count } => {
                format!("{count} live daemon(s) that no owner record names")
            }
        };
        // Paths and reasons come from outside and may hold line ends.
        fit(&text, None)
    }

    /// Returns what to do about it, in one sentence.
    pub fn remedy(&self) -> &'static str {
        match self {
            Obstacle::Unauthenticated => {
                "Log in with `spec-kitty auth login`, then verify with `onward sync-status --check`."
            }
            Obstacle::BrokenLogin { .. } => {
                "Repair that file or log in anew with `spec-kitty auth login`, then verify with `onward sync-status --check`."
            }
            Obstacle::Mismatch(mismatch) => mismatch.field.remedy(),
            Obstacle::Orphan(..) => {
                "Look with `onward doctor orphan-daemons`, then put the record away with `onward doctor retire`."
            }
            Obstacle::OwnerUnreadable { .. } => {
                "Look at the record with `onward doctor orphan-daemons`; if no daemon runs, put it away with `onward doctor retire`."
            }
            Obstacle::Queue { trouble, .. } => trouble.remedy(),
            Obstacle::LegacyRows { scoped: true, .. } => {
                "Run `onward sync-migrate` to move the legacy rows into the current scope, or `onward sync-now` to send them as well."
            }
            Obstacle::LegacyRows { scoped: false, .. } => {
                "Log in with `spec-kitty auth login`, then run `onward sync-migrate` to move the legacy rows into your scope."
            }
            Obstacle::LiveOrphanDaemons { .. } => {
                "Find them with `onward doctor orphan-daemons` and end those that are yours."
            }
        }
    }
}

impl QueueRole {
    fn name(self) -> &'static str {
        match self {
            Self::Legacy => "legacy",
            Self::Scoped => "scoped",
        }
    }
}

impl LoginSource {
    /// Returns what people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Session => "login session",
            Self::Credentials => "credentials file",
            Self::Config => "configuration",
        }
    }
}

impl FileTrouble {
    /// Returns what is the matter, as a clause about the file.
    pub fn clause(&self) -> String {
        match self {
            Self::Locked => "is locked by another process".into(),
            Self::Damaged { reason } => format!("is damaged: {reason}"),
            Self::Unreadable { reason } => format!("cannot be read: {reason}"),
            Self::HotJournal => "holds a transaction that a crash left unfinished".into(),
        }
    }

    fn remedy(&self) -> &'static str {
        match self {
            Self::Locked => "Wait for the process that holds the queue, then try again.",
            Self::Damaged { .. } => {
                "Keep a copy of the damaged queue and restore or move it, then verify with `onward sync-status --check`."
            }
            Self::Unreadable { .. } => {
                "Make the queue readable for you, then verify with `onward sync-status --check`."
            }
            Self::HotJournal => {
                "Logged in, run `onward sync-migrate`: it rolls the unfinished transaction back."
            }
        }
    }
}
