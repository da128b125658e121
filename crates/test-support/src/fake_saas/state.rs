//! What the server remembers.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use super::FakeSaas;
use super::answers::{Answers, ContentAnswer, EventAnswer};

/// How great a batch may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Events in a batch.
    pub events: usize,
    /// Bytes of a batch before it is zipped.
    pub bytes: usize,
}

/// What a client assumes when nobody tells it (sync-boundary sheet, §9).
impl Default for Limits {
    fn default() -> Self {
        Self {
            events: 1000,
            bytes: 262_144,
        }
    }
}

/// One arrival of an event.
#[derive(Clone, Debug, PartialEq)]
pub struct ReceivedEvent {
    /// Its `event_id`.
    pub event_id: String,
    /// All of it.
    pub body: Value,
    /// What was answered, or would have been if the reply was lost.
    pub answer: EventAnswer,
    /// The request it came with, as the journal numbers them.
    pub request: usize,
}

/// One arrival of a body.
#[derive(Clone, Debug, PartialEq)]
pub struct ReceivedContent {
    /// Its `artifact_path`.
    pub artifact_path: String,
    /// All of it.
    pub body: Value,
    /// What was answered, or would have been if the reply was lost.
    pub status: u16,
    /// The request it came with, as the journal numbers them.
    pub request: usize,
}

pub(super) struct State {
    pub(super) token: String,
    pub(super) team: String,
    pub(super) limits: Limits,
    pub(super) advertised: Option<Limits>,
    pub(super) event_answers: Answers<EventAnswer>,
    pub(super) content_answers: Answers<ContentAnswer>,
    pub(super) events: Vec<ReceivedEvent>,
    /// By id; what was said first stays.
    pub(super) known_events: HashMap<String, Value>,
    /// The ids of what took effect, in order.
    pub(super) applied: Vec<String>,
    pub(super) contents: Vec<ReceivedContent>,
    pub(super) stored: Vec<Value>,
    /// The seven columns by which a body is told from others.
    pub(super) stored_keys: HashSet<Vec<String>>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            token: FakeSaas::TOKEN.to_owned(),
            team: FakeSaas::TEAM.to_owned(),
            limits: Limits::default(),
            advertised: Some(Limits::default()),
            event_answers: Answers::default(),
            content_answers: Answers::default(),
            events: Vec::new(),
            known_events: HashMap::new(),
            applied: Vec::new(),
            contents: Vec::new(),
            stored: Vec::new(),
            stored_keys: HashSet::new(),
        }
    }
}

impl State {
    pub(super) fn health(&self) -> Value {
        match self.advertised {
            None => json!({ "status": "ok" }),
            Some(Limits { events, bytes }) => json!({
                "status": "ok",
                "sync_ingress": { "limits": {
                    "max_events_per_batch": events,
                    "max_decompressed_bytes_per_batch": bytes,
                } },
            }),
        }
    }

    /// Remembers an event; the first word about an id stays.
    pub(super) fn knows(&mut self, event: Value) {
        let event_id = event["event_id"].as_str().unwrap_or_default().to_owned();
        self.known_events.entry(event_id).or_insert(event);
    }

    /// Lets an event take effect.
    pub(super) fn apply(&mut self, event: Value) {
        let event_id = event["event_id"].as_str().unwrap_or_default().to_owned();
        self.applied.push(event_id);
        self.knows(event);
    }
}
