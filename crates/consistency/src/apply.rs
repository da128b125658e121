//! Performing a plan: the hub first, then the files, each commit after the rows it speaks of.
//!
//! The order is what makes a stop at any point harmless. A row that was made and whose id was not yet
//! written is found again by its file id; a status that is in the hub and not in the file is written
//! back by the next run; an edit that is not committed is in the journal; what is remembered is
//! remembered last.

use std::collections::{BTreeMap, BTreeSet};

use git_client::Repository;
use sync_core::finding::{Finding, Kind};
use sync_core::fix::{Agreed, Commit, Edit, FixPlan, Value, commit_message};
use sync_core::hub::{Hub, HubOutcome, HubWrite};
use sync_core::ids::Slug;
use sync_core::snapshot::Bases;
use sync_core::status::Base;

use crate::edit::{Change, NewValue};
use crate::gather::Gathered;
use crate::journal::Journal;
use crate::run::Request;
use crate::writeback::{FileEdit, Writeback, Written, chain};

/// What is needed to perform a plan.
pub(crate) struct Apply<'a, H> {
    pub(crate) repository: &'a Repository,
    pub(crate) hub: &'a H,
    pub(crate) journal: &'a Journal,
    pub(crate) request: &'a Request,
    /// Nothing can be left to another round.
    pub(crate) last: bool,
}

/// What came of a plan.
#[derive(Debug, Default)]
pub(crate) struct Applied {
    /// The findings all of whose writes were made, by their place in the list.
    pub(crate) mended: BTreeSet<usize>,
    /// The writes that were not made (C-21).
    pub(crate) failed: Vec<Finding>,
    /// What else is to be told.
    pub(crate) notices: Vec<String>,
    /// Something was committed.
    pub(crate) committed: bool,
    /// It is worth to look again: new rows may have more to say, or others were faster.
    pub(crate) again: bool,
    /// What file and hub agree on now.
    pub(crate) agreed: Bases,
}

/// What became of each step of the hub: the answer where the row is there as was asked, else why not.
type Steps = Vec<Result<HubOutcome, String>>;

impl<H: Hub> Apply<'_, H> {
    /// Performs the plan that mends `findings`.
    pub(crate) async fn perform(
        &self,
        plan: &FixPlan,
        findings: &[Finding],
        gathered: &mut Gathered,
    ) -> Applied {
        let mut applied = Applied::default();
        let steps = self.write_hub(plan, &mut applied.again).await;
        applied.again |= plan.unfinished && !self.last && steps.iter().any(Result::is_ok);
        let mut edited = vec![false; plan.edits.len()];
        for commit in Commit::ALL {
            let (numbers, written) =
                self.write_files(commit, plan, &steps, applied.again, gathered);
            applied.committed |= !written.done.is_empty();
            applied.again |= commit == Commit::Link && !written.done.is_empty() && !self.last;
            for &done in &written.done {
                edited[numbers[done]] = true;
            }
            applied
                .failed
                .extend(self.unwritten(&plan.edits, &numbers, &written));
            applied.notices.extend(written.notices);
        }
        applied.failed.extend(self.refused(plan, &steps, findings));
        applied.mended = mended(plan, &steps, &edited);
        applied.agreed = agreed(plan, &steps, &edited);
        applied
    }

    /// Writes to the hub: in one call what can be, then what builds on that.
    async fn write_hub(&self, plan: &FixPlan, raced: &mut bool) -> Steps {
        let mut steps: Vec<Option<Result<HubOutcome, String>>> = vec![None; plan.hub.len()];
        while steps.iter().any(Option::is_none) {
            let (mut numbers, mut writes) = (Vec::new(), Vec::new());
            for (number, step) in plan.hub.iter().enumerate() {
                if steps[number].is_some() {
                    continue;
                }
                match step.after().map(|before| &steps[before]) {
                    None => writes.push(step.write(None)),
                    Some(Some(Ok(before))) => writes.push(step.write(Some(before))),
                    Some(Some(Err(_))) => {
                        steps[number] = Some(Err("what it builds on was not written".into()));
                        continue;
                    }
                    Some(None) => continue,
                }
                numbers.push(number);
            }
            let outcomes = match self.hub.perform(&writes, &self.request.writer).await {
                Ok(outcomes) => {
                    *raced |= !self.last && outcomes.iter().any(was_raced);
                    outcomes.into_iter().map(judged).collect()
                }
                Err(error) => vec![Err(chain(&error)); numbers.len()],
            };
            let short = || Err("the hub did not say what became of it".into());
            let mut outcomes = outcomes.into_iter();
            for number in numbers {
                steps[number] = Some(outcomes.next().unwrap_or_else(short));
            }
        }
        steps.into_iter().flatten().collect()
    }

    /// Writes the edits of one commit, but for those whose row was not written; returns their places in
    /// the plan too.
    ///
    /// If there is another round, statuses wait for it, so that one commit has them all; not those that
    /// go together with a step of the hub.
    fn write_files(
        &self,
        commit: Commit,
        plan: &FixPlan,
        steps: &Steps,
        again: bool,
        gathered: &mut Gathered,
    ) -> (Vec<usize>, Written) {
        let (mut numbers, mut edits) = (Vec::new(), Vec::new());
        for (number, edit) in plan.edits.iter().enumerate() {
            let waits = again && commit == Commit::Status && edit.after.is_none();
            if edit.commit() == commit
                && !waits
                && let Some(change) = change(edit, steps)
            {
                numbers.push(number);
                edits.push(FileEdit {
                    path: edit.path.clone(),
                    change,
                });
            }
        }
        let message = |made: &BTreeSet<usize>| {
            let lines = made
                .iter()
                .map(|&made| line(&plan.edits[numbers[made]], &edits[made]));
            commit_message(commit, &self.request.date, lines)
        };
        let mut writeback = Writeback {
            repository: self.repository,
            journal: self.journal,
            seen: &mut gathered.bytes,
            limit: self.request.limits.git,
        };
        let written = writeback.write(&edits, message);
        (numbers, written)
    }

    /// Tells of edits that were not made: one finding for each reason, since a commit that fails has
    /// one for all its files.
    fn unwritten(&self, edits: &[Edit], numbers: &[usize], written: &Written) -> Vec<Finding> {
        let mut by_reason: BTreeMap<&str, Vec<&Edit>> = BTreeMap::new();
        for (&failed, reason) in &written.failed {
            by_reason
                .entry(reason)
                .or_default()
                .push(&edits[numbers[failed]]);
        }
        let told = by_reason.into_iter().map(|(reason, edits)| {
            let paths: BTreeSet<&str> = edits.iter().map(|edit| edit.path.as_str()).collect();
            let what = match (edits[0].commit(), edits.len()) {
                (Commit::Link, 1) => "the hub's id in the file".to_owned(),
                (Commit::Status, 1) => "the status in the file".to_owned(),
                (Commit::Link, many) => format!("{many} ids of the hub in {} files", paths.len()),
                (Commit::Status, many) => format!("{many} statuses in {} files", paths.len()),
            };
            let path = (paths.len() == 1).then(|| edits[0].path.clone());
            let id = (edits.len() == 1).then(|| edits[0].id.to_string());
            failure(&self.request.repository, path, id, what, reason.to_owned())
        });
        told.collect()
    }

    /// Tells of writes the hub did not make.
    fn refused(&self, plan: &FixPlan, steps: &Steps, findings: &[Finding]) -> Vec<Finding> {
        let refused = plan.hub.iter().zip(steps).filter_map(|(step, outcome)| {
            let reason = outcome.as_ref().err()?.clone();
            let about = step.findings.first().map(|&number| &findings[number]);
            let path = about.and_then(|finding| finding.path.clone());
            let id = about.and_then(|finding| finding.id.clone());
            let what = what(&step.write(None)).to_owned();
            Some(failure(&self.request.repository, path, id, what, reason))
        });
        refused.collect()
    }
}

/// Says whether the row is no longer what it was when it was gathered: a plan names no rank below
/// that of the row it saw, and no row that was not there.
fn was_raced(outcome: &HubOutcome) -> bool {
    matches!(
        outcome,
        HubOutcome::Superseded { .. } | HubOutcome::Regression { .. } | HubOutcome::Missing
    )
}

/// Takes an answer by which a row is there as was asked; else says why it is not.
fn judged(outcome: HubOutcome) -> Result<HubOutcome, String> {
    match outcome {
        HubOutcome::Done(_) | HubOutcome::AlreadySo(_) => Ok(outcome),
        HubOutcome::Superseded { now } => Err(format!("it became {now} meanwhile; run again")),
        HubOutcome::Regression { now } => Err(format!("it is {now}, which must not be taken back")),
        HubOutcome::Missing => Err("the hub no longer has it".into()),
        HubOutcome::Refused { reason } | HubOutcome::Transient { reason } => Err(reason),
    }
}

/// What a write was to change, for messages.
fn what(write: &HubWrite) -> &'static str {
    match write {
        HubWrite::CreateWorkplan { .. } => "the workplan in the hub",
        HubWrite::CreateTask { .. } => "the task in the hub",
        HubWrite::SetWorkplanStatus { .. } | HubWrite::SetTaskStatus { .. } => "the hub's status",
        HubWrite::SetWorkplanTitle { .. } => "the hub's title",
        HubWrite::AdoptWorkplan { .. } => "the hub's repository of the workplan",
        HubWrite::MarkSynced { .. } => "the time of this run in the hub",
    }
}

/// The change an edit stands for; none if the step it builds on was not made.
fn change(edit: &Edit, steps: &Steps) -> Option<Change> {
    let made = match edit.after {
        Some(step) => Some(steps[step].as_ref().ok()?.made()?),
        None => None,
    };
    let value = match &edit.value {
        // Where a row with the file's id was there already, it is that one.
        Value::Link(id) => {
            NewValue::HubId(made.map(|made| made.id.clone()).or_else(|| id.clone())?)
        }
        Value::Status { to, .. } => NewValue::Status((*to).to_owned()),
    };
    Some(Change {
        target: edit.target.clone(),
        value,
    })
}

/// The line of a commit's message: id, value before, value after.
fn line<'e>(edit: &'e Edit, made: &'e FileEdit) -> (&'e str, &'e str, &'e str) {
    let from = match &edit.value {
        Value::Link(_) => "",
        Value::Status { from, .. } => from,
    };
    (edit.id.as_str(), from, made.change.text())
}

fn mended(plan: &FixPlan, steps: &Steps, edited: &[bool]) -> BTreeSet<usize> {
    let of_steps = plan.hub.iter().zip(steps).flat_map(|(step, outcome)| {
        step.findings
            .iter()
            .map(move |&finding| (finding, outcome.is_ok()))
    });
    let of_edits = plan
        .edits
        .iter()
        .zip(edited)
        .map(|(edit, &done)| (edit.finding, done));
    let mut mended = BTreeMap::new();
    for (finding, done) in of_steps.chain(of_edits) {
        *mended.entry(finding).or_insert(true) &= done;
    }
    mended
        .into_iter()
        .filter_map(|(finding, done)| done.then_some(finding))
        .collect()
}

/// What both sides agree on, where what makes them agree was made.
fn agreed(plan: &FixPlan, steps: &Steps, edited: &[bool]) -> Bases {
    let mut bases = Bases::default();
    for remember in &plan.remember {
        let reopens = match remember.step {
            None => remember.reopens,
            Some(step) => {
                let outcome = steps[step].as_ref().ok();
                match outcome.and_then(|outcome| plan.hub[step].agreed(outcome)) {
                    Some(made) => made.reopens,
                    None => continue,
                }
            }
        };
        if remember.edit.is_some_and(|edit| !edited[edit]) {
            continue;
        }
        match remember.agreed.clone() {
            Agreed::Workplan(id, status) => {
                bases.workplans.insert(id, Base { status, reopens });
            }
            Agreed::Title(id, title) => {
                bases.titles.insert(id, title);
            }
            Agreed::Task(key, status) => {
                bases.tasks.insert(key, Base { status, reopens });
            }
        }
    }
    bases
}

/// A write that was not made (C-21).
pub(crate) fn failure(
    repository: &Slug,
    path: Option<String>,
    id: Option<String>,
    what: impl Into<String>,
    reason: String,
) -> Finding {
    let kind = Kind::WriteFailed {
        what: what.into(),
        reason,
    };
    Finding {
        repository: repository.clone(),
        path,
        line: None,
        id,
        kind,
    }
}
