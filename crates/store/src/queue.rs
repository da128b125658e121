//! The offline queue of Spec Kitty, on disk exactly as its CLI keeps it (boundary sheet).
//!
//! ```text
//! home ─► Identity ─┐                          ┌─► QueueWriter   a producer's events and bodies
//! PATH ─► Foreground├─► Preflight ─► the gate ─┼─► Migration     legacy rows into the scope
//! owner.json, look ─┘   (sync-core)            └─► Flush         the scope's rows to the server
//! ```
//!
//! Everything left of the gate reads and changes no byte; everything right of it asks for the gate's
//! token. What is decided (keys, fates, batches, who owns) is decided in `sync-core`.
//!
//! Invariants:
//!
//! - Only [`Migration`] opens the legacy file for writing; writers and flushes know scoped files only.
//! - A row is deleted from the legacy file once it is safe in the scoped one, and from the scoped one
//!   once the server has taken it. What can do neither is kept beside the rows: in
//!   `migration_conflicts` if its key is taken by another payload, else in `set_aside`, with a reason.
//! - A row that changed after it was read is not deleted.
//! - Files of later layouts, and unknown ones, are never named here, so never touched.
//! - No token stands in an error, a reason, or a `Debug` text.

mod append;
mod cell;
mod config;
mod credentials;
mod daemons;
mod error;
mod file;
mod flush;
mod foreground;
mod home;
mod json;
mod login;
mod migrate;
mod missions;
mod owner;
mod schema;
mod session;
mod shape;
mod side;
#[cfg(test)]
mod test_files;
mod text_file;

pub use append::{Appended, NewBody, NewEvent, QueueWriter};
pub use config::{Config, DEFAULT_SERVER};
pub use daemons::{live_daemons, stated_daemon};
pub use error::Error;
pub use file::look;
pub use flush::{Flush, FlushOutcome, FlushStep};
pub use foreground::{Foreground, Origin};
pub use home::Home;
pub use login::{Identity, Login};
pub use migrate::{Migration, MigrationReport, Step};
pub use missions::legacy_missions;
pub use owner::{OwnerFile, own_stamp};
pub use session::Machine;
