//! The command line of `onward hub` and `onward task`.

use camino::Utf8PathBuf;
use clap::{Args, Subcommand};
use sync_core::ids::Slug;
use sync_core::status::{Status, TaskStatus};

/// Make, fill and look at the hub.
///
/// The hub knows how far each task is, on whatever machine it was done. Without `ONWARD_HUB` it is a
/// file of yours.
#[derive(Debug, Args)]
#[command(after_long_help = ENVIRONMENT)]
pub(crate) struct Hub {
    #[command(flatten)]
    pub(crate) at: HubChoice,
    #[command(subcommand)]
    pub(crate) command: HubCommand,
}

const ENVIRONMENT: &str = "Environment:
  ONWARD_HUB        the hub: an absolute path, sqlite:PATH, postgres://…, or http(s)://… of a State
                    Hub (default: hub.sqlite3 in the state directory)
  ONWARD_HUB_TOKEN  token of a State Hub; also as ONWARD_HUB_TOKEN_FILE, the path of a file
  ONWARD_HUB_DOMAIN domain of a State Hub that has several
  ONWARD_STATE_DIR  folder for what Onward keeps (default ~/.local/state/onward)

Exit codes: 0 done, 1 refused or failed, 3 could not do the job (no hub, or none that can be used),
64 bad usage.";

/// Which hub to use.
#[derive(Clone, Debug, Args)]
pub(crate) struct HubChoice {
    /// The hub: a path, `sqlite:PATH`, `postgres://HOST/DATABASE`, or `http(s)://…` of a State Hub; goes before `ONWARD_HUB`
    #[arg(long, value_name = "HUB", global = true)]
    pub(crate) hub: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum HubCommand {
    /// Make the hub; one that is there stays as it is
    Init,
    /// Make the repository of a work tree known, and where it lies on this host
    Register {
        /// The short name; by default that of the remote, else of the folder
        #[arg(long, value_name = "SLUG", value_parser = slug)]
        slug: Option<Slug>,
        #[command(flatten)]
        at: WorkTreeAt,
    },
    /// List the repositories the hub knows
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print where the hub is
    Path,
    /// Run fix-consistency --fix in the background after each commit of a work tree
    #[command(name = "install-hook")]
    InstallHook(WorkTreeAt),
    /// Take that hook out again, and leave what else is there
    #[command(name = "remove-hook")]
    RemoveHook(WorkTreeAt),
}

/// Which work tree is meant.
#[derive(Debug, Args)]
pub(crate) struct WorkTreeAt {
    /// Run as if started in this directory, anywhere in the work tree
    #[arg(short = 'C', value_name = "DIR")]
    pub(crate) dir: Option<Utf8PathBuf>,
}

/// Read and write the state of tasks in the hub.
#[derive(Debug, Args)]
#[command(after_long_help = ENVIRONMENT)]
pub(crate) struct Task {
    #[command(flatten)]
    pub(crate) at: HubChoice,
    #[command(subcommand)]
    pub(crate) command: TaskCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TaskCommand {
    /// List tasks
    List {
        /// Only those of this repository
        #[arg(long, value_name = "SLUG", value_parser = slug)]
        repo: Option<Slug>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show a task
    Show {
        #[command(flatten)]
        which: WhichTask,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Set the status of a task; it never goes back but with --reopen
    Set {
        #[command(flatten)]
        which: WhichTask,
        /// The new status
        #[arg(
            value_parser = status,
            help = "The new status: todo, in_progress, blocked, done or cancelled"
        )]
        status: TaskStatus,
        /// Let it go back, and count that
        #[arg(long)]
        reopen: bool,
    },
}

/// Which task is meant.
#[derive(Debug, Args)]
pub(crate) struct WhichTask {
    /// The id in the file, or that in the hub
    pub(crate) id: String,
    /// Look in this repository only
    #[arg(long, value_name = "SLUG", value_parser = slug)]
    pub(crate) repo: Option<Slug>,
}

/// Reads a short name: what can stand in a shell, a path and a URL as it is.
pub(super) fn slug(text: &str) -> Result<Slug, String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if text.is_empty() || text.starts_with(['-', '.']) || !text.chars().all(fits) {
        return Err("a slug holds letters, digits, `-`, `_` and `.`, such as demo-repo".into());
    }
    Ok(Slug::new(text))
}

fn status(word: &str) -> Result<TaskStatus, String> {
    TaskStatus::parse(word).ok_or_else(|| {
        let words: Vec<_> = TaskStatus::TABLE.iter().map(|row| row.1).collect();
        format!("`{word}` is no status; those are {}", words.join(", "))
    })
}
