//! What a check of a repository finds: a kind that carries the evidence, from which code, severity,
//! message and hint follow.

use crate::ids::{FileId, HubId, Slug};
use crate::status::{FileFollows, TaskStatus, Tie, Word, WorkplanStatus};
use alloc::string::String;
use alloc::vec::Vec;

mod grade;
mod text;

pub use grade::{Code, Severity};

/// Something about a repository that is not as it should be, or that a person should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The repository.
    pub repository: Slug,
    /// The file, by its path in the repository.
    pub path: Option<String>,
    /// The line in it, counted from 1.
    pub line: Option<u32>,
    /// The workplan or task: its id in the file, else the hub's.
    pub id: Option<String>,
    /// What was found.
    pub kind: Kind,
}

/// What was found, with the evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The run itself could not do its work. Checks make it of a `--reopen` that names nothing only;
    /// else the caller does.
    RunFailed {
        /// What was attempted and what happened, as a lower-case fragment.
        reason: String,
    },
    /// There is no `workplans/`.
    NoWorkplans {
        /// How many open workplans the hub has of this repository.
        open_rows: usize,
    },
    /// A file or a block cannot be read.
    Unreadable {
        /// What was expected and what is there.
        reason: String,
        /// The whole file is left out, not one block of it.
        whole_file: bool,
    },
    /// A file names a row that the hub does not have.
    DanglingLink {
        /// The id in the file.
        hub_id: HubId,
    },
    /// The status of a workplan differs.
    WorkplanStatus {
        /// The title.
        title: String,
        /// The file's word.
        file: Word<WorkplanStatus>,
        /// The hub's word.
        hub: Word<WorkplanStatus>,
        /// Which way it goes.
        way: Way<WorkplanStatus>,
    },
    /// The title of a workplan differs.
    WorkplanTitle {
        /// The file's title.
        file: String,
        /// The hub's title.
        hub: String,
        /// Which of them changed since both were equal. Only a change of the file is carried over:
        /// a file's title is a person's text and is not rewritten.
        changed: Option<Changed>,
    },
    /// A workplan is not linked to a row.
    WorkplanUnlinked(Unlinked),
    /// An open workplan of the hub has no file.
    OpenRowWithoutFile {
        /// Its title.
        title: String,
        /// Its status.
        status: Word<WorkplanStatus>,
    },
    /// A closed workplan of the hub has no file.
    ClosedRowWithoutFile {
        /// Its title.
        title: String,
        /// Its status.
        status: Word<WorkplanStatus>,
    },
    /// The row a file names is not this repository's.
    ForeignRow {
        /// The row.
        hub_id: HubId,
        /// Whose it is.
        owner: Owner,
    },
    /// A task is not linked to a row.
    TaskUnlinked(Unlinked),
    /// The file's status of a task is newer than the hub's.
    TaskFileAhead {
        /// The title.
        title: String,
        /// The file's word.
        file: Word<TaskStatus>,
        /// The hub's word.
        hub: Word<TaskStatus>,
        /// What the hub gets, and the file too if a person reopened the task.
        way: Way<TaskStatus>,
    },
    /// The hub has a task of a workplan that the workplan's file does not have.
    RowWithoutBlock {
        /// Its title.
        title: String,
        /// The row.
        hub_id: HubId,
        /// Its status.
        status: Word<TaskStatus>,
    },
    /// The hub's status of a task is newer than the file's, or may be; the hub is left alone.
    TaskHubAhead {
        /// The title.
        title: String,
        /// The file's word.
        file: Word<TaskStatus>,
        /// The hub's word.
        hub: Word<TaskStatus>,
        /// What becomes of the file.
        way: Way<TaskStatus>,
    },
    /// The upstream has commits that HEAD lacks.
    Behind {
        /// How many.
        behind: u32,
        /// How many HEAD has that the upstream lacks.
        ahead: u32,
        /// Writes were skipped for it, because the run was to fix.
        skipped: bool,
    },
    /// A file cannot be written back now.
    WritebackBlocked {
        /// What is in the way.
        by: Block,
        /// A write was skipped for it, because the run was to fix.
        skipped: bool,
    },
    /// All tasks of an open workplan are closed.
    AllTasksClosed {
        /// The title.
        title: String,
        /// How many there are.
        tasks: usize,
        /// The status the workplan has, or gets.
        status: WorkplanStatus,
    },
    /// An open row without repository has the title of a workplan here.
    MadeByHand {
        /// The row.
        hub_id: HubId,
        /// Its title.
        title: String,
    },
    /// Commits that runs have made, this one too, are not pushed.
    Unpushed {
        /// How many.
        commits: u32,
    },
    /// An id is used more than once.
    Twice {
        /// What is used more than once.
        what: Repeated,
        /// Where else: a few places.
        also: Vec<Place>,
        /// How many more there are.
        more: usize,
    },
    /// A status is a word that is none.
    UnknownStatus {
        /// The word.
        word: String,
        /// Whose word it is.
        side: Side,
        /// The words that would be read.
        known: Vec<&'static str>,
    },
    /// A workplan or a task has no status.
    NoStatus {
        /// The words that would be read.
        known: Vec<&'static str>,
    },
    /// A file uses older words for statuses.
    Aliases {
        /// Each word with the one it is read as.
        words: Vec<(String, &'static str)>,
    },
    /// A closed workplan has open tasks.
    ClosedWithOpenTasks {
        /// Why it counts as closed: its status, or the folder of archived workplans.
        closed: String,
        /// The ids of the open tasks.
        open: Vec<FileId>,
    },
    /// A write failed or was refused. Not made by checks; the caller makes it.
    WriteFailed {
        /// What was to be written, such as `the hub's status of DEMO-WP-0001-T01`.
        what: String,
        /// Why it was not.
        reason: String,
    },
}

/// Which way a status goes that differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way<S> {
    /// The hub gets it.
    HubFollows(S),
    /// The file gets it.
    FileFollows {
        /// The hub's status.
        to: S,
        /// Why.
        why: FileFollows,
    },
    /// Neither side is changed until a person says.
    Tied(Tie),
    /// A person said it is open again: this holds on both sides.
    Reopened(S),
}

impl<S: Copy> Way<S> {
    /// Returns the status both sides have in the end; `None` while they stay apart.
    pub fn settled(self) -> Option<S> {
        match self {
            Self::HubFollows(status) | Self::Reopened(status) => Some(status),
            Self::FileFollows { to, .. } => Some(to),
            Self::Tied(_) => None,
        }
    }
}

/// A workplan or a task that does not name its row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unlinked {
    /// The title.
    pub title: String,
    /// The row that bears its id, if there is one already: then only the id is written.
    pub row: Option<HubId>,
    /// What a person has to mend before a row can be made.
    pub first: Option<First>,
}

/// What has to be mended before a row can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum First {
    /// It has no status, or one that is none.
    Status,
    /// Its id is used more than once.
    Id,
    /// Its workplan has to be mended.
    Workplan,
}

/// Which side changed since a base.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// The file only.
    File,
    /// The hub only.
    Hub,
    /// Both.
    Both,
}

/// Whose a row is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// Nobody's: it is given to this repository.
    Nobody,
    /// Another repository's.
    Repository(Slug),
    /// A task of another workplan than the file's, by that workplan's title.
    Workplan(String),
}

/// What keeps a file from being written back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// It has uncommitted changes.
    Dirty,
    /// Git is in the middle of something, or HEAD is on no branch.
    Git {
        /// What, such as `a merge`.
        state: String,
    },
    /// Git would not commit it.
    Unfit {
        /// Why, such as `git does not track it`.
        reason: String,
    },
}

/// Which id is used more than once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Repeated {
    /// A workplan's id.
    Workplan,
    /// A task's id.
    Task,
    /// The id of a row that several files or blocks name.
    Row(HubId),
}

/// Where an id is used as well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a file of this repository.
    File {
        /// Its path.
        path: String,
        /// The line.
        line: u32,
    },
    /// In another repository.
    Repository(Slug),
    /// In a row of this repository; several bear the id of a file that names none.
    Row(HubId),
}

/// A side of the comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The file.
    File,
    /// The hub.
    Hub,
}

impl Finding {
    /// Returns the code.
    pub fn code(&self) -> Code {
        self.kind.code()
    }

    /// Returns how bad it is.
    pub fn severity(&self) -> Severity {
        self.kind.severity()
    }

    /// Tells whether a fix mends it without a person's help.
    pub fn fixable(&self) -> bool {
        self.kind.fixable()
    }

    /// Tells what was found, in one line.
    pub fn message(&self) -> String {
        text::message(self)
    }

    /// Says what to do, in one line; none if there is nothing to do.
    pub fn hint(&self) -> Option<String> {
        text::hint(self)
    }
}

/// Sorts findings as reports show them: severity, code, path, line, id.
pub fn sort(findings: &mut [Finding]) {
    findings.sort_by(|a, b| key(a).cmp(&key(b)));
}

fn key(finding: &Finding) -> (Severity, Code, Option<&str>, Option<u32>, Option<&str>) {
    (
        finding.severity(),
        finding.code(),
        finding.path.as_deref(),
        finding.line,
        finding.id.as_deref(),
    )
}

#[cfg(test)]
mod tests;
