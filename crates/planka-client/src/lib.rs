//! One client for the boards of Planka 1.x and 2.x.
//!
//! [`Planka`] is the [`Board`](sync_core::adapter::Board) that a server shows: it reads boards whole,
//! performs one write as one request, and says for each what became of it. The two versions differ in
//! about ten paths and field names (Planka sheet §§4–9); which one answers is found out once, in
//! [`Planka::connect`], and is nobody else's concern.
//!
//! ```no_run
//! use planka_client::{BaseUrl, Credentials, Error, Planka, Settings};
//! use sync_core::adapter::Board;
//!
//! # async fn example() -> Result<(), Error> {
//! let url = BaseUrl::parse("https://planka.example/boards-of-ours")?;
//! let planka = Planka::connect(Settings::new(url, Credentials::Key("…".into()))).await?;
//! for board in planka.directory().await?.boards {
//!     let snapshot = planka.read(&board.id).await?;
//!     assert!(snapshot.cards.iter().all(|card| snapshot.lists.iter().any(|l| l.id == card.list)));
//! }
//! planka.logout().await
//! # }
//! ```
//!
//! # Invariants
//!
//! - *Not understood is never empty.* An answer that is cut, too large, no JSON, or lacks a key the
//!   sheet promises is an [`Error`].
//! - *A create is sent at most once*, unless it certainly never reached Planka. When its answer is
//!   lost the outcome is `Unknown`, and nothing else.
//! - *Everything ends.* Connecting, waiting, whole answers, pauses and tries are bounded by [`Limits`].
//! - *Secrets stay secret.* No error, outcome or `Debug` text holds a key, token or password, and what
//!   a server says is cut, freed of control characters and searched for them before it is shown.
//! - *Terms are never accepted* on somebody's behalf.
//!
//! The futures want a Tokio runtime with time and net; one on the current thread is enough.

mod address;
mod answer;
mod auth;
mod client;
mod error;
mod outcome;
mod request;
mod retry;
mod secrets;
mod settings;
mod transport;
mod version;
mod wire;
mod writes;

pub use address::BaseUrl;
pub use client::Planka;
pub use error::{Error, ErrorKind};
pub use settings::{Credentials, Limits, Settings};
