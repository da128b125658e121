//! What mends a workplan: its row, its link, its title and its status.

use super::planning::{Planning, StatusEdit};
use super::{Agreed, Planned, RowAt, Target};
use crate::check::links::{Link, Linked};
use crate::check::workplan_way;
use crate::finding::{Kind, Owner, Way};
use crate::hub::{HubWrite, Version, WorkplanRow};
use crate::status::{Status, Word, WorkplanStatus};

/// Plans a workplan, and says where its row is.
pub(super) fn workplan(planning: &mut Planning<'_>, plan: &Linked<'_>) -> Option<RowAt> {
    match plan.link {
        Link::None => create(planning, plan),
        Link::Found(row) => {
            if let Some(finding) = unlinked(planning, plan) {
                let id = Some(row.id.clone());
                planning.link(finding, plan.file, None, id, None);
            }
            compare(planning, plan, row);
            Some(RowAt::Known(row.id.clone()))
        }
        Link::Row(row) | Link::Unowned(row) => {
            compare(planning, plan, row);
            Some(RowAt::Known(row.id.clone()))
        }
        Link::Foreign(_) | Link::Dangling(_) | Link::Several(_) => None,
    }
}

/// Returns what was found about a missing link that can be made now.
fn unlinked(planning: &Planning<'_>, plan: &Linked<'_>) -> Option<usize> {
    let is =
        |kind: &Kind| matches!(kind, Kind::WorkplanUnlinked(unlinked) if unlinked.first.is_none());
    let finding = planning.finding(plan.file, None, is)?;
    planning.is_writable(&plan.file.path).then_some(finding)
}

/// Returns what was found about a workplan to be closed, if it can be closed now: not before the hub has
/// its tasks closed, for it may refuse to.
fn closing(planning: &mut Planning<'_>, plan: &Linked<'_>) -> Option<usize> {
    let is = |kind: &Kind| matches!(kind, Kind::AllTasksClosed { .. });
    let finding = planning.finding(plan.file, None, is)?;
    let closed = plan.tasks.iter().all(|task| {
        let row = task.link.row();
        row.is_some_and(|row| row.status.known().is_some_and(Status::is_closed))
    });
    planning.plan.unfinished |= !closed;
    closed.then_some(finding)
}

/// Makes the row.
fn create(planning: &mut Planning<'_>, plan: &Linked<'_>) -> Option<RowAt> {
    let (file, id) = (plan.file, &plan.file.id);
    let finding = unlinked(planning, plan)?;
    let here = file.status.as_ref()?.known()?;
    let row = planning.snapshot.derived.workplans.get(id).cloned();
    let write = HubWrite::CreateWorkplan {
        id: row.clone(),
        repository: planning.snapshot.repository.clone(),
        file_id: id.clone(),
        title: file.title.clone(),
        status: here,
    };
    // A row that is to be closed at once is closed when it has its tasks.
    let _ = closing(planning, plan);
    let step = planning.step(finding, Planned::Ready(write));
    planning.link(finding, file, None, row, Some(step));
    planning.remember(
        Agreed::Title(id.clone(), file.title.clone()),
        0,
        Some(step),
        None,
    );
    planning.remember(Agreed::Workplan(id.clone(), here), 0, Some(step), None);
    Some(RowAt::Made(step))
}

/// Compares a workplan with its row; nothing is written, nor remembered, where nobody knows which of
/// several is meant.
fn compare(planning: &mut Planning<'_>, plan: &Linked<'_>, row: &WorkplanRow) {
    if plan.twice {
        return;
    }
    let mut seen = Seen {
        step: None,
        version: row.state.version,
    };
    adopt(planning, plan, row, &mut seen);
    title(planning, plan, row, &mut seen);
    status(planning, plan, row, seen);
}

fn adopt(planning: &mut Planning<'_>, plan: &Linked<'_>, row: &WorkplanRow, seen: &mut Seen) {
    let is_nobodys = |kind: &Kind| {
        let nobody = Owner::Nobody;
        matches!(kind, Kind::ForeignRow { owner, .. } if *owner == nobody)
    };
    let Some(finding) = planning.finding(plan.file, None, is_nobodys) else {
        return;
    };
    let write = HubWrite::AdoptWorkplan {
        id: row.id.clone(),
        seen: seen.version,
        repository: planning.snapshot.repository.clone(),
        file_id: plan.file.id.clone(),
    };
    seen.step = Some(planning.step(finding, seen.planned(write)));
}

fn title(planning: &mut Planning<'_>, plan: &Linked<'_>, row: &WorkplanRow, seen: &mut Seen) {
    let file = plan.file;
    let agreed = Agreed::Title(file.id.clone(), file.title.clone());
    if row.title == file.title {
        return planning.remember(agreed, 0, None, None);
    }
    let is_fixable = |kind: &Kind| matches!(kind, Kind::WorkplanTitle { .. }) && kind.fixable();
    let Some(finding) = planning.finding(file, None, is_fixable) else {
        return;
    };
    let write = HubWrite::SetWorkplanTitle {
        id: row.id.clone(),
        seen: seen.version,
        title: file.title.clone(),
    };
    let step = planning.step(finding, seen.planned(write));
    seen.step = Some(step);
    planning.remember(agreed, 0, Some(step), None);
}

/// Which version of a row a write names.
#[derive(Clone, Copy)]
struct Seen {
    step: Option<usize>,
    version: Version,
}

impl Seen {
    fn planned(self, write: HubWrite) -> Planned {
        match self.step {
            Some(step) => Planned::SeenAfter(step, write),
            None => Planned::Ready(write),
        }
    }
}

fn status(planning: &mut Planning<'_>, plan: &Linked<'_>, row: &WorkplanRow, seen: Seen) {
    let file = plan.file;
    let (Some(here), Some(there)) = (
        file.status.as_ref().and_then(Word::known),
        row.status.known(),
    ) else {
        return;
    };
    let drift = planning.finding(file, None, |kind| {
        matches!(kind, Kind::WorkplanStatus { .. })
    });
    let closing = closing(planning, plan);
    let way = workplan_way(planning.snapshot, plan);
    let target = match (closing, way) {
        (Some(_), _) => WorkplanStatus::Finished,
        (None, Some(way)) => match way.settled() {
            Some(status) => status,
            None => return,
        },
        (None, None) if here == there => here,
        (None, None) => return,
    };
    let agreed = Agreed::Workplan(file.id.clone(), target);
    let Some(finding) = closing.or(drift) else {
        return planning.remember(agreed, row.state.reopens, None, None);
    };
    let step = (there != target).then(|| {
        let write = HubWrite::SetWorkplanStatus {
            id: row.id.clone(),
            seen: seen.version,
            status: target,
            reopen: matches!(way, Some(Way::Reopened(_))),
        };
        let step = planning.step(finding, seen.planned(write));
        planning.also_mends(step, drift.filter(|drift| *drift != finding));
        step
    });
    let edit = StatusEdit {
        finding,
        path: &file.path,
        id: &file.id,
        target: Target::Workplan,
        after: step,
    };
    planning.settle(
        edit,
        file.status.as_ref(),
        target,
        agreed,
        row.state.reopens,
    );
}
