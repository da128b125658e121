//! Which row belongs to whom: C-03, C-06 to C-10, C-12, C-16.

use super::View;
use super::links::{Link, Linked};
use crate::finding::{Finding, First, Kind, Owner, Unlinked};
use crate::hub::WorkplanRow;
use crate::ids::{FileId, HubId};
use crate::status::{Status, Word};
use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

pub(super) fn dangling(view: &View<'_>, findings: &mut Vec<Finding>) {
    for plan in view.linked {
        if let Link::Dangling(id) = plan.link {
            let kind = Kind::DanglingLink { hub_id: id.clone() };
            findings.push(view.in_file(plan.file, plan.file.hub_id_line, kind));
        }
        for task in &plan.tasks {
            if let Link::Dangling(id) = task.link {
                let kind = Kind::DanglingLink { hub_id: id.clone() };
                findings.push(view.in_block(plan.file, task.block, task.block.line, kind));
            }
        }
    }
}

pub(super) fn workplan_unlinked(view: &View<'_>, findings: &mut Vec<Finding>) {
    for plan in view.linked {
        let Link::None(row) = plan.link else { continue };
        let first = if plan.twice {
            Some(First::Id)
        } else if row.is_none() && !is_status(plan.file.status.as_ref()) {
            Some(First::Status)
        } else {
            None
        };
        let kind = Kind::WorkplanUnlinked(Unlinked {
            title: plan.file.title.clone(),
            row: row.map(|row| row.id.clone()),
            first,
        });
        findings.push(view.in_file(plan.file, plan.file.hub_id_line, kind));
    }
}

pub(super) fn task_unlinked(view: &View<'_>, findings: &mut Vec<Finding>) {
    for plan in view.linked {
        for task in &plan.tasks {
            let Link::None(row) = task.link else { continue };
            let first = if task.twice {
                Some(First::Id)
            } else if row.is_none() && !is_status(task.block.status.as_ref()) {
                Some(First::Status)
            } else if !has_row(plan) {
                Some(First::Workplan)
            } else {
                None
            };
            let kind = Kind::TaskUnlinked(Unlinked {
                title: task.block.title.clone(),
                row: row.map(|row| row.id.clone()),
                first,
            });
            findings.push(view.in_block(plan.file, task.block, task.block.line, kind));
        }
    }
}

fn is_status<S: Status>(word: Option<&Word<S>>) -> bool {
    word.is_some_and(|word| word.known().is_some())
}

/// Tells whether a workplan has a row, or gets one in the same fix.
fn has_row(plan: &Linked<'_>) -> bool {
    match plan.link {
        Link::Row(_) | Link::Unowned(_) | Link::None(Some(_)) => true,
        Link::None(None) => !plan.twice && is_status(plan.file.status.as_ref()),
        Link::Foreign(_) | Link::Dangling(_) => false,
    }
}

pub(super) fn rows_without_file(view: &View<'_>, findings: &mut Vec<Finding>) {
    if view.snapshot.files.is_none() {
        return; // told as a whole
    }
    let named: BTreeSet<&HubId> = view
        .linked
        .iter()
        .filter_map(|plan| plan.link.found())
        .map(|row| &row.id)
        .collect();
    let unreadable: BTreeSet<&FileId> = view
        .snapshot
        .unreadable
        .iter()
        .filter_map(|item| item.id.as_ref())
        .collect();
    for row in own_rows(view) {
        let left_out = row
            .file_id
            .as_ref()
            .is_some_and(|id| unreadable.contains(id));
        if named.contains(&row.id) || left_out {
            continue;
        }
        let (title, status) = (row.title.clone(), row.status.clone());
        let closed = row.status.known().is_some_and(Status::is_closed);
        let kind = if closed {
            Kind::ClosedRowWithoutFile { title, status }
        } else {
            Kind::OpenRowWithoutFile { title, status }
        };
        findings.push(Finding {
            id: Some(row_name(row)),
            ..view.found(kind)
        });
    }
}

fn own_rows<'a>(view: &View<'a>) -> impl Iterator<Item = &'a WorkplanRow> {
    let own = &view.snapshot.repository;
    let rows = view.snapshot.rows.workplans.iter();
    rows.filter(move |row| row.repository.as_ref() == Some(own))
}

fn row_name(row: &WorkplanRow) -> String {
    let file_id = row.file_id.as_ref().map(FileId::as_str);
    file_id.unwrap_or(row.id.as_str()).to_owned()
}

pub(super) fn foreign_rows(view: &View<'_>, findings: &mut Vec<Finding>) {
    let workplans = || {
        let all = [&view.snapshot.rows, &view.snapshot.elsewhere];
        all.into_iter().flat_map(|rows| &rows.workplans)
    };
    for plan in view.linked {
        let owner = match plan.link {
            Link::Unowned(row) => Some((row, Owner::Nobody)),
            Link::Foreign(row) => row
                .repository
                .clone()
                .map(|other| (row, Owner::Repository(other))),
            Link::Row(_) | Link::Dangling(_) | Link::None(_) => None,
        };
        if let Some((row, owner)) = owner {
            let hub_id = row.id.clone();
            let kind = Kind::ForeignRow { hub_id, owner };
            findings.push(view.in_file(plan.file, plan.file.hub_id_line, kind));
        }
        // Of a workplan whose own row is another's, the tasks are too: told once.
        let told = matches!(plan.link, Link::Foreign(_) | Link::Dangling(_));
        for task in plan.tasks.iter().filter(|_| !told) {
            let Link::Foreign(row) = task.link else {
                continue;
            };
            let title = workplans()
                .find(|workplan| workplan.id == row.workplan)
                .map_or_else(|| row.workplan.to_string(), |plan| plan.title.clone());
            let kind = Kind::ForeignRow {
                hub_id: row.id.clone(),
                owner: Owner::Workplan(title),
            };
            findings.push(view.in_block(plan.file, task.block, task.block.line, kind));
        }
    }
}

pub(super) fn rows_without_block(view: &View<'_>, findings: &mut Vec<Finding>) {
    for plan in view.linked {
        let left_out = |id: &FileId| {
            let mut items = view.snapshot.unreadable.iter();
            items.any(|item| item.path == plan.file.path && item.id.as_ref() == Some(id))
        };
        for row in view.without_block(plan) {
            if row.file_id.as_ref().is_some_and(left_out) {
                continue;
            }
            let kind = Kind::RowWithoutBlock {
                title: row.title.clone(),
                hub_id: row.id.clone(),
                status: row.status.clone(),
            };
            let id = row.file_id.as_ref().map(FileId::as_str);
            findings.push(Finding {
                path: Some(plan.file.path.clone()),
                id: Some(id.unwrap_or(row.id.as_str()).to_owned()),
                ..view.found(kind)
            });
        }
    }
}

pub(super) fn made_by_hand(view: &View<'_>, findings: &mut Vec<Finding>) {
    let folded = |title: &str| title.trim().to_lowercase();
    let mut files: BTreeMap<String, &Linked<'_>> = BTreeMap::new();
    for plan in view.linked {
        files.entry(folded(&plan.file.title)).or_insert(plan);
    }
    for row in &view.snapshot.rows.workplans {
        let open = !row.status.known().is_some_and(Status::is_closed);
        if row.repository.is_some() || !open {
            continue;
        }
        let Some(plan) = files.get(&folded(&row.title)) else {
            continue;
        };
        // A file that names it has C-09 already.
        if plan.file.hub_id.as_ref() == Some(&row.id) {
            continue;
        }
        let kind = Kind::MadeByHand {
            hub_id: row.id.clone(),
            title: row.title.clone(),
        };
        findings.push(view.in_file(plan.file, 1, kind));
    }
}
