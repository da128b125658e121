use super::server::{all, drive, event, fates, raise, result};
use super::*;
use crate::flush::{Answer, EventFlush, EventStep};
use proptest::collection::vec as vec_of;
use proptest::prelude::*;

const TAKEN: RowFate = RowFate::Delete { duplicate: false };

fn limits(events: usize) -> BatchLimits {
    BatchLimits {
        events,
        ..BatchLimits::default()
    }
}

fn numbered(count: i64) -> Vec<QueuedEvent> {
    (1..=count).map(event).collect()
}

#[test]
fn an_empty_queue_is_drained_without_a_request() {
    let (report, log) = drive(vec![], limits(10), &mut |_| panic!());
    assert_eq!(
        (report.end.clone(), log.requests.len()),
        (FlushEnd::Drained, 0)
    );
    assert!(report.is_complete());
}

#[test]
fn batches_go_out_oldest_first_within_the_count() {
    let mut events = numbered(7);
    events[6].timestamp -= 1;
    let (report, log) = drive(events, limits(3), &mut |events| all(events, "success"));
    assert_eq!(log.requests, [vec![7, 1, 2], vec![3, 4, 5], vec![6]]);
    assert_eq!(
        (report.taken, report.is_complete(), log.queue.len()),
        (7, true, 0)
    );
}

#[test]
fn batches_keep_to_the_bytes_with_brackets_and_commas() {
    // Two of 100 bytes take 14 + 100 + 2 + 100.
    for (bytes, expected) in [
        (216, vec![2, 1]),
        (215, vec![1, 1, 1]),
        (318, vec![3]),
        (114, vec![1, 1, 1]),
    ] {
        let limits = BatchLimits { events: 10, bytes };
        let (_, log) = drive(numbered(3), limits, &mut |events| all(events, "success"));
        let sizes: Vec<usize> = log.requests.iter().map(Vec::len).collect();
        assert_eq!(sizes, expected, "{bytes}");
    }
}

#[test]
fn what_can_never_be_sent_is_set_aside_and_stops_nobody() {
    let mut events = numbered(5);
    events[0].fault = Some(EventFault::ForbiddenKey("feature_slug".into()));
    events[1].fault = Some(EventFault::NotAnEvent("a list".into()));
    events[2].bytes = 235_929 - 14 + 1;
    events[3].bytes = 235_929 - 14;
    let (report, log) = drive(events, limits(10), &mut |events| all(events, "success"));
    assert_eq!(log.requests, [[4], [5]]);
    let aside = |reason| RowFate::SetAside(reason);
    let key = "feature_slug".into();
    assert_eq!(fates(&log, 1), [&aside(SetAside::ForbiddenKey { key })]);
    let reason = "a list".into();
    assert_eq!(fates(&log, 2), [&aside(SetAside::NotAnEvent { reason })]);
    let (bytes, limit) = (235_930, 235_929);
    assert_eq!(
        fates(&log, 3),
        [&aside(SetAside::AboveLimit { bytes, limit })]
    );
    assert_eq!(
        (report.set_aside, report.taken, report.is_complete()),
        (3, 2, false)
    );
}

#[test]
fn each_event_has_the_fate_its_result_says() {
    let words = [
        "success",
        "accepted",
        "warning",
        "duplicate",
        "queued",
        "pending",
        "rejected",
        "what",
    ];
    let (report, log) = drive(numbered(9), limits(10), &mut |events| {
        let results = events.iter().zip(words);
        BatchReply::Results(
            results
                .map(|(event, word)| result(&event.event_id, word))
                .collect(),
        )
    });
    let duplicate = RowFate::Delete { duplicate: true };
    let expected = [
        (1, TAKEN),
        (2, TAKEN),
        (3, TAKEN),
        (4, duplicate),
        (7, raise("rejected")),
        (8, raise("what")),
    ];
    assert_eq!(log.settled, expected);
    assert_eq!(
        (
            report.taken,
            report.duplicates,
            report.refused,
            report.untouched
        ),
        (3, 1, 2, 3)
    );
    assert_eq!(report.end, FlushEnd::Drained);
}

#[test]
fn told_two_things_an_event_is_not_deleted() {
    let (_, log) = drive(numbered(1), limits(1), &mut |_| {
        let refused = EventResult {
            error: Some("schema".into()),
            ..result("E1", "rejected")
        };
        BatchReply::Results(vec![
            result("E1", "success"),
            refused,
            result("E9", "success"),
        ])
    });
    assert_eq!(log.settled, [(1, raise("schema"))]);
}

#[test]
fn no_progress_ends_it_and_refusals_do_not() {
    let (report, log) = drive(numbered(4), limits(2), &mut |events| all(events, "pending"));
    assert_eq!(
        (report.end, log.requests.len(), report.untouched),
        (FlushEnd::NoProgress, 1, 2)
    );
    let (report, log) = drive(numbered(4), limits(2), &mut |_| BatchReply::Results(vec![]));
    assert_eq!(
        (report.end, log.requests.len(), log.settled.len()),
        (FlushEnd::NoProgress, 1, 0)
    );
    let (report, log) = drive(numbered(4), limits(2), &mut |events| {
        all(events, "rejected")
    });
    assert_eq!(
        (report.end, log.requests.len(), report.refused),
        (FlushEnd::Drained, 2, 4)
    );
}

#[test]
fn what_is_too_large_is_halved_down_to_one() {
    let (report, log) = drive(numbered(4), limits(4), &mut |events| {
        if events.len() > 2 || events.iter().any(|event| event.id == 3) {
            BatchReply::TooLarge
        } else {
            all(events, "success")
        }
    });
    assert_eq!(
        log.requests,
        [vec![1, 2, 3, 4], vec![1, 2], vec![3, 4], vec![3], vec![4]]
    );
    assert_eq!(fates(&log, 3), [&RowFate::SetAside(SetAside::TooLarge)]);
    assert_eq!((report.taken, report.set_aside), (3, 1));
}

#[test]
fn a_refused_batch_goes_out_without_those_it_names() {
    let mut first = true;
    let (report, log) = drive(numbered(4), limits(4), &mut |events| {
        if core::mem::take(&mut first) {
            let bad = |event_id: Option<&str>, error: &str| BadEvent {
                event_id: event_id.map(Into::into),
                error: error.into(),
            };
            // The second has no name but a place.
            BatchReply::BadRequest(vec![bad(Some("E4"), "late"), bad(None, "early")])
        } else {
            all(events, "success")
        }
    });
    assert_eq!(log.requests, [vec![1, 2, 3, 4], vec![1, 3]]);
    assert_eq!(fates(&log, 2), [&raise("early")]);
    assert_eq!(fates(&log, 4), [&raise("late")]);
    assert_eq!((report.taken, report.refused), (2, 2));
}

#[test]
fn one_bad_event_among_a_thousand_is_found() {
    let (report, log) = drive(numbered(1000), limits(1000), &mut |events| {
        if events.iter().any(|event| event.id == 600) {
            BatchReply::BadRequest(vec![])
        } else {
            all(events, "success")
        }
    });
    assert_eq!((report.taken, report.refused), (999, 1));
    assert_eq!(fates(&log, 600), [&raise("bad_request")]);
    assert!(log.requests.len() <= 21, "{}", log.requests.len());
}

#[test]
fn a_server_that_refuses_everything_is_not_stormed() {
    let (report, log) = drive(numbered(3000), limits(1000), &mut |_| {
        BatchReply::BadRequest(vec![])
    });
    assert_eq!((report.refused, report.taken), (3000, 0));
    assert!(log.requests.len() <= 30, "{}", log.requests.len());
    for id in [1, 1500, 3000] {
        assert_eq!(fates(&log, id).len(), 1, "raised once");
    }
}

#[test]
fn whoever_may_not_send_changes_nothing() {
    let reason = || "why".to_string();
    for (reply, end) in [
        (BatchReply::LoggedOut, FlushEnd::LoggedOut),
        (
            BatchReply::Denied { reason: reason() },
            FlushEnd::Denied { reason: reason() },
        ),
        (
            BatchReply::Blocked { reason: reason() },
            FlushEnd::Blocked { reason: reason() },
        ),
    ] {
        let (report, log) = drive(numbered(4), limits(2), &mut |_| reply.clone());
        assert_eq!(
            (report.end, log.requests.len(), log.settled.len()),
            (end, 1, 0)
        );
        assert_eq!((report.untouched, log.queue.len()), (2, 4));
    }
}

#[test]
fn a_server_in_trouble_is_asked_three_times_and_no_more() {
    for (status, retry_after, waits) in [
        (503, None, vec![1, 2]),
        (0, None, vec![1, 2]),
        (429, Some(30), vec![30, 30]),
        (429, Some(3600), vec![]),
    ] {
        let retry_after = retry_after.map(secs);
        let (report, log) = drive(numbered(4), limits(2), &mut |_| BatchReply::Trouble {
            trouble: trouble(status),
            retry_after,
        });
        let waits: Vec<Duration> = waits.into_iter().map(secs).collect();
        assert_eq!(log.waits, waits, "{status}");
        assert_eq!(log.requests, vec![vec![1, 2]; waits.len() + 1]);
        assert_eq!((log.settled.len(), report.untouched), (0, 2));
        let trouble = trouble(status);
        assert_eq!(
            report.end,
            FlushEnd::Trouble {
                trouble,
                retry_after
            }
        );
    }
}

#[test]
fn trouble_that_passes_leaves_no_trace() {
    let mut asked = 0;
    let (report, log) = drive(numbered(4), limits(2), &mut |events| {
        asked += 1;
        if asked % 3 == 0 {
            all(events, "success")
        } else {
            BatchReply::Trouble {
                trouble: trouble(502),
                retry_after: None,
            }
        }
    });
    assert_eq!((report.taken, report.is_complete()), (4, true));
    assert_eq!(log.waits, [secs(1), secs(2), secs(1), secs(2)]);
}

#[test]
fn an_interrupt_settles_what_is_under_way() {
    let mut flush = EventFlush::new(limits(2), 4);
    flush.complete(Answer::Loaded(numbered(4)));
    let EventStep::Send(events) = flush.next() else {
        panic!()
    };
    flush.interrupt();
    assert!(
        matches!(flush.next(), EventStep::Send(_)),
        "the request is under way"
    );
    flush.complete(Answer::Replied(all(&events, "success")));
    assert!(matches!(flush.next(), EventStep::Settle(settled) if settled.len() == 2));
    flush.complete(Answer::Done);
    let EventStep::End(report) = flush.next() else {
        panic!()
    };
    assert_eq!(
        (report.end, report.taken, report.untouched),
        (FlushEnd::Interrupted, 2, 2)
    );

    let mut waiting = EventFlush::new(limits(2), 4);
    waiting.complete(Answer::Loaded(numbered(4)));
    waiting.complete(Answer::Replied(BatchReply::Trouble {
        trouble: trouble(502),
        retry_after: None,
    }));
    waiting.interrupt();
    assert!(matches!(waiting.next(), EventStep::End(report) if report.untouched == 4));
}

#[test]
fn what_is_queued_meanwhile_is_left_for_the_next_flush() {
    let (mut flush, mut sent, mut loads) = (EventFlush::new(limits(5), 2), Vec::new(), 0);
    let report = loop {
        let answer = match flush.next() {
            EventStep::Load { newest, .. } => {
                loads += 1;
                assert!(newest == 2 && loads < 5, "{sent:?}");
                // A producer queues another one whenever somebody looks, and this driver hands it out.
                Answer::Loaded(numbered(2 + loads))
            }
            EventStep::Send(events) => {
                sent.extend(events.iter().map(|event| event.id));
                Answer::Replied(all(&events, "success"))
            }
            EventStep::End(report) => break report,
            _ => Answer::Done,
        };
        flush.complete(answer);
    };
    assert_eq!((sent, report.is_complete()), (vec![1, 2], true));
}

#[test]
fn an_answer_to_another_step_is_ignored() {
    let mut flush = EventFlush::new(limits(2), 4);
    let load = flush.next();
    flush.complete(Answer::Done);
    flush.complete(Answer::Replied(BatchReply::LoggedOut));
    assert_eq!(flush.next(), load);
    flush.complete(Answer::Loaded(numbered(1)));
    flush.complete(Answer::Loaded(numbered(2)));
    assert!(matches!(flush.next(), EventStep::Send(events) if events.len() == 1));
}

/// What a server of bad temper does with a request.
#[derive(Clone, Debug)]
enum Mood {
    Words(Vec<&'static str>),
    /// It takes all, and the reply is lost.
    Lost,
    Bad(Vec<usize>),
    TooLarge,
    Trouble(u16, Option<u64>),
    LoggedOut,
}

fn mood() -> impl Strategy<Value = Mood> {
    let words = [
        "success",
        "duplicate",
        "warning",
        "pending",
        "rejected",
        "missing",
    ];
    prop_oneof![
        6 => vec_of(proptest::sample::select(words.to_vec()), 1..6).prop_map(Mood::Words),
        1 => Just(Mood::Lost),
        2 => vec_of(0usize..6, 0..3).prop_map(Mood::Bad),
        2 => Just(Mood::TooLarge),
        2 => (Just(503), proptest::option::of(0u64..90)).prop_map(|(status, after)| Mood::Trouble(status, after)),
        1 => Just(Mood::LoggedOut),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever the server does, the flush ends; a row is deleted only if the server has taken it,
    /// and every row has one fate at most: with the server, aside with a reason, or in the queue.
    #[test]
    fn nothing_is_deleted_that_was_not_taken(
        sizes in vec_of((50u64..400, 0u8..12), 0..40),
        moods in vec_of(mood(), 1..30),
        most in 1usize..8,
        bytes in 300u64..2000,
    ) {
        let events: Vec<_> = (1..).zip(&sizes).map(|(id, (bytes, fault))| QueuedEvent {
            bytes: *bytes,
            fault: (*fault == 0).then(|| EventFault::NotAnEvent("x".into())),
            ..event(id)
        }).collect();
        let mut taken = alloc::collections::BTreeSet::new();
        let mut moods = moods.into_iter().cycle();
        let limits = BatchLimits { events: most, bytes };
        let (report, log) = drive(events.clone(), limits, &mut |events| {
            let size: u64 = events.iter().map(|event| event.bytes + 2).sum();
            assert!(size + 12 <= bytes, "{size} of {bytes}");
            let retry_after = None;
            match moods.next().unwrap() {
                Mood::Words(words) => {
                    let said = events.iter().zip(words.into_iter().cycle());
                    let said: Vec<_> = said.filter(|(_, word)| *word != "missing").collect();
                    for (event, word) in &said {
                        if ["success", "duplicate", "warning"].contains(word) {
                            taken.insert(event.id);
                        }
                    }
                    let said = said.into_iter().map(|(event, word)| result(&event.event_id, word));
                    BatchReply::Results(said.collect())
                }
                Mood::Lost => {
                    taken.extend(events.iter().map(|event| event.id));
                    BatchReply::Trouble { trouble: trouble(0), retry_after }
                }
                Mood::Bad(places) => BatchReply::BadRequest(places.iter().filter_map(|n| {
                    Some(BadEvent { event_id: Some(events.get(*n)?.event_id.clone()), error: "x".into() })
                }).collect()),
                Mood::TooLarge => BatchReply::TooLarge,
                Mood::Trouble(status, after) => BatchReply::Trouble {
                    trouble: trouble(status),
                    retry_after: after.map(secs),
                },
                Mood::LoggedOut => BatchReply::LoggedOut,
            }
        });
        for event in &events {
            let own = fates(&log, event.id);
            prop_assert!(own.len() <= 1, "{:?}", own);
            let in_queue = log.queue.contains(&(event.timestamp, event.id));
            match own.first() {
                Some(RowFate::Delete { .. }) => prop_assert!(taken.contains(&event.id) && !in_queue),
                Some(RowFate::SetAside(reason)) => prop_assert!(!reason.sentence().is_empty() && !in_queue),
                Some(RowFate::Raise { .. }) | None => prop_assert!(in_queue),
                Some(fate) => prop_assert!(false, "{:?}", fate),
            }
        }
        let counted = report.taken + report.duplicates + report.refused + report.set_aside;
        prop_assert_eq!(counted, log.settled.len() as u64);
        if report.is_complete() {
            prop_assert!(log.queue.is_empty());
        }
    }
}
