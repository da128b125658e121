//! Ids that are used more than once: C-18.

use super::View;
use super::links::twice as more_than_once;
use crate::finding::{Finding, Kind, Place, Repeated};
use crate::ids::{FileId, HubId, Slug};
use crate::workplan::{TaskBlock, Workplan};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

pub(super) fn twice(view: &View<'_>, findings: &mut Vec<Finding>) {
    let files = || view.linked.iter().map(|plan| plan.file);
    for id in more_than_once(files().map(|file| &file.id)) {
        let places: Vec<_> = files().filter(|file| file.id == *id).collect();
        for file in &places {
            let others = places.iter().filter(|other| other.path != file.path);
            let also = others.map(|other| in_file(other, 1)).collect();
            let what = Repeated::Workplan;
            findings.push(view.in_file(file, 1, Kind::Twice { what, also }));
        }
    }
    for (file, also) in files().filter_map(|file| Some((file, elsewhere(view, file)?))) {
        let what = Repeated::Workplan;
        findings.push(view.in_file(file, 1, Kind::Twice { what, also }));
    }
    tasks_twice(view, findings);
    links_twice(view, findings);
}

/// Finds the other repositories that have a workplan of this id.
fn elsewhere(view: &View<'_>, file: &Workplan) -> Option<Vec<Place>> {
    let own = &view.snapshot.repository;
    let rows = view.snapshot.elsewhere.workplans.iter();
    let others: BTreeSet<&Slug> = rows
        .filter(|row| row.file_id.as_ref() == Some(&file.id))
        .filter_map(|row| row.repository.as_ref())
        .filter(|slug| *slug != own)
        .collect();
    (!others.is_empty()).then(|| others.into_iter().cloned().map(Place::Repository).collect())
}

/// A task's id must be used once in its workplan; one that names its workplan, once in all of them.
fn tasks_twice(view: &View<'_>, findings: &mut Vec<Finding>) {
    let mut uses: BTreeMap<&FileId, Vec<(&Workplan, &TaskBlock)>> = BTreeMap::new();
    for file in view.linked.iter().map(|plan| plan.file) {
        for block in &file.tasks {
            uses.entry(&block.id).or_default().push((file, block));
        }
    }
    for places in uses.values().filter(|places| places.len() > 1) {
        let qualified = places
            .iter()
            .any(|(file, block)| block.id.as_str().starts_with(file.id.as_str()));
        for (file, block) in places {
            let also: Vec<Place> = places
                .iter()
                .filter(|(other, at)| (&other.path, at.line) != (&file.path, block.line))
                .filter(|(other, _)| qualified || other.path == file.path)
                .map(|(other, at)| in_file(other, at.line))
                .collect();
            if !also.is_empty() {
                let what = Repeated::Task;
                findings.push(view.in_block(file, block, block.line, Kind::Twice { what, also }));
            }
        }
    }
}

/// Where a row is named: the file, the block, the line.
type Use<'a> = (&'a Workplan, Option<&'a TaskBlock>, u32);

/// A row may be named once.
fn links_twice(view: &View<'_>, findings: &mut Vec<Finding>) {
    let mut uses: BTreeMap<&HubId, Vec<Use<'_>>> = BTreeMap::new();
    for file in view.linked.iter().map(|plan| plan.file) {
        if let Some(id) = &file.hub_id {
            uses.entry(id)
                .or_default()
                .push((file, None, file.hub_id_line));
        }
        for block in &file.tasks {
            if let Some(id) = &block.hub_id {
                uses.entry(id)
                    .or_default()
                    .push((file, Some(block), block.line));
            }
        }
    }
    for (id, places) in uses.into_iter().filter(|(_, places)| places.len() > 1) {
        for (file, block, line) in &places {
            let others = places
                .iter()
                .filter(|(other, _, at)| (&other.path, at) != (&file.path, line));
            let kind = Kind::Twice {
                what: Repeated::Row(id.clone()),
                also: others.map(|(other, _, at)| in_file(other, *at)).collect(),
            };
            findings.push(match block {
                None => view.in_file(file, *line, kind),
                Some(block) => view.in_block(file, block, *line, kind),
            });
        }
    }
}

fn in_file(file: &Workplan, line: u32) -> Place {
    Place::File {
        path: file.path.clone(),
        line,
    }
}
