//! What shall go wrong, and what shall happen meanwhile: set by the test, obeyed by the server.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use super::Request;
use crate::faults::{Fault, When};

type Hook = Arc<dyn Fn(&Request) + Send + Sync>;

/// The test's orders to a fake server; they take effect with the next request.
///
/// ```
/// use std::time::Duration;
/// use test_support::{FakePlanka, Fault, Version, When};
///
/// let planka = FakePlanka::start(Version::V1);
/// let board = planka.people().add_board("Demo", "Changes");
/// let script = planka.script();
/// script.latency(Duration::from_millis(20));
/// // The second card is made, but the client never hears of it …
/// script.fault(When::request("POST", "/api/lists/*/cards").nth(2), Fault::LoseReply);
/// // … and after the fifth write somebody deletes the whole board.
/// let people = planka.people();
/// script.after(When::writes().nth(5), move |_| people.delete_board(board));
/// ```
#[derive(Default)]
pub struct Script {
    rules: Mutex<Rules>,
    /// How often answers were released; each request remembers the number of its arrival.
    releases: watch::Sender<u64>,
}

#[derive(Default)]
struct Rules {
    latency: Duration,
    faults: Vec<Rule<Fault>>,
    before: Vec<Rule<Hook>>,
    after: Vec<Rule<Hook>>,
}

struct Rule<T> {
    when: When,
    count: usize,
    act: T,
}

/// What the rules say about one request.
pub(super) struct Orders {
    pub(super) latency: Duration,
    pub(super) fault: Option<Fault>,
    pub(super) before: Vec<Hook>,
    pub(super) after: Vec<Hook>,
    pub(super) release: Release,
}

/// The next [`Script::release`] after a request arrived.
pub(super) struct Release {
    receiver: watch::Receiver<u64>,
    arrived: u64,
}

impl Release {
    pub(super) async fn released(mut self) {
        // An error means that the server is gone, and with it the connection.
        let _ = self
            .receiver
            .wait_for(|releases| *releases > self.arrived)
            .await;
    }
}

impl Script {
    /// Spoils the requests meant by `when`. Of several rules that mean the same request the one
    /// given first strikes; the others count it all the same.
    pub fn fault(&self, when: When, fault: Fault) {
        self.rules().faults.push(Rule::new(when, fault));
    }

    /// Calls the hook before such a request is carried out, even if a fault strikes it then.
    ///
    /// Hooks run on the server's thread: they may kill a process or let people move cards, and
    /// must not send requests to the same server.
    pub fn before(&self, when: When, hook: impl Fn(&Request) + Send + Sync + 'static) {
        self.rules().before.push(Rule::new(when, Arc::new(hook)));
    }

    /// Calls the hook after such a request was carried out (or refused by the server itself) and
    /// before any byte of the answer is sent; not if a fault kept it from being carried out.
    pub fn after(&self, when: When, hook: impl Fn(&Request) + Send + Sync + 'static) {
        self.rules().after.push(Rule::new(when, Arc::new(hook)));
    }

    /// Lets every request take at least this long. Requests wait at the same time.
    pub fn latency(&self, latency: Duration) {
        self.rules().latency = latency;
    }

    /// Lets go of all answers that [`Fault::Hang`] holds back, and of those of requests that have
    /// arrived by now; later ones hang again.
    pub fn release(&self) {
        self.releases.send_modify(|releases| *releases += 1);
    }

    /// Forgets all faults, hooks and the latency; answers that hang go on hanging.
    pub fn clear(&self) {
        *self.rules() = Rules::default();
    }

    pub(super) fn orders(&self, method: &str, path: &str) -> Orders {
        let receiver = self.releases.subscribe();
        let arrived = *receiver.borrow();
        let mut rules = self.rules();
        Orders {
            latency: rules.latency,
            fault: due(&mut rules.faults, method, path).into_iter().next(),
            before: due(&mut rules.before, method, path),
            after: due(&mut rules.after, method, path),
            release: Release { receiver, arrived },
        }
    }

    fn rules(&self) -> MutexGuard<'_, Rules> {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Rule<T> {
    fn new(when: When, act: T) -> Self {
        Self {
            when,
            count: 0,
            act,
        }
    }
}

/// Counts the request in every rule that means it, and returns the acts whose turn it is.
fn due<T: Clone>(rules: &mut [Rule<T>], method: &str, path: &str) -> Vec<T> {
    let mut acts = Vec::new();
    for rule in rules {
        if rule.when.matches(method, path) {
            rule.count += 1;
            if rule.when.is_due(rule.count) {
                acts.push(rule.act.clone());
            }
        }
    }
    acts
}
