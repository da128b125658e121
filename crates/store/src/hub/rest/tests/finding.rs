//! Rows found again: nothing is made twice, by us or beside rows of other programs.

use super::*;

fn titles(stage: &Stage) -> Vec<String> {
    let rows = stage.fake.rows("tasks");
    let titles = rows
        .iter()
        .map(|row| row["title"].as_str().unwrap().to_owned());
    titles.collect()
}

#[test]
fn rows_read_back_as_they_were_made() {
    let (stage, plan) = Stage::scene(Age::June);
    let write = HubWrite::CreateTask {
        id: None,
        workplan: plan.clone(),
        file_id: FileId::new("T01"),
        title: "Öffnen \"; --".into(),
        status: TaskStatus::Blocked,
        priority: Some("high".into()),
    };
    let made = stage.done(&write);
    let rows = stage.read();
    let (row, task) = (&rows.workplans[0], &rows.tasks[0]);
    assert_eq!(
        (row.file_id.as_ref(), &*row.title),
        (Some(&FileId::new("WP-1")), "Plan WP-1")
    );
    assert_eq!(
        (task.file_id.as_ref(), &*task.title),
        (Some(&FileId::new("T01")), "Öffnen \"; --")
    );
    assert_eq!(
        (&task.workplan, task.priority.as_deref()),
        (&plan, Some("high"))
    );
    assert_eq!((&task.id, task.state.version), (&made.id, made.version));
    assert_eq!(task.status, TaskStatus::Blocked.into());
    assert_eq!(titles(&stage), ["[T01] Öffnen \"; --"]);
    for id in ["T01", made.id.as_str()] {
        let found = stage.look_up(&[id]);
        assert_eq!((found.workplans.len(), &found.tasks[0]), (1, task));
    }
    assert_eq!(stage.look_up(&["T0", "WP"]), HubRows::default());
}

#[test]
fn a_lost_reply_makes_no_twin() {
    for fault in [Fault::LoseReply, Fault::Truncated, Fault::CutHalfway] {
        let (stage, plan) = Stage::scene(Age::June);
        let script = stage.fake.script();
        script.fault(When::request("POST", "/workplans/").first(1), fault.clone());
        script.fault(When::request("POST", "/tasks/").first(1), fault.clone());
        let writes = [
            new_plan("WP-2", WorkplanStatus::Active),
            new_task(&plan, "T1", TaskStatus::Done),
        ];
        for outcome in stage.perform(&writes) {
            assert!(
                matches!(outcome, HubOutcome::Done(_)),
                "{fault:?}: {outcome:?}"
            );
        }
        for outcome in stage.perform(&writes) {
            assert!(
                matches!(outcome, HubOutcome::AlreadySo(_)),
                "{fault:?}: {outcome:?}"
            );
        }
        assert_eq!(stage.fake.rows("workplans").len(), 2);
        assert_eq!(stage.fake.rows("tasks").len(), 1);
    }
}

#[test]
fn a_create_that_did_not_arrive_is_transient() {
    let (stage, plan) = Stage::scene(Age::June);
    stage
        .fake
        .script()
        .fault(When::request("POST", "/tasks/").first(1), Fault::CutBefore);
    let write = new_task(&plan, "T1", TaskStatus::Todo);
    assert!(is_transient(&stage.one(&write)));
    stage.done(&write);
}

#[test]
fn of_twins_made_in_the_same_moment_both_name_the_older() {
    let (stage, plan) = Stage::scene(Age::June);
    let (hand, of) = (stage.fake.hand(), plan.to_string());
    // The other machine looks at the same moment, and writes first.
    stage
        .fake
        .script()
        .before(When::request("POST", "/tasks/").first(1), move |_| {
            hand.put(
                "tasks",
                json!({ "id": "theirs", "workstream_id": of, "title": "[T1] Do T1" }),
            );
        });
    let outcome = stage.one(&new_task(&plan, "T1", TaskStatus::Todo));
    assert!(matches!(&outcome, HubOutcome::AlreadySo(row) if row.id.as_str() == "theirs"));
    let rows = stage.read();
    let named: Vec<_> = rows
        .tasks
        .iter()
        .map(|task| task.file_id.is_some())
        .collect();
    assert_eq!(
        named.iter().filter(|named| **named).count(),
        1,
        "the younger is nobody's"
    );
    let again = stage.one(&new_task(&plan, "T1", TaskStatus::Todo));
    assert_eq!(again, outcome);
}

#[test]
fn rows_of_other_programs_are_found_by_what_they_say() {
    let stage = Stage::new(Age::June);
    stage.register("shop");
    let hand = stage.fake.hand();
    let repo = stage.fake.rows("repos")[0]["id"].clone();
    let slug = "shop-wp-0001-first-steps";
    hand.put(
        "workplans",
        json!({ "id": "w", "repo_id": repo, "slug": slug }),
    );
    hand.put(
        "tasks",
        json!({ "id": "t", "workstream_id": "w", "title": "T06: Extraction" }),
    );
    let there = |write| match stage.one(&write) {
        HubOutcome::AlreadySo(row) => row.id.to_string(),
        other => panic!("{other:?}"),
    };
    assert_eq!(there(new_plan("SHOP-WP-0001", WorkplanStatus::Active)), "w");
    let plan = HubId::new("w");
    assert_eq!(
        there(new_task(&plan, "SHOP-WP-0001-T06", TaskStatus::Todo)),
        "t"
    );
    assert_eq!(there(new_task(&plan, "T06", TaskStatus::Todo)), "t");
    let rows = stage.read();
    assert_eq!(rows.workplans[0].file_id, Some(FileId::new("SHOP-WP-0001")));
    assert_eq!(rows.tasks[0].file_id, Some(FileId::new("SHOP-WP-0001-T06")));

    hand.put(
        "workplans",
        json!({ "id": "v", "repo_id": repo, "slug": "shop-wp-0001-more" }),
    );
    let outcome = stage.one(&new_plan("SHOP-WP-0001", WorkplanStatus::Active));
    assert!(
        is_refused(&outcome, "several rows may be SHOP-WP-0001: "),
        "{outcome:?}"
    );
    assert!(
        stage
            .read()
            .workplans
            .iter()
            .all(|plan| plan.file_id.is_none())
    );
}

#[test]
fn an_id_of_an_odd_form_is_found_again() {
    let stage = Stage::new(Age::June);
    stage.register("shop");
    let write = new_plan("Plan nr. 7", WorkplanStatus::Active);
    let made = stage.done(&write);
    assert_eq!(stage.one(&write), HubOutcome::AlreadySo(made.clone()));
    let found = stage.look_up(&["Plan nr. 7"]).workplans.remove(0);
    assert_eq!(
        (found.id, found.file_id),
        (made.id, Some(FileId::new("Plan nr. 7")))
    );
}

#[test]
fn new_workplans_go_to_the_topic_of_the_others_else_to_one_of_their_own() {
    let (stage, _) = Stage::scene(Age::June);
    let topics = stage.fake.rows("topics");
    assert_eq!((topics.len(), &topics[0]["slug"]), (1, &json!("shop")));
    let other = stage.fake.hand().put("topics", json!({ "slug": "other" }));
    let plan = stage.fake.rows("workplans")[0]["id"].clone();
    let plan = plan.as_str().unwrap();
    stage
        .fake
        .hand()
        .change("workplans", plan, json!({ "topic_id": other }));
    stage.done(&new_plan("WP-2", WorkplanStatus::Active));
    assert_eq!(
        stage.fake.rows("workplans")[1]["topic_id"],
        Value::from(other)
    );
}
