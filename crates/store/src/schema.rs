//! The kinds of files kept here, their versions, and the steps from one version to the next.

use camino::Utf8Path;
use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::error::Error;

/// A kind of file.
#[derive(Debug)]
pub(crate) struct Format {
    /// What tells it from any other SQLite file.
    application: i32,
    /// The steps: the first makes version 1 of an empty file, the next version 2 of that, and so on.
    steps: &'static [&'static str],
    /// The beginning of a draft's name.
    pub(crate) draft: &'static str,
    /// What a write waits for, in SQLite's words.
    pub(crate) synchronous: &'static str,
}

/// A board, marked `OnwB`. A power cut may take the last writes back, which the next run makes again.
pub(crate) const BOARD: Format = Format {
    application: 0x4f6e_7742,
    steps: &[include_str!("schema/board_1.sql")],
    draft: ".board-",
    synchronous: "NORMAL",
};

/// A hub, marked `OnwH`. Nobody else knows what was written here, so a write waits for the disk.
pub(crate) const HUB: Format = Format {
    application: 0x4f6e_7748,
    steps: &[include_str!("schema/hub_1.sql")],
    draft: ".hub-",
    synchronous: "FULL",
};

impl Format {
    /// Makes an empty file one of the newest version.
    pub(crate) fn create(&self, connection: &mut Connection) -> rusqlite::Result<()> {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        self.take(&transaction, 0)?;
        transaction.commit()
    }

    /// Brings a file to the newest version, all steps in one transaction.
    pub(crate) fn upgrade(
        &self,
        connection: &mut Connection,
        path: &Utf8Path,
    ) -> Result<(), Error> {
        if self.version(connection, path)? == self.steps.len() {
            return Ok(());
        }
        let failed = |source| Error::sqlite(path, source);
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(failed)?;
        // Read again under the lock: another process may have been faster.
        let from = self.version(&transaction, path)?;
        self.take(&transaction, from)
            .and_then(|()| transaction.commit())
            .map_err(failed)
    }

    /// Refuses a file that is of another kind, or newer than known here.
    pub(crate) fn check(&self, connection: &Connection, path: &Utf8Path) -> Result<(), Error> {
        self.version(connection, path).map(drop)
    }

    /// Takes every step from a version on, and writes down the version that is reached.
    fn take(&self, transaction: &Transaction<'_>, from: usize) -> rusqlite::Result<()> {
        for step in &self.steps[from..] {
            transaction.execute_batch(step)?;
        }
        transaction.pragma_update(None, "application_id", self.application)?;
        let reached = i64::try_from(self.steps.len()).unwrap_or(i64::MAX);
        transaction.pragma_update(None, "user_version", reached)
    }

    /// Returns the version of a file, which is 1 or more.
    fn version(&self, connection: &Connection, path: &Utf8Path) -> Result<usize, Error> {
        let pragma = |name| {
            connection
                .pragma_query_value(None, name, |row| row.get::<_, i32>(0))
                .map_err(|source| Error::sqlite(path, source))
        };
        let application = pragma("application_id")?;
        let found = usize::try_from(pragma("user_version")?).unwrap_or(0);
        let (path, known) = (path.to_path_buf(), self.steps.len());
        if application != self.application || found == 0 {
            return Err(Error::OtherApplication { path, application });
        }
        if found > known {
            return Err(Error::Newer { path, found, known });
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests;
