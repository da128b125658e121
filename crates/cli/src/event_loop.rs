//! The one thread on which requests are awaited.

use crate::error::{CommandError, Kind};
use tokio::runtime::{Builder, Runtime};

/// Starts an event loop on this thread.
pub(crate) fn event_loop() -> Result<Runtime, CommandError> {
    let started = Builder::new_current_thread().enable_all().build();
    started
        .map_err(|error| CommandError::caused(Kind::Failed, "cannot start the event loop", error))
}
