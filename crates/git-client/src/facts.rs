//! Facts about the checkout itself: its HEAD, its objects, its uncommitted work.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use camino::{Utf8Path, Utf8PathBuf};
use sync_core::ids::CommitId;

use crate::commit;
use crate::discover::Repository;
use crate::error::Error;
use crate::paths::Asked;

impl Repository {
    /// The commit HEAD stands on; nothing on a branch without a commit.
    pub fn head(&self) -> Result<Option<CommitId>, Error> {
        let call = self.call("read HEAD");
        let finished = call
            .args(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"])
            .run()?;
        if finished.code == Some(1) {
            return self.unborn().map(|()| None);
        }
        let unexpected = finished.unexpected("no commit id");
        commit::printed(&finished.success()?)
            .map(Some)
            .ok_or(unexpected)
    }

    /// Makes sure that a HEAD without a commit is a branch yet to be born, not a damaged one.
    fn unborn(&self) -> Result<(), Error> {
        let finished = self
            .call("read HEAD")
            .args(["symbolic-ref", "HEAD"])
            .run()?;
        let unexpected = finished.unexpected("HEAD names a commit that is missing");
        let branch = finished.success()?;
        let listed = self
            .call("read the branch of HEAD")
            .args(["for-each-ref", "--format=%(refname)", "--"])
            .arg(String::from_utf8_lossy(branch.trim_ascii_end()).as_ref())
            .run()?
            .success()?;
        if listed.is_empty() {
            Ok(())
        } else {
            Err(unexpected)
        }
    }

    /// Picks out the commits whose objects are here, in one run and without asking a remote.
    ///
    /// An id that is no full commit id is not here.
    pub fn contains(&self, commits: &[CommitId]) -> Result<BTreeSet<CommitId>, Error> {
        let asked: Vec<&CommitId> = commits
            .iter()
            .filter(|commit| commit::is_full(commit.as_str()))
            .collect();
        if asked.is_empty() {
            return Ok(BTreeSet::new());
        }
        let finished = self
            .call("look commits up")
            .args(["cat-file", "--batch-check=%(objectname) %(objecttype)"])
            .input(lines(asked.iter().copied()))
            .run()?;
        let unexpected = finished.unexpected("not one line for each commit");
        let answer = finished.success()?;
        let answers: Vec<&[u8]> = answer.trim_ascii_end().split(|&b| b == b'\n').collect();
        if answers.len() != asked.len() {
            return Err(unexpected);
        }
        let present = asked.into_iter().zip(answers).filter(|(commit, answer)| {
            // Not "… missing", not a tree, not another object that the text stands for.
            answer.strip_prefix(commit.as_str().as_bytes()) == Some(b" commit")
        });
        Ok(present.map(|(commit, _)| commit.clone()).collect())
    }

    /// Picks out the paths whose own files differ from HEAD, in one run.
    ///
    /// Staged, unstaged, untracked and ignored files all count (design §4).
    pub fn dirty(&self, paths: &[Utf8PathBuf]) -> Result<BTreeSet<Utf8PathBuf>, Error> {
        let asked = Asked::new(paths)?;
        if asked.is_empty() {
            return Ok(BTreeSet::new());
        }
        let mut dirty = BTreeSet::new();
        self.status(&asked, &[], |record| {
            self.note_dirty(&asked, record, &mut dirty)
        })?;
        Ok(dirty.into_iter().map(|number| asked.path(number)).collect())
    }

    /// Runs `git status` over the paths' common folder; without paths over nothing.
    pub(crate) fn status(
        &self,
        asked: &Asked,
        options: &[&str],
        record: impl FnMut(&[u8]) -> Result<ControlFlow<()>, &'static str>,
    ) -> Result<(), Error> {
        let nothing = asked.is_empty().then_some(":(exclude,top)*");
        self.call("look for uncommitted work")
            .args(["status", "--porcelain=v2", "-z", "--no-renames"])
            .args(["--ignored=matching", "--untracked-files=all"])
            .args(["--ignore-submodules=none"])
            .args(options)
            .arg("--")
            .args(asked.common_folder().or(nothing))
            .stream(0, record)
    }

    /// Notes the numbers of the paths that a record of `git status` is about.
    pub(crate) fn note_dirty(
        &self,
        asked: &Asked,
        record: &[u8],
        dirty: &mut BTreeSet<usize>,
    ) -> Result<ControlFlow<()>, &'static str> {
        let Some(entry) = status_entry(record) else {
            return Err("a status line of an unknown kind");
        };
        dirty.extend(asked.holders(entry));
        // A folder ignored as a whole stands for what is below it, if that exists at all.
        let covered = asked.below(entry);
        dirty.extend(covered.filter(|&number| exists(&self.root().join(asked.path(number)))));
        Ok(ControlFlow::Continue(()))
    }
}

/// Writes ids for git's standard input, one on a line.
pub(crate) fn lines<'a>(commits: impl IntoIterator<Item = &'a CommitId>) -> String {
    let mut lines = String::new();
    for commit in commits {
        lines.push_str(commit.as_str());
        lines.push('\n');
    }
    lines
}

/// The path of a `--porcelain=v2 -z` record: after 8 fields when changed, 10 when unmerged, and
/// one when untracked or ignored (git-status, "Porcelain Format Version 2").
fn status_entry(record: &[u8]) -> Option<&[u8]> {
    let fields = match record.first()? {
        b'1' => 8,
        b'u' => 10,
        b'?' | b'!' => 1,
        _ => return None,
    };
    record.splitn(fields + 1, |&b| b == b' ').nth(fields)
}

fn exists(path: &Utf8Path) -> bool {
    path.symlink_metadata().is_ok()
}

#[cfg(test)]
mod tests;
