//! What becomes of the events of a batch.

use serde_json::{Value, json};

use super::{FakeSaas, Visitor, event, gzip, results};
use crate::{EventAnswer, Limits};

#[test]
fn a_new_event_takes_effect_and_a_known_one_is_a_duplicate() {
    let saas = FakeSaas::start();
    let mut visitor = Visitor::new(&saas);
    assert_eq!(
        results(&visitor.batch(&["A", "B", "A"])),
        ["A success", "B success", "A duplicate"]
    );
    let mut other = event("B");
    other["payload"] = json!({ "changed": true });
    let answer = visitor.try_batch(&[other, event("C")]).unwrap();
    assert_eq!(results(&answer), ["B duplicate", "C success"]);
    assert_eq!(saas.event("B"), Some(event("B")), "the first word stays");
    assert_eq!(saas.applied_ids(), ["A", "B", "C"]);
    assert_eq!((saas.applied("B"), saas.arrivals("B")), (1, 2));
    assert_eq!(saas.arrivals("none"), 0);
    let events = saas.events();
    let came: Vec<_> = events
        .iter()
        .map(|event| (event.event_id.as_str(), event.request))
        .collect();
    assert_eq!(came, [("A", 1), ("B", 1), ("A", 1), ("B", 2), ("C", 2)]);
    assert_eq!(events[3].body["payload"]["changed"], true);
    assert_eq!(events[3].answer, EventAnswer::Duplicate);
}

#[test]
fn every_answer_has_its_word_and_only_a_success_takes_effect() {
    let saas = FakeSaas::start();
    let mut visitor = Visitor::new(&saas);
    for (answer, word, applied) in [
        (EventAnswer::Success, Some("success"), 1),
        (EventAnswer::Accepted, Some("accepted"), 1),
        (EventAnswer::Warning, Some("warning"), 1),
        (EventAnswer::Duplicate, Some("duplicate"), 0),
        (EventAnswer::rejected("no such type"), Some("rejected"), 0),
        (EventAnswer::Pending, Some("pending"), 0),
        (EventAnswer::Queued, Some("queued"), 0),
        (EventAnswer::Unknown("thrilled".into()), Some("thrilled"), 0),
        (EventAnswer::Omitted, None, 0),
    ] {
        let id = word.unwrap_or("omitted");
        saas.answer_event(id, answer.clone());
        let expected: Vec<String> = word
            .map(|word| format!("{id} {word}"))
            .into_iter()
            .collect();
        let reply = visitor.batch(&[id]);
        assert_eq!(results(&reply), expected);
        assert_eq!(saas.applied(id), applied, "{answer:?}");
        let known = applied == 1 || answer == EventAnswer::Duplicate;
        assert_eq!(saas.event(id).is_some(), known, "{answer:?}");
        if word == Some("rejected") {
            assert_eq!(reply.json()["results"][0]["error_message"], "no such type");
        }
    }
}

#[test]
fn answers_for_one_arrival_go_before_lasting_ones() {
    let saas = FakeSaas::start();
    let mut visitor = Visitor::new(&saas);
    saas.answer_event("A", EventAnswer::Queued);
    saas.answer_event_once("A", EventAnswer::Pending);
    saas.answer_event_once("A", EventAnswer::rejected("not now"));
    let mut answers = || results(&visitor.batch(&["A"])).remove(0);
    let said = [answers(), answers(), answers(), answers()];
    assert_eq!(said, ["A pending", "A rejected", "A queued", "A queued"]);
    saas.answer_as_usual();
    assert_eq!(answers(), "A success");
    saas.answer_event_once("A", EventAnswer::Success);
    assert_eq!(answers(), "A success");
    assert_eq!(saas.applied("A"), 2, "as told, so a second sending shows");
}

#[test]
fn what_came_from_elsewhere_is_a_duplicate() {
    let saas = FakeSaas::start();
    saas.knows_event(event("A"));
    let answer = Visitor::new(&saas).batch(&["A"]);
    assert_eq!(results(&answer), ["A duplicate"]);
    assert_eq!(saas.applied("A"), 0);
}

#[test]
fn a_batch_over_a_limit_is_refused_whole() {
    let saas = FakeSaas::start();
    let mut visitor = Visitor::new(&saas);
    let length = json!({ "events": [event("A"), event("B")] })
        .to_string()
        .len();
    for (events, bytes, status) in [(2, length, 200), (1, length, 413), (2, length - 1, 413)] {
        saas.limit(Limits { events, bytes });
        assert_eq!(
            visitor.batch(&["A", "B"]).status,
            status,
            "{events} {bytes}"
        );
    }
    assert_eq!(saas.events().len(), 2);
}

#[test]
fn the_limits_told_may_be_others_than_those_that_hold() {
    let saas = FakeSaas::start();
    let mut visitor = Visitor::new(&saas);
    let mut told = || {
        let answer = visitor.wire.send("GET", FakeSaas::HEALTH, &[], "").unwrap();
        answer.json()["sync_ingress"]["limits"].clone()
    };
    let limits = |events: usize, bytes: usize| json!({ "max_events_per_batch": events, "max_decompressed_bytes_per_batch": bytes });
    assert_eq!(told(), limits(1000, 262_144));
    let (events, bytes) = (3, 4096);
    saas.limit(Limits { events, bytes });
    assert_eq!(told(), limits(3, 4096));
    saas.advertise(None);
    assert_eq!(told(), Value::Null);
    assert_eq!(visitor.batch(&["A", "B", "C", "D"]).status, 413);
}

#[test]
fn only_the_users_own_zipped_json_comes_in() {
    let saas = FakeSaas::start();
    let zipped = gzip(json!({ "events": [event("A")] }).to_string().as_bytes());
    let good = [
        ("authorization", "Bearer fake-access"),
        ("content-type", "application/json"),
        ("content-encoding", "gzip"),
        ("x-team-slug", "team-a"),
    ];
    let status = |at: usize, value: Option<&str>, body: &[u8]| {
        let mut headers = good.to_vec();
        match value {
            Some(value) => headers[at].1 = value,
            None => drop(headers.remove(at)),
        }
        let mut wire = crate::wire::Wire::new(saas.url());
        let answer = wire.send("POST", FakeSaas::BATCH, &headers, body);
        answer.unwrap().status
    };
    for (at, value, expected) in [
        (0, Some("Bearer another"), 401),
        (0, Some("fake-access"), 401),
        (0, None, 401),
        (1, Some("text/plain"), 415),
        (2, Some("identity"), 415),
        (2, None, 415),
        (3, Some("team-shared"), 403),
        (3, None, 403),
    ] {
        assert_eq!(status(at, value, &zipped), expected, "{at} {value:?}");
    }
    for body in [
        "",
        "null",
        "[]",
        "{}",
        r#"{"events": 1}"#,
        r#"{"events": [{}]}"#,
    ] {
        let zipped = gzip(body.as_bytes());
        assert_eq!(status(1, Some(good[1].1), &zipped), 400, "{body}");
    }
    assert_eq!(status(1, Some(good[1].1), b"{}"), 400, "not zipped");
    assert_eq!(saas.events(), []);
    let charset = "application/json; charset=utf-8";
    assert_eq!(status(1, Some(charset), &zipped), 200);
    saas.accept_token("renewed");
    assert_eq!(status(0, Some("Bearer fake-access"), &zipped), 401);
    saas.accept_team("team-b");
    let headers = ("Bearer renewed", "team-b");
    assert_eq!(status(0, Some(headers.0), &zipped), 403, "team-a no longer");
}

#[test]
fn other_addresses_and_methods_are_not_served() {
    let saas = FakeSaas::start();
    let mut wire = Visitor::new(&saas).wire;
    let mut status = |method, path| wire.send(method, path, &[], "").unwrap().status;
    assert_eq!(status("GET", FakeSaas::BATCH), 405);
    assert_eq!(status("POST", FakeSaas::HEALTH), 405);
    assert_eq!(status("POST", "/api/v1/events/batch"), 404);
}
