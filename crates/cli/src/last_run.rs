//! What the last run of each request held and could not do, kept for `board show` and `doctor`.

use crate::commands::kanban_sync::report::KanbanSyncReport;
use crate::config::Server;
use crate::error::{CommandError, Kind};
use crate::output::json;
use camino::Utf8Path;
use serde_json::Value;
use std::io::Write;
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

/// Reads the reports of the last runs, in the order of their names; what is no report is left out.
pub(crate) fn read_all(state_dir: &Utf8Path) -> Vec<Value> {
    let Ok(entries) = state_dir.join("runs").read_dir_utf8() else {
        return Vec::new();
    };
    let mut paths: Vec<_> = entries
        .flatten()
        .map(camino::Utf8DirEntry::into_path)
        .collect();
    paths.sort();
    let read = |path: &camino::Utf8PathBuf| {
        let text = std::fs::read_to_string(path).ok()?;
        serde_json::from_str(&text).ok()
    };
    paths
        .iter()
        .filter(|path| path.extension() == Some("json"))
        .filter_map(read)
        .collect()
}
