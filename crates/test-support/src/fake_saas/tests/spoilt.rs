//! Requests that go wrong as a whole.

use std::sync::mpsc;

use serde_json::{Value, json};

use super::{FakeSaas, Visitor, event, results};
use crate::{Fault, When};

fn batches() -> When {
    When::request("POST", FakeSaas::BATCH)
}

#[test]
fn a_fault_strikes_once_or_for_good_and_takes_effect_or_not() {
    for (fault, status, applied) in [
        (Fault::without_results(), Some(200), 0),
        (Fault::bad_batch(&[]), Some(400), 0),
        (Fault::unauthorized(), Some(401), 0),
        (Fault::no_private_team(), Some(403), 0),
        (Fault::too_large(), Some(413), 0),
        (Fault::rate_limit(Some("7")), Some(429), 0),
        (Fault::status(503), Some(503), 0),
        (Fault::Garbage, Some(200), 0),
        (Fault::Html, Some(200), 0),
        (Fault::Truncated, Some(200), 1),
        (Fault::CutBefore, None, 0),
        (Fault::CutHalfway, None, 1),
        (Fault::LoseReply, None, 1),
    ] {
        let saas = FakeSaas::start();
        saas.script().fault(batches().nth(2), fault.clone());
        let mut visitor = Visitor::new(&saas);
        visitor.batch(&["A"]);
        let answer = visitor.try_batch(&[event("B")]);
        let came = answer.as_ref().ok().map(|answer| answer.status);
        assert_eq!((came, saas.applied("B")), (status, applied), "{fault:?}");
        if status == Some(429) {
            assert_eq!(answer.unwrap().header("retry-after"), Some("7"));
        }
        let after = if applied == 1 {
            "B duplicate"
        } else {
            "B success"
        };
        assert_eq!(results(&visitor.batch(&["B"])), [after], "{fault:?}");
    }
    let saas = FakeSaas::start();
    saas.script().fault(batches(), Fault::status(500));
    let mut visitor = Visitor::new(&saas);
    let statuses = [(); 3].map(|()| visitor.batch(&["A"]).status);
    assert_eq!(statuses, [500; 3]);
}

#[test]
fn details_name_events_as_a_list_or_as_text() {
    let saas = FakeSaas::start();
    let script = saas.script();
    script.fault(batches().nth(1), Fault::bad_batch(&[("A", "no type")]));
    script.fault(
        batches().nth(2),
        Fault::bad_batch_in_text(&[("A", "no type")]),
    );
    script.fault(batches().nth(3), Fault::bad_batch(&[]));
    let mut visitor = Visitor::new(&saas);
    let details = json!([{ "event_id": "A", "error": "no type" }]);
    let mut said = || visitor.batch(&["A"]).json()["details"].clone();
    assert_eq!(said(), details);
    assert_eq!(said(), Value::from(details.to_string()));
    assert_eq!(said(), Value::Null);
}

#[test]
fn an_answer_hangs_until_it_is_released() {
    let saas = FakeSaas::start();
    saas.script().fault(batches().nth(1), Fault::Hang);
    let (told, carried_out) = mpsc::channel();
    saas.script()
        .after(batches().nth(1), move |_| told.send(()).unwrap());
    let (done, answers) = mpsc::channel();
    std::thread::scope(|scope| {
        scope.spawn(|| done.send(Visitor::new(&saas).batch(&["A"])).unwrap());
        carried_out.recv().unwrap();
        assert_eq!(saas.applied("A"), 1, "carried out at once");
        // Another client is served meanwhile, and a whole round trip brings no answer to the first.
        assert_eq!(results(&Visitor::new(&saas).batch(&["A"])), ["A duplicate"]);
        assert!(answers.try_recv().is_err());
        saas.script().release();
        assert_eq!(results(&answers.recv().unwrap()), ["A success"]);
    });
}

#[test]
fn the_journal_shows_headers_and_the_unzipped_body() {
    let saas = FakeSaas::start();
    let mut visitor = Visitor::new(&saas);
    let long = json!({ "event_id": "A", "filler": "x".repeat(10_000) });
    visitor.try_batch(std::slice::from_ref(&long)).unwrap();
    let request = saas.journal().requests().remove(0);
    assert_eq!(request.json()["events"], json!([long]));
    assert_eq!(request.header("content-encoding"), Some("gzip"));
    assert_eq!(request.header("x-team-slug"), Some(FakeSaas::TEAM));
    assert_eq!(request.length, Some(request.body.len()));
    assert!(request.sent_length < 1000, "{}", request.sent_length);
    assert!(request.is_write());
}

#[test]
fn a_server_that_is_back_remembers() {
    let saas = FakeSaas::start();
    let mut visitor = Visitor::new(&saas);
    visitor.batch(&["A"]);
    saas.go_away();
    assert!(visitor.try_batch(&[event("A")]).is_err());
    saas.come_back();
    assert_eq!(results(&visitor.batch(&["A"])), ["A duplicate"]);
}
