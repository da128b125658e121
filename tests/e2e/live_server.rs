//! A real Planka that the environment names, and what people do there.
//!
//! The requests are not the client's, so that a misreading of its cannot hide here too.

#![expect(
    clippy::print_stdout,
    reason = "a test that is skipped, or leaves something behind, says so"
)]

use crate::scene::env;
use camino::Utf8Path;
use reqwest::Method;
use serde_json::{Value, json};
use test_support::{Ran, TestEnv};
use tokio::runtime::{Builder, Runtime};

/// A project of its own on the server, and an environment whose user is logged in there.
///
/// The project goes away with this, also when the test fails.
pub(crate) struct Live {
    pub(crate) env: TestEnv,
    pub(crate) project: String,
    /// The server speaks 2.x.
    pub(crate) second: bool,
    http: reqwest::Client,
    runtime: Runtime,
    url: String,
    login: Option<(&'static str, String)>,
    own_session: bool,
}

impl Live {
    /// Logs in, or says what is missing.
    pub(crate) fn start() -> Option<Self> {
        let Some(url) = variable("URL") else {
            println!("skipped: needs ONWARD_TEST_PLANKA_URL");
            return None;
        };
        // It fails when another test has done so, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut live = Self {
            env: machine(),
            project: format!("onward-live-{:016x}", getrandom::u64().unwrap()),
            second: false,
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            runtime: Builder::new_current_thread().enable_all().build().unwrap(),
            url: url.trim_end_matches('/').to_owned(),
            login: None,
            own_session: false,
        };
        // On 1.x it is a web page.
        live.second = live.request(Method::GET, "bootstrap", &Value::Null).is_ok();
        live.login = match (variable("API_KEY"), variable("TOKEN")) {
            (Some(key), _) => Some(("x-api-key", key)),
            (None, Some(token)) => Some(("authorization", format!("Bearer {token}"))),
            (None, None) => {
                let (user, password) = (variable("USER"), variable("PASSWORD"));
                let body = json!({ "emailOrUsername": user, "password": password });
                let token = live.post("access-tokens", &body);
                live.own_session = true;
                Some((
                    "authorization",
                    format!("Bearer {}", token["item"].as_str().unwrap()),
                ))
            }
        };
        Some(live)
    }

    /// The arguments of a sync to the test's own board, and more.
    pub(crate) fn arguments(&self, dir: &Utf8Path, more: &[&str]) -> Vec<String> {
        let usual = [
            "kanban-sync",
            "--board",
            "Changes",
            "--project",
            &self.project,
            "-C",
            dir.as_str(),
        ];
        usual
            .iter()
            .chain(more)
            .map(|argument| (*argument).to_owned())
            .collect()
    }

    /// Asks for a sync.
    #[must_use = "either look at the output or assert the exit code"]
    pub(crate) fn sync(&self, dir: &Utf8Path) -> Ran {
        self.env.run(&self.arguments(dir, &[]))
    }

    /// The test's projects and their boards: one of each, unless something is wrong.
    pub(crate) fn projects(&self) -> (Vec<Value>, Vec<Value>) {
        let mut all = self.get("projects");
        let ours = |project: &Value| project["name"] == self.project.as_str();
        let projects: Vec<_> = rows(&all["items"])
            .iter()
            .filter(|p| ours(p))
            .cloned()
            .collect();
        let mut boards = rows(&all["included"].take()["boards"]).to_vec();
        boards.retain(|board| {
            projects
                .iter()
                .any(|project| project["id"] == board["projectId"])
        });
        (projects, boards)
    }

    /// All lists, labels, cards and tasks of the board, as the server tells them; null without one.
    pub(crate) fn board(&self) -> Value {
        let (_, boards) = self.projects();
        let read = |board: &Value| self.get(&format!("boards/{}", id(board)))["included"].take();
        boards.first().map(read).unwrap_or_default()
    }

    /// The lists of the board that hold cards, each as `list: card, card`.
    pub(crate) fn columns(&self) -> Vec<String> {
        let board = self.board();
        let mut lists: Vec<_> = rows(&board["lists"])
            .iter()
            .filter(|l| l["name"].is_string())
            .collect();
        lists.sort_by(|a, b| {
            a["position"]
                .as_f64()
                .unwrap()
                .total_cmp(&b["position"].as_f64().unwrap())
        });
        let column = |list: &&Value| {
            let here = rows(&board["cards"])
                .iter()
                .filter(|card| card["listId"] == list["id"]);
            let mut cards: Vec<_> = here.map(name).collect();
            cards.sort_unstable();
            (!cards.is_empty()).then(|| format!("{}: {}", name(list), cards.join(", ")))
        };
        lists.iter().filter_map(column).collect()
    }

    /// The one list, card or task of a name.
    #[track_caller]
    pub(crate) fn find(&self, table: &str, called: &str) -> Value {
        let board = self.board();
        let found: Vec<_> = rows(&board[table])
            .iter()
            .filter(|row| row["name"] == called)
            .collect();
        assert_eq!(found.len(), 1, "{called} in {table}: {found:?}");
        found[0].clone()
    }

    /// Adds a card as people do.
    pub(crate) fn add_card(&self, list: &str, called: &str, description: &str) -> Value {
        let list = self.find("lists", list);
        let body = json!({
            "type": "project", "name": called, "position": 9_000_000, "description": description,
        });
        self.post(&format!("lists/{}/cards", id(&list)), &body)["item"].take()
    }

    /// Comments on a card.
    pub(crate) fn comment(&self, card: &Value, text: &str) {
        let comments = if self.second {
            "comments"
        } else {
            "comment-actions"
        };
        self.post(
            &format!("cards/{}/{comments}", id(card)),
            &json!({ "text": text }),
        );
    }

    /// All the server tells about the comments on a card.
    pub(crate) fn comments(&self, card: &Value) -> Value {
        let comments = if self.second { "comments" } else { "actions" };
        self.get(&format!("cards/{}/{comments}", id(card)))
    }

    #[track_caller]
    pub(crate) fn get(&self, path: &str) -> Value {
        self.request(Method::GET, path, &Value::Null).unwrap()
    }

    #[track_caller]
    pub(crate) fn post(&self, path: &str, body: &Value) -> Value {
        self.request(Method::POST, path, body).unwrap()
    }

    #[track_caller]
    pub(crate) fn patch(&self, path: &str, body: &Value) -> Value {
        self.request(Method::PATCH, path, body).unwrap()
    }

    fn request(&self, method: Method, path: &str, body: &Value) -> reqwest::Result<Value> {
        let mut request = self
            .http
            .request(method, format!("{}/api/{path}", self.url));
        if let Some((header, value)) = &self.login {
            request = request.header(*header, value);
        }
        if !body.is_null() {
            request = request.json(body);
        }
        self.runtime
            .block_on(async { request.send().await?.error_for_status()?.json().await })
    }

    /// Removes something, or says that it stays.
    pub(crate) fn remove(&self, path: &str) {
        if let Err(error) = self.request(Method::DELETE, path, &Value::Null) {
            println!("left behind: {error}");
        }
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        let (projects, boards) = self.projects();
        // 2.x refuses to remove a project that has boards.
        for board in &boards {
            self.remove(&format!("boards/{}", id(board)));
        }
        for project in &projects {
            self.remove(&format!("projects/{}", id(project)));
        }
        if self.own_session {
            self.remove("access-tokens/me");
        }
    }
}

/// A machine whose user is logged in to the server.
pub(crate) fn machine() -> TestEnv {
    let mut env = env();
    for name in ["URL", "API_KEY", "TOKEN", "USER", "PASSWORD"] {
        if let Some(value) = variable(name) {
            env.set(&format!("PLANKA_{name}"), value);
        }
    }
    env
}

/// The rows of a table of an answer.
#[track_caller]
pub(crate) fn rows(table: &Value) -> &[Value] {
    table.as_array().unwrap()
}

/// The id of an object.
pub(crate) fn id(object: &Value) -> &str {
    object["id"].as_str().unwrap()
}

fn name(object: &Value) -> &str {
    object["name"].as_str().unwrap()
}

#[expect(
    clippy::disallowed_methods,
    reason = "where the real server is, only the environment knows"
)]
fn variable(name: &str) -> Option<String> {
    let value = std::env::var(format!("ONWARD_TEST_PLANKA_{name}")).ok()?;
    Some(value).filter(|value| !value.is_empty())
}
