//! The client against a server that behaves, and misbehaves, like the real ones.

#![expect(clippy::unwrap_used, reason = "in a test an error is a failure")]

mod connecting;
mod failing_reads;
mod failing_writes;
mod platform;
mod reading;
mod refusals;
mod removing;
mod secrets;
mod stage;
mod suite;
mod writing;
