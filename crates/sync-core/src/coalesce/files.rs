//! The names of the files a run uses, and the line a holder leaves in its lock.

use super::request::{MarkKey, ServerKey};
use crate::text::percent_encode;
use alloc::format;
use alloc::string::String;
use core::fmt;

/// The name that the files of one project-board pair share: `kanban-project-sync-<project>-<board>`.
///
/// The old script uses the same names, so each keeps the other out (original's sheet §6).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RunName(String);

impl RunName {
    /// Returns the name of a pair, with everything outside `[A-Za-z0-9._-]` percent-encoded.
    pub fn new(project: &str, board: &str) -> Self {
        let (project, board) = (percent_encode(project), percent_encode(board));
        Self(format!("{STEM}{project}-{board}"))
    }

    /// Returns the file's name within the run directory.
    pub fn file(&self, file: RunFile) -> String {
        let Self(name) = self;
        match file {
            RunFile::Lock => format!("{name}.lock"),
            RunFile::Log => format!("{name}.log"),
            RunFile::Bell => format!("{name}.pending"),
            RunFile::Mark(Mark { key, phase }) => format!("{name}.{key}.{phase}"),
        }
    }

    /// Tells what a file in the run directory is, and to which pair it belongs; `None` for
    /// anything that is not ours.
    pub fn of_file(file_name: &str) -> Option<(Self, RunFile)> {
        let (stem, ending) = file_name.strip_prefix(STEM)?.rsplit_once('.')?;
        let mark = |phase| {
            let (stem, key) = stem.rsplit_once('.')?;
            Some((
                stem,
                RunFile::Mark(Mark {
                    key: MarkKey::parse(key)?,
                    phase,
                }),
            ))
        };
        let (stem, file) = match ending {
            "lock" => (stem, RunFile::Lock),
            "log" => (stem, RunFile::Log),
            "pending" => mark(Phase::Pending).unwrap_or((stem, RunFile::Bell)),
            "inflight" => mark(Phase::Inflight)?,
            _ => return None,
        };
        Some((Self(format!("{STEM}{stem}")), file))
    }
}

const STEM: &str = "kanban-project-sync-";

impl fmt::Display for RunName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One of the files of a project-board pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunFile {
    /// What is locked; never unlinked by us.
    Lock,
    /// What a background run prints.
    Log,
    /// The bare `.pending`, by which the old script asks and is asked to run again.
    Bell,
    /// A request's mark.
    Mark(Mark),
}

/// A request that is on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Mark {
    /// Whose request it is.
    pub key: MarkKey,
    /// Whether a run has taken it up.
    pub phase: Phase,
}

/// How far a mark has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Nobody has taken it up.
    Pending,
    /// A run took it up, and has not succeeded yet.
    Inflight,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pending => "pending",
            Self::Inflight => "inflight",
        })
    }
}

/// Whose marks the holder of the lock runs, as its line in the lock file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Holder {
    /// Nothing is written: the old script, or a holder that has only just locked or is about to
    /// unlock.
    Unnamed,
    /// It runs the marks of this server.
    Serves(ServerKey),
    /// It runs no marks: a dry run.
    ServesNobody,
}

impl Holder {
    /// Returns the line for the lock file; empty for [`Holder::Unnamed`].
    ///
    /// Words may be added before the line's end for people to read.
    pub fn to_line(self) -> String {
        match self {
            Self::Unnamed => String::new(),
            Self::Serves(server) => format!("{HOLDER} {server}\n"),
            Self::ServesNobody => format!("{HOLDER} {NOBODY}\n"),
        }
    }

    /// Reads a lock file; what is half written or not ours is [`Holder::Unnamed`].
    pub fn of_lock_file(content: &str) -> Self {
        let Some((line, _)) = content.split_once('\n') else {
            return Self::Unnamed;
        };
        let mut words = line.split(' ');
        match (words.next(), words.next()) {
            (Some(HOLDER), Some(NOBODY)) => Self::ServesNobody,
            (Some(HOLDER), Some(server)) => {
                ServerKey::parse(server).map_or(Self::Unnamed, Self::Serves)
            }
            _ => Self::Unnamed,
        }
    }
}

const HOLDER: &str = "onward-serves";
const NOBODY: &str = "nobody";

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unnamed => f.write_str("an unnamed holder"),
            Self::Serves(server) => write!(f, "a run for server {server}"),
            Self::ServesNobody => f.write_str("a dry run"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn key() -> MarkKey {
        MarkKey::parse("0a0b0c0d-0123456789abcdef").unwrap()
    }

    #[test]
    fn the_old_script_knows_the_names() {
        let name = RunName::new("Demo", "Changes");
        assert_eq!(
            name.file(RunFile::Lock),
            "kanban-project-sync-Demo-Changes.lock"
        );
        assert_eq!(
            name.file(RunFile::Bell),
            "kanban-project-sync-Demo-Changes.pending"
        );
        assert_eq!(
            name.file(RunFile::Log),
            "kanban-project-sync-Demo-Changes.log"
        );
        let odd = RunName::new("a/b", "Änderungen 1");
        assert_eq!(
            odd.to_string(),
            "kanban-project-sync-a%2Fb-%C3%84nderungen%201"
        );
    }

    #[test]
    fn every_file_is_known_by_its_name() {
        let name = RunName::new("v1.2", "my.board");
        let marks = [Phase::Pending, Phase::Inflight].map(|phase| Mark { key: key(), phase });
        let files = [RunFile::Lock, RunFile::Log, RunFile::Bell];
        for file in files.into_iter().chain(marks.map(RunFile::Mark)) {
            assert_eq!(
                RunName::of_file(&name.file(file)),
                Some((name.clone(), file))
            );
        }
        assert_eq!(
            name.file(RunFile::Mark(marks[0])),
            "kanban-project-sync-v1.2-my.board.0a0b0c0d-0123456789abcdef.pending"
        );
    }

    #[test]
    fn other_files_are_not_ours() {
        for name in [
            "systemd-private.lock",
            "kanban-project-sync-a-b",
            "kanban-project-sync-a-b.inflight",
            "kanban-project-sync-a-b.0a0b0c0d.inflight",
            "kanban-project-sync-a-b.0a0b0c0d-0123456789abcdef.pending.tmp",
        ] {
            assert_eq!(RunName::of_file(name), None, "{name}");
        }
    }

    #[test]
    fn a_holder_is_known_by_its_whole_line_only() {
        let server = key().server();
        for holder in [
            Holder::Unnamed,
            Holder::Serves(server),
            Holder::ServesNobody,
        ] {
            assert_eq!(Holder::of_lock_file(&holder.to_line()), holder);
        }
        let line = Holder::Serves(server).to_line();
        for cut in 0..line.len() {
            assert_eq!(
                Holder::of_lock_file(&line[..cut]),
                Holder::Unnamed,
                "cut at {cut}"
            );
        }
        assert_eq!(
            Holder::of_lock_file("onward-serves 0a0b0c0d pid 4711\n"),
            Holder::Serves(server)
        );
        assert_eq!(Holder::of_lock_file("4711\n"), Holder::Unnamed);
    }
}
