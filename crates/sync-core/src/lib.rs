//! What Onward decides: from files and a board or a hub to a plan, from a plan to writes, and whether
//! a queue may be touched.
//!
//! There is no outside world in this crate: no files, sockets, clocks or processes, so nothing in it
//! fails and everything can be tested. Adapters read, this crate decides, adapters write.
//!
//! ```text
//! files ──► Desired ─┐                            git facts        adapter::Board
//!                    ├─► Draft::of ──► asks() ──► Draft::decide ─► Plan ──► Run ──► drive
//! board ──► View ────┘   what differs             what may be      data     when    where to
//!
//! workplans ─┐
//! hub rows ──┼► Snapshot ──► check ──► Findings ──► plan_fixes ──► FixPlan ──► hub::Hub, files
//! git, bases ┘               what is wrong          what mends it
//!
//! login, daemon, queues ──► Preflight ──► Cleared | Refusal ──► plan_migration, flush
//!                                         leave to touch        what becomes of each row
//! ```
//!
//! - **Changes on a board:** [`reconcile`] to [`drive`], through the door [`adapter::Board`].
//! - **Workplans in a hub:** [`check`] and [`fix`] over one [`snapshot`], through the door [`hub::Hub`];
//!   [`status`] says how two words for one task merge.
//! - **The sync boundary:** the [`gate`] in front of Spec Kitty's [`queue`], for the [`identity`] that is
//!   logged in and the [`owner`] that may be at work; behind it [`migration`] and [`flush`].
//!
//! # Example
//!
//! One change, synced to a board in memory; a real board differs in the adapter only.
//!
//! ```
//! use sync_core::adapter::Board;
//! use sync_core::board::{BoardLayout, Features, Snapshot, Target};
//! use sync_core::desired::{Desired, DesiredCard, DesiredTask, Section};
//! use sync_core::ids::{ChangeName, OriginId, RepositoryId};
//! use sync_core::observed::Checkout;
//! use sync_core::provenance::Own;
//! use sync_core::reconcile::{Draft, Facts, View};
//! use sync_core::{drive::drive, run::Run, simulate::SimulatedBoard, stage::Stage};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let task = DesiredTask { text: "1.1 Write it".into(), done: false };
//! let section = Section { title: "1. Setup".into(), tasks: vec![task] };
//! let card = DesiredCard { stage: Stage::InProgress, why: None, sections: vec![section] };
//! let mut desired = Desired::default();
//! desired.cards.insert(ChangeName::new("add-export"), card);
//!
//! let features = Features { task_lists: true, shelves: true, name_limit: None, title_limit: None };
//! let board = SimulatedBoard::new(features);
//! let target = Target { project: "Demo".into(), board: "Changes".into() };
//! let layout = BoardLayout::default();
//! let checkout = Checkout {
//!     repository: RepositoryId::new("0123abcd"),
//!     path: String::new(),
//!     origin: OriginId::new("00112233aabb"),
//! };
//!
//! for nonce in ["first", "second"] {
//!     let located = board.directory().await?.locate(&target);
//!     let snapshot = match &located.board {
//!         Some(board_id) => board.read(board_id).await?,
//!         None => Snapshot::default(),
//!     };
//!     let view = View { target: &target, located: &located, snapshot: &snapshot, features, layout: &layout };
//!     let draft = Draft::of(&desired, view, &checkout);
//!     let own = draft.asks().iter().map(|ask| (ask.change.clone(), Own::default())).collect();
//!     let plan = draft.decide(&Facts { own, ..Facts::default() });
//!     assert_eq!(plan.is_empty(), nonce == "second");
//!
//!     let mut run = Run::new(plan, 4, nonce);
//!     drive(&mut run, &board, |_| ()).await;
//!     assert!(run.report().is_complete());
//! }
//! # Ok(())
//! # }
//! # use std::{future::Future, pin::pin, task::{Context, Poll, Waker}};
//! # let Poll::Ready(done) = pin!(example()).poll(&mut Context::from_waker(Waker::noop())) else { panic!() };
//! # done.unwrap();
//! ```
//!
//! # Invariants
//!
//! - The crate is `no_std`: it cannot name a file, a socket, a clock, the environment or a terminal.
//! - [`plan::Plan`] leaves nothing to decide: one action is one write, and every reason for not acting
//!   is a [`plan::Held`].
//! - A card changes only by the leave of [`provenance::judge`], all of it or nothing of it.
//! - What is not ours is not in what plans are made from, so no plan can name it.
//! - A plan does not depend on chance, time, or the order in which a board lists its things.
//! - No rank of a status falls in a hub but by a reopen that is counted, and no word of equal rank is
//!   replaced by who has not seen it ([`status::merge`]).
//! - A [`gate::Cleared`] exists only where a preflight found no obstacle.
//! - Every row that is migrated or sent has a fate: none is deleted that is not kept elsewhere or with
//!   the server.
//! - The laws (planning twice, stopping anywhere, replay, staleness, foreign things, input order, many
//!   machines; statuses, migration, gate) are properties in `laws.rs` and below, each with its sentence.
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod adapter;
#[cfg(any(test, feature = "arbitrary"))]
pub mod arbitrary;
pub mod board;
pub mod check;
mod checklist;
pub mod coalesce;
mod description;
pub mod desired;
pub mod drive;
pub mod finding;
pub mod fix;
pub mod flush;
pub mod gate;
pub mod heal;
pub mod hub;
pub mod identity;
pub mod ids;
#[cfg(test)]
mod laws;
pub mod marker;
pub mod migration;
pub mod observed;
pub mod owner;
pub mod plan;
mod positions;
pub mod provenance;
pub mod queue;
pub mod reconcile;
pub mod run;
pub mod simulate;
pub mod snapshot;
pub mod stage;
pub mod status;
pub mod text;
pub mod workplan;
pub mod write;
