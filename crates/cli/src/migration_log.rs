//! The log of migrations: a line for each row that moved, with its table and key, never its payload.

use crate::error::{CommandError, Kind};
use camino::{Utf8Path, Utf8PathBuf};
use jiff::Timestamp;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use sync_core::migration::{Fate, PlannedRow};

/// A log that is opened when the first row has moved; later migrations add to it.
pub(crate) struct MigrationLog {
    path: Utf8PathBuf,
    /// What every line begins with, formatted once.
    opening: String,
    file: Option<BufWriter<File>>,
    failed: Option<io::Error>,
}

impl MigrationLog {
    /// Names the log in the state directory.
    pub(crate) fn new(state_dir: &Utf8Path, started: Timestamp) -> Self {
        Self {
            path: state_dir.join("migration.log"),
            opening: format!("{started} INFO"),
            file: None,
            failed: None,
        }
    }

    /// Adds a line; rows have moved by then, so a log that cannot be written stops nothing.
    pub(crate) fn row(&mut self, row: &PlannedRow) {
        if self.failed.is_none()
            && let Err(error) = self.write(row)
        {
            self.failed = Some(error);
        }
    }

    fn write(&mut self, row: &PlannedRow) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            None => self.file.insert(open(&self.path)?),
        };
        let table = row.table.name();
        write!(file, "{} {table} ", self.opening)?;
        match &row.fate {
            Fate::Carry(key) => writeln!(file, "{:?} carried", key.to_string()),
            Fate::Duplicate { of } => writeln!(file, "{:?} was there already", of.to_string()),
            Fate::Conflict { with, .. } => writeln!(
                file,
                "{:?} kept in migration_conflicts: another payload was there",
                with.to_string()
            ),
            Fate::SetAside { oddity, .. } => {
                writeln!(file, "row {} set aside: {}", row.id, oddity.sentence())
            }
        }
    }

    /// Writes out what is left, and returns where the log is if there is one.
    ///
    /// # Errors
    ///
    /// The log cannot be written; the rows have moved all the same.
    pub(crate) fn finish(mut self) -> Result<Option<Utf8PathBuf>, CommandError> {
        let flushed = self.file.as_mut().map_or(Ok(()), BufWriter::flush);
        match self.failed.map_or(flushed, Err) {
            Ok(()) => Ok(self.file.is_some().then_some(self.path)),
            Err(error) => Err(CommandError::caused(
                Kind::Failed,
                format!("cannot write the log of the migration, {}", self.path),
                error,
            )
            .hint("the rows themselves have moved; make room or mend the permissions")),
        }
    }
}

fn open(path: &Utf8Path) -> io::Result<BufWriter<File>> {
    if let Some(folder) = path.parent() {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
    }
    let file = OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(path)?;
    Ok(BufWriter::new(file))
}
