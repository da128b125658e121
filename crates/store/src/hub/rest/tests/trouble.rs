//! Whatever can go wrong between us and the hub: an error or a reason, never "empty".

use super::*;

fn refuse(status: u16, detail: &Value) -> Fault {
    Fault::Refuse {
        status,
        body: json!({ "detail": detail }),
        retry_after: None,
    }
}

#[test]
fn a_read_that_fails_is_an_error_wherever_it_fails() {
    type Named = fn(&StateHubError) -> bool;
    let faults: [(Fault, Named, bool); 9] = [
        (
            Fault::Html,
            |e| e.to_string().contains("a web page instead of JSON"),
            false,
        ),
        (
            Fault::Garbage,
            |e| matches!(e, StateHubError::NotUnderstood { .. }),
            false,
        ),
        (
            Fault::Truncated,
            |e| matches!(e, StateHubError::NotUnderstood { .. }),
            false,
        ),
        (
            Fault::CutBefore,
            |e| matches!(e, StateHubError::Broken { .. }),
            true,
        ),
        (
            Fault::CutHalfway,
            |e| matches!(e, StateHubError::Broken { .. }),
            true,
        ),
        (
            Fault::status(500),
            |e| matches!(e, StateHubError::Trouble { status: 500, .. }),
            true,
        ),
        (
            refuse(401, &json!("Not authenticated")),
            |e| e.to_string() == "not logged in to the State Hub: Not authenticated",
            false,
        ),
        (
            refuse(403, &json!("no")),
            |e| matches!(e, StateHubError::NotAllowed { .. }),
            false,
        ),
        (
            Fault::Huge { bytes: 1 << 20 },
            |e| e.to_string().contains("larger than"),
            false,
        ),
    ];
    for (fault, named, transient) in faults {
        for list in ["/repos/", "/workplans/", "/tasks/"] {
            let stage = Stage::with(Age::June, |settings| settings.limits.answer = 1 << 16);
            stage.register("shop");
            let plan = stage.done(&new_plan("WP-1", WorkplanStatus::Active)).id;
            stage.done(&new_task(&plan, "T1", TaskStatus::Todo));
            stage
                .fake
                .script()
                .fault(When::request("GET", list), fault.clone());
            let error = stage.try_read().unwrap_err();
            assert!(named(&error), "{fault:?} {list}: {error}");
            assert_eq!(error.is_transient(), transient, "{error}");
            assert!(!error.hint().is_empty());
        }
    }
}

#[test]
fn a_list_that_is_none_is_an_error() {
    let stage = Stage::new(Age::June);
    stage.register("shop");
    for body in [
        json!({ "items": [], "total": 0 }),
        json!("no"),
        json!([{ "id": "w" }]),
        json!([null]),
    ] {
        let fault = Fault::Refuse {
            status: 200,
            body,
            retry_after: None,
        };
        stage
            .fake
            .script()
            .fault(When::request("GET", "/workplans/"), fault);
        let error = stage.try_read().unwrap_err();
        assert!(
            matches!(error, StateHubError::NotUnderstood { .. }),
            "{error}"
        );
        stage.fake.script().clear();
    }
}

#[test]
fn a_connection_that_broke_is_tried_once_more_for_a_read() {
    let (stage, _) = Stage::scene(Age::June);
    let script = stage.fake.script();
    script.fault(When::request("GET", "/repos/").nth(1), Fault::CutBefore);
    assert_eq!(stage.read().workplans.len(), 1);
}

#[test]
fn a_write_meets_trouble_and_is_not_sent_twice() {
    let faults = [
        (Fault::status(500), false),
        (Fault::status(503), false),
        (Fault::CutBefore, false),
        (Fault::Html, false),
        (Fault::LoseReply, true),
        (Fault::CutHalfway, true),
        (Fault::Truncated, true),
    ];
    for (fault, made) in faults {
        for bulk in [false, true] {
            let (stage, plan) = Stage::scene(Age::June);
            let rows = ["T1", "T2"].map(|id| stage.done(&new_task(&plan, id, TaskStatus::Todo)));
            let when = if bulk {
                When::request("POST", "/tasks/bulk-status-sync")
            } else {
                When::request("PATCH", "/tasks/*")
            };
            let writes = rows
                .each_ref()
                .map(|row| set(&row.id, row.version, TaskStatus::Done, false));
            let writes = &writes[..=usize::from(bulk)];
            stage.asked();
            stage.fake.script().fault(when, fault.clone());
            for outcome in stage.perform(writes) {
                assert_eq!(
                    matches!(outcome, HubOutcome::Done(_)),
                    made,
                    "{fault:?}: {outcome:?}"
                );
                assert_eq!(is_transient(&outcome), !made, "{fault:?}: {outcome:?}");
            }
            let sent = stage.fake.journal().writes();
            assert_eq!(sent.len(), 1, "{fault:?}");
        }
    }
}

#[test]
fn a_refusal_is_told_with_its_words() {
    let (stage, plan) = Stage::scene(Age::June);
    let row = stage.done(&new_task(&plan, "T1", TaskStatus::Todo));
    let problems = json!([{ "loc": ["body", "status"], "msg": "note needed", "input": "x" }]);
    for (fault, words) in [
        (refuse(400, &json!("a bad one")), "400: a bad one"),
        (
            refuse(409, &json!({ "code": "taken" })),
            "409: {\"code\":\"taken\"}",
        ),
        (refuse(422, &problems), "422: body.status: note needed"),
        (
            refuse(401, &json!("token expired")),
            "not logged in to the State Hub: token expired",
        ),
        (
            refuse(403, &json!("read only")),
            "is not allowed: read only",
        ),
        (Fault::status(418), "418: no reason given"),
    ] {
        stage
            .fake
            .script()
            .fault(When::request("PATCH", "/tasks/*"), fault);
        let outcome = stage.one(&set(&row.id, row.version, TaskStatus::Done, false));
        assert!(is_refused(&outcome, words), "{outcome:?}");
        stage.fake.script().clear();
    }
    let fault = refuse(422, &json!("no such priority"));
    stage
        .fake
        .script()
        .fault(When::request("POST", "/tasks/"), fault);
    let outcome = stage.one(&new_task(&plan, "T2", TaskStatus::Todo));
    assert!(is_refused(&outcome, "no such priority"), "{outcome:?}");
}

#[test]
fn a_task_without_its_status_is_told_and_mended() {
    let (stage, plan) = Stage::scene(Age::June);
    stage.fake.script().fault(
        When::request("PATCH", "/tasks/*"),
        refuse(409, &json!("not now")),
    );
    let outcome = stage.one(&new_task(&plan, "T1", TaskStatus::Done));
    assert!(
        is_refused(&outcome, "it was made, and its status was not set: "),
        "{outcome:?}"
    );
    assert!(is_refused(&outcome, "not now"));
    assert_eq!(stage.fake.rows("tasks").len(), 1);
}

#[test]
fn a_hub_that_is_away_stops_the_rest() {
    let (stage, plan) = Stage::scene(Age::June);
    let rows = ["T1", "T2"].map(|id| stage.done(&new_task(&plan, id, TaskStatus::Todo)));
    stage
        .fake
        .script()
        .fault(When::request("POST", "/tasks/").nth(2), Fault::GoAway);
    let mut writes: Vec<_> = (3..9)
        .map(|n| new_task(&plan, &format!("T{n}"), TaskStatus::Todo))
        .collect();
    writes.push(set(&rows[0].id, rows[0].version, TaskStatus::Done, false));
    stage.fake.journal().clear();
    let outcomes = stage.perform(&writes);
    assert!(
        outcomes.iter().all(is_transient),
        "none could be read again: {outcomes:?}"
    );
    assert_eq!(stage.fake.journal().writes().len(), 2);
    let error = stage.try_read().unwrap_err();
    assert!(
        matches!(error, StateHubError::Unreachable { .. }),
        "{error}"
    );
    assert!(stage.perform(&writes).iter().all(is_transient));

    stage.fake.come_back();
    stage.fake.script().clear();
    let outcomes = stage.perform(&writes);
    let made = outcomes
        .iter()
        .filter(|outcome| matches!(outcome, HubOutcome::Done(_)));
    assert_eq!(made.count(), 6, "the first was there: {outcomes:?}");
    assert_eq!(stage.fake.rows("tasks").len(), 8);
}

#[test]
fn a_hub_that_hangs_is_given_up() {
    let stage = Stage::with(Age::June, |settings| {
        settings.limits.total = Duration::from_millis(200);
    });
    stage.register("shop");
    stage
        .fake
        .script()
        .fault(When::request("GET", "/workplans/"), Fault::Hang);
    let error = stage.try_read().unwrap_err();
    assert!(matches!(error, StateHubError::TimedOut { .. }), "{error}");
    assert!(error.is_transient());
}

#[test]
fn a_write_that_hangs_is_the_last_that_is_sent() {
    let stage = Stage::with(Age::June, |settings| {
        settings.limits.total = Duration::from_millis(500);
    });
    stage.register("shop");
    let plan = stage.done(&new_plan("WP-1", WorkplanStatus::Active)).id;
    stage.asked();
    let script = stage.fake.script();
    script.fault(When::request("POST", "/tasks/"), Fault::Hang);
    let writes = ["T1", "T2", "T3"].map(|id| new_task(&plan, id, TaskStatus::Todo));
    let outcomes = stage.perform(&writes);
    assert!(
        matches!(outcomes[0], HubOutcome::Done(_)),
        "seen again: {outcomes:?}"
    );
    assert!(outcomes[1..].iter().all(is_transient), "{outcomes:?}");
    assert_eq!(stage.fake.journal().writes().len(), 1);
    script.release();
}

#[test]
fn a_token_is_sent_and_never_shown() {
    let stage = Stage::with(Age::June, |settings| settings.token = Some("canary".into()));
    stage.fake.require_token("canary");
    stage.register("shop");
    let echo = refuse(422, &json!("bad token canary"));
    stage.fake.script().fault(When::any(), echo);
    let error = stage.try_read().unwrap_err();
    let outcome = stage.try_perform(&[new_plan("WP-1", WorkplanStatus::Active)]);
    for text in [
        format!("{error} {error:?}"),
        format!("{outcome:?}"),
        format!("{:?}", stage.hub),
    ] {
        assert!(!text.contains("canary"), "{text}");
    }
    let settings = StateHubSettings {
        token: Some("can\nary".into()),
        ..StateHubSettings::new(StateHubUrl::parse(stage.fake.url()).unwrap())
    };
    let error = StateHub::new(&settings).unwrap_err();
    assert!(!format!("{error:?}").contains("ary\""), "{error:?}");
}

#[test]
fn a_probe_tells_a_state_hub_from_other_servers() {
    let stage = Stage::new(Age::June);
    block_on(stage.hub.probe()).unwrap();
    stage
        .fake
        .script()
        .fault(When::request("GET", "/state/health"), Fault::status(404));
    let error = block_on(stage.hub.probe()).unwrap_err();
    assert!(
        matches!(error, StateHubError::NotAStateHub { .. }),
        "{error}"
    );
    let script = stage.fake.script();
    script.fault(When::request("GET", "/workplans/"), Fault::status(404));
    script.fault(When::request("GET", "/workstreams/"), Fault::status(404));
    stage.register("shop");
    let error = stage.try_read().unwrap_err();
    assert!(
        matches!(error, StateHubError::NotAStateHub { .. }),
        "{error}"
    );
}
