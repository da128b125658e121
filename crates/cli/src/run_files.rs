//! Lock, marks, bell and log on disk, in a folder that other users may write to.
//!
//! Nothing here follows a link, opens what another user owns, or makes a file that others can read.

use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::{Mode, OFlags};
use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::MetadataExt;
use sync_core::coalesce::{Holder, Mark, Phase, Request, RunFile, RunName};

/// The largest mark or lock file that is read, in bytes.
const LARGEST: u64 = 1 << 20;

/// The run files of one project-board pair.
#[derive(Clone, Debug)]
pub(crate) struct RunFiles {
    dir: Utf8PathBuf,
    name: RunName,
}

/// A file of the run folder could not be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// Another user owns it.
    #[error("{path} belongs to another user")]
    Foreign {
        /// The file.
        path: Utf8PathBuf,
    },
    /// It is a link, symbolic or hard, a folder, a pipe or a device.
    #[error("{path} is not a regular file of its own, but a link, folder or pipe")]
    NotAFile {
        /// The file.
        path: Utf8PathBuf,
    },
    /// The system refused.
    #[error("cannot {what} {path}")]
    Io {
        /// What was attempted.
        what: &'static str,
        /// The file.
        path: Utf8PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A mark does not say what its name stands for.
    #[error("cannot make out the request in {path}")]
    OddMark {
        /// The mark.
        path: Utf8PathBuf,
    },
}

impl Error {
    /// Says what the user can do.
    pub(crate) fn hint(&self) -> String {
        let set = "set ONWARD_RUN_DIR to a folder of your own";
        match self {
            Error::Foreign { path } => format!("{set}, or ask the owner of {path} to move it away"),
            Error::NotAFile { path } => format!("{set}, or look at {path} and move it away"),
            Error::Io { source, .. } if source.raw_os_error() == Some(28) => {
                "make room on the disk and try again".into()
            }
            Error::Io { source, .. } if source.kind() == ErrorKind::NotFound => {
                format!("make the folder, or {set}")
            }
            Error::Io { .. } => format!("check the folder's permissions, or {set}"),
            Error::OddMark { path } => format!("move {path} away; then ask again"),
        }
    }
}

fn io(what: &'static str, path: &Utf8Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_path_buf();
    move |source| Error::Io { what, path, source }
}

impl RunFiles {
    /// Names the files of a pair; nothing is touched.
    pub(crate) fn new(dir: Utf8PathBuf, name: RunName) -> Self {
        Self { dir, name }
    }

    /// Returns the path of a file.
    pub(crate) fn path(&self, file: RunFile) -> Utf8PathBuf {
        self.dir.join(self.name.file(file))
    }

    /// Opens the lock file, made if missing and never truncated.
    pub(crate) fn open_lock(&self) -> Result<File, Error> {
        open(&self.path(RunFile::Lock), OFlags::RDWR | OFlags::CREATE)
    }

    /// Says whether somebody holds the lock, by trying it for a moment without making it.
    pub(crate) fn is_held(&self) -> Result<bool, Error> {
        let path = self.path(RunFile::Lock);
        let mut lock = fd_lock::RwLock::new(open(&path, OFlags::RDWR)?);
        match lock.try_write() {
            Ok(_) => Ok(false),
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(true),
            Err(error) => Err(io("lock", &path)(error)),
        }
    }

    /// Opens the log for appending, made if missing.
    pub(crate) fn open_log(&self) -> Result<File, Error> {
        let flags = OFlags::WRONLY | OFlags::APPEND | OFlags::CREATE;
        open(&self.path(RunFile::Log), flags)
    }

    /// Says whether the lock's path still leads to the file that is locked.
    pub(crate) fn is_current(&self, locked: &File) -> Result<bool, Error> {
        let path = self.path(RunFile::Lock);
        let locked = locked.metadata().map_err(io("look at", &path))?;
        match std::fs::symlink_metadata(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            found => {
                let found = found.map_err(io("look at", &path))?;
                Ok((found.dev(), found.ino()) == (locked.dev(), locked.ino()))
            }
        }
    }

    /// Reads whose marks the holder of the lock runs.
    pub(crate) fn read_holder(&self) -> Result<Holder, Error> {
        Ok(Holder::of_lock_file(&read(&self.path(RunFile::Lock))?))
    }

    /// Replaces the holder's line in the lock file that is held.
    pub(crate) fn write_holder(&self, locked: &mut File, holder: Holder) -> Result<(), Error> {
        let path = self.path(RunFile::Lock);
        locked.set_len(0).map_err(io("write", &path))?;
        io::Seek::rewind(locked).map_err(io("write", &path))?;
        let line = match holder {
            Holder::Unnamed => String::new(),
            holder => {
                let line = holder.to_line();
                format!("{} pid {}\n", line.trim_end(), std::process::id())
            }
        };
        locked
            .write_all(line.as_bytes())
            .map_err(io("write", &path))
    }

    /// Makes a pending mark, whole or not at all, and so that it outlives a power cut.
    pub(crate) fn create_mark(&self, mark: Mark, request: &Request) -> Result<(), Error> {
        let path = self.path(RunFile::Mark(mark));
        let fail = || io("create", &path);
        refuse_foreign(&path)?;
        std::fs::metadata(&self.dir).map_err(io("use the folder", &self.dir))?;
        let mut file = tempfile::Builder::new()
            .prefix(".onward-")
            .tempfile_in(&self.dir)
            .map_err(fail())?;
        file.write_all(request.to_mark().as_bytes())
            .map_err(fail())?;
        file.as_file().sync_all().map_err(fail())?;
        file.persist(&path).map_err(|error| fail()(error.error))?;
        self.sync_dir()
    }

    /// Reads the request in a mark.
    pub(crate) fn read_mark(&self, mark: Mark, server: &str) -> Result<Request, Error> {
        let path = self.path(RunFile::Mark(mark));
        let request = Request::from_mark(&read(&path)?, server, mark.key);
        request.ok_or(Error::OddMark { path })
    }

    /// Renames a pending mark to inflight; false when there is none.
    pub(crate) fn take_up(&self, mark: Mark) -> Result<bool, Error> {
        let from = self.path(RunFile::Mark(mark));
        let phase = Phase::Inflight;
        let to = self.path(RunFile::Mark(Mark { phase, ..mark }));
        match std::fs::rename(&from, &to) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(io("rename", &from)(error)),
            Ok(()) => self.sync_dir().map(|()| true),
        }
    }

    /// Touches the bell.
    pub(crate) fn ring_bell(&self) -> Result<(), Error> {
        open(&self.path(RunFile::Bell), OFlags::WRONLY | OFlags::CREATE).map(drop)
    }

    /// Unlinks the bell or a mark; one that is missing is as good.
    pub(crate) fn unlink(&self, file: RunFile) -> Result<(), Error> {
        let path = self.path(file);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(io("remove", &path)(error)),
            _ => Ok(()),
        }
    }

    /// Lists the bell and all marks of this pair that are the user's own.
    pub(crate) fn look(&self) -> Result<(bool, Vec<Mark>), Error> {
        let mut marks = Vec::new();
        let mut bell = false;
        for (name, file) in list(&self.dir)? {
            match file {
                RunFile::Bell if name == self.name => bell = true,
                RunFile::Mark(mark) if name == self.name => marks.push(mark),
                _ => {}
            }
        }
        Ok((bell, marks))
    }

    fn sync_dir(&self) -> Result<(), Error> {
        let dir = File::open(&self.dir).and_then(|dir| dir.sync_all());
        dir.map_err(io("sync", &self.dir))
    }
}

/// Lists every run file in a folder that is the user's own and a regular file.
pub(crate) fn list(dir: &Utf8Path) -> Result<Vec<(RunName, RunFile)>, Error> {
    let fail = || io("list", dir);
    let mut found = Vec::new();
    for entry in dir.read_dir_utf8().map_err(fail())? {
        let entry = match entry {
            Ok(entry) => entry,
            // A name that is not UTF-8 is not ours.
            Err(error) if error.kind() == ErrorKind::InvalidData => continue,
            Err(error) => return Err(fail()(error)),
        };
        let Some(file) = RunName::of_file(entry.file_name()) else {
            continue;
        };
        let Ok(metadata) = std::fs::symlink_metadata(entry.path()) else {
            continue;
        };
        if metadata.is_file() && metadata.uid() == rustix::process::geteuid().as_raw() {
            found.push(file);
        }
    }
    Ok(found)
}

/// Opens a regular file of the user's own without following a link; a new one is `0600`.
fn open(path: &Utf8Path, flags: OFlags) -> Result<File, Error> {
    let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let opened = rustix::fs::open(path.as_std_path(), flags, Mode::RUSR | Mode::WUSR);
    let file = match opened {
        Ok(fd) => File::from(fd),
        Err(rustix::io::Errno::LOOP | rustix::io::Errno::NXIO | rustix::io::Errno::ISDIR) => {
            let path = path.to_path_buf();
            return Err(Error::NotAFile { path });
        }
        // A sticky folder keeps even a file's opening to its owner.
        Err(error) => {
            refuse_foreign(path)?;
            return Err(io("open", path)(error.into()));
        }
    };
    let metadata = file.metadata().map_err(io("look at", path))?;
    check(path, &metadata)?;
    Ok(file)
}

fn read(path: &Utf8Path) -> Result<String, Error> {
    let mut text = Vec::new();
    let file = open(path, OFlags::RDONLY)?;
    file.take(LARGEST)
        .read_to_end(&mut text)
        .map_err(io("read", path))?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// Refuses a path that is taken by something that is not ours; a free one is fine.
fn refuse_foreign(path: &Utf8Path) -> Result<(), Error> {
    match std::fs::symlink_metadata(path) {
        Ok(metadata) => check(path, &metadata),
        Err(_) => Ok(()),
    }
}

fn check(path: &Utf8Path, metadata: &std::fs::Metadata) -> Result<(), Error> {
    let path = path.to_path_buf();
    if metadata.uid() != rustix::process::geteuid().as_raw() {
        Err(Error::Foreign { path })
    } else if metadata.is_file() && metadata.nlink() <= 1 {
        Ok(())
    } else {
        Err(Error::NotAFile { path })
    }
}
