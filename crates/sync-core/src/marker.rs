//! The marker: one line in a card's description that says whose card it is and what it shows.
//!
//! A link reference definition, which Markdown does not show. It travels inside the create request,
//! so there is never a card of ours without one (provenance sheet, "The rule").

use crate::ids::{ChangeName, CommitId, CreateId, OriginId, RepositoryId, TaskId, TaskListId};
use crate::text::{hex_digest, percent_decode, percent_encode};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// The start of the line, up to the version.
const OPENING: &str = "[onward:";
/// The version this code writes, and the only one it reads.
const VERSION: &str = "1";

/// What a card belongs to: unique among all repositories and projects that share a board.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CardKey {
    /// The repository.
    pub repository: RepositoryId,
    /// The folder in it that holds `openspec/`; empty for the top.
    pub path: String,
    /// The change.
    pub change: ChangeName,
}

impl fmt::Display for CardKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = percent_encode;
        let (repository, path) = (part(self.repository.as_str()), part(&self.path));
        write!(f, "{repository}/{path}/{}", part(self.change.as_str()))
    }
}

impl CardKey {
    fn parse(text: &str) -> Option<CardKey> {
        let mut parts = text.split('/').map(percent_decode);
        let mut next = || parts.next()?;
        let key = CardKey {
            repository: RepositoryId::new(next()?),
            path: next()?,
            change: ChangeName::new(next()?),
        };
        let whole = parts.next().is_none() && !key.change.as_str().is_empty();
        whole.then_some(key)
    }
}

/// Eight hexadecimal digits that claim a task or task list.
///
/// What is on the card when a marker is written is claimed by its id, which no copy shares and which
/// outlives a new name; what the run is about to make has none yet, and is claimed by its name in the
/// task list it is made in, where whatever older task bears that name is claimed too.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// Claims one task of this name in the task list of that name.
    pub fn of_task(list: &str, name: &str) -> Self {
        Self(hex_digest(["task", list, name], 8))
    }

    /// Claims one task list of this name.
    pub fn of_list(name: &str) -> Self {
        Self(hex_digest(["list", name], 8))
    }

    /// Claims the task with this id.
    pub fn of_task_id(id: &TaskId) -> Self {
        Self(hex_digest(["task id", id.as_str()], 8))
    }

    /// Claims the task list with this id.
    pub fn of_list_id(id: &TaskListId) -> Self {
        Self(hex_digest(["list id", id.as_str()], 8))
    }

    fn parse(text: &str) -> Option<Self> {
        let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        (text.len() == 8 && text.bytes().all(hex)).then(|| Self(text.into()))
    }
}

/// Who wrote a card last, from what state of its change, and which tasks on it are ours.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Marker {
    /// What the card belongs to.
    pub key: CardKey,
    /// Drawn when the card was created.
    pub id: CreateId,
    /// The checkout that wrote last.
    pub origin: OriginId,
    /// `L`: the last commit in the writer's history that touched the change; none without git.
    pub commit: Option<CommitId>,
    /// The writer's files of the change differed from its commit.
    pub dirty: bool,
    /// The newest ancestor of `L` on the remote's default branch.
    pub base: Option<CommitId>,
    /// Claims to the tasks and task lists that are ours.
    pub tasks: Vec<Fingerprint>,
}

/// What is wrong with a line that starts like a marker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MarkerFault {
    /// The line, or the block it opens, cannot be read: people changed it.
    Broken,
    /// There is more than one.
    Doubled,
    /// A later version of the format.
    Newer,
}

impl Marker {
    /// Says whether a line claims to be a marker, well-formed or not.
    pub(crate) fn claims(line: &str) -> bool {
        let line = line.trim_start();
        line.strip_prefix(OPENING)
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    }

    /// Reads a line that claims to be a marker.
    pub(crate) fn parse(line: &str) -> Result<Marker, MarkerFault> {
        let rest = line.trim().strip_prefix(OPENING).unwrap_or_default();
        let (version, rest) = rest.split_once(']').ok_or(MarkerFault::Broken)?;
        if version != VERSION {
            let digits = !version.is_empty() && version.bytes().all(|b| b.is_ascii_digit());
            let fault = if digits {
                MarkerFault::Newer
            } else {
                MarkerFault::Broken
            };
            return Err(fault);
        }
        let values = rest
            .trim_end()
            .strip_prefix(": # \"")
            .and_then(|rest| rest.strip_suffix('"'))
            .ok_or(MarkerFault::Broken)?;
        Self::from_values(values).ok_or(MarkerFault::Broken)
    }

    /// Reads whose card a line speaks of, even where people changed the rest of it.
    pub(crate) fn salvage_key(line: &str) -> Option<CardKey> {
        let (_, rest) = line.split_once("key=")?;
        CardKey::parse(rest.split([' ', '"']).next()?)
    }

    /// Every value once, in the order they are written; an unknown one is people's doing.
    fn from_values(values: &str) -> Option<Marker> {
        let mut values = values.split(' ');
        let mut value = |name: &str| values.next()?.strip_prefix(name)?.strip_prefix('=');
        let commit = |text: &str| (!text.is_empty()).then(|| CommitId::new(text));
        let named = |text: &str| percent_decode(text).filter(|name| !name.is_empty());
        let hex = |text: &str| text.bytes().all(|b| b.is_ascii_hexdigit());
        let marker = Marker {
            key: CardKey::parse(value("key")?)?,
            id: CreateId::new(value("id").and_then(named)?),
            origin: OriginId::new(value("origin").and_then(named)?),
            commit: commit(value("L").filter(|c| hex(c))?),
            dirty: match value("dirty")? {
                "0" => false,
                "1" => true,
                _ => return None,
            },
            base: commit(value("base").filter(|c| hex(c))?),
            tasks: match value("tasks")? {
                "" => Vec::new(),
                list => list
                    .split(',')
                    .map(Fingerprint::parse)
                    .collect::<Option<_>>()?,
            },
        };
        values.next().is_none().then_some(marker)
    }
}

impl fmt::Display for Marker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (id, origin) = (
            percent_encode(self.id.as_str()),
            percent_encode(self.origin.as_str()),
        );
        write!(
            f,
            "{OPENING}{VERSION}]: # \"key={} id={id} origin={origin} L=",
            self.key
        )?;
        if let Some(commit) = &self.commit {
            write!(f, "{commit}")?;
        }
        write!(f, " dirty={} base=", u8::from(self.dirty))?;
        if let Some(base) = &self.base {
            write!(f, "{base}")?;
        }
        write!(f, " tasks=")?;
        for (n, task) in self.tasks.iter().enumerate() {
            let comma = if n == 0 { "" } else { "," };
            write!(f, "{comma}{}", task.0)?;
        }
        write!(f, "\"")
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use alloc::string::ToString;
    use alloc::vec;
    use proptest::prelude::*;

    pub(crate) fn marker() -> Marker {
        Marker {
            key: CardKey {
                repository: RepositoryId::new("0123abcd"),
                path: "apps/web shop".into(),
                change: ChangeName::new("add-export"),
            },
            id: CreateId::new("c0ffee"),
            origin: OriginId::new("00112233aabb"),
            commit: Some(CommitId::new("aa11")),
            dirty: true,
            base: None,
            tasks: vec![
                Fingerprint::of_task("1. Setup", "1.1 Add"),
                Fingerprint::of_list("1. Setup"),
            ],
        }
    }

    #[test]
    fn one_line_that_markdown_hides() {
        let mut marker = marker();
        marker.tasks.clear();
        assert_eq!(
            marker.to_string(),
            "[onward:1]: # \"key=0123abcd/apps%2Fweb%20shop/add-export id=c0ffee \
             origin=00112233aabb L=aa11 dirty=1 base= tasks=\""
        );
    }

    #[test]
    fn what_people_mangle_is_named() {
        let line = marker().to_string();
        assert_eq!(Marker::parse(&line), Ok(marker()));
        assert_eq!(
            Marker::parse(&line.replace("dirty=1", "dirty=2")),
            Err(MarkerFault::Broken)
        );
        assert_eq!(
            Marker::parse(&line.replace(" L=aa11", "")),
            Err(MarkerFault::Broken)
        );
        assert_eq!(
            Marker::parse(&line.replace("L=aa11", "L=zz")),
            Err(MarkerFault::Broken)
        );
        assert_eq!(
            Marker::parse(&line[..line.len() - 1]),
            Err(MarkerFault::Broken)
        );
        assert_eq!(
            Marker::parse(&line.replace(":1]", ":2]")),
            Err(MarkerFault::Newer)
        );
        assert!(!Marker::claims("[onward:end]: #"));
        assert!(!Marker::claims("see [onward:1] here"));
    }

    proptest! {
        #[test]
        fn any_names_survive(
            repository in ".+", path in any::<String>(), change in ".+", id in ".+", origin in ".+",
        ) {
            let mut marker = marker();
            marker.id = CreateId::new(id);
            marker.origin = OriginId::new(origin);
            marker.key = CardKey {
                repository: RepositoryId::new(repository),
                path,
                change: ChangeName::new(change),
            };
            let line = marker.to_string();
            prop_assert!(line.bytes().all(|b| (0x20..0x7f).contains(&b)));
            prop_assert_eq!(Marker::parse(&line), Ok(marker));
        }

        #[test]
        fn nothing_panics(line in any::<String>()) {
            let _ = Marker::parse(&line);
            let _ = Marker::parse(&alloc::format!("[onward:1]: # \"{line}\""));
        }
    }
}
