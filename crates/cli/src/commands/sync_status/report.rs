//! What `onward sync-status` found, ready to be rendered; text and JSON show the same.

use crate::exit::Exit;
use std::fmt;
use store::queue::Origin;
use sync_core::gate::Preflight;

/// The state of the boundary at one moment.
#[derive(Debug)]
pub(crate) struct StatusReport {
    /// Every fact the gate asks for, and what only the status does.
    pub(crate) preflight: Preflight,
    /// Which program the daemon is compared with.
    pub(crate) compared: Compared,
    /// The mission worked on here, when uploads of it wait in the legacy queue.
    pub(crate) stranded: Option<String>,
    /// `--check`: what is in the way decides the exit.
    pub(crate) check: bool,
}

impl StatusReport {
    /// Returns the exit: with `--check` 2 when anything is in the way.
    pub(crate) fn exit(&self) -> Exit {
        if self.check && !self.preflight.status_obstacles().is_empty() {
            Exit::Refused
        } else {
            Exit::Done
        }
    }
}

/// Which program stands for the foreground.
#[derive(Debug)]
pub(crate) struct Compared(pub(crate) Origin);

impl fmt::Display for Compared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Origin::Named(path) => write!(f, "{path}, as --foreground-cli says"),
            Origin::OnPath(path) => write!(f, "{path}, the first on PATH"),
            Origin::Own => f.write_str("onward itself, as no spec-kitty is on PATH"),
        }
    }
}
