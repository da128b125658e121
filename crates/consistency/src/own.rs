//! Which commits are those that runs of ours make.

use std::collections::BTreeSet;

use git_client::{Error, LocalOnly, Replaced, Repository};
use sync_core::fix::Commit;
use sync_core::ids::CommitId;
use sync_core::status::{Status, TaskStatus, Word, WorkplanStatus};

use crate::files::FOLDER;
use crate::yaml::{Entry, Key};

/// Finds those among commits that runs of ours make: by their subject, and by what they changed.
///
/// A person may have amended one of ours and left its subject as it was.
pub(crate) fn own_commits(
    repository: &Repository,
    local: &LocalOnly,
) -> Result<BTreeSet<CommitId>, Error> {
    let is_called_so = |subject: &str| Commit::ALL.iter().any(|own| own.subject() == subject);
    let called_so: Vec<CommitId> = local
        .commits
        .iter()
        .filter(|commit| is_called_so(&commit.subject))
        .map(|commit| commit.id.clone())
        .collect();
    repository.changing_only(&called_so, is_ours)
}

/// Says whether runs of ours change lines so: a status becomes a canonical word, an id of the hub is
/// written or its line added, in a workplan, and all around the value stays.
fn is_ours(change: &Replaced) -> bool {
    let mut before = change
        .before
        .iter()
        .map(|line| Written::read(line))
        .peekable();
    let in_workplans = change
        .path
        .strip_prefix(FOLDER)
        .is_some_and(|path| path.starts_with('/'));
    in_workplans
        && change.after.iter().all(|line| {
            let Some(after) = Written::read(line) else {
                return false;
            };
            let replaces = before
                .next_if(|before| before.is_some_and(|before| before.is_around(after)))
                .is_some();
            // The line of a status is never made.
            after.key != Key::Status || (replaces && after.is_canonical())
        })
        && before.next().is_none()
}

/// A value that runs of ours write, in its line.
#[derive(Clone, Copy)]
struct Written<'a> {
    key: Key,
    /// What stands before it.
    left: &'a str,
    value: &'a str,
    /// What stands behind it, the line break included.
    right: &'a str,
}

impl<'a> Written<'a> {
    fn read(line: &'a [u8]) -> Option<Self> {
        let line = std::str::from_utf8(line).ok()?;
        let text = line.trim_end_matches(['\r', '\n']);
        let bare = text.trim_start_matches(' ');
        let entry = Entry::of(bare)?;
        let at = text.len() - bare.len() + entry.at;
        let key = [Key::Status, Key::Workstream, Key::Task]
            .into_iter()
            .find(|key| key.name() == entry.name)?;
        Some(Self {
            key,
            left: &line[..at],
            value: entry.value,
            right: &line[at + entry.value.len()..],
        })
    }

    /// Says whether the two differ in their values only; where there was none, a space is added.
    fn is_around(self, other: Self) -> bool {
        self.left.trim_end() == other.left.trim_end()
            && self.right == other.right
            && (self.left == other.left || self.value.is_empty())
    }

    fn is_canonical(self) -> bool {
        fn is<S: Status>(word: &str) -> bool {
            Word::<S>::read(word)
                .known()
                .is_some_and(|status| status.word() == word)
        }
        let word = self.value.trim_matches(['"', '\'']);
        is::<TaskStatus>(word) || is::<WorkplanStatus>(word)
    }
}

#[cfg(test)]
mod tests;
