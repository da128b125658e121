//! `onward sync-now` against a server: what it takes is deleted, everything else is there and named.

use crate::kitty::Kitty;
use serde_json::{Value, json};
use std::sync::{Mutex, mpsc};
use test_support::{
    BodyRow, ContentAnswer, EventAnswer, EventRow, FakeSaas, Fault, Limits, QueueFile, Ran, Schema,
    When,
};

/// A server, and a user whose queue holds three events and a body.
fn queued() -> (FakeSaas, Kitty, QueueFile) {
    let saas = FakeSaas::start();
    let kitty = Kitty::on(&saas);
    let queue = kitty.home.scoped(&kitty.scope, Schema::current());
    queue.events(&["01A", "01B", "01C"].map(EventRow::new));
    queue.bodies(&[BodyRow::new("spec.md", "# Spec\n")]);
    (saas, kitty, queue)
}

fn left(queue: &QueueFile) -> (i64, i64) {
    (queue.count("queue"), queue.count("body_upload_queue"))
}

fn batches() -> When {
    When::request("POST", FakeSaas::BATCH)
}

fn told(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap()
}

#[test]
fn everything_is_sent_and_deleted() {
    let (saas, kitty, queue) = queued();
    let ran = kitty.run(&["sync-now"]).expect(0);
    insta::assert_snapshot!(ran.stdout, @r"
    events: 3 sent
    bodies: 1 sent
    ");
    assert_eq!(left(&queue), (0, 0));
    assert_eq!(saas.applied_ids(), ["01A", "01B", "01C"]);
    assert_eq!(saas.stored_contents().len(), 1);
    let batch = &saas.journal().writes()[0];
    assert_eq!(batch.header("content-encoding"), Some("gzip"));
    assert_eq!(batch.header("x-team-slug"), Some(FakeSaas::TEAM));
    let ran = kitty.run(&["sync-now"]).expect(0);
    assert_eq!(ran.stdout, "Nothing to sync: the queue is empty\n");
}

#[test]
fn legacy_rows_move_and_are_sent_in_one_run() {
    let (saas, kitty, queue) = queued();
    let legacy = kitty.home.legacy(Schema::oldest());
    legacy.events(&[EventRow::new("00L")]);
    legacy.bodies(&[BodyRow::new("plan.md", "# Plan\n")]);
    let ran = kitty.run(&["sync-now", "--json"]).expect(0);
    let told = told(&ran);
    assert_eq!(told["migration"]["carried"], 2);
    assert_eq!(told["queued"], 6);
    assert_eq!(told["complete"], true);
    assert_eq!((left(&queue), left(&legacy)), ((0, 0), (0, 0)));
    assert_eq!(saas.applied("00L"), 1);
}

#[test]
fn a_server_that_has_an_event_already_is_as_good() {
    let (saas, kitty, queue) = queued();
    saas.knows_event(json!({"event_id": "01B"}));
    let ran = kitty.run(&["sync-now"]).expect(0);
    assert!(
        ran.stdout.contains("events: 2 sent; 1 the server had\n"),
        "{}",
        ran.stdout
    );
    assert_eq!(left(&queue), (0, 0));
}

#[test]
fn what_is_refused_or_pending_stays_and_the_report_names_it() {
    let (saas, kitty, queue) = queued();
    saas.answer_event("01A", EventAnswer::rejected("unknown event type"));
    saas.answer_event("01B", EventAnswer::Pending);
    saas.answer_content("spec.md", ContentAnswer::IndexEntryNotFound);
    let path = kitty.env.work().join("report.json");
    let ran = kitty
        .run(&["sync-now", "--report", path.as_str()])
        .expect(1);
    assert!(
        ran.stdout
            .contains("01A: refused, stays queued: unknown event type"),
        "{}",
        ran.stdout
    );
    assert_eq!(left(&queue), (2, 1));
    let counts: Vec<i64> = queue.dump()["queue"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["retry_count"].as_i64().unwrap())
        .collect();
    assert_eq!(counts, [1, 0], "refused counts a try, pending none");
    let report: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(report["summary"]["total_events"], 4);
    assert_eq!(report["summary"]["synced"], 1);
    assert_eq!(report["summary"]["failed"], 2);
    assert_eq!(report["failures"][0]["event_id"], "01A");
    assert_eq!(report["failures"][0]["category"], "refused");
    let _ = kitty.run(&["sync-now", "--strict"]).expect(1);
    let _ = kitty.run(&["sync-now", "--no-strict"]).expect(0);
    saas.answer_as_usual();
    queue.execute("UPDATE body_upload_queue SET next_attempt_at = 0");
    let _ = kitty.run(&["sync-now"]).expect(0);
    assert_eq!(left(&queue), (0, 0));
}

#[test]
fn a_body_that_is_not_due_waits_and_is_counted() {
    let (_saas, kitty, queue) = queued();
    queue.execute("UPDATE body_upload_queue SET next_attempt_at = 1e12");
    let ran = kitty.run(&["sync-now"]).expect(0);
    assert!(
        ran.stdout.contains("1 row(s) wait: not due yet"),
        "{}",
        ran.stdout
    );
    assert_eq!(left(&queue), (0, 1));
}

#[test]
fn what_the_server_never_takes_is_set_aside_with_its_reason() {
    let (saas, kitty, queue) = queued();
    let mut bad = EventRow::new("01D");
    bad.data = r#"{"event_id": "01D", "event_type": "T", "payload": {"feature_slug": "x"}}"#.into();
    queue.events(&[bad]);
    saas.answer_content("spec.md", ContentAnswer::NamespaceNotFound);
    let ran = kitty.run(&["sync-now"]).expect(1);
    assert!(
        ran.stdout
            .contains("01D: set aside: the server takes no event with a key feature_slug"),
        "{}",
        ran.stdout
    );
    assert_eq!(left(&queue), (0, 0), "it stops nobody else");
    assert_eq!(queue.count("set_aside"), 2);
    assert_eq!(queue.count("body_upload_failure_log"), 1);
    assert_eq!(kitty.status()["set_aside"], 2);
}

#[test]
fn a_bad_batch_names_its_events_and_the_rest_is_sent() {
    for fault in [
        Fault::bad_batch(&[("01B", "no such mission")]),
        Fault::bad_batch_in_text(&[("01B", "no such mission")]),
    ] {
        let (saas, kitty, queue) = queued();
        saas.script().fault(batches().nth(1), fault);
        let ran = kitty.run(&["sync-now"]).expect(1);
        assert!(
            ran.stdout
                .contains("01B: refused, stays queued: no such mission"),
            "{}",
            ran.stdout
        );
        assert_eq!(saas.applied_ids(), ["01A", "01C"]);
        assert_eq!(left(&queue), (1, 0));
    }
}

#[test]
fn a_login_that_is_not_valid_sends_nothing_and_says_so() {
    for (fault, words) in [
        (Fault::unauthorized(), "log in with `spec-kitty auth login`"),
        (Fault::no_private_team(), "events ended early"),
    ] {
        let (saas, kitty, queue) = queued();
        saas.script().fault(When::writes(), fault);
        let ran = kitty.run(&["sync-now"]).expect(1);
        assert!(ran.stdout.contains(words), "{}", ran.stdout);
        assert!(ran.stdout.contains("3 untouched, queued"), "{}", ran.stdout);
        assert_eq!(left(&queue), (3, 1));
        assert_eq!(saas.journal().counters().writes, 1, "asked once");
    }
}

#[test]
fn a_batch_that_is_too_large_is_cut_and_one_event_alone_set_aside() {
    let (saas, kitty, queue) = queued();
    saas.script().fault(batches().first(2), Fault::too_large());
    let ran = kitty.run(&["sync-now", "--json"]).expect(1);
    let told = told(&ran);
    // Three, then the first one alone.
    assert_eq!(told["events"]["setAside"], 1, "{told}");
    assert_eq!(told["events"]["sent"], 2);
    assert_eq!(
        queue.count("set_aside"),
        1,
        "nothing is deleted that the server has not taken"
    );
}

#[test]
fn a_server_that_wants_to_be_left_alone_is() {
    let (saas, kitty, queue) = queued();
    saas.script()
        .fault(batches().nth(1), Fault::rate_limit(Some("3600")));
    let ran = kitty.run(&["sync-now"]).expect(1);
    assert!(ran.stdout.contains("3600 s"), "{}", ran.stdout);
    assert_eq!(saas.journal().counters().writes, 1);
    assert_eq!(left(&queue), (3, 1));
    saas.script().clear();
    saas.script()
        .fault(batches().nth(1), Fault::rate_limit(Some("0")));
    let _ = kitty.run(&["sync-now"]).expect(0);
    assert_eq!(left(&queue), (0, 0));
}

#[test]
fn a_fault_that_passes_is_waited_for_and_nothing_arrives_twice() {
    for fault in [
        Fault::status(503),
        Fault::CutBefore,
        Fault::LoseReply,
        Fault::CutHalfway,
        Fault::Html,
    ] {
        let (saas, kitty, queue) = queued();
        saas.script().fault(batches().nth(1), fault.clone());
        let ran = kitty.run(&["sync-now"]).expect(0);
        assert_eq!(left(&queue), (0, 0), "{fault:?} {}", ran.stdout);
        for id in ["01A", "01B", "01C"] {
            assert_eq!(saas.applied(id), 1, "{fault:?}");
        }
    }
}

#[test]
fn a_server_that_is_not_there_leaves_all_queued() {
    let (saas, kitty, queue) = queued();
    saas.go_away();
    let ran = kitty.run(&["sync-now"]).expect(1);
    assert!(ran.stdout.contains("events ended early"), "{}", ran.stdout);
    assert!(ran.stdout.contains("bodies: not tried"), "{}", ran.stdout);
    assert_eq!(left(&queue), (3, 1));
}

#[test]
fn sync_that_is_off_sends_nothing() {
    let (saas, mut kitty, queue) = queued();
    kitty.env.unset("SPEC_KITTY_ENABLE_SAAS_SYNC");
    let path = kitty.env.work().join("report.json");
    let ran = kitty
        .look(&["sync-now", "--report", path.as_str()])
        .expect(0);
    assert!(
        ran.stdout.contains("nothing was sent; 4 row(s) wait"),
        "{}",
        ran.stdout
    );
    assert!(path.exists(), "asked for, so written");
    let told = told(&kitty.look(&["sync-now", "--json"]).expect(0));
    assert_eq!(
        (&told["switchedOff"], &told["complete"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(saas.journal().counters().requests, 0);
    assert_eq!(left(&queue), (3, 1));
}

#[test]
fn credentials_can_queue_but_not_send() {
    let mut kitty = Kitty::coherent();
    kitty.env.set("SPEC_KITTY_ENABLE_SAAS_SYNC", "1");
    kitty
        .home
        .legacy(Schema::current())
        .events(&[EventRow::new("00L")]);
    let told = told(&kitty.run(&["sync-now", "--json"]).expect(3));
    assert_eq!(told["exit"], 3);
    assert_eq!(told["migration"]["carried"], 1, "what was done is told");
    let message = told["error"]["message"].as_str().unwrap();
    assert_eq!(message, "the credentials file holds no access token");
    let ran = kitty.run(&["sync-now"]).expect(3);
    insta::assert_snapshot!(ran.stderr, @r"
    error: the credentials file holds no access token
    hint: log in with `spec-kitty auth login`; everything that waits stays queued
    ");
    assert_eq!(kitty.scoped().count("queue"), 3);
}

#[test]
fn a_second_run_at_the_same_time_is_refused() {
    let (saas, kitty, queue) = queued();
    let (tell, told) = mpsc::channel();
    let tell = Mutex::new(tell);
    saas.script().fault(batches().nth(1), Fault::Hang);
    saas.script().before(batches().nth(1), move |_| {
        tell.lock().unwrap().send(()).unwrap();
    });
    let first = kitty.env.spawn(&["sync-now"]);
    told.recv().unwrap();
    let ran = kitty.run(&["sync-now"]).expect(3);
    assert!(
        ran.stderr
            .contains(&format!("process {} does it since", first.id())),
        "{}",
        ran.stderr
    );
    let doctor = kitty.run(&["doctor"]).expect(0).stdout;
    assert!(
        doctor.contains("sync-now-queue-") && doctor.contains(": running"),
        "{doctor}"
    );
    saas.script().release();
    let _ = kitty.env.finish(first).expect(0);
    assert_eq!(left(&queue), (0, 0));
    let doctor = kitty.run(&["doctor"]).expect(0).stdout;
    assert!(
        !doctor.contains("sync-now"),
        "the record went with the run: {doctor}"
    );
}

#[test]
fn a_signal_ends_it_after_what_is_under_way() {
    let (saas, kitty, queue) = queued();
    saas.limit(Limits {
        events: 1,
        ..Limits::default()
    });
    let (tell, told) = mpsc::channel::<u32>();
    let told = Mutex::new(told);
    saas.script().after(batches().nth(1), move |_| {
        let pid = told.lock().unwrap().recv().unwrap();
        let pid = rustix::process::Pid::from_raw(pid.try_into().unwrap()).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    });
    let child = kitty.env.spawn(&["sync-now"]);
    tell.send(child.id()).unwrap();
    let ran = kitty.env.finish(child).expect(1);
    assert!(
        ran.stdout
            .contains("interrupted; what was not sent stays queued"),
        "{}",
        ran.stdout
    );
    let sent = saas.applied_ids().len();
    assert!(sent < 3, "{sent}");
    assert_eq!(
        left(&queue).0 + i64::try_from(sent).unwrap(),
        3,
        "taken is deleted"
    );
}

#[test]
fn rows_from_a_clock_that_was_ahead_are_sent() {
    let (saas, kitty, queue) = queued();
    queue.execute("UPDATE queue SET timestamp = 4000000000");
    let ran = kitty.run(&["sync-now"]).expect(0);
    assert!(ran.stdout.contains("events: 3 sent\n"), "{}", ran.stdout);
    assert_eq!(saas.applied_ids().len(), 3);
}
