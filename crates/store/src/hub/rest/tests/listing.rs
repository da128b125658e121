//! Lists: whole, filtered again, and few.

use super::*;
use sync_core::ids::Slug;
use test_support::Paging;

/// So many workplans of `shop` with two tasks each, and one of another repository.
fn many(stage: &Stage, count: usize) {
    let hand = stage.fake.hand();
    let shop = hand.put("repos", json!({ "slug": "shop" }));
    let depot = hand.put("repos", json!({ "slug": "depot" }));
    for n in 0..=count {
        let repo = if n == count { &depot } else { &shop };
        let slug = format!("shop-wp-{n:04}");
        let plan = hand.put("workplans", json!({ "repo_id": repo, "slug": slug }));
        for title in ["T01: first", "T02: second"] {
            hand.put("tasks", json!({ "workstream_id": plan, "title": title }));
        }
    }
}

fn counts(rows: &HubRows) -> (usize, usize) {
    (rows.workplans.len(), rows.tasks.len())
}

#[test]
fn a_repository_is_read_with_a_handful_of_requests() {
    let stage = Stage::new(Age::June);
    many(&stage, 501);
    assert_eq!(counts(&stage.read()), (501, 1002));
    assert_eq!(
        stage.asked(),
        ["GET /repos/", "GET /workplans/", "GET /tasks/"]
    );
    let rows = stage.read();
    assert!(rows.tasks.is_sorted_by_key(|task| &task.id));
    assert!(rows.workplans.is_sorted_by_key(|plan| &plan.id));
    let of_first = rows
        .workplans
        .iter()
        .find(|plan| plan.file_id == Some(FileId::new("SHOP-WP-0000")));
    let of_first = &of_first.unwrap().id;
    let mut tasks: Vec<_> = rows
        .tasks
        .iter()
        .filter(|task| task.workplan == *of_first)
        .collect();
    tasks.sort_by_key(|task| &task.file_id);
    let ids: Vec<_> = tasks
        .iter()
        .map(|task| task.file_id.as_ref().unwrap().as_str())
        .collect();
    assert_eq!(ids, ["SHOP-WP-0000-T01", "SHOP-WP-0000-T02"]);
}

#[test]
fn filters_that_are_passed_over_let_nothing_in() {
    for count in [2, 20] {
        let stage = Stage::new(Age::June);
        stage.fake.ignore_filters();
        many(&stage, count);
        let rows = stage.read();
        assert_eq!(counts(&rows), (count, 2 * count));
        assert!(
            rows.workplans
                .iter()
                .all(|plan| plan.repository == Some(Slug::new("shop")))
        );
    }
}

#[test]
fn tasks_are_asked_for_by_workplan_where_they_must_be() {
    let stage = Stage::new(Age::June);
    stage.fake.require_workplan();
    many(&stage, 20);
    assert_eq!(counts(&stage.read()), (20, 40));
    assert_eq!(counts(&stage.look_up(&["SHOP-WP-0003-T01"])), (1, 1));
    let refused = stage.fake.journal().requests();
    let refused = refused.iter().filter(|request| request.status == Some(422));
    assert_eq!(refused.count(), 1, "remembered");
}

#[test]
fn a_list_that_is_cut_is_asked_for_in_full_or_is_an_error() {
    let stage = Stage::new(Age::June);
    many(&stage, 149);
    assert_eq!(counts(&stage.read()), (149, 298), "150 workplans by chance");
    stage.fake.page(Paging::Default(100));
    assert_eq!(counts(&stage.read()), (149, 298));
    for (paging, held) in [(Paging::Most(100), 100), (Paging::Pages(50), 50)] {
        stage.fake.page(paging);
        let error = stage.try_read().unwrap_err();
        assert!(
            matches!(&error, StateHubError::Capped { count, .. } if *count == held),
            "{paging:?}: {error}"
        );
        let outcome = stage.try_perform(&[new_plan("WP-1", WorkplanStatus::Active)]);
        assert!(outcome.is_err(), "{outcome:?}");
    }
    assert_eq!(stage.fake.rows("workplans").len(), 150, "nothing was made");
}

#[test]
fn open_workplans_of_nobody_are_shown_with_their_tasks() {
    let stage = Stage::new(Age::June);
    stage.register("shop");
    let hand = stage.fake.hand();
    for (id, status) in [("b", "active"), ("c", "finished"), ("a", "halfway")] {
        hand.put(
            "workplans",
            json!({ "id": id, "status": status, "title": id }),
        );
        let task = json!({ "id": format!("t-{id}"), "workstream_id": id, "status": "wait" });
        hand.put("tasks", task);
    }
    let rows = stage.read();
    let ids: Vec<_> = rows.workplans.iter().map(|plan| plan.id.as_str()).collect();
    assert_eq!((ids, rows.tasks.len()), (vec!["a", "b"], 2));
    assert_eq!(rows.workplans[0].status.to_string(), "halfway");
    assert_eq!(rows.workplans[0].repository, None);
    assert_eq!(rows.tasks[1].status, TaskStatus::Blocked.into());
    assert_eq!(
        (
            rows.tasks[1].state.reopens,
            &*rows.tasks[1].state.changed_by
        ),
        (0, "unknown")
    );
    assert_eq!(rows.tasks[1].state.changed_at.0 / 60, 1_781_078_400 / 60);
}

#[test]
fn a_row_whose_owner_is_not_listed_is_not_nobodys() {
    let stage = Stage::new(Age::June);
    stage.register("shop");
    let plan = json!({ "id": "w", "repo_id": "gone", "status": "active" });
    stage.fake.hand().put("workplans", plan);
    assert_eq!(counts(&stage.read()), (0, 0));
    let found = stage.look_up(&["w"]).workplans.remove(0);
    assert_eq!(found.repository, Some(Slug::new("gone")));
}
