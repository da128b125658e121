//! Bringing the index in line with a commit that a hook had a hand in.

use std::collections::BTreeMap;

use sync_core::ids::CommitId;

use crate::discover::Repository;
use crate::error::Error;
use crate::paths::Asked;

/// What a tree or the index has at a path: mode and object, all zeros for nothing.
type Entry = (Vec<u8>, Vec<u8>);

impl Repository {
    /// Makes the index show as staged only what was staged before `commit`.
    ///
    /// A hook that formats a file and stages it, or adds one, does so in the index of the commit.
    /// `git commit --only` knows nothing of that: the user's index would undo it at their next
    /// commit. The given paths and those where nothing was staged follow the commit; what the user
    /// has staged stays.
    pub(crate) fn settle(&self, commit: &CommitId, asked: &Asked) -> Result<(), Error> {
        let staged = self.differences(&["diff-index", "--cached", commit.as_str()])?;
        if staged.is_empty() {
            return Ok(());
        }
        let single = ["diff-tree", "--root", "--no-commit-id", "-r"];
        let recorded = self.differences(&[&single[..], &[commit.as_str()]].concat())?;
        let mut entries = Vec::new();
        for (path, (committed, indexed)) in &staged {
            let as_before = recorded
                .get(path)
                .is_some_and(|(before, _)| before == indexed);
            if as_before || asked.number(path).is_some() {
                let (mode, object) = committed;
                for part in [mode, &b" "[..], object, b"\t", path, b"\0"] {
                    entries.extend_from_slice(part);
                }
            }
        }
        if entries.is_empty() {
            return Ok(());
        }
        self.call("bring the index in line with a commit")
            .args(["update-index", "-z", "--index-info"])
            .input(entries)
            .run()?
            .success()
            .map(drop)
    }

    /// Says, of each path that differs, what either side has; unmerged paths are left out.
    fn differences(&self, arguments: &[&str]) -> Result<BTreeMap<Vec<u8>, (Entry, Entry)>, Error> {
        let finished = self
            .call("compare a commit with the index")
            .args(arguments)
            .args(["--raw", "-z", "--no-renames", "--no-abbrev"])
            .args(["--no-relative", "--ignore-submodules=none", "--"])
            .run()?;
        let unexpected = finished.unexpected("a line that is no difference");
        let answer = finished.success()?;
        let mut fields = answer.split(|&b| b == 0).filter(|field| !field.is_empty());
        let mut differences = BTreeMap::new();
        while let Some(header) = fields.next() {
            // ":mode mode object object status", then the path (git-diff, "Raw output format").
            let header: Vec<&[u8]> = header.split(|&b| b == b' ').collect();
            let ([from_mode, to_mode, from, to, status], Some(path)) = (&header[..], fields.next())
            else {
                return Err(unexpected);
            };
            if *status != b"U" {
                let from_mode = from_mode.strip_prefix(b":").unwrap_or(from_mode);
                let side = |mode: &[u8], object: &[u8]| (mode.to_vec(), object.to_vec());
                differences.insert(path.to_vec(), (side(from_mode, from), side(to_mode, to)));
            }
        }
        Ok(differences)
    }
}
