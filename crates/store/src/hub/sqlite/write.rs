//! Writes in chunks: one transaction for each, one outcome for each write.

use camino::Utf8Path;
use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior};
use sync_core::hub::{HubOutcome, HubWrite, Writer};

use super::status::{self, Wanted};
use super::{change, create};
use crate::error::Error;

/// How many writes others wait for at most.
const CHUNK: usize = 500;

/// Performs writes in order. What stops a chunk stops the rest; of a call that has written nothing
/// it is the error.
pub(super) fn perform(
    connection: &mut Connection,
    writes: &[HubWrite],
    by: &Writer,
    path: &Utf8Path,
) -> Result<Vec<HubOutcome>, Error> {
    let mut outcomes = Vec::with_capacity(writes.len());
    for chunk in writes.chunks(CHUNK) {
        match perform_chunk(connection, chunk, by) {
            Ok(of_chunk) => outcomes.extend(of_chunk),
            Err(source) => {
                let error = Error::sqlite(path, source);
                if outcomes.is_empty() {
                    return Err(error);
                }
                let reason = error.in_one_line();
                outcomes.resize(writes.len(), HubOutcome::Transient { reason });
                break;
            }
        }
    }
    Ok(outcomes)
}

fn perform_chunk(
    connection: &mut Connection,
    writes: &[HubWrite],
    by: &Writer,
) -> rusqlite::Result<Vec<HubOutcome>> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let perform = |write| apply(&transaction, write, by).or_else(refused);
    let outcomes = writes
        .iter()
        .map(perform)
        .collect::<rusqlite::Result<_>>()?;
    transaction.commit()?;
    Ok(outcomes)
}

/// What the schema does not allow concerns one write; it is one statement, which SQLite has undone.
pub(super) fn refused(error: rusqlite::Error) -> rusqlite::Result<HubOutcome> {
    match error {
        rusqlite::Error::SqliteFailure(code, reason)
            if code.code == ErrorCode::ConstraintViolation =>
        {
            let reason = reason.unwrap_or_else(|| code.to_string());
            Ok(HubOutcome::Refused { reason })
        }
        error => Err(error),
    }
}

fn apply(at: &Transaction<'_>, write: &HubWrite, by: &Writer) -> rusqlite::Result<HubOutcome> {
    match write {
        HubWrite::CreateWorkplan {
            id,
            repository,
            file_id,
            title,
            status,
        } => {
            let new = create::NewWorkplan {
                file_id,
                title,
                status: *status,
            };
            create::workplan(at, id.as_ref(), repository, &new, by)
        }
        HubWrite::CreateTask {
            id,
            workplan,
            file_id,
            title,
            status,
            priority,
        } => {
            let new = create::NewTask {
                file_id,
                title,
                status: *status,
                priority: priority.as_deref(),
            };
            create::task(at, id.as_ref(), workplan, &new, by)
        }
        HubWrite::SetWorkplanStatus {
            id,
            seen,
            status,
            reopen,
        } => status::WORKPLANS.set(at, id, *seen, &Wanted::new(*status, *reopen), by),
        HubWrite::SetTaskStatus {
            id,
            seen,
            status,
            reopen,
        } => status::TASKS.set(at, id, *seen, &Wanted::new(*status, *reopen), by),
        HubWrite::SetWorkplanTitle { id, seen, title } => change::title(at, id, *seen, title, by),
        HubWrite::AdoptWorkplan {
            id,
            seen,
            repository,
            file_id,
        } => change::adopt(at, id, *seen, repository, file_id, by),
        HubWrite::MarkSynced { repository } => change::synced(at, repository),
    }
}
