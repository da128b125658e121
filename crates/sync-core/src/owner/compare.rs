//! The six fields in which foreground and daemon have to agree.

use super::OwnerRecord;
use crate::identity::{ForegroundIdentity, normalise_path};
use alloc::string::String;
use alloc::vec::Vec;

/// One of the six fields, in the order in which they are compared and shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The version of the package.
    PackageVersion,
    /// The interpreter or binary.
    ExecutablePath,
    /// Where the source lies.
    SourcePath,
    /// The server.
    ServerUrl,
    /// Team and user.
    TeamOrUser,
    /// The queue.
    QueueDbPath,
}

impl Field {
    /// All six, in order.
    pub const ALL: [Field; 6] = [
        Field::PackageVersion,
        Field::ExecutablePath,
        Field::SourcePath,
        Field::ServerUrl,
        Field::TeamOrUser,
        Field::QueueDbPath,
    ];

    /// Returns the canonical name.
    pub fn name(self) -> &'static str {
        match self {
            Field::PackageVersion => "daemon_package_version",
            Field::ExecutablePath => "daemon_executable_path",
            Field::SourcePath => "daemon_source_path",
            Field::ServerUrl => "daemon_server_url",
            Field::TeamOrUser => "daemon_team_or_user",
            Field::QueueDbPath => "daemon_queue_db_path",
        }
    }

    /// Returns the name without `daemon_`, as the status text lists it.
    pub fn short_name(self) -> &'static str {
        let name = self.name();
        name.strip_prefix("daemon_").unwrap_or(name)
    }

    /// Returns the hint that JSON carries: the other program's own words (boundary sheet §5), since
    /// its readers compare them.
    pub fn hint(self) -> &'static str {
        match self {
            Field::PackageVersion => {
                "Run `spec-kitty doctor restart-daemon` to restart the daemon at the foreground version."
            }
            Field::ExecutablePath | Field::SourcePath => {
                "Run `spec-kitty doctor restart-daemon` to restart the daemon at the foreground source."
            }
            Field::ServerUrl => {
                "Reauthenticate (`spec-kitty auth login`) or restart the daemon against the matching server."
            }
            Field::TeamOrUser => {
                "Switch to the foreground team/user (`spec-kitty auth switch ...`) or restart the daemon."
            }
            Field::QueueDbPath => {
                "Run `spec-kitty doctor restart-daemon`; the scoped queue path changed."
            }
        }
    }

    /// Returns the remedy that text shows. The daemon is the other program's, so the command that
    /// stops it is its owner's; ours tells whether that was enough.
    pub fn remedy(self) -> &'static str {
        match self {
            Field::PackageVersion
            | Field::ExecutablePath
            | Field::SourcePath
            | Field::QueueDbPath => {
                "Restart the daemon from the foreground's installation, then verify with `onward sync-status --check`."
            }
            Field::ServerUrl => {
                "Log in to the daemon's server or restart the daemon for the foreground's, then verify with `onward sync-status --check`."
            }
            Field::TeamOrUser => {
                "Log in as the daemon's team and user or restart the daemon as the foreground's, then verify with `onward sync-status --check`."
            }
        }
    }

    fn of_foreground(self, foreground: &ForegroundIdentity) -> Option<String> {
        match self {
            Field::PackageVersion => Some(foreground.package_version.clone()),
            Field::ExecutablePath => Some(normalise_path(&foreground.executable_path)),
            Field::SourcePath => Some(normalise_path(&foreground.source_path)),
            Field::ServerUrl => set(foreground.server_url.as_ref()),
            Field::TeamOrUser => set(foreground.team_or_user.as_ref()),
            Field::QueueDbPath => Some(normalise_path(&foreground.queue_db_path)),
        }
    }

    fn of_daemon(self, record: &OwnerRecord) -> Option<String> {
        match self {
            Field::PackageVersion => Some(record.package_version.clone()),
            Field::ExecutablePath => Some(normalise_path(&record.executable_path)),
            Field::SourcePath => Some(normalise_path(&record.source_checkout_path)),
            Field::ServerUrl => set(Some(&record.server_url)),
            Field::TeamOrUser => record.team_or_user(),
            Field::QueueDbPath => Some(normalise_path(&record.queue_db_path)),
        }
    }
}

fn set(value: Option<&String>) -> Option<String> {
    value.filter(|text| !text.is_empty()).cloned()
}

/// A field on which the two do not agree; `None` is a value that is not set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldMismatch {
    /// Which field.
    pub field: Field,
    /// The foreground's value.
    pub foreground: Option<String>,
    /// The daemon's value.
    pub daemon: Option<String>,
}

impl FieldMismatch {
    /// What stands for a value that is not set.
    pub const UNSET: &'static str = "<unset>";

    /// Returns the foreground's value as it is shown.
    pub fn foreground_value(&self) -> &str {
        self.foreground.as_deref().unwrap_or(Self::UNSET)
    }

    /// Returns the daemon's value as it is shown.
    pub fn daemon_value(&self) -> &str {
        self.daemon.as_deref().unwrap_or(Self::UNSET)
    }
}

/// Compares the six fields as text, paths normalised, and returns those that differ, in order.
///
/// Case and a slash at the end of a server count; two values that are not set are equal. The owner
/// of an orphan's record is gone, so there is nobody to agree with: that is the caller's to know.
pub fn compare(foreground: &ForegroundIdentity, record: &OwnerRecord) -> Vec<FieldMismatch> {
    let pairs = Field::ALL.map(|field| FieldMismatch {
        field,
        foreground: field.of_foreground(foreground),
        daemon: field.of_daemon(record),
    });
    let differs = |pair: &FieldMismatch| pair.foreground != pair.daemon;
    pairs.into_iter().filter(differs).collect()
}
