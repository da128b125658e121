//! The words a State Hub has for a status, of which there are two sets (consistency sheet §4).

use std::sync::atomic::{AtomicBool, Ordering};

use sync_core::status::{Status, TaskStatus, Word, WorkplanStatus};

/// A status with its words at a State Hub.
pub(super) trait Spelled: Status {
    /// Returns the word of today.
    fn today(self) -> &'static str;

    /// Returns the word of hubs before the set of today; several statuses may share one.
    fn before(self) -> &'static str;
}

impl Spelled for TaskStatus {
    fn today(self) -> &'static str {
        match self {
            Self::Todo => "todo",
            Self::InProgress => "progress",
            Self::Blocked => "wait",
            Self::Done => "done",
            Self::Cancelled => "cancel",
        }
    }

    fn before(self) -> &'static str {
        self.word()
    }
}

impl Spelled for WorkplanStatus {
    fn today(self) -> &'static str {
        self.word()
    }

    fn before(self) -> &'static str {
        match self {
            Self::Proposed | Self::Backlog | Self::Ready => "todo",
            Self::Active => "active",
            Self::Blocked => "blocked",
            Self::Finished => "completed",
            Self::Archived => "archived",
        }
    }
}

/// Which set of words a hub takes, as far as it has said.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    is_old: AtomicBool,
}

impl Vocabulary {
    fn is_old(&self) -> bool {
        self.is_old.load(Ordering::Relaxed)
    }

    /// Returns the word to send, and the one to try when that is refused.
    pub(super) fn words<S: Spelled>(&self, status: S) -> (&'static str, Option<&'static str>) {
        let (first, other) = if self.is_old() {
            (status.before(), status.today())
        } else {
            (status.today(), status.before())
        };
        (first, (first != other).then_some(other))
    }

    /// Remembers that the other set was taken.
    pub(super) fn switch(&self) {
        self.is_old.fetch_xor(true, Ordering::Relaxed);
    }

    /// Says whether two statuses are one to this hub.
    pub(super) fn are_one<S: Spelled>(&self, a: S, b: S) -> bool {
        a == b || self.is_old() && a.before() == b.before()
    }
}

/// Reads a word. One of the hub's own is no alias there, so a known one is shown as ours.
pub(super) fn read<S: Status>(text: &str) -> Word<S> {
    let word = Word::read(text);
    word.known().map_or(word, Word::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_are_read<S: Spelled>() {
        for (status, ..) in S::TABLE {
            assert_eq!(read::<S>(status.today()), (*status).into());
            let before = read::<S>(status.before()).known().unwrap();
            assert_eq!(before.rank(), status.rank(), "{status:?}");
        }
    }

    #[test]
    fn both_sets_are_read_and_keep_their_rank() {
        all_are_read::<TaskStatus>();
        all_are_read::<WorkplanStatus>();
        let halfway = read::<TaskStatus>("halfway");
        assert_eq!(halfway, Word::Unknown("halfway".into()));
    }

    #[test]
    fn the_other_set_is_tried_where_it_differs_and_remembered() {
        let words = Vocabulary::default();
        assert_eq!(words.words(TaskStatus::Done), ("done", None));
        let progress = words.words(TaskStatus::InProgress);
        assert_eq!(progress, ("progress", Some("in_progress")));
        words.switch();
        let progress = words.words(TaskStatus::InProgress);
        assert_eq!(progress, ("in_progress", Some("progress")));
    }

    #[test]
    fn only_an_old_hub_has_one_word_for_several() {
        let words = Vocabulary::default();
        let (ready, backlog) = (WorkplanStatus::Ready, WorkplanStatus::Backlog);
        assert!(words.are_one(ready, ready) && !words.are_one(ready, backlog));
        words.switch();
        assert!(words.are_one(ready, backlog));
        assert!(!words.are_one(ready, WorkplanStatus::Active));
    }
}
