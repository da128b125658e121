//! How a finding counts: its code, how bad it is, and whether a fix mends it.

use super::{Changed, Kind, Owner, Way};
use core::fmt;

/// How bad a finding is; the worst comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// It has to be mended by a person.
    Fail,
    /// It should be looked at, or is mended by a fix.
    Warn,
    /// Good to know.
    Info,
}

impl Severity {
    /// Returns the word that reports show.
    pub fn word(self) -> &'static str {
        match self {
            Self::Fail => "FAIL",
            Self::Warn => "WARN",
            Self::Info => "INFO",
        }
    }
}

/// The number of a finding's meaning, which never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(u8);

impl Code {
    /// Returns every code.
    pub fn all() -> impl Iterator<Item = Code> {
        (0..=21).map(Code)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "C-{:02}", self.0)
    }
}

/// More unpushed commits than this are a warning (consistency sheet §9, lesson 2: 501 piled up).
const UNPUSHED_LIMIT: u32 = 10;

impl Kind {
    /// Returns the code.
    pub fn code(&self) -> Code {
        Code(match self {
            Self::RunFailed { .. } => 0,
            Self::NoWorkplans { .. } => 1,
            Self::Unreadable { .. } => 2,
            Self::DanglingLink { .. } => 3,
            Self::WorkplanStatus { .. } => 4,
            Self::WorkplanTitle { .. } => 5,
            Self::WorkplanUnlinked(_) => 6,
            Self::OpenRowWithoutFile { .. } => 7,
            Self::ClosedRowWithoutFile { .. } => 8,
            Self::ForeignRow { .. } => 9,
            Self::TaskUnlinked(_) => 10,
            Self::TaskFileAhead { .. } => 11,
            Self::RowWithoutBlock { .. } => 12,
            Self::TaskHubAhead { .. } => 13,
            Self::Behind { .. } | Self::WritebackBlocked { .. } => 14,
            Self::AllTasksClosed { .. } => 15,
            Self::MadeByHand { .. } => 16,
            Self::Unpushed { .. } => 17,
            Self::Twice { .. } => 18,
            Self::UnknownStatus { .. } | Self::NoStatus { .. } | Self::Aliases { .. } => 19,
            Self::ClosedWithOpenTasks { .. } => 20,
            Self::WriteFailed { .. } => 21,
        })
    }

    /// Returns how bad it is.
    pub fn severity(&self) -> Severity {
        match self {
            Self::RunFailed { .. }
            | Self::Unreadable { .. }
            | Self::DanglingLink { .. }
            | Self::Twice { .. }
            | Self::UnknownStatus { .. }
            | Self::NoStatus { .. }
            | Self::WriteFailed { .. } => Severity::Fail,
            Self::ClosedRowWithoutFile { .. }
            | Self::Aliases { .. }
            | Self::Behind { skipped: false, .. }
            | Self::WritebackBlocked { skipped: false, .. } => Severity::Info,
            Self::Unpushed { commits } if *commits <= UNPUSHED_LIMIT => Severity::Info,
            _ => Severity::Warn,
        }
    }

    /// Tells whether a fix mends it without a person's help.
    pub fn fixable(&self) -> bool {
        match self {
            Self::WorkplanStatus { way, .. } => !matches!(way, Way::Tied(_)),
            Self::TaskFileAhead { way, .. } | Self::TaskHubAhead { way, .. } => {
                !matches!(way, Way::Tied(_))
            }
            Self::WorkplanTitle { changed, .. } => *changed == Some(Changed::File),
            Self::WorkplanUnlinked(unlinked) | Self::TaskUnlinked(unlinked) => {
                unlinked.first.is_none()
            }
            Self::ForeignRow { owner, .. } => *owner == Owner::Nobody,
            Self::AllTasksClosed { .. } => true,
            _ => false,
        }
    }
}
