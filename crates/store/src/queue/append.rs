//! Putting events and bodies into the queue of a scope.

use camino::Utf8PathBuf;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use serde_json::Value;
use sync_core::gate::Cleared;
use sync_core::identity::Scope;
use sync_core::queue::{Admission, Overflow, Table, admit_body, admit_event, coalesce_key};

use super::error::Error;
use super::file::{absolute, count, named};
use super::home::Home;
use super::json::{self, Fields};
use super::schema;

/// A queue that is open for what a producer has to say.
///
/// There is none without the gate's leave, and none for the legacy file.
///
/// ```no_run
/// use store::queue::{Home, QueueWriter};
/// use sync_core::{gate::Cleared, identity::Scope};
///
/// # fn producer(leave: Cleared) -> Result<(), store::queue::Error> {
/// let scope = Scope::new("https://sync.example.test", "dev@example.test", "team-a");
/// QueueWriter::open(leave, &Home::at("/home/dev/.spec-kitty"), &scope, 100_000)?;
/// # Ok(())
/// # }
/// ```
///
/// A producer that skips the gate does not compile:
///
/// ```compile_fail,E0308
/// use store::queue::{Home, QueueWriter};
/// use sync_core::identity::Scope;
///
/// let scope = Scope::new("https://sync.example.test", "dev@example.test", "team-a");
/// QueueWriter::open((), &Home::at("/home/dev/.spec-kitty"), &scope, 100_000);
/// ```
#[derive(Debug)]
pub struct QueueWriter {
    file: Connection,
    path: Utf8PathBuf,
    limit: u64,
    _cleared: Cleared,
}

/// An event to be queued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvent {
    event_id: String,
    event_type: String,
    data: String,
    coalesce_key: Option<String>,
}

impl NewEvent {
    /// Takes an event as JSON.
    ///
    /// # Errors
    ///
    /// What the event lacks, in a sentence.
    pub fn of(event: &Value) -> Result<Self, String> {
        if !event.is_object() {
            return Err("an event is a JSON object".into());
        }
        let text = |key: &str| match event.get(key).and_then(Value::as_str) {
            Some(text) if !text.is_empty() => Ok(text.to_owned()),
            _ => Err(format!("the event has no `{key}`")),
        };
        let event_type = text("event_type")?;
        Ok(Self {
            event_id: text("event_id")?,
            coalesce_key: coalesce_key(&event_type, &Fields(event)),
            data: json::text(event),
            event_type,
        })
    }

    /// Returns the event's id.
    pub fn event_id(&self) -> &str {
        &self.event_id
    }
}

/// A body to be queued.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of the table, by their names")]
pub struct NewBody {
    pub project_uuid: String,
    pub mission_slug: String,
    pub target_branch: String,
    pub mission_type: String,
    pub manifest_version: String,
    pub artifact_path: String,
    pub content_hash: String,
    pub hash_algorithm: String,
    pub content_body: String,
}

/// What came of appending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Appended {
    /// There is one row more.
    New {
        /// The ids of events that were deleted to make room; none unless that was asked for.
        evicted: Vec<String>,
    },
    /// A row that was waiting says this now, or said it before.
    Replaced,
    /// There is no room: nothing was written.
    Full,
}

impl QueueWriter {
    /// Opens the scope's queue, made before where it is missing, and mended where it is old. `limit`
    /// is how many rows of a kind it may hold.
    ///
    /// # Errors
    ///
    /// The file cannot be made or used.
    pub fn open(cleared: Cleared, home: &Home, scope: &Scope, limit: u64) -> Result<Self, Error> {
        let path = absolute(&home.scoped_queue(scope))?;
        Ok(Self {
            file: schema::open(&path)?,
            path,
            limit,
            _cleared: cleared,
        })
    }

    /// Queues an event, in place of one that it supersedes (boundary sheet §3). `now` is in Unix
    /// seconds.
    ///
    /// # Errors
    ///
    /// The file cannot be written; the queue is as it was.
    pub fn event(
        &mut self,
        event: &NewEvent,
        now: i64,
        overflow: Overflow,
    ) -> Result<Appended, Error> {
        let limit = self.limit;
        self.write(|file| append_event(file, event, now, limit, overflow))
    }

    /// Queues a body; one that is waiting already is not queued twice. `now` is in Unix seconds.
    ///
    /// # Errors
    ///
    /// The file cannot be written; the queue is as it was.
    pub fn body(&mut self, body: &NewBody, now: f64) -> Result<Appended, Error> {
        let limit = self.limit;
        self.write(|file| append_body(file, body, now, limit))
    }

    fn write<T>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, Error> {
        self.file
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .and_then(|transaction| {
                let result = work(&transaction)?;
                transaction.commit()?;
                Ok(result)
            })
            .map_err(|source| named(&self.path, source))
    }
}

fn append_event(
    file: &Connection,
    event: &NewEvent,
    now: i64,
    limit: u64,
    overflow: Overflow,
) -> rusqlite::Result<Appended> {
    let again = "UPDATE queue SET event_type = ?2, data = ?3, timestamp = ?4, coalesce_key = ?5
                 WHERE event_id = ?1";
    let values = params![
        event.event_id,
        event.event_type,
        event.data,
        now,
        event.coalesce_key
    ];
    if file.execute(again, values)? > 0 {
        return Ok(Appended::Replaced);
    }
    let waiting = "SELECT id FROM queue WHERE coalesce_key = ?1 ORDER BY timestamp, id LIMIT 1";
    let waiting: Option<i64> = file
        .query_row(waiting, [&event.coalesce_key], |row| row.get(0))
        .optional()?;
    if let Some(id) = waiting {
        let supersede = "UPDATE queue SET event_id = ?2, data = ?3, timestamp = ?4 WHERE id = ?1";
        file.execute(supersede, params![id, event.event_id, event.data, now])?;
        return Ok(Appended::Replaced);
    }
    let rows = count(file, Table::Events.name())?;
    let evicted = match admit_event(rows, false, limit, overflow) {
        Admission::Full => return Ok(Appended::Full),
        Admission::Admit => Vec::new(),
        Admission::AdmitAfterEvicting(rows) => evict(file, rows)?,
    };
    let insert = "INSERT INTO queue (event_id, event_type, data, timestamp, coalesce_key)
                  VALUES (?1, ?2, ?3, ?4, ?5)";
    file.execute(insert, values)?;
    Ok(Appended::New { evicted })
}

fn evict(file: &Connection, rows: u64) -> rusqlite::Result<Vec<String>> {
    let rows = i64::try_from(rows).unwrap_or(i64::MAX);
    let delete = "DELETE FROM queue WHERE id IN
                  (SELECT id FROM queue ORDER BY timestamp, id LIMIT ?1) RETURNING event_id";
    let mut delete = file.prepare(delete)?;
    delete.query_map([rows], |row| row.get(0))?.collect()
}

fn append_body(
    file: &Connection,
    body: &NewBody,
    now: f64,
    limit: u64,
) -> rusqlite::Result<Appended> {
    let there = "SELECT 1 FROM body_upload_queue WHERE project_uuid = ?1 AND mission_slug = ?2
                 AND target_branch = ?3 AND mission_type = ?4 AND manifest_version = ?5
                 AND artifact_path = ?6 AND content_hash = ?7";
    let key = [
        &body.project_uuid,
        &body.mission_slug,
        &body.target_branch,
        &body.mission_type,
        &body.manifest_version,
        &body.artifact_path,
        &body.content_hash,
    ];
    if file.query_row(there, key, |_| Ok(())).optional()?.is_some() {
        return Ok(Appended::Replaced);
    }
    let rows = count(file, Table::Bodies.name())?;
    if admit_body(rows, false, limit) == Admission::Full {
        return Ok(Appended::Full);
    }
    let insert = "INSERT INTO body_upload_queue (project_uuid, mission_slug, target_branch,
                  mission_type, manifest_version, artifact_path, content_hash, hash_algorithm,
                  content_body, size_bytes, created_at)
                  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
    let size = i64::try_from(body.content_body.len()).unwrap_or(i64::MAX);
    file.execute(
        insert,
        params![
            body.project_uuid,
            body.mission_slug,
            body.target_branch,
            body.mission_type,
            body.manifest_version,
            body.artifact_path,
            body.content_hash,
            body.hash_algorithm,
            body.content_body,
            size,
            now
        ],
    )?;
    Ok(Appended::New {
        evicted: Vec::new(),
    })
}

#[cfg(test)]
mod tests;
