//! How wide the output may be.

use crate::environment::Environment;

/// What is taken where nothing else is known.
const USUAL: usize = 80;

/// Returns the width of the terminal that standard output goes to, else `COLUMNS`, else 80.
pub(crate) fn width(environment: &Environment) -> usize {
    let size = rustix::termios::tcgetwinsize(rustix::stdio::stdout());
    // Some terminals say that they have no size.
    let columns = size.map_or(0, |size| usize::from(size.ws_col));
    let told = || environment.get("COLUMNS")?.parse().ok();
    Some(columns)
        .filter(|columns| *columns > 0)
        .or_else(told)
        .unwrap_or(USUAL)
}
