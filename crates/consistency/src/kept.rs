//! Files of ours in the git directory of a checkout, written whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write};

use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use sha2::{Digest, Sha256};

use crate::error::Error;

/// The format written; a larger number is a later version's.
const FORMAT: u32 = 1;

/// The folder in the git directory.
const FOLDER: &str = "onward";

/// A kept file for one checkout and one hub.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    path: Utf8PathBuf,
}

/// What was in a kept file.
#[derive(Debug)]
pub(crate) enum Content<T> {
    /// There is no such file.
    Nothing,
    /// This.
    Some(T),
    /// Nothing that can be understood; why, as a sentence about the file.
    Damaged(String),
    /// What a later version wrote; the file is left alone.
    Newer(String),
}

impl Kept {
    /// The file `name` for the hub at `hub`, in the git directory of a work tree.
    pub(crate) fn new(git_dir: &Utf8Path, name: &str, hub: &str) -> Self {
        let key = &digest(hub.as_bytes())[..16];
        Self {
            path: git_dir.join(FOLDER).join(format!("{name}-{key}.json")),
        }
    }

    pub(crate) fn read<T: DeserializeOwned>(&self) -> Content<T> {
        let bytes = match fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Content::Nothing,
            Err(error) => {
                return Content::Damaged(format!("{} cannot be read: {error}", self.path));
            }
        };
        let newer = |format| {
            (format > FORMAT)
                .then(|| Content::Newer(format!("{} was written by a later version", self.path)))
        };
        match serde_json::from_slice::<(u32, T)>(&bytes) {
            Ok((format, content)) => newer(format).unwrap_or(Content::Some(content)),
            Err(error) => serde_json::from_slice::<(u32, IgnoredAny)>(&bytes)
                .ok()
                .and_then(|(format, _)| newer(format))
                .unwrap_or_else(|| Content::Damaged(format!("{} is damaged: {error}", self.path))),
        }
    }

    pub(crate) fn write<T: Serialize>(&self, content: &T) -> Result<(), Error> {
        let failed = |source| Error::State {
            path: self.path.clone(),
            source,
        };
        let bytes = serde_json::to_vec(&(FORMAT, content)).map_err(|error| failed(error.into()))?;
        let folder = self.path.parent().unwrap_or(Utf8Path::new("."));
        fs::create_dir_all(folder).map_err(failed)?;
        let replace = || {
            let mut draft = tempfile::NamedTempFile::new_in(folder)?;
            draft.write_all(&bytes)?;
            draft.as_file().sync_all()?;
            draft.persist(&self.path)?;
            File::open(folder)?.sync_all()
        };
        replace().map_err(failed)
    }

    pub(crate) fn remove(&self) -> Result<(), Error> {
        match fs::remove_file(&self.path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => Err(Error::State {
                path: self.path.clone(),
                source,
            }),
            _ => Ok(()),
        }
    }
}

/// The SHA-256 of some bytes, in hexadecimal.
pub(crate) fn digest(bytes: &[u8]) -> String {
    use std::fmt::Write;
    Sha256::digest(bytes)
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}
