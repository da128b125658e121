//! Work that is not in HEAD's history but still exists: other branches, worktrees and stashes.

use std::collections::BTreeSet;

use camino::Utf8PathBuf;
use sync_core::ids::CommitId;

use crate::commit;
use crate::discover::Repository;
use crate::error::Error;
use crate::history::History;
use crate::paths::Asked;

/// Files in a work tree's git directory that name commits which an operation under way has put
/// aside and no ref holds: the branch being rebased, and uncommitted work (`--autostash`).
const PUT_ASIDE: &[&str] = &[
    "MERGE_AUTOSTASH",
    "rebase-apply/autostash",
    "rebase-apply/orig-head",
    "rebase-merge/autostash",
    "rebase-merge/orig-head",
];

impl History<'_> {
    /// Picks out the paths that nothing outside this history touched: no branch, remote branch,
    /// tag, HEAD of another worktree, stash, or work put aside by a rebase or merge.
    ///
    /// What this checkout once showed of such a path is gone for good (design §4, *gone here*).
    /// Every stash counts, also what it holds staged and untracked.
    pub fn gone_here(&self, paths: &[Utf8PathBuf]) -> Result<BTreeSet<Utf8PathBuf>, Error> {
        let asked = Asked::new(paths)?;
        let mut gone = BTreeSet::new();
        if asked.is_empty() {
            return Ok(gone);
        }
        let repository = self.repository();
        let mut tips = String::new();
        if let Some(head) = self.head() {
            tips = format!("^{head}\n");
        }
        for parked in parked(repository)? {
            // A stash is a merge of what was there, what was staged and what was untracked. Where
            // its tree equals the first, git would pass the other two by: so all are named.
            tips.extend([parked.as_str(), "\n", parked.as_str(), "^@\n"]);
        }
        for (number, name) in asked.names().iter().enumerate() {
            let found = repository
                .call("look for other lines of work")
                .args(["rev-list", "--max-count=1", "--all", "--stdin", "--", name])
                .input(tips.clone())
                .run()?
                .success()?;
            if found.is_empty() {
                gone.insert(asked.path(number));
            }
        }
        Ok(gone)
    }
}

/// Lists the commits that hold work and that `--all` does not reach.
fn parked(repository: &Repository) -> Result<BTreeSet<CommitId>, Error> {
    let mut parked = stashes(repository)?;
    let put_aside = PUT_ASIDE.iter().filter_map(|name| {
        let text = std::fs::read(repository.git_dir().join(name)).ok()?;
        commit::printed(&text)
    });
    // A file left over from long ago may name a commit that was collected since.
    let put_aside: Vec<CommitId> = put_aside.collect();
    parked.extend(repository.contains(&put_aside)?);
    Ok(parked)
}

/// Lists all stashes: the ref names the newest only, the older ones are in its reflog.
fn stashes(repository: &Repository) -> Result<BTreeSet<CommitId>, Error> {
    let newest = repository
        .call("look for a stash")
        .args(["rev-parse", "--verify", "--quiet", "refs/stash"])
        .run()?
        .answer()?;
    let Some(newest) = newest else {
        return Ok(BTreeSet::new());
    };
    let finished = repository
        .call("list the stashes")
        .args(["rev-list", "--walk-reflogs", "refs/stash", "--"])
        .run()?;
    let unexpected = finished.unexpected("no commit id");
    let listed = finished.success()?;
    let ids = listed.split(|&b| b == b'\n').chain([newest.as_slice()]);
    let ids = ids.filter(|line| !line.is_empty());
    let ids: Option<BTreeSet<CommitId>> = ids.map(commit::printed).collect();
    ids.ok_or(unexpected)
}

#[cfg(test)]
mod tests;
