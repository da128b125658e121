//! How far a task or a workplan is: the words, their ranks, and the older words for them.
//!
//! Order is by [`Rank`], not by word: several words share a rank, and only a rank is ever protected
//! from falling. A finer order has no common upper word for two that stand beside each other, so
//! machines could not agree on one (consistency sheet §4).

use alloc::string::{String, ToString};
use core::fmt;

mod merge;

pub use merge::{Base, FileFollows, Merge, Reopening, Tie, merge, reopen};

/// How far along something is; a higher one is further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rank(u8);

impl Rank {
    /// Returns the rank as a number, for stores that compare it themselves.
    pub const fn number(self) -> u8 {
        self.0
    }
}

/// A vocabulary of statuses with ranks.
pub trait Status: Copy + Eq + fmt::Debug + 'static {
    /// Every status with its canonical word, its rank and the other words that are read as it.
    const TABLE: &'static [(Self, &'static str, Rank, &'static [&'static str])];

    /// What something closed becomes when it is reopened and no other word is given.
    const REOPENED: Self;

    /// Returns the word that is written.
    fn word(self) -> &'static str {
        self.row().1
    }

    /// Returns how far along it is.
    fn rank(self) -> Rank {
        self.row().2
    }

    /// Tells whether nothing is left to do.
    fn is_closed(self) -> bool;

    /// Reads a canonical word or an alias; case and surrounding white space do not count.
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let is = |word: &str| word.eq_ignore_ascii_case(text);
        Self::TABLE
            .iter()
            .find(|(_, word, _, aliases)| is(word) || aliases.iter().any(|alias| is(alias)))
            .map(|(status, ..)| *status)
    }

    /// Returns this status's line of the table.
    fn row(self) -> &'static (Self, &'static str, Rank, &'static [&'static str]) {
        Self::TABLE
            .iter()
            .find(|(status, ..)| *status == self)
            .unwrap_or(&Self::TABLE[0])
    }
}

/// Where a task stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TaskStatus {
    /// Not begun.
    Todo,
    /// Begun.
    InProgress,
    /// Begun, and waiting for something.
    Blocked,
    /// Finished.
    Done,
    /// Given up.
    Cancelled,
}

impl Status for TaskStatus {
    const TABLE: &'static [(Self, &'static str, Rank, &'static [&'static str])] = &[
        (Self::Todo, "todo", Rank(0), &[]),
        (Self::InProgress, "in_progress", Rank(1), &["progress"]),
        (Self::Blocked, "blocked", Rank(1), &["wait"]),
        (Self::Done, "done", Rank(2), &[]),
        (Self::Cancelled, "cancelled", Rank(2), &["cancel"]),
    ];
    const REOPENED: Self = Self::Todo;

    fn is_closed(self) -> bool {
        matches!(self, Self::Done | Self::Cancelled)
    }
}

/// Where a workplan stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WorkplanStatus {
    /// Written down, not agreed.
    Proposed,
    /// Agreed, for later.
    Backlog,
    /// May be begun.
    Ready,
    /// Being worked on.
    Active,
    /// Waiting for something.
    Blocked,
    /// All is done.
    Finished,
    /// Finished and put away.
    Archived,
}

impl Status for WorkplanStatus {
    const TABLE: &'static [(Self, &'static str, Rank, &'static [&'static str])] = &[
        (Self::Proposed, "proposed", Rank(0), &["todo"]),
        (Self::Backlog, "backlog", Rank(0), &[]),
        (Self::Ready, "ready", Rank(0), &[]),
        (Self::Active, "active", Rank(1), &[]),
        (Self::Blocked, "blocked", Rank(1), &[]),
        (Self::Finished, "finished", Rank(2), &["done", "completed"]),
        (Self::Archived, "archived", Rank(3), &[]),
    ];
    const REOPENED: Self = Self::Active;

    fn is_closed(self) -> bool {
        matches!(self, Self::Finished | Self::Archived)
    }
}

/// A status as it was found: a known one in the words it was written in, or a word that is none.
///
/// An unknown word has no rank; it is kept and never overwritten.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Word<S> {
    /// A status, by its canonical word or an alias.
    Known {
        /// The status.
        status: S,
        /// It was written as another word than the canonical one.
        alias: Option<String>,
    },
    /// A word that is no status.
    Unknown(String),
}

impl<S: Status> Word<S> {
    /// Reads a word.
    pub fn read(text: &str) -> Self {
        match S::parse(text) {
            Some(status) => Self::Known {
                status,
                alias: (status.word() != text.trim()).then(|| text.trim().to_string()),
            },
            None => Self::Unknown(text.trim().to_string()),
        }
    }

    /// Returns the status, if the word is one.
    pub fn known(&self) -> Option<S> {
        match self {
            Self::Known { status, .. } => Some(*status),
            Self::Unknown(_) => None,
        }
    }
}

impl<S: Status> From<S> for Word<S> {
    fn from(status: S) -> Self {
        Self::Known {
            status,
            alias: None,
        }
    }
}

impl<S: Status> fmt::Display for Word<S> {
    /// Shows the word as it was written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Known {
                alias: Some(word), ..
            }
            | Self::Unknown(word) => word,
            Self::Known { status, .. } => status.word(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary<S: Status>(expected: &[(&str, u8)]) {
        for (word, rank) in expected {
            let status = S::parse(word).unwrap_or_else(|| panic!("{word} is read"));
            assert_eq!(status.rank(), Rank(*rank), "{word}");
            assert_eq!(S::parse(status.word()), Some(status), "{word}");
        }
        for (status, word, rank, _) in S::TABLE {
            assert_eq!((status.word(), status.rank()), (*word, *rank));
        }
    }

    #[test]
    fn task_words_have_the_ranks_of_the_original() {
        vocabulary::<TaskStatus>(&[
            ("todo", 0),
            ("in_progress", 1),
            ("progress", 1),
            ("blocked", 1),
            ("wait", 1),
            ("done", 2),
            ("cancelled", 2),
            ("cancel", 2),
        ]);
    }

    #[test]
    fn workplan_words_have_ranks_and_old_words_are_read() {
        vocabulary::<WorkplanStatus>(&[
            ("proposed", 0),
            ("backlog", 0),
            ("ready", 0),
            ("active", 1),
            ("blocked", 1),
            ("finished", 2),
            ("done", 2),
            ("completed", 2),
            ("archived", 3),
        ]);
    }

    #[test]
    fn a_word_is_kept_as_it_was_written() {
        for (text, shown, status) in [
            ("wait", "wait", Some(TaskStatus::Blocked)),
            (" Done ", "Done", Some(TaskStatus::Done)),
            ("done", "done", Some(TaskStatus::Done)),
            ("halfway", "halfway", None),
            ("", "", None),
        ] {
            let word = Word::<TaskStatus>::read(text);
            assert_eq!((word.to_string().as_str(), word.known()), (shown, status));
        }
    }
}
