//! Every request of `tests/fixtures/planka/README.md`, in its order, on a fake: status and body
//! are what the real servers sent, but for ids, times, tokens and generated text.

mod comparison;
mod readme;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use self::comparison::Comparison;
use self::readme::{Row, fixtures, rows};
use super::{FakePlanka, Id, Version};
use crate::fake_planka::rows::UserRole;
use crate::wire::{Answer, Wire};
use crate::{PASSWORD, People};

/// A fake on which the story of the recording happens again.
struct Replay {
    planka: FakePlanka,
    people: People,
    wire: Wire,
    directory: &'static str,
    /// What was given an id in the story, by a short name.
    known: BTreeMap<&'static str, Id>,
    comparison: Comparison,
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
            comparison: Comparison::default(),
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
            self.comparison.compare(&row.name, "", &recorded, &answer);
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
            "board-empty"
            | "board"
            | "list-create"
            | "label-create"
            | "label-create-bad-color"
            | "custom-field-group-create" => vec!["board"],
            "board-membership-create" => vec!["board", "viewer"],
            "list-update"
            | "card-create"
            | "card-create-position-collision"
            | "forbidden"
            | "validation-error"
            | "position-required"
            | "card-type-missing" => vec!["proposed"],
            "card-delete" => vec!["collided"],
            "card-label-attach" | "card-label-conflict" => vec!["dark", "openspec"],
            "card-label-detach" | "card-label-detach-not-found" => vec!["rename", "ui"],
            "task-list-create"
            | "comment-create"
            | "comments"
            | "card"
            | "validation-error-empty-description" => vec!["dark"],
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
