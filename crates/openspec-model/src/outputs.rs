//! Which files of a change an artifact has, by the path or pattern its schema gives.

use std::collections::HashSet;
use std::rc::Rc;

use camino::Utf8PathBuf;

use crate::beneath::{FileRef, Found, Place};
use crate::error::Error;
use crate::folder::FileKind;
use crate::pattern::{Pattern, Segment};
use crate::text::utf16_order;

/// The files of `change` that meet `pattern`, links resolved, each once, by UTF-16 order.
///
/// # Errors
///
/// As the CLI: a link that leads out of the change or in a circle, a link to nothing in place of a
/// plain path, a file where a pattern wants its first folder.
pub(crate) fn outputs(change: &Place, pattern: &Pattern) -> Result<Vec<FileRef>, Error> {
    let alternatives = match pattern {
        Pattern::Plain(path) => {
            return Ok(match change.follow_whole(path)? {
                Found::File(file) => vec![file],
                _ => Vec::new(),
            });
        }
        Pattern::Glob(alternatives) => alternatives,
    };
    let mut walk = Walk::default();
    for segments in alternatives {
        walk.folder(change, segments, true)?;
    }
    let mut found = walk.found;
    found.sort_by(|a, b| utf16_order(a.0.as_str(), b.0.as_str()));
    found.dedup_by(|a, b| a.0 == b.0);
    Ok(found.into_iter().map(|(_, file)| file).collect())
}

/// Whether anything but a dot name lies under the folder `specs` of `place`; links count.
pub(crate) fn has_any_spec(place: &Place) -> bool {
    fn any_file(place: &Place) -> bool {
        let mut entries = place
            .folder()
            .entries()
            .iter()
            .filter(|entry| !entry.is_hidden());
        entries.any(|entry| match entry.kind {
            FileKind::File | FileKind::Link => true,
            FileKind::Folder => place.enter(&entry.name).is_ok_and(|inner| any_file(&inner)),
            _ => false,
        })
    }
    matches!(place.subfolder("specs"), Ok(Some(specs)) if any_file(&specs))
}

/// A folder and how many segments were left there.
type Stop = (Utf8PathBuf, usize);

#[derive(Default)]
struct Walk {
    found: Vec<(Utf8PathBuf, FileRef)>,
    /// Whether a link to a folder was met. Without one there is no circle and no way to come twice.
    linked: bool,
    /// Where `**` is being walked now: to come here again is to go in a circle.
    open: Vec<Stop>,
    /// Where `**` was walked: links may lead to one folder twice.
    done: HashSet<Stop>,
}

impl Walk {
    /// `fixed` as long as only names without wildcards were walked.
    fn folder(&mut self, here: &Place, segments: &[Segment], fixed: bool) -> Result<(), Error> {
        match segments {
            [] => Ok(()),
            [last] => self.files(here, last),
            [Segment::Name(name), rest @ ..] => match here.follow(name)? {
                Found::Folder(inner) => self.folder(&inner, rest, fixed),
                Found::File(_) if fixed => {
                    let path = here.folder().path_of(name.as_ref());
                    Err(Error::NotAFolder {
                        path,
                        found: FileKind::File,
                    })
                }
                Found::Dangling if fixed => Err(Error::Dangling {
                    path: here.folder().path_of(name.as_ref()),
                }),
                _ => Ok(()),
            },
            [Segment::Deep, rest @ ..] => {
                if !self.linked {
                    self.folder(here, rest, false)?;
                    return self.each_folder(here, &Segment::Deep, segments);
                }
                let stop = (here.path().to_owned(), segments.len());
                if self.open.contains(&stop) {
                    return Err(Error::LinkLoop { path: stop.0 });
                }
                if !self.done.insert(stop.clone()) {
                    return Ok(());
                }
                self.open.push(stop);
                self.folder(here, rest, false)?;
                self.each_folder(here, &Segment::Deep, segments)?;
                self.open.pop();
                Ok(())
            }
            [like, rest @ ..] => self.each_folder(here, like, rest),
        }
    }

    fn each_folder(&mut self, here: &Place, like: &Segment, rest: &[Segment]) -> Result<(), Error> {
        let folder = Rc::clone(here.folder());
        for entry in folder.entries() {
            if !like.matches(&entry.shown()) {
                continue;
            }
            match entry.kind {
                FileKind::Folder => self.folder(&here.enter(&entry.name)?, rest, false)?,
                FileKind::Link => match here.follow(&entry.name) {
                    Ok(Found::Folder(inner)) => {
                        self.linked = true;
                        self.folder(&inner, rest, false)?;
                    }
                    Ok(_) => {}
                    // Only folders are sought here.
                    Err(Error::Outside { .. })
                        if folder.leads_to(&entry.name) != Some(FileKind::Folder) => {}
                    Err(error) => return Err(error),
                },
                _ => {}
            }
        }
        Ok(())
    }

    fn files(&mut self, here: &Place, like: &Segment) -> Result<(), Error> {
        let folder = Rc::clone(here.folder());
        for entry in folder.entries() {
            if !matches!(entry.kind, FileKind::File | FileKind::Link)
                || !like.matches(&entry.shown())
            {
                continue;
            }
            match here.follow(&entry.name) {
                Ok(Found::File(file)) => self.found.push((file.path(), file)),
                Ok(_) => {}
                // Only files are sought here.
                Err(Error::Outside { .. })
                    if folder.leads_to(&entry.name) != Some(FileKind::File) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
