//! The command line of what touches the queue: `sync-status`, `sync-migrate`, `sync-now`, `enqueue`.

use camino::Utf8PathBuf;
use clap::{ArgGroup, Args};

const ENVIRONMENT: &str = "Environment:
  SPEC_KITTY_HOME              the folder of the queue (default ~/.spec-kitty)
  SPEC_KITTY_ENABLE_SAAS_SYNC  1, true, yes or on: somebody has to be logged in
  ONWARD_RUN_DIR               folder for the owner records of our own runs (default /tmp)
  HTTP_PROXY, HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE as usual";

/// Show who is logged in, the daemon, the queues, and whether they agree.
///
/// Writes nothing: not a byte of the home changes.
#[derive(Debug, Args)]
#[command(after_long_help = format!("{ENVIRONMENT}

Exit codes: 0 shown, or with --check coherent; 2 with --check when something is in the way;
3 could not look; 64 bad usage."))]
pub(crate) struct SyncStatus {
    /// Exit 2 when something is in the way
    #[arg(long)]
    pub(crate) check: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) foreground: ForegroundChoice,
}

/// Whom the daemon has to match.
#[derive(Debug, Args)]
pub(crate) struct ForegroundChoice {
    /// The spec-kitty that the daemon has to match, instead of the first on PATH
    #[arg(long, value_name = "PATH")]
    pub(crate) foreground_cli: Option<Utf8PathBuf>,
}

/// Move the rows of the legacy queue into the queue of who is logged in.
///
/// Row by row, nothing is lost: a row whose key is there already with another payload is kept in
/// `migration_conflicts`, an odd one is set aside with its reason. May be stopped at any time and run
/// again.
#[derive(Debug, Args)]
#[command(after_long_help = format!("{ENVIRONMENT}

Exit codes: 0 moved, or nothing to move; 2 refused, with each obstacle named;
3 could not do the job; 64 bad usage."))]
pub(crate) struct SyncMigrate {
    /// Say what would move, and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) foreground: ForegroundChoice,
}

/// Check, migrate what is left in the legacy queue, check again, and send the queue.
///
/// Events go in batches, then bodies. A row is deleted once the server has taken it; one that it
/// will never take is set aside and reported.
#[derive(Debug, Args)]
#[command(after_long_help = format!("{ENVIRONMENT}

Exit codes: 0 everything was sent; 1 some rows were not (with --no-strict 0); 2 refused, with each
obstacle named; 3 could not do the job; 64 bad usage."))]
pub(crate) struct SyncNow {
    /// Exit 1 when a row was not sent (default)
    #[arg(long, overrides_with = "no_strict")]
    pub(crate) strict: bool,
    /// Exit 0 also when rows were not sent
    #[arg(long)]
    pub(crate) no_strict: bool,
    /// Write what became of every failed row as JSON into this file
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<Utf8PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) foreground: ForegroundChoice,
}

/// Put one event or one body into the queue of who is logged in.
///
/// Passes the gate first: when anything is in the way, nothing is written.
#[derive(Debug, Args)]
#[command(
    group = ArgGroup::new("row").required(true).args(["event", "body"]),
    after_long_help = format!("{ENVIRONMENT}

Exit codes: 0 queued; 1 not queued, such as a full queue or an event that is none; 2 refused, with
each obstacle named; 3 could not do the job; 64 bad usage.")
)]
pub(crate) struct Enqueue {
    /// The event as a JSON object, from a file; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) event: Option<Utf8PathBuf>,
    /// The content of a body upload, from a file; `-` is standard input
    #[arg(long, value_name = "FILE", requires_all = ["project_uuid", "mission_slug", "target_branch", "mission_type", "manifest_version", "artifact_path"])]
    pub(crate) body: Option<Utf8PathBuf>,
    /// With --body: the project
    #[arg(long, value_name = "UUID", requires = "body")]
    pub(crate) project_uuid: Option<String>,
    /// With --body: the mission
    #[arg(long, value_name = "SLUG", requires = "body")]
    pub(crate) mission_slug: Option<String>,
    /// With --body: the branch
    #[arg(long, value_name = "BRANCH", requires = "body")]
    pub(crate) target_branch: Option<String>,
    /// With --body: the type of the mission
    #[arg(long, value_name = "TYPE", requires = "body")]
    pub(crate) mission_type: Option<String>,
    /// With --body: the version of the manifest
    #[arg(long, value_name = "VERSION", requires = "body")]
    pub(crate) manifest_version: Option<String>,
    /// With --body: the path of the artifact
    #[arg(long, value_name = "PATH", requires = "body")]
    pub(crate) artifact_path: Option<String>,
    /// Refuse before anything else when nobody is logged in
    #[arg(long)]
    pub(crate) require_auth: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) foreground: ForegroundChoice,
}
