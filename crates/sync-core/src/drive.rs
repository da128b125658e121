//! Carries a run's writes to a board, several at once.

use crate::adapter::Board;
use crate::run::Run;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

/// Performs a run until it is over, and calls `observe` after each write.
///
/// `observe` may [`Run::interrupt`] the run; writes in flight are waited for.
pub async fn drive<B: Board>(run: &mut Run, board: &B, mut observe: impl FnMut(&mut Run)) {
    let mut in_flight = FuturesUnordered::new();
    loop {
        while let Some((step, write)) = run.next_ready() {
            in_flight.push(async move { (step, board.perform(&write).await) });
        }
        let Some((step, outcome)) = in_flight.next().await else {
            return;
        };
        run.complete(step, outcome);
        observe(run);
    }
}
