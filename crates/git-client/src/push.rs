//! Publishing the current branch.

use std::time::Duration;

use crate::command::Finished;
use crate::discover::Repository;
use crate::error::{Error, Refusal};
use crate::remote::unattended;

/// What came of a push.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pushed {
    /// The upstream now stands on HEAD's commit.
    Done,
    /// The upstream stood there already.
    UpToDate,
    /// The upstream has commits that HEAD has not: pull first.
    NotFastForward,
    /// The remote does not take it: a hook there, a protected branch, missing rights.
    Rejected(Refusal),
    /// The branch has no upstream here to push to, or follows a branch of this repository.
    NoUpstream,
}

impl Repository {
    /// Pushes HEAD's commit to the current branch's upstream, for at most `limit`.
    ///
    /// Only fast-forwards, never by force; no tags, no other branch. The user's `pre-push` hook
    /// takes part (large-file storage uploads by it). Nobody is asked for a password. The
    /// upstream here follows when the remote has taken the commit.
    ///
    /// # Errors
    /// [`Error::Hook`] where the hook refuses; [`Error::Failed`] where the remote cannot be
    /// reached; [`Error::TimedOut`], after which the remote may or may not have taken the commit.
    pub fn push(&self, limit: Duration) -> Result<Pushed, Error> {
        let (Some(followed), Some(head)) = (self.followed()?, self.head()?) else {
            return Ok(Pushed::NoUpstream);
        };
        if followed.remote == "." || followed.here.is_none() {
            return Ok(Pushed::NoUpstream);
        }
        let refspec = format!("{head}:{}", followed.there);
        let finished = unattended(self.call("push").for_the_user(limit), followed.own_ssh)
            .args(["push", "--porcelain", "--no-progress", "--no-follow-tags"])
            .args(["--no-force", "--no-force-with-lease", "--no-prune"])
            .args(["--", &followed.remote])
            .arg(&refspec)
            .run()?;
        let Some(outcome) = outcome(&finished, &refspec) else {
            // Git dies with 128; with 1 it says that a ref, or the hook, was the trouble.
            let hook = self.hooks_dir()?.join("pre-push");
            return Err(if finished.code == Some(1) && hook.exists() {
                let words = [&finished.stdout[..], &finished.stderr].concat();
                Error::Hook {
                    action: "push",
                    directory: self.root().to_owned(),
                    source: Refusal::of_a_hook(finished.code, &words),
                }
            } else {
                finished.failure()
            });
        };
        Ok(outcome)
    }
}

/// Reads what `--porcelain` says of the one ref (git-push, "Output"), among what a hook may print.
fn outcome(finished: &Finished, refspec: &str) -> Option<Pushed> {
    let printed = String::from_utf8_lossy(&finished.stdout);
    let mut refs = printed.lines().filter_map(|line| {
        let (flag, rest) = line.split_once('\t')?;
        let (named, said) = rest.split_once('\t')?;
        (named == refspec).then_some((flag, said))
    });
    match (refs.next()?, finished.code) {
        (("!", said), _) if is_behind(said) => Some(Pushed::NotFastForward),
        (("!", said), _) => {
            let words = [&finished.stderr[..], b"\n", said.as_bytes()].concat();
            Some(Pushed::Rejected(Refusal::of_a_hook(finished.code, &words)))
        }
        (("=", _), Some(0)) => Some(Pushed::UpToDate),
        (_, Some(0)) => Some(Pushed::Done),
        _ => None,
    }
}

/// Whether a ref was refused because the remote has more: known before (`non-fast-forward`), or
/// found out now (`fetch first`).
fn is_behind(said: &str) -> bool {
    let reasons = ["(non-fast-forward)", "(fetch first)", "(needs force)"];
    said.contains("[rejected]") && reasons.iter().any(|reason| said.ends_with(reason))
}

#[cfg(test)]
mod tests;
