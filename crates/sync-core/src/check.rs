//! Checks of a repository: one function for each rule, from a snapshot to findings.
//!
//! ```
//! use sync_core::check::check;
//! use sync_core::hub::{HubRows, RowState, TaskRow, Timestamp, Version, WorkplanRow};
//! use sync_core::ids::{FileId, HubId, Slug};
//! use sync_core::snapshot::Snapshot;
//! use sync_core::status::{TaskStatus, WorkplanStatus};
//! use sync_core::workplan::{TaskBlock, Workplan};
//!
//! let state = RowState { version: Version(7), reopens: 0, changed_by: "b".into(), changed_at: Timestamp(0) };
//! let (plan, task) = (HubId::new("p"), HubId::new("t"));
//! let file = Workplan {
//!     path: "workplans/demo.md".into(),
//!     archived: false,
//!     id: FileId::new("DEMO-WP-0001"),
//!     title: "Demo".into(),
//!     status: Some(WorkplanStatus::Active.into()),
//!     status_line: 3,
//!     hub_id: Some(plan.clone()),
//!     hub_id_line: 4,
//!     tasks: vec![TaskBlock {
//!         id: FileId::new("DEMO-WP-0001-T01"),
//!         title: "First step".into(),
//!         status: Some(TaskStatus::Todo.into()),
//!         priority: None,
//!         hub_id: Some(task.clone()),
//!         line: 8,
//!         status_line: 10,
//!     }],
//! };
//! let workplan_row = WorkplanRow {
//!     id: plan.clone(),
//!     repository: Some(Slug::new("demo")),
//!     file_id: Some(file.id.clone()),
//!     title: "Demo".into(),
//!     status: WorkplanStatus::Active.into(),
//!     state: state.clone(),
//! };
//! let task_row = TaskRow {
//!     id: task,
//!     workplan: plan,
//!     file_id: Some(file.tasks[0].id.clone()),
//!     title: "First step".into(),
//!     status: TaskStatus::Done.into(), // done on another machine
//!     priority: None,
//!     state,
//! };
//! let mut snapshot = Snapshot::of(Slug::new("demo"));
//! snapshot.files = Some(vec![file]);
//! snapshot.rows = HubRows { workplans: vec![workplan_row], tasks: vec![task_row] };
//!
//! let findings = check(&snapshot);
//! assert_eq!(findings[0].code().to_string(), "C-13");
//! assert!(findings[0].message().starts_with("DB task 'First step' is ahead of file (db=done, file=todo)"));
//! ```

use crate::finding::{Finding, Kind, sort};
use crate::hub::TaskRow;
use crate::ids::HubId;
use crate::snapshot::Snapshot;
use crate::workplan::{TaskBlock, Unreadable, Workplan};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::ToString;
use alloc::vec::Vec;

mod drift;
mod identity;
mod lifecycle;
pub(crate) mod links;
mod reopens;
mod repeated;
mod repository;

pub(crate) use drift::{task_way, workplan_way};

use links::{Linked, link};

/// Everything that is found, sorted as reports show it.
pub fn check(snapshot: &Snapshot) -> Vec<Finding> {
    let linked = link(snapshot);
    let mut tasks_of: BTreeMap<&HubId, Vec<&TaskRow>> = BTreeMap::new();
    for row in &snapshot.rows.tasks {
        tasks_of.entry(&row.workplan).or_default().push(row);
    }
    let mut left_out: BTreeMap<&str, Vec<&Unreadable>> = BTreeMap::new();
    for item in &snapshot.unreadable {
        left_out.entry(&item.path).or_default().push(item);
    }
    let view = View {
        snapshot,
        linked: &linked,
        tasks_of,
        left_out,
    };
    let mut findings = Vec::new();
    for rule in RULES {
        rule(&view, &mut findings);
    }
    // What is in the way of a file matters only if it is to be written.
    repository::writeback_blocked(&view, &mut findings);
    sort(&mut findings);
    findings
}

/// A rule looks and adds what it finds.
type Rule = fn(&View<'_>, &mut Vec<Finding>);

/// The rules, by the codes of what they find.
const RULES: [Rule; 19] = [
    reopens::unmatched,
    repository::no_workplans,
    repository::unreadable,
    identity::dangling,
    drift::workplan_status,
    drift::workplan_title,
    identity::workplan_unlinked,
    identity::rows_without_file,
    identity::foreign_rows,
    identity::task_unlinked,
    drift::task_status,
    identity::rows_without_block,
    repository::behind,
    lifecycle::all_tasks_closed,
    identity::made_by_hand,
    repository::unpushed,
    repeated::twice,
    lifecycle::words,
    lifecycle::closed_with_open_tasks,
];

/// What a rule looks at.
struct View<'a> {
    snapshot: &'a Snapshot,
    linked: &'a [Linked<'a>],
    /// The tasks the hub has of each workplan.
    tasks_of: BTreeMap<&'a HubId, Vec<&'a TaskRow>>,
    /// What of each file could not be read.
    left_out: BTreeMap<&'a str, Vec<&'a Unreadable>>,
}

impl View<'_> {
    /// Says that something was found about the whole repository.
    fn found(&self, kind: Kind) -> Finding {
        Finding {
            repository: self.snapshot.repository.clone(),
            path: None,
            line: None,
            id: None,
            kind,
        }
    }

    /// Says that something was found about a workplan, at a line of its file.
    fn in_file(&self, file: &Workplan, line: u32, kind: Kind) -> Finding {
        Finding {
            path: Some(file.path.clone()),
            line: Some(line),
            id: Some(file.id.to_string()),
            ..self.found(kind)
        }
    }

    /// Says that something was found about a task, at a line of its file.
    fn in_block(&self, file: &Workplan, block: &TaskBlock, line: u32, kind: Kind) -> Finding {
        Finding {
            path: Some(file.path.clone()),
            line: Some(line),
            id: Some(block.id.to_string()),
            ..self.found(kind)
        }
    }

    /// Returns the blocks of a workplan that could not be read.
    fn left_out(&self, plan: &Linked<'_>) -> &[&Unreadable] {
        self.left_out
            .get(plan.file.path.as_str())
            .map_or(&[], Vec::as_slice)
    }

    /// Returns the hub's tasks of a workplan that no block of its file stands for.
    fn without_block<'b>(&'b self, plan: &'b Linked<'_>) -> impl Iterator<Item = &'b TaskRow> {
        let named: BTreeSet<&HubId> = plan
            .tasks
            .iter()
            .flat_map(|task| task.link.rows())
            .map(|row| &row.id)
            .collect();
        let row = plan.link.row();
        let rows = row.and_then(|row| self.tasks_of.get(&row.id));
        rows.into_iter()
            .flatten()
            .copied()
            .filter(move |row| !named.contains(&row.id))
    }
}

#[cfg(test)]
mod tests;
