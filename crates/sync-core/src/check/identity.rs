//! Which row belongs to whom: C-03, C-06 to C-10, C-12, C-16.

use super::View;
use super::links::{Link, Linked};
use crate::finding::{Finding, First, Kind, Owner, Unlinked};
use crate::hub::WorkplanRow;
use crate::ids::{FileId, HubId};
use crate::status::{Status, Word};
use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
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
    for plan in view.linked.iter().filter(|plan| !plan.link.is_named()) {
        let row = plan.link.row();
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
        for task in plan.tasks.iter().filter(|task| !task.link.is_named()) {
            let row = task.link.row();
            let first = if !has_row(plan) {
                Some(First::Workplan)
            } else if task.twice {
                Some(First::Id)
            } else if row.is_none() && !is_status(task.block.status.as_ref()) {
                Some(First::Status)
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

/// Tells whether a workplan has a row of its own, or gets one in the same fix.
fn has_row(plan: &Linked<'_>) -> bool {
    let gets_one = matches!(plan.link, Link::None) && is_status(plan.file.status.as_ref());
    !plan.twice && (gets_one || plan.link.row().is_some())
}

pub(super) fn rows_without_file(view: &View<'_>, findings: &mut Vec<Finding>) {
    // Without the folder it is told as a whole; and a file that cannot be read may be that of any row.
    let any_lost = view.snapshot.unreadable.iter().any(|item| item.whole_file);
    if view.snapshot.files.is_none() || any_lost {
        return;
    }
    let named: BTreeSet<&HubId> = view
        .linked
        .iter()
        .flat_map(|plan| plan.link.rows())
        .map(|row| &row.id)
        .collect();
    for row in own_rows(view).filter(|row| !named.contains(&row.id)) {
        let (title, status) = (row.title.clone(), row.status.clone());
        let kind = if is_open(row) {
            Kind::OpenRowWithoutFile { title, status }
        } else {
            Kind::ClosedRowWithoutFile { title, status }
        };
        findings.push(Finding {
            id: Some(row_name(row)),
            ..view.found(kind)
        });
    }
}

/// A row whose status is no known one may well be open.
pub(super) fn is_open(row: &WorkplanRow) -> bool {
    !row.status.known().is_some_and(Status::is_closed)
}

/// Returns the workplans the hub has of this repository.
pub(super) fn own_rows<'a>(view: &View<'a>) -> impl Iterator<Item = &'a WorkplanRow> {
    let own = &view.snapshot.repository;
    let rows = view.snapshot.rows.workplans.iter();
    rows.filter(move |row| row.repository.as_ref() == Some(own))
}

fn row_name(row: &WorkplanRow) -> String {
    let file_id = row.file_id.as_ref().map(FileId::as_str);
    file_id.unwrap_or(row.id.as_str()).to_owned()
}

pub(super) fn foreign_rows(view: &View<'_>, findings: &mut Vec<Finding>) {
    let all = [&view.snapshot.rows, &view.snapshot.elsewhere];
    let titles: BTreeMap<&HubId, &str> = all
        .into_iter()
        .flat_map(|rows| &rows.workplans)
        .map(|row| (&row.id, row.title.as_str()))
        .collect();
    for plan in view.linked {
        let owner = match plan.link {
            // Two files that name it cannot both be given it: told as C-18.
            Link::Unowned(row) if !plan.twice => Some((row, Owner::Nobody)),
            Link::Foreign(row) => row
                .repository
                .clone()
                .map(|other| (row, Owner::Repository(other))),
            _ => None,
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
            let title = titles.get(&row.workplan).copied();
            let title = title.unwrap_or(row.workplan.as_str()).to_owned();
            let kind = Kind::ForeignRow {
                hub_id: row.id.clone(),
                owner: Owner::Workplan(title),
            };
            findings.push(view.in_block(plan.file, task.block, task.block.line, kind));
        }
    }
}

pub(super) fn rows_without_block(view: &View<'_>, findings: &mut Vec<Finding>) {
    // Whose row it is has to be known.
    for plan in view.linked.iter().filter(|plan| !plan.twice) {
        let left_out = view.left_out(plan);
        // A block whose id cannot be read may be that of any row.
        if left_out.iter().any(|item| item.id.is_none()) {
            continue;
        }
        let left_out: BTreeSet<_> = left_out.iter().map(|item| item.id.as_ref()).collect();
        for row in view.without_block(plan) {
            if row.file_id.is_some() && left_out.contains(&row.file_id.as_ref()) {
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

/// Finds rows that people made before there was a file (consistency sheet §9, lesson 7).
pub(super) fn made_by_hand(view: &View<'_>, findings: &mut Vec<Finding>) {
    let folded = |title: &str| title.trim().to_lowercase();
    let mut files: BTreeMap<String, &Linked<'_>> = BTreeMap::new();
    let mut named: BTreeSet<&HubId> = BTreeSet::new();
    for plan in view.linked {
        files.entry(folded(&plan.file.title)).or_insert(plan);
        named.extend(&plan.file.hub_id);
    }
    let rows = view.snapshot.rows.workplans.iter();
    // Of one that a file names it is told that it belongs to nobody.
    let unowned = rows.filter(|row| row.repository.is_none() && !named.contains(&row.id));
    for row in unowned.filter(|row| is_open(row)) {
        let Some(plan) = files.get(&folded(&row.title)) else {
            continue;
        };
        let kind = Kind::MadeByHand {
            hub_id: row.id.clone(),
            title: row.title.clone(),
        };
        findings.push(view.in_file(plan.file, 1, kind));
    }
}
