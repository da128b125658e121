//! Links, followed only as long as they stay beneath the folder one started in.
//!
//! Every step opens one name relative to a folder that is already open and refuses a link there;
//! a link's text is read and walked the same way. So no exchange of files while we look can lead
//! out, and no path is resolved by the system.

use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

use camino::{Utf8Path, Utf8PathBuf};
use rustix::io::Errno;

use crate::error::Error;
use crate::folder::{FileKind, Folder};

/// More links on one path than this are taken for a circle, as the system does.
const MOST_LINKS: usize = 40;

/// A folder beneath a boundary, with all folders between.
#[derive(Clone)]
pub(crate) struct Place {
    boundary: Rc<Folder>,
    /// From the one in the boundary to the folder itself; empty for the boundary.
    below: Vec<Rc<Folder>>,
}

/// A file beneath a boundary, links resolved.
#[derive(Clone)]
pub(crate) struct FileRef {
    folder: Rc<Folder>,
    name: OsString,
}

/// What a path leads to.
pub(crate) enum Found {
    /// Nothing has this name.
    Missing,
    /// A link leads to a name that does not exist.
    Dangling,
    /// A regular file.
    File(FileRef),
    /// A folder.
    Folder(Place),
    /// A pipe, a socket, a device.
    Other(FileKind),
}

impl FileRef {
    pub(crate) fn path(&self) -> Utf8PathBuf {
        self.folder.path_of(&self.name)
    }

    pub(crate) fn read(&self, limit: u64) -> Result<Vec<u8>, Error> {
        self.folder.read(&self.name, limit)
    }
}

impl Place {
    /// Makes the folder a boundary of its own.
    pub(crate) fn boundary(folder: Rc<Folder>) -> Self {
        Self {
            boundary: folder,
            below: Vec::new(),
        }
    }

    /// Opens `path` as a boundary. The path itself may hold links; it is given by the user.
    pub(crate) fn open(path: &Utf8Path) -> Result<Self, Error> {
        let path = path
            .canonicalize_utf8()
            .map_err(|error| Error::io(path, error))?;
        Folder::open(&path).map(|folder| Self::boundary(Rc::new(folder)))
    }

    pub(crate) fn folder(&self) -> &Rc<Folder> {
        self.below.last().unwrap_or(&self.boundary)
    }

    pub(crate) fn path(&self) -> &Utf8Path {
        self.folder().path()
    }

    fn boundary_path(&self) -> &Utf8Path {
        self.boundary.path()
    }

    /// Enters the folder `name`, which is no link.
    pub(crate) fn enter(&self, name: &OsStr) -> Result<Self, Error> {
        let mut place = self.clone();
        place.below.push(Rc::new(self.folder().enter(name)?));
        Ok(place)
    }

    /// Follows `path`, step by step and through links that stay beneath the boundary.
    ///
    /// # Errors
    ///
    /// `Outside`, `LinkLoop`, `NotAFolder` for a path that goes through a file, `Io`.
    pub(crate) fn follow(&self, path: impl AsRef<OsStr>) -> Result<Found, Error> {
        let path = path.as_ref();
        // Nearly every path is one name, and what it stands for is known.
        match self.folder().kind(path) {
            Some(FileKind::File) => {
                return Ok(Found::File(FileRef {
                    folder: self.folder().clone(),
                    name: path.to_owned(),
                }));
            }
            Some(FileKind::Folder) => return self.enter(path).map(Found::Folder),
            None if !path.as_bytes().contains(&b'/') => return Ok(Found::Missing),
            _ => {}
        }
        let asked = || self.folder().path_of(path);
        let mut here = self.clone();
        let mut ahead: VecDeque<Step> = steps(Path::new(path), false).collect();
        let mut links = 0;
        while let Some(Step { name, of_link }) = ahead.pop_front() {
            if name == ".." {
                if here.below.pop().is_none() {
                    return Err(self.outside(asked()));
                }
                continue;
            }
            match here.folder().kind(&name) {
                None if of_link => return Ok(Found::Dangling),
                None => return Ok(Found::Missing),
                Some(FileKind::Folder) => here = here.enter(&name)?,
                Some(FileKind::Link) => {
                    links += 1;
                    if links > MOST_LINKS {
                        return Err(Error::LinkLoop { path: asked() });
                    }
                    let target = PathBuf::from(here.folder().link_target(&name)?);
                    let target = if target.is_absolute() {
                        here.below.clear();
                        match self.beneath(&target, asked)? {
                            Some(inner) => inner,
                            None => return Ok(Found::Dangling),
                        }
                    } else {
                        target
                    };
                    for step in steps(&target, true).rev() {
                        ahead.push_front(step);
                    }
                }
                Some(found) if !ahead.is_empty() => {
                    return Err(Error::NotAFolder {
                        path: here.folder().path_of(&name),
                        found,
                    });
                }
                Some(FileKind::File) => {
                    return Ok(Found::File(FileRef {
                        folder: here.folder().clone(),
                        name,
                    }));
                }
                Some(other) => return Ok(Found::Other(other)),
            }
        }
        Ok(Found::Folder(here))
    }

    /// Where the absolute path `target` is beneath the boundary; `None` when it does not exist.
    /// What is found is walked again from the boundary, so the answer need not be trusted.
    fn beneath(
        &self,
        target: &Path,
        asked: impl Fn() -> Utf8PathBuf,
    ) -> Result<Option<PathBuf>, Error> {
        match target.canonicalize() {
            Ok(real) => match real.strip_prefix(self.boundary_path()) {
                Ok(inner) => Ok(Some(inner.to_owned())),
                Err(_) => Err(self.outside(asked())),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) if error.raw_os_error() == Some(Errno::LOOP.raw_os_error()) => {
                Err(Error::LinkLoop { path: asked() })
            }
            Err(error) => Err(Error::io(asked(), error)),
        }
    }

    fn outside(&self, path: Utf8PathBuf) -> Error {
        Error::Outside {
            path,
            boundary: self.boundary_path().to_owned(),
        }
    }

    /// As [`Place::follow`], but a link to nothing is an error.
    ///
    /// # Errors
    ///
    /// As [`Place::follow`], and `Dangling`.
    pub(crate) fn follow_whole(&self, path: impl AsRef<OsStr>) -> Result<Found, Error> {
        match self.follow(path.as_ref())? {
            Found::Dangling => Err(Error::Dangling {
                path: self.folder().path_of(path.as_ref()),
            }),
            found => Ok(found),
        }
    }

    /// The folder at `path`; `None` when there is nothing of that name.
    ///
    /// # Errors
    ///
    /// As [`Place::follow_whole`], and `NotAFolder`.
    pub(crate) fn subfolder(&self, path: impl AsRef<OsStr>) -> Result<Option<Self>, Error> {
        let not_a_folder = |found| Error::NotAFolder {
            path: self.folder().path_of(path.as_ref()),
            found,
        };
        match self.follow_whole(path.as_ref())? {
            Found::Folder(place) => Ok(Some(place)),
            Found::Missing | Found::Dangling => Ok(None),
            Found::File(_) => Err(not_a_folder(FileKind::File)),
            Found::Other(kind) => Err(not_a_folder(kind)),
        }
    }
}

/// One name to walk, and whether a link said it.
struct Step {
    name: OsString,
    of_link: bool,
}

fn steps(path: &Path, of_link: bool) -> impl DoubleEndedIterator<Item = Step> {
    path.components()
        .filter_map(move |component| match component {
            Component::Normal(name) => Some(Step {
                name: name.to_owned(),
                of_link,
            }),
            Component::ParentDir => Some(Step {
                name: "..".into(),
                of_link,
            }),
            Component::CurDir | Component::RootDir | Component::Prefix(_) => None,
        })
}
