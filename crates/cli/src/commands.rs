//! One module for each command: it gathers, lets the core decide, shows and performs.

pub(crate) mod board;
pub(crate) mod boundary;
pub(crate) mod completions;
pub(crate) mod doctor;
pub(crate) mod enqueue;
pub(crate) mod fix_consistency;
pub(crate) mod hub;
pub(crate) mod kanban_sync;
pub(crate) mod openspec;
pub(crate) mod sync_migrate;
pub(crate) mod sync_now;
pub(crate) mod sync_status;
pub(crate) mod task;
