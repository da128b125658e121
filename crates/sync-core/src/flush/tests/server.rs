//! A queue of events and a server that says what a script says, and the driver between them.

use super::*;
use crate::flush::{Answer, EventFlush, EventStep};
use alloc::collections::BTreeSet;
use alloc::string::String;

/// What the server does with one batch.
pub(super) type Script<'a> = dyn FnMut(&[QueuedEvent]) -> BatchReply + 'a;

#[derive(Debug, Default)]
pub(super) struct Log {
    /// Ids of events, request by request.
    pub(super) requests: Vec<Vec<i64>>,
    pub(super) waits: Vec<Duration>,
    pub(super) settled: Vec<(i64, RowFate)>,
    /// What is left in the queue.
    pub(super) queue: BTreeSet<(i64, i64)>,
}

pub(super) fn event(id: i64) -> QueuedEvent {
    QueuedEvent {
        id,
        event_id: alloc::format!("E{id}"),
        timestamp: 1_779_000_000,
        bytes: 100,
        fault: None,
    }
}

pub(super) fn result(event_id: &str, status: &str) -> EventResult {
    EventResult {
        event_id: event_id.into(),
        status: status.into(),
        error: None,
    }
}

pub(super) fn all(events: &[QueuedEvent], status: &str) -> BatchReply {
    let results = events.iter().map(|event| result(&event.event_id, status));
    BatchReply::Results(results.collect())
}

/// Drives a flush to its end.
pub(super) fn drive(
    events: Vec<QueuedEvent>,
    limits: BatchLimits,
    script: &mut Script<'_>,
) -> (FlushReport, Log) {
    let newest = events.iter().map(|event| event.id).max();
    let mut flush = EventFlush::new(limits, newest.unwrap_or(i64::MIN));
    let mut log = Log::default();
    let mut stored = events;
    stored.sort_by_key(|event| (event.timestamp, event.id));
    log.queue = stored
        .iter()
        .map(|event| (event.timestamp, event.id))
        .collect();
    let bound = stored.len() * 8 + 100;
    for _ in 0..bound {
        let step = flush.next();
        assert_eq!(flush.next(), step, "a step repeats until it is answered");
        let answer = match step {
            EventStep::Load { after, most, .. } => {
                let rest = stored.iter().filter(|event| {
                    let place = (event.timestamp, event.id);
                    log.queue.contains(&place) && after.is_none_or(|after| place > after)
                });
                Answer::Loaded(rest.take(most).cloned().collect())
            }
            EventStep::Send(events) => {
                assert!(!events.is_empty() && events.len() <= limits.events);
                log.requests
                    .push(events.iter().map(|event| event.id).collect());
                Answer::Replied(script(&events))
            }
            EventStep::Settle(settled) => {
                for one in settled {
                    if matches!(one.fate, RowFate::Delete { .. } | RowFate::SetAside(_)) {
                        assert!(log.queue.remove(&(one.row.timestamp, one.row.id)));
                    }
                    log.settled.push((one.row.id, one.fate));
                }
                Answer::Done
            }
            EventStep::Wait(wait) => {
                log.waits.push(wait);
                Answer::Done
            }
            EventStep::End(report) => return (report, log),
        };
        flush.complete(answer);
    }
    panic!("no end after {bound} steps: {log:?}");
}

/// Returns the fates of one event.
pub(super) fn fates(log: &Log, id: i64) -> Vec<&RowFate> {
    let of = log.settled.iter().filter(|(own, _)| *own == id);
    of.map(|(_, fate)| fate).collect()
}

pub(super) fn raise(reason: &str) -> RowFate {
    RowFate::Raise {
        reason: String::from(reason),
    }
}
