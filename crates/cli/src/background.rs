//! Starting a run that outlives its caller.

use crate::error::{CommandError, Kind};
use std::fs::File;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use sync_core::coalesce::Request;

/// The hidden argument of a process that [`start`] has started.
pub(crate) const ANNOUNCED: &str = "--announced";

/// Starts the run of a request whose mark is made; all it prints goes to the log.
///
/// The caller's terminal and pipes are not inherited, so `$(…)` around the caller ends with it.
#[expect(
    clippy::disallowed_methods,
    reason = "the one process the cli starts is itself"
)]
pub(crate) fn start(request: &Request, log: File) -> Result<(), CommandError> {
    let fail = |error| CommandError::caused(Kind::Failed, "cannot start in the background", error);
    let errors = log.try_clone().map_err(fail)?;
    let program = std::env::current_exe().map_err(fail)?;
    let mut command = Command::new(program);
    // Not by the name it was called by, which may stand for a command.
    command
        .arg0("onward")
        .args(["kanban-sync", ANNOUNCED, "-C", &request.root])
        .arg(format!("--project={}", request.project))
        .arg(format!("--board={}", request.board));
    for (stage, list) in &request.lists {
        command.arg(format!("--list={stage}={list}"));
    }
    command.stdin(Stdio::null()).stdout(log).stderr(errors);
    command.spawn().map_err(fail).map(drop)
}

/// Leaves the caller's session, so that its terminal's end does not reach this process.
pub(crate) fn detach() {
    // It fails only where the process leads a session already, which is as good.
    let _ = rustix::process::setsid();
}
