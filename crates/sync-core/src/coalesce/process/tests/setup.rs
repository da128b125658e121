//! Who takes part in a model, and what may go wrong.

use super::super::{Intent, RUNS_PER_KEY};
use super::world::Cruelty;
use alloc::vec::Vec;

/// Who takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Program {
    /// One of ours, for a key.
    Onward(usize, Intent),
    /// One of ours with `--background`: the caller, then the process it starts.
    Background(usize),
    /// The old script: `flock -n`, busy → ring the bell; after a run: bell → unlink it, run again.
    Old,
}

/// What a driver, or the protocol it drives, gets wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Does not look again after unlocking.
    NoSecondLook,
    /// Unlinks a pending mark instead of renaming it.
    ConsumeByUnlink,
    /// Makes its mark only when it has the lock, or found it busy.
    LateMark,
    /// Does not compare the locked file with the path.
    AnyFile,
    /// Counts on every holder, whatever its line says.
    AnyHolder,
    /// Unlinks the bell without making the mark that stands for it.
    BellForNothing,
}

/// Who takes part, and how cruel the world may be.
#[derive(Clone, Debug)]
pub(super) struct Setup {
    pub(super) programs: Vec<Program>,
    pub(super) left: Cruelty,
    /// The entries of a directory are seen one after the other.
    pub(super) torn_look: bool,
    /// A holder locks and writes its line, or empties it and unlocks, faster than anybody looks.
    pub(super) quick_holders: bool,
    pub(super) runs_per_key: u8,
    pub(super) fault: Option<Fault>,
}

impl Setup {
    pub(super) fn new(programs: &[Program], left: Cruelty) -> Self {
        Self {
            programs: programs.to_vec(),
            left,
            torn_look: false,
            quick_holders: false,
            runs_per_key: RUNS_PER_KEY,
            fault: None,
        }
    }
}
