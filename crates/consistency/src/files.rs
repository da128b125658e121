//! Which files of a repository are workplans, and what is in them.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};

use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::{Mode, OFlags};
use sync_core::workplan::{Unreadable, Workplan};

use crate::error::Error;
use crate::workplan::{Reading, read_workplan};

/// The folder of workplans, below the top of the repository.
pub(crate) const FOLDER: &str = "workplans";

/// The folder in it for those that are finished and put away.
const ARCHIVED: &str = "archived";

/// The most that is read of a file, in bytes.
const LARGEST: u64 = 8 << 20;

/// The workplans of a repository.
#[derive(Debug, Default)]
pub(crate) struct Files {
    /// There is a folder of workplans.
    pub(crate) there: bool,
    /// The workplans, by path.
    pub(crate) workplans: Vec<Workplan>,
    /// What could not be read.
    pub(crate) unreadable: Vec<Unreadable>,
    /// The bytes each workplan was read from, by path.
    pub(crate) bytes: BTreeMap<String, Vec<u8>>,
}

impl Files {
    /// Reads the files of a listing of `root`.
    pub(crate) fn read(root: &Utf8Path, listing: Listing) -> Self {
        let mut files = Self {
            there: listing.there,
            unreadable: listing.unreadable,
            ..Self::default()
        };
        for (path, archived) in listing.files {
            let reading = match read_file(&root.join(&path)) {
                Ok(bytes) => {
                    let reading = read_workplan(&path, archived, &bytes);
                    if reading.workplan.is_some() {
                        files.bytes.insert(path, bytes);
                    }
                    reading
                }
                Err(reason) => Reading::refused(&path, None, reason),
            };
            files.workplans.extend(reading.workplan);
            files.unreadable.extend(reading.unreadable);
        }
        files
    }
}

/// The files that may be workplans, by path, and whether they are put away.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    there: bool,
    files: BTreeMap<String, bool>,
    unreadable: Vec<Unreadable>,
}

impl Listing {
    /// Lists the files below `root`, which holds no links itself.
    pub(crate) fn of(root: &Utf8Path) -> Result<Self, Error> {
        let mut listing = Self::default();
        let folder = Utf8PathBuf::from(FOLDER);
        listing.there = listing.folder(root, &folder, false)?;
        if listing.there {
            listing.folder(root, &folder.join(ARCHIVED), true)?;
        }
        Ok(listing)
    }

    /// The paths of the files.
    pub(crate) fn paths(&self) -> Vec<Utf8PathBuf> {
        self.files.keys().map(Utf8PathBuf::from).collect()
    }

    /// Lists one folder; says whether it is there.
    fn folder(
        &mut self,
        root: &Utf8Path,
        folder: &Utf8Path,
        archived: bool,
    ) -> Result<bool, Error> {
        // Through a link too, as long as it stays in the repository: git knows the files by where
        // they are.
        let folder = match resolved(root, folder) {
            Resolved::Inside(path) => path,
            Resolved::Missing => return Ok(false),
            Resolved::Refused(reason) => {
                self.refuse(folder.as_str(), reason);
                return Ok(true);
            }
        };
        let list = |source| Error::List {
            path: root.join(&folder),
            source,
        };
        for entry in root.join(&folder).read_dir_utf8().map_err(list)? {
            let entry = match entry {
                Ok(entry) => entry,
                // The name is not UTF-8.
                Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                    self.refuse(folder.as_str(), "the name of a file in it is not UTF-8");
                    continue;
                }
                Err(error) => return Err(list(error)),
            };
            let name = entry.file_name();
            let markdown = Utf8Path::new(name).extension() == Some("md");
            // Names with a dot in front are editors' own.
            if !markdown || name.starts_with('.') || name.eq_ignore_ascii_case("readme.md") {
                continue;
            }
            let path = folder.join(name);
            let kind = entry.file_type().map_err(list)?;
            if kind.is_file() {
                self.files.insert(path.into_string(), archived);
            } else if kind.is_symlink() {
                match resolved(root, &path) {
                    // Reached twice, it is still one file.
                    Resolved::Inside(real) => {
                        self.files.entry(real.into_string()).or_insert(archived);
                    }
                    Resolved::Missing => self.refuse(path.as_str(), "it is a link to nothing"),
                    Resolved::Refused(reason) => self.refuse(path.as_str(), reason),
                }
            } else if !kind.is_dir() {
                self.refuse(path.as_str(), "it is no regular file");
            }
        }
        Ok(true)
    }

    fn refuse(&mut self, path: &str, reason: impl Into<String>) {
        self.unreadable
            .extend(Reading::refused(path, None, reason).unreadable);
    }
}

/// Where a path of the repository really is.
enum Resolved {
    /// At this path of the repository.
    Inside(Utf8PathBuf),
    /// Nowhere.
    Missing,
    /// Not where it may be.
    Refused(String),
}

fn resolved(root: &Utf8Path, path: &Utf8Path) -> Resolved {
    let refused = || Resolved::Refused("it is a link that leads out of the repository".into());
    match root.join(path).canonicalize_utf8() {
        Ok(real) => match real.strip_prefix(root) {
            Ok(inside) if inside.starts_with(".git") => refused(),
            // What lies in there is committed there, and not from here.
            Ok(inside) if is_in_submodule(root, inside) => {
                Resolved::Refused("it is in a submodule, a repository of its own".into())
            }
            Ok(inside) => Resolved::Inside(inside.to_owned()),
            Err(_) => refused(),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Resolved::Missing,
        Err(error) => Resolved::Refused(format!("it cannot be read: {error}")),
    }
}

fn is_in_submodule(root: &Utf8Path, inside: &Utf8Path) -> bool {
    let folders = inside
        .ancestors()
        .filter(|folder| !folder.as_str().is_empty());
    folders
        .map(|folder| root.join(folder).join(".git"))
        .any(|git| git.symlink_metadata().is_ok())
}

/// Reads a regular file of moderate size; else says why not.
pub(crate) fn read_file(path: &Utf8Path) -> Result<Vec<u8>, String> {
    // Opening a named pipe would wait for a writer.
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let open = || -> io::Result<(File, fs::Metadata)> {
        let file = File::from(rustix::fs::open(path.as_std_path(), flags, Mode::empty())?);
        let metadata = file.metadata()?;
        Ok((file, metadata))
    };
    let refused = |error: io::Error| format!("it cannot be read: {error}");
    let (file, metadata) = open().map_err(refused)?;
    if !metadata.is_file() {
        return Err("it is no regular file".into());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len().min(LARGEST)).unwrap_or(0));
    file.take(LARGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(refused)?;
    if bytes.len() as u64 > LARGEST {
        return Err(format!("it is larger than {LARGEST} bytes"));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests;
