//! Workplan files and the hub, kept in step without ever moving a task back.
//!
//! A workplan is a Markdown file in `workplans/`: front matter that names it, and a fenced `task`
//! block for each task (consistency sheet §3). This crate reads them, gathers what the hub and git
//! say, lets `sync-core` decide, and writes what was decided: rows, ids and statuses in files, one
//! commit of each kind.
//!
//! ```
//! use consistency::{Change, NewValue, Target, edit, read_workplan};
//! use sync_core::ids::FileId;
//!
//! # fn main() -> Result<(), consistency::EditError> {
//! let file = b"---\nid: DEMO-WP-0001\n---\n## First\n```task\nid: T01\nstatus: todo # soon\n```\n";
//! let workplan = read_workplan("workplans/demo.md", false, file).workplan.expect("it is one");
//! assert_eq!(workplan.tasks[0].title, "First");
//!
//! let done = Change { target: Target::Task(FileId::new("T01")), value: NewValue::Status("done".into()) };
//! let edited = edit(file, &[done])?;
//! assert!(edited.ends_with(b"id: T01\nstatus: done # soon\n```\n"));
//! # Ok(())
//! # }
//! ```

mod edit;
mod outline;
mod workplan;
mod yaml;

pub use edit::{Change, EditError, NewValue, Target, edit};
pub use workplan::{Reading, read_workplan};
