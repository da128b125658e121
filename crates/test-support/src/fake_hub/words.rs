//! The words each age knows (consistency sheet §4).

use super::Age;

/// Words with the one that is stored for each.
type Words = &'static [(&'static str, &'static str)];

const OLD_TASKS: Words = &[
    ("todo", "todo"),
    ("in_progress", "in_progress"),
    ("blocked", "blocked"),
    ("done", "done"),
    ("cancelled", "cancelled"),
];

const NEW_TASKS: Words = &[
    ("wait", "wait"),
    ("todo", "todo"),
    ("progress", "progress"),
    ("done", "done"),
    ("cancel", "cancel"),
    ("blocked", "wait"),
    ("in_progress", "progress"),
    ("cancelled", "cancel"),
];

const FIVE: Words = &[
    ("todo", "todo"),
    ("active", "active"),
    ("blocked", "blocked"),
    ("completed", "completed"),
    ("archived", "archived"),
];

const SEVEN: Words = &[
    ("proposed", "proposed"),
    ("ready", "ready"),
    ("active", "active"),
    ("blocked", "blocked"),
    ("backlog", "backlog"),
    ("finished", "finished"),
    ("archived", "archived"),
];

const SEVEN_WITH_ALIASES: Words = &[
    ("proposed", "proposed"),
    ("ready", "ready"),
    ("active", "active"),
    ("blocked", "blocked"),
    ("backlog", "backlog"),
    ("finished", "finished"),
    ("archived", "archived"),
    ("done", "finished"),
    ("completed", "finished"),
];

/// The word that is stored for a status that was sent; none for a bad one.
pub(super) fn stored(age: Age, table: &str, word: &str) -> Option<&'static str> {
    let found = words(age, table).iter().find(|(known, _)| *known == word);
    found.map(|(_, stored)| *stored)
}

/// The words that are stored, as a refusal lists them.
pub(super) fn listed(age: Age, table: &str) -> String {
    let mut words: Vec<_> = words(age, table)
        .iter()
        .map(|(_, stored)| format!("'{stored}'"))
        .collect();
    words.dedup();
    words.join(", ")
}

fn words(age: Age, table: &str) -> Words {
    match (table, age) {
        ("tasks", Age::June) => NEW_TASKS,
        ("tasks", _) => OLD_TASKS,
        (_, Age::March) => FIVE,
        (_, Age::May) => SEVEN,
        (_, Age::June) => SEVEN_WITH_ALIASES,
    }
}
