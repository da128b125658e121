//! What mends findings: writes to the hub, edits of files, and what is remembered when both agree.

use crate::check::links::link;
use crate::finding::{Finding, Kind, Way};
use crate::hub::{HubOutcome, HubWrite, Made};
use crate::ids::{FileId, HubId};
use crate::snapshot::{Mode, Snapshot, TaskKey};
use crate::status::{Status, TaskStatus, WorkplanStatus};
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

mod message;
mod planning;
mod task;
mod workplan;

pub use message::{Commit, commit_message};

use planning::Planning;

/// Everything that mends what can be mended, in the order in which it is to be done: the hub, then the
/// files that link to it, then their statuses, then what is remembered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FixPlan {
    /// Writes to the hub, each after those it builds on.
    pub hub: Vec<HubStep>,
    /// Edits of files.
    pub edits: Vec<Edit>,
    /// What this checkout remembers once both sides agree.
    pub remember: Vec<Remember>,
    /// A workplan is to be closed once the hub has all of its tasks closed: what is written to it now
    /// is to be looked at first.
    pub unfinished: bool,
}

/// A write to the hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubStep {
    /// The findings it mends or helps to mend, by their place in the list.
    pub findings: Vec<usize>,
    write: Planned,
}

/// A write, perhaps yet without what an earlier step makes.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Planned {
    Ready(HubWrite),
    /// Its row is changed by an earlier step, so another version will have been seen.
    SeenAfter(usize, HubWrite),
    /// That step makes its workplan, or finds it there under an id of its own.
    TaskOf(usize, NewTask),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct NewTask {
    id: Option<HubId>,
    file_id: FileId,
    title: String,
    status: TaskStatus,
    priority: Option<String>,
}

impl NewTask {
    fn under(&self, workplan: HubId) -> HubWrite {
        let new = self.clone();
        HubWrite::CreateTask {
            id: new.id,
            workplan,
            file_id: new.file_id,
            title: new.title,
            status: new.status,
            priority: new.priority,
        }
    }
}

impl HubStep {
    /// Returns the step that has to be made before.
    pub fn after(&self) -> Option<usize> {
        match self.write {
            Planned::Ready(_) => None,
            Planned::SeenAfter(step, _) | Planned::TaskOf(step, _) => Some(step),
        }
    }

    /// Returns the row if it is now as the write asked for; a create that found one there has left it as
    /// it was, so nobody has seen that both sides agree.
    pub fn agreed<'o>(&self, outcome: &'o HubOutcome) -> Option<&'o Made> {
        let creates = match &self.write {
            Planned::Ready(write) => matches!(
                write,
                HubWrite::CreateWorkplan { .. } | HubWrite::CreateTask { .. }
            ),
            Planned::SeenAfter(..) => false,
            Planned::TaskOf(..) => true,
        };
        match outcome {
            HubOutcome::Done(made) => Some(made),
            HubOutcome::AlreadySo(made) if !creates => Some(made),
            _ => None,
        }
    }

    /// Returns the write, given what became of the step before.
    pub fn write(&self, before: Option<&HubOutcome>) -> HubWrite {
        match &self.write {
            Planned::Ready(write) => write.clone(),
            Planned::SeenAfter(_, write) => {
                let mut write = write.clone();
                // Where others had made that change already, nobody here has seen what else they did.
                if let (
                    Some(HubOutcome::Done(made)),
                    HubWrite::SetWorkplanStatus { seen, .. }
                    | HubWrite::SetWorkplanTitle { seen, .. },
                ) = (before, &mut write)
                {
                    *seen = made.version;
                }
                write
            }
            // Without a workplan the hub refuses it, as it should.
            Planned::TaskOf(_, task) => {
                let workplan = before.and_then(HubOutcome::made);
                task.under(workplan.map_or_else(|| HubId::new(""), |made| made.id.clone()))
            }
        }
    }
}

/// A value of a file to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The finding it mends or helps to mend.
    pub finding: usize,
    /// The file.
    pub path: String,
    /// The workplan's id, or the task's, as it stands in the commit's message.
    pub id: FileId,
    /// Where in the file.
    pub target: Target,
    /// What.
    pub value: Value,
    /// The step of the hub without which it makes no sense.
    pub after: Option<usize>,
}

impl Edit {
    /// Returns the commit it belongs to.
    pub fn commit(&self) -> Commit {
        match self.value {
            Value::Link(_) => Commit::Link,
            Value::Status { .. } => Commit::Status,
        }
    }
}

/// Where in a file a value stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// In the front matter.
    Workplan,
    /// In the block of a task.
    Task(FileId),
}

/// A value to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// The id of the row: a known one, or the one that [`Edit::after`] makes.
    Link(Option<HubId>),
    /// The status.
    Status {
        /// The word that stands there.
        from: String,
        /// The word that shall stand there.
        to: &'static str,
    },
}

/// Something to remember, once the step and the edit it names are made; of the step [`HubStep::agreed`]
/// says whether it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remember {
    /// What both sides agree on.
    pub agreed: Agreed,
    /// How often the row was reopened; what the step makes counts instead, where there is one.
    pub reopens: u32,
    /// The step of the hub that makes them agree.
    pub step: Option<usize>,
    /// The edit that does.
    pub edit: Option<usize>,
}

/// What file and hub agree on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Agreed {
    /// The status of a workplan.
    Workplan(FileId, WorkplanStatus),
    /// The title of a workplan.
    Title(FileId, String),
    /// The status of a task.
    Task(TaskKey, TaskStatus),
}

/// Plans what mends the findings of a snapshot.
///
/// Nothing is planned for a repository that is behind its upstream. A file that cannot be committed now
/// gets no edit, and no row is made whose id could not be written to its file.
pub fn plan_fixes(snapshot: &Snapshot, findings: &[Finding]) -> FixPlan {
    if snapshot.git.upstream.behind().is_some() {
        return FixPlan::default();
    }
    let mut planning = Planning::new(snapshot, findings);
    for plan in link(snapshot) {
        let row = workplan::workplan(&mut planning, &plan);
        for block in &plan.tasks {
            task::task(&mut planning, &plan, block, row.as_ref());
        }
    }
    planning.plan
}

/// The row of a workplan within a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
enum RowAt {
    Known(HubId),
    /// Made by this step.
    Made(usize),
}

/// Returns the files that mending findings would write.
pub fn files_to_write<'f>(findings: &'f [Finding], mode: &Mode) -> BTreeSet<&'f str> {
    findings
        .iter()
        .filter(|finding| would_write(&finding.kind, mode))
        .filter_map(|finding| finding.path.as_deref())
        .collect()
}

/// Tells whether mending a finding writes its file.
fn would_write(kind: &Kind, mode: &Mode) -> bool {
    fn follows<S: Status>(way: Way<S>, file: Option<S>) -> bool {
        match way {
            Way::FileFollows { .. } => true,
            Way::Reopened(status) => file != Some(status),
            Way::HubFollows(_) | Way::Tied(_) => false,
        }
    }
    match kind {
        Kind::WorkplanUnlinked(unlinked) | Kind::TaskUnlinked(unlinked) => unlinked.first.is_none(),
        Kind::WorkplanStatus { way, file, .. } => mode.writeback && follows(*way, file.known()),
        Kind::TaskFileAhead { way, file, .. } | Kind::TaskHubAhead { way, file, .. } => {
            mode.writeback && follows(*way, file.known())
        }
        Kind::AllTasksClosed { .. } => mode.writeback,
        _ => false,
    }
}

#[cfg(test)]
mod tests;
