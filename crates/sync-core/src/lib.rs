//! What Onward decides.
#![no_std]
extern crate alloc;
pub mod coalesce;
pub mod ids;
