//! What the tests of every crate share: servers that behave, and misbehave, like the real ones.
//!
//! [`FakePlanka`] is a stateful Planka, version 1.26 or 2.1, on a loopback port of the test
//! process. Its `script` makes it fail ([`Fault`], [`When`]), its `journal` tells what was asked,
//! and [`People`] do on the board what people do, past the wire.
//!
//! ```
//! use test_support::{FakePlanka, Version};
//!
//! let planka = FakePlanka::start(Version::V2);
//! let people = planka.people();
//! let board = people.add_board("Demo", "Changes");
//! let list = people.add_list(board, "In Progress");
//! people.add_card(list, "write the release notes", None);
//!
//! // … a client at work on `planka.url()` with `planka.api_key()` …
//!
//! let before = planka.dump();
//! people.describe(people.card(board, "write the release notes"), Some("by Friday"));
//! assert_eq!(planka.changed_since(&before).len(), 1);
//! assert_eq!(planka.journal().requests().len(), 0, "people do not use the wire");
//! ```
//!
//! [`FakeSaas`] is the server of the queue: it takes batches of events and bodies, remembers them,
//! and answers as told, for a request, an event or a body. [`SpecKittyHome`] makes the home folder
//! that goes with it, with queue files of any age, and tells what became of it.
//!
//! ```
//! use test_support::{FakeSaas, QueueFile, SpecKittyHome};
//!
//! let saas = FakeSaas::start();
//! let (home, _) = SpecKittyHome::sample();
//! home.config(&format!("[sync]\nserver_url = \"{}\"\n", saas.url()));
//! let legacy = QueueFile::existing(home.legacy_path());
//! let before = (legacy.dump(), home.fingerprint());
//!
//! // … a flush that cannot begin …
//!
//! assert_eq!((legacy.dump(), home.fingerprint()), before);
//! assert!(saas.events().is_empty());
//! ```
//!
//! [`PostgresServer`] is a real one, in a folder of its own, and [`Pooler`] a proxy before it. Where they
//! are not installed there is none, and a test says `skipped: …`.
//!
//! [`FakeHub`] is a State Hub at one of three ages of its API; its [`Hand`] works past the wire.
//!
//! Invariants: no wire type is shared with a client, so that one misreading cannot hide on both
//! sides, and no SQL or cipher with the queue's code; nothing here reads the clock, the environment
//! or another host; a server lives as long as its handle.

pub mod contract;
mod env;
mod fake_hub;
mod fake_planka;
mod fake_saas;
mod faults;
mod loopback;
mod postgres_server;
mod spec_kitty_home;
#[cfg(test)]
mod wire;

pub use env::{Ran, TestEnv, kill};
pub use fake_hub::{Age, FakeHub, Hand, Paging};
pub use fake_planka::{Builder, FakePlanka, Id, PASSWORD, People, Role, USER, Version};
pub use fake_saas::{ContentAnswer, EventAnswer, FakeSaas, Limits, ReceivedContent, ReceivedEvent};
pub use faults::{Fault, When};
pub use loopback::{Counters, Journal, Request, Script};
pub use postgres_server::{Pooler, PostgresServer};
pub use spec_kitty_home::{
    BadCell, BodyRow, EventRow, FailureRow, Fingerprint, Foreground, Lock, Machine, Oddity,
    QueueFile, Schema, SpecKittyHome,
};
