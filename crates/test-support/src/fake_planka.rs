//! A stateful Planka that speaks version 1.26 or 2.1, as measured in the Planka sheet.
//!
//! Every rule here is a row of that sheet or an answer recorded in `tests/fixtures/planka`, which
//! a test replays. Where neither says anything the simplest behaviour was chosen.

mod access;
mod answers;
mod clock;
mod colours;
mod dump;
mod input;
mod people;
mod positions;
mod routes;
mod rows;
mod shapes;
mod state;
mod table;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use self::state::State;
use crate::loopback::{Journal, Loopback, Reply, Request, Script, Service};

pub use self::people::People;
pub use self::rows::{Id, Role};

/// The name of the administrator every fake has.
pub const USER: &str = "demo";

/// The password of every user.
pub const PASSWORD: &str = "demo password";

/// Which Planka is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// 1.26
    V1,
    /// 2.1
    V2,
}

/// A running fake; it stops when dropped. What it knows is lost then.
pub struct FakePlanka {
    world: World,
    server: Loopback,
}

/// The server's memory, shared with people and with the thread that serves.
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

/// A fake that is not started yet, for what cannot be changed later.
#[derive(Clone, Debug)]
pub struct Builder {
    version: Version,
    base_path: String,
    single_sign_on: bool,
}

impl Builder {
    /// Serves below a path, as behind a proxy: `/kanban`. Without a trailing slash.
    pub fn base_path(mut self, path: &str) -> Self {
        path.clone_into(&mut self.base_path);
        self
    }

    /// Refuses logins by password; keys and tokens work.
    pub fn single_sign_on(mut self) -> Self {
        self.single_sign_on = true;
        self
    }

    /// Starts the server.
    pub fn start(self) -> FakePlanka {
        let mut state = State::new(self.version);
        state.single_sign_on = self.single_sign_on;
        let world = World(Arc::new(Mutex::new(state)));
        let server = Loopback::start(&self.base_path, Box::new(world.clone()));
        FakePlanka { world, server }
    }
}

impl FakePlanka {
    /// A server with one user, the administrator [`USER`], and nothing else.
    pub fn start(version: Version) -> Self {
        Self::build(version).start()
    }

    /// A server with something special about it.
    pub fn build(version: Version) -> Builder {
        Builder {
            version,
            base_path: String::new(),
            single_sign_on: false,
        }
    }

    /// The base URL, without a trailing slash.
    pub fn url(&self) -> &str {
        self.server.url()
    }

    /// The version that is spoken.
    pub fn version(&self) -> Version {
        self.world.state().version
    }

    /// A new bearer token of [`USER`], as a login gives it.
    pub fn token(&self) -> String {
        let mut state = self.world.state();
        let user = state.administrator();
        state.log_in(user, None)
    }

    /// The API key of [`USER`]; the same at each call.
    ///
    /// # Panics
    ///
    /// Version 1 has no API keys.
    pub fn api_key(&self) -> String {
        let mut state = self.world.state();
        assert_eq!(state.version, Version::V2, "Planka 1.x has no API keys");
        let user = state.administrator();
        state.api_key_of(user)
    }

    /// What shall go wrong or happen meanwhile.
    pub fn script(&self) -> &Script {
        self.server.script()
    }

    /// What was asked.
    pub fn journal(&self) -> &Journal {
        self.server.journal()
    }

    /// The doings of people, past the wire. May be moved into hooks.
    pub fn people(&self) -> People {
        People::new(self.world.clone())
    }

    /// Closes the port and all connections: connecting is refused. The state stays.
    pub fn go_away(&self) {
        self.server.go_away();
    }

    /// Serves on the same URL again, after [`FakePlanka::go_away`] or a fault of that name.
    pub fn come_back(&self) {
        self.server.come_back();
    }

    /// Everything there is, as `{table: {id: object}}` in the order of ids; objects as the API
    /// shows them. For comparing objects byte for byte.
    pub fn dump(&self) -> Value {
        dump::everything(&self.world.state())
    }

    /// As [`FakePlanka::dump`], but of one board, found by the names of project and board.
    ///
    /// # Panics
    ///
    /// If there is no such board.
    pub fn dump_board(&self, project: &str, board: &str) -> Value {
        let state = self.world.state();
        dump::board(&state, state.named_board(project, board))
    }

    /// The objects of an earlier dump that are gone or differ now, as `cards/<id>`.
    pub fn changed_since(&self, before: &Value) -> Vec<String> {
        dump::changed(before, &self.dump())
    }

    /// All projects with their boards, lists, cards, … in their order, without ids, times and
    /// positions: equal for two servers that show the same, and longer where one has a twin.
    pub fn canonical(&self) -> Value {
        self.canonical_with(&ToOwned::to_owned)
    }

    /// As [`FakePlanka::canonical`], with descriptions rewritten, for the random parts in them.
    pub fn canonical_with(&self, description: &dyn Fn(&str) -> String) -> Value {
        dump::canonical(&self.world.state(), description)
    }

    /// One board of [`FakePlanka::canonical_with`].
    ///
    /// # Panics
    ///
    /// If there is no such board.
    pub fn canonical_board(
        &self,
        project: &str,
        board: &str,
        description: &dyn Fn(&str) -> String,
    ) -> Value {
        let state = self.world.state();
        dump::canonical_board(&state, state.named_board(project, board), description)
    }
}
