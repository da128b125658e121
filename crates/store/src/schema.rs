//! The versions of a board's file and the steps from one to the next.

use camino::Utf8Path;
use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::error::Error;

/// What tells a board from any other SQLite file: `OnwB`.
pub(crate) const APPLICATION: i32 = 0x4f6e_7742;

/// The steps: the first makes version 1 of an empty file, the next version 2 of that, and so on.
const STEPS: &[&str] = &[include_str!("schema/version_1.sql")];

/// Makes an empty file a board of the newest version.
pub(crate) fn create(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    take(&transaction, STEPS, 0)?;
    transaction.commit()
}

/// Brings a board's file to the newest version, all steps in one transaction.
pub(crate) fn upgrade(connection: &mut Connection, path: &Utf8Path) -> Result<(), Error> {
    upgrade_by(connection, STEPS, path)
}

/// Refuses a file that is not a board, or is newer than known here.
pub(crate) fn check(connection: &Connection, path: &Utf8Path) -> Result<(), Error> {
    version(connection, STEPS, path).map(drop)
}

fn upgrade_by(connection: &mut Connection, steps: &[&str], path: &Utf8Path) -> Result<(), Error> {
    if version(connection, steps, path)? == steps.len() {
        return Ok(());
    }
    let failed = |source| Error::sqlite(path, source);
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(failed)?;
    // Read again under the lock: another process may have been faster.
    let from = version(&transaction, steps, path)?;
    take(&transaction, steps, from)
        .and_then(|()| transaction.commit())
        .map_err(failed)
}

/// Takes every step from a version on, and writes down the version that is reached.
fn take(transaction: &Transaction<'_>, steps: &[&str], from: usize) -> rusqlite::Result<()> {
    for step in &steps[from..] {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(
        None,
        "user_version",
        i64::try_from(steps.len()).unwrap_or(i64::MAX),
    )
}

/// Returns the version of a board's file, which is 1 or more.
fn version(connection: &Connection, steps: &[&str], path: &Utf8Path) -> Result<usize, Error> {
    let pragma = |name| {
        connection
            .pragma_query_value(None, name, |row| row.get::<_, i32>(0))
            .map_err(|source| Error::sqlite(path, source))
    };
    let application = pragma("application_id")?;
    let found = usize::try_from(pragma("user_version")?).unwrap_or(0);
    let (path, known) = (path.to_path_buf(), steps.len());
    match (application, found) {
        (APPLICATION, 1..) if found <= known => Ok(found),
        (APPLICATION, 1..) => Err(Error::Newer { path, found, known }),
        _ => Err(Error::OtherApplication { path, application }),
    }
}

#[cfg(test)]
mod tests;
