//! One write, one transaction: look, compare, change.

mod change;
mod create;
mod now;
mod remove;

use camino::Utf8Path;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use sync_core::adapter::Outcome;
use sync_core::board::{Features, Position};
use sync_core::write::Write;

use super::EmbeddedBoard;
use super::read::number;
use crate::error::Error;
use crate::query::{execute, one};

const FEATURES: Features = EmbeddedBoard::FEATURES;

/// Performs one write, or nothing.
pub(super) fn perform(connection: &mut Connection, write: &Write, path: &Utf8Path) -> Outcome {
    match attempt(connection, write) {
        Ok(made) => Outcome::Done { made },
        Err(Stop::Answer(outcome)) => outcome,
        Err(Stop::Failed(source)) => failed(&Error::sqlite(path, source)),
        Err(Stop::AtCommit(source)) => failed_at_commit(write, &Error::sqlite(path, source)),
    }
}

/// Why a write was not made.
enum Stop {
    /// What was found says so.
    Answer(Outcome),
    /// SQLite failed, and the transaction is undone.
    Failed(rusqlite::Error),
    /// SQLite failed in the last moment.
    AtCommit(rusqlite::Error),
}

impl From<rusqlite::Error> for Stop {
    fn from(source: rusqlite::Error) -> Self {
        Stop::Failed(source)
    }
}

impl Stop {
    fn superseded(reason: impl Into<String>) -> Self {
        Stop::Answer(Outcome::Superseded {
            reason: reason.into(),
        })
    }

    fn refused(reason: impl Into<String>) -> Self {
        Stop::Answer(Outcome::Refused {
            reason: reason.into(),
        })
    }
}

/// Returns the id of what was made, empty for other writes.
fn attempt(connection: &mut Connection, write: &Write) -> Result<String, Stop> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let made = apply(&transaction, write)?;
    transaction.commit().map_err(Stop::AtCommit)?;
    Ok(made)
}

fn apply(at: &Transaction<'_>, write: &Write) -> Result<String, Stop> {
    let nothing = |()| String::new();
    match write {
        Write::CreateProject { name } => create::project(at, name),
        Write::CreateBoard {
            project,
            name,
            position,
        } => create::board(at, project, name, *position),
        Write::CreateList {
            board,
            name,
            position,
        } => create::list(at, board, name, *position),
        Write::CreateLabel {
            board,
            name,
            position,
        } => create::label(at, board, name, *position),
        Write::CreateCard {
            list,
            name,
            description,
            position,
        } => create::card(at, list, name, description, *position),
        Write::AttachLabel { card, label } => create::attachment(at, card, label).map(nothing),
        Write::UpdateCard {
            card,
            seen,
            name,
            description,
            place,
        } => {
            let after = change::CardChange {
                name,
                description,
                place,
            };
            change::card(at, card, seen, &after).map(nothing)
        }
        Write::CreateTaskList {
            card,
            name,
            position,
        } => create::task_list(at, card, name, *position),
        Write::UpdateTaskList {
            task_list,
            seen,
            name,
            position,
        } => change::task_list(at, task_list, seen, name.as_ref(), *position).map(nothing),
        Write::DeleteTaskList { task_list, seen } => {
            remove::task_list(at, task_list, seen).map(nothing)
        }
        Write::CreateTask {
            card,
            task_list,
            name,
            position,
            done,
        } => create::task(at, card, task_list, name, *position, *done),
        Write::UpdateTask {
            task,
            seen,
            name,
            done,
            task_list,
            position,
        } => {
            let after = change::TaskChange {
                name,
                done: *done,
                task_list,
                position: *position,
            };
            change::task(at, task, seen, &after).map(nothing)
        }
        Write::DeleteTask { task, seen } => remove::task(at, task, seen).map(nothing),
        Write::DiscardCard {
            card,
            seen,
            trash: _,
        } => remove::card(at, card, seen).map(nothing),
        Write::RemoveList { list } => remove::list(at, list).map(nothing),
        Write::RemoveLabel { label } => remove::label(at, label).map(nothing),
        Write::RemoveBoard { board } => remove::board(at, board).map(nothing),
        Write::RemoveProject { project } => remove::project(at, project).map(nothing),
    }
}

/// Nothing was written, and the run need not look for it.
fn failed(error: &Error) -> Outcome {
    let reason = error.in_one_line();
    match error {
        Error::Permission { .. } => Outcome::Denied {
            reason,
            logged_out: false,
        },
        _ => Outcome::Transient { reason },
    }
}

/// A commit that fails for want of room or a lock is undone. After any other failure the log may
/// hold it or not, which only the next reader learns.
fn failed_at_commit(write: &Write, error: &Error) -> Outcome {
    match error {
        Error::Full { .. } | Error::Locked { .. } | Error::Permission { .. } => failed(error),
        _ if write.is_repeatable() => failed(error),
        _ => Outcome::Unknown {
            reason: error.in_one_line(),
        },
    }
}

/// Refuses what no board keeps: an empty name, or one over the limit in UTF-16 units.
fn check_name(name: &str, limit: Option<usize>) -> Result<(), Stop> {
    let units = name.encode_utf16().count();
    match limit {
        _ if units == 0 => Err(Stop::refused("a name must not be empty")),
        Some(limit) if units > limit => Err(Stop::refused(format!(
            "a name of {units} UTF-16 units is longer than the {limit} allowed here"
        ))),
        _ => Ok(()),
    }
}

/// Refuses a place that is no number, since it would have no order.
fn check_position(position: Position) -> Result<(), Stop> {
    if position.0.is_finite() {
        Ok(())
    } else {
        Err(Stop::refused("a position must be a finite number"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::ffi;

    fn after(code: i32, write: &Write) -> Outcome {
        let failure = rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
        failed_at_commit(write, &Error::sqlite(Utf8Path::new("/b"), failure))
    }

    #[test]
    fn a_create_whose_commit_failed_may_have_been_made() {
        let create = Write::CreateProject {
            name: "Demo".into(),
        };
        let remove = Write::RemoveProject {
            project: sync_core::ids::ProjectId::new("1"),
        };
        let fsync = ffi::SQLITE_IOERR_FSYNC;
        assert!(matches!(after(fsync, &create), Outcome::Unknown { .. }));
        assert!(matches!(after(fsync, &remove), Outcome::Transient { .. }));
        assert!(matches!(
            after(ffi::SQLITE_FULL, &create),
            Outcome::Transient { .. }
        ));
        assert!(matches!(
            after(ffi::SQLITE_READONLY, &create),
            Outcome::Denied { .. }
        ));
    }
}
