//! Which request goes where in which version, and what every answer has in common.

mod boards;
mod cards;
mod comments;
mod extras;
mod included;
mod labels;
mod lists;
#[expect(
    clippy::unnecessary_wraps,
    reason = "all handlers have one signature, also those that never refuse"
)]
mod projects;
#[expect(
    clippy::unnecessary_wraps,
    reason = "all handlers have one signature, also those that never refuse"
)]
mod session;
mod tasks;

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use serde_json::{Map, Value};

use self::Handler::{Open, User};
use self::Spoken::{Both, V1, V2};
use super::Version;
use super::access::{Credential, authenticate};
use super::answers::{Outcome, Refusal, success, web_page};
use super::input::{Input, parse_id};
use super::rows::Id;
use super::state::State;
use crate::loopback::{Reply, Request};

/// Longer bodies are refused before anybody reads them.
const LONGEST_BODY: usize = 1 << 20;

/// One request on its way through a handler.
struct Call<'a> {
    state: &'a mut State,
    request: &'a Request,
    /// What stands for the `{}` of the route.
    args: Vec<&'a str>,
    body: &'a Map<String, Value>,
    /// Of requests that need one.
    credential: Option<Credential>,
    /// To be set by the answer.
    cookie: Option<String>,
}

impl<'a> Call<'a> {
    fn input(&self) -> Input<'a> {
        Input::new(self.state.version, self.body)
    }

    fn id(&self, index: usize) -> Result<Id, Refusal> {
        self.id_named(index, "id")
    }

    /// The id in the path that an error text calls by this name.
    fn id_named(&self, index: usize, name: &str) -> Result<Id, Refusal> {
        parse_id(self.state.version, name, self.args[index])
    }

    fn version(&self) -> Version {
        self.state.version
    }

    /// Values of the query by name, decoded, in order.
    fn query(&self) -> Vec<(String, String)> {
        url::form_urlencoded::parse(self.request.query.as_bytes())
            .into_owned()
            .collect()
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Spoken {
    Both,
    V1,
    V2,
}

impl Spoken {
    fn in_version(self, version: Version) -> bool {
        match self {
            Both => true,
            V1 => version == Version::V1,
            V2 => version == Version::V2,
        }
    }
}

#[derive(Clone, Copy)]
enum Handler {
    /// Needs no credentials.
    Open(fn(&mut Call<'_>) -> Outcome),
    /// Is told who asks.
    User(fn(&mut Call<'_>, Id) -> Outcome),
}

type Route = (Spoken, &'static str, &'static str, Handler);

#[rustfmt::skip]
const ROUTES: &[Route] = &[
    (V2, "GET", "/api/bootstrap", Open(session::bootstrap)),
    (V1, "GET", "/api/config", Open(session::config_v1)),
    (V2, "GET", "/api/config", User(session::config_v2)),
    (V2, "GET", "/api/terms", Open(session::terms)),
    (Both, "POST", "/api/access-tokens", Open(session::log_in)),
    (V2, "POST", "/api/access-tokens/accept-terms", Open(session::accept_terms)),
    (V2, "POST", "/api/access-tokens/revoke-pending-token", Open(session::revoke_pending)),
    (Both, "DELETE", "/api/access-tokens/me", User(session::log_out)),
    (Both, "GET", "/api/users/me", User(session::me)),
    (V2, "POST", "/api/users/{}/api-key", User(session::create_api_key)),
    (V2, "PATCH", "/api/users/{}", User(session::update_user)),
    (Both, "GET", "/api/projects", User(projects::list)),
    (Both, "POST", "/api/projects", User(projects::create)),
    (Both, "GET", "/api/projects/{}", User(projects::read)),
    (Both, "PATCH", "/api/projects/{}", User(projects::update)),
    (Both, "DELETE", "/api/projects/{}", User(projects::delete)),
    (Both, "POST", "/api/projects/{}/boards", User(boards::create)),
    (Both, "GET", "/api/boards/{}", User(boards::read)),
    (Both, "PATCH", "/api/boards/{}", User(boards::update)),
    (Both, "DELETE", "/api/boards/{}", User(boards::delete)),
    (V1, "POST", "/api/boards/{}/memberships", User(boards::add_member)),
    (V2, "POST", "/api/boards/{}/board-memberships", User(boards::add_member)),
    (Both, "POST", "/api/boards/{}/lists", User(lists::create)),
    (V2, "GET", "/api/lists/{}", User(lists::read)),
    (Both, "PATCH", "/api/lists/{}", User(lists::update)),
    (Both, "DELETE", "/api/lists/{}", User(lists::delete)),
    (V2, "GET", "/api/lists/{}/cards", User(lists::cards)),
    (V2, "POST", "/api/lists/{}/move-cards", User(lists::move_cards)),
    (V2, "POST", "/api/lists/{}/clear", User(lists::clear)),
    (Both, "POST", "/api/lists/{}/cards", User(cards::create)),
    (Both, "GET", "/api/cards/{}", User(cards::read)),
    (Both, "PATCH", "/api/cards/{}", User(cards::update)),
    (Both, "DELETE", "/api/cards/{}", User(cards::delete)),
    (Both, "POST", "/api/cards/{}/duplicate", User(cards::duplicate)),
    (Both, "POST", "/api/boards/{}/labels", User(labels::create)),
    (Both, "PATCH", "/api/labels/{}", User(labels::update)),
    (Both, "DELETE", "/api/labels/{}", User(labels::delete)),
    (V1, "POST", "/api/cards/{}/labels", User(labels::attach)),
    (V1, "DELETE", "/api/cards/{}/labels/{}", User(labels::detach)),
    (V2, "POST", "/api/cards/{}/card-labels", User(labels::attach)),
    (V2, "DELETE", "/api/cards/{}/card-labels/labelId:{}", User(labels::detach)),
    (V2, "POST", "/api/cards/{}/task-lists", User(tasks::create_list)),
    (V2, "GET", "/api/task-lists/{}", User(tasks::read_list)),
    (V2, "PATCH", "/api/task-lists/{}", User(tasks::update_list)),
    (V2, "DELETE", "/api/task-lists/{}", User(tasks::delete_list)),
    (V1, "POST", "/api/cards/{}/tasks", User(tasks::create_v1)),
    (V2, "POST", "/api/task-lists/{}/tasks", User(tasks::create_v2)),
    (Both, "PATCH", "/api/tasks/{}", User(tasks::update)),
    (Both, "DELETE", "/api/tasks/{}", User(tasks::delete)),
    (V1, "GET", "/api/cards/{}/actions", User(comments::list)),
    (V1, "POST", "/api/cards/{}/comment-actions", User(comments::create)),
    (V1, "PATCH", "/api/comment-actions/{}", User(comments::update)),
    (V1, "DELETE", "/api/comment-actions/{}", User(comments::delete)),
    (V2, "GET", "/api/cards/{}/comments", User(comments::list)),
    (V2, "POST", "/api/cards/{}/comments", User(comments::create)),
    (V2, "PATCH", "/api/comments/{}", User(comments::update)),
    (V2, "DELETE", "/api/comments/{}", User(comments::delete)),
    (V1, "POST", "/api/cards/{}/memberships", User(extras::add_card_member)),
    (V2, "POST", "/api/cards/{}/card-memberships", User(extras::add_card_member)),
    (Both, "POST", "/api/cards/{}/attachments", User(extras::add_attachment)),
    (V2, "POST", "/api/boards/{}/custom-field-groups", User(extras::create_board_group)),
    (V2, "POST", "/api/cards/{}/custom-field-groups", User(extras::create_card_group)),
    (V2, "POST", "/api/custom-field-groups/{}/custom-fields", User(extras::create_field)),
    (V2, "PATCH", "/api/cards/{}/custom-field-values/customFieldGroupId:{}:customFieldId:{}",
        User(extras::set_value)),
    (V2, "DELETE", "/api/cards/{}/custom-field-values/customFieldGroupId:{}:customFieldId:{}",
        User(extras::clear_value)),
];

/// Carries a request out.
pub(super) fn answer(state: &mut State, request: &Request) -> Reply {
    state.clock.tick();
    let Some(body) = read_body(request) else {
        return Reply::empty(400);
    };
    let Some((handler, args)) = find(state.version, request) else {
        return match request.method.as_str() {
            "GET" | "HEAD" => web_page(),
            _ => Refusal::NoRoute.reply(&request.method, &request.path),
        };
    };
    let mut call = Call {
        state,
        request,
        args,
        body: &body,
        credential: None,
        cookie: None,
    };
    match handle(&mut call, handler) {
        Err(refusal) => refusal.reply(&request.method, &request.path),
        Ok(body) => {
            let reply = match call.cookie {
                None => success(&body),
                Some(cookie) => success(&body).with_header("set-cookie", cookie),
            };
            tag(request, reply)
        }
    }
}

fn handle(call: &mut Call<'_>, handler: Handler) -> Outcome {
    match handler {
        Open(handler) => handler(call),
        User(handler) => {
            let (user, credential) = authenticate(call.state, call.request)?;
            call.credential = Some(credential);
            handler(call, user)
        }
    }
}

/// The body's parameters: none if it is not declared as JSON, `None` if it cannot be read.
fn read_body(request: &Request) -> Option<Map<String, Value>> {
    if request.body.len() > LONGEST_BODY {
        return None;
    }
    let declared = request.header("content-type").unwrap_or_default();
    if request.body.is_empty() || request.method == "GET" || !declared.contains("json") {
        return Some(Map::new());
    }
    match serde_json::from_str(&request.body) {
        Ok(Value::Object(body)) => Some(body),
        Ok(Value::Array(_)) => Some(Map::new()),
        Ok(_) | Err(_) => None,
    }
}

fn find(version: Version, request: &Request) -> Option<(Handler, Vec<&str>)> {
    ROUTES
        .iter()
        .find_map(|(spoken, method, pattern, handler)| {
            if *method != request.method || !spoken.in_version(version) {
                return None;
            }
            Some((*handler, capture(pattern, &request.path)?))
        })
}

/// The parts of a path that stand for the `{}` of a pattern. Other characters stand for
/// themselves, so an escaped colon is not a colon.
fn capture<'a>(pattern: &str, path: &'a str) -> Option<Vec<&'a str>> {
    let mut args = Vec::new();
    let mut parts = path.split('/');
    for wanted in pattern.split('/') {
        let mut literals = wanted.split("{}");
        let mut part = parts.next()?.strip_prefix(literals.next()?)?;
        for literal in literals {
            let end = if literal.is_empty() {
                part.len()
            } else {
                part.find(literal)?
            };
            if end == 0 {
                return None;
            }
            args.push(&part[..end]);
            part = &part[end + literal.len()..];
        }
        if !part.is_empty() {
            return None;
        }
    }
    parts.next().is_none().then_some(args)
}

/// Reads carry an `ETag`, and are answered without a body to who has them already.
fn tag(request: &Request, reply: Reply) -> Reply {
    if request.method != "GET" {
        return reply;
    }
    let mut hasher = DefaultHasher::new();
    reply.body.hash(&mut hasher);
    let tag = format!("W/\"{:x}-{:016x}\"", reply.body.len(), hasher.finish());
    if request.header("if-none-match") == Some(tag.as_str()) {
        return Reply::empty(304).with_header("etag", tag);
    }
    reply.with_header("etag", tag)
}

fn item(item: Value) -> Value {
    Value::Object(Map::from_iter([("item".to_owned(), item)]))
}

fn item_with(item: Value, included: Map<String, Value>) -> Value {
    let parts = [
        ("item".to_owned(), item),
        ("included".to_owned(), Value::Object(included)),
    ];
    Value::Object(Map::from_iter(parts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_capture_ids_and_keep_colons_raw() {
        let detach = "/api/cards/{}/card-labels/labelId:{}";
        let path = "/api/cards/1/card-labels/labelId:2";
        assert_eq!(capture(detach, path), Some(vec!["1", "2"]));
        assert_eq!(
            capture(detach, "/api/cards/1/card-labels/labelId%3A2"),
            None
        );
        let value = "/v/customFieldGroupId:{}:customFieldId:{}";
        let path = "/v/customFieldGroupId:7:customFieldId:8";
        assert_eq!(capture(value, path), Some(vec!["7", "8"]));
        assert_eq!(capture("/api/cards/{}", "/api/cards/"), None);
        assert_eq!(capture("/api/cards/{}", "/api/cards/1/tasks"), None);
    }
}
