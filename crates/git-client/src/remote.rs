//! The remote: what it publishes, and asking it for more.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use sync_core::ids::CommitId;

use crate::command::Call;
use crate::commit;
use crate::discover::Repository;
use crate::environment;
use crate::error::Error;
use crate::redact;

/// The branch that the default remote calls its own, as last fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefaultBranch {
    /// Its full name here, such as `refs/remotes/origin/main`.
    pub name: String,
    /// The commit it stands on.
    pub tip: CommitId,
}

/// What the configuration says about remotes.
#[derive(Default)]
pub(crate) struct Remotes {
    names: BTreeSet<String>,
    /// The remote of each branch that has one.
    pub(crate) of_branch: BTreeMap<String, String>,
    /// The branch of that remote which each branch follows, by its full name there.
    pub(crate) followed: BTreeMap<String, String>,
    /// Whether the user has a way of their own to run ssh.
    pub(crate) own_ssh: bool,
}

impl Repository {
    /// Brings the default remote's branches up to date, for at most `limit`.
    ///
    /// Only objects and remote-tracking branches are written: no tags, nothing pruned, no
    /// submodules, no `FETCH_HEAD`, no maintenance. Nobody is asked for a password.
    ///
    /// # Errors
    /// [`Error::NoRemote`] where there is none; [`Error::TimedOut`] and [`Error::Failed`] leave
    /// the repository as usable as before.
    pub fn fetch(&self, limit: Duration) -> Result<(), Error> {
        let remotes = self.remotes()?;
        let Some(remote) = self.default_remote(&remotes)? else {
            return Err(Error::NoRemote {
                root: self.root().to_owned(),
            });
        };
        // Even a clone of one branch needs the branch that a colleague's card came from.
        let every_branch = format!("+refs/heads/*:refs/remotes/{remote}/*");
        self.fetch_from(remote, &every_branch, remotes.own_ssh, limit)
    }

    pub(crate) fn fetch_from(
        &self,
        remote: &str,
        refspec: &str,
        own_ssh: bool,
        limit: Duration,
    ) -> Result<(), Error> {
        unattended(self.call("fetch").over_network(limit), own_ssh)
            .args(["fetch", "--quiet"])
            .args(["--no-tags", "--no-prune", "--no-recurse-submodules"])
            .args(["--no-write-fetch-head", "--no-write-commit-graph"])
            .args(["--no-show-forced-updates", "--", remote, refspec])
            .run()?
            .success()
            .map(drop)
    }

    /// The address of the current branch's remote, else of the only one, else of `origin`, without
    /// user-info, query and fragment, so that two people's clones of one place say the same.
    ///
    /// It is the one git uses (`url.<base>.insteadOf` applied); nothing where there is no remote.
    pub fn remote_url(&self) -> Result<Option<String>, Error> {
        let remotes = self.remotes()?;
        let Some(remote) = self.default_remote(&remotes)? else {
            return Ok(None);
        };
        let finished = self
            .call("read a remote's address")
            .args(["remote", "get-url", "--", remote])
            .run()?;
        let answer = finished.success()?;
        let answer = String::from_utf8_lossy(&answer);
        Ok(answer.lines().next().map(redact::address))
    }

    /// The default branch of the default remote: where its HEAD points, else `main` or `master`.
    pub fn default_branch(&self) -> Result<Option<DefaultBranch>, Error> {
        let remotes = self.remotes()?;
        let Some(remote) = self.default_remote(&remotes)? else {
            return Ok(None);
        };
        let folder = format!("refs/remotes/{remote}/");
        let candidates = ["HEAD", "main", "master"].map(|branch| format!("{folder}{branch}"));
        let finished = self
            .call("find the default branch")
            .args([
                "for-each-ref",
                "--format=%(refname) %(objectname) %(symref)",
            ])
            .args(&candidates)
            .run()?;
        let answer = finished.success()?;
        let answer = String::from_utf8_lossy(&answer);
        let found: BTreeMap<&str, DefaultBranch> = answer
            .lines()
            .filter_map(|line| {
                let mut fields = line.split(' ');
                let (name, tip, target) = (fields.next()?, fields.next()?, fields.next()?);
                let real = if target.is_empty() { name } else { target };
                let branch = DefaultBranch {
                    name: real.to_owned(),
                    tip: commit::printed(tip.as_bytes())?,
                };
                Some((name, branch))
            })
            .collect();
        let best = candidates.iter().find_map(|name| found.get(name.as_str()));
        Ok(best.cloned())
    }

    /// Finds, for each commit, its newest ancestor on the remote's default branch (design §4,
    /// *base*); commits that are not here or share nothing with that branch are left out.
    pub fn bases(&self, commits: &[CommitId]) -> Result<BTreeMap<CommitId, CommitId>, Error> {
        let Some(branch) = self.default_branch()? else {
            return Ok(BTreeMap::new());
        };
        let known = self.contains(commits)?;
        let unpublished = self.outside(&known, &branch.tip)?;
        let mut bases = BTreeMap::new();
        for commit in known {
            if !unpublished.contains(&commit) {
                bases.insert(commit.clone(), commit);
                continue;
            }
            let finished = self
                .call("find a common ancestor")
                .args(["merge-base", commit.as_str(), branch.tip.as_str()])
                .run()?;
            let unexpected = finished.unexpected("no commit id");
            if let Some(answer) = finished.answer()? {
                let base = commit::printed(&answer).ok_or(unexpected)?;
                bases.insert(commit, base);
            }
        }
        Ok(bases)
    }

    /// The remote that a plain `git fetch` would ask: the current branch's, else the only one,
    /// else `origin`.
    fn default_remote<'r>(&self, remotes: &'r Remotes) -> Result<Option<&'r str>, Error> {
        let named = |name: &str| remotes.names.get(name).map(String::as_str);
        if remotes.names.len() < 2 {
            return Ok(remotes.names.first().map(String::as_str));
        }
        let head = self.branch()?;
        let of_branch = head
            .as_deref()
            .and_then(|head| head.strip_prefix("refs/heads/"))
            .and_then(|branch| remotes.of_branch.get(branch))
            .and_then(|remote| named(remote));
        Ok(of_branch.or_else(|| named("origin")))
    }

    pub(crate) fn remotes(&self) -> Result<Remotes, Error> {
        const KEYS: &str = r"^(core\.sshcommand|remote\..*\.url|branch\..*\.(remote|merge))$";
        let answer = self
            .call("read the configuration")
            .args(["config", "--null", "--get-regexp", KEYS])
            .run()?
            .answer()?
            .unwrap_or_default();
        let mut remotes = Remotes {
            own_ssh: ["GIT_SSH_COMMAND", "GIT_SSH"]
                .iter()
                .any(|name| environment::has(self.git(), name)),
            ..Remotes::default()
        };
        let answer = String::from_utf8_lossy(&answer);
        for entry in answer.split('\0') {
            let (key, value) = entry.split_once('\n').unwrap_or((entry, ""));
            if key == "core.sshcommand" {
                remotes.own_ssh = true;
            } else if let Some(name) = between(key, "remote.", ".url") {
                remotes.names.insert(name.to_owned());
            } else if let Some(branch) = between(key, "branch.", ".remote") {
                remotes
                    .of_branch
                    .insert(branch.to_owned(), value.to_owned());
            } else if let Some(branch) = between(key, "branch.", ".merge") {
                remotes.followed.insert(branch.to_owned(), value.to_owned());
            }
        }
        Ok(remotes)
    }
}

/// Keeps a run that reaches the network from asking anybody for anything.
pub(crate) fn unattended(mut call: Call<'_>, own_ssh: bool) -> Call<'_> {
    if !own_ssh {
        call = call.variable("GIT_SSH_COMMAND", "ssh -o BatchMode=yes");
    }
    // A run in the background must not pop up a window that asks for a password.
    for name in ["GIT_ASKPASS", "SSH_ASKPASS"] {
        call = call.variable(name, "");
    }
    call.args(["-c", "core.askPass=", "-c", "credential.interactive=false"])
}

fn between<'t>(text: &'t str, start: &str, end: &str) -> Option<&'t str> {
    text.strip_prefix(start)?.strip_suffix(end)
}

#[cfg(test)]
mod tests;
