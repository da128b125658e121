//! One run at a time changes a checkout.

use std::fs::{self, OpenOptions};
use std::io;
use std::os::fd::OwnedFd;

use camino::Utf8Path;
use rustix::fs::{FlockOperation, flock};
use rustix::io::retry_on_intr;

use crate::error::Error;

/// The lock of a checkout; let go of when dropped, or when the process ends.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: OwnedFd,
}

impl Lock {
    /// Waits for other runs to end: everything they do has a time limit.
    pub(crate) fn take(git_dir: &Utf8Path) -> Result<Self, Error> {
        let folder = git_dir.join("onward");
        let path = folder.join("lock");
        let take = || -> io::Result<OwnedFd> {
            fs::create_dir_all(&folder)?;
            // The file stays, so that all runs lock the same one.
            let file = OpenOptions::new().create(true).append(true).open(&path)?;
            retry_on_intr(|| flock(&file, FlockOperation::LockExclusive))?;
            Ok(file.into())
        };
        match take() {
            Ok(file) => Ok(Self { _file: file }),
            Err(source) => Err(Error::State { path, source }),
        }
    }
}
