//! All changes of a project at once, as a board needs them: none of them lost, none made up.

use std::num::NonZero;
use std::panic::resume_unwind;
use std::rc::Rc;
use std::thread::{self, ScopedJoinHandle};

use sync_core::ids::ChangeName;

use crate::beneath::{Found, Place};
use crate::change::{Change, read_open_change};
use crate::error::Error;
use crate::folder::{Entry, FileKind};
use crate::name::NameRule;
use crate::root::OpenSpec;
use crate::warning::Warning;
use crate::workspace::{ARCHIVE, Workspace, open_entry};

/// Reading waits for the system most of the time; more workers than this gain nothing.
const MOST_WORKERS: usize = 4;

/// Fewer changes than this are read sooner than another worker has begun.
const LEAST_SHARE: usize = 64;

/// The changes of a project.
#[derive(Debug)]
pub struct Project {
    /// Every active change, in byte order of the folders' names. What is not here is not there.
    pub changes: Vec<ActiveChange>,
    /// Every archived change, in byte order of the folders' names.
    pub archived: Vec<ArchivedChange>,
    /// What was odd and could be read nevertheless: the configuration's first, then each change's
    /// in their order.
    pub warnings: Vec<Warning>,
}

/// A change under `changes/`.
#[derive(Debug)]
pub enum ActiveChange {
    /// It could be read.
    Readable(Change),
    /// It is there and cannot be read: its card must be left alone.
    Unreadable(Unreadable),
}

/// A change that is there and cannot be computed.
#[derive(Debug)]
pub struct Unreadable {
    /// Its folder's name, with replacement characters where that is not UTF-8.
    pub name: ChangeName,
    /// Why.
    pub reason: Error,
}

/// A change under `changes/archive/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchivedChange {
    /// The change's name: the folder's without a date in front.
    pub name: ChangeName,
    /// The folder's name.
    pub folder: String,
}

impl ActiveChange {
    /// The name of the change.
    pub fn name(&self) -> &ChangeName {
        match self {
            Self::Readable(change) => &change.name,
            Self::Unreadable(unreadable) => &unreadable.name,
        }
    }
}

impl OpenSpec {
    /// Reads every active change and the names of the archived ones.
    ///
    /// # Errors
    ///
    /// When the listing is not complete: no `openspec/`, no `changes/`, or one that cannot be
    /// listed. A change that cannot be read is no error but an [`Unreadable`].
    pub fn read_project(&self) -> Result<Project, Error> {
        let workspace = Workspace::open(self)?;
        let changes = workspace.changes_or_missing()?;
        let entries: Vec<&Entry> = changes
            .folder()
            .entries()
            .iter()
            .filter(|entry| entry.name != ARCHIVE && may_be_a_change(&changes, entry))
            .collect();
        let archived = read_archive(&changes)?;
        let workers = thread::available_parallelism()
            .map_or(1, NonZero::get)
            .min(MOST_WORKERS);
        let share = entries.len().div_ceil(workers).max(LEAST_SHARE);
        let changes = if entries.len() > share {
            self.read_shares(entries.chunks(share))?
        } else {
            read_entries(&workspace, &changes, &entries)
        };
        let mut warnings = Vec::from_iter(workspace.config_warning);
        for change in &changes {
            if let ActiveChange::Readable(change) = change {
                warnings.extend_from_slice(&change.warnings);
            }
        }
        Ok(Project {
            changes,
            archived,
            warnings,
        })
    }

    /// Gives each share to a worker. Each opens the project for itself, so that they have nothing in
    /// common but the one listing.
    fn read_shares<'a>(
        &self,
        shares: impl Iterator<Item = &'a [&'a Entry]>,
    ) -> Result<Vec<ActiveChange>, Error> {
        let read_share = |share| {
            let workspace = Workspace::open(self)?;
            let changes = workspace.changes_or_missing()?;
            Ok(read_entries(&workspace, &changes, share))
        };
        let read: Vec<_> = thread::scope(|scope| {
            let workers: Vec<_> = shares
                .map(|share| scope.spawn(move || read_share(share)))
                .collect();
            workers.into_iter().map(ScopedJoinHandle::join).collect()
        });
        let mut changes = Vec::new();
        for share in read {
            changes.append(&mut share.unwrap_or_else(|panic| resume_unwind(panic))?);
        }
        Ok(changes)
    }
}

fn read_entries(workspace: &Workspace, changes: &Place, entries: &[&Entry]) -> Vec<ActiveChange> {
    entries
        .iter()
        .map(|entry| read_entry(workspace, changes, entry))
        .collect()
}

fn read_entry(workspace: &Workspace, changes: &Place, entry: &Entry) -> ActiveChange {
    match try_entry(workspace, changes, entry) {
        Ok(change) => ActiveChange::Readable(change),
        Err(reason) => ActiveChange::Unreadable(Unreadable {
            name: ChangeName::new(entry.shown()),
            reason,
        }),
    }
}

/// A folder; or a link that is not plainly one to a file, since a folder may have been there.
fn may_be_a_change(changes: &Place, entry: &Entry) -> bool {
    match entry.kind {
        FileKind::Folder => true,
        FileKind::Link => !matches!(
            changes.follow(&entry.name),
            Ok(Found::File(_) | Found::Other(_))
        ),
        _ => false,
    }
}

fn try_entry(workspace: &Workspace, changes: &Place, entry: &Entry) -> Result<Change, Error> {
    let path = changes.folder().path_of(&entry.name);
    if entry.name.to_str().is_none() {
        return Err(Error::NotUtf8 { path });
    }
    if entry.is_hidden() {
        return Err(Error::Name {
            name: entry.shown().into_owned(),
            rule: NameRule::Hidden,
        });
    }
    if entry.kind == FileKind::Link {
        return Err(Error::LinkedChange { path });
    }
    read_open_change(workspace, &open_entry(changes, entry)?)
}

fn read_archive(changes: &Place) -> Result<Vec<ArchivedChange>, Error> {
    let Some(archive) = changes.subfolder(ARCHIVE)? else {
        return Ok(Vec::new());
    };
    let folder = Rc::clone(archive.folder());
    let entries = folder.entries().iter();
    Ok(entries
        .filter(|entry| entry.kind == FileKind::Folder && !entry.is_hidden())
        .map(|entry| {
            let folder = entry.shown().into_owned();
            ArchivedChange {
                name: ChangeName::new(without_date(&folder)),
                folder,
            }
        })
        .collect())
}

/// Takes off `YYYY-MM-DD-`, unless nothing would be left (OpenSpec sheet §1).
fn without_date(folder: &str) -> &str {
    let date = folder.as_bytes().first_chunk::<11>();
    let dated = date.is_some_and(|date| {
        date.iter().enumerate().all(|(at, byte)| match at {
            4 | 7 | 10 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        })
    });
    if dated && folder.len() > 11 {
        &folder[11..]
    } else {
        folder
    }
}

#[cfg(test)]
mod tests {
    use super::without_date;

    #[test]
    fn dates_in_front_are_taken_off_once() {
        for (folder, expected) in [
            ("2026-01-15-add-login", "add-login"),
            ("2026-01-15-2026-01-16-x", "2026-01-16-x"),
            ("9999-99-99-x", "x"),
            ("import-old-books", "import-old-books"),
            ("add-login-2026-01-15", "add-login-2026-01-15"),
            ("2026-01-15-", "2026-01-15-"),
            ("2026-01-15", "2026-01-15"),
            ("2026-1-15-x", "2026-1-15-x"),
            ("é026-01-15-x", "é026-01-15-x"),
        ] {
            assert_eq!(without_date(folder), expected, "{folder}");
        }
    }
}
