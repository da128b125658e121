//! Both sets of words, and both names of workplans.

use super::*;
use sync_core::status::Status;

/// How often the hub refused a word.
fn refusals(stage: &Stage) -> usize {
    let requests = stage.fake.journal().requests();
    let refused = requests
        .iter()
        .filter(|request| request.status == Some(422));
    refused.count()
}

#[test]
fn every_status_is_stored_in_the_words_of_the_hub_and_read_in_ours() {
    for age in [Age::March, Age::May, Age::June] {
        let (stage, plan) = Stage::scene(age);
        for (n, (status, ..)) in TaskStatus::TABLE.iter().enumerate() {
            let file_id = format!("T{n}");
            stage.done(&new_task(&plan, &file_id, *status));
            let row = stage.look_up(&[&file_id]).tasks.remove(0);
            assert_eq!(row.status, (*status).into(), "{age:?}");
        }
        let stored = stage.fake.rows("tasks");
        let stored: Vec<_> = stored.iter().map(|row| row["status"].clone()).collect();
        let expected = match age {
            Age::June => ["todo", "progress", "wait", "done", "cancel"],
            _ => ["todo", "in_progress", "blocked", "done", "cancelled"],
        };
        assert_eq!(stored, expected, "{age:?}");
    }
}

#[test]
fn a_word_that_is_refused_is_not_tried_again() {
    let (stage, plan) = Stage::scene(Age::May);
    let ids = ["T1", "T2", "T3"].map(|id| stage.done(&new_task(&plan, id, TaskStatus::Todo)).id);
    assert_eq!(refusals(&stage), 0);
    for id in &ids {
        let outcome = stage.set(id, TaskStatus::InProgress, false);
        assert!(matches!(outcome, HubOutcome::Done(_)), "{outcome:?}");
    }
    assert_eq!(refusals(&stage), 1, "`progress`, once");
}

#[test]
fn an_old_hub_has_one_word_for_what_is_not_begun() {
    let (stage, _) = Stage::scene(Age::March);
    let asked = stage.asked();
    assert!(asked.contains(&"GET /workplans/".into()));
    assert!(asked.contains(&"POST /workstreams/".into()));
    assert!(!asked.contains(&"POST /workplans/".into()));
    assert_eq!(stage.fake.rows("workplans")[0]["status"], "todo");
    let row = stage.workplan();
    assert_eq!(row.status, WorkplanStatus::Proposed.into());
    let ready = stage.one(&set_plan(&row, WorkplanStatus::Ready, false));
    assert!(matches!(ready, HubOutcome::AlreadySo(_)), "{ready:?}");
    stage.done(&set_plan(&row, WorkplanStatus::Finished, false));
    assert_eq!(stage.fake.rows("workplans")[0]["status"], "completed");
    assert_eq!(stage.workplan().status, WorkplanStatus::Finished.into());
    assert!(
        !stage.asked().contains(&"GET /workplans/".into()),
        "remembered"
    );
}

#[test]
fn what_is_refused_in_both_sets_is_told_in_the_words_of_the_first() {
    let (stage, _) = Stage::scene(Age::June);
    let bad = |status| Fault::Refuse {
        status,
        body: json!({ "detail": "a blocked parent is not unblocked" }),
        retry_after: None,
    };
    stage
        .fake
        .script()
        .fault(When::request("PATCH", "/workplans/*"), bad(422));
    let row = stage.workplan();
    let outcome = stage.one(&set_plan(&row, WorkplanStatus::Finished, false));
    assert!(
        is_refused(&outcome, "refused with 422: a blocked parent"),
        "{outcome:?}"
    );
    let sent = stage.fake.journal().writes();
    let words: Vec<_> = sent
        .iter()
        .rev()
        .take(2)
        .map(|request| request.json()["status"].clone())
        .collect();
    assert_eq!(words, ["completed", "finished"]);
    stage.fake.script().clear();
    stage.done(&set_plan(&row, WorkplanStatus::Finished, false));
}
