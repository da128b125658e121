//! Workplan files and the hub, kept in step without ever moving a task back.
//!
//! A workplan is a Markdown file in `workplans/`: front matter that names it, and a fenced `task`
//! block for each task (consistency sheet §3). This crate reads them, gathers what the hub and git
//! say, lets `sync-core` decide, and writes what was decided: rows, ids and statuses in files, one
//! commit of each kind.
//!
//! ```
//! use consistency::{Change, NewValue, edit, read_workplan};
//! use sync_core::{fix::Target, ids::FileId};
//!
//! # fn main() -> Result<(), consistency::EditError> {
//! let file = b"---\nid: DEMO-WP-0001\n---\n## First\n```task\nid: T01\nstatus: todo # soon\n```\n";
//! let workplan = read_workplan("workplans/demo.md", false, file).workplan.expect("it is one");
//! assert_eq!(workplan.tasks[0].title, "First");
//!
//! let target = Target::Task(FileId::new("T01"));
//! let done = Change { target, value: NewValue::Status("done".into()) };
//! let edited = edit(file, &[done])?;
//! assert!(edited.ends_with(b"id: T01\nstatus: done # soon\n```\n"));
//! # Ok(())
//! # }
//! ```
//!
//! Invariants:
//!
//! - An edit changes the bytes of one value, or adds one line; a file that says anything else
//!   afterwards is not written.
//! - A file is written only while it is what git has at HEAD, and what was written is committed, or
//!   undone; nothing of a person's is in the commit.
//! - A check writes nothing, neither to the hub nor to files nor to the git directory.
//! - A run that stops anywhere loses nothing, and the next one completes what it began.
//! - What cannot be read or written is a finding, and keeps nothing else back.

mod apply;
mod base;
mod edit;
mod error;
mod files;
mod gather;
mod journal;
mod kept;
mod lock;
mod outline;
mod own;
mod pull;
mod report;
mod run;
#[cfg(test)]
mod sandbox;
mod workplan;
mod writeback;
mod yaml;

pub use edit::{Change, EditError, NewValue, edit};
pub use error::Error;
pub use report::Report;
pub use run::{Limits, Request, run};
pub use workplan::{Reading, read_workplan};
