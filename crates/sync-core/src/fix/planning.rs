//! A plan while it is made.

use super::{Agreed, Edit, FixPlan, HubStep, Planned, Remember, Target, Value};
use crate::finding::{Finding, Kind};
use crate::ids::FileId;
use crate::snapshot::Snapshot;
use crate::workplan::{TaskBlock, Workplan};
use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// Where a finding is: its path and id.
type Place<'a> = (&'a str, &'a str);

pub(super) struct Planning<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) findings: &'a [Finding],
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
        git.obstruction.is_none() && !git.dirty.contains(path)
    }

    pub(super) fn step(&mut self, finding: usize, write: Planned) -> usize {
        let findings = vec![finding];
        self.plan.hub.push(HubStep { findings, write });
        self.plan.hub.len() - 1
    }

    pub(super) fn edit(&mut self, edit: Edit) -> usize {
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

    /// Plans the edit that makes both sides agree, where one is needed and may be made, and what is
    /// remembered then.
    pub(super) fn settle(
        &mut self,
        edit: StatusEdit<'_>,
        change: Option<(String, &'static str)>,
        agreed: Agreed,
        reopens: u32,
    ) {
        let step = edit.after;
        let Some((from, to)) = change else {
            return self.remember(agreed, reopens, step, None);
        };
        if !self.snapshot.mode.writeback || !self.is_writable(edit.path) {
            return;
        }
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
