//! End-to-end tests: the real binary, in an environment of its own.

#![expect(
    clippy::unwrap_used,
    reason = "what a test needs is there, or it fails"
)]

mod bad_input;
mod board;
mod called;
mod cli_reference;
mod completions;
mod doctor;
mod fix_consistency;
mod fix_consistency_input;
mod hub;
mod hub_hook;
mod kanban_disk;
mod live_planka;
mod live_server;
mod lock;
mod openspec;
mod planka;
mod provenance;
mod recovery;
mod scene;
mod sync_status;
mod task;
