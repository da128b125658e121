//! The branch that the current one follows, and how far apart they are.

use std::time::Duration;

use sync_core::ids::CommitId;

use crate::commit;
use crate::discover::Repository;
use crate::error::Error;

/// What the current branch follows, as last fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Upstream {
    /// HEAD is on no branch.
    Detached,
    /// The branch follows none.
    Unset,
    /// The branch follows one that is not here: never fetched, or deleted.
    Gone {
        /// What it is called at its remote, such as `refs/heads/main`.
        name: String,
    },
    /// The branch follows one that is here.
    Tracked(Tracked),
}

/// An upstream that is here, compared with HEAD.
///
/// In a shallow clone commits beyond the cut are not counted, and where the cut hides what the two
/// have in common both counts are above 0: rather apart than equal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tracked {
    /// Its full name here, such as `refs/remotes/origin/main`.
    pub name: String,
    /// The commit it stands on.
    pub tip: CommitId,
    /// How many commits HEAD has and it has not; 0 on a branch without a commit.
    pub ahead: u64,
    /// How many commits it has and HEAD has not.
    pub behind: u64,
}

/// What came of asking the upstream's remote.
#[derive(Debug)]
pub enum Fetched {
    /// The upstream is as its remote has it.
    Fresh,
    /// The branch has no upstream to ask for, or HEAD is on no branch.
    NoUpstream,
    /// The remote did not answer in time, or not as hoped; what is here stays as it was.
    Unreachable(Error),
}

/// Where the current branch's upstream is configured to be.
pub(crate) struct Followed {
    pub(crate) remote: String,
    /// Its full name at the remote.
    pub(crate) there: String,
    /// Its full name here, if it is here.
    pub(crate) here: Option<String>,
    pub(crate) own_ssh: bool,
}

impl Repository {
    /// Brings the current branch's upstream up to date, for at most `limit`.
    ///
    /// Only that branch is fetched, and only it and its objects are written (as by
    /// [`fetch`](Self::fetch), of which the same holds otherwise). A remote that cannot be reached
    /// is an answer here, not an error: the pull gate goes by what is known (design §5).
    pub fn fetch_upstream(&self, limit: Duration) -> Result<Fetched, Error> {
        let Some(followed) = self.followed()? else {
            return Ok(Fetched::NoUpstream);
        };
        if followed.remote == "." {
            return Ok(Fetched::Fresh); // another branch of this repository
        }
        let fetched = match followed.here {
            Some(here) => {
                let refspec = format!("+{}:{here}", followed.there);
                self.fetch_from(&followed.remote, &refspec, followed.own_ssh, limit)
            }
            // Where it belongs is told by nothing before it is here.
            None => self.fetch(limit),
        };
        match fetched {
            Ok(()) => Ok(Fetched::Fresh),
            Err(
                error @ (Error::TimedOut { .. } | Error::Failed { .. } | Error::NoRemote { .. }),
            ) => Ok(Fetched::Unreachable(error)),
            Err(error) => Err(error),
        }
    }

    /// Compares HEAD with the current branch's upstream, without asking the remote.
    pub fn upstream(&self) -> Result<Upstream, Error> {
        if self.branch()?.is_none() {
            return Ok(Upstream::Detached);
        }
        let Some(followed) = self.followed()? else {
            return Ok(Upstream::Unset);
        };
        let Some(name) = followed.here else {
            return Ok(Upstream::Gone {
                name: followed.there,
            });
        };
        let tip = self.tip(&name)?;
        let (ahead, behind) = match self.head()? {
            Some(head) => self.apart(&head, &tip)?,
            None => (0, self.count(&["--count", tip.as_str()])?[0]),
        };
        Ok(Upstream::Tracked(Tracked {
            name,
            tip,
            ahead,
            behind,
        }))
    }

    /// Finds what the current branch follows; nothing without one, and off a branch.
    pub(crate) fn followed(&self) -> Result<Option<Followed>, Error> {
        let Some(head) = self.branch()? else {
            return Ok(None);
        };
        let branch = head.strip_prefix("refs/heads/").unwrap_or(&head);
        let mut remotes = self.remotes()?;
        let remote = remotes.of_branch.remove(branch);
        let (Some(remote), Some(there)) = (remote, remotes.followed.remove(branch)) else {
            return Ok(None);
        };
        let here = self
            .call("find the upstream")
            .args(["rev-parse", "--symbolic-full-name", "@{upstream}"])
            .run()?;
        // Whatever keeps git from naming it (no such ref, none configured for it): it is not here.
        let here = (here.code == Some(0))
            .then(|| String::from_utf8_lossy(here.stdout.trim_ascii_end()).into_owned());
        Ok(Some(Followed {
            remote,
            there,
            here: here.filter(|name| name.starts_with("refs/")),
            own_ssh: remotes.own_ssh,
        }))
    }

    pub(crate) fn tip(&self, name: &str) -> Result<CommitId, Error> {
        let finished = self
            .call("read a branch")
            .args(["rev-parse", "--verify", "--quiet", "--end-of-options"])
            .arg(format!("{name}^{{commit}}"))
            .run()?;
        let unexpected = finished.unexpected("no commit id");
        commit::printed(&finished.success()?).ok_or(unexpected)
    }

    /// Counts the commits that only `head` has and those that only `tip` has.
    fn apart(&self, head: &CommitId, tip: &CommitId) -> Result<(u64, u64), Error> {
        let range = format!("{head}...{tip}");
        let counts = self.count(&["--left-right", "--count", &range])?;
        Ok((counts[0], counts[1]))
    }

    /// Runs a counting `rev-list`; what it does not count is 0.
    fn count(&self, arguments: &[&str]) -> Result<[u64; 2], Error> {
        let finished = self
            .call("compare with the upstream")
            .arg("rev-list")
            .args(arguments)
            .arg("--")
            .run()?;
        let unexpected = finished.unexpected("no count");
        let answer = String::from_utf8_lossy(&finished.success()?).into_owned();
        let counts: Result<Vec<u64>, _> = answer.split_whitespace().map(str::parse).collect();
        match counts.as_deref() {
            Ok([left, right]) => Ok([*left, *right]),
            Ok([all]) => Ok([*all, 0]),
            _ => Err(unexpected),
        }
    }
}

#[cfg(test)]
mod tests;
