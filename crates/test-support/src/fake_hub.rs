//! A stateful State Hub, as the consistency sheet has it (§§4 and 7), at three ages of its API.
//!
//! What the sheet marks as not seen (the fields of some answers, how a list is limited) has the
//! simplest behaviour here, or a knob.

mod routes;
mod rows;
mod state;
#[cfg(test)]
mod tests;
mod words;
mod writes;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use self::state::State;
use crate::loopback::{Journal, Loopback, Reply, Request, Script, Service};

pub use self::state::Paging;

/// How old the API is: what it calls things, and what it does not have yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Age {
    /// `/workstreams` alone, five statuses of workplans, the old words for tasks, item routes that end
    /// in a slash, no fingerprints, nothing in bulk.
    March,
    /// `/workstreams` alone, seven statuses of workplans, the old words for tasks, nothing in bulk.
    May,
    /// `/workplans` beside the deprecated `/workstreams`, new words for tasks with the old ones as
    /// aliases, statuses in bulk, tasks that start their workplan.
    June,
}

/// A running fake; it stops when dropped. What it knows is lost then.
///
/// It knows one domain, [`FakeHub::DOMAIN`], and nothing else at first.
///
/// ```
/// use serde_json::json;
/// use test_support::{Age, FakeHub, Fault, When};
///
/// let hub = FakeHub::start(Age::June);
/// // A row that came past the wire, and the first change of a task is made without a reply …
/// hub.hand().put("workplans", json!({ "id": "w-1", "title": "By hand", "status": "active" }));
/// hub.script().fault(When::request("PATCH", "/tasks/*").nth(1), Fault::LoseReply);
///
/// // … a client at work on `hub.url()` …
///
/// assert_eq!(hub.rows("workplans").len(), 1);
/// assert!(hub.rows("tasks").is_empty());
/// ```
pub struct FakeHub {
    world: World,
    server: Loopback,
}

/// The server's memory, shared with the thread that serves.
#[derive(Clone)]
struct World(Arc<Mutex<State>>);

impl World {
    fn state(&self) -> MutexGuard<'_, State> {
        // A panic in one request must not hide the cause of a failing test behind a second one.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Service for World {
    fn answer(&self, request: &Request) -> Reply {
        routes::answer(&mut self.state(), request)
    }
}

impl FakeHub {
    /// The domain that is there from the start.
    pub const DOMAIN: &str = "work";

    /// A server that knows one domain.
    pub fn start(age: Age) -> Self {
        let world = World(Arc::new(Mutex::new(State::new(age))));
        let server = Loopback::start("", Box::new(world.clone()));
        Self { world, server }
    }

    /// The base URL, without a trailing slash.
    pub fn url(&self) -> &str {
        self.server.url()
    }

    /// What shall go wrong or happen meanwhile, request by request.
    pub fn script(&self) -> &Script {
        self.server.script()
    }

    /// What was asked.
    pub fn journal(&self) -> &Journal {
        self.server.journal()
    }

    /// Closes the port and all connections: connecting is refused. The state stays.
    pub fn go_away(&self) {
        self.server.go_away();
    }

    /// Serves on the same URL again.
    pub fn come_back(&self) {
        self.server.come_back();
    }

    /// Lets nobody in without this bearer token.
    pub fn require_token(&self, token: &str) {
        self.world.state().token = Some(token.to_owned());
    }

    /// Answers lists as if no filter had been sent.
    pub fn ignore_filters(&self) {
        self.world.state().ignores_filters = true;
    }

    /// Limits how much of a list one answer holds.
    pub fn page(&self, paging: Paging) {
        self.world.state().paging = Some(paging);
    }

    /// Leaves `updated_at` out of every answer.
    pub fn hide_times(&self) {
        self.world.state().hides_times = true;
    }

    /// Takes no list of all tasks: they have to be asked for by workplan.
    pub fn require_workplan(&self) {
        self.world.state().requires_workplan = true;
    }

    /// Answers every request with this status and a `Location`.
    pub fn lead_away(&self, status: u16, location: &str) {
        self.world.state().away = Some((status, location.to_owned()));
    }

    /// Somebody who works on the rows past the wire.
    pub fn hand(&self) -> Hand {
        Hand(self.world.clone())
    }

    /// The rows of a table, in the order in which they were made.
    pub fn rows(&self, table: &str) -> Vec<Value> {
        self.world.state().table(table).to_vec()
    }

    /// One row.
    ///
    /// # Panics
    ///
    /// Where there is none.
    pub fn row(&self, table: &str, id: &str) -> Value {
        let state = self.world.state();
        let found = state.find(table, id);
        found.expect("the row is there").clone()
    }
}

/// Somebody at the dashboard, who can be sent along with a hook: past the wire, and past its rules.
#[derive(Clone)]
pub struct Hand(World);

impl Hand {
    /// Puts a row into `domains`, `topics`, `repos`, `workplans` or `tasks`; what a row must have and
    /// this one has not is added. Returns its id.
    pub fn put(&self, table: &str, row: Value) -> String {
        self.0.state().insert(table, row)
    }

    /// Changes columns of a row; panics where there is none.
    pub fn change(&self, table: &str, id: &str, columns: Value) {
        self.0.state().update(table, id, columns);
    }
}
