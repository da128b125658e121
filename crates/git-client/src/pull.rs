//! Following the upstream: forward, or by giving up commits that are to be made anew.

use std::fmt;
use std::time::Duration;

use sync_core::ids::CommitId;

use crate::command::Finished;
use crate::commit;
use crate::discover::Repository;
use crate::error::{Error, Refusal};
use crate::upstream::{Tracked, Upstream};

/// The commits that HEAD has and its upstream has not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalOnly {
    /// The commit HEAD stood on.
    pub head: CommitId,
    /// The commit the upstream stood on, as last fetched.
    pub upstream: CommitId,
    /// Those commits, newest first.
    pub commits: Vec<LocalCommit>,
}

/// A commit and what it calls itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalCommit {
    /// Its id.
    pub id: CommitId,
    /// The first line of its message; possibly empty.
    pub subject: String,
}

/// Why a branch cannot follow its upstream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Immovable {
    /// It has none, or none that is here.
    NoUpstream,
    /// It has commits of its own besides lacking some.
    Diverged,
    /// It or its upstream is not where it was when the caller looked.
    Outdated,
    /// Git refuses, mostly for something changed, staged, untracked or ignored that it would have
    /// to overwrite.
    Refused,
}

impl fmt::Display for Immovable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoUpstream => "it has no upstream here",
            Self::Diverged => "it has diverged from its upstream",
            Self::Outdated => "it or its upstream has moved meanwhile",
            Self::Refused => "git refuses to move it",
        })
    }
}

impl Repository {
    /// Lists the commits that are not in the upstream, in one run; nothing where HEAD has no
    /// commit or the branch no upstream here.
    pub fn local_only(&self) -> Result<Option<LocalOnly>, Error> {
        let Upstream::Tracked(Tracked { tip: upstream, .. }) = self.upstream()? else {
            return Ok(None);
        };
        let Some(head) = self.head()? else {
            return Ok(None);
        };
        let mut commits = Vec::new();
        let mut id = None;
        self.call("list the commits not in the upstream")
            // The mark keeps the line of an empty subject from being left out.
            .args(["rev-list", "--format=:%s", "--encoding=UTF-8"])
            .args([&format!("{upstream}..{head}"), "--"])
            .stream(b'\n', |line| {
                match (line.strip_prefix(b":"), line.strip_prefix(b"commit ")) {
                    (Some(subject), _) => {
                        let Some(id) = id.take() else {
                            return Err("a subject without a commit");
                        };
                        let subject = String::from_utf8_lossy(subject).into_owned();
                        commits.push(LocalCommit { id, subject });
                    }
                    (None, Some(named)) => id = commit::printed(named),
                    (None, None) => return Err("a line of an unknown kind"),
                }
                Ok(std::ops::ControlFlow::Continue(()))
            })?;
        Ok(Some(LocalOnly {
            head,
            upstream,
            commits,
        }))
    }

    /// Moves the branch forward to its upstream as last fetched, work tree and index along with
    /// it, for at most `limit`: `git merge --ff-only`. Says whether there was anything to do.
    ///
    /// What is changed, staged, untracked or ignored is never overwritten. The user's hooks and
    /// filters take part.
    ///
    /// # Errors
    /// [`Error::NotMoved`] where the branch has no upstream, has diverged, or something is in the
    /// way; [`Error::Obstructed`] and [`Error::Locked`] as for
    /// [`commit_paths`](Self::commit_paths). All is as before then. [`Error::TimedOut`] may leave
    /// files of the upstream in the work tree, which git then shows as changed.
    pub fn pull_fast_forward(&self, limit: Duration) -> Result<bool, Error> {
        self.unobstructed()?;
        let tip = match self.upstream()? {
            Upstream::Tracked(Tracked { behind: 0, .. }) => return Ok(false),
            Upstream::Tracked(Tracked { tip, ahead: 0, .. }) => tip,
            Upstream::Tracked(_) => return Err(self.not_moved(Immovable::Diverged, None)),
            _ => return Err(self.not_moved(Immovable::NoUpstream, None)),
        };
        let run = self
            .call("move to the upstream")
            .for_the_user(limit)
            .args(["merge", "--quiet", "--ff-only", "--no-autostash"])
            .args(["--no-overwrite-ignore", "--no-stat", tip.as_str()])
            .run();
        self.moved_to(&tip, run).map(|()| true)
    }

    /// Moves the branch to its upstream, giving up the commits of `local`, for at most `limit`.
    ///
    /// The caller has made sure that each of them is its own and can be made anew. The old tip is
    /// first kept as `refs/onward/KEEP_AS`, which must not be taken. Then branch, index and work
    /// tree go to the upstream as `git checkout -B` takes them there: other than
    /// `git reset --keep` it leaves what is staged staged, and never overwrites an ignored file.
    ///
    /// # Errors
    /// [`Error::NotMoved`] where HEAD or its upstream has moved since `local` was listed, or
    /// something is in the way; [`Error::Failed`] where `keep_as` is taken or no name for a ref;
    /// [`Error::Obstructed`], [`Error::Locked`] and [`Error::TimedOut`] as for
    /// [`pull_fast_forward`](Self::pull_fast_forward). The branch is where it was then, and
    /// nothing is kept.
    pub fn move_to_upstream(
        &self,
        local: &LocalOnly,
        keep_as: &str,
        limit: Duration,
    ) -> Result<(), Error> {
        self.unobstructed()?;
        let branch = self.branch()?;
        let short = branch
            .as_deref()
            .and_then(|b| b.strip_prefix("refs/heads/"));
        let (Some(short), true) = (short, self.local_only()?.as_ref() == Some(local)) else {
            return Err(self.not_moved(Immovable::Outdated, None));
        };
        let head = local.head.as_str();
        let keep_ref = format!("refs/onward/{keep_as}");
        self.call("keep the old tip")
            .args(["update-ref", "--", &keep_ref, head, &"0".repeat(head.len())])
            .run()?
            .success()?;
        let run = self
            .call("move to the upstream")
            .for_the_user(limit)
            .args(["checkout", "--quiet", "--no-overwrite-ignore"])
            .args(["--no-recurse-submodules", "--no-track"])
            .args(["-B", short, local.upstream.as_str(), "--"])
            .run();
        let moved = self.moved_to(&local.upstream, run);
        if moved.is_err() && self.head()?.as_ref() == Some(&local.head) {
            self.call("let go of the kept tip")
                .args(["update-ref", "-d", "--", &keep_ref, head])
                .run()?
                .success()?;
        }
        moved
    }

    /// Judges a move by where HEAD is: a hook that fails or hangs afterwards undoes nothing.
    fn moved_to(&self, tip: &CommitId, run: Result<Finished, Error>) -> Result<(), Error> {
        if self.head()?.as_ref() == Some(tip) {
            return Ok(());
        }
        let finished = run?;
        if finished.code == Some(0) {
            return Ok(()); // and a hook has moved on from there
        }
        self.unlocked()?;
        let refusal = Refusal::new(finished.code, &finished.stderr);
        Err(self.not_moved(Immovable::Refused, Some(refusal)))
    }

    fn not_moved(&self, reason: Immovable, source: Option<Refusal>) -> Error {
        Error::NotMoved {
            root: self.root().to_owned(),
            reason,
            source,
        }
    }
}

#[cfg(test)]
mod tests;
