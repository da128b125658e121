//! What every board must do: one suite for all of [`Board`]'s implementations.
//!
//! A crate with an implementation says how to get a fresh one and stamps the suite, one test for
//! each clause:
//!
//! ```
//! use sync_core::board::Features;
//! use sync_core::simulate::SimulatedBoard;
//! use test_support::contract::Subject;
//!
//! async fn fresh() -> Subject<SimulatedBoard> {
//!     let features =
//!         Features { task_lists: true, shelves: true, name_limit: Some(1024), title_limit: Some(128) };
//!     Subject { board: SimulatedBoard::new(features), compares: true, kept: () }
//! }
//!
//! test_support::board_contract!(fresh);
//! # fn main() {}
//! ```
//!
//! A clause asks what a board can do ([`Board::features`], [`Subject::compares`]) and demands no
//! more. Positions are distinct, as the plan makes them.

#![expect(
    clippy::missing_panics_doc,
    reason = "a clause panics when it is broken; nothing else is its purpose"
)]

use std::future::Future;

use sync_core::adapter::Board;

pub mod cards;
pub mod comparing;
pub mod hub;
pub mod infrastructure;
pub mod removal;
mod scene;
pub mod tasks;
pub mod untouched;

/// A fresh board server under test, with nothing on it.
#[derive(Debug)]
pub struct Subject<B: Board, K = ()> {
    /// The board.
    pub board: B,
    /// Whether it compares what a write says was seen while it writes, as a database can.
    pub compares: bool,
    /// What must stay until the test is over: a folder, a server.
    pub kept: K,
}

/// Drives a future to its end on a runtime of its own, on this thread.
pub fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime on this thread")
        .block_on(future)
}

/// Stamps one test for each clause of the suite. The argument names an `async fn() -> Subject<…>`.
#[macro_export]
macro_rules! board_contract {
    ($fresh:path) => {
        $crate::board_contract! { $fresh:
            infrastructure: a_fresh_server_shows_nothing;
            infrastructure: projects_and_boards_are_listed_as_made;
            infrastructure: lists_and_labels_read_back_as_made;
            infrastructure: boards_of_one_project_are_apart;
            infrastructure: equal_names_are_several_things;
            infrastructure: names_are_kept_to_the_letter;
            infrastructure: a_younger_thing_has_a_higher_id;
            infrastructure: an_unknown_board_is_an_error;
            infrastructure: nothing_is_made_where_the_owner_is_unknown;
            cards: a_card_reads_back_as_made;
            cards: cards_made_at_once_are_all_there;
            cards: a_label_is_attached_once;
            cards: a_part_of_a_card_changes_alone;
            cards: all_parts_of_a_card_change_in_one_write;
            cards: a_description_can_be_emptied;
            cards: an_update_sent_twice_is_as_good_as_once;
            cards: an_unknown_card_is_superseded;
            cards: a_discarded_card_is_out_of_sight;
            tasks: tasks_read_back_as_made;
            tasks: a_part_of_a_task_changes_alone;
            tasks: all_parts_of_a_task_change_in_one_write;
            tasks: a_task_goes_to_another_task_list;
            tasks: a_task_list_is_renamed_and_moved;
            tasks: a_task_is_deleted_once;
            tasks: an_empty_task_list_is_deleted_once;
            tasks: unknown_tasks_and_task_lists_are_superseded;
            removal: empty_infrastructure_is_removed;
            removal: what_is_in_use_is_not_removed;
            comparing: a_card_that_changed_is_left_alone;
            comparing: a_task_that_changed_is_left_alone;
            comparing: a_task_list_that_changed_is_left_alone;
            untouched: no_write_touches_anything_else;
        }
    };
    ($fresh:path: $($room:ident: $clause:ident;)*) => {
        $(
            #[test]
            fn $clause() {
                $crate::contract::block_on(async {
                    $crate::contract::$room::$clause(&$fresh().await).await;
                });
            }
        )*
    };
}
