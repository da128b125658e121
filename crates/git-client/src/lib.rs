//! The user's own `git`, asked for facts.
//!
//! Whether a checkout may change a card depends on what its history knows (design §4,
//! provenance sheet). This crate finds that out by running the `git` on `PATH`, never a git
//! library, so worktrees, partial clones, credentials and `includeIf` behave as the user is used
//! to. It decides nothing: it says which commits are known, where they stand, what last touched a
//! path, and what a path held at some commit.
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
//! Invariants:
//!
//! - Nothing of the user's changes: no index, work tree, branch, tag or configuration. Only
//!   [`Repository::fetch`] writes, and only objects and remote-tracking branches; only
//!   [`Repository::export`] makes files, and only in the folder it is given.
//! - Only [`Repository::fetch`] reaches the network. A partial clone is never filled in on the way.
//! - Every run of git has a time limit after which the whole process group is killed, reads
//!   nothing from the terminal, and leaves hooks, pagers, file-system monitors and automatic
//!   maintenance out.
//! - Variables a hook leaves behind (`GIT_DIR`, `GIT_INDEX_FILE`, …) do not reach git.
//! - Paths are taken letter by letter, whatever they hold; a commit id that is not one never
//!   becomes an argument.
//! - No error text holds the user-info or the query of a URL.
//!
//! Git 2.31 or newer is needed.

mod command;
mod commit;
mod discover;
mod elsewhere;
mod environment;
mod error;
mod export;
mod facts;
mod git;
mod history;
mod paths;
mod redact;
mod remote;
#[cfg(test)]
mod sandbox;
mod walk;

pub use discover::Repository;
pub use error::{Error, Refusal};
pub use git::Git;
pub use history::{Ancestry, History};
pub use remote::DefaultBranch;
