//! `onward doctor orphan-daemons` and `onward doctor retire`: the daemon owner record of the home.
//!
//! No process is ever ended; what goes is a record whose owner is gone.

use crate::args::{OrphanDaemons, Retire};
use crate::commands::boundary::{home, queue_error, unnamed_daemons};
use crate::environment::Environment;
use crate::error::{CommandError, Kind};
use crate::exit::Exit;
use crate::output::Output;
use crate::output::json::SCHEMA;
use crate::output::json::boundary::orphan_daemon;
use crate::output::safe::safe;
use serde_json::json;
use std::fmt::Write as _;
use std::io::{BufRead, IsTerminal};
use store::queue::OwnerFile;
use sync_core::owner::{OrphanReason, OwnerRecord, OwnerState};

/// Tells whether the record is an orphan, and whether daemons run that nothing names; exit 1 if so.
pub(crate) fn orphan_daemons(
    args: &OrphanDaemons,
    environment: &Environment,
    output: &Output,
) -> Result<Exit, CommandError> {
    let home = home(environment)?;
    let file = OwnerFile::at(home.owner_record());
    let state = file.state();
    let orphan = match &state {
        OwnerState::Orphan(record, reason) => Some((record, *reason)),
        OwnerState::Unreadable { reason } => return Err(unreadable(reason)),
        OwnerState::Absent | OwnerState::Present(_) => None,
    };
    let daemons = unnamed_daemons(&home, &state);
    if args.json {
        let path = file.path();
        let orphans: Vec<_> = orphan
            .iter()
            .map(|(record, _)| orphan_daemon(record))
            .collect();
        output.print_json(&json!({
            "orphan_count": orphans.len(),
            "orphans": orphans,
            "owner_record_path": path.as_str(),
            "retirement_command": orphan.map(|_| format!("rm {path}")),
            "schema": SCHEMA,
            "live_orphan_daemons": daemons,
        }));
    } else {
        let mut text = for_people(&file, &state, orphan);
        for pid in &daemons {
            let _ = writeln!(
                text,
                "Process {pid} is a daemon that no file of the home names; end it if it is yours"
            );
        }
        output.print(&text);
    }
    Ok(if orphan.is_some() || !daemons.is_empty() {
        Exit::Failed
    } else {
        Exit::Done
    })
}

/// Puts away the record of an owner that is gone, and puts aside what is no record.
pub(crate) fn retire(
    args: &Retire,
    environment: &Environment,
    output: &Output,
) -> Result<Exit, CommandError> {
    let file = OwnerFile::at(home(environment)?.owner_record());
    let path = file.path();
    let done = match file.state() {
        OwnerState::Absent => {
            output.print("No daemon owner record: nothing to retire.\n");
            return Ok(Exit::Done);
        }
        OwnerState::Present(record) => {
            let message = format!("the owner lives: process {} wrote {path}", record.pid);
            return Err(CommandError::new(Kind::Failed, message)
                .hint("end the daemon from its own installation; its record goes with it"));
        }
        OwnerState::Unreadable { reason } => {
            output.print(&format!("Not a daemon owner record: {}\n", safe(&reason)));
            if !agreed(
                args,
                "Move it aside? If a daemon runs, end it first.",
                output,
            )? {
                return Ok(Exit::Done);
            }
            let aside = file.put_aside().map_err(queue_error)?;
            aside.map(|aside| format!("Moved to {aside}"))
        }
        OwnerState::Orphan(record, reason) => {
            output.print(&described(&record, reason));
            if !agreed(args, "Remove this record?", output)? {
                return Ok(Exit::Done);
            }
            let removed = file.retire(&record).map_err(queue_error)?;
            removed.then(|| format!("Removed {path}"))
        }
    };
    let told = done.unwrap_or_else(|| "It changed meanwhile and was left; look again.".into());
    output.print(&format!("{}\n", safe(&told)));
    Ok(Exit::Done)
}

/// Asks on the terminal, unless the answer was given beforehand.
fn agreed(args: &Retire, question: &str, output: &Output) -> Result<bool, CommandError> {
    if args.yes {
        return Ok(true);
    }
    let input = std::io::stdin();
    if !input.is_terminal() {
        return Err(
            CommandError::new(Kind::Failed, "nobody can be asked: no terminal")
                .hint("look at what is shown above, then say --yes"),
        );
    }
    output.print(&format!("{question} [y/N] "));
    let mut answer = String::new();
    input
        .lock()
        .read_line(&mut answer)
        .map_err(|error| CommandError::caused(Kind::Failed, "cannot read the answer", error))?;
    let yes = matches!(answer.trim(), "y" | "Y" | "yes");
    if !yes {
        output.print("Left as it is.\n");
    }
    Ok(yes)
}

fn unreadable(reason: &str) -> CommandError {
    CommandError::new(
        Kind::Unable,
        format!("what lies in the place of the daemon owner record is none: {reason}"),
    )
    .hint("if no daemon runs, `onward doctor retire` moves it aside; nothing of it is lost")
}

fn for_people(
    file: &OwnerFile,
    state: &OwnerState,
    orphan: Option<(&OwnerRecord, OrphanReason)>,
) -> String {
    match (orphan, state) {
        (Some((record, reason)), _) => {
            let mut text = described(record, reason);
            text.push_str("Put it away with `onward doctor retire`.\n");
            text
        }
        (None, OwnerState::Present(record)) => {
            format!(
                "No orphan: process {} owns {}\n",
                record.pid,
                safe(file.path().as_str())
            )
        }
        (None, _) => format!(
            "No orphan: there is no record at {}\n",
            safe(file.path().as_str())
        ),
    }
}

fn described(record: &OwnerRecord, reason: OrphanReason) -> String {
    let mut text = format!(
        "1 orphan daemon record: {}\n",
        safe(&reason.sentence(record))
    );
    for (label, value) in [
        ("PID", record.pid.to_string()),
        ("Port", record.port.to_string()),
        ("Package version", record.package_version.clone()),
        ("Executable path", record.executable_path.clone()),
        ("Server URL", record.server_url.clone()),
        ("Queue DB path", record.queue_db_path.clone()),
        ("Started at", record.started_at.clone()),
    ] {
        let _ = writeln!(text, "  {label:16}: {}", safe(&value));
    }
    text
}
