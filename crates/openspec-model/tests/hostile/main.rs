//! Trees that are broken or meant to do harm: each fault is named with its path and a remedy, and
//! hits one change only.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod files;
mod links;
mod listing;
mod settings;
mod tree;
