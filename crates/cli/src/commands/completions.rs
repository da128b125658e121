//! `onward completions` and `onward man`: what packagers install beside the binary.

use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::Output;
use camino::Utf8Path;
use clap_complete::Shell;

/// Prints a completion script.
pub(crate) fn completions(shell: Shell, output: &Output) -> Result<Exit, CommandError> {
    let _ = (shell, output);
    Ok(Exit::Done)
}

/// Writes the manual pages.
pub(crate) fn man(dir: &Utf8Path) -> Result<Exit, CommandError> {
    let _ = dir;
    Ok(Exit::Done)
}
