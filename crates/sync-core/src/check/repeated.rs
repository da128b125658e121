//! Ids that are used more than once: C-18.

use super::View;
use super::links::{Link, Linked};
use crate::finding::{Finding, Kind, Place, Repeated};
use crate::ids::{FileId, HubId, Slug};
use crate::workplan::{TaskBlock, Workplan};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

/// How many other places a finding names: each of a thousand copies naming all the others would be a
/// million.
const NAMED: usize = 3;

/// Where an id is used: the file, the block, the line.
type Use<'a> = (&'a Workplan, Option<&'a TaskBlock>, u32);

pub(super) fn twice(view: &View<'_>, findings: &mut Vec<Finding>) {
    workplans_twice(view, findings);
    workplans_elsewhere(view, findings);
    tasks_twice(view, findings);
    links_twice(view, findings);
    several_rows(view, findings);
}

/// Tells of every place of one thing that it is used in the others as well.
fn tell(view: &View<'_>, what: &Repeated, places: &[Use<'_>], findings: &mut Vec<Finding>) {
    if places.len() < 2 {
        return;
    }
    for (number, (file, block, line)) in places.iter().enumerate() {
        // The next ones, and behind the last the first: no place is left unnamed.
        let others = places[number + 1..].iter().chain(&places[..number]);
        let also = others.take(NAMED).map(|(other, _, at)| Place::File {
            path: other.path.clone(),
            line: *at,
        });
        let kind = Kind::Twice {
            what: what.clone(),
            also: also.collect(),
            more: (places.len() - 1).saturating_sub(NAMED),
        };
        findings.push(match block {
            None => view.in_file(file, *line, kind),
            Some(block) => view.in_block(file, block, *line, kind),
        });
    }
}

fn workplans_twice(view: &View<'_>, findings: &mut Vec<Finding>) {
    let mut uses: BTreeMap<&FileId, Vec<Use<'_>>> = BTreeMap::new();
    for file in view.linked.iter().map(|plan| plan.file) {
        uses.entry(&file.id).or_default().push((file, None, 1));
    }
    for places in uses.values() {
        tell(view, &Repeated::Workplan, places, findings);
    }
}

/// A workplan's id must be no other repository's (consistency sheet §9, lesson 14).
fn workplans_elsewhere(view: &View<'_>, findings: &mut Vec<Finding>) {
    let own = &view.snapshot.repository;
    let mut owners: BTreeMap<&FileId, BTreeSet<&Slug>> = BTreeMap::new();
    for row in &view.snapshot.elsewhere.workplans {
        if let (Some(id), Some(slug)) = (&row.file_id, &row.repository)
            && slug != own
        {
            owners.entry(id).or_default().insert(slug);
        }
    }
    for file in view.linked.iter().map(|plan| plan.file) {
        let Some(slugs) = owners.get(&file.id) else {
            continue;
        };
        let also = slugs.iter().take(NAMED).copied().cloned();
        let kind = Kind::Twice {
            what: Repeated::Workplan,
            also: also.map(Place::Repository).collect(),
            more: slugs.len().saturating_sub(NAMED),
        };
        findings.push(view.in_file(file, 1, kind));
    }
}

/// A task's id must be used once in its workplan; one that names its workplan, once in all of them.
fn tasks_twice(view: &View<'_>, findings: &mut Vec<Finding>) {
    let mut uses: BTreeMap<&FileId, Vec<Use<'_>>> = BTreeMap::new();
    for file in view.linked.iter().map(|plan| plan.file) {
        for block in &file.tasks {
            let places = uses.entry(&block.id).or_default();
            places.push((file, Some(block), block.line));
        }
    }
    for (id, places) in uses {
        let names_its_workplan = |(file, ..): &Use<'_>| id.as_str().starts_with(file.id.as_str());
        if places.iter().any(names_its_workplan) {
            tell(view, &Repeated::Task, &places, findings);
            continue;
        }
        // The places of one file are beside each other.
        for places in places.chunk_by(|(a, ..), (b, ..)| a.path == b.path) {
            tell(view, &Repeated::Task, places, findings);
        }
    }
}

/// A row may be named once, and by no file but that whose id it bears.
fn links_twice(view: &View<'_>, findings: &mut Vec<Finding>) {
    let mut uses: BTreeMap<&HubId, Vec<Use<'_>>> = BTreeMap::new();
    for plan in view.linked {
        let file = plan.file;
        if let Some(id) = plan.row_id() {
            let places = uses.entry(id).or_default();
            places.push((file, None, file.hub_id_line));
        }
        for task in &plan.tasks {
            if let Some(id) = task.row_id() {
                let places = uses.entry(id).or_default();
                places.push((file, Some(task.block), task.block.line));
            }
        }
    }
    for (id, places) in uses {
        // Of those that all bear one id, that is told already.
        let is_other = |(file, block, _): &Use<'_>| {
            let (first, of_first, _) = places[0];
            file.id != first.id || block.map(|block| &block.id) != of_first.map(|block| &block.id)
        };
        if places.iter().any(is_other) {
            tell(view, &Repeated::Row(id.clone()), &places, findings);
        }
    }
}

/// Of several rows that bear its id, a file that names none cannot tell which is its own.
fn several_rows(view: &View<'_>, findings: &mut Vec<Finding>) {
    let kind = |what, ids: Vec<&HubId>| Kind::Twice {
        what,
        also: ids
            .iter()
            .take(NAMED)
            .copied()
            .cloned()
            .map(Place::Row)
            .collect(),
        more: ids.len().saturating_sub(NAMED),
    };
    for Linked {
        file, link, tasks, ..
    } in view.linked
    {
        if let Link::Several(rows) = link {
            let ids = rows.iter().map(|row| &row.id).collect();
            let kind = kind(Repeated::Workplan, ids);
            findings.push(view.in_file(file, file.hub_id_line, kind));
        }
        for task in tasks {
            if let Link::Several(rows) = &task.link {
                let ids = rows.iter().map(|row| &row.id).collect();
                let kind = kind(Repeated::Task, ids);
                findings.push(view.in_block(file, task.block, task.block.line, kind));
            }
        }
    }
}
