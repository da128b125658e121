//! Committing files by their names, and nothing else.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use camino::Utf8PathBuf;
use sync_core::ids::CommitId;

use crate::command::Finished;
use crate::commit;
use crate::discover::Repository;
use crate::error::{Error, Refusal};
use crate::paths::Asked;
use crate::slip::Slip;

/// The variable that hooks find set to `1` while Onward itself commits, so that a hook which runs
/// Onward can tell its own commits from people's.
pub const OWN_COMMIT: &str = "ONWARD_COMMIT";

/// A commit that was made.
#[derive(Debug)]
#[must_use = "the index may not be in line with the commit"]
pub struct Committed {
    /// Its id.
    pub commit: CommitId,
    /// Why the index could not be brought in line with what a hook changed in the commit. The
    /// commit stands all the same; the index then shows the hook's part as undone.
    pub unsettled: Option<Error>,
}

/// Why a path cannot be committed by its name alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unfit {
    /// Git does not track it: it is new, a folder, gone from the index, or in a submodule.
    Untracked,
    /// It has a conflict that nobody has resolved.
    Unmerged,
    /// The user told git to overlook changes of it (`--skip-worktree`, `--assume-unchanged`, or a
    /// sparse checkout), so some may be in there that nobody wants committed.
    Overlooked,
    /// It is a submodule.
    Submodule,
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Untracked => "git does not track it",
            Self::Unmerged => "it has an unresolved conflict",
            Self::Overlooked => "git is told to overlook changes of it",
            Self::Submodule => "it is a submodule",
        })
    }
}

impl Repository {
    /// Commits these files as they are in the work tree, on top of HEAD and on its branch, for at
    /// most `limit`: what `git commit --only` does.
    ///
    /// What else is staged stays staged, what else is changed stays changed, and what else HEAD
    /// holds is in the commit as it was. The user's hooks, filters and signing take part, with
    /// [`OWN_COMMIT`] set; editor, template and the user's ways of cleaning up a message do not.
    /// What a hook stages is committed, as in a commit of the user's own.
    ///
    /// # Errors
    /// After any of them HEAD, index and work tree are as before but for what a hook itself wrote;
    /// to undo the edit of the files is up to the caller.
    ///
    /// Before git is started: [`Error::Path`], [`Error::Obstructed`], [`Error::Locked`],
    /// [`Error::NotCommittable`]. From then on: [`Error::NothingToCommit`], [`Error::Hook`],
    /// [`Error::Identity`], [`Error::Signing`], [`Error::Locked`], [`Error::Failed`], and
    /// [`Error::TimedOut`] when a hook, say, does not come to an end: everything it and git
    /// started is killed. Git takes its locks away when it is asked to stop; where it has to be
    /// killed they stay, and the next commit is refused with [`Error::Locked`].
    pub fn commit_paths(
        &self,
        paths: &[Utf8PathBuf],
        message: &str,
        limit: Duration,
    ) -> Result<Committed, Error> {
        let asked = Asked::new(paths)?;
        if asked.is_empty() {
            return Err(self.nothing_to_commit());
        }
        self.unobstructed()?;
        self.committable(&asked)?;
        let before = self.head()?;
        let run = self.run_commit(&asked, message, limit);
        let succeeded = matches!(&run, Ok(finished) if finished.code == Some(0));
        // Git may have been stopped when the commit was made already: in a post-commit hook, say.
        let Some(commit) = self.made(before.as_ref(), &asked, succeeded)? else {
            return Err(match run {
                Ok(finished) => self.cause(finished, paths)?,
                Err(error) => error,
            });
        };
        let unsettled = self.settle(&commit, &asked).err();
        Ok(Committed { commit, unsettled })
    }

    fn run_commit(&self, asked: &Asked, message: &str, limit: Duration) -> Result<Finished, Error> {
        let mut list = Vec::new();
        for name in asked.names() {
            // Taken letter by letter through a prefix: a variable would reach the hooks' own git.
            for part in [":(top,literal)", name, "\0"] {
                list.extend_from_slice(part.as_bytes());
            }
        }
        let list = Slip::write(self.git_dir(), "paths", &list)?;
        let message = Slip::write(self.git_dir(), "message", message.as_bytes())?;
        self.call("commit")
            .for_the_user(limit)
            .variable(OWN_COMMIT, "1")
            .args(["-c", "i18n.commitEncoding=UTF-8"])
            .args(["commit", "--quiet", "--only", "--no-edit", "--no-status"])
            .args(["--no-verbose", "--cleanup=whitespace"])
            .arg(format!("--file={}", message.path()))
            .arg(format!("--pathspec-from-file={}", list.path()))
            .arg("--pathspec-file-nul")
            .run()
    }

    /// Tells which of these paths cannot be committed by their names alone, and why, in one run.
    pub fn unfit(&self, paths: &[Utf8PathBuf]) -> Result<BTreeMap<Utf8PathBuf, Unfit>, Error> {
        let asked = Asked::new(paths)?;
        let unfit = self.unfit_among(&asked)?.into_iter();
        Ok(unfit
            .map(|(number, unfit)| (asked.path(number), unfit))
            .collect())
    }

    /// Makes sure that git will take each path for one file of its index, and leave none out.
    fn committable(&self, asked: &Asked) -> Result<(), Error> {
        match self.unfit_among(asked)?.into_iter().next() {
            Some((number, unfit)) => Err(Error::NotCommittable {
                path: asked.path(number),
                unfit,
            }),
            None => Ok(()),
        }
    }

    fn unfit_among(&self, asked: &Asked) -> Result<BTreeMap<usize, Unfit>, Error> {
        // Until an entry is found for it.
        let mut unfit: BTreeMap<usize, Unfit> = (0..asked.len())
            .map(|number| (number, Unfit::Untracked))
            .collect();
        if asked.is_empty() {
            return Ok(unfit);
        }
        self.call("look into the index")
            .args(["ls-files", "-z", "-v", "--stage", "--"])
            .args(asked.common_folder())
            .stream(0, |record| {
                // "tag mode object stage", then the path (git-ls-files, "Output").
                let tab = record.iter().position(|&b| b == b'\t');
                let Some((entry, path)) = tab.map(|tab| record.split_at(tab)) else {
                    return Err("an entry without a path");
                };
                if let Some(number) = asked.number(&path[1..]) {
                    match unfit_for(entry) {
                        Some(reason) => unfit.insert(number, reason),
                        None => unfit.remove(&number),
                    };
                }
                Ok(std::ops::ControlFlow::Continue(()))
            })?;
        Ok(unfit)
    }

    /// Finds the commit that follows `before` on HEAD's line, if it was made by us.
    ///
    /// A hook may have put others on top. When git did not succeed, somebody else may have made
    /// it: it must at least touch one of the paths.
    fn made(
        &self,
        before: Option<&CommitId>,
        asked: &Asked,
        succeeded: bool,
    ) -> Result<Option<CommitId>, Error> {
        let head = self.head()?;
        let Some(head) = head.filter(|head| Some(head) != before) else {
            return Ok(None);
        };
        let mut range = head.to_string();
        if let Some(before) = before {
            range = format!("{before}..{head}");
        }
        let listed = self
            .call("find the commit made")
            .args(["rev-list", "--first-parent", "--parents", &range, "--"])
            .run()?
            .success()?;
        let oldest = listed.trim_ascii_end().rsplit(|&b| b == b'\n').next();
        let mut ids = oldest.unwrap_or_default().split(|&b| b == b' ');
        let Some(commit) = ids.next().and_then(commit::printed) else {
            return Ok(None);
        };
        let parents: Option<Vec<CommitId>> = ids.map(commit::printed).collect();
        if parents.is_none_or(|parents| parents.iter().ne(before)) {
            return Ok(None);
        }
        Ok((succeeded || self.touches(&commit, asked)?).then_some(commit))
    }

    fn touches(&self, commit: &CommitId, asked: &Asked) -> Result<bool, Error> {
        let touched = self
            .call("look into the commit made")
            .args(["diff-tree", "--root", "--no-commit-id", "-r", "-z"])
            .args(["--name-only", "--no-renames", "--no-relative"])
            .args([commit.as_str(), "--"])
            .run()?
            .success()?;
        let mut names = touched.split(|&b| b == 0);
        Ok(names.any(|name| asked.number(name).is_some()))
    }

    /// Names the cause of a failure, as far as possible by facts and not by words.
    fn cause(&self, finished: Finished, paths: &[Utf8PathBuf]) -> Result<Error, Error> {
        let directory = || self.root().to_owned();
        let said = String::from_utf8_lossy(&finished.stderr).into_owned();
        match finished.code {
            // Git itself dies with 128: 1 is a hook's refusal, or that nothing is left to commit.
            Some(1) if self.dirty(paths)?.is_empty() => return Ok(self.nothing_to_commit()),
            Some(1) if self.has_hook()? => {
                return Ok(Error::Hook {
                    action: "commit",
                    directory: directory(),
                    source: Refusal::of_a_hook(finished.code, &finished.stderr),
                });
            }
            Some(128) => {}
            _ => return Ok(finished.failure()),
        }
        if let Some(lock) = held_lock(&said) {
            return Ok(Error::Locked { lock });
        }
        let source = Refusal::new(finished.code, &finished.stderr);
        if !self.knows_identity()? {
            return Ok(Error::Identity {
                directory: directory(),
                source,
            });
        }
        // The objects of files and folders were written before this one, which alone is signed.
        if said.contains("failed to write commit object") && self.signs()? {
            return Ok(Error::Signing {
                directory: directory(),
                source,
            });
        }
        Ok(finished.failure())
    }

    fn nothing_to_commit(&self) -> Error {
        Error::NothingToCommit {
            root: self.root().to_owned(),
        }
    }

    fn has_hook(&self) -> Result<bool, Error> {
        let folder = self.hooks_dir()?;
        let hooks = ["pre-commit", "prepare-commit-msg", "commit-msg"];
        Ok(hooks.iter().any(|hook| folder.join(hook).exists()))
    }

    fn knows_identity(&self) -> Result<bool, Error> {
        for ident in ["GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"] {
            let call = self.call("ask who commits");
            if call.args(["var", ident]).run()?.code != Some(0) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn signs(&self) -> Result<bool, Error> {
        let answer = self
            .call("read the configuration")
            .args(["config", "--type=bool", "--get", "commit.gpgSign"])
            .run()?
            .answer()?;
        Ok(answer.is_some_and(|answer| answer.starts_with(b"true")))
    }
}

/// What of an entry of `ls-files -v --stage` keeps its path out of a commit.
fn unfit_for(entry: &[u8]) -> Option<Unfit> {
    let mut fields = entry.split(|&b| b == b' ');
    let tag = fields.next()?;
    if fields.next() == Some(b"160000") {
        Some(Unfit::Submodule)
    } else if entry.last() != Some(&b'0') {
        Some(Unfit::Unmerged)
    } else if tag != b"H" {
        // `S` is skip-worktree; a small letter, assume-unchanged.
        Some(Unfit::Overlooked)
    } else {
        None
    }
}

/// The lock file that git could not make because it is there.
fn held_lock(said: &str) -> Option<Utf8PathBuf> {
    let (before, _) = said.split_once(".lock': File exists")?;
    let (_, path) = before.rsplit_once("Unable to create '")?;
    Some(Utf8PathBuf::from(format!("{path}.lock")))
}

#[cfg(test)]
mod tests;
