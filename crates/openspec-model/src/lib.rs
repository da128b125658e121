//! Reads an `openspec/` folder exactly as the official CLI 1.13.2 does, and never writes.
//!
//! ```text
//! <root>/openspec/
//!   config.yaml  schemas/<name>/schema.yaml      what artifacts a change has
//!   changes/<name>/…                             an active change: OpenSpec::read_project, ::list, ::status, ::apply
//!   changes/archive/YYYY-MM-DD-<name>/…          an archived one
//!   specs/<capability>/spec.md                   OpenSpec::list_specs
//! ```
//!
//! ```
//! use openspec_model::{ActiveChange, OpenSpec};
//!
//! # fn main() -> Result<(), openspec_model::Error> {
//! let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/demo");
//! let project = OpenSpec::at(root).read_project()?;
//! for change in &project.changes {
//!     match change {
//!         ActiveChange::Readable(change) => {
//!             println!("{}: {} tasks open", change.name, change.open_task_count());
//!         }
//!         ActiveChange::Unreadable(change) => println!("{}: {}", change.name, change.reason),
//!     }
//! }
//! assert!(project.archived.iter().any(|change| change.name.as_str() == "add-member-cards"));
//! # Ok(())
//! # }
//! ```
//!
//! Where it differs from the CLI, on purpose:
//!
//! - What makes the CLI's list fail for all changes is a warning about one here: a tracked file that
//!   links out of its change, to nothing or in a circle.
//! - A link is never followed out of its change, where the CLI does so for `tasks.md` of a change with
//!   broken metadata; an `.openspec.yaml` that links to nothing is a fault, not absent.
//! - A schema folder of the project, `openspec/` and `changes/` may be links within the project only.
//! - In a schema's patterns, groups such as `@(a|b)` and ranges such as `{1..3}` are refused by name.
//! - Changes kept in a store (OpenSpec sheet §5) are read in the store, not from the project.
//! - Files have a largest size: 64 MiB for Markdown, 1 MiB for YAML. For a board a change has at most
//!   5000 tasks; list, status and apply count all.
//! - For a board only the artifacts are looked for that have to be there before work begins, so a
//!   fault of another, such as a `specs` that links out of its change, is told by status alone.
//! - Text that is not UTF-8 is read as the CLI reads it, with a [`Warning`].
//!
//! Invariants:
//!
//! - A listing is complete or an error: what [`Project`] does not hold is not there.
//! - One bad change never hides the others; it says which file is at fault and what to do.
//! - No link is followed out of the folder that holds it, nothing but a regular file is read, and
//!   every file has a largest size.
//! - Nothing is written, no environment is read, no clock is asked.

mod apply;
mod artifacts;
mod beneath;
mod catalogue;
mod change;
mod collation;
mod error;
mod folder;
mod list;
mod markdown;
mod metadata;
mod modified;
mod name;
mod nested;
mod outputs;
mod pattern;
mod project;
mod proposal;
mod report;
mod root;
mod schema;
mod sections;
mod specs;
mod status;
mod task;
mod text;
mod warning;
mod workspace;
mod yaml;

pub use apply::{ApplyReport, ApplyState, TrackedTask};
pub use artifacts::{ArtifactState, ArtifactStatus};
pub use change::Change;
pub use error::Error;
pub use folder::FileKind;
pub use list::{ChangeList, ChangeSummary, ListOrder, ListWarning};
pub use metadata::Metadata;
pub use name::NameRule;
pub use pattern::PatternFault;
pub use project::{ActiveChange, ArchivedChange, Project, Unreadable};
pub use report::{Diagnostic, Severity};
pub use root::OpenSpec;
pub use schema::{Schema, SchemaFault};
pub use sections::{TaskSection, read_tasks};
pub use specs::{SpecList, SpecSummary};
pub use status::{ArtifactPaths, ChangeStatus, StatusEntry};
pub use task::Task;
pub use warning::Warning;
pub use yaml::YamlFault;
