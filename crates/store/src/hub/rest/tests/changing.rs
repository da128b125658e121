//! What the contract's clauses about versions, reopens and owners leave for this hub.

use super::*;
use sync_core::status::Status;

#[test]
fn each_change_has_a_version_of_its_own() {
    let (stage, plan) = Stage::scene(Age::June);
    let mut row = stage.done(&new_task(&plan, "T1", TaskStatus::Todo));
    let mut versions = vec![row.version];
    for status in [
        TaskStatus::Blocked,
        TaskStatus::InProgress,
        TaskStatus::Blocked,
    ] {
        row = stage.done(&set(&row.id, row.version, status, false));
        let now = stage.look_up(&[row.id.as_str()]).tasks.remove(0);
        assert_eq!(
            (now.status, now.state.version),
            (status.into(), row.version)
        );
        assert!(!versions.contains(&row.version), "{versions:?}");
        versions.push(row.version);
    }
    stage.fake.hide_times();
    let there = stage
        .look_up(&[row.id.as_str()])
        .tasks
        .remove(0)
        .state
        .version;
    stage.set(&row.id, TaskStatus::InProgress, false);
    stage.set(&row.id, TaskStatus::Blocked, false);
    let back = stage
        .look_up(&[row.id.as_str()])
        .tasks
        .remove(0)
        .state
        .version;
    assert_eq!(there, back, "without its time a row is what it was");
}

#[test]
fn no_workplan_falls_in_rank_but_by_a_reopen_which_is_not_counted() {
    let stage = Stage::new(Age::June);
    stage.register("shop");
    for (n, (from, ..)) in WorkplanStatus::TABLE.iter().enumerate() {
        for (m, (to, ..)) in WorkplanStatus::TABLE.iter().enumerate() {
            let file_id = format!("WP-{n}{m}");
            stage.done(&new_plan(&file_id, *from));
            let row = stage.look_up(&[&file_id]).workplans.remove(0);
            assert_eq!(row.status, (*from).into());
            let falls = to.rank() < from.rank();
            if falls {
                let outcome = stage.one(&set_plan(&row, *to, false));
                let now = from.word().into();
                assert_eq!(
                    outcome,
                    HubOutcome::Regression { now },
                    "{from:?} to {to:?}"
                );
            }
            if to != from {
                assert_eq!(stage.done(&set_plan(&row, *to, falls)).reopens, 0);
            }
        }
    }
}

#[test]
fn a_reopened_task_is_open_and_counts_nothing() {
    let (stage, plan) = Stage::scene(Age::June);
    let row = stage.done(&new_task(&plan, "T1", TaskStatus::Done));
    let lower = stage.set(&row.id, TaskStatus::Todo, false);
    assert_eq!(lower, HubOutcome::Regression { now: "done".into() });
    let made = stage.set(&row.id, TaskStatus::Todo, true);
    assert!(
        matches!(made, HubOutcome::Done(Made { reopens: 0, .. })),
        "{made:?}"
    );
    assert_eq!(stage.fake.row("tasks", row.id.as_str())["status"], "todo");
}

#[test]
fn an_unknown_word_is_never_overwritten() {
    let (stage, plan) = Stage::scene(Age::June);
    let task = stage.done(&new_task(&plan, "T1", TaskStatus::Todo)).id;
    let hand = stage.fake.hand();
    hand.change("tasks", task.as_str(), json!({ "status": "halfway" }));
    hand.change("workplans", plan.as_str(), json!({ "status": "halfway" }));
    for (status, reopen) in [(TaskStatus::Done, false), (TaskStatus::Todo, true)] {
        let outcome = stage.set(&task, status, reopen);
        assert!(is_refused(&outcome, "halfway"), "{outcome:?}");
    }
    let outcome = stage.one(&set_plan(&stage.workplan(), WorkplanStatus::Active, true));
    assert!(is_refused(&outcome, "halfway"), "{outcome:?}");
    assert_eq!(stage.fake.row("tasks", task.as_str())["status"], "halfway");
}

#[test]
fn a_workplan_of_nobody_is_given_to_one() {
    let (stage, _) = Stage::scene(Age::June);
    stage.register("depot");
    for id in ["p-1", "p-2"] {
        stage.fake.hand().put(
            "workplans",
            json!({ "id": id, "slug": id, "status": "active" }),
        );
    }
    let seen = |id: &str| stage.look_up(&[id]).workplans[0].state.version;
    let adopt = |id: &str, seen, slug: &str, file_id: &str| {
        stage.one(&HubWrite::AdoptWorkplan {
            id: HubId::new(id),
            seen,
            repository: Slug::new(slug),
            file_id: FileId::new(file_id),
        })
    };
    let outdated = adopt("p-1", Version(0), "shop", "WP-7");
    assert_eq!(
        outdated,
        HubOutcome::Superseded {
            now: "active".into()
        }
    );
    let made = adopt("p-1", seen("p-1"), "shop", "WP-7");
    assert!(matches!(made, HubOutcome::Done(_)), "{made:?}");
    let now = stage.look_up(&["p-1"]).workplans.remove(0);
    assert_eq!(
        (now.repository, now.file_id),
        (Some(Slug::new("shop")), Some(FileId::new("WP-7")))
    );
    assert!(matches!(
        adopt("p-1", Version(0), "shop", "WP-7"),
        HubOutcome::AlreadySo(_)
    ));
    assert!(is_refused(
        &adopt("p-1", seen("p-1"), "depot", "WP-7"),
        "belongs to `shop`"
    ));
    assert!(is_refused(
        &adopt("p-2", seen("p-2"), "shop", "WP-1"),
        "WP-1 is the workplan"
    ));
    assert_eq!(
        adopt("p-2", seen("p-2"), "nowhere", "WP-8"),
        HubOutcome::Missing
    );
    assert_eq!(stage.fake.row("workplans", "p-2")["repo_id"], Value::Null);
}

#[test]
fn statuses_go_in_bulk_where_the_hub_can() {
    for (age, bulk) in [(Age::June, true), (Age::May, false)] {
        let (stage, plan) = Stage::scene(age);
        let rows = ["T1", "T2", "T3"].map(|id| stage.done(&new_task(&plan, id, TaskStatus::Todo)));
        stage.asked();
        let statuses = [
            TaskStatus::Done,
            TaskStatus::InProgress,
            TaskStatus::Blocked,
        ];
        let writes = rows.each_ref().map(|row| row).into_iter().zip(statuses);
        let writes: Vec<_> = writes
            .map(|(row, status)| set(&row.id, row.version, status, false))
            .collect();
        let outcomes = stage.perform(&writes);
        assert!(
            outcomes
                .iter()
                .all(|outcome| matches!(outcome, HubOutcome::Done(_))),
            "{outcomes:?}"
        );
        let asked = stage.asked();
        let patches = asked.iter().filter(|line| line.starts_with("PATCH"));
        if bulk {
            assert_eq!(
                asked,
                ["GET /tasks/", "POST /tasks/bulk-status-sync", "GET /tasks/"]
            );
        } else {
            assert!(patches.count() >= 3, "{asked:?}");
            let again: Vec<_> = outcomes.iter().zip([TaskStatus::Cancelled; 3]).collect();
            let again: Vec<_> = again
                .into_iter()
                .filter_map(|(outcome, status)| match outcome {
                    HubOutcome::Done(row) => Some(set(&row.id, row.version, status, false)),
                    _ => None,
                })
                .collect();
            stage.perform(&again);
            assert!(
                !stage
                    .asked()
                    .contains(&"POST /tasks/bulk-status-sync".into()),
                "remembered"
            );
        }
    }
}

#[test]
fn a_bulk_that_is_refused_is_sent_one_by_one() {
    let (stage, plan) = Stage::scene(Age::June);
    let rows = ["T1", "T2"].map(|id| stage.done(&new_task(&plan, id, TaskStatus::Todo)));
    let refuse = Fault::Refuse {
        status: 404,
        body: json!({ "detail": "unknown task ids" }),
        retry_after: None,
    };
    let script = stage.fake.script();
    script.fault(When::request("POST", "/tasks/bulk-status-sync"), refuse);
    let second = format!("/tasks/{}", rows[1].id);
    script.fault(When::request("PATCH", &second), Fault::status(409));
    let writes = rows
        .each_ref()
        .map(|row| set(&row.id, row.version, TaskStatus::Done, false));
    let outcomes = stage.perform(&writes);
    assert!(matches!(outcomes[0], HubOutcome::Done(_)), "{outcomes:?}");
    assert!(is_refused(&outcomes[1], "409"), "{outcomes:?}");
}

#[test]
fn what_moved_between_two_single_writes_is_seen() {
    let (stage, plan) = Stage::scene(Age::May);
    let rows = ["T1", "T2"].map(|id| stage.done(&new_task(&plan, id, TaskStatus::Todo)));
    let (hand, second) = (stage.fake.hand(), rows[1].id.to_string());
    let first = format!("/tasks/{}", rows[0].id);
    stage
        .fake
        .script()
        .after(When::request("PATCH", &first), move |_| {
            hand.change("tasks", &second, json!({ "status": "done" }));
        });
    let writes = rows
        .each_ref()
        .map(|row| set(&row.id, row.version, TaskStatus::InProgress, false));
    let outcomes = stage.perform(&writes);
    assert!(matches!(outcomes[0], HubOutcome::Done(_)), "{outcomes:?}");
    assert_eq!(outcomes[1], HubOutcome::Regression { now: "done".into() });
    assert_eq!(
        stage.fake.row("tasks", rows[1].id.as_str())["status"],
        "done"
    );
}

#[test]
fn a_task_that_went_to_another_workplan_is_still_found() {
    let (stage, plan) = Stage::scene(Age::June);
    let task = stage.done(&new_task(&plan, "T1", TaskStatus::Todo));
    let other = stage.done(&new_plan("WP-2", WorkplanStatus::Active)).id;
    let hand = stage.fake.hand();
    hand.change(
        "tasks",
        task.id.as_str(),
        json!({ "workstream_id": other.as_str() }),
    );
    let outcome = stage.one(&set(&task.id, task.version, TaskStatus::Done, false));
    assert_eq!(outcome, HubOutcome::Superseded { now: "todo".into() });
}
