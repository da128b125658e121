//! What the system knows about a process, without starting another one to ask.

use rustix::io::Errno;
use rustix::process::{Pid, getpid, test_kill_process};
use sync_core::owner::{OwnerRecord, ProcessFacts, ProcessStamp};

/// Looks at the process and the executable a record names. An id that no process can have is not
/// asked about: 0 and negative ones address groups.
pub(super) fn facts(record: &OwnerRecord) -> ProcessFacts {
    let id = record.process_id();
    ProcessFacts {
        alive: id.is_some_and(is_alive),
        executable_exists: camino::Utf8Path::new(&record.executable_path).exists(),
        boot_id: boot_id(),
        start_time: id.and_then(start_time),
    }
}

/// Returns what tells this process from a later one with its id; `None` where the system does not
/// say. That is so outside of Linux, where a record is judged by id and executable alone, as the
/// other program does everywhere.
pub fn own_stamp() -> Option<ProcessStamp> {
    let id = u32::try_from(getpid().as_raw_nonzero().get()).ok()?;
    Some(ProcessStamp {
        start_time: start_time(id)?,
        boot_id: boot_id()?,
    })
}

/// A process of somebody else's is alive, and so is a zombie.
fn is_alive(id: u32) -> bool {
    let pid = i32::try_from(id).ok().and_then(Pid::from_raw);
    pid.is_some_and(|pid| matches!(test_kill_process(pid), Ok(()) | Err(Errno::PERM)))
}

/// Returns when a process started, in ticks since the machine did.
#[cfg(target_os = "linux")]
fn start_time(id: u32) -> Option<String> {
    let text = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The second field is the command in brackets, which may hold anything.
    let (_, fields) = text.rsplit_once(')')?;
    fields.split_whitespace().nth(19).map(str::to_owned)
}

#[cfg(target_os = "linux")]
fn boot_id() -> Option<String> {
    let text = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

#[cfg(not(target_os = "linux"))]
fn start_time(_: u32) -> Option<String> {
    None
}

#[cfg(not(target_os = "linux"))]
fn boot_id() -> Option<String> {
    None
}
