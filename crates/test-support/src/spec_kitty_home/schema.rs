//! The shapes that queue files have had, and some they should not have.

use std::fmt::Write as _;

/// The three tables of a queue file.
pub(super) const TABLES: [&str; 3] = ["queue", "body_upload_queue", "body_upload_failure_log"];

/// The columns that tell one artifact's body from another.
pub(super) const NAMESPACE: [&str; 7] = [
    "project_uuid",
    "mission_slug",
    "target_branch",
    "mission_type",
    "manifest_version",
    "artifact_path",
    "content_hash",
];

const INDEXES: [(&str, &str, &str); 6] = [
    ("idx_timestamp", "queue", "timestamp"),
    ("idx_retry", "queue", "retry_count"),
    ("idx_coalesce_key", "queue", "coalesce_key"),
    (
        "idx_body_queue_next_attempt",
        "body_upload_queue",
        "next_attempt_at",
    ),
    (
        "idx_body_queue_namespace",
        "body_upload_queue",
        "project_uuid, mission_slug, target_branch",
    ),
    (
        "idx_body_failure_last_failed_at",
        "body_upload_failure_log",
        "last_failed_at DESC",
    ),
];

/// In what a queue file differs from one made today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Oddity {
    /// The events have no `coalesce_key`, as before March 2026.
    WithoutCoalesceKey,
    /// `mission_slug` and `mission_type` are `feature_slug` and `mission_key`, as before 6 April 2026.
    OldNames,
    /// No row is told from another, so keys may be there twice.
    WithoutUnique,
    /// Every column may be NULL.
    WithoutNotNull,
    /// One of the three tables is missing.
    WithoutTable(&'static str),
    /// A table has a further column, given with its type, such as `origin TEXT`.
    ExtraColumn(&'static str, &'static str),
}

/// The shape of a queue file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schema {
    oddities: Vec<Oddity>,
}

impl Schema {
    /// As the reference makes it.
    pub fn current() -> Self {
        Self::default()
    }

    /// As before March 2026: without `coalesce_key`, and with the old names.
    pub fn oldest() -> Self {
        Self::current()
            .with(Oddity::WithoutCoalesceKey)
            .with(Oddity::OldNames)
    }

    /// The same, but for one more thing.
    pub fn with(mut self, oddity: Oddity) -> Self {
        self.oddities.push(oddity);
        self
    }

    /// What a column is called here, or nothing if it is not there.
    pub(super) fn column(&self, name: &'static str) -> Option<&'static str> {
        match name {
            "coalesce_key" if self.is(&Oddity::WithoutCoalesceKey) => None,
            "mission_slug" if self.is(&Oddity::OldNames) => Some("feature_slug"),
            "mission_type" if self.is(&Oddity::OldNames) => Some("mission_key"),
            name => Some(name),
        }
    }

    pub(super) fn sql(&self) -> String {
        let mut sql = String::new();
        for table in TABLES {
            if !self.lacks(table) {
                let columns = self.columns(table).join(", ");
                let _ = write!(sql, "CREATE TABLE {table} ({columns});");
            }
        }
        for (index, table, columns) in INDEXES {
            if !self.lacks(table)
                && let Some(columns) = self.listed(columns.split(", "))
            {
                let _ = write!(sql, "CREATE INDEX {index} ON {table}({columns});");
            }
        }
        sql
    }

    /// Definitions of the columns of a table, and what must be unique.
    fn columns(&self, table: &'static str) -> Vec<String> {
        let mut columns = vec!["id INTEGER PRIMARY KEY AUTOINCREMENT".to_owned()];
        let mut add = |name: &'static str, definition: &str| {
            let definition = if self.is(&Oddity::WithoutNotNull) {
                definition.replace(" NOT NULL", "")
            } else {
                definition.to_owned()
            };
            if let Some(name) = self.column(name) {
                columns.push(format!("{name} {definition}"));
            }
        };
        let mut key: Vec<&'static str> = Vec::new();
        if table == "queue" {
            add("event_id", "TEXT NOT NULL");
            add("event_type", "TEXT NOT NULL");
            add("data", "TEXT NOT NULL");
            add("timestamp", "INTEGER NOT NULL");
            add("retry_count", "INTEGER DEFAULT 0");
            add("coalesce_key", "TEXT");
            key.push("event_id");
        } else {
            for name in NAMESPACE {
                add(name, "TEXT NOT NULL");
            }
            add("hash_algorithm", "TEXT NOT NULL DEFAULT 'sha256'");
            key.extend(NAMESPACE);
        }
        if table == "body_upload_queue" {
            add("content_body", "TEXT NOT NULL");
            add("size_bytes", "INTEGER NOT NULL");
            add("retry_count", "INTEGER NOT NULL DEFAULT 0");
            add("next_attempt_at", "REAL NOT NULL DEFAULT 0.0");
            add("created_at", "REAL NOT NULL");
            add("last_error", "TEXT");
        } else if table == "body_upload_failure_log" {
            add("size_bytes", "INTEGER NOT NULL");
            add("failure_reason", "TEXT NOT NULL");
            add("failure_count", "INTEGER NOT NULL DEFAULT 1");
            add("first_failed_at", "REAL NOT NULL");
            add("last_failed_at", "REAL NOT NULL");
            key.push("failure_reason");
        }
        columns.extend(self.oddities.iter().filter_map(|oddity| match oddity {
            Oddity::ExtraColumn(extended, column) if *extended == table => Some((*column).into()),
            _ => None,
        }));
        if !self.is(&Oddity::WithoutUnique) {
            let key = self.listed(key.into_iter()).unwrap_or_default();
            columns.push(format!("UNIQUE({key})"));
        }
        columns
    }

    /// Column names as they are here; nothing if one of them is not there.
    fn listed(&self, columns: impl Iterator<Item = &'static str>) -> Option<String> {
        let columns: Option<Vec<_>> = columns.map(|column| self.column(column)).collect();
        columns.map(|columns| columns.join(", "))
    }

    fn lacks(&self, table: &'static str) -> bool {
        self.is(&Oddity::WithoutTable(table))
    }

    fn is(&self, oddity: &Oddity) -> bool {
        self.oddities.contains(oddity)
    }
}
