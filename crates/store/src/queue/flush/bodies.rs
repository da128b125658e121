//! Bodies of a scoped file on their way to the server.

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::{Map, Value};
use sync_core::flush::{QueuedBody, RowFate, SetAside, Settled};
use sync_core::queue::{RowKey, Table};

use super::super::side::{Origin, Side};
use super::events::bytes;

/// What is sent of a body, by the names of its columns.
const FIELDS: [&str; 9] = [
    "project_uuid",
    "mission_slug",
    "target_branch",
    "mission_type",
    "manifest_version",
    "artifact_path",
    "content_hash",
    "hash_algorithm",
    "content_body",
];

/// So many of them are the key.
const KEY: usize = 7;

/// Loads bodies up to an id that are due, those that have been for longest first.
pub(super) fn load(
    file: &Connection,
    newest: i64,
    due: f64,
    most: usize,
) -> rusqlite::Result<Vec<QueuedBody>> {
    let query = format!(
        "SELECT id, retry_count, {} FROM body_upload_queue WHERE next_attempt_at <= ?1 AND id <= ?2
         ORDER BY next_attempt_at, id LIMIT ?3",
        FIELDS[..KEY].join(", ")
    );
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let mut statement = file.prepare_cached(&query)?;
    let rows = statement.query_map(params![due, newest, most], |row| {
        let key = (2..2 + KEY).map(|n| lossy(row, n));
        let key = key.collect::<Result<Vec<_>, _>>()?;
        let retry_count = row.get_ref(1)?.as_i64().unwrap_or(0);
        let id = row.get(0)?;
        Ok(RowKey::new(Table::Bodies, key).map(|key| QueuedBody {
            id,
            key,
            retry_count: u32::try_from(retry_count.max(0)).unwrap_or(u32::MAX),
        }))
    })?;
    rows.filter_map(Result::transpose).collect()
}

/// Reads text; what is not UTF-8 in it is the server's to refuse.
fn lossy(row: &Row<'_>, n: usize) -> rusqlite::Result<String> {
    Ok(String::from_utf8_lossy(bytes(row.get_ref(n)?)).into_owned())
}

/// Returns what is sent of a body; `None` if it is gone, and another may have its id by now.
pub(super) fn text(file: &Connection, body: &QueuedBody) -> rusqlite::Result<Option<Value>> {
    let query = format!(
        "SELECT {} FROM body_upload_queue WHERE id = ?1",
        FIELDS.join(", ")
    );
    let fields = |row: &Row<'_>| {
        let value = |(n, name): (usize, &&str)| Ok(((*name).to_owned(), lossy(row, n)?.into()));
        FIELDS
            .iter()
            .enumerate()
            .map(value)
            .collect::<rusqlite::Result<Map<_, _>>>()
    };
    let object = file
        .prepare_cached(&query)?
        .query_row([body.id], fields)
        .optional()?;
    let is_body = |object: &Map<String, Value>| {
        let mut key = FIELDS.iter().zip(body.key.values());
        key.all(|(name, value)| object[*name] == **value)
    };
    Ok(object.filter(is_body).map(Value::Object))
}

/// Writes down what becomes of a body that was `sent`, or was not; one that says something else by
/// now is left.
pub(super) fn settle(
    file: &Connection,
    settled: &Settled<QueuedBody>,
    sent: Option<&Value>,
    now: f64,
) -> rusqlite::Result<()> {
    let id = settled.row.id;
    let there = text(file, &settled.row)?;
    if there.is_none() || sent.is_some_and(|sent| there.as_ref() != Some(sent)) {
        return Ok(());
    }
    let delete = || file.execute("DELETE FROM body_upload_queue WHERE id = ?1", [id]);
    match &settled.fate {
        RowFate::Untouched => {}
        RowFate::Raise { reason } => {
            let raise = "UPDATE body_upload_queue SET retry_count = retry_count + 1,
                         last_error = ?2 WHERE id = ?1";
            file.execute(raise, params![id, reason])?;
        }
        RowFate::RetryLater {
            after,
            raise,
            reason,
        } => {
            let later = "UPDATE body_upload_queue SET retry_count = retry_count + ?2,
                         next_attempt_at = ?3, last_error = ?4 WHERE id = ?1";
            let at = now + after.as_secs_f64();
            file.execute(later, params![id, i64::from(*raise), at, reason])?;
        }
        RowFate::SetAside(why) => {
            log_failure(file, id, why, now)?;
            Side::open(file, Table::Bodies)?.keep(Origin::Flush, id, &why.sentence())?;
            delete()?;
        }
        RowFate::Delete { .. } => {
            delete()?;
        }
    }
    Ok(())
}

/// Enters a failure into the log that the other program keeps (boundary sheet §3).
fn log_failure(file: &Connection, id: i64, why: &SetAside, now: f64) -> rusqlite::Result<()> {
    let reason = match why {
        SetAside::Refused { reason } => reason.clone(),
        why => why.sentence(),
    };
    let key = FIELDS[..KEY].join(", ");
    let values = params![id, reason, now];
    let again = format!(
        "UPDATE body_upload_failure_log SET failure_count = failure_count + 1,
         last_failed_at = ?3, (size_bytes, hash_algorithm) =
         (SELECT size_bytes, hash_algorithm FROM body_upload_queue WHERE id = ?1)
         WHERE failure_reason = ?2
         AND ({key}) = (SELECT {key} FROM body_upload_queue WHERE id = ?1)"
    );
    if file.execute(&again, values)? == 0 {
        let first = format!(
            "INSERT INTO body_upload_failure_log ({key}, hash_algorithm, size_bytes,
             failure_reason, failure_count, first_failed_at, last_failed_at)
             SELECT {key}, hash_algorithm, size_bytes, ?2, 1, ?3, ?3
             FROM body_upload_queue WHERE id = ?1"
        );
        file.execute(&first, values)?;
    }
    Ok(())
}
