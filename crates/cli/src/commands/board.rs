//! `onward board`: looking at a board.

use crate::args::Board;
use crate::environment::Environment;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::Output;

/// Runs the command.
pub(crate) fn run(
    args: &Board,
    environment: &Environment,
    output: &Output,
) -> Result<Exit, CommandError> {
    let _ = (args, environment, output);
    Ok(Exit::Done)
}
