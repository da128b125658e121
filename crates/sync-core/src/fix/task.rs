//! What mends a task: its row, its link and its status.

use super::planning::{Planning, StatusEdit};
use super::{Agreed, Edit, NewTask, Planned, RowAt, Target, Value};
use crate::check::links::{Link, Linked, LinkedTask};
use crate::check::task_way;
use crate::finding::{Kind, Way};
use crate::hub::{HubWrite, TaskRow};
use crate::ids::HubId;
use crate::status::{Status, Word};
use alloc::string::ToString;

/// Plans a task of a workplan whose row is there.
pub(super) fn task(
    planning: &mut Planning<'_>,
    plan: &Linked<'_>,
    task: &LinkedTask<'_>,
    workplan: Option<&RowAt>,
) {
    match task.link {
        Link::None(row) => link_task(planning, plan, task, row, workplan),
        Link::Row(row) | Link::Unowned(row) => task_status(planning, plan, task, row),
        Link::Foreign(_) | Link::Dangling(_) => {}
    }
}

fn link_task(
    planning: &mut Planning<'_>,
    plan: &Linked<'_>,
    task: &LinkedTask<'_>,
    row: Option<&TaskRow>,
    workplan: Option<&RowAt>,
) {
    let block = task.block;
    let Some(finding) = planning.finding(
        plan.file,
        Some(block),
        |kind| matches!(kind, Kind::TaskUnlinked(unlinked) if unlinked.first.is_none()),
    ) else {
        return;
    };
    let Some(workplan) = workplan.filter(|_| planning.is_writable(&plan.file.path)) else {
        return;
    };
    let key = plan.key(&block.id);
    let (known, step) = if let Some(row) = row {
        (Some(row.id.clone()), None)
    } else {
        let Some(status) = block.status.as_ref().and_then(Word::known) else {
            return;
        };
        let id = planning.snapshot.derived.tasks.get(&key).cloned();
        let ready = |workplan: &HubId| {
            Planned::Ready(HubWrite::CreateTask {
                id: id.clone(),
                workplan: workplan.clone(),
                file_id: block.id.clone(),
                title: block.title.clone(),
                status,
                priority: block.priority.clone(),
            })
        };
        let write = match workplan {
            RowAt::Known(workplan) | RowAt::Made(_, Some(workplan)) => ready(workplan),
            RowAt::Made(step, None) => Planned::TaskOf(
                *step,
                NewTask {
                    file_id: block.id.clone(),
                    title: block.title.clone(),
                    status,
                    priority: block.priority.clone(),
                },
            ),
        };
        let step = planning.step(finding, write);
        (id, Some(step))
    };
    let edit = planning.edit(Edit {
        finding,
        path: plan.file.path.clone(),
        id: block.id.clone(),
        target: Target::Task(block.id.clone()),
        value: Value::Link(known),
        after: step,
    });
    if row.is_none()
        && let Some(status) = block.status.as_ref().and_then(Word::known)
    {
        planning.remember(Agreed::Task(key, status), 0, step, Some(edit));
    }
}

fn task_status(
    planning: &mut Planning<'_>,
    plan: &Linked<'_>,
    task: &LinkedTask<'_>,
    row: &TaskRow,
) {
    let block = task.block;
    let key = plan.key(&block.id);
    let (Some(here), Some(there)) = (
        block.status.as_ref().and_then(Word::known),
        row.status.known(),
    ) else {
        return;
    };
    let way = task_way(planning.snapshot, plan, task);
    let Some(way) = way else {
        if here == there && !task.twice {
            planning.remember(Agreed::Task(key, here), row.state.reopens, None, None);
        }
        return;
    };
    let Some(target) = way.settled() else { return };
    let Some(finding) = planning.finding(plan.file, Some(block), |kind| {
        matches!(kind, Kind::TaskFileAhead { .. } | Kind::TaskHubAhead { .. })
    }) else {
        return;
    };
    let step = (there != target).then(|| {
        let write = HubWrite::SetTaskStatus {
            id: row.id.clone(),
            seen: row.state.version,
            status: target,
            reopen: matches!(way, Way::Reopened(_)),
        };
        planning.step(finding, Planned::Ready(write))
    });
    let edit = StatusEdit {
        finding,
        path: &plan.file.path,
        id: &block.id,
        target: Target::Task(block.id.clone()),
        after: step,
    };
    let from = block.status.as_ref().map(ToString::to_string);
    planning.settle(
        edit,
        (here != target).then_some((from.unwrap_or_default(), target.word())),
        Agreed::Task(key, target),
        row.state.reopens,
    );
}
