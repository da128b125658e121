//! What a person declares open again: which workplan or task is meant, and what names none.

use super::View;
use super::links::Linked;
use crate::finding::{Finding, Kind};
use crate::ids::FileId;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

/// Marks what is meant by `ids`: a workplan's id, a task's that one workplan has, or both with a
/// slash between. A task's id that several workplans have opens none of them.
pub(super) fn mark(linked: &mut [Linked<'_>], ids: &BTreeSet<FileId>) {
    if ids.is_empty() {
        return;
    }
    let holders = holders(linked, ids);
    for plan in linked {
        plan.reopened = ids.contains(&plan.file.id);
        for task in &mut plan.tasks {
            let id = &task.block.id;
            task.reopened =
                holders.get(id) == Some(&1) || ids.contains(&qualified(&plan.file.id, id));
        }
    }
}

/// Says which of the ids asked for open nothing, since nobody would see it otherwise: C-00.
pub(super) fn unmatched(view: &View<'_>, findings: &mut Vec<Finding>) {
    let ids = &view.snapshot.mode.reopen;
    if ids.is_empty() {
        return;
    }
    let mut matched: BTreeSet<FileId> = BTreeSet::new();
    for plan in view.linked {
        matched.insert(plan.file.id.clone());
        for task in &plan.tasks {
            matched.insert(qualified(&plan.file.id, &task.block.id));
        }
    }
    let holders = holders(view.linked, ids);
    for id in ids.iter().filter(|id| !matched.contains(*id)) {
        let reason = match holders.get(id) {
            Some(1) => continue,
            Some(many) => {
                format!("`--reopen {id}` could be a task of {many} workplans: write WORKPLAN/{id}")
            }
            None => format!("`--reopen {id}` names no workplan and no task here"),
        };
        findings.push(Finding {
            id: Some(id.to_string()),
            ..view.found(Kind::RunFailed { reason })
        });
    }
}

/// Counts the workplans that have a task of each of the ids.
fn holders<'a>(linked: &[Linked<'a>], ids: &BTreeSet<FileId>) -> BTreeMap<&'a FileId, usize> {
    let mut holders: BTreeMap<&FileId, usize> = BTreeMap::new();
    for plan in linked {
        let tasks: BTreeSet<&FileId> = plan.tasks.iter().map(|task| &task.block.id).collect();
        for id in tasks.into_iter().filter(|id| ids.contains(*id)) {
            *holders.entry(id).or_default() += 1;
        }
    }
    holders
}

fn qualified(workplan: &FileId, task: &FileId) -> FileId {
    FileId::new(format!("{workplan}/{task}"))
}
