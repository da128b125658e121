//! Rows of the three tables, and how they are put in.

use rusqlite::types::Value as Cell;
use rusqlite::{Connection, params_from_iter};
use sha2::{Digest as _, Sha256};

use super::hex;
use super::schema::{NAMESPACE, Schema};

/// A row of `queue`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of the sheet, §3")]
pub struct EventRow {
    pub event_id: String,
    pub event_type: String,
    pub data: String,
    pub timestamp: i64,
    pub retry_count: i64,
    pub coalesce_key: Option<String>,
}

/// A row of `body_upload_queue`.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the columns of the sheet, §3")]
pub struct BodyRow {
    pub project_uuid: String,
    pub mission_slug: String,
    pub target_branch: String,
    pub mission_type: String,
    pub manifest_version: String,
    pub artifact_path: String,
    pub content_hash: String,
    pub hash_algorithm: String,
    pub content_body: String,
    pub size_bytes: i64,
    pub retry_count: i64,
    pub next_attempt_at: f64,
    pub created_at: f64,
    pub last_error: Option<String>,
}

/// A row of `body_upload_failure_log`.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the columns of the sheet, §3")]
pub struct FailureRow {
    /// Gives the columns that both tables have.
    pub body: BodyRow,
    pub failure_reason: String,
    pub failure_count: i64,
    pub first_failed_at: f64,
    pub last_failed_at: f64,
}

impl EventRow {
    /// A status change with this id, of 18 May 2026.
    pub fn new(event_id: &str) -> Self {
        Self::padded(event_id, 0)
    }

    /// The same, with data of at least this many bytes.
    pub fn padded(event_id: &str, bytes: usize) -> Self {
        let event_type = "WPStatusChanged";
        let frame = format!(
            r#"{{"event_id": "{event_id}", "event_type": "{event_type}", "payload": {{"note": ""}}}}"#
        );
        let (head, tail) = frame.split_at(frame.len() - r#""}}"#.len());
        let note = "x".repeat(bytes.saturating_sub(frame.len()));
        Self {
            event_id: event_id.to_owned(),
            event_type: event_type.to_owned(),
            data: format!("{head}{note}{tail}"),
            timestamp: 1_779_000_000,
            retry_count: 0,
            coalesce_key: None,
        }
    }
}

impl BodyRow {
    /// The body of an artifact of one mission, never tried so far.
    pub fn new(artifact_path: &str, content: &str) -> Self {
        Self {
            project_uuid: "11111111-2222-4333-8444-555555555555".to_owned(),
            mission_slug: "010-demo".to_owned(),
            target_branch: "main".to_owned(),
            mission_type: "software-dev".to_owned(),
            manifest_version: "1".to_owned(),
            artifact_path: artifact_path.to_owned(),
            content_hash: hex(&Sha256::digest(content.as_bytes())),
            hash_algorithm: "sha256".to_owned(),
            content_body: content.to_owned(),
            size_bytes: i64::try_from(content.len()).unwrap(),
            retry_count: 0,
            next_attempt_at: 0.0,
            created_at: 1_779_000_000.25,
            last_error: None,
        }
    }

    /// The columns that the failure log has too.
    fn common(&self) -> Vec<(&'static str, Cell)> {
        let values = [
            &self.project_uuid,
            &self.mission_slug,
            &self.target_branch,
            &self.mission_type,
            &self.manifest_version,
            &self.artifact_path,
            &self.content_hash,
        ];
        let namespace = NAMESPACE.into_iter().zip(values);
        let mut cells: Vec<_> = namespace
            .map(|(name, value)| (name, Cell::from(value.clone())))
            .collect();
        cells.push(("hash_algorithm", self.hash_algorithm.clone().into()));
        cells.push(("size_bytes", self.size_bytes.into()));
        cells
    }
}

impl FailureRow {
    /// A body that the server refused once.
    pub fn new(body: BodyRow, failure_reason: &str) -> Self {
        Self {
            body,
            failure_reason: failure_reason.to_owned(),
            failure_count: 1,
            first_failed_at: 1_779_000_001.5,
            last_failed_at: 1_779_000_001.5,
        }
    }
}

/// What can be put into a table.
pub(super) trait Row {
    const TABLE: &'static str;

    fn cells(&self) -> Vec<(&'static str, Cell)>;

    /// Inserts the row into a file of this shape; columns that it lacks are left out.
    fn insert(&self, connection: &Connection, schema: &Schema) {
        let cells = self.cells().into_iter();
        let (columns, values): (Vec<_>, Vec<_>) = cells
            .filter_map(|(name, value)| Some((schema.column(name)?, value)))
            .unzip();
        let sql = format!(
            "INSERT INTO {}({}) VALUES ({})",
            Self::TABLE,
            columns.join(", "),
            vec!["?"; columns.len()].join(", "),
        );
        let mut statement = connection.prepare_cached(&sql).unwrap();
        statement.execute(params_from_iter(values)).unwrap();
    }
}

impl Row for EventRow {
    const TABLE: &'static str = "queue";

    fn cells(&self) -> Vec<(&'static str, Cell)> {
        vec![
            ("event_id", self.event_id.clone().into()),
            ("event_type", self.event_type.clone().into()),
            ("data", self.data.clone().into()),
            ("timestamp", self.timestamp.into()),
            ("retry_count", self.retry_count.into()),
            ("coalesce_key", self.coalesce_key.clone().into()),
        ]
    }
}

impl Row for BodyRow {
    const TABLE: &'static str = "body_upload_queue";

    fn cells(&self) -> Vec<(&'static str, Cell)> {
        let mut cells = self.common();
        cells.extend([
            ("content_body", self.content_body.clone().into()),
            ("retry_count", self.retry_count.into()),
            ("next_attempt_at", self.next_attempt_at.into()),
            ("created_at", self.created_at.into()),
            ("last_error", self.last_error.clone().into()),
        ]);
        cells
    }
}

impl Row for FailureRow {
    const TABLE: &'static str = "body_upload_failure_log";

    fn cells(&self) -> Vec<(&'static str, Cell)> {
        let mut cells = self.body.common();
        cells.extend([
            ("failure_reason", self.failure_reason.clone().into()),
            ("failure_count", self.failure_count.into()),
            ("first_failed_at", self.first_failed_at.into()),
            ("last_failed_at", self.last_failed_at.into()),
        ]);
        cells
    }
}

/// The `n`-th of many events, of 1024 bytes. Ids come in no order, as the floor of the sheet's
/// §12 was measured, and are the same each time.
pub(super) fn nth_event(n: u64) -> EventRow {
    let mut event = EventRow::padded(&format!("01JV{:022X}", scrambled(n)), 1024);
    event.timestamp += i64::try_from(n / 10).unwrap();
    event
}

/// The `n`-th of many bodies, of 1024 bytes.
pub(super) fn nth_body(n: u64) -> BodyRow {
    let content = format!("{:<1023}\n", format!("# Artifact {n}"));
    let path = format!("artifacts/{:016x}.md", scrambled(n));
    BodyRow::new(&path, &content)
}

/// A bijection, so no two numbers meet (the finaliser of `SplitMix64`).
fn scrambled(n: u64) -> u64 {
    let n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ (n >> 31)
}
