//! States of a work tree in which nothing is committed on the user's behalf.

use std::fmt;

use crate::discover::Repository;
use crate::error::Error;

/// Something under way that a commit of ours would become part of, or that has no branch for it
/// (design §5, "Writeback").
///
/// A branch without a commit is none: the first commit of it may well be ours, and holds the given
/// files only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Obstruction {
    /// `git am` stopped at a patch.
    Am,
    /// A rebase stopped, of either kind; HEAD is detached in it.
    Rebase,
    /// A merge waits for its commit.
    Merge,
    /// A cherry-pick stopped, or has picks to go.
    CherryPick,
    /// A revert stopped, or has commits to go.
    Revert,
    /// A bisection is under way, whether or not it has moved HEAD yet.
    Bisect,
    /// HEAD is on no branch.
    Detached,
}

impl fmt::Display for Obstruction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Am => "patches are being applied (git am)",
            Self::Rebase => "a rebase is in progress",
            Self::Merge => "a merge is in progress",
            Self::CherryPick => "a cherry-pick is in progress",
            Self::Revert => "a revert is in progress",
            Self::Bisect => "a bisection is in progress",
            Self::Detached => "HEAD is on no branch",
        })
    }
}

impl Repository {
    /// Looks for a state in which nothing is committed; of several the one to end first.
    ///
    /// The work tree's own git directory is looked at, so another worktree's rebase is no matter.
    pub fn obstruction(&self) -> Result<Option<Obstruction>, Error> {
        match self.under_way()? {
            None if self.branch()?.is_none() => Ok(Some(Obstruction::Detached)),
            found => Ok(found),
        }
    }

    /// Looks for something that was begun and is to be ended.
    pub(crate) fn under_way(&self) -> Result<Option<Obstruction>, Error> {
        let there = |name: &str| self.git_dir().join(name).symlink_metadata().is_ok();
        // A stopped rebase may hold a stopped pick or merge, never the reverse.
        Ok(if there("rebase-apply/applying") {
            Some(Obstruction::Am)
        } else if there("rebase-apply") || there("rebase-merge") {
            Some(Obstruction::Rebase)
        } else if there("MERGE_HEAD") {
            Some(Obstruction::Merge)
        } else if let Some(picking) = self.picking()? {
            Some(picking)
        } else if there("BISECT_LOG") {
            Some(Obstruction::Bisect)
        } else {
            None
        })
    }

    /// Refuses in such a state, and while somebody else holds the index.
    pub(crate) fn unobstructed(&self) -> Result<(), Error> {
        if let Some(obstruction) = self.obstruction()? {
            return Err(Error::Obstructed {
                root: self.root().to_owned(),
                obstruction,
            });
        }
        self.unlocked()
    }

    /// Refuses while somebody else holds the index.
    pub(crate) fn unlocked(&self) -> Result<(), Error> {
        let lock = self.git_dir().join("index.lock");
        if lock.symlink_metadata().is_ok() {
            return Err(Error::Locked { lock });
        }
        Ok(())
    }

    /// Finds a cherry-pick or revert, stopped at a commit or between two.
    fn picking(&self) -> Result<Option<Obstruction>, Error> {
        const HEADS: [(&str, Obstruction); 2] = [
            ("CHERRY_PICK_HEAD", Obstruction::CherryPick),
            ("REVERT_HEAD", Obstruction::Revert),
        ];
        let stopped = HEADS
            .iter()
            .find(|(name, _)| self.git_dir().join(name).exists());
        if let Some((_, picking)) = stopped {
            return Ok(Some(*picking));
        }
        if let Ok(todo) = std::fs::read(self.git_dir().join("sequencer/todo")) {
            let reverting = todo.trim_ascii_start().starts_with(b"revert");
            return Ok(Some(if reverting {
                Obstruction::Revert
            } else {
                Obstruction::CherryPick
            }));
        }
        if !self.common_dir().join("reftable").exists() {
            return Ok(None);
        }
        // With reftables these two are no files.
        let answer = self
            .call("look for a cherry-pick")
            .args(["cat-file", "--batch-check=%(objecttype)"])
            .input("CHERRY_PICK_HEAD\nREVERT_HEAD\n")
            .run()?
            .success()?;
        let found = answer.split(|&b| b == b'\n').zip(HEADS);
        let mut found = found.filter(|(line, _)| *line == b"commit");
        Ok(found.next().map(|(_, (_, picking))| picking))
    }

    /// The full name of the branch HEAD is on, born or not; nothing when it is detached.
    pub fn branch(&self) -> Result<Option<String>, Error> {
        let finished = self
            .call("read HEAD")
            .args(["symbolic-ref", "--quiet", "HEAD"])
            .run()?;
        let unexpected = finished.unexpected("a branch is not UTF-8");
        let Some(answer) = finished.answer()? else {
            return Ok(None);
        };
        match std::str::from_utf8(answer.trim_ascii_end()) {
            Ok(branch) => Ok(Some(branch.to_owned())),
            Err(_) => Err(unexpected),
        }
    }
}

#[cfg(test)]
mod tests;
