//! Writes in chunks: one transaction for each, one outcome for each write.
//!
//! A transaction is two round trips, the second its end, however many writes there are. Writes of one
//! kind that follow each other are one statement; all statements are sent before the first answer.
//! What one write is at fault for undoes the chunk, which is halved until that write is alone.

use std::collections::BTreeSet;
use std::mem::discriminant;

use sync_core::hub::{HubOutcome, HubWrite, Lease, Writer};
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Error};

use super::error::PostgresError;
use super::pipeline::{Request, in_order};
use super::session::Session;
use super::{change, create, naming, status, value};

/// How many writes others wait for at most.
const CHUNK: usize = 500;

/// Performs writes in order. What stops a chunk stops the rest; of a call that has written nothing
/// it is the error. Without its lease nothing more is written.
pub(super) async fn perform(
    session: &Session,
    writes: &[HubWrite],
    by: &Writer,
    lease: Option<&Lease>,
) -> Result<Vec<HubOutcome>, PostgresError> {
    let mut outcomes = Vec::with_capacity(writes.len());
    let mut parts = chunks(writes);
    parts.reverse();
    while let Some(part) = parts.pop() {
        let error = match session
            .write(async |at| chunk(at, part, by, lease).await)
            .await
        {
            Ok(of_part) => {
                outcomes.extend(of_part);
                continue;
            }
            Err(error) => error,
        };
        let reason = error.in_one_line();
        let rest = match (&error, part) {
            (PostgresError::RefusedData { .. }, [_]) => {
                outcomes.push(HubOutcome::Refused { reason });
                continue;
            }
            (PostgresError::RefusedData { .. }, _) => {
                let (first, second) = part.split_at(part.len() / 2);
                parts.extend([second, first]);
                continue;
            }
            (PostgresError::LeaseLost { .. }, _) => HubOutcome::Refused { reason },
            _ if outcomes.is_empty() => return Err(error),
            _ => HubOutcome::Transient { reason },
        };
        outcomes.resize(writes.len(), rest);
        break;
    }
    Ok(outcomes)
}

/// Cuts writes to chunks. A create without an id is alone: its id hangs on what is there before it.
fn chunks(writes: &[HubWrite]) -> Vec<&[HubWrite]> {
    let together = |a: &HubWrite, b: &HubWrite| !naming::is_wanted(a) && !naming::is_wanted(b);
    writes
        .chunk_by(together)
        .flat_map(|chunk| chunk.chunks(CHUNK))
        .collect()
}

async fn chunk(
    at: &Client,
    writes: &[HubWrite],
    by: &Writer,
    lease: Option<&Lease>,
) -> Result<Vec<HubOutcome>, Error> {
    let named;
    let writes = match writes {
        [write] if naming::is_wanted(write) => match naming::name(at, write).await? {
            Ok(write) => {
                named = [write];
                &named
            }
            Err(outcome) => return Ok(vec![outcome]),
        },
        writes => writes,
    };
    let mut requests: Vec<Request<'_, Vec<HubOutcome>>> = Vec::new();
    if let Some(lease) = lease {
        requests.push(Box::pin(hold(at, lease)));
    }
    for run in runs(writes) {
        requests.push(Box::pin(perform_run(at, run, by)));
    }
    Ok(in_order(requests).await?.concat())
}

/// Ends the transaction unless the lease is held, and else keeps it from changing hands until then.
async fn hold(at: &Client, lease: &Lease) -> Result<Vec<HubOutcome>, Error> {
    let (name, epoch) = (lease.name.as_str(), value::compared(lease.epoch.0));
    let hold = "SELECT onward.hold_lease($1, $2)::TEXT";
    at.query_typed(hold, &[(&name, Type::TEXT), (&epoch, Type::INT8)])
        .await?;
    Ok(Vec::new())
}

/// Cuts writes to runs that one statement can make: of one kind, and no row twice.
fn runs(writes: &[HubWrite]) -> Vec<&[HubWrite]> {
    let mut runs = Vec::new();
    let (mut begin, mut rows) = (0, BTreeSet::new());
    for (n, write) in writes.iter().enumerate() {
        let of_write = rows_of(write);
        let fits = discriminant(write) == discriminant(&writes[begin])
            && !of_write.is_empty()
            && of_write.iter().all(|row| !rows.contains(row));
        if n > begin && !fits {
            runs.push(&writes[begin..n]);
            begin = n;
            rows.clear();
        }
        rows.extend(of_write);
    }
    runs.extend(Some(&writes[begin..]).filter(|run| !run.is_empty()));
    runs
}

/// Returns what tells the row of a write from others, for the kinds that come in numbers: its id, and
/// its owner with its id in the file.
fn rows_of(write: &HubWrite) -> Vec<(Option<&str>, &str)> {
    match write {
        HubWrite::SetTaskStatus { id, .. } | HubWrite::SetWorkplanStatus { id, .. } => {
            vec![(None, id.as_str())]
        }
        HubWrite::CreateTask {
            id: Some(id),
            workplan: owner,
            file_id,
            ..
        } => vec![
            (None, id.as_str()),
            (Some(owner.as_str()), file_id.as_str()),
        ],
        HubWrite::CreateWorkplan {
            id: Some(id),
            repository: owner,
            file_id,
            ..
        } => vec![
            (None, id.as_str()),
            (Some(owner.as_str()), file_id.as_str()),
        ],
        _ => Vec::new(),
    }
}

/// Performs a run: all of one kind, and only one write of a kind without [`rows_of`].
async fn perform_run(at: &Client, run: &[HubWrite], by: &Writer) -> Result<Vec<HubOutcome>, Error> {
    match &run[0] {
        HubWrite::CreateWorkplan { .. } => create::workplans(at, run, by).await,
        HubWrite::CreateTask { .. } => create::tasks(at, run, by).await,
        HubWrite::SetWorkplanStatus { .. } => status::WORKPLANS.set(at, run, by).await,
        HubWrite::SetTaskStatus { .. } => status::TASKS.set(at, run, by).await,
        HubWrite::SetWorkplanTitle { id, seen, title } => change::title(at, id, *seen, title, by)
            .await
            .map(|outcome| vec![outcome]),
        HubWrite::AdoptWorkplan {
            id,
            seen,
            repository,
            file_id,
        } => change::adopt(at, id, *seen, (repository, file_id), by)
            .await
            .map(|outcome| vec![outcome]),
        HubWrite::MarkSynced { repository } => change::synced(at, repository)
            .await
            .map(|outcome| vec![outcome]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sync_core::hub::Version;
    use sync_core::ids::{FileId, HubId, Slug};
    use sync_core::status::TaskStatus;

    fn task(id: Option<&str>, file_id: &str) -> HubWrite {
        HubWrite::CreateTask {
            id: id.map(HubId::new),
            workplan: HubId::new("plan"),
            file_id: FileId::new(file_id),
            title: String::new(),
            status: TaskStatus::Todo,
            priority: None,
        }
    }

    fn set(id: &str) -> HubWrite {
        HubWrite::SetTaskStatus {
            id: HubId::new(id),
            seen: Version(1),
            status: TaskStatus::Done,
            reopen: false,
        }
    }

    fn lengths(parts: &[&[HubWrite]]) -> Vec<usize> {
        parts.iter().map(|part| part.len()).collect()
    }

    #[test]
    fn a_run_has_one_kind_and_no_row_twice() {
        let mark = HubWrite::MarkSynced {
            repository: Slug::new("shop"),
        };
        assert!(runs(&[]).is_empty());
        let writes = [set("a"), set("b"), set("a"), set("c"), task(Some("a"), "1")];
        assert_eq!(lengths(&runs(&writes)), [2, 2, 1]);
        let writes = [
            task(Some("a"), "1"),
            task(Some("b"), "1"),
            task(Some("b"), "2"),
        ];
        assert_eq!(
            lengths(&runs(&writes)),
            [1, 1, 1],
            "equal by file id, then by id"
        );
        assert_eq!(lengths(&runs(&[mark.clone(), mark])), [1, 1]);
    }

    #[test]
    fn a_chunk_ends_at_its_length_and_at_a_row_without_an_id() {
        let mut writes = vec![set("a"); 2 * CHUNK + 1];
        assert_eq!(lengths(&chunks(&writes)), [CHUNK, CHUNK, 1]);
        writes.truncate(2);
        writes.extend([task(None, "1"), task(None, "2"), set("b"), set("c")]);
        assert_eq!(lengths(&chunks(&writes)), [2, 1, 1, 2]);
        assert!(chunks(&[]).is_empty());
    }
}
