//! When a record has lost its owner.

use super::{OwnerRecord, OwnerState, ProcessStamp};
use alloc::format;
use alloc::string::String;

/// What was observed about the process and the executable a record names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessFacts {
    /// A process with the id exists, somebody else's and a zombie included; not asked, and false,
    /// where [`OwnerRecord::process_id`] gives none.
    pub alive: bool,
    /// The executable's path leads to something.
    pub executable_exists: bool,
    /// When the machine started, as in [`ProcessStamp`]; `None` where it cannot be read.
    pub boot_id: Option<String>,
    /// When the process with the id started; `None` where it cannot be read.
    pub start_time: Option<String>,
}

/// Why a record counts as orphan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OrphanReason {
    /// No process can have the id.
    ImpossiblePid,
    /// The machine was started anew since.
    Rebooted,
    /// There is no such process.
    Dead,
    /// The process with the id started at another time, so it is another one.
    PidReused,
    /// The executable is gone.
    ExecutableMissing,
}

impl OrphanReason {
    /// Returns the reason as a clause about the record's owner.
    pub fn sentence(self, record: &OwnerRecord) -> String {
        let pid = record.pid;
        match self {
            Self::ImpossiblePid => format!("no process can have the id {pid}"),
            Self::Rebooted => format!("the machine was restarted since process {pid} wrote it"),
            Self::Dead => format!("process {pid} is not alive"),
            Self::PidReused => format!("process {pid} is another one by now"),
            Self::ExecutableMissing => format!("{} does not exist", record.executable_path),
        }
    }
}

impl OwnerState {
    /// Tells a living owner from an orphan. What the record or the machine does not say proves
    /// nothing: a record of the other program is judged by id and executable alone, as it does.
    pub fn of(record: OwnerRecord, facts: &ProcessFacts) -> Self {
        match orphan_reason(&record, facts) {
            Some(reason) => Self::Orphan(record, reason),
            None => Self::Present(record),
        }
    }
}

fn orphan_reason(record: &OwnerRecord, facts: &ProcessFacts) -> Option<OrphanReason> {
    let differs = |written: fn(&ProcessStamp) -> &String, seen: &Option<String>| {
        let written = record.stamp.as_ref().map(written);
        written.is_some_and(|written| seen.as_ref().is_some_and(|seen| seen != written))
    };
    if record.process_id().is_none() {
        Some(OrphanReason::ImpossiblePid)
    } else if differs(|stamp| &stamp.boot_id, &facts.boot_id) {
        Some(OrphanReason::Rebooted)
    } else if !facts.alive {
        Some(OrphanReason::Dead)
    } else if differs(|stamp| &stamp.start_time, &facts.start_time) {
        Some(OrphanReason::PidReused)
    } else if !facts.executable_exists {
        Some(OrphanReason::ExecutableMissing)
    } else {
        None
    }
}
