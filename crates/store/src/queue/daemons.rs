//! Daemons of the other program that run for a home although nothing there names them.
//!
//! The other program counts every process on the host whose command line mentions its daemon: an
//! editor and a `grep` as well (boundary sheet §11, defect 18). Counted here is an interpreter that
//! was given the daemon as its program, of this user, for this home.

use std::collections::BTreeSet;

use super::home::Home;
use super::text_file;

/// What the program of a daemon's interpreter holds.
#[cfg(target_os = "linux")]
const ENTRY_POINTS: [&str; 2] = ["specify_cli", "run_sync_daemon"];

/// Returns the ids of this user's daemons for a home, but for those that are known.
///
/// Processes are listed on Linux; elsewhere none is found.
pub fn live_daemons(home: &Home, known: &BTreeSet<u32>) -> BTreeSet<u32> {
    let mut daemons = processes::of_home(home);
    daemons.retain(|pid| !known.contains(pid));
    daemons
}

/// Returns the id of the process that the daemon's state file names, on its fourth line.
pub fn stated_daemon(home: &Home) -> Option<u32> {
    let text = text_file::text(&home.daemon_state()).ok()??;
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.nth(3)?.parse().ok()
}

/// Tells whether a command line, its words ended by NUL, is a daemon's.
#[cfg(target_os = "linux")]
fn is_daemon(command: &[u8]) -> bool {
    let words: Vec<String> = command
        .split(|byte| *byte == 0)
        .map(|word| String::from_utf8_lossy(word).into_owned())
        .collect();
    words
        .windows(2)
        .any(|pair| pair[0] == "-c" && ENTRY_POINTS.iter().all(|entry| pair[1].contains(entry)))
}

/// Returns the value of a variable in an environment whose entries end with NUL.
#[cfg(target_os = "linux")]
fn variable(environment: &[u8], name: &str) -> Option<String> {
    environment.split(|byte| *byte == 0).find_map(|entry| {
        let entry = String::from_utf8_lossy(entry);
        let value = entry.strip_prefix(name)?.strip_prefix('=')?;
        Some(value.to_owned())
    })
}

#[cfg(target_os = "linux")]
mod processes {
    use super::{BTreeSet, Home, is_daemon, variable};
    use std::fs;
    use std::os::unix::fs::MetadataExt;

    /// Lists the daemons of this user for a home.
    pub(super) fn of_home(home: &Home) -> BTreeSet<u32> {
        let user = rustix::process::getuid().as_raw();
        let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
        entries
            .filter_map(|entry| {
                let pid: u32 = entry.file_name().to_str()?.parse().ok()?;
                let folder = entry.path();
                // A process that ends meanwhile is none.
                let own = fs::metadata(&folder).ok()?.uid() == user;
                (own && is_daemon(&fs::read(folder.join("cmdline")).ok()?)).then_some(())?;
                let environment = fs::read(folder.join("environ")).ok()?;
                let of = |name| variable(&environment, name);
                let its = Home::discover(of("SPEC_KITTY_HOME").as_deref(), of("HOME").as_deref());
                (its.as_ref() == Some(home)).then_some(pid)
            })
            .collect()
    }
}

#[cfg(not(target_os = "linux"))]
mod processes {
    use super::{BTreeSet, Home};

    /// There is no list of processes to read without asking another program.
    pub(super) fn of_home(_: &Home) -> BTreeSet<u32> {
        BTreeSet::new()
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    fn line(words: &[&str]) -> Vec<u8> {
        words.join("\0").into_bytes()
    }

    #[test]
    fn only_an_interpreter_with_the_daemon_as_its_program_is_one() {
        let program = "from specify_cli.sync.daemon import run_sync_daemon\nrun_sync_daemon(9400)";
        assert!(is_daemon(&line(&["/usr/bin/python3.11", "-c", program])));
        assert!(is_daemon(&line(&["python3", "-I", "-c", program, "x"])));
        for other in [
            &["vim", "specify_cli/run_sync_daemon.py"][..],
            &["grep", "-r", "specify_cli run_sync_daemon"],
            &["grep", "-c", "run_sync_daemon", "specify_cli"],
            &["python3", "specify_cli_run_sync_daemon.py"],
            &[],
        ] {
            assert!(!is_daemon(&line(other)), "{other:?}");
        }
    }

    #[test]
    fn a_variable_is_found_by_its_whole_name() {
        let environment = line(&["XHOME=/a", "HOME=/b=c", "HOMES=/d"]);
        assert_eq!(variable(&environment, "HOME").as_deref(), Some("/b=c"));
        assert_eq!(variable(&environment, "OME"), None);
    }
}
