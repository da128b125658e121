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
//! Invariants: no wire type is shared with a client, so that one misreading cannot hide on both
//! sides; nothing here reads the clock, the environment or another host; a server lives as long
//! as its handle.

pub mod contract;
mod env;
mod fake_planka;
mod fake_saas;
mod faults;
mod loopback;
#[cfg(test)]
mod wire;

pub use env::{Ran, TestEnv, kill};
pub use fake_planka::{Builder, FakePlanka, Id, PASSWORD, People, Role, USER, Version};
pub use fake_saas::{ContentAnswer, EventAnswer, FakeSaas, Limits, ReceivedContent, ReceivedEvent};
pub use faults::{Fault, When};
pub use loopback::{Counters, Journal, Request, Script};
