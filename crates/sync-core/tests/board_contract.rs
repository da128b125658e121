//! The board in memory keeps the contract of every board, with the features of either kind.

use sync_core::board::Features;
use sync_core::simulate::SimulatedBoard;
use test_support::contract::Subject;

fn subject(task_lists: bool) -> Subject<SimulatedBoard> {
    let features = Features {
        task_lists,
        shelves: task_lists,
        name_limit: None,
        title_limit: None,
    };
    Subject {
        board: SimulatedBoard::new(features),
        compares: true,
        kept: (),
    }
}

mod with_task_lists {
    async fn fresh() -> super::Subject<super::SimulatedBoard> {
        super::subject(true)
    }

    test_support::board_contract!(fresh);
}

mod flat {
    async fn fresh() -> super::Subject<super::SimulatedBoard> {
        super::subject(false)
    }

    test_support::board_contract!(fresh);
}
