//! The offline queue of Spec Kitty, on disk exactly as its CLI keeps it.

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
