//! Laying out what a commit held, away from the user's work tree and index.

use std::collections::{BTreeSet, HashMap};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use camino::{Utf8Path, Utf8PathBuf};
use sync_core::ids::CommitId;

use crate::commit;
use crate::discover::Repository;
use crate::error::Error;
use crate::paths::Asked;

impl Repository {
    /// Writes the paths of a commit below `folder`, which should be empty and the caller's own, and
    /// returns those that the commit holds.
    ///
    /// Files are written byte by byte as they are stored: no filter, no large-file storage, no
    /// conversion of line ends runs. The user's index and work tree are not looked at. A symbolic
    /// link is written as one if it leads to a place below its own path, so that following it can
    /// never leave `folder`.
    ///
    /// # Errors
    /// [`Error::Export`] where an entry is a submodule, a link that leads elsewhere, has a name
    /// that is no plain file name, or is not here (a partial clone): what the commit shows cannot
    /// be told. What was written until then stays in `folder`.
    pub fn export(
        &self,
        commit: &CommitId,
        paths: &[Utf8PathBuf],
        folder: &Utf8Path,
    ) -> Result<BTreeSet<Utf8PathBuf>, Error> {
        let asked = Asked::new(paths)?;
        if asked.is_empty() {
            return Ok(BTreeSet::new());
        }
        let finished = self
            .call("list the files of a commit")
            .args([
                "ls-tree",
                "-r",
                "-z",
                "--full-tree",
                commit::spelled(commit)?,
            ])
            .arg("--")
            .args(asked.names())
            .run()?;
        let unexpected = finished.unexpected("no entry of a tree");
        let listing = finished.success()?;
        let records = listing
            .split(|&b| b == 0)
            .filter(|record| !record.is_empty());
        let entries: Option<Vec<Entry<'_>>> = records.map(Entry::read).collect();
        let entries = entries.ok_or(unexpected)?;
        let blobs = self.blobs(&entries)?;
        let mut held = BTreeSet::new();
        for entry in &entries {
            held.extend(asked.holders(entry.path));
            let refused = |reason| Error::Export {
                commit: commit.clone(),
                path: String::from_utf8_lossy(entry.path).into_owned(),
                reason,
            };
            let content = blobs
                .get(entry.object)
                .ok_or_else(|| refused("it is not here"));
            let target = entry.place(folder.as_std_path()).map_err(refused)?;
            let outcome = match entry.kind().map_err(refused)? {
                Kind::File => write_file(&target, content?),
                Kind::Link => {
                    let content = content?;
                    let outermost = asked.holders(entry.path).next();
                    let top = outermost.map_or("", |number| asked.names()[number].as_str());
                    if !stays_below(top.as_bytes(), entry.path, content) {
                        return Err(refused("it is a link that leads elsewhere"));
                    }
                    write_link(&target, content)
                }
            };
            outcome.map_err(|source| Error::Write {
                path: target.to_string_lossy().into_owned(),
                source,
            })?;
        }
        Ok(held.into_iter().map(|number| asked.path(number)).collect())
    }

    /// Reads the contents of all entries in one run, those that are here.
    fn blobs<'e>(&self, entries: &[Entry<'e>]) -> Result<HashMap<&'e str, Vec<u8>>, Error> {
        let objects: BTreeSet<&str> = entries.iter().map(|entry| entry.object).collect();
        if objects.is_empty() {
            return Ok(HashMap::new());
        }
        let wanted: String = objects.iter().flat_map(|object| [*object, "\n"]).collect();
        let finished = self
            .call("read the files of a commit")
            .args(["cat-file", "--batch"])
            .input(wanted)
            .run()?;
        let unexpected = finished.unexpected("no content of a file");
        let answer = finished.success()?;
        let mut rest = answer.as_slice();
        let mut blobs = HashMap::new();
        for object in objects {
            let Some((content, after)) = next_object(rest) else {
                return Err(unexpected);
            };
            if let Some(content) = content {
                blobs.insert(object, content.to_vec());
            }
            rest = after;
        }
        Ok(blobs)
    }
}

/// One line of `git ls-tree`.
struct Entry<'e> {
    mode: &'e [u8],
    object: &'e str,
    path: &'e [u8],
}

enum Kind {
    File,
    Link,
}

impl<'e> Entry<'e> {
    /// Reads `<mode> <type> <object>TAB<path>`.
    fn read(record: &'e [u8]) -> Option<Self> {
        let tab = record.iter().position(|&b| b == b'\t')?;
        let mut words = record[..tab].split(|&b| b == b' ');
        let (mode, _type, object) = (words.next()?, words.next()?, words.next()?);
        Some(Self {
            mode,
            object: std::str::from_utf8(object).ok()?,
            path: &record[tab + 1..],
        })
    }

    fn kind(&self) -> Result<Kind, &'static str> {
        match self.mode {
            b"120000" => Ok(Kind::Link),
            b"160000" => Err("it is a submodule"),
            _ => Ok(Kind::File),
        }
    }

    /// Where the entry goes; a tree made by hand may hold names that lead out of the folder.
    fn place(&self, folder: &Path) -> Result<PathBuf, &'static str> {
        let mut place = folder.to_owned();
        for name in self.path.split(|&b| b == b'/') {
            if matches!(name, b"" | b"." | b"..") || name.eq_ignore_ascii_case(b".git") {
                return Err("its name is not allowed");
            }
            place.push(OsStr::from_bytes(name));
        }
        Ok(place)
    }
}

/// Splits one object off the answer of `git cat-file --batch`; no content where it is missing.
fn next_object(answer: &[u8]) -> Option<(Option<&[u8]>, &[u8])> {
    let end = answer.iter().position(|&b| b == b'\n')?;
    let (line, rest) = (
        std::str::from_utf8(&answer[..end]).ok()?,
        &answer[end + 1..],
    );
    let mut words = line.split(' ').skip(1);
    let kind = words.next()?;
    if matches!(kind, "missing" | "submodule") {
        return Some((None, rest));
    }
    let size: usize = words.next()?.parse().ok()?;
    let content = rest.get(..size)?;
    let after = rest.get(size..)?.strip_prefix(b"\n")?;
    Some((Some(content), after))
}

/// Says whether a link at `entry` leads to a place below `top`, the path it was asked for.
///
/// The target must be relative and may climb at its start only: a `..` after a name could climb
/// further than it seems, if that name is itself a link. Without that, links that all stay below
/// `top` cannot be chained to lead out of it.
fn stays_below(top: &[u8], entry: &[u8], target: &[u8]) -> bool {
    let Some(inside) = entry
        .strip_prefix(top)
        .and_then(|rest| rest.strip_prefix(b"/"))
    else {
        return false;
    };
    let depth = inside.split(|&b| b == b'/').skip(1).count();
    let names: Vec<&[u8]> = target
        .split(|&b| b == b'/')
        .filter(|name| !matches!(*name, b"" | b"."))
        .collect();
    let climbs = names.iter().take_while(|name| **name == b"..").count();
    !target.is_empty()
        && !target.starts_with(b"/")
        && !target.contains(&0)
        && climbs <= depth
        && !names[climbs..].contains(&b"..".as_slice())
}

/// Writes a new file; what is already there, a link above all, is never written through.
fn write_file(target: &Path, content: &[u8]) -> io::Result<()> {
    make_parent(target)?;
    File::create_new(target)?.write_all(content)
}

fn write_link(target: &Path, content: &[u8]) -> io::Result<()> {
    make_parent(target)?;
    symlink(OsStr::from_bytes(content), target)
}

fn make_parent(target: &Path) -> io::Result<()> {
    target.parent().map_or(Ok(()), fs::create_dir_all)
}

#[cfg(test)]
mod tests;
