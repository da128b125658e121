//! What mends a task: its row, its link and its status.

use super::planning::{Planning, StatusEdit};
use super::{Agreed, NewTask, Planned, RowAt, Target};
use crate::check::links::{Link, Linked, LinkedTask};
use crate::check::task_way;
use crate::finding::{Kind, Way};
use crate::hub::{HubWrite, TaskRow};
use crate::status::Word;

/// Plans a task of a workplan whose row is there, or is made.
pub(super) fn task(
    planning: &mut Planning<'_>,
    plan: &Linked<'_>,
    task: &LinkedTask<'_>,
    workplan: Option<&RowAt>,
) {
    match task.link {
        Link::None => create(planning, plan, task, workplan),
        Link::Found(row) => {
            if let Some(finding) = unlinked(planning, plan, task) {
                let id = Some(row.id.clone());
                planning.link(finding, plan.file, Some(task.block), id, None);
            }
            compare(planning, plan, task, row);
        }
        Link::Row(row) | Link::Unowned(row) => compare(planning, plan, task, row),
        Link::Foreign(_) | Link::Dangling(_) | Link::Several(_) => {}
    }
}

/// Returns what was found about a missing link that can be made now.
fn unlinked(planning: &Planning<'_>, plan: &Linked<'_>, task: &LinkedTask<'_>) -> Option<usize> {
    let is = |kind: &Kind| matches!(kind, Kind::TaskUnlinked(unlinked) if unlinked.first.is_none());
    let finding = planning.finding(plan.file, Some(task.block), is)?;
    planning.is_writable(&plan.file.path).then_some(finding)
}

fn create(
    planning: &mut Planning<'_>,
    plan: &Linked<'_>,
    task: &LinkedTask<'_>,
    workplan: Option<&RowAt>,
) {
    let block = task.block;
    let (Some(finding), Some(workplan), Some(status)) = (
        unlinked(planning, plan, task),
        workplan,
        block.status.as_ref().and_then(Word::known),
    ) else {
        return;
    };
    let key = plan.key(&block.id);
    let row = planning.snapshot.derived.tasks.get(&key).cloned();
    let new = NewTask {
        id: row.clone(),
        file_id: block.id.clone(),
        title: block.title.clone(),
        status,
        priority: block.priority.clone(),
    };
    let write = match workplan {
        RowAt::Known(workplan) => Planned::Ready(new.under(workplan.clone())),
        RowAt::Made(step) => Planned::TaskOf(*step, new),
    };
    let step = planning.step(finding, write);
    planning.link(finding, plan.file, Some(block), row, Some(step));
    planning.remember(Agreed::Task(key, status), 0, Some(step), None);
}

fn compare(planning: &mut Planning<'_>, plan: &Linked<'_>, task: &LinkedTask<'_>, row: &TaskRow) {
    let block = task.block;
    let (Some(here), Some(there)) = (
        block.status.as_ref().and_then(Word::known),
        row.status.known(),
    ) else {
        return;
    };
    if task.twice {
        return;
    }
    let key = plan.key(&block.id);
    let Some(way) = task_way(planning.snapshot, plan, task) else {
        if here == there {
            planning.remember(Agreed::Task(key, here), row.state.reopens, None, None);
        }
        return;
    };
    let found = planning.finding(plan.file, Some(block), |kind| {
        matches!(kind, Kind::TaskFileAhead { .. } | Kind::TaskHubAhead { .. })
    });
    let (Some(target), Some(finding)) = (way.settled(), found) else {
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
    planning.settle(
        edit,
        block.status.as_ref(),
        target,
        Agreed::Task(key, target),
        row.state.reopens,
    );
}
