//! The daemon owner record as a file: read with care, written whole, put away only by who knows it.
//!
//! Onward's own runs keep a record of the same form in their run folder. Two starters cannot both
//! own one: whoever writes holds a lock on the folder, creates the file only where none is, and
//! replaces only the record that was looked at (boundary sheet §5, defect 20).

mod format;
mod process;

use std::fs::{self, DirBuilder, File};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::DirBuilderExt;

use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::{FlockOperation, flock};
use sync_core::owner::{Claim, OwnerRecord, OwnerState, claim};

use super::error::Error;
use super::text_file;

pub use process::own_stamp;

/// The place of an owner record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnerFile {
    path: Utf8PathBuf,
}

impl OwnerFile {
    /// Names the file; nothing is looked at yet.
    pub fn at(path: impl Into<Utf8PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Returns the path.
    pub fn path(&self) -> &Utf8Path {
        &self.path
    }

    /// Reads the record and looks whether its owner lives. What is there but is no record is
    /// unreadable, never absent.
    pub fn state(&self) -> OwnerState {
        let read = text_file::text(&self.path).and_then(|text| {
            text.map(|text| format::parse(&text))
                .transpose()
                .map_err(|what| format!("{}: {what}", self.path))
        });
        match read {
            Ok(None) => OwnerState::Absent,
            Ok(Some(record)) => {
                let facts = process::facts(&record);
                OwnerState::of(record, &facts)
            }
            Err(reason) => OwnerState::Unreadable { reason },
        }
    }

    /// Makes `own` the owner if core's rule allows it, and says what was found; [`Claim::Own`] means
    /// that the record is there and safe on the disk.
    ///
    /// # Errors
    ///
    /// The folder or the file cannot be written.
    pub fn claim(&self, own: &OwnerRecord) -> Result<Claim, Error> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(self.folder())
            .map_err(|source| self.failed(source))?;
        self.locked(|folder| {
            loop {
                match claim(own, &self.state()) {
                    Claim::Create => match self.draft(own)?.persist_noclobber(&self.path) {
                        Ok(_) => {}
                        // Somebody who knows nothing of the lock was faster: look again.
                        Err(error) if error.error.kind() == ErrorKind::AlreadyExists => continue,
                        Err(error) => return Err(error.error),
                    },
                    Claim::Replace(..) => {
                        self.draft(own)?.persist(&self.path).map_err(|e| e.error)?;
                    }
                    other => return Ok(other),
                }
                folder.sync_all()?;
            }
        })
    }

    /// Removes the record if it is still the one that was seen, and says whether it was.
    ///
    /// # Errors
    ///
    /// The folder cannot be written.
    pub fn retire(&self, seen: &OwnerRecord) -> Result<bool, Error> {
        if self.state() == OwnerState::Absent {
            return Ok(false);
        }
        self.locked(|folder| {
            let same = |record: &OwnerRecord| record.same_owner(seen);
            if !self.state().record().is_some_and(same) {
                return Ok(false);
            }
            fs::remove_file(&self.path)?;
            folder.sync_all()?;
            Ok(true)
        })
    }

    /// Moves what lies in the record's place and is no record to a name of its own beside it, and
    /// returns that; `None` where there is nothing, or a record by now.
    ///
    /// # Errors
    ///
    /// The folder cannot be written.
    pub fn put_aside(&self) -> Result<Option<Utf8PathBuf>, Error> {
        if self.state() == OwnerState::Absent {
            return Ok(None);
        }
        self.locked(|folder| {
            if !matches!(self.state(), OwnerState::Unreadable { .. }) {
                return Ok(None);
            }
            let mut number = 1;
            let aside = loop {
                let aside = Utf8PathBuf::from(format!("{}.unreadable-{number}", self.path));
                match fs::symlink_metadata(&aside) {
                    Err(error) if error.kind() == ErrorKind::NotFound => break aside,
                    Err(error) => return Err(error),
                    Ok(_) => number += 1,
                }
            };
            fs::rename(&self.path, &aside)?;
            folder.sync_all()?;
            Ok(Some(aside))
        })
    }

    fn folder(&self) -> &Utf8Path {
        match self.path.parent() {
            Some(folder) if folder != "" => folder,
            _ => Utf8Path::new("."),
        }
    }

    /// Works while no other process of ours writes in the folder. The folder itself is locked, so
    /// that no file has to be made for it; the lock goes with the handle.
    fn locked<T>(&self, work: impl FnOnce(&File) -> io::Result<T>) -> Result<T, Error> {
        File::open(self.folder())
            .and_then(|folder| {
                flock(&folder, FlockOperation::LockExclusive)?;
                work(&folder)
            })
            .map_err(|source| self.failed(source))
    }

    /// Writes a whole record beside its place, readable by the user alone.
    fn draft(&self, record: &OwnerRecord) -> io::Result<tempfile::NamedTempFile> {
        let mut draft = tempfile::Builder::new()
            .prefix(".owner-")
            .suffix(".tmp")
            .tempfile_in(self.folder())?;
        draft.write_all(format::print(record).as_bytes())?;
        draft.as_file().sync_all()?;
        Ok(draft)
    }

    fn failed(&self, source: io::Error) -> Error {
        Error::Write {
            path: self.path.clone(),
            source,
        }
    }
}

#[cfg(test)]
mod tests;
