//! A stateful server for the queue's events and bodies, as the sync-boundary sheet has it (§9).
//!
//! It speaks the three addresses a flush asks for. What the real server answers there is known
//! only from what its client reads; where that says nothing the simplest behaviour was chosen.

mod answers;
mod batch;
mod content;
mod state;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use self::state::State;
use crate::loopback::{Journal, Loopback, Reply, Request, Script, Service};

pub use self::answers::{ContentAnswer, EventAnswer};
pub use self::state::{Limits, ReceivedContent, ReceivedEvent};

/// A running fake; it stops when dropped. What it knows is lost then.
///
/// ```
/// use test_support::{EventAnswer, FakeSaas, Fault, When};
///
/// let saas = FakeSaas::start();
/// // The second batch is taken, but the client never hears of it …
/// saas.script().fault(When::request("POST", FakeSaas::BATCH).nth(2), Fault::LoseReply);
/// // … and one event is pending at first, and another is never good enough.
/// saas.answer_event_once("01A", EventAnswer::Pending);
/// saas.answer_event("01B", EventAnswer::rejected("unknown event type"));
///
/// // … a client at work on `saas.url()` with `FakeSaas::TOKEN` for `FakeSaas::TEAM` …
///
/// assert!(saas.events().is_empty());
/// assert_eq!(saas.applied("01A"), 0);
/// ```
pub struct FakeSaas {
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
        let state = &mut self.state();
        match (request.method.as_str(), request.path.as_str()) {
            ("POST", FakeSaas::BATCH) => batch::answer(state, request),
            ("POST", FakeSaas::CONTENT) => content::answer(state, request),
            ("GET", FakeSaas::HEALTH) => Reply::json(200, &state.health()),
            (_, FakeSaas::BATCH | FakeSaas::CONTENT | FakeSaas::HEALTH) => {
                answers::refusal(405, &format!("Method \"{}\" not allowed.", request.method))
            }
            _ => answers::refusal(404, "Not found."),
        }
    }
}

impl FakeSaas {
    /// Where batches of events go.
    pub const BATCH: &str = "/api/v1/events/batch/";
    /// Where the limits are told.
    pub const HEALTH: &str = "/api/v1/sync/health/";
    /// Where bodies go, one at a time.
    pub const CONTENT: &str = "/api/dossier/push-content/";
    /// The access token that is good at first; the sample session's.
    pub const TOKEN: &str = "fake-access";
    /// The private team of its user at first; the sample session's.
    pub const TEAM: &str = "team-a";

    /// A server that has received nothing.
    pub fn start() -> Self {
        let world = World(Arc::new(Mutex::new(State::default())));
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

    /// What was asked, with headers and unzipped bodies.
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

    /// Takes this access token and no other; what else comes is answered 401.
    pub fn accept_token(&self, token: &str) {
        token.clone_into(&mut self.world.state().token);
    }

    /// Takes events for this private team and no other; what else comes is answered 403.
    pub fn accept_team(&self, team: &str) {
        team.clone_into(&mut self.world.state().team);
    }

    /// Sets the limits that hold and are told. A greater batch is answered 413.
    pub fn limit(&self, limits: Limits) {
        let mut state = self.world.state();
        state.limits = limits;
        state.advertised = Some(limits);
    }

    /// Tells other limits than those that hold, or none.
    pub fn advertise(&self, limits: Option<Limits>) {
        self.world.state().advertised = limits;
    }

    /// Answers every arrival of this event so, from now on.
    pub fn answer_event(&self, event_id: &str, answer: EventAnswer) {
        self.world.state().event_answers.always(event_id, answer);
    }

    /// Answers the next arrival of this event so; several wait their turn.
    pub fn answer_event_once(&self, event_id: &str, answer: EventAnswer) {
        self.world.state().event_answers.once(event_id, answer);
    }

    /// Answers every arrival of this artifact's body so, from now on.
    pub fn answer_content(&self, artifact_path: &str, answer: ContentAnswer) {
        let mut state = self.world.state();
        state.content_answers.always(artifact_path, answer);
    }

    /// Answers the next arrival of this artifact's body so; several wait their turn.
    pub fn answer_content_once(&self, artifact_path: &str, answer: ContentAnswer) {
        let mut state = self.world.state();
        state.content_answers.once(artifact_path, answer);
    }

    /// Forgets the answers set for events and bodies, not what was received.
    pub fn answer_as_usual(&self) {
        let mut state = self.world.state();
        state.event_answers.clear();
        state.content_answers.clear();
    }

    /// Every arrival of an event in a batch that was let in, in order, whatever its answer was.
    pub fn events(&self) -> Vec<ReceivedEvent> {
        self.world.state().events.clone()
    }

    /// How often an event arrived in a batch that was let in.
    pub fn arrivals(&self, event_id: &str) -> usize {
        let state = self.world.state();
        let all = state.events.iter();
        all.filter(|event| event.event_id == event_id).count()
    }

    /// How often an event took effect: once at most, unless the server was told to answer a known
    /// one with a success, as one does that forgets.
    pub fn applied(&self, event_id: &str) -> usize {
        let state = self.world.state();
        let all = state.applied.iter();
        all.filter(|applied| *applied == event_id).count()
    }

    /// The events that took effect, in the order in which they did.
    pub fn applied_ids(&self) -> Vec<String> {
        self.world.state().applied.clone()
    }

    /// What an event said when the server first took it or called it a duplicate.
    pub fn event(&self, event_id: &str) -> Option<Value> {
        let state = self.world.state();
        state.known_events.get(event_id).cloned()
    }

    /// Lets the server know an event as if another machine had sent it.
    pub fn knows_event(&self, event: Value) {
        self.world.state().knows(event);
    }

    /// Every body that arrived with a good token and all its fields, in order.
    pub fn contents(&self) -> Vec<ReceivedContent> {
        self.world.state().contents.clone()
    }

    /// The bodies that were stored, each once, in the order in which they were.
    pub fn stored_contents(&self) -> Vec<Value> {
        self.world.state().stored.clone()
    }
}
