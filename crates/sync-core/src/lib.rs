//! What Onward decides.
#![no_std]
extern crate alloc;
#[cfg(test)]
extern crate std;
pub mod adapter;
pub mod board;
pub mod coalesce;
mod description;
pub mod desired;
pub mod ids;
pub mod marker;
pub mod plan;
pub mod provenance;
pub mod stage;
pub mod text;
pub mod write;
