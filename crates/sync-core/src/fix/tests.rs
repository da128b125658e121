//! For each finding what is planned, and what is not.

use super::{Agreed, FixPlan, HubStep, Planned, Remember, Target, Value, plan_fixes};
use crate::check::check;
use crate::hub::{HubOutcome, HubWrite, Made, Version};
use crate::ids::HubId;
use crate::snapshot::Snapshot;
use crate::snapshot::scene::scene;
use crate::status::Status;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

mod blocked;
mod linking;
mod statuses;

/// Tells a plan in short, a line for each thing and in brackets the findings it mends.
fn short(plan: &FixPlan, codes: &[String]) -> Vec<String> {
    let codes = |numbers: &[usize]| {
        let codes: Vec<&str> = numbers.iter().map(|n| codes[*n].as_str()).collect();
        codes.join(" ")
    };
    let steps = plan.hub.iter().map(|step| {
        let after = step
            .after()
            .map_or_else(String::new, |after| format!(" after {after}"));
        format!(
            "[{}] {}{after}",
            codes(&step.findings),
            write(&step.write(None))
        )
    });
    let edits = plan.edits.iter().map(|edit| {
        let after = edit
            .after
            .map_or_else(String::new, |after| format!(" after {after}"));
        let at = match &edit.target {
            Target::Workplan => format!("{}", edit.id),
            Target::Task(id) => format!("{id}"),
        };
        let value = match &edit.value {
            Value::Link(Some(id)) => format!("names {id}"),
            Value::Link(None) => "names what is made".into(),
            Value::Status { from, to } => format!("{from} → {to}"),
        };
        format!("[{}] file: {at} {value}{after}", codes(&[edit.finding]))
    });
    let remembered = plan.remember.iter().filter_map(|remember| {
        let what = match &remember.agreed {
            Agreed::Workplan(_, status) => format!("plan {}", status.word()),
            Agreed::Task(key, status) => format!("{} {}", key.task, status.word()),
            Agreed::Title(..) => return None,
        };
        let Remember {
            step,
            edit,
            reopens,
            ..
        } = remember;
        let at = |what, number: &Option<usize>| {
            number.map_or_else(String::new, |number| format!(" {what} {number}"))
        };
        let reopens = if *reopens > 0 {
            format!(" reopened {reopens}")
        } else {
            String::new()
        };
        Some(format!(
            "base: {what}{reopens}{}{}",
            at("step", step),
            at("edit", edit)
        ))
    });
    steps.chain(edits).chain(remembered).collect()
}

fn write(write: &HubWrite) -> String {
    let seen = |seen: &Version, reopen: bool| {
        format!(" seen {}{}", seen.0, if reopen { " reopen" } else { "" })
    };
    let new = |id: &Option<HubId>| id.as_ref().map_or_else(|| "?".into(), HubId::to_string);
    match write {
        HubWrite::CreateWorkplan {
            id,
            file_id,
            status,
            ..
        } => {
            format!("make {file_id} as {} {}", new(id), status.word())
        }
        HubWrite::CreateTask {
            id,
            workplan,
            file_id,
            status,
            ..
        } => {
            format!(
                "make {file_id} as {} {} in '{workplan}'",
                new(id),
                status.word()
            )
        }
        HubWrite::SetWorkplanStatus {
            id,
            seen: at,
            status,
            reopen,
        } => {
            format!("{id} {}{}", status.word(), seen(at, *reopen))
        }
        HubWrite::SetTaskStatus {
            id,
            seen: at,
            status,
            reopen,
        } => {
            format!("{id} {}{}", status.word(), seen(at, *reopen))
        }
        HubWrite::SetWorkplanTitle {
            id,
            seen: at,
            title,
        } => {
            format!("{id} '{title}'{}", seen(at, false))
        }
        HubWrite::AdoptWorkplan {
            id,
            seen: at,
            repository,
            file_id,
        } => {
            format!("{id} to {repository} as {file_id}{}", seen(at, false))
        }
        HubWrite::MarkSynced { repository } => format!("{repository} synced"),
    }
}

fn planned(snapshot: &Snapshot) -> (FixPlan, Vec<String>) {
    let findings = check(snapshot);
    let plan = plan_fixes(snapshot, &findings);
    let codes = findings.iter().map(|finding| finding.code().to_string());
    (plan, codes.collect())
}

/// Plans for the scene after a change, and leaves out what is remembered of what did not change.
#[track_caller]
fn plans(change: impl FnOnce(&mut Snapshot), expected: &[&str]) -> FixPlan {
    let mut snapshot = scene();
    snapshot.mode.fix = true;
    change(&mut snapshot);
    let (plan, codes) = planned(&snapshot);
    let unchanged = [
        "base: plan active",
        "base: T01 todo",
        "base: T02 in_progress",
    ];
    let mut told = short(&plan, &codes);
    told.retain(|line| !unchanged.contains(&line.as_str()));
    assert_eq!(told, expected);
    plan
}

#[test]
fn nothing_is_planned_but_to_remember_what_agrees() {
    let (plan, codes) = planned(&scene());
    let expected = [
        "base: plan active",
        "base: T01 todo",
        "base: T02 in_progress",
    ];
    assert_eq!(short(&plan, &codes), expected);
    let title = plan
        .remember
        .iter()
        .filter(|remember| matches!(remember.agreed, Agreed::Title(..)));
    assert_eq!(title.count(), 1);
}

#[test]
fn a_write_names_the_version_of_the_step_before_but_not_one_that_others_made() {
    let write = HubWrite::SetWorkplanTitle {
        id: HubId::new("p1"),
        seen: Version(7),
        title: "New".into(),
    };
    let step = HubStep {
        findings: Vec::new(),
        write: Planned::SeenAfter(0, write),
    };
    let made = Made {
        id: HubId::new("p1"),
        version: Version(9),
        reopens: 0,
    };
    let seen = |before| match step.write(Some(&before)) {
        HubWrite::SetWorkplanTitle { seen, .. } => seen,
        write => panic!("{write:?}"),
    };
    assert_eq!(seen(HubOutcome::Done(made.clone())), Version(9));
    assert_eq!(seen(HubOutcome::AlreadySo(made)), Version(7));
}
