//! A folder in every detail that a command could change.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;

use camino::{Utf8Path, Utf8PathBuf};
use sha2::{Digest as _, Sha256};

use super::hex;

/// All names below a folder, each with its kind, mode, inode, size, time of change and content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    entries: BTreeMap<Utf8PathBuf, Entry>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    mode: u32,
    inode: u64,
    size: u64,
    /// Seconds and nanoseconds; of a folder also, which tells of names that came and went.
    modified: (i64, i64),
    /// The digest of a file, the target of a link.
    content: String,
}

impl Fingerprint {
    /// Reads everything below a folder, and the folder itself. Links are not followed.
    pub fn of(folder: &Utf8Path) -> Self {
        let mut entries = BTreeMap::new();
        collect(folder, Utf8Path::new(""), &mut entries);
        Self { entries }
    }

    /// What came, went or changed since an earlier look, such as `changed .spec-kitty/queue.db`.
    pub fn changes_since(&self, before: &Self) -> Vec<String> {
        let came_or_changed =
            self.entries
                .iter()
                .filter_map(|(path, entry)| match before.entries.get(path) {
                    None => Some(format!("new {path}")),
                    Some(known) if known != entry => Some(format!("changed {path}")),
                    Some(_) => None,
                });
        let gone = before.entries.keys();
        let gone = gone.filter(|path| !self.entries.contains_key(*path));
        came_or_changed
            .chain(gone.map(|path| format!("gone {path}")))
            .collect()
    }
}

fn collect(top: &Utf8Path, below: &Utf8Path, entries: &mut BTreeMap<Utf8PathBuf, Entry>) {
    let path = top.join(below);
    let metadata = fs::symlink_metadata(&path).unwrap();
    let content = if metadata.is_file() {
        hex(&Sha256::digest(fs::read(&path).unwrap()))
    } else if metadata.is_symlink() {
        path.read_link_utf8().unwrap().into_string()
    } else {
        String::new()
    };
    let entry = Entry {
        mode: metadata.mode(),
        inode: metadata.ino(),
        size: metadata.size(),
        modified: (metadata.mtime(), metadata.mtime_nsec()),
        content,
    };
    entries.insert(below.to_owned(), entry);
    if metadata.is_dir() {
        for child in path.read_dir_utf8().unwrap() {
            collect(top, &below.join(child.unwrap().file_name()), entries);
        }
    }
}
