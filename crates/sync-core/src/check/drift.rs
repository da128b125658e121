//! What file and hub say differently: C-04, C-05, C-11, C-13.

use super::View;
use super::links::{Linked, LinkedTask};
use crate::finding::{Changed, Finding, Kind, Way};
use crate::hub::WorkplanRow;
use crate::snapshot::Snapshot;
use crate::status::{Base, Merge, Status, TaskStatus, Word, WorkplanStatus, merge, reopen};
use alloc::vec::Vec;

/// Decides which way a status goes; `None` if both sides agree, or one is no status.
fn way<S: Status>(
    base: Option<Base<S>>,
    file: &Word<S>,
    hub: &Word<S>,
    reopens: u32,
    reopened: bool,
) -> Option<Way<S>> {
    if let (true, Some(here), Some(there)) = (reopened, file.known(), hub.known()) {
        let opened = reopen(here, there);
        if let Some(status) = opened.hub.or(opened.file) {
            return Some(Way::Reopened(status));
        }
    }
    match merge(base, file, hub, reopens) {
        Merge::Equal | Merge::Unranked => None,
        Merge::HubFollows(status) => Some(Way::HubFollows(status)),
        Merge::FileFollows { to, why } => Some(Way::FileFollows { to, why }),
        Merge::Tied { why } => Some(Way::Tied(why)),
    }
}

/// Decides about a workplan that has a row.
pub(crate) fn workplan_way(snapshot: &Snapshot, plan: &Linked<'_>) -> Option<Way<WorkplanStatus>> {
    let (row, file) = (plan.link.row()?, plan.file.status.as_ref()?);
    if plan.twice {
        return None;
    }
    let base = snapshot.bases.workplans.get(&plan.file.id).copied();
    way(base, file, &row.status, row.state.reopens, plan.reopened)
}

/// Decides about a task that has a row.
pub(crate) fn task_way(
    snapshot: &Snapshot,
    plan: &Linked<'_>,
    task: &LinkedTask<'_>,
) -> Option<Way<TaskStatus>> {
    let (row, file) = (task.link.row()?, task.block.status.as_ref()?);
    if task.twice {
        return None;
    }
    let key = plan.key(&task.block.id);
    let base = snapshot.bases.tasks.get(&key).copied();
    way(base, file, &row.status, row.state.reopens, task.reopened)
}

/// Returns the status both sides have once the run is through; `None` if nobody can say.
pub(crate) fn settled_task(
    snapshot: &Snapshot,
    plan: &Linked<'_>,
    task: &LinkedTask<'_>,
) -> Option<TaskStatus> {
    let file = task.block.status.as_ref()?.known()?;
    match (task.link.row(), task_way(snapshot, plan, task)) {
        (None, _) => Some(file),
        (Some(row), None) => row.status.known().filter(|hub| *hub == file),
        (Some(_), Some(way)) => way.settled(),
    }
}

pub(super) fn workplan_status(view: &View<'_>, findings: &mut Vec<Finding>) {
    for plan in view.linked {
        let (Some(way), Some(row), Some(file)) = (
            workplan_way(view.snapshot, plan),
            plan.link.row(),
            &plan.file.status,
        ) else {
            continue;
        };
        let kind = Kind::WorkplanStatus {
            title: plan.file.title.clone(),
            file: file.clone(),
            hub: row.status.clone(),
            way,
        };
        findings.push(view.in_file(plan.file, plan.file.status_line, kind));
    }
}

pub(super) fn workplan_title(view: &View<'_>, findings: &mut Vec<Finding>) {
    for plan in view.linked {
        let Some(row) = plan.link.row().filter(|_| !plan.twice) else {
            continue;
        };
        if row.title == plan.file.title {
            continue;
        }
        let kind = Kind::WorkplanTitle {
            file: plan.file.title.clone(),
            hub: row.title.clone(),
            changed: changed(view.snapshot, plan, row),
        };
        findings.push(view.in_file(plan.file, 1, kind));
    }
}

fn changed(snapshot: &Snapshot, plan: &Linked<'_>, row: &WorkplanRow) -> Option<Changed> {
    let base = snapshot.bases.titles.get(&plan.file.id)?;
    Some(match (*base == plan.file.title, *base == row.title) {
        (false, true) => Changed::File,
        (true, false) => Changed::Hub,
        _ => Changed::Both,
    })
}

pub(super) fn task_status(view: &View<'_>, findings: &mut Vec<Finding>) {
    for plan in view.linked {
        for task in &plan.tasks {
            let (Some(way), Some(row), Some(file)) = (
                task_way(view.snapshot, plan, task),
                task.link.row(),
                &task.block.status,
            ) else {
                continue;
            };
            let (title, file, hub) = (task.block.title.clone(), file.clone(), row.status.clone());
            let kind = match way {
                Way::HubFollows(_) | Way::Reopened(_) => Kind::TaskFileAhead {
                    title,
                    file,
                    hub,
                    way,
                },
                Way::FileFollows { .. } | Way::Tied(_) => Kind::TaskHubAhead {
                    title,
                    file,
                    hub,
                    way,
                },
            };
            findings.push(view.in_block(plan.file, task.block, task.block.status_line, kind));
        }
    }
}
