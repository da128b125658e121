//! What Onward decides.
#![no_std]
extern crate alloc;
#[cfg(test)]
extern crate std;
pub mod adapter;
#[cfg(any(test, feature = "arbitrary"))]
pub mod arbitrary;
pub mod board;
mod checklist;
pub mod coalesce;
mod description;
pub mod desired;
pub mod drive;
pub mod heal;
pub mod ids;
#[cfg(test)]
mod laws;
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
