//! What Onward keeps outside of git: a board, a hub, and Spec Kitty's queue.
//!
//! - **The embedded board** ([`EmbeddedBoard`]) is one file. It behaves like a board server that
//!   nobody has to install: the same door ([`sync_core::adapter::Board`]), the same contract suite, the
//!   same laws.
//! - **A hub** keeps how far each task is: in a file ([`SqliteHub`]), in a PostgreSQL of many machines
//!   (`PostgresHub`), or behind the REST API of a State Hub ([`StateHub`]). One door again
//!   ([`sync_core::hub::Hub`]) and one suite.
//! - **The queue** ([`queue`]) is another program's: its files are looked at, written, migrated and sent
//!   as that program would, behind the gate of [`sync_core::gate`].
//!
//! ```
//! use camino::Utf8Path;
//! use store::EmbeddedBoard;
//! use sync_core::adapter::{Board, Outcome};
//! use sync_core::write::Write;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let home = tempfile::tempdir()?;
//! # let path = Utf8Path::from_path(home.path()).unwrap().join("onward/board.sqlite3");
//! # let runtime = tokio::runtime::Builder::new_current_thread().build()?;
//! # runtime.block_on(async {
//! let board = EmbeddedBoard::open(&path)?;
//! let made = board.perform(&Write::CreateProject { name: "Demo".into() }).await;
//! assert_eq!(made, Outcome::Done { made: "1".into() });
//!
//! let seen = EmbeddedBoard::open_existing(&path)?.expect("it was made above");
//! assert_eq!(seen.directory().await?.projects[0].name, "Demo");
//! # Ok::<(), store::Error>(())
//! # })?;
//! # Ok(())
//! # }
//! ```
//!
//! Invariants (those of the queue are told there):
//!
//! - A file of ours is complete or absent: it is made beside its place and moved there.
//! - A write is one transaction that compares before it changes. Stopped anywhere, the file opens
//!   again and holds all that was answered `Done`.
//! - On a board ids grow over the whole file and none is given twice, so the lowest of equals is the
//!   oldest. In a hub they are derived.
//! - In a hub's file no client lowers a rank but by a counted reopen: its triggers refuse it.
//! - A State Hub has no statement that compares and changes, so there those promises hold only as long
//!   as nobody else writes in the same moment; [`StateHub`] says which.
//! - Looking changes no byte of a file and creates none.
//! - A file that is not ours, is newer, or is damaged is named in an error and left as it is.

mod board;
mod error;
mod file;
mod http;
mod hub;
mod network;
mod open;
mod query;
pub mod queue;
mod schema;

pub use board::EmbeddedBoard;
pub use error::Error;
#[cfg(feature = "postgres")]
pub use hub::{PostgresError, PostgresHub};
pub use hub::{SqliteHub, StateHub, StateHubError, StateHubLimits, StateHubSettings, StateHubUrl};
