//! `onward completions` and `onward man`: what packagers install beside the binary.

use crate::args::Cli;
use crate::error::{CommandError, Kind};
use crate::exit::Exit;
use crate::output::Output;
use camino::Utf8Path;
use clap::CommandFactory;
use clap_complete::Shell;

/// Prints a completion script.
pub(crate) fn completions(shell: Shell, output: &Output) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "onward", &mut script);
    output.print(&String::from_utf8_lossy(&script));
    Exit::Done
}

/// Writes the manual pages, one for each command.
pub(crate) fn man(dir: &Utf8Path) -> Result<Exit, CommandError> {
    clap_mangen::generate_to(Cli::command(), dir).map_err(|error| {
        CommandError::caused(
            Kind::Failed,
            format!("cannot write manual pages into {dir}"),
            error,
        )
        .hint("the folder has to exist and to be writable")
    })?;
    Ok(Exit::Done)
}
