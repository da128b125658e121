//! Which address is which, and the slash at its end (consistency sheet §7).

use serde_json::{Value, json};

use super::Age;
use super::rows;
use super::state::{Paging, State};
use super::writes;
use crate::loopback::{Reply, Request};

/// An address that is served.
#[derive(Clone, Copy, Debug)]
enum Route<'a> {
    Health,
    /// All of a table.
    Table(&'static str),
    ByFingerprint,
    ByRemote,
    Repo(&'a str),
    Paths(&'a str),
    Item(&'static str, &'a str),
    Bulk,
}

pub(super) fn answer(state: &mut State, request: &Request) -> Reply {
    if let Some((status, location)) = &state.away {
        return Reply::empty(*status).with_header("location", location);
    }
    if let Some(token) = &state.token {
        let given = request.header("authorization").unwrap_or_default();
        if given.strip_prefix("Bearer ") != Some(token) {
            return refusal(401, "Not authenticated");
        }
    }
    let segments: Vec<&str> = request.path.trim_matches('/').split('/').collect();
    let Some(route) = route(state.age, &segments) else {
        return refusal(404, "Not Found");
    };
    let slash = request.path.ends_with('/');
    if slash != wants_slash(state.age, route) {
        return elsewhere(request, slash);
    }
    let reply = carry_out(state, route, request);
    if segments[0] == "workstreams" && state.age == Age::June {
        return reply
            .with_header("deprecation", "true")
            .with_header("link", "</workplans/>; rel=\"successor-version\"");
    }
    reply
}

fn route<'a>(age: Age, segments: &[&'a str]) -> Option<Route<'a>> {
    let june = age == Age::June;
    Some(match *segments {
        ["state", "health"] => Route::Health,
        ["domains"] => Route::Table("domains"),
        ["topics"] => Route::Table("topics"),
        ["repos"] => Route::Table("repos"),
        ["tasks"] => Route::Table("tasks"),
        ["workstreams"] => Route::Table("workplans"),
        ["workplans"] if june => Route::Table("workplans"),
        ["repos", "by-fingerprint"] if age > Age::March => Route::ByFingerprint,
        ["repos", "by-remote"] if age > Age::March => Route::ByRemote,
        ["repos", slug] => Route::Repo(slug),
        ["repos", slug, "paths"] => Route::Paths(slug),
        ["workstreams", id] => Route::Item("workplans", id),
        ["workplans", id] if june => Route::Item("workplans", id),
        ["tasks", "bulk-status-sync"] if june => Route::Bulk,
        ["tasks", id] => Route::Item("tasks", id),
        _ => return None,
    })
}

fn wants_slash(age: Age, route: Route<'_>) -> bool {
    match route {
        Route::Table(_) => true,
        Route::Item(..) | Route::Repo(_) => age == Age::March,
        _ => false,
    }
}

/// The same address with the slash, or without.
fn elsewhere(request: &Request, slash: bool) -> Reply {
    let host = request.header("host").unwrap_or_default();
    let path = if slash {
        request.path.trim_end_matches('/').to_owned()
    } else {
        format!("{}/", request.path)
    };
    let query = match request.query.as_str() {
        "" => String::new(),
        query => format!("?{query}"),
    };
    Reply::empty(307).with_header("location", format!("http://{host}{path}{query}"))
}

fn carry_out(state: &mut State, route: Route<'_>, request: &Request) -> Reply {
    match (request.method.as_str(), route) {
        ("GET", Route::Health) => Reply::json(200, &json!({ "status": "ok", "db": "ok" })),
        ("GET", Route::Table(table)) => list(state, table, request),
        ("GET", Route::ByFingerprint) => by_fingerprint(state, request),
        ("GET", Route::ByRemote) => {
            let url = parameter(request, "url").unwrap_or_default();
            one_repo(state, state.find_by("repos", "remote_url", &url))
        }
        ("POST", Route::Table("repos")) => writes::new_repo(state, request),
        ("POST", Route::Table("topics")) => writes::new_topic(state, request),
        ("POST", Route::Table("workplans")) => writes::new_workplan(state, request),
        ("POST", Route::Table("tasks")) => writes::new_task(state, request),
        ("POST", Route::Paths(slug)) => writes::path(state, slug, request),
        ("POST", Route::Bulk) => writes::bulk(state, request),
        ("PATCH", Route::Repo(slug)) => writes::change_repo(state, slug, request),
        ("PATCH", Route::Item(table, id)) => writes::change(state, table, id, request),
        _ => refusal(405, "Method Not Allowed"),
    }
}

/// The filters each list knows; others are passed over, as they are by the framework.
fn filters(table: &str) -> &'static [&'static str] {
    match table {
        "repos" => &["slug"],
        "topics" => &["domain_slug"],
        "workplans" => &["topic_id", "repo_id", "status"],
        "tasks" => &["workstream_id", "needs_human"],
        _ => &[],
    }
}

fn list(state: &State, table: &str, request: &Request) -> Reply {
    let of_workplan = parameter(request, "workstream_id").is_some();
    if table == "tasks" && state.requires_workplan && !of_workplan {
        return writes::invalid("query", "workstream_id", "Field required");
    }
    let meant = |row: &&Value| {
        state.ignores_filters
            || filters(table).iter().all(|name| {
                let wanted = parameter(request, name);
                wanted.is_none_or(|wanted| row[*name] == wanted.as_str())
            })
    };
    let rows = state.table(table).iter().filter(meant);
    let rows: Vec<Value> = rows.map(|row| rows::shown(state, table, row)).collect();
    match state.paging {
        Some(paging) => page(rows, paging, request),
        None => Reply::json(200, &Value::from(rows)),
    }
}

fn page(rows: Vec<Value>, paging: Paging, request: &Request) -> Reply {
    let number = |name| parameter(request, name).and_then(|text| text.parse::<usize>().ok());
    let (limit, mut skip) = (number("limit"), 0);
    let count = match (paging, limit) {
        (Paging::Most(most), Some(limit)) if limit > most => {
            let message = format!("Input should be less than or equal to {most}");
            return writes::invalid("query", "limit", &message);
        }
        (Paging::Pages(most), limit) => {
            skip = number("offset").unwrap_or(0);
            limit.unwrap_or(most).min(most)
        }
        (Paging::Default(usual) | Paging::Most(usual), limit) => limit.unwrap_or(usual),
    };
    let page: Vec<Value> = rows.into_iter().skip(skip).take(count).collect();
    Reply::json(200, &Value::from(page))
}

fn by_fingerprint(state: &State, request: &Request) -> Reply {
    let hash = parameter(request, "hash").unwrap_or_default();
    let remote = parameter(request, "remote_url");
    let mut found = state
        .table("repos")
        .iter()
        .filter(|row| row["git_fingerprint"] == hash.as_str());
    let first = found.clone().next();
    // A fork has the fingerprint too; its remote tells it apart.
    let exact = remote.and_then(|remote| found.find(|row| row["remote_url"] == remote.as_str()));
    one_repo(state, exact.or(first))
}

fn one_repo(state: &State, found: Option<&Value>) -> Reply {
    match found {
        Some(row) => rows::reply(state, 200, "repos", row),
        None => refusal(404, "Repo not found"),
    }
}

fn parameter(request: &Request, name: &str) -> Option<String> {
    let mut pairs = url::form_urlencoded::parse(request.query.as_bytes());
    let found = pairs.find(|(key, _)| key == name);
    found.map(|(_, value)| value.into_owned())
}

/// A refusal as the framework words it.
pub(super) fn refusal(status: u16, detail: &str) -> Reply {
    Reply::json(status, &json!({ "detail": detail }))
}
