//! What statuses say by themselves and together: C-15, C-19, C-20.

use super::View;
use super::drift::{settled_task, workplan_way};
use super::links::{Link, Linked};
use crate::finding::{Finding, Kind, Side};
use crate::hub::TaskRow;
use crate::ids::FileId;
use crate::snapshot::Snapshot;
use crate::status::{Status, Word, WorkplanStatus};
use alloc::borrow::ToOwned;
use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

pub(super) fn all_tasks_closed(view: &View<'_>, findings: &mut Vec<Finding>) {
    for plan in view.linked {
        let Some(status) = settled_workplan(view.snapshot, plan) else {
            continue;
        };
        // Who opens a workplan again has more to do in it.
        if plan.reopened {
            continue;
        }
        if status.is_closed() || plan.tasks.is_empty() || !is_done(view, plan) {
            continue;
        }
        let kind = Kind::AllTasksClosed {
            title: plan.file.title.clone(),
            tasks: plan.tasks.len(),
            status,
        };
        findings.push(view.in_file(plan.file, plan.file.status_line, kind));
    }
}

/// Returns the status a workplan has on both sides once the run is through; a row yet to be made has
/// the file's.
fn settled_workplan(snapshot: &Snapshot, plan: &Linked<'_>) -> Option<WorkplanStatus> {
    let file = plan.file.status.as_ref()?.known()?;
    if plan.twice {
        return None;
    }
    match (&plan.link, workplan_way(snapshot, plan)) {
        (Link::None, _) => Some(file),
        (link, None) => link.row()?.status.known().filter(|hub| *hub == file),
        (_, Some(way)) => way.settled(),
    }
}

/// Tells whether nothing is left to do: no block that is open or cannot be read, no open task of the
/// hub without a block.
fn is_done(view: &View<'_>, plan: &Linked<'_>) -> bool {
    let closed = plan
        .tasks
        .iter()
        .all(|task| settled_task(view.snapshot, plan, task).is_some_and(Status::is_closed));
    let open = |row: &TaskRow| !row.status.known().is_some_and(Status::is_closed);
    let open_row = view.without_block(plan).any(open);
    view.left_out(plan).is_empty() && closed && !open_row
}

pub(super) fn words(view: &View<'_>, findings: &mut Vec<Finding>) {
    for plan in view.linked {
        let (file, line) = (plan.file, plan.file.status_line);
        let hub = plan.link.row().map(|row| &row.status);
        for kind in odd(file.status.as_ref(), hub) {
            findings.push(view.in_file(file, line, kind));
        }
        let mut aliases = BTreeSet::new();
        aliases.extend(file.status.as_ref().and_then(alias));
        for task in &plan.tasks {
            let hub = task.link.row().map(|row| &row.status);
            for kind in odd(task.block.status.as_ref(), hub) {
                findings.push(view.in_block(file, task.block, task.block.status_line, kind));
            }
            aliases.extend(task.block.status.as_ref().and_then(alias));
        }
        if !aliases.is_empty() {
            let words = aliases.into_iter().collect();
            findings.push(view.in_file(file, line, Kind::Aliases { words }));
        }
    }
}

fn odd<S: Status>(file: Option<&Word<S>>, hub: Option<&Word<S>>) -> Vec<Kind> {
    let known = || S::TABLE.iter().map(|(_, word, ..)| *word).collect();
    let unknown = |word: &Word<S>, side| match word {
        Word::Known { .. } => None,
        Word::Unknown(word) => Some(Kind::UnknownStatus {
            word: word.clone(),
            side,
            known: known(),
        }),
    };
    let here = match file {
        None => Some(Kind::NoStatus { known: known() }),
        Some(word) => unknown(word, Side::File),
    };
    let there = hub.and_then(|word| unknown(word, Side::Hub));
    here.into_iter().chain(there).collect()
}

/// Returns an older word with the one it is read as; a word in other letters is no other word.
fn alias<S: Status>(word: &Word<S>) -> Option<(String, &'static str)> {
    match word {
        Word::Known {
            status,
            alias: Some(alias),
        } if !alias.eq_ignore_ascii_case(status.word()) => Some((alias.clone(), status.word())),
        _ => None,
    }
}

pub(super) fn closed_with_open_tasks(view: &View<'_>, findings: &mut Vec<Finding>) {
    for plan in view.linked {
        let status = plan.file.status.as_ref().and_then(Word::known);
        let closed = match status.filter(|status| status.is_closed()) {
            Some(status) => status.word().to_owned(),
            None if plan.file.archived => "its file is archived".to_string(),
            None => continue,
        };
        let open: Vec<FileId> = plan
            .tasks
            .iter()
            .filter(|task| {
                let status = task.block.status.as_ref().and_then(Word::known);
                status.is_some_and(|status| !status.is_closed())
            })
            .map(|task| task.block.id.clone())
            .collect();
        if !open.is_empty() {
            let kind = Kind::ClosedWithOpenTasks { closed, open };
            findings.push(view.in_file(plan.file, plan.file.status_line, kind));
        }
    }
}
