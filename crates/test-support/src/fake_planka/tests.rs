//! The fake, asked over the wire by a client of a few lines that knows nothing of Planka.

mod faulty;
mod replay;
mod rules_v1;
mod rules_v2;
mod shared_rules;
mod story;

use serde_json::{Value, json};

use super::{FakePlanka, Id, Version};
use crate::wire::{Answer, Wire};

const BOTH: [Version; 2] = [Version::V1, Version::V2];

/// Somebody at work on a fake through one connection.
struct Visitor<'a> {
    planka: &'a FakePlanka,
    wire: Wire,
    token: String,
}

impl<'a> Visitor<'a> {
    fn new(planka: &'a FakePlanka) -> Self {
        Self::with_token(planka, planka.token())
    }

    fn with_token(planka: &'a FakePlanka, token: String) -> Self {
        Self {
            planka,
            wire: Wire::new(planka.url()),
            token,
        }
    }

    fn ask(&mut self, method: &str, path: &str, body: &Value) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        self.wire
            .send(method, path, &[("authorization", &bearer)], &body)
            .expect("an answer")
    }

    fn get(&mut self, path: &str) -> Answer {
        self.ask("GET", path, &Value::Null)
    }

    fn post(&mut self, path: &str, body: &Value) -> Answer {
        self.ask("POST", path, body)
    }

    fn patch(&mut self, path: &str, body: &Value) -> Answer {
        self.ask("PATCH", path, body)
    }

    fn delete(&mut self, path: &str) -> Answer {
        self.ask("DELETE", path, &Value::Null)
    }

    /// The body of a card create, with what the version demands.
    fn new_card(&self, name: &str, position: f64) -> Value {
        match self.planka.version() {
            Version::V1 => json!({ "name": name, "position": position }),
            Version::V2 => json!({ "name": name, "position": position, "type": "project" }),
        }
    }
}

/// A board with one list, made by people.
fn board_and_list(planka: &FakePlanka) -> (Id, Id) {
    let people = planka.people();
    let board = people.add_board("Demo", "Changes");
    (board, people.add_list(board, "In Progress"))
}
