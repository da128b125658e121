//! What mends a workplan: its row, its link, its title and its status.

use super::planning::{Planning, StatusEdit};
use super::{Agreed, Edit, Planned, RowAt, Target, Value};
use crate::check::links::{Link, Linked};
use crate::check::workplan_way;
use crate::finding::{Kind, Owner, Way};
use crate::hub::{HubWrite, Version, WorkplanRow};
use crate::status::{Status, Word, WorkplanStatus};
use alloc::string::ToString;

/// Plans a workplan, and says where its row is.
pub(super) fn workplan(planning: &mut Planning<'_>, plan: &Linked<'_>) -> Option<RowAt> {
    match plan.link {
        Link::None(_) => link_workplan(planning, plan),
        Link::Row(row) | Link::Unowned(row) => {
            compare_workplan(planning, plan, row);
            Some(RowAt::Known(row.id.clone()))
        }
        Link::Foreign(_) | Link::Dangling(_) => None,
    }
}

/// Writes the id of the row into the file, and makes the row where there is none.
fn link_workplan(planning: &mut Planning<'_>, plan: &Linked<'_>) -> Option<RowAt> {
    let finding = planning.finding(plan.file, None, |kind| {
        matches!(kind, Kind::WorkplanUnlinked(unlinked) if unlinked.first.is_none())
    })?;
    let Link::None(row) = plan.link else {
        return None;
    };
    if !planning.is_writable(&plan.file.path) {
        return None;
    }
    let (known, step) = if let Some(row) = row {
        (Some(row.id.clone()), None)
    } else {
        let status = plan.file.status.as_ref()?.known()?;
        let id = planning.snapshot.derived.workplans.get(&plan.file.id);
        let write = HubWrite::CreateWorkplan {
            id: id.cloned(),
            repository: planning.snapshot.repository.clone(),
            file_id: plan.file.id.clone(),
            title: plan.file.title.clone(),
            status,
        };
        (
            id.cloned(),
            Some(planning.step(finding, Planned::Ready(write))),
        )
    };
    let edit = planning.edit(Edit {
        finding,
        path: plan.file.path.clone(),
        id: plan.file.id.clone(),
        target: Target::Workplan,
        value: Value::Link(known.clone()),
        after: step,
    });
    if row.is_none()
        && let Some(status) = plan.file.status.as_ref().and_then(Word::known)
    {
        let id = &plan.file.id;
        planning.remember(Agreed::Workplan(id.clone(), status), 0, step, Some(edit));
        let title = plan.file.title.clone();
        planning.remember(Agreed::Title(id.clone(), title), 0, step, Some(edit));
    }
    match (known, step) {
        (known, Some(step)) => Some(RowAt::Made(step, known)),
        (Some(known), None) => Some(RowAt::Known(known)),
        (None, None) => None,
    }
}

fn compare_workplan(planning: &mut Planning<'_>, plan: &Linked<'_>, row: &WorkplanRow) {
    let (file, id) = (plan.file, &plan.file.id);
    let mut seen = Seen {
        step: None,
        version: row.state.version,
    };
    if let Some(finding) = planning.finding(file, None, |kind| {
        matches!(
            kind,
            Kind::ForeignRow {
                owner: Owner::Nobody,
                ..
            }
        )
    }) {
        let write = HubWrite::AdoptWorkplan {
            id: row.id.clone(),
            seen: row.state.version,
            repository: planning.snapshot.repository.clone(),
            file_id: id.clone(),
        };
        seen.step = Some(planning.step(finding, Planned::Ready(write)));
    }
    let title_findings = planning.finding(file, None, |kind| {
        matches!(kind, Kind::WorkplanTitle { .. })
    });
    match title_findings {
        None if row.title == file.title => {
            planning.remember(Agreed::Title(id.clone(), file.title.clone()), 0, None, None);
        }
        Some(finding) if planning.findings[finding].fixable() => {
            let write = HubWrite::SetWorkplanTitle {
                id: row.id.clone(),
                seen: seen.version,
                title: file.title.clone(),
            };
            let step = planning.step(finding, seen.planned(write));
            seen.step = Some(step);
            let title = file.title.clone();
            planning.remember(Agreed::Title(id.clone(), title), 0, Some(step), None);
        }
        _ => {}
    }
    workplan_status(planning, plan, row, seen);
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

fn workplan_status(planning: &mut Planning<'_>, plan: &Linked<'_>, row: &WorkplanRow, seen: Seen) {
    let file = plan.file;
    let drift = planning.finding(file, None, |kind| {
        matches!(kind, Kind::WorkplanStatus { .. })
    });
    let closing = planning.finding(file, None, |kind| {
        matches!(kind, Kind::AllTasksClosed { .. })
    });
    let way = workplan_way(planning.snapshot, plan);
    let target = match (closing, way) {
        (Some(_), _) => Some(WorkplanStatus::Finished),
        (None, Some(way)) => way.settled(),
        (None, None) => None,
    };
    let (Some(here), Some(there)) = (
        file.status.as_ref().and_then(Word::known),
        row.status.known(),
    ) else {
        return;
    };
    let Some(target) = target else {
        if here == there && !plan.twice {
            let agreed = Agreed::Workplan(file.id.clone(), here);
            planning.remember(agreed, row.state.reopens, None, None);
        }
        return;
    };
    let Some(finding) = closing.or(drift) else {
        return;
    };
    let step = (there != target).then(|| {
        let write = HubWrite::SetWorkplanStatus {
            id: row.id.clone(),
            seen: seen.version,
            status: target,
            reopen: matches!(way, Some(Way::Reopened(_))),
        };
        let step = planning.step(finding, seen.planned(write));
        if let (Some(_), Some(drift)) = (closing, drift) {
            planning.plan.hub[step].findings.push(drift);
        }
        step
    });
    let edit = StatusEdit {
        finding,
        path: &file.path,
        id: &file.id,
        target: Target::Workplan,
        after: step,
    };
    let from = file.status.as_ref().map(ToString::to_string);
    let agreed = Agreed::Workplan(file.id.clone(), target);
    planning.settle(
        edit,
        (here != target).then_some((from.unwrap_or_default(), target.word())),
        agreed,
        row.state.reopens,
    );
}
