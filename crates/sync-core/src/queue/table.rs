//! The three tables and their columns.

use super::Cell;
use Affinity::{Integer, Real, Text};
use Role::{Delivery, Payload};

/// One of the three tables that move from a legacy to a scoped file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// Events waiting for the server.
    Events,
    /// Bodies of artifacts waiting for the server.
    Bodies,
    /// Bodies the server refused for good.
    Failures,
}

/// How a column's values are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Affinity {
    /// `TEXT`.
    Text,
    /// `INTEGER`.
    Integer,
    /// `REAL`.
    Real,
}

/// What a column is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Part of the key.
    Key,
    /// What was queued: rows that differ in it are in conflict.
    Payload,
    /// When it was queued and how far sending has come: rows that differ in it alone are one row, seen
    /// at two moments.
    Delivery,
}

/// A column other than the local `id`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Column {
    /// The name today.
    pub name: &'static str,
    /// The name in files from before 6 April 2026, if it had another.
    pub old_name: Option<&'static str>,
    /// How it is stored.
    pub affinity: Affinity,
    /// Whether it refuses NULL.
    pub required: bool,
    /// What stands in a row that does not name the column.
    pub default: Option<Cell<'static>>,
    /// What it is for.
    pub role: Role,
}

impl Column {
    /// Says whether a file's column of this name is this one.
    pub fn is_named(&self, name: &str) -> bool {
        // SQLite takes column names for equal but for the case of ASCII letters.
        let same = |own: &str| own.eq_ignore_ascii_case(name);
        same(self.name) || self.old_name.is_some_and(same)
    }
}

const fn column(name: &'static str, affinity: Affinity, role: Role) -> Column {
    Column {
        name,
        old_name: None,
        affinity,
        required: true,
        default: None,
        role,
    }
}

const fn key(name: &'static str) -> Column {
    column(name, Affinity::Text, Role::Key)
}

const fn renamed(name: &'static str, old_name: &'static str) -> Column {
    Column {
        old_name: Some(old_name),
        ..key(name)
    }
}

const fn or(column: Column, default: Cell<'static>) -> Column {
    Column {
        default: Some(default),
        ..column
    }
}

const fn nullable(column: Column) -> Column {
    Column {
        required: false,
        ..column
    }
}

const EVENTS: &[Column] = &[
    key("event_id"),
    column("event_type", Text, Payload),
    column("data", Text, Payload),
    column("timestamp", Integer, Delivery),
    nullable(or(
        column("retry_count", Integer, Delivery),
        Cell::Integer(0),
    )),
    nullable(column("coalesce_key", Text, Delivery)),
];

const BODIES: &[Column] = &[
    key("project_uuid"),
    renamed("mission_slug", "feature_slug"),
    key("target_branch"),
    renamed("mission_type", "mission_key"),
    key("manifest_version"),
    key("artifact_path"),
    key("content_hash"),
    or(
        column("hash_algorithm", Text, Payload),
        Cell::Text(b"sha256"),
    ),
    column("content_body", Text, Payload),
    column("size_bytes", Integer, Payload),
    or(column("retry_count", Integer, Delivery), Cell::Integer(0)),
    or(column("next_attempt_at", Real, Delivery), Cell::Real(0.0)),
    column("created_at", Real, Delivery),
    nullable(column("last_error", Text, Delivery)),
];

const FAILURES: &[Column] = &[
    key("project_uuid"),
    renamed("mission_slug", "feature_slug"),
    key("target_branch"),
    renamed("mission_type", "mission_key"),
    key("manifest_version"),
    key("artifact_path"),
    key("content_hash"),
    or(
        column("hash_algorithm", Text, Payload),
        Cell::Text(b"sha256"),
    ),
    column("size_bytes", Integer, Payload),
    key("failure_reason"),
    or(column("failure_count", Integer, Payload), Cell::Integer(1)),
    column("first_failed_at", Real, Payload),
    column("last_failed_at", Real, Payload),
];

impl Table {
    /// All three, in the order in which they move.
    pub const ALL: [Table; 3] = [Table::Events, Table::Bodies, Table::Failures];

    /// Returns the table's name in the file.
    pub fn name(self) -> &'static str {
        match self {
            Table::Events => "queue",
            Table::Bodies => "body_upload_queue",
            Table::Failures => "body_upload_failure_log",
        }
    }

    /// Returns the columns in the order of the file, `id` left out: it is local and given anew.
    pub fn columns(self) -> &'static [Column] {
        match self {
            Table::Events => EVENTS,
            Table::Bodies => BODIES,
            Table::Failures => FAILURES,
        }
    }

    /// Returns the columns that together are the key: one, seven, or eight.
    pub fn key_columns(self) -> impl Iterator<Item = &'static Column> {
        let columns = self.columns().iter();
        columns.filter(|column| column.role == Role::Key)
    }
}
