//! Edits to files, made and committed together, or undone.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use git_client::{Committed, Repository};

use crate::edit::{Change, edit};
use crate::files::read_file;
use crate::journal::{Edited, Journal, replace};

/// One value to write into a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileEdit {
    pub(crate) path: String,
    pub(crate) change: Change,
}

/// What became of edits, each named by its number.
#[derive(Debug, Default)]
pub(crate) struct Written {
    /// Committed.
    pub(crate) done: BTreeSet<usize>,
    /// Not made, or undone, and why.
    pub(crate) failed: BTreeMap<usize, String>,
    /// What else is to be told.
    pub(crate) notices: Vec<String>,
}

/// The files of a checkout as they were read, and how they are written.
pub(crate) struct Writeback<'a> {
    pub(crate) repository: &'a Repository,
    pub(crate) journal: &'a Journal,
    /// What each file held when it was looked at.
    pub(crate) seen: &'a mut BTreeMap<String, Vec<u8>>,
    /// How long a commit may take, the user's hooks included.
    pub(crate) limit: Duration,
}

impl Writeback<'_> {
    /// Makes the edits and commits their files; `message` is given the numbers of those made.
    ///
    /// A file that has changed since it was looked at is left alone, and so are others that cannot be
    /// written; if the commit fails, every edit is undone.
    pub(crate) fn write(
        &mut self,
        edits: &[FileEdit],
        message: impl Fn(&BTreeSet<usize>) -> String,
    ) -> Written {
        let mut written = Written::default();
        let mut files = self.prepare(edits, &mut written);
        while !files.is_empty() {
            if let Err(error) = self.journal.note(files.iter().map(|file| &file.edited)) {
                let reason = chain(&error);
                for file in &files {
                    written.fail(&file.edits, &reason);
                }
                break;
            }
            self.put(&mut files, &mut written);
            let numbers: BTreeSet<usize> =
                files.iter().flat_map(|file| &file.edits).copied().collect();
            let paths: Vec<Utf8PathBuf> = files
                .iter()
                .map(|file| file.edited.path.as_str().into())
                .collect();
            let unfit = if paths.is_empty() {
                None
            } else {
                match self
                    .repository
                    .commit_paths(&paths, &message(&numbers), self.limit)
                {
                    Ok(Committed { unsettled, .. }) => {
                        let told = |error| format!("the commit was made, but {}", chain(&error));
                        written.notices.extend(unsettled.map(told));
                        written.done.extend(numbers);
                        for Prepared { edited, .. } in files.drain(..) {
                            self.seen.insert(edited.path, edited.after);
                        }
                        None
                    }
                    Err(error) => {
                        self.undo(&files, &mut written);
                        Some(error)
                    }
                }
            };
            written
                .notices
                .extend(self.journal.clear().err().map(|error| chain(&error)));
            if let Some(error) = unfit {
                // One file that git does not take keeps no other from being committed.
                let reason = chain(&error);
                let alone = match &error {
                    git_client::Error::NotCommittable { path, .. } => Some(path.as_str()),
                    _ => None,
                };
                files.retain(|file| {
                    let keep = alone.is_some_and(|path| path != file.edited.path);
                    if !keep {
                        written.fail(&file.edits, &reason);
                    }
                    keep
                });
            }
        }
        written
    }

    /// Reads each file again and finds out what it is to hold.
    fn prepare(&self, edits: &[FileEdit], written: &mut Written) -> Vec<Prepared> {
        let mut by_path: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (number, edit) in edits.iter().enumerate() {
            by_path.entry(&edit.path).or_default().push(number);
        }
        let paths: Vec<Utf8PathBuf> = by_path.keys().map(Utf8PathBuf::from).collect();
        let dirty = match self.repository.dirty(&paths) {
            Ok(dirty) => dirty,
            Err(error) => {
                let reason = chain(&error);
                for numbers in by_path.values() {
                    written.fail(numbers, &reason);
                }
                return Vec::new();
            }
        };
        let mut prepared = Vec::new();
        for (path, numbers) in by_path {
            let changed = || "it was changed while the run was under way; run again".to_owned();
            let now = read_file(&self.repository.root().join(path));
            let edited = match now {
                Ok(now)
                    if self.seen.get(path) == Some(&now)
                        && !dirty.contains(Utf8Path::new(path)) =>
                {
                    edited(path, now, edits, &numbers, written)
                }
                Ok(_) => Err(changed()),
                Err(reason) => Err(reason),
            };
            match edited {
                Ok((edited, edits)) => prepared.push(Prepared { edited, edits }),
                Err(reason) => written.fail(&numbers, &reason),
            }
        }
        prepared.retain(|file| !file.edits.is_empty());
        prepared
    }

    /// Writes the edited files; those that cannot be are taken out.
    fn put(&self, files: &mut Vec<Prepared>, written: &mut Written) {
        let root = self.repository.root();
        files.retain(
            |file| match replace(&root.join(&file.edited.path), &file.edited.after) {
                Ok(()) => true,
                Err(error) => {
                    written.fail(&file.edits, &chain(&error));
                    false
                }
            },
        );
    }

    /// Puts back what the files held, where they still hold what we wrote.
    fn undo(&self, files: &[Prepared], written: &mut Written) {
        for Prepared { edited, .. } in files {
            let path = self.repository.root().join(&edited.path);
            if read_file(&path).as_ref() != Ok(&edited.after) {
                let notice = format!(
                    "{} was changed while it was committed, and is left as it is",
                    edited.path
                );
                written.notices.push(notice);
            } else if let Err(error) = replace(&path, &edited.before) {
                written
                    .notices
                    .push(format!("an edit could not be undone: {}", chain(&error)));
            }
        }
    }
}

/// Makes as many of a file's edits as can be made.
fn edited(
    path: &str,
    before: Vec<u8>,
    edits: &[FileEdit],
    numbers: &[usize],
    written: &mut Written,
) -> Result<(Edited, Vec<usize>), String> {
    let changes = |numbers: &[usize]| -> Vec<Change> {
        numbers
            .iter()
            .map(|&number| edits[number].change.clone())
            .collect()
    };
    let mut made = numbers.to_vec();
    let after = if let Ok(after) = edit(&before, &changes(&made)) {
        after
    } else {
        // One value that cannot be written keeps no other from being so.
        made.retain(|&number| {
            let alone = edit(&before, &changes(&[number]));
            if let Err(error) = &alone {
                written.fail(&[number], &error.to_string());
            }
            alone.is_ok()
        });
        edit(&before, &changes(&made)).map_err(|error| error.to_string())?
    };
    Ok((
        Edited {
            path: path.to_owned(),
            before,
            after,
        },
        made,
    ))
}

/// A file with its edits' numbers.
struct Prepared {
    edited: Edited,
    edits: Vec<usize>,
}

impl Written {
    fn fail(&mut self, numbers: &[usize], reason: &str) {
        self.failed
            .extend(numbers.iter().map(|&number| (number, reason.to_owned())));
    }
}

/// An error and its causes in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests;
