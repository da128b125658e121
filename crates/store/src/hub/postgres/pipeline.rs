//! Requests that are sent one after the other without waiting for answers.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

/// A request and its answer.
pub(super) type Request<'a, T> =
    Pin<Box<dyn Future<Output = Result<T, tokio_postgres::Error>> + 'a>>;

/// Sends requests in order and returns their answers in order, or the first error.
///
/// The driver sends a request when its future is first polled, so all are under way after the first
/// round. Every answer is waited for, also after an error: the connection is in between requests then.
pub(super) async fn in_order<T>(
    mut requests: Vec<Request<'_, T>>,
) -> Result<Vec<T>, tokio_postgres::Error> {
    let mut answers: Vec<_> = requests.iter().map(|_| None).collect();
    poll_fn(|context| {
        let mut all = true;
        for (request, answer) in requests.iter_mut().zip(&mut answers) {
            if answer.is_none() {
                match request.as_mut().poll(context) {
                    Poll::Ready(ready) => *answer = Some(ready),
                    Poll::Pending => all = false,
                }
            }
        }
        if all { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    answers.into_iter().flatten().collect()
}
