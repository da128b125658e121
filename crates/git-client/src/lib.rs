//! The user's own `git`: asked for facts, and told to commit.
//!
//! Whether a checkout may change a card depends on what its history knows (design §4,
//! provenance sheet); whether a workplan may be written back, on where its branch stands and on
//! what git is in the middle of (design §5). This crate finds that out by running the `git` on
//! `PATH`, never a git library, so worktrees, partial clones, credentials, hooks, signing and
//! `includeIf` behave as the user is used to. It decides nothing: it says which commits are known,
//! where they stand, what last touched a path, and what a path held at some commit; and it
//! commits, pulls or pushes when told to.
//!
//! ```no_run
//! use camino::{Utf8Path, Utf8PathBuf};
//! use git_client::{Ancestry, Error, Git, Repository};
//!
//! fn main() -> Result<(), Error> {
//!     let Some(repository) = Repository::discover(&Git::new(), Utf8Path::new("."))? else {
//!         return Ok(()); // not in a work tree
//!     };
//!     let change = Utf8PathBuf::from("openspec/changes/add-login");
//!     let history = repository.history()?;
//!     let dirty = repository.dirty(&[change.clone()])?;
//!     if let Some(own) = history.last_touching(&[change.clone()])?.get(&change) {
//!         assert_ne!(history.ancestry(&[own.clone()])?[own], Ancestry::Unknown);
//!         assert!(dirty.len() <= 1);
//!     }
//!     Ok(())
//! }
//! ```
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use git_client::{Error, Repository, Tracked, Upstream};
//!
//! fn write_back(repository: &Repository) -> Result<(), Error> {
//!     let limit = Duration::from_secs(60);
//!     repository.fetch_upstream(limit)?; // an unreachable remote is an answer, not an error
//!     if let Upstream::Tracked(Tracked { behind: 1.., .. }) = repository.upstream()? {
//!         return Ok(()); // pull first
//!     }
//!     let plan = "workplans/login.md".into(); // edited by the caller, clean before that
//!     let committed = repository.commit_paths(&[plan], "sync status", limit)?;
//!     assert!(committed.unsettled.is_none());
//!     Ok(())
//! }
//! ```
//!
//! Invariants:
//!
//! - What writes, and what: [`Repository::fetch`] and [`Repository::fetch_upstream`] objects and
//!   remote-tracking branches; [`Repository::commit_paths`] one commit of the given files, the
//!   branch under HEAD and those files' entries in the index (a hook of the user's may do more);
//!   [`Repository::pull_fast_forward`] and [`Repository::move_to_upstream`] the branch, and of
//!   index and work tree what differs there and is clean, the latter also a ref below
//!   `refs/onward/`; [`Repository::push`] the upstream; [`Repository::export`] files in the folder
//!   it is given. Nothing else changes index, work tree, branch, tag or configuration.
//! - Nothing is ever forced: no push, no branch thrown away without a ref that keeps it, no file
//!   of the user's overwritten. Nobody else's lock is removed.
//! - Only the two fetches and [`Repository::push`] reach the network, besides what the user's own
//!   hooks do. A partial clone is never filled in to find something out.
//! - Every run of git has a time limit after which the whole process group is killed, reads
//!   nothing from the terminal, and leaves pagers, editors and automatic maintenance out. One that
//!   only looks leaves hooks and file-system monitors out too; one that writes for the user runs
//!   their hooks, and tells them nothing but [`OWN_COMMIT`].
//! - Variables a hook leaves behind (`GIT_DIR`, `GIT_INDEX_FILE`, …) do not reach git.
//! - Paths are taken letter by letter, whatever they hold; a commit id that is not one never
//!   becomes an argument.
//! - No error text holds the user-info or the query of a URL.
//!
//! Git 2.31 or newer is needed.

mod changes;
mod command;
mod commit;
mod commit_paths;
mod discover;
mod elsewhere;
mod environment;
mod error;
mod export;
mod facts;
mod git;
mod history;
mod obstruction;
mod paths;
mod pull;
mod push;
mod redact;
mod remote;
#[cfg(test)]
mod sandbox;
mod settle;
mod slip;
mod standing;
mod upstream;
mod walk;

pub use changes::Replaced;
pub use commit_paths::{Committed, OWN_COMMIT, Unfit};
pub use discover::Repository;
pub use error::{Error, Refusal};
pub use git::Git;
pub use history::{Ancestry, History};
pub use obstruction::Obstruction;
pub use pull::{Immovable, LocalCommit, LocalOnly};
pub use push::Pushed;
pub use remote::DefaultBranch;
pub use standing::{Apart, Standing};
pub use upstream::{Fetched, Tracked, Upstream};
