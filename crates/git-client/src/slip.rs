//! A file that hands git its input.

use std::fs::{self, File};
use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};

use camino::{Utf8Path, Utf8PathBuf};

use crate::error::Error;

/// A file in the work tree's git directory, complete before git reads it; gone when dropped.
///
/// A pipe would do, were it not for a kill half-way: git takes the end of a pipe for the end of
/// the list, and a path cut short may be a folder.
pub(crate) struct Slip {
    path: Utf8PathBuf,
}

impl Slip {
    pub(crate) fn write(git_dir: &Utf8Path, what: &str, content: &[u8]) -> Result<Self, Error> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("onward-{what}-{}-{number}", std::process::id());
        let path = git_dir.join(name);
        let failed = |source| Error::Write {
            path: path.to_string(),
            source,
        };
        // What a killed process of the same number left is nobody's any more.
        let mut file = File::create(&path).map_err(failed)?;
        let slip = Self { path: path.clone() };
        file.write_all(content).map_err(failed)?;
        Ok(slip)
    }

    pub(crate) fn path(&self) -> &Utf8Path {
        &self.path
    }
}

impl Drop for Slip {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}
