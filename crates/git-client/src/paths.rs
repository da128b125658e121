//! The paths somebody asks about, and which of them an entry belongs to.

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

use crate::error::Error;

/// Spells a path the way git does: below the root, separated by single slashes.
pub(crate) fn spelled(path: &Utf8Path) -> Result<String, Error> {
    let refused = || Error::Path {
        path: path.to_owned(),
    };
    let mut spelled = String::new();
    for component in path.components() {
        let Utf8Component::Normal(name) = component else {
            return Err(refused());
        };
        if !spelled.is_empty() {
            spelled.push('/');
        }
        spelled.push_str(name);
    }
    if spelled.is_empty() || spelled.contains('\0') {
        return Err(refused());
    }
    Ok(spelled)
}

/// A set of paths asked about in one run of git.
///
/// Git is given their common folder instead of each of them: a thousand pathspecs would be
/// compared with every entry it looks at, and might not fit on a command line.
pub(crate) struct Asked {
    names: Vec<String>,
}

impl Asked {
    pub(crate) fn new(paths: &[Utf8PathBuf]) -> Result<Self, Error> {
        let mut names = paths
            .iter()
            .map(|path| spelled(path))
            .collect::<Result<Vec<_>, _>>()?;
        names.sort_unstable();
        names.dedup();
        Ok(Self { names })
    }

    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The spellings, in the order of their numbers.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    pub(crate) fn path(&self, number: usize) -> Utf8PathBuf {
        Utf8PathBuf::from(&self.names[number])
    }

    /// The deepest folder that holds all the paths, or the path itself where there is one only;
    /// nothing for the root.
    pub(crate) fn common_folder(&self) -> Option<&str> {
        let mut common = self.names.first()?.as_str();
        for name in &self.names {
            while !is_or_holds(common, name) {
                common = common.rsplit_once('/')?.0;
            }
        }
        Some(common)
    }

    /// The numbers of the paths that are this entry or a folder above it.
    ///
    /// A slash at the entry's end, by which git marks a folder, is of no matter.
    pub(crate) fn holders(&self, entry: &[u8]) -> impl Iterator<Item = usize> {
        let slashes = (0..entry.len()).filter(|&at| entry[at] == b'/');
        let ends = slashes.chain([entry.len()]);
        ends.filter_map(|end| self.number(&entry[..end]))
    }

    /// The number of this very path.
    pub(crate) fn number(&self, entry: &[u8]) -> Option<usize> {
        self.names
            .binary_search_by(|name| name.as_bytes().cmp(entry))
            .ok()
    }

    /// The numbers of the paths below this folder, which ends in a slash; nothing for a file.
    pub(crate) fn below(&self, folder: &[u8]) -> impl Iterator<Item = usize> {
        // Of sorted names those below a folder stand together: each entry costs what it holds.
        let inside = move |name: &String| {
            let rest = name.as_bytes().strip_prefix(folder);
            rest.is_some_and(|rest| !rest.is_empty())
        };
        let start = if folder.ends_with(b"/") {
            let before = |name: &String| name.as_bytes() <= folder;
            self.names.partition_point(before)
        } else {
            self.names.len()
        };
        (start..self.names.len()).take_while(move |&number| inside(&self.names[number]))
    }
}

fn is_or_holds(folder: &str, name: &str) -> bool {
    name.strip_prefix(folder)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(paths: &[&str]) -> Asked {
        let paths: Vec<_> = paths.iter().map(Utf8PathBuf::from).collect();
        Asked::new(&paths).unwrap()
    }

    #[test]
    fn only_paths_below_the_root_are_taken() {
        for bad in ["", ".", "/etc", "../x", "a/../b", "a\0b"] {
            assert!(spelled(Utf8Path::new(bad)).is_err(), "{bad:?}");
        }
        assert_eq!(spelled(Utf8Path::new("a//b/")).unwrap(), "a/b");
        assert_eq!(spelled(Utf8Path::new("-x/:(top)*")).unwrap(), "-x/:(top)*");
    }

    #[test]
    fn the_common_folder_ends_between_names() {
        assert_eq!(asked(&["a/b/c"]).common_folder(), Some("a/b/c"));
        assert_eq!(asked(&["a/b/c", "a/b/cd"]).common_folder(), Some("a/b"));
        assert_eq!(asked(&["a/b", "a/b/c"]).common_folder(), Some("a/b"));
        // '-' sorts before '/': of sorted names the first and the last do not tell.
        assert_eq!(asked(&["a/b", "a/b-", "a/b/c"]).common_folder(), Some("a"));
        assert_eq!(asked(&["a", "ab"]).common_folder(), None);
        assert_eq!(asked(&[]).common_folder(), None);
    }

    #[test]
    fn an_entry_belongs_to_every_path_above_it() {
        let asked = asked(&["a", "a/b", "a/bc", "d"]);
        let holders = |entry: &str| asked.holders(entry.as_bytes()).collect::<Vec<_>>();
        assert_eq!(holders("a/b/x"), [0, 1]);
        assert_eq!(holders("a/b/"), [0, 1]);
        assert_eq!(holders("a/b"), [0, 1]);
        assert_eq!(holders("a/bc/x/y"), [0, 2]);
        assert_eq!(holders("dd"), [] as [usize; 0]);
    }

    #[test]
    fn a_folder_is_above_the_paths_below_it() {
        let asked = asked(&["a/b", "a/c", "ab"]);
        let below = |folder: &str| asked.below(folder.as_bytes()).collect::<Vec<_>>();
        assert_eq!(below("a/"), [0, 1]);
        assert_eq!(below("a/b/"), [] as [usize; 0]);
        assert_eq!(below("a"), [] as [usize; 0]);
    }
}
