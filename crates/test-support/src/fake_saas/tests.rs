//! The fake, asked over the wire by a client of a few lines that knows nothing of queues.

mod batches;
mod contents;
mod spoilt;

use serde_json::{Value, json};

use super::FakeSaas;
use crate::loopback::gzip;
use crate::wire::{Answer, Wire};

/// Somebody at work on a fake through one connection.
struct Visitor {
    wire: Wire,
    token: &'static str,
    team: &'static str,
}

impl Visitor {
    fn new(saas: &FakeSaas) -> Self {
        Self {
            wire: Wire::new(saas.url()),
            token: FakeSaas::TOKEN,
            team: FakeSaas::TEAM,
        }
    }

    /// Sends a batch as a good client does.
    fn try_batch(&mut self, events: &[Value]) -> std::io::Result<Answer> {
        let body = gzip(json!({ "events": events }).to_string().as_bytes());
        let bearer = format!("Bearer {}", self.token);
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-encoding", "gzip"),
            ("x-team-slug", self.team),
        ];
        self.wire.send("POST", FakeSaas::BATCH, &headers, body)
    }

    fn batch(&mut self, ids: &[&str]) -> Answer {
        let events: Vec<Value> = ids.iter().map(|id| event(id)).collect();
        self.try_batch(&events).unwrap()
    }

    fn push(&mut self, body: &Value) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        let headers = [("authorization", bearer.as_str())];
        let body = body.to_string();
        let answer = self.wire.send("POST", FakeSaas::CONTENT, &headers, body);
        answer.unwrap()
    }
}

fn event(id: &str) -> Value {
    json!({ "event_id": id, "event_type": "WPStatusChanged", "payload": {} })
}

/// The results of a batch as `id status`.
fn results(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{}", answer.text());
    let body = answer.json();
    let results = body["results"].as_array().unwrap().iter();
    let word = |result: &Value, key: &str| result[key].as_str().unwrap().to_owned();
    results
        .map(|result| format!("{} {}", word(result, "event_id"), word(result, "status")))
        .collect()
}
