//! The lock of `--all`: one sweep on a machine at a time.

use crate::error::{CommandError, Kind};
use camino::{Utf8Path, Utf8PathBuf};
use fd_lock::{RwLock, RwLockWriteGuard};
use rustix::fs::{Mode, OFlags};
use std::fs::File;
use std::io::ErrorKind;

/// The lock's name in the folder of run files; other users have locks of their own.
const NAME: &str = "onward-fix-consistency-all";

/// The lock file, open.
pub(super) struct Lock {
    path: Utf8PathBuf,
    lock: RwLock<File>,
}

impl Lock {
    /// Opens the file, which is never removed, so that all sweeps lock the same one.
    pub(super) fn open(folder: &Utf8Path) -> Result<Self, CommandError> {
        let user = rustix::process::geteuid().as_raw();
        let path = folder.join(format!("{NAME}-{user}.lock"));
        // In a folder that others may write to, no link of theirs is followed.
        let flags =
            OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let file = rustix::fs::open(path.as_std_path(), flags, Mode::RUSR | Mode::WUSR);
        match file {
            Ok(file) => Ok(Self {
                path,
                lock: RwLock::new(file.into()),
            }),
            Err(error) => Err(cannot_lock(&path, error.into())),
        }
    }

    /// Takes the lock; nothing while another sweep holds it.
    pub(super) fn try_hold(&mut self) -> Result<Option<RwLockWriteGuard<'_, File>>, CommandError> {
        match self.lock.try_write() {
            Ok(held) => Ok(Some(held)),
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(cannot_lock(&self.path, error)),
        }
    }
}

fn cannot_lock(path: &Utf8Path, error: std::io::Error) -> CommandError {
    CommandError::caused(Kind::Unable, format!("cannot lock {path}"), error)
        .hint("set ONWARD_RUN_DIR to a folder of your own")
}
