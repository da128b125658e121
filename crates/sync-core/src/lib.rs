//! What Onward decides.
#![no_std]
extern crate alloc;
#[cfg(test)]
extern crate std;
pub mod adapter;
pub mod board;
mod checklist;
pub mod coalesce;
mod description;
pub mod desired;
pub mod drive;
pub mod heal;
pub mod ids;
pub mod marker;
pub mod observed;
pub mod plan;
mod positions;
pub mod provenance;
pub mod reconcile;
pub mod run;
pub mod simulate;
pub mod stage;
pub mod text;
pub mod write;
