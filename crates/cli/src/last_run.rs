//! What the last run of each request held or left undone, kept for `board show` and `doctor`.

use crate::commands::kanban_sync::report::KanbanSyncReport;
use crate::config::Server;
use crate::error::{CommandError, Kind};
use crate::output::json;
use camino::{Utf8Path, Utf8PathBuf};
use jiff::Timestamp;
use serde_json::Value;
use std::io::{self, ErrorKind, Write};
use sync_core::coalesce::Request;

/// Keeps the report of a run, in place of the one before it.
pub(crate) fn keep(
    state_dir: &Utf8Path,
    request: &Request,
    server: &Server,
    report: Result<&KanbanSyncReport, &CommandError>,
) -> Result<(), CommandError> {
    let folder = state_dir.join("runs");
    let path = folder.join(format!("{}.json", request.key(&server.name())));
    let fail = |error| {
        CommandError::caused(
            Kind::Failed,
            format!("cannot keep the report in {path}"),
            error,
        )
        .hint("check the folder's permissions and the room on its disk")
    };
    let value = json::last_run(request, &server.name(), report);
    std::fs::create_dir_all(&folder).map_err(fail)?;
    let mut file = tempfile::NamedTempFile::new_in(&folder).map_err(fail)?;
    writeln!(file, "{value:#}").map_err(fail)?;
    file.persist(&path).map_err(|error| fail(error.error))?;
    Ok(())
}

/// The reports of the last runs, as far as they can be read.
#[derive(Debug, Default)]
pub(crate) struct LastRuns {
    /// One report for each request, in the order of their files' names; `ended` is when its run did.
    pub(crate) runs: Vec<Value>,
    /// What could not be read, and why.
    pub(crate) problems: Vec<CommandError>,
}

/// Reads the reports of the last runs.
///
/// A folder that is not there yet holds none; everything else that cannot be read is a problem.
pub(crate) fn read_all(state_dir: &Utf8Path) -> LastRuns {
    let mut all = LastRuns::default();
    let folder = state_dir.join("runs");
    let listed = folder
        .read_dir_utf8()
        .and_then(|entries| entries.map(|entry| Ok(entry?.into_path())).collect());
    let mut paths: Vec<Utf8PathBuf> = match listed {
        Err(error) if error.kind() == ErrorKind::NotFound => return all,
        Err(error) => {
            all.problems.push(unreadable(&folder, error));
            return all;
        }
        Ok(paths) => paths,
    };
    paths.retain(|path| path.extension() == Some("json"));
    paths.sort();
    for path in paths {
        match read(&path) {
            Ok(run) => all.runs.push(run),
            Err(error) => all.problems.push(unreadable(&path, error)),
        }
    }
    all
}

fn read(path: &Utf8Path) -> io::Result<Value> {
    let text = std::fs::read_to_string(path)?;
    let mut run: Value = serde_json::from_str(&text)?;
    if !run.is_object() {
        return Err(io::Error::new(ErrorKind::InvalidData, "no report"));
    }
    // The file is written when the run ends, and never changed.
    let written = path.metadata()?.modified()?;
    let ended = Timestamp::try_from(written)
        .and_then(|ended| Timestamp::from_second(ended.as_second()))
        .map_err(io::Error::other)?;
    run["ended"] = ended.to_string().into();
    Ok(run)
}

fn unreadable(path: &Utf8Path, error: io::Error) -> CommandError {
    let message = format!("cannot read what the last runs reported in {path}");
    CommandError::caused(Kind::Failed, message, error).hint(
        "give yourself the right to read it, or remove it: the next kanban-sync makes it anew",
    )
}
