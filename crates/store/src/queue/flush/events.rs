//! Events of a scoped file on their way to the server.

use std::collections::BTreeMap;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, params};
use serde_json::Value;
use sync_core::flush::{EventFault, FORBIDDEN_KEYS, QueuedEvent, RowFate, Settled};
use sync_core::queue::Table;

use super::super::json;
use super::super::side::{Origin, Side};

/// A key that the other program puts into events that wait, for itself alone.
const LOCAL_KEY: &str = "drain_blocked_reason";

/// Events as they were loaded, with what is sent of them.
#[derive(Default)]
pub(super) struct Loaded(BTreeMap<i64, Waiting>);

struct Waiting {
    event: QueuedEvent,
    /// The text as it lies in the file.
    stored: Vec<u8>,
    /// The text as it is sent.
    sent: String,
}

impl Loaded {
    pub(super) fn events(&self) -> Vec<QueuedEvent> {
        self.0
            .values()
            .map(|waiting| waiting.event.clone())
            .collect()
    }

    /// Returns the texts of a batch.
    pub(super) fn texts<'a>(&'a self, batch: &'a [QueuedEvent]) -> impl Iterator<Item = &'a str> {
        let waiting = batch.iter().filter_map(|event| self.0.get(&event.id));
        waiting.map(|waiting| waiting.sent.as_str())
    }
}

/// Loads events up to an id from after a timestamp and id on.
pub(super) fn load(
    file: &Connection,
    newest: i64,
    after: Option<(i64, i64)>,
    most: usize,
    team: &str,
) -> rusqlite::Result<Loaded> {
    let (timestamp, id) = after.unwrap_or((i64::MIN, i64::MIN));
    let query = "SELECT id, event_id, timestamp, data FROM queue
                 WHERE timestamp >= ?1 AND (timestamp, id) > (?1, ?2) AND id <= ?3
                 ORDER BY timestamp, id LIMIT ?4";
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let mut statement = file.prepare_cached(query)?;
    let rows = statement.query_map(params![timestamp, id, newest, most], |row| {
        waiting(row, team)
    })?;
    let rows = rows.map(|waiting| waiting.map(|waiting| (waiting.event.id, waiting)));
    Ok(Loaded(rows.collect::<Result<_, _>>()?))
}

fn waiting(row: &Row<'_>, team: &str) -> rusqlite::Result<Waiting> {
    let stored = bytes(row.get_ref(3)?).to_vec();
    let (sent, fault) = match prepared(&stored, team) {
        Ok(text) => (text, None),
        Err(fault) => (String::new(), Some(fault)),
    };
    let event = QueuedEvent {
        id: row.get(0)?,
        event_id: String::from_utf8_lossy(bytes(row.get_ref(1)?)).into_owned(),
        // One that is no number counts as the oldest.
        timestamp: row.get_ref(2)?.as_i64().unwrap_or(i64::MIN),
        bytes: sent.len() as u64,
        fault,
    };
    Ok(Waiting {
        event,
        stored,
        sent,
    })
}

pub(super) fn bytes(value: ValueRef<'_>) -> &[u8] {
    match value {
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes,
        ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) => &[],
    }
}

/// Makes an event ready for the server, which wants to know the team (boundary sheet §9).
fn prepared(stored: &[u8], team: &str) -> Result<String, EventFault> {
    let mut event: Value = serde_json::from_slice(stored)
        .map_err(|error| EventFault::NotAnEvent(format!("it is not JSON ({error})")))?;
    if let Some(key) = json::key_in(&event, &FORBIDDEN_KEYS) {
        return Err(EventFault::ForbiddenKey(key.into()));
    }
    let Some(fields) = event.as_object_mut() else {
        return Err(EventFault::NotAnEvent("it is not an object".into()));
    };
    fields.shift_remove(LOCAL_KEY);
    let has_team = |value: &Value| !matches!(value, Value::Null) && value != "";
    if !fields.get("team_slug").is_some_and(has_team) {
        fields.insert("team_slug".into(), team.into());
    }
    Ok(json::text(&event))
}

/// Writes down what becomes of events; one that says something else by now is left.
pub(super) fn settle(
    file: &Connection,
    loaded: &Loaded,
    settled: &[Settled<QueuedEvent>],
) -> rusqlite::Result<()> {
    let mut same = file.prepare_cached(
        "SELECT 1 FROM queue WHERE id = ?1 AND CAST(data AS BLOB) = ?2
         AND CAST(event_id AS TEXT) = ?3",
    )?;
    let mut delete = file.prepare_cached("DELETE FROM queue WHERE id = ?1")?;
    let mut raise = file.prepare_cached(
        "UPDATE queue SET retry_count = coalesce(retry_count, 0) + 1 WHERE id = ?1",
    )?;
    for Settled { row, fate } in settled {
        let stored = loaded.0.get(&row.id).map(|waiting| &waiting.stored);
        if !same.exists(params![row.id, stored, row.event_id])? {
            continue;
        }
        match fate {
            RowFate::Untouched | RowFate::RetryLater { raise: false, .. } => {}
            RowFate::Raise { .. } | RowFate::RetryLater { raise: true, .. } => {
                raise.execute([row.id])?;
            }
            RowFate::SetAside(why) => {
                Side::open(file, Table::Events)?.keep(Origin::Flush, row.id, &why.sentence())?;
                delete.execute([row.id])?;
            }
            RowFate::Delete { .. } => {
                delete.execute([row.id])?;
            }
        }
    }
    Ok(())
}
