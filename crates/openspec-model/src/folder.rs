//! One folder, opened and listed once; what is in it is opened relative to it.
//!
//! A name is never resolved through a link here (see `beneath` for links), and nothing but a
//! regular file is read: opening a named pipe would wait, opening a device may do harm.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, fstat, openat, readlinkat, statat};
use rustix::io::{Errno, read, retry_on_intr};

use crate::error::Error;

/// The most that is read of a Markdown file, in bytes.
pub(crate) const MARKDOWN_LIMIT: u64 = 64 << 20;

/// What stands where a file or a folder was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link, whatever it leads to.
    Link,
    /// A named pipe: reading it would wait for a writer.
    Fifo,
    /// A socket.
    Socket,
    /// A device.
    Device,
    /// Something this system names no further.
    Unknown,
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::File => "a file",
            Self::Folder => "a folder",
            Self::Link => "a link",
            Self::Fifo => "a named pipe",
            Self::Socket => "a socket",
            Self::Device => "a device",
            Self::Unknown => "neither file nor folder",
        })
    }
}

/// A folder and the names in it, in byte order.
pub(crate) struct Folder {
    dir: Dir,
    path: Utf8PathBuf,
    entries: Vec<Entry>,
}

/// A name in a folder and what it stands for, links not followed.
pub(crate) struct Entry {
    pub(crate) name: OsString,
    pub(crate) kind: FileKind,
}

impl Entry {
    /// The name as Node shows it: what is not UTF-8 replaced.
    pub(crate) fn shown(&self) -> std::borrow::Cow<'_, str> {
        self.name.to_string_lossy()
    }

    pub(crate) fn is_hidden(&self) -> bool {
        self.name.as_bytes().first() == Some(&b'.')
    }
}

impl Folder {
    /// Opens the folder at `path`, through links if there are any: the caller says where to start.
    pub(crate) fn open(path: &Utf8Path) -> Result<Self, Error> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let fd = retry_on_intr(|| openat(CWD, path.as_str(), flags, Mode::empty()))
            .map_err(|errno| Error::io(path, errno))?;
        Self::list(fd, path.to_owned())
    }

    /// Opens the folder `name` of this one. A link is refused.
    pub(crate) fn enter(&self, name: &OsStr) -> Result<Self, Error> {
        let path = self.path_of(name);
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let fd = retry_on_intr(|| openat(self.fd()?, name, flags, Mode::empty()))
            .map_err(|errno| Error::io(&path, errno))?;
        Self::list(fd, path)
    }

    fn list(fd: OwnedFd, path: Utf8PathBuf) -> Result<Self, Error> {
        let mut dir = Dir::new(fd).map_err(|errno| Error::io(&path, errno))?;
        let mut entries = Vec::new();
        while let Some(entry) = dir.read() {
            let entry = entry.map_err(|errno| Error::io(&path, errno))?;
            let bytes = entry.file_name().to_bytes();
            if bytes == b"." || bytes == b".." {
                continue;
            }
            let name = OsString::from_vec(bytes.to_vec());
            entries.push(Entry {
                name,
                kind: kind_of(entry.file_type()),
            });
        }
        entries.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        let mut folder = Self { dir, path, entries };
        folder.ask_unknown_kinds()?;
        Ok(folder)
    }

    /// Some file systems list names without their kind.
    fn ask_unknown_kinds(&mut self) -> Result<(), Error> {
        for index in 0..self.entries.len() {
            if self.entries[index].kind == FileKind::Unknown {
                let name = &self.entries[index].name;
                let stat = self
                    .fd()
                    .and_then(|fd| statat(fd, name, AtFlags::SYMLINK_NOFOLLOW))
                    .map_err(|errno| Error::io(self.path_of(name), errno))?;
                self.entries[index].kind = kind_of(FileType::from_raw_mode(stat.st_mode));
            }
        }
        Ok(())
    }

    /// A system without descriptors for folders may refuse.
    fn fd(&self) -> rustix::io::Result<BorrowedFd<'_>> {
        self.dir.fd()
    }

    /// Where it is, for answers and messages.
    pub(crate) fn path(&self) -> &Utf8Path {
        &self.path
    }

    pub(crate) fn path_of(&self, name: &OsStr) -> Utf8PathBuf {
        self.path.join(&*name.to_string_lossy())
    }

    /// What is in it, in byte order of the names.
    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// What `name` stands for, links not followed.
    pub(crate) fn kind(&self, name: &OsStr) -> Option<FileKind> {
        self.entries
            .binary_search_by(|entry| entry.name.as_os_str().cmp(name))
            .ok()
            .map(|index| self.entries[index].kind)
    }

    /// Reads the regular file `name`, at most `limit` bytes.
    pub(crate) fn read(&self, name: &OsStr, limit: u64) -> Result<Vec<u8>, Error> {
        let path = || self.path_of(name);
        // Non-blocking, should a pipe have taken the file's place since the folder was listed.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = retry_on_intr(|| openat(self.fd()?, name, flags, Mode::empty()))
            .map_err(|errno| Error::io(path(), errno))?;
        let stat = fstat(&file).map_err(|errno| Error::io(path(), errno))?;
        let found = kind_of(FileType::from_raw_mode(stat.st_mode));
        if found != FileKind::File {
            return Err(Error::NotAFile {
                path: path(),
                found,
            });
        }
        let size = u64::try_from(stat.st_size).unwrap_or(0);
        let too_large = || Error::TooLarge {
            path: path(),
            limit,
        };
        if size > limit {
            return Err(too_large());
        }
        // One byte more than the size: a short read is then the end, without asking once more.
        let mut content = vec![0; usize::try_from(size).map_err(|_| too_large())? + 1];
        let mut length = 0;
        loop {
            let count = retry_on_intr(|| read(&file, &mut content[length..]))
                .map_err(|errno| Error::io(path(), errno))?;
            length += count;
            if count == 0 || length < content.len() {
                break;
            }
            if length as u64 > limit {
                return Err(too_large());
            }
            content.resize(length * 2, 0);
        }
        content.truncate(length);
        Ok(content)
    }

    /// What the link `name` says.
    pub(crate) fn link_target(&self, name: &OsStr) -> Result<OsString, Error> {
        self.fd()
            .and_then(|fd| readlinkat(fd, name, Vec::new()))
            .map(|target| OsString::from_vec(target.into_bytes()))
            .map_err(|errno| Error::io(self.path_of(name), errno))
    }

    /// What the link `name` leads to, wherever that is. It is not opened.
    pub(crate) fn leads_to(&self, name: &OsStr) -> Option<FileKind> {
        let stat = statat(self.fd().ok()?, name, AtFlags::empty()).ok()?;
        Some(kind_of(FileType::from_raw_mode(stat.st_mode)))
    }

    /// When the entry `name` was last written, links followed: seconds and nanoseconds.
    /// `None` for what leads nowhere or has vanished since the folder was listed.
    pub(crate) fn modified(&self, name: &OsStr) -> Result<Option<(i64, i64)>, Error> {
        match self.fd().and_then(|fd| statat(fd, name, AtFlags::empty())) {
            Ok(stat) => Ok(Some(written_at(stat.st_mtime, stat.st_mtime_nsec))),
            Err(Errno::NOENT | Errno::LOOP) => Ok(None),
            Err(errno) => Err(Error::io(self.path_of(name), errno)),
        }
    }

    /// When the folder itself was last written: seconds and nanoseconds.
    pub(crate) fn own_modified(&self) -> Result<(i64, i64), Error> {
        self.fd()
            .and_then(fstat)
            .map(|stat| written_at(stat.st_mtime, stat.st_mtime_nsec))
            .map_err(|errno| Error::io(&self.path, errno))
    }
}

/// The fields' types differ between systems; each value fits.
fn written_at(seconds: impl TryInto<i64>, nanoseconds: impl TryInto<i64>) -> (i64, i64) {
    (
        seconds.try_into().unwrap_or(0),
        nanoseconds.try_into().unwrap_or(0),
    )
}

fn kind_of(kind: FileType) -> FileKind {
    match kind {
        FileType::RegularFile => FileKind::File,
        FileType::Directory => FileKind::Folder,
        FileType::Symlink => FileKind::Link,
        FileType::Fifo => FileKind::Fifo,
        FileType::Socket => FileKind::Socket,
        FileType::CharacterDevice | FileType::BlockDevice => FileKind::Device,
        FileType::Unknown => FileKind::Unknown,
    }
}

// Apple has no call to make a pipe beneath a folder.
#[cfg(all(test, target_os = "linux"))]
mod tests {
    use rustix::fs::mknodat;

    use super::*;

    /// A pipe that takes a file's place after the folder was listed.
    #[test]
    fn a_pipe_is_not_waited_for() {
        let temporary = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(temporary.path()).unwrap();
        let folder = Folder::open(path).unwrap();
        mknodat(
            CWD,
            path.join("tasks.md").as_str(),
            FileType::Fifo,
            Mode::RUSR,
            0,
        )
        .unwrap();
        let read = folder.read("tasks.md".as_ref(), MARKDOWN_LIMIT);
        assert!(matches!(
            read,
            Err(Error::NotAFile {
                found: FileKind::Fifo,
                ..
            })
        ));
    }
}
