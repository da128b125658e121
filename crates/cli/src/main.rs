//! The `onward` command: reads arguments, environment and clock, runs one command, exits.

use clap::Parser;
use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

mod args;
mod background;
mod commands;
mod config;
mod environment;
mod error;
mod event_loop;
mod exit;
mod hub;
mod identity;
mod last_run;
mod migration_log;
mod output;
mod own_record;
mod progress;
mod run_files;
mod run_lock;
mod work_tree;

use args::{Cli, Command};
use commands::kanban_sync::Caller;
use environment::Environment;
use error::{CommandError, Kind};
use exit::Exit;
use output::Output;

/// Names the binary may be called by, and the command each stands for.
const CALLED: [(&str, &str); 4] = [
    ("kanban-project-sync", "kanban-sync"),
    ("kanban-sync", "kanban-sync"),
    ("fix-consistency", "fix-consistency"),
    ("sync-status", "sync-status"),
];

/// A run of a thousand changes is a quarter faster with it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let (arguments, caller) = arguments();
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            let exit = if error.use_stderr() {
                Exit::Usage
            } else {
                Exit::Done
            };
            return exit.into();
        }
    };
    if caller.announced {
        background::detach();
    }
    let output = Output::new(cli.command.wants_json());
    match run(&cli.command, caller.kanban_sync, &output) {
        Ok(exit) => exit.into(),
        Err(error) => {
            output.failed(&error);
            error.exit().into()
        }
    }
}

/// What the name and the hidden argument of a process say.
struct Called {
    kanban_sync: Caller,
    announced: bool,
}

/// Takes the process's arguments: a known name puts its command first, and the hidden argument of a
/// background run is taken out.
fn arguments() -> (Vec<OsString>, Called) {
    let mut arguments: Vec<OsString> = std::env::args_os().collect();
    let name = arguments.first().map(std::path::PathBuf::from);
    let name = name.as_deref().and_then(std::path::Path::file_name);
    let alias = CALLED
        .iter()
        .find(|(called, _)| name.is_some_and(|name| name == *called));
    if let Some((_, command)) = alias {
        // Usage is told in words that can be typed again.
        arguments.splice(..1, ["onward".into(), (*command).into()]);
    }
    let announced = arguments
        .get(2)
        .is_some_and(|argument| argument == background::ANNOUNCED);
    if announced {
        arguments.remove(2);
    }
    let called = Called {
        kanban_sync: Caller {
            old_script: alias.is_some_and(|(called, _)| *called == CALLED[0].0),
            announced,
        },
        announced,
    };
    (arguments, called)
}

fn run(command: &Command, caller: Caller, output: &Output) -> Result<Exit, CommandError> {
    let environment = Environment::read()?;
    match command {
        Command::KanbanSync(args) => {
            let (interrupted, now) = (on_signals()?, jiff::Timestamp::now());
            commands::kanban_sync::run(args, caller, &environment, now, &interrupted, output)
        }
        Command::FixConsistency(args) => {
            let now = jiff::Timestamp::now();
            commands::fix_consistency::run(args, &environment, now, output)
        }
        Command::Board(args) => {
            let now = jiff::Timestamp::now();
            commands::board::run(args, &environment, now, output)
        }
        Command::Openspec(args) => commands::openspec::run(args, &environment, output),
        Command::Hub(args) => commands::hub::run(args, &environment, output),
        Command::Task(args) => commands::task::run(args, &environment, output),
        Command::SyncStatus(args) => commands::sync_status::run(args, &environment, output),
        Command::SyncNow(args) => {
            let (interrupted, now) = (on_signals()?, jiff::Timestamp::now());
            commands::sync_now::run(args, &environment, now, &interrupted, output)
        }
        Command::SyncMigrate(args) => {
            let now = jiff::Timestamp::now();
            commands::sync_migrate::run(args, &environment, now, output)
        }
        Command::Enqueue(args) => {
            let now = jiff::Timestamp::now();
            commands::enqueue::run(args, &environment, now, output)
        }
        Command::Doctor(args) => commands::doctor::run(args, &environment, output),
        Command::Completions { shell } => Ok(commands::completions::completions(*shell, output)),
        Command::Man { dir } => commands::completions::man(dir),
    }
}

/// Returns a flag that SIGINT and SIGTERM set; a second one ends the process at once.
fn on_signals() -> Result<Arc<AtomicBool>, CommandError> {
    let flag = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        signal_hook::flag::register_conditional_shutdown(signal, 1, Arc::clone(&flag))
            .and_then(|_| signal_hook::flag::register(signal, Arc::clone(&flag)))
            .map_err(|error| {
                CommandError::caused(Kind::Failed, "cannot wait for signals", error)
            })?;
    }
    Ok(flag)
}
