//! `onward sync-status`: does everything that touches the queue agree? Writes nothing.

use crate::args::SyncStatus;
use crate::commands::boundary::{Boundary, Login};
use crate::environment::Environment;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::Output;

pub(crate) mod report;
mod stranded;

use report::{Compared, StatusReport};

/// Runs the command.
pub(crate) fn run(
    args: &SyncStatus,
    environment: &Environment,
    output: &Output,
) -> Result<Exit, CommandError> {
    let boundary = Boundary::gather(
        environment,
        args.foreground.foreground_cli.as_deref(),
        Login::AsSwitched,
    )?
    .with_live_daemons();
    let report = StatusReport {
        stranded: stranded::mission(&boundary),
        preflight: boundary.preflight,
        compared: Compared(boundary.compared),
        check: args.check,
    };
    output.sync_status(&report);
    Ok(report.exit())
}
