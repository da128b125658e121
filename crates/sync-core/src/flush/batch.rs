//! Which events go into one request.

use super::SetAside;
use alloc::string::String;
use alloc::vec::Vec;

/// Keys of an older layout: an event that has one, at any depth, makes the server refuse its batch.
pub const FORBIDDEN_KEYS: [&str; 5] = [
    "feature_slug",
    "feature_number",
    "mission_key",
    "legacy_aggregate_id",
    "work_package_id",
];

/// `{"events": []}`.
const ENVELOPE_BYTES: u64 = 14;

/// `, ` between two events.
const SEPARATOR_BYTES: u64 = 2;

/// An event as it lies in the queue; its text is read when it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueuedEvent {
    /// Its local id.
    pub id: i64,
    /// Its key.
    pub event_id: String,
    /// When it was queued, in Unix seconds.
    pub timestamp: i64,
    /// How long its JSON is as it will be sent, in bytes.
    pub bytes: u64,
    /// Why it must not be sent, if so.
    pub fault: Option<EventFault>,
}

/// Why an event must not be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventFault {
    /// It has one of the [`FORBIDDEN_KEYS`].
    ForbiddenKey(String),
    /// It is no JSON object.
    NotAnEvent(String),
}

/// How much goes into one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchLimits {
    /// How many events.
    pub events: usize,
    /// How many bytes of JSON, before compression.
    pub bytes: u64,
}

impl Default for BatchLimits {
    fn default() -> Self {
        Self::advertised(None, None)
    }
}

impl BatchLimits {
    const MOST_EVENTS: u64 = 1000;
    const USUAL_BYTES: u64 = 262_144;
    const MOST_BYTES: u64 = 524_288;

    /// Derives the limits from what the server advertises: a tenth is left free, and neither limit
    /// grows beyond what the other program sends. A limit of 0 is none.
    pub fn advertised(events: Option<u64>, bytes: Option<u64>) -> Self {
        let set = |limit: Option<u64>| limit.filter(|limit| *limit > 0);
        let events = set(events).unwrap_or(Self::MOST_EVENTS);
        let bytes = set(bytes).unwrap_or(Self::USUAL_BYTES);
        // In this order 0.9 is exact, and nothing overflows.
        let bytes = bytes / 10 * 9 + bytes % 10 * 9 / 10;
        Self {
            events: usize::try_from(events.min(Self::MOST_EVENTS)).unwrap_or(usize::MAX),
            bytes: bytes.min(Self::MOST_BYTES),
        }
    }

    /// Says why an event can be in no batch.
    pub(super) fn refuse(&self, event: &QueuedEvent) -> Option<SetAside> {
        match &event.fault {
            Some(EventFault::ForbiddenKey(key)) => {
                Some(SetAside::ForbiddenKey { key: key.clone() })
            }
            Some(EventFault::NotAnEvent(reason)) => Some(SetAside::NotAnEvent {
                reason: reason.clone(),
            }),
            None => {
                let bytes = event.bytes.saturating_add(ENVELOPE_BYTES);
                (bytes > self.bytes).then_some(SetAside::AboveLimit {
                    bytes,
                    limit: self.bytes,
                })
            }
        }
    }

    /// Cuts events, each of which fits, into batches, in their order.
    pub(super) fn batches(&self, events: Vec<QueuedEvent>) -> Vec<Vec<QueuedEvent>> {
        let mut batches: Vec<Vec<QueuedEvent>> = Vec::new();
        let mut room = 0;
        for event in events {
            let bytes = event.bytes.saturating_add(SEPARATOR_BYTES);
            match batches.last_mut() {
                Some(batch) if batch.len() < self.events && bytes <= room => {
                    room -= bytes;
                    batch.push(event);
                }
                _ => {
                    room = self.bytes.saturating_sub(ENVELOPE_BYTES + event.bytes);
                    batches.push([event].into());
                }
            }
        }
        batches
    }
}
