//! A plan while it is made.

use super::{Agreed, Edit, FixPlan, HubStep, Planned, Remember, Target, Value};
use crate::finding::{Finding, Kind};
use crate::ids::{FileId, HubId};
use crate::snapshot::Snapshot;
use crate::status::{Status, Word};
use crate::workplan::{TaskBlock, Workplan};
use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;

/// Where a finding is: its path and id.
type Place<'a> = (&'a str, &'a str);

pub(super) struct Planning<'a> {
    pub(super) snapshot: &'a Snapshot,
    findings: &'a [Finding],
    places: BTreeMap<Place<'a>, Vec<usize>>,
    pub(super) plan: FixPlan,
}

impl<'a> Planning<'a> {
    pub(super) fn new(snapshot: &'a Snapshot, findings: &'a [Finding]) -> Self {
        let mut places: BTreeMap<Place<'a>, Vec<usize>> = BTreeMap::new();
        for (number, finding) in findings.iter().enumerate() {
            if let (Some(path), Some(id)) = (&finding.path, &finding.id) {
                places.entry((path, id)).or_default().push(number);
            }
        }
        Self {
            snapshot,
            findings,
            places,
            plan: FixPlan::default(),
        }
    }

    /// Finds what was found about a workplan or a task of it, by its kind.
    pub(super) fn finding(
        &self,
        file: &Workplan,
        block: Option<&TaskBlock>,
        is: impl Fn(&Kind) -> bool,
    ) -> Option<usize> {
        let id = block.map_or(file.id.as_str(), |block| block.id.as_str());
        let numbers = self.places.get(&(file.path.as_str(), id))?;
        let found = numbers
            .iter()
            .find(|number| is(&self.findings[**number].kind));
        found.copied()
    }

    /// Tells whether a file may be edited and committed now.
    pub(super) fn is_writable(&self, path: &str) -> bool {
        let git = &self.snapshot.git;
        git.obstruction.is_none() && !git.dirty.contains(path) && !git.unfit.contains_key(path)
    }

    pub(super) fn step(&mut self, finding: usize, write: Planned) -> usize {
        let findings = vec![finding];
        self.plan.hub.push(HubStep { findings, write });
        self.plan.hub.len() - 1
    }

    fn edit(&mut self, edit: Edit) -> usize {
        self.plan.edits.push(edit);
        self.plan.edits.len() - 1
    }

    pub(super) fn remember(
        &mut self,
        agreed: Agreed,
        reopens: u32,
        step: Option<usize>,
        edit: Option<usize>,
    ) {
        self.plan.remember.push(Remember {
            agreed,
            reopens,
            step,
            edit,
        });
    }

    /// Says that a step mends another finding too.
    pub(super) fn also_mends(&mut self, step: usize, finding: Option<usize>) {
        self.plan.hub[step].findings.extend(finding);
    }

    /// Plans to write the id of a row, a known one or the one that a step makes, into the front matter
    /// or a block.
    pub(super) fn link(
        &mut self,
        finding: usize,
        file: &Workplan,
        block: Option<&TaskBlock>,
        row: Option<HubId>,
        after: Option<usize>,
    ) {
        let id = block.map_or(&file.id, |block| &block.id);
        self.edit(Edit {
            finding,
            path: file.path.clone(),
            id: id.clone(),
            target: block.map_or(Target::Workplan, |block| Target::Task(block.id.clone())),
            value: Value::Link(row),
            after,
        });
    }

    /// Plans the edit by which a file has a status, where it has another and may be edited, and what
    /// is remembered then.
    pub(super) fn settle<S: Status>(
        &mut self,
        edit: StatusEdit<'_>,
        word: Option<&Word<S>>,
        target: S,
        agreed: Agreed,
        reopens: u32,
    ) {
        let step = edit.after;
        if word.and_then(Word::known) == Some(target) {
            return self.remember(agreed, reopens, step, None);
        }
        if !self.snapshot.mode.writeback || !self.is_writable(edit.path) {
            return;
        }
        let from = word.map(ToString::to_string).unwrap_or_default();
        let to = target.word();
        let number = self.edit(Edit {
            finding: edit.finding,
            path: edit.path.to_owned(),
            id: edit.id.clone(),
            target: edit.target,
            value: Value::Status { from, to },
            after: step,
        });
        self.remember(agreed, reopens, step, Some(number));
    }
}

/// An edit of a status that may be needed.
pub(super) struct StatusEdit<'a> {
    pub(super) finding: usize,
    pub(super) path: &'a str,
    pub(super) id: &'a FileId,
    pub(super) target: Target,
    pub(super) after: Option<usize>,
}
