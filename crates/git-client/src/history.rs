//! What the history of HEAD knows.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use camino::{Utf8Path, Utf8PathBuf};
use sync_core::ids::CommitId;

use crate::commit;
use crate::discover::Repository;
use crate::error::Error;
use crate::facts::lines;
use crate::paths::{Asked, spelled};
use crate::walk::{Descent, Node, walk};

/// The history of the commit that HEAD stood on when it was opened.
///
/// Everything is answered for that one commit, so a commit or a switch made meanwhile cannot mix
/// two states. On a branch without a commit it is the empty history.
#[derive(Clone, Debug)]
pub struct History<'r> {
    repository: &'r Repository,
    head: Option<CommitId>,
}

/// Where a commit stands, seen from HEAD.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ancestry {
    /// There is no such commit here.
    Unknown,
    /// It is HEAD.
    Head,
    /// HEAD's history holds it.
    Ancestor,
    /// It is here, but not in HEAD's history: newer, or on another line of work.
    ///
    /// In a shallow clone this may be said of an ancestor beyond the cut.
    Diverged,
}

impl Repository {
    /// Opens the history of HEAD.
    pub fn history(&self) -> Result<History<'_>, Error> {
        Ok(History {
            repository: self,
            head: self.head()?,
        })
    }

    /// Says whether `descendant` is `ancestor` or has it in its history; both must be here.
    pub fn is_ancestor(&self, ancestor: &CommitId, descendant: &CommitId) -> Result<bool, Error> {
        let finished = self
            .call("compare two commits")
            .args(["merge-base", "--is-ancestor"])
            .args([commit::spelled(ancestor)?, commit::spelled(descendant)?])
            .run()?;
        finished.answer().map(|answer| answer.is_some())
    }

    /// Says whether the commit holds anything at the path.
    pub fn holds(&self, commit: &CommitId, path: &Utf8Path) -> Result<bool, Error> {
        let listed = self
            .call("look into a commit")
            .args(["ls-tree", "-z", "--name-only", commit::spelled(commit)?])
            .args(["--", &spelled(path)?])
            .run()?
            .success()?;
        Ok(!listed.is_empty())
    }

    /// Picks out the commits that `tip`'s history does not hold, in one run.
    ///
    /// Where clocks were wrong, git may take an ancestor for a stranger, never the reverse.
    pub(crate) fn outside(
        &self,
        commits: &BTreeSet<CommitId>,
        tip: &CommitId,
    ) -> Result<BTreeSet<CommitId>, Error> {
        let mut outside = BTreeSet::new();
        if commits.is_empty() {
            return Ok(outside);
        }
        self.call("compare commits with a history")
            .args(["rev-list", "--stdin"])
            .input(format!("^{tip}\n{}", lines(commits)))
            .stream(b'\n', |line| {
                let Some(commit) = commit::printed(line) else {
                    return Err("no commit id");
                };
                if commits.contains(&commit) {
                    outside.insert(commit);
                }
                Ok(if outside.len() == commits.len() {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                })
            })?;
        Ok(outside)
    }
}

impl<'r> History<'r> {
    /// The commit whose history this is; nothing on a branch without a commit.
    pub fn head(&self) -> Option<&CommitId> {
        self.head.as_ref()
    }

    pub(crate) fn repository(&self) -> &'r Repository {
        self.repository
    }

    /// The commit at the far end of the first-parent line, by which a repository is known.
    ///
    /// Nothing on a branch without a commit, and where a shallow clone cuts that line off.
    pub fn root_commit(&self) -> Result<Option<CommitId>, Error> {
        let Some(head) = &self.head else {
            return Ok(None);
        };
        let finished = self
            .repository
            .call("find the root commit")
            .args([
                "rev-list",
                "--first-parent",
                "--max-parents=0",
                head.as_str(),
            ])
            .run()?;
        let unexpected = finished.unexpected("no commit id");
        let end = commit::printed(&finished.success()?).ok_or(unexpected)?;
        if !self.repository.is_shallow() {
            return Ok(Some(end));
        }
        // The object itself still names the parents that a shallow clone does not have.
        let object = self
            .repository
            .call("read the root commit")
            .args(["cat-file", "commit", end.as_str()])
            .run()?
            .success()?;
        let mut header = object
            .split(|&b| b == b'\n')
            .take_while(|line| !line.is_empty());
        let cut = header.any(|line| line.starts_with(b"parent "));
        Ok((!cut).then_some(end))
    }

    /// Says of each commit where it stands, in at most two runs.
    pub fn ancestry(&self, commits: &[CommitId]) -> Result<BTreeMap<CommitId, Ancestry>, Error> {
        let known = self.repository.contains(commits)?;
        let outside = match &self.head {
            Some(head) => self.repository.outside(&known, head)?,
            None => known.clone(),
        };
        let standing = |commit: &CommitId| {
            if !known.contains(commit) {
                Ancestry::Unknown
            } else if Some(commit) == self.head.as_ref() {
                Ancestry::Head
            } else if outside.contains(commit) {
                Ancestry::Diverged
            } else {
                Ancestry::Ancestor
            }
        };
        let standings = commits
            .iter()
            .map(|commit| (commit.clone(), standing(commit)));
        Ok(standings.collect())
    }

    /// Finds the last commit that touched each path, in one run: what
    /// `git log -1 --format=%H -- PATH` says of it. Paths that no commit touched are left out.
    ///
    /// As there, a merge that took a path over unchanged is passed by along the line it came from.
    pub fn last_touching(
        &self,
        paths: &[Utf8PathBuf],
    ) -> Result<BTreeMap<Utf8PathBuf, CommitId>, Error> {
        let asked = Asked::new(paths)?;
        let Some(head) = &self.head else {
            return Ok(BTreeMap::new());
        };
        let mut descent = Descent::from(head, asked.len());
        walk(self.repository, head, &asked, |node| {
            descent.take(node);
            if descent.is_over() {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        })?;
        let found = descent.into_found();
        let named = found
            .into_iter()
            .map(|(number, commit)| (asked.path(number), commit));
        Ok(named.collect())
    }

    /// Picks out the paths that some commit of this history touched, in one run.
    ///
    /// Unlike [`last_touching`](Self::last_touching) it sees what came and went on a merged side.
    pub fn ever_touched(&self, paths: &[Utf8PathBuf]) -> Result<BTreeSet<Utf8PathBuf>, Error> {
        let asked = Asked::new(paths)?;
        let Some(head) = &self.head else {
            return Ok(BTreeSet::new());
        };
        let mut touched = BTreeSet::new();
        walk(self.repository, head, &asked, |node: Node| {
            touched.extend(node.touched.into_iter().flatten());
            if touched.len() == asked.len() {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        })?;
        Ok(touched
            .into_iter()
            .map(|number| asked.path(number))
            .collect())
    }

    /// Lists the commits since `since` that touched the path, newest first, those of merged sides
    /// included (`git log --full-history SINCE..HEAD -- PATH`).
    pub fn touching_since(
        &self,
        since: &CommitId,
        path: &Utf8Path,
    ) -> Result<Vec<CommitId>, Error> {
        let Some(head) = &self.head else {
            return Ok(Vec::new());
        };
        let since = format!("^{}", commit::spelled(since)?);
        let finished = self
            .repository
            .call("list the commits that touched a path")
            .args(["rev-list", "--full-history", &since, head.as_str()])
            .args(["--", &spelled(path)?])
            .run()?;
        let unexpected = finished.unexpected("no commit id");
        let answer = finished.success()?;
        let ids = answer
            .split(|&b| b == b'\n')
            .filter(|line| !line.is_empty());
        let ids: Option<Vec<CommitId>> = ids.map(commit::printed).collect();
        ids.ok_or(unexpected)
    }
}

#[cfg(test)]
mod tests;
