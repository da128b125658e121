use super::*;
use crate::flush::{Answer, BODIES_PER_LOAD, BodyFlush, BodyStep, GIVE_UP_AFTER, QueuedBody};
use crate::queue::{RowKey, Table};
use alloc::string::String;

fn body(id: i64, retry_count: u32) -> QueuedBody {
    let path = id.to_string();
    let key = RowKey::new(Table::Bodies, ["p", "m", "b", "t", "1", &path, "h"]).unwrap();
    QueuedBody {
        id,
        key,
        retry_count,
    }
}

fn numbered(count: i64) -> Vec<QueuedBody> {
    (1..=count).map(|id| body(id, 0)).collect()
}

#[derive(Debug, Default)]
struct Log {
    requests: Vec<i64>,
    waits: Vec<Duration>,
    settled: Vec<(i64, RowFate)>,
    loads: usize,
}

/// Drives a flush to its end; what is to be tried later is due again at once, as with a clock that
/// was set back.
fn drive(
    bodies: Vec<QueuedBody>,
    script: &mut dyn FnMut(&QueuedBody) -> BodyReply,
) -> (FlushReport, Log) {
    let newest = bodies.iter().map(|body| body.id).max();
    let mut flush = BodyFlush::new(newest.unwrap_or(i64::MIN));
    let (mut queue, mut log) = (bodies, Log::default());
    for _ in 0..queue.len() * 4 + 20 {
        let answer = match flush.next() {
            BodyStep::Load { most, .. } => {
                log.loads += 1;
                Answer::Loaded(queue.iter().take(most).cloned().collect())
            }
            BodyStep::Send(body) => {
                log.requests.push(body.id);
                Answer::Replied(script(&body))
            }
            BodyStep::Settle(settled) => {
                if let RowFate::RetryLater { .. } = settled.fate {
                    let at = queue.iter().position(|body| *body == settled.row).unwrap();
                    let body = queue.remove(at);
                    queue.push(body);
                } else {
                    queue.retain(|body| *body != settled.row);
                }
                log.settled.push((settled.row.id, settled.fate));
                Answer::Done
            }
            BodyStep::Wait(wait) => {
                log.waits.push(wait);
                Answer::Done
            }
            BodyStep::End(report) => return (report, log),
        };
        flush.complete(answer);
    }
    panic!("no end: {log:?}");
}

const TAKEN: BodyReply = BodyReply::Taken { duplicate: false };

fn later(seconds: u64, raise: bool, reason: &str) -> RowFate {
    RowFate::RetryLater {
        after: secs(seconds),
        raise,
        reason: reason.into(),
    }
}

fn refused(reason: &str) -> RowFate {
    RowFate::SetAside(SetAside::Refused {
        reason: String::from(reason),
    })
}

#[test]
fn bodies_go_out_one_by_one() {
    let count = i64::try_from(BODIES_PER_LOAD).unwrap() * 2 + 1;
    let (report, log) = drive(numbered(count), &mut |_| TAKEN);
    assert_eq!(log.requests, (1..=count).collect::<Vec<_>>());
    assert_eq!(
        (report.taken, log.loads, report.is_complete()),
        (101, 4, true)
    );
}

#[test]
fn each_reply_has_its_fate() {
    let reason = || "why".to_string();
    for (reply, fate, end) in [
        (
            TAKEN,
            RowFate::Delete { duplicate: false },
            FlushEnd::Drained,
        ),
        (
            BodyReply::Taken { duplicate: true },
            RowFate::Delete { duplicate: true },
            FlushEnd::Drained,
        ),
        (
            BodyReply::Refused {
                reason: reason(),
                denied: false,
            },
            refused("why"),
            FlushEnd::Drained,
        ),
        (
            BodyReply::Refused {
                reason: reason(),
                denied: true,
            },
            refused("why"),
            FlushEnd::Drained,
        ),
        (
            BodyReply::NotYet { reason: reason() },
            later(8, true, "why"),
            FlushEnd::Drained,
        ),
    ] {
        let (report, log) = drive(vec![body(1, 3)], &mut |_| reply.clone());
        assert_eq!(
            (log.settled, report.end),
            (vec![(1, fate)], end),
            "{reply:?}"
        );
        assert_eq!(log.requests, [1]);
    }
}

#[test]
fn only_the_servers_own_failure_counts_against_a_body() {
    for (status, retry_after, raise, seconds) in [
        (503, None, true, 8),
        (503, Some(4), true, 8),
        (429, Some(40), false, 40),
        (429, None, false, 8),
        (0, None, false, 8),
    ] {
        let reply = BodyReply::Trouble {
            trouble: trouble(status),
            retry_after: retry_after.map(secs),
        };
        let (_, log) = drive(vec![body(1, 3)], &mut |_| reply.clone());
        let fate = later(seconds, raise, &trouble(status).sentence());
        assert_eq!(log.settled, [(1, fate)], "{status}");
    }
}

#[test]
fn whoever_may_not_send_changes_nothing() {
    let reason = || "why".to_string();
    for (reply, end) in [
        (BodyReply::LoggedOut, FlushEnd::LoggedOut),
        (
            BodyReply::Blocked { reason: reason() },
            FlushEnd::Blocked { reason: reason() },
        ),
    ] {
        let (report, log) = drive(numbered(3), &mut |_| reply.clone());
        assert_eq!((report.end, report.untouched), (end, 3));
        assert_eq!((log.requests.len(), log.settled.len()), (1, 0));
    }
}

#[test]
fn after_three_failures_in_a_row_the_rest_is_left() {
    let (report, log) = drive(numbered(9), &mut |_| BodyReply::Trouble {
        trouble: trouble(502),
        retry_after: None,
    });
    assert_eq!(
        (log.requests, log.waits),
        (vec![1, 2, 3], vec![secs(1), secs(2)])
    );
    assert_eq!((report.later, report.untouched), (3, 6));
    assert!(matches!(report.end, FlushEnd::Trouble { .. }));

    let (report, log) = drive(numbered(9), &mut |_| BodyReply::Refused {
        reason: "no".into(),
        denied: true,
    });
    assert_eq!(
        (log.requests.len(), report.set_aside, report.untouched),
        (3, 3, 6)
    );
    assert!(matches!(report.end, FlushEnd::Denied { .. }));

    let (report, log) = drive(numbered(9), &mut |_| BodyReply::Trouble {
        trouble: trouble(429),
        retry_after: Some(secs(61)),
    });
    assert_eq!((log.requests.len(), report.later), (1, 1));
}

#[test]
fn failures_with_success_between_them_stop_nobody() {
    let (report, log) = drive(numbered(10), &mut |body| {
        if body.id % 2 == 0 {
            TAKEN
        } else {
            BodyReply::Trouble {
                trouble: trouble(0),
                retry_after: None,
            }
        }
    });
    assert_eq!(
        (report.taken, report.later, report.end),
        (5, 5, FlushEnd::Drained)
    );
    assert_eq!((log.requests.len(), log.waits), (10, vec![secs(1); 5]));
}

#[test]
fn what_was_tried_too_often_is_set_aside_unsent() {
    let bodies = vec![
        body(1, GIVE_UP_AFTER),
        body(2, GIVE_UP_AFTER + 1),
        body(3, 0),
    ];
    let (report, log) = drive(bodies, &mut |_| TAKEN);
    assert_eq!(log.requests, [1, 3]);
    assert_eq!((report.taken, report.set_aside), (2, 1));
    let tries = GIVE_UP_AFTER + 1;
    assert_eq!(
        log.settled[1],
        (2, RowFate::SetAside(SetAside::GivenUp { tries }))
    );
}

#[test]
fn an_interrupt_settles_what_is_under_way() {
    let mut flush = BodyFlush::new(3);
    flush.complete(Answer::Loaded(numbered(3)));
    flush.interrupt();
    assert!(matches!(flush.next(), BodyStep::Send(body) if body.id == 1));
    flush.complete(Answer::Replied(TAKEN));
    flush.complete(Answer::Done);
    let BodyStep::End(report) = flush.next() else {
        panic!()
    };
    assert_eq!(
        (report.end, report.taken, report.untouched),
        (FlushEnd::Interrupted, 1, 2)
    );
}

#[test]
fn what_is_queued_meanwhile_is_left_for_the_next_flush() {
    let (mut flush, mut sent, mut loads) = (BodyFlush::new(2), Vec::new(), 0);
    let report = loop {
        let answer = match flush.next() {
            BodyStep::Load { newest, .. } => {
                loads += 1;
                assert!(newest == 2 && loads < 5, "{sent:?}");
                // A producer queues another one whenever somebody looks, and this driver hands it out.
                let all = (1..=2 + loads).filter(|id| !sent.contains(id));
                Answer::Loaded(all.map(|id| body(id, 0)).collect())
            }
            BodyStep::Send(body) => {
                sent.push(body.id);
                Answer::Replied(TAKEN)
            }
            BodyStep::End(report) => break report,
            _ => Answer::Done,
        };
        flush.complete(answer);
    };
    assert_eq!((sent, report.is_complete()), (vec![1, 2], true));
}
