//! Edits of ours that are not committed yet, so that a crash does not make them a person's.
//!
//! Before files are edited, what they hold and what they will hold is written and synced. The run
//! that finds such a journal puts back what still is exactly our edit of what HEAD holds, and
//! decides anew; whatever a person has touched since is theirs.

use std::fs;
use std::io::{self, Write};

use camino::{Utf8Path, Utf8PathBuf};
use git_client::Repository;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::files::read_file;
use crate::kept::{Content, Kept, digest};

/// The journal of a checkout.
#[derive(Debug)]
pub(crate) struct Journal {
    kept: Kept,
}

/// A file before and after an edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edited {
    pub(crate) path: String,
    pub(crate) before: Vec<u8>,
    pub(crate) after: Vec<u8>,
}

#[derive(Default, Serialize, Deserialize)]
struct Stored {
    /// Path, text before (a workplan is UTF-8), digest after.
    files: Vec<(String, String, String)>,
}

impl Journal {
    pub(crate) fn new(git_dir: &Utf8Path, hub: &str) -> Self {
        Self {
            kept: Kept::new(git_dir, "journal", hub),
        }
    }

    /// Notes edits that are about to be made.
    pub(crate) fn note<'e>(
        &self,
        edits: impl IntoIterator<Item = &'e Edited>,
    ) -> Result<(), Error> {
        let files = edits.into_iter().map(|edit| {
            let before = String::from_utf8_lossy(&edit.before).into_owned();
            (edit.path.clone(), before, digest(&edit.after))
        });
        self.kept.write(&Stored {
            files: files.collect(),
        })
    }

    /// Forgets them: they are committed, or undone.
    pub(crate) fn clear(&self) -> Result<(), Error> {
        self.kept.remove()
    }

    /// Undoes the edits that a crash left uncommitted; returns what is to be told.
    pub(crate) fn recover(&self, repository: &Repository) -> Result<Option<String>, Error> {
        let stored = match self.kept.read::<Stored>() {
            Content::Nothing => return Ok(None),
            Content::Some(stored) => stored,
            Content::Damaged(why) => {
                self.clear()?;
                return Ok(Some(format!(
                    "{why}; edits an earlier run left uncommitted are taken for yours"
                )));
            }
            Content::Newer(why) => return Ok(Some(why)),
        };
        let root = repository.root();
        let git = |source| Error::Git {
            root: root.to_owned(),
            source,
        };
        let ours: Vec<Edited> = stored
            .files
            .into_iter()
            .filter_map(|(path, before, after_digest)| {
                let after = read_file(&root.join(&path)).ok()?;
                let before = before.into_bytes();
                (digest(&after) == after_digest && after != before).then_some(Edited {
                    path,
                    before,
                    after,
                })
            })
            .collect();
        let paths = |edits: &[Edited]| {
            edits
                .iter()
                .map(|edit| Utf8PathBuf::from(&edit.path))
                .collect::<Vec<_>>()
        };
        let dirty = repository.dirty(&paths(&ours)).map_err(git)?;
        // A clean one was committed before the journal could be cleared.
        let left: Vec<Edited> = ours
            .into_iter()
            .filter(|edit| dirty.contains(Utf8Path::new(&edit.path)))
            .collect();
        for edit in &left {
            replace(&root.join(&edit.path), &edit.before)?;
        }
        // Where HEAD holds something else, or the edit was staged, it is not ours to undo.
        let still_dirty = repository.dirty(&paths(&left)).map_err(git)?;
        for edit in left
            .iter()
            .filter(|edit| still_dirty.contains(Utf8Path::new(&edit.path)))
        {
            replace(&root.join(&edit.path), &edit.after)?;
        }
        self.clear()?;
        let undone = left.len() - still_dirty.len();
        Ok((undone > 0)
            .then(|| format!("{undone} edits that an earlier run left uncommitted are made anew")))
    }
}

/// Replaces a file's content whole, keeping its permissions.
///
/// It is not synced: the journal is, and what is committed git syncs itself.
pub(crate) fn replace(path: &Utf8Path, bytes: &[u8]) -> Result<(), Error> {
    let replace = || -> io::Result<()> {
        let permissions = fs::symlink_metadata(path)?.permissions();
        let folder = path.parent().unwrap_or(Utf8Path::new("."));
        let mut draft = tempfile::Builder::new()
            .prefix(".onward-")
            .tempfile_in(folder)?;
        draft.write_all(bytes)?;
        draft.as_file().set_permissions(permissions)?;
        draft.persist(path)?;
        Ok(())
    };
    replace().map_err(|source| Error::State {
        path: path.to_owned(),
        source,
    })
}

#[cfg(test)]
mod tests;
