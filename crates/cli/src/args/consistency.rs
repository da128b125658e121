//! The command line of `onward fix-consistency`.

use super::HubChoice;
use super::hub::slug;
use camino::Utf8PathBuf;
use clap::Args;
use sync_core::ids::Slug;

/// Compare workplan files with the hub, and mend what differs.
///
/// Reads `workplans/` of a repository and what the hub has of it. Without --fix nothing is changed.
/// With --fix what is further goes to the other side: statuses of files into the hub, those of the
/// hub into the files, in one commit. Nothing is ever moved back but by --reopen. A repository that
/// is behind its remote is not written to, and a file with uncommitted changes is left alone.
#[derive(Clone, Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
#[command(after_long_help = "Environment:
  ONWARD_HUB        the hub: an absolute path, sqlite:PATH, postgres://…, or http(s)://… of a State
                    Hub (default: hub.sqlite3 in the state directory)
  ONWARD_HUB_TOKEN  token of a State Hub; also as ONWARD_HUB_TOKEN_FILE, the path of a file
  ONWARD_HUB_DOMAIN domain of a State Hub that has several
  ONWARD_STATE_DIR  folder for what Onward keeps (default ~/.local/state/onward)
  ONWARD_RUN_DIR    folder for the lock of --all (default /tmp)

Exit codes: 0 in step, 1 at least one FAIL remains, 2 only WARN remains, 3 could not do the job
(C-00), 64 bad usage. --all gives the worst, in the order 3, 1, 2, 0.")]
pub(crate) struct FixConsistency {
    /// The repository with this short name, at its place on this host
    #[arg(long, value_name = "SLUG", value_parser = slug, conflicts_with_all = ["all", "dir"])]
    pub(crate) repo: Option<Slug>,
    /// Every repository of the hub that lies on this host, the one longest not looked after first
    #[arg(long, conflicts_with = "dir")]
    pub(crate) all: bool,
    /// The repository of this directory; by default of the current one
    #[arg(short = 'C', value_name = "DIR")]
    pub(crate) dir: Option<Utf8PathBuf>,
    /// Mend what can be mended
    #[arg(long)]
    pub(crate) fix: bool,
    /// Write no status into files; ids are written all the same
    #[arg(long, requires = "fix")]
    pub(crate) no_writeback: bool,
    /// First fetch and move forward to the upstream, where that loses nothing
    #[arg(long)]
    pub(crate) pull: bool,
    /// Push what was committed, forward only
    #[arg(long, requires = "fix")]
    pub(crate) push: bool,
    /// Declare a closed task or workplan open again, by its id in the file; may be repeated
    #[arg(long, value_name = "ID", requires = "fix", conflicts_with = "all")]
    pub(crate) reopen: Vec<String>,
    /// Print the report as JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Begin with no further repository after this many seconds
    #[arg(long, value_name = "N")]
    pub(crate) max_seconds: Option<u64>,
    #[command(flatten)]
    pub(crate) at: HubChoice,
}
