//! Every request of `tests/fixtures/planka/README.md`, in its order, on a fake: status and body
//! are what the real servers sent, but for ids, times, tokens and generated text.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use super::http::{Answer, Wire};
use super::{FakePlanka, Id, Version};
use crate::fake_planka::rows::UserRole;
use crate::{PASSWORD, People};

/// One row of the README's tables.
#[derive(Debug)]
struct Row {
    /// Such as `card-create`; empty for answers that are not JSON.
    name: String,
    method: String,
    path: String,
    body: String,
    status: u16,
    note: String,
}

fn fixtures() -> &'static Path {
    Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/fixtures/planka"
    ))
}

fn rows(directory: &str) -> Vec<Row> {
    let readme = std::fs::read_to_string(fixtures().join("README.md")).unwrap();
    let section = readme
        .split("\n## ")
        .find(|section| section.starts_with(directory));
    let table = section
        .unwrap()
        .lines()
        .filter(|line| line.starts_with("| "));
    table.skip(2).map(parse_row).collect()
}

fn parse_row(line: &str) -> Row {
    let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
    let [file, request, body, status, note] = cells[..] else {
        panic!("not five cells: {line}");
    };
    let (method, path) = request.trim_matches('`').split_once(' ').unwrap();
    let name = file
        .trim_matches('`')
        .strip_suffix(".json")
        .unwrap_or_default();
    Row {
        name: name.split('/').nth(1).unwrap_or_default().to_owned(),
        method: method.to_owned(),
        path: path.to_owned(),
        body: body.trim_matches('`').to_owned(),
        status: status.parse().unwrap(),
        note: note.to_owned(),
    }
}

/// A fake on which the story of the recording happens again.
struct Replay {
    planka: FakePlanka,
    people: People,
    wire: Wire,
    directory: &'static str,
    /// What was given an id in the story, by a short name.
    known: BTreeMap<&'static str, Id>,
    /// Ids of the recording and of the fake that must mean the same object, both ways round.
    actual: BTreeMap<String, String>,
    recorded: BTreeMap<String, String>,
    token: String,
    viewer_token: String,
    pending_token: String,
    signature: String,
}

#[test]
fn every_recorded_answer_of_version_1() {
    Replay::new(Version::V1, "v1").run(47);
}

#[test]
fn every_recorded_answer_of_version_2() {
    Replay::new(Version::V2, "v2").run(64);
}

impl Replay {
    fn new(version: Version, directory: &'static str) -> Self {
        let planka = FakePlanka::start(version);
        if version == Version::V2 {
            // The recorded administrator had a key.
            planka.api_key();
        }
        Self {
            people: planka.people(),
            wire: Wire::new(planka.url()),
            directory,
            known: BTreeMap::new(),
            actual: BTreeMap::new(),
            recorded: BTreeMap::new(),
            token: String::new(),
            viewer_token: String::new(),
            pending_token: String::new(),
            signature: String::new(),
            planka,
        }
    }

    fn run(mut self, expected_rows: usize) {
        let rows = rows(self.directory);
        assert_eq!(rows.len(), expected_rows, "rows of the README");
        for row in rows {
            self.prepare(&row.name);
            let answer = self.send(&row);
            assert_eq!(answer.status, row.status, "{row:?} {}", answer.text());
            if row.name.is_empty() {
                check_no_json(&row, &answer);
                continue;
            }
            let file = fixtures().join(format!("{}/{}.json", self.directory, row.name));
            let recorded: Value =
                serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
            assert_eq!(
                answer.header("content-type"),
                Some("application/json; charset=utf-8")
            );
            let answer = answer.json();
            self.compare(&row.name, "", &recorded, &answer);
            self.remember(&row.name, &answer);
        }
    }

    /// What the recording did before a request without showing it.
    fn prepare(&mut self, name: &str) {
        let (people, version) = (self.people.clone(), self.planka.version());
        let id = |name: &str| self.known[name];
        match name {
            "login-terms-required" => {
                people.add_newcomer("terms68900");
            }
            "api-key-create" => {
                let mut state = self.planka.world.state();
                let bot = state.add_user("bot68900", "Sync Bot", UserRole::BoardUser);
                state
                    .users
                    .alter(bot, |bot| bot.email = "botterms68900@demo.demo".into());
                drop(state);
                self.known.insert("bot", bot);
            }
            "list-update" => {
                let board = id("board");
                let doing = people.add_list(board, "In progress");
                let done = match version {
                    Version::V1 => people.add_list(board, "Done"),
                    Version::V2 => people.add_closed_list(board, "Done"),
                };
                self.known.extend([("doing", doing), ("done", done)]);
            }
            "label-create-bad-color" => {
                let auth = people.add_label(id("board"), "spec: auth", "lagoon-blue");
                let ui = people.add_label(id("board"), "spec: ui", "sunny-grass");
                self.known.extend([("auth", auth), ("ui", ui)]);
            }
            "card-create-position-collision" => self.add_cards(),
            "card-label-detach" => {
                people.attach_label(id("dark"), id("ui"));
                people.attach_label(id("two-factor"), id("openspec"));
                people.attach_label(id("two-factor"), id("auth"));
                people.attach_label(id("rename"), id("ui"));
            }
            "task-update" => {
                let holder = self.known.get("tasks").copied().unwrap_or(id("dark"));
                people.add_task(holder, "1.2 Add the switch", false);
                people.add_task(holder, "2.1 Tests", false);
                let holder = match version {
                    Version::V1 => id("two-factor"),
                    Version::V2 => people.add_task_list(id("two-factor"), "Tasks"),
                };
                people.add_task(holder, "1.1 TOTP secret", true);
                let task = people.add_task(holder, "1.2 Recovery codes", true);
                self.known.extend([("more tasks", holder), ("codes", task)]);
            }
            "card-update" if version == Version::V2 => {
                let (card, group, field) = (id("two-factor"), id("group"), id("field"));
                let mut state = self.planka.world.state();
                state.set_field_value(card, group, field, "add-two-factor-auth".into());
            }
            "board" => {
                // Onto the place of another card, which the recording shows to be 16384 further.
                let path = format!("/api/cards/{}", id("rename"));
                let body = json!({ "listId": id("doing").to_string(), "position": 131_072 });
                self.ask("PATCH", &path, &self.token.clone(), &body.to_string());
            }
            "board-membership-create" => {
                let viewer = people.add_user("viewer");
                self.known.insert("viewer", viewer);
                self.viewer_token = people.token_of(viewer);
            }
            "card-archive" => {
                let card = people.add_card(id("done"), "archived-change", None);
                self.known.insert("archived", card);
            }
            "card-trash" => {
                let card = people.add_card(id("done"), "trashed-change", None);
                self.known.insert("trashed", card);
            }
            "list-delete" => {
                let list = people.add_list(id("board"), "Temporary");
                people.move_list(list, 589_824.0);
                let mut state = self.planka.world.state();
                // The recording made it there at once.
                state.lists.alter(list, |list| list.stamp.updated = None);
                drop(state);
                people.add_card(list, "in-temporary", None);
                self.known.insert("temporary", list);
            }
            _ => {}
        }
    }

    fn add_cards(&mut self) {
        let people = &self.people;
        let (doing, done) = (self.known["doing"], self.known["done"]);
        let mut add = |name, list, title: &str, description, position| {
            let card = people.add_card(list, title, description);
            people.reposition(card, position);
            let mut state = self.planka.world.state();
            state.cards.alter(card, |card| {
                if name == "two-factor" {
                    card.due = Some("2026-12-24T12:00:00.000Z".into());
                    card.due_completed = Some(false);
                }
                card.stamp.updated = None;
            });
            drop(state);
            self.known.insert(name, card);
        };
        let why = "## Why\n\nAccounts need a second factor.\n";
        add(
            "two-factor",
            doing,
            "add-two-factor-auth",
            Some(why),
            131_072.0,
        );
        add("rename", doing, "settings", Some("Long."), 196_608.0);
        add("fix", done, "fix-login-redirect", Some("Fixed."), 262_144.0);
        add("copy", done, "update-billing-copy", None, 327_680.0);
    }

    fn send(&mut self, row: &Row) -> Answer {
        let mut slots = self.slots(row).into_iter();
        let mut fill = |text: &str| {
            let mut pieces = text.split("{id}");
            let mut filled = pieces.next().unwrap().to_owned();
            for piece in pieces {
                let id = slots
                    .next()
                    .unwrap_or_else(|| panic!("too few ids for {row:?}"));
                filled += &self.known[id].to_string();
                filled += piece;
            }
            filled
        };
        let path = fill(&row.path);
        let mut body = fill(&row.body);
        assert_eq!(slots.next(), None, "too many ids for {row:?}");
        let signature = match row.name.as_str() {
            "accept-terms-bad-signature" => "0".repeat(64),
            _ => self.signature.clone(),
        };
        body = body
            .replace("{signature}", &signature)
            .replace("\"pendingToken\": \"…\"", &pending(&self.pending_token))
            .replace(
                "\"password\": \"…\"",
                &format!("\"password\": \"{PASSWORD}\""),
            );
        let token = if row.note.contains("no authentication") || row.note.contains("no token") {
            String::new()
        } else if row.note.starts_with("as a board member") || row.note == "as a viewer" {
            self.viewer_token.clone()
        } else {
            self.token.clone()
        };
        self.ask(&row.method, &path, &token, &body)
    }

    fn ask(&mut self, method: &str, path: &str, token: &str, body: &str) -> Answer {
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str())];
        let headers = if token.is_empty() { &[] } else { &headers[..] };
        self.wire.send(method, path, headers, body).unwrap()
    }

    /// The objects that the `{id}` of a row stand for, first in the path, then in the body.
    fn slots(&self, row: &Row) -> Vec<&'static str> {
        match row.name.as_str() {
            "api-key-create" => vec!["bot"],
            "board-create" => vec!["project"],
            "board-empty" | "board" | "list-create" | "label-create" => vec!["board"],
            "label-create-bad-color" | "custom-field-group-create" => vec!["board"],
            "board-membership-create" => vec!["board", "viewer"],
            "list-update" | "card-create" | "card-create-position-collision" => vec!["proposed"],
            "forbidden" | "validation-error" | "position-required" => vec!["proposed"],
            "card-type-missing" => vec!["proposed"],
            "card-delete" => vec!["collided"],
            "card-label-attach" | "card-label-conflict" => vec!["dark", "openspec"],
            "card-label-detach" | "card-label-detach-not-found" => vec!["rename", "ui"],
            "task-list-create" | "comment-create" | "comments" | "card" => vec!["dark"],
            "validation-error-empty-description" => vec!["dark"],
            "task-create" if self.directory == "v1" => vec!["dark"],
            "task-create" => vec!["tasks"],
            "task-create-missing-position" => vec!["more tasks"],
            "task-update" => vec!["codes"],
            "custom-field-create" => vec!["group"],
            "custom-field-value-set" => vec!["dark", "group", "field"],
            "card-update" => vec!["rename"],
            "card-move" => vec!["rename", "done"],
            "card-move-missing-position" => vec!["rename", "doing"],
            "card-archive" => vec!["archived", "archive"],
            "archive-cards" => vec!["archive"],
            "card-trash" => vec!["trashed", "trash"],
            "list-delete" => vec!["temporary"],
            "" if row.path.contains("task-lists") => vec!["tasks"],
            "" if row.path.contains("before[") => vec!["archive"],
            "" if row.method == "PATCH" => vec!["dark"],
            _ => Vec::new(),
        }
    }

    /// Keeps what later requests refer to.
    fn remember(&mut self, name: &str, answer: &Value) {
        let slot = match name {
            "project-create" => "project",
            "board-create" => "board",
            "list-create" => "proposed",
            "label-create" => "openspec",
            "card-create" => "dark",
            "card-create-position-collision" => "collided",
            "task-list-create" => "tasks",
            "custom-field-group-create" => "group",
            "custom-field-create" => "field",
            _ => "",
        };
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        match name {
            "login-ok" => self.token = text(&answer["item"]),
            "login-terms-required" => self.pending_token = text(&answer["pendingToken"]),
            "terms" => self.signature = text(&answer["item"]["signature"]),
            "board-empty" if self.directory == "v2" => {
                for (index, name) in [(0, "archive"), (1, "trash")] {
                    let id = &answer["included"]["lists"][index]["id"];
                    self.known.insert(name, parse(id));
                }
            }
            _ => {}
        }
        if !slot.is_empty() {
            self.known.insert(slot, parse(&answer["item"]["id"]));
        }
    }

    fn compare(&mut self, file: &str, place: &str, recorded: &Value, actual: &Value) {
        let at = format!("{file}{place}: recorded {recorded}, answered {actual}");
        match (recorded, actual) {
            (Value::Object(recorded), Value::Object(actual)) => {
                let keys = |object: &serde_json::Map<String, Value>| {
                    let mut keys: Vec<String> = object.keys().cloned().collect();
                    keys.sort();
                    keys
                };
                assert_eq!(keys(recorded), keys(actual), "keys of {file}{place}");
                for (key, value) in recorded {
                    self.compare(file, &format!("{place}/{key}"), value, &actual[key]);
                }
            }
            (Value::Array(recorded), Value::Array(actual)) => {
                assert_eq!(recorded.len(), actual.len(), "{at}");
                for (index, (recorded, actual)) in recorded.iter().zip(actual).enumerate() {
                    self.compare(file, &format!("{place}/{index}"), recorded, actual);
                }
            }
            (Value::String(recorded), Value::String(actual)) => {
                let key = place.rsplit('/').next().unwrap_or_default();
                if recorded.starts_with("REDACTED") {
                    assert!(!actual.is_empty(), "{at}");
                } else if is_id(recorded) {
                    assert!(is_id(actual), "{at}");
                    self.same_object(recorded, actual, &at);
                } else if key.ends_with("At") {
                    assert!(is_time(recorded) && is_time(actual), "{at}");
                } else {
                    assert_eq!(self.translate(recorded), *actual, "{at}");
                }
            }
            _ => assert_eq!(recorded, actual, "{at}"),
        }
    }

    /// Two ids mean one object, wherever they come up.
    fn same_object(&mut self, recorded: &str, actual: &str, at: &str) {
        let known = self
            .actual
            .entry(recorded.to_owned())
            .or_insert_with(|| actual.to_owned());
        assert_eq!(known, actual, "another object: {at}");
        let known = self
            .recorded
            .entry(actual.to_owned())
            .or_insert_with(|| recorded.to_owned());
        assert_eq!(known, recorded, "another object: {at}");
    }

    /// A recorded text with the fake's ids.
    fn translate(&self, recorded: &str) -> String {
        let mut text = recorded.to_owned();
        for (recorded, actual) in &self.actual {
            text = text.replace(recorded, actual);
        }
        text
    }
}

/// The answers without a file.
fn check_no_json(row: &Row, answer: &Answer) {
    match row.status {
        200 => assert_eq!(
            answer.header("content-type"),
            Some("text/html; charset=utf-8")
        ),
        400 => assert_eq!(answer.text(), ""),
        500 => {
            assert_eq!(answer.text(), "Internal Server Error");
            assert_eq!(
                answer.header("content-type"),
                Some("text/plain; charset=utf-8")
            );
        }
        _ => panic!("an answer of another kind: {row:?}"),
    }
}

fn pending(token: &str) -> String {
    format!("\"pendingToken\": \"{token}\"")
}

fn parse(id: &Value) -> Id {
    Id::new(id.as_str().unwrap().parse().unwrap())
}

fn is_id(text: &str) -> bool {
    text.len() == 19 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_time(text: &str) -> bool {
    let shape: String = text
        .chars()
        .map(|letter| if letter.is_ascii_digit() { '0' } else { letter })
        .collect();
    shape == "0000-00-00T00:00:00.000Z"
}
