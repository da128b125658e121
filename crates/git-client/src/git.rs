//! Which git to run, and for how long.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How long a run of git that stays on this machine may take, unless the caller says otherwise.
const LOCAL_LIMIT: Duration = Duration::from_mins(1);

/// The git to run: the program, variables added to its environment, and a time limit.
///
/// Its `Debug` form leaves the values of variables out, since they may be secrets.
#[derive(Clone)]
pub struct Git {
    program: OsString,
    variables: Vec<(OsString, OsString)>,
    limit: Duration,
    stop: Arc<AtomicBool>,
}

impl Git {
    /// The `git` on `PATH`, with the environment of this process and 60 seconds for a run.
    pub fn new() -> Self {
        Self {
            program: OsString::from("git"),
            variables: Vec::new(),
            limit: LOCAL_LIMIT,
            stop: Arc::default(),
        }
    }

    /// Runs another program than the `git` on `PATH`.
    pub fn with_program(mut self, program: impl Into<OsString>) -> Self {
        self.program = program.into();
        self
    }

    /// Adds a variable to git's environment, in place of an inherited one of that name.
    pub fn with_variable(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    /// Sets how long a run that stays on this machine may take.
    pub fn with_limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Ends every run of git soon after this flag is set, with [`Error::Interrupted`]: git leads a
    /// process group of its own, so a terminal's Ctrl-C does not reach it.
    ///
    /// [`Error::Interrupted`]: crate::Error::Interrupted
    pub fn with_stop(mut self, stop: Arc<AtomicBool>) -> Self {
        self.stop = stop;
        self
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    pub(crate) fn program(&self) -> &OsStr {
        &self.program
    }

    pub(crate) fn variables(&self) -> &[(OsString, OsString)] {
        &self.variables
    }

    pub(crate) fn limit(&self) -> Duration {
        self.limit
    }
}

impl Default for Git {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Git {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.variables.iter().map(|(name, _)| name).collect();
        f.debug_struct("Git")
            .field("program", &self.program)
            .field("variables", &names)
            .field("limit", &self.limit)
            .field("stop", &self.stop)
            .finish()
    }
}
