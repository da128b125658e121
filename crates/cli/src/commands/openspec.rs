//! `onward openspec`: reading OpenSpec folders as the official CLI does.

use crate::args::Openspec;
use crate::environment::Environment;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::Output;

/// Runs the command.
pub(crate) fn run(
    args: &Openspec,
    environment: &Environment,
    output: &Output,
) -> Result<Exit, CommandError> {
    let _ = (args, environment, output);
    Ok(Exit::Done)
}
