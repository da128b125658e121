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
mod enqueue;
mod fix_consistency;
mod fix_consistency_input;
mod fix_histories;
mod fix_kills;
mod hub;
mod hub_hook;
mod hub_kinds;
mod kanban_disk;
mod kitty;
mod live_planka;
mod live_server;
mod lock;
mod openspec;
mod orphan_daemons;
mod planka;
mod provenance;
mod queue_kills;
mod recovery;
mod scene;
mod sync_migrate;
mod sync_now;
mod sync_status;
mod sync_status_input;
mod task;
