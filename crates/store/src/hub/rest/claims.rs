//! Which row is the one of a file id, where several may say so.
//!
//! Of rows that say it themselves the oldest is the one: two machines may have made twins at the same
//! moment, and both choose alike. Of rows that are merely likely none is, unless it is the only one.

use std::collections::BTreeMap;

use sync_core::ids::{FileId, HubId};

use super::names::{self, Claim};
use super::rows::{Plan, Task};

/// What was found for a file id.
#[derive(Debug)]
pub(super) enum Found<'a, R> {
    None,
    One(&'a R),
    /// Several that may be it.
    Several(Vec<&'a R>),
}

/// A row that may claim a file id.
pub(super) trait Claimant {
    fn id(&self) -> &HubId;

    /// What orders rows by age: when it was made, as the hub's clock has it.
    fn born(&self) -> &str;
}

impl Claimant for Plan {
    fn id(&self) -> &HubId {
        &self.id
    }

    fn born(&self) -> &str {
        self.kept.born()
    }
}

impl Claimant for Task {
    fn id(&self) -> &HubId {
        &self.id
    }

    fn born(&self) -> &str {
        self.kept.born()
    }
}

/// Finds the workplan of a repository with a file id.
pub(super) fn find_plan<'a>(
    plans: &'a [Plan],
    repo: Option<&str>,
    file_id: &FileId,
) -> Found<'a, Plan> {
    let own = plans.iter().filter(|plan| plan.repo.as_deref() == repo);
    choose(own.filter_map(|plan| Some((names::slug_claims(&plan.slug, file_id)?, plan))))
}

/// Finds the task of a workplan with a file id.
pub(super) fn find_task<'a>(
    tasks: &'a [Task],
    plan: &HubId,
    plan_file_id: Option<&FileId>,
    file_id: &FileId,
) -> Found<'a, Task> {
    let own = tasks.iter().filter(|task| task.plan == *plan);
    choose(own.filter_map(|task| {
        let claim = names::title_claims(&task.title, file_id, plan_file_id)?;
        Some((claim, task))
    }))
}

/// Tells the file ids of workplans.
pub(super) fn plan_file_ids(plans: &[Plan]) -> BTreeMap<HubId, FileId> {
    let told = plans.iter().filter_map(|plan| {
        let (file_id, claim) = names::read_slug(&plan.slug)?;
        Some(((plan.repo.as_deref(), file_id), (claim, plan)))
    });
    settle(told).map(|((_, id), row)| (row, id)).collect()
}

/// Tells the file ids of tasks, given those of their workplans.
pub(super) fn task_file_ids(
    tasks: &[Task],
    plans: &BTreeMap<HubId, FileId>,
) -> BTreeMap<HubId, FileId> {
    let told = tasks.iter().filter_map(|task| {
        let (file_id, claim) = names::read_title(&task.title, plans.get(&task.plan))?;
        Some(((&task.plan, file_id), (claim, task)))
    });
    settle(told).map(|((_, id), row)| (row, id)).collect()
}

/// Gives each key to the row it is given to, if there is one.
fn settle<'a, K: Ord, R: Claimant + 'a>(
    told: impl Iterator<Item = (K, (Claim, &'a R))>,
) -> impl Iterator<Item = (K, HubId)> {
    let mut claims: BTreeMap<K, Vec<(Claim, &R)>> = BTreeMap::new();
    for (key, claim) in told {
        claims.entry(key).or_default().push(claim);
    }
    let one = |(key, claims): (K, Vec<(Claim, &R)>)| match choose(claims.into_iter()) {
        Found::One(row) => Some((key, row.id().clone())),
        Found::None | Found::Several(_) => None,
    };
    claims.into_iter().filter_map(one)
}

fn choose<'a, R: Claimant>(claims: impl Iterator<Item = (Claim, &'a R)>) -> Found<'a, R> {
    let (sure, likely): (Vec<_>, Vec<_>) = claims.partition(|(claim, _)| *claim == Claim::Sure);
    let sure = sure.into_iter().map(|(_, row)| row);
    if let Some(oldest) = sure.min_by_key(|row| (row.born(), row.id())) {
        return Found::One(oldest);
    }
    match likely[..] {
        [] => Found::None,
        [(_, only)] => Found::One(only),
        _ => Found::Several(likely.into_iter().map(|(_, row)| row).collect()),
    }
}

/// Says that several rows may be the one of a file id, for a refusal.
pub(super) fn undecided<R: Claimant>(file_id: &FileId, rows: &[&R]) -> String {
    let ids: Vec<_> = rows.iter().map(|row| row.id().as_str()).collect();
    format!(
        "several rows may be {file_id}: {}; write the id of the right one into the file",
        ids.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::super::rows::Row;
    use super::*;
    use serde_json::json;

    fn plan(id: &str, slug: &str, born: &str) -> Plan {
        let row = json!({ "id": id, "slug": slug, "status": "active", "created_at": born });
        Plan::read(&row).unwrap()
    }

    fn found(plans: &[Plan], file_id: &str) -> String {
        match find_plan(plans, None, &FileId::new(file_id)) {
            Found::None => "none".into(),
            Found::One(row) => row.id.to_string(),
            Found::Several(rows) => undecided(&FileId::new(file_id), &rows),
        }
    }

    #[test]
    fn the_oldest_of_twins_is_the_one() {
        let twins = [
            plan("a", "wp-1", "2"),
            plan("b", "wp-1", "1"),
            plan("c", "wp-1", "1"),
        ];
        assert_eq!(found(&twins, "WP-1"), "b");
        let ids = plan_file_ids(&twins);
        assert_eq!(
            ids.into_iter().collect::<Vec<_>>(),
            [(HubId::new("b"), FileId::new("WP-1"))]
        );
    }

    #[test]
    fn a_likely_row_is_the_one_only_if_no_other_is() {
        let likely = plan("a", "wp-1-steps", "1");
        assert_eq!(found(std::slice::from_ref(&likely), "WP-1"), "a");
        let other = plan("b", "wp-1-more", "2");
        assert_eq!(
            found(&[likely, other], "WP-1"),
            "several rows may be WP-1: a, b; write the id of the right one into the file"
        );
        let sure = plan("c", "wp-1", "3");
        assert_eq!(found(&[plan("a", "wp-1-steps", "1"), sure], "WP-1"), "c");
        assert_eq!(found(&[], "WP-1"), "none");
    }
}
