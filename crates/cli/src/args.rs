//! The command line.

use camino::Utf8PathBuf;
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use sync_core::stage::Stage;

mod boundary;
mod consistency;
mod hub;

pub(crate) use boundary::{Enqueue, SyncMigrate, SyncNow, SyncStatus};
pub(crate) use consistency::FixConsistency;
pub(crate) use hub::{Hub, HubChoice, HubCommand, Task, TaskCommand, WhichTask, WorkTreeAt};

/// Keeps three places that say "how far is this work?" in step: the files in a repository, the board
/// people look at, and the hub other machines write to.
#[derive(Debug, Parser)]
#[command(
    name = "onward",
    version,
    about = "Keeps files, board and hub in step: state only moves onward",
    after_help = "Exit codes: 0 done or queued, 1 failed, 2 skipped (board unreachable or not logged in), \
                  3 changes pending (with --detailed-exit-code) or could not do the job, 64 bad usage.",
    subcommand_required = true,
    arg_required_else_help = true,
    disable_help_subcommand = true
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Sync the OpenSpec changes of a project onto a board
    #[command(name = "kanban-sync")]
    KanbanSync(KanbanSync),
    /// Compare workplan files with the hub, and mend what differs
    #[command(name = "fix-consistency")]
    FixConsistency(FixConsistency),
    /// Look at a board
    Board(Board),
    /// Read OpenSpec folders as the official CLI does
    Openspec(Openspec),
    /// Make, fill and look at the hub
    Hub(Hub),
    /// Read and write the state of tasks in the hub
    Task(Task),
    /// Show who is logged in, the daemon, the queues, and whether they agree
    #[command(name = "sync-status")]
    SyncStatus(SyncStatus),
    /// Check, migrate, check again, and send the queue
    #[command(name = "sync-now")]
    SyncNow(SyncNow),
    /// Move the rows of the legacy queue into the queue of who is logged in
    #[command(name = "sync-migrate")]
    SyncMigrate(SyncMigrate),
    /// Put one event or one body into the queue of who is logged in
    Enqueue(Enqueue),
    /// Show locks, requests, held cards and owner records, and what to do about each
    Doctor(Doctor),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Write the manual pages into a folder
    Man {
        /// The folder; it has to exist
        dir: Utf8PathBuf,
    },
}

/// Sync the OpenSpec changes of a project onto a board.
///
/// Reads `openspec/` below the working directory and makes the board show it: one card for each
/// change, in the list of its stage, with its tasks. Runs without a model in the loop, may be called
/// after every step, and never undoes progress it has not seen. Without `PLANKA_URL` the board is a
/// file of yours, which `onward board show` prints.
#[derive(Clone, Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
#[command(after_long_help = "Environment:
  PLANKA_URL        address of the server, with its path; without it the embedded board is used
  PLANKA_API_KEY    API key (Planka 2.x), or
  PLANKA_TOKEN      token of an earlier login, or
  PLANKA_USER and PLANKA_PASSWORD
                    a login, which is ended again after the run
  each also as …_FILE, the path of a file that holds the value
  ONWARD_RUN_DIR    folder for lock, requests and log (default /tmp)
  ONWARD_STATE_DIR  folder for what Onward keeps (default ~/.local/state/onward)
  HTTP_PROXY, HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE as usual

Exit codes: 0 synced or queued, 1 failed, 2 skipped (board unreachable or not logged in),
3 changes pending (with --dry-run --detailed-exit-code), 64 bad usage.")]
pub(crate) struct KanbanSync {
    /// Name of the project on the board server
    #[arg(long, value_name = "NAME", value_parser = name)]
    pub(crate) project: String,
    /// Name of the board in that project
    #[arg(long, value_name = "NAME", value_parser = name)]
    pub(crate) board: String,
    /// Run as if started in this directory, the root of the project
    #[arg(short = 'C', value_name = "DIR")]
    pub(crate) dir: Option<Utf8PathBuf>,
    /// Start the run in the background and return at once
    #[arg(long, conflicts_with_all = ["dry_run", "json", "expect_plan", "accept", "allow_mass_close"])]
    pub(crate) background: bool,
    /// Write nothing and show what would be done
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print the report as JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// With --dry-run: exit 3 when there are changes to make
    #[arg(long, requires = "dry_run")]
    pub(crate) detailed_exit_code: bool,
    /// Go on only if the plan has this digest, which --dry-run printed
    #[arg(long, value_name = "DIGEST", conflicts_with = "dry_run")]
    pub(crate) expect_plan: Option<String>,
    /// Show a stage in another list; may be repeated
    #[arg(long = "list", value_name = "STAGE=NAME", value_parser = list)]
    pub(crate) lists: Vec<(Stage, String)>,
    /// Write the card of this change whatever it shows; may be repeated
    #[arg(long, value_name = "CHANGE")]
    pub(crate) accept: Vec<String>,
    /// Close any number of cards whose changes are gone
    #[arg(long)]
    pub(crate) allow_mass_close: bool,
}

/// Look at a board.
#[derive(Debug, Args)]
pub(crate) struct Board {
    #[command(subcommand)]
    pub(crate) command: BoardCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum BoardCommand {
    /// Print a board in columns
    Show(BoardTarget),
    /// Write a board as one HTML file that opens from disk
    Html {
        #[command(flatten)]
        target: BoardTarget,
        /// The file to write; `-` is standard output
        #[arg(short, long, value_name = "FILE", default_value = "-")]
        output: Utf8PathBuf,
    },
}

/// Which board to look at.
#[derive(Debug, Args)]
pub(crate) struct BoardTarget {
    /// Name of the project; may be left out when there is only one
    #[arg(long, value_name = "NAME")]
    pub(crate) project: Option<String>,
    /// Name of the board; may be left out when there is only one
    #[arg(long, value_name = "NAME")]
    pub(crate) board: Option<String>,
}

/// Read OpenSpec folders as the official CLI does.
#[derive(Debug, Args)]
pub(crate) struct Openspec {
    #[command(subcommand)]
    pub(crate) command: OpenspecCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum OpenspecCommand {
    /// List changes or specs
    List {
        /// List specs instead of changes
        #[arg(long)]
        specs: bool,
        /// Order of changes
        #[arg(long, value_enum, default_value_t = Sort::Recent)]
        sort: Sort,
        #[command(flatten)]
        at: OpenspecAt,
    },
    /// Show the artifacts of one change or of all
    Status {
        /// The change
        #[arg(
            long,
            value_name = "NAME",
            required_unless_present = "all",
            conflicts_with = "all"
        )]
        change: Option<String>,
        /// Every active change
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        at: OpenspecAt,
    },
    /// Show the tasks of a change
    Tasks {
        /// The change
        #[arg(long, value_name = "NAME")]
        change: String,
        #[command(flatten)]
        at: OpenspecAt,
    },
}

/// Where to read, and how to print.
#[derive(Debug, Args)]
pub(crate) struct OpenspecAt {
    /// Run as if started in this directory
    #[arg(short = 'C', value_name = "DIR")]
    pub(crate) dir: Option<Utf8PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// The order of `openspec list`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Sort {
    /// Newest first
    Recent,
    /// By name
    Name,
}

/// Show locks, requests, held cards and owner records; changes nothing unasked.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Doctor {
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Option<DoctorCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DoctorCommand {
    /// Tell whether the daemon owner record has lost its owner; exit 1 if so
    #[command(name = "orphan-daemons")]
    OrphanDaemons(OrphanDaemons),
    /// Put the daemon owner record away when its owner is gone, or aside when it is none; ends no process
    Retire(Retire),
}

/// Tell whether the daemon owner record has lost its owner, and which daemons nothing names.
#[derive(Debug, Args)]
pub(crate) struct OrphanDaemons {
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Put the daemon owner record away when its owner is gone, or aside when it is none.
#[derive(Debug, Args)]
pub(crate) struct Retire {
    /// Do not ask
    #[arg(long)]
    pub(crate) yes: bool,
}

fn name(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("a name must not be blank".into()),
        name if name.contains('\0') => Err("a name cannot hold NUL".into()),
        name => Ok(name.into()),
    }
}

fn list(text: &str) -> Result<(Stage, String), String> {
    let (stage, list) = text
        .split_once('=')
        .ok_or("expected STAGE=NAME, such as planning=\"To Do\"")?;
    let stage = parse_stage(stage.trim())?;
    Ok((stage, name(list)?))
}

/// Reads the word of a stage, and names the words there are when it is none.
pub(crate) fn parse_stage(word: &str) -> Result<Stage, String> {
    Stage::parse(word).ok_or_else(|| {
        let words = Stage::ALL.map(Stage::word).join(", ");
        format!("`{word}` is not a stage; the stages are {words}")
    })
}

impl Command {
    /// Says whether standard output belongs to one JSON object.
    pub(crate) fn wants_json(&self) -> bool {
        match self {
            Command::KanbanSync(args) => args.json,
            Command::FixConsistency(args) => args.json,
            Command::Doctor(args) => match &args.command {
                Some(DoctorCommand::OrphanDaemons(args)) => args.json,
                Some(DoctorCommand::Retire(_)) => false,
                None => args.json,
            },
            Command::SyncStatus(args) => args.json,
            Command::SyncNow(args) => args.json,
            Command::SyncMigrate(args) => args.json,
            Command::Enqueue(args) => args.json,
            Command::Openspec(args) => match &args.command {
                OpenspecCommand::List { at, .. }
                | OpenspecCommand::Status { at, .. }
                | OpenspecCommand::Tasks { at, .. } => at.json,
            },
            Command::Hub(args) => matches!(args.command, HubCommand::List { json: true }),
            Command::Task(args) => match &args.command {
                TaskCommand::List { json, .. } | TaskCommand::Show { json, .. } => *json,
                TaskCommand::Set { .. } => false,
            },
            Command::Board(_) | Command::Completions { .. } | Command::Man { .. } => false,
        }
    }
}
