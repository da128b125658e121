//! The fake, asked over the wire by a client of a few lines.

use serde_json::{Value, json};

use super::{Age, FakeHub, Paging};
use crate::wire::{Answer, Wire};

struct Visitor(Wire);

impl Visitor {
    fn new(hub: &FakeHub) -> Self {
        Self(Wire::new(hub.url()))
    }

    fn ask(&mut self, method: &str, path: &str, body: &Value) -> Answer {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        self.0.send(method, path, &[], body).unwrap()
    }

    fn get(&mut self, path: &str) -> Answer {
        self.ask("GET", path, &Value::Null)
    }

    /// Makes something, and returns its id.
    fn make(&mut self, path: &str, body: &Value) -> String {
        let made = self.ask("POST", path, body);
        assert_eq!(made.status, 201, "{}", made.text());
        made.json()["id"].as_str().unwrap().to_owned()
    }

    /// Makes a topic and a workplan, and returns the workplan's id.
    fn workplan(&mut self) -> String {
        let topic = json!({ "slug": "t", "title": "T", "domain_slug": FakeHub::DOMAIN });
        let topic = self.make("/topics/", &topic);
        let workplan = json!({ "topic_id": topic, "slug": "wp-1", "title": "Plan" });
        self.make("/workstreams/", &workplan)
    }

    fn task(&mut self, workplan: &str) -> String {
        let task = json!({ "workstream_id": workplan, "title": "T01", "status": "done" });
        self.make("/tasks/", &task)
    }

    fn set(&mut self, table: &str, id: &str, status: &str) -> Answer {
        let path = format!("/{table}/{id}");
        self.ask("PATCH", &path, &json!({ "status": status }))
    }
}

#[test]
fn each_age_has_its_words() {
    for (age, task, workplan) in [
        (Age::March, ("progress", "in_progress"), ("ready", "todo")),
        (Age::May, ("progress", "in_progress"), ("done", "ready")),
        (Age::June, ("halfway", "progress"), ("halfway", "ready")),
    ] {
        let hub = FakeHub::start(age);
        let mut visitor = Visitor::new(&hub);
        let plan = visitor.workplan();
        let id = visitor.task(&plan);
        assert_eq!(
            hub.row("tasks", &id)["status"],
            "todo",
            "a new task is open"
        );
        let slash = if age == Age::March { "/" } else { "" };
        for (table, id, (bad, good)) in [("tasks", &id, task), ("workstreams", &plan, workplan)] {
            let id = format!("{id}{slash}");
            assert_eq!(visitor.set(table, &id, bad).status, 422, "{age:?} {bad}");
            let set = visitor.set(table, &id, good);
            assert_eq!((set.status, &set.json()["status"]), (200, &json!(good)));
        }
    }
}

#[test]
fn june_stores_its_own_word_for_an_alias_and_starts_the_workplan() {
    let hub = FakeHub::start(Age::June);
    let mut visitor = Visitor::new(&hub);
    let plan = visitor.workplan();
    let id = visitor.task(&plan);
    assert_eq!(visitor.set("tasks", &id, "in_progress").status, 200);
    assert_eq!(hub.row("tasks", &id)["status"], "progress");
    assert_eq!(hub.row("workplans", &plan)["status"], "active");
    let old = visitor.get("/workstreams/");
    assert_eq!((old.status, old.header("deprecation")), (200, Some("true")));
    assert_eq!(visitor.get("/workplans/").header("deprecation"), None);
}

#[test]
fn a_slash_in_the_wrong_place_leads_to_the_right_one() {
    let hub = FakeHub::start(Age::June);
    let mut visitor = Visitor::new(&hub);
    let answer = visitor.get("/tasks?workstream_id=1");
    let place = format!("{}/tasks/?workstream_id=1", hub.url());
    assert_eq!(
        (answer.status, answer.header("location")),
        (307, Some(&*place))
    );
    let plan = visitor.workplan();
    let id = visitor.task(&plan);
    assert_eq!(visitor.set("tasks", &format!("{id}/"), "done").status, 307);
    assert_eq!(hub.row("tasks", &id)["status"], "todo");
    assert_eq!(visitor.get("/nowhere/").status, 404);
    assert_eq!(visitor.get(&format!("/tasks/{id}")).status, 405);
}

#[test]
fn bulk_sets_all_or_none() {
    let hub = FakeHub::start(Age::June);
    let mut visitor = Visitor::new(&hub);
    let plan = visitor.workplan();
    let (one, two) = (visitor.task(&plan), visitor.task(&plan));
    let mut bulk = |ids: &[&str]| {
        let updates = ids
            .iter()
            .map(|id| json!({ "task_id": id, "status": "done" }));
        let body = json!({ "updates": updates.collect::<Vec<_>>() });
        visitor.ask("POST", "/tasks/bulk-status-sync", &body).status
    };
    assert_eq!(bulk(&[&one, &one]), 400);
    assert_eq!(bulk(&[&one, "nobody"]), 404);
    assert_eq!(hub.row("tasks", &one)["status"], "todo");
    assert_eq!(bulk(&[&one, &two]), 200);
    assert_eq!(hub.row("tasks", &two)["status"], "done");
    let may = FakeHub::start(Age::May);
    let answer = Visitor::new(&may).ask("POST", "/tasks/bulk-status-sync", &json!({}));
    assert_eq!(answer.status, 405);
}

#[test]
fn lists_are_filtered_and_cut_as_told() {
    let hub = FakeHub::start(Age::June);
    let mut visitor = Visitor::new(&hub);
    let (one, two) = (hub.hand().put("workplans", json!({})), visitor.workplan());
    for plan in [&one, &two, &two] {
        visitor.task(plan);
    }
    let mut count = |query: &str| {
        let answer = visitor.get(&format!("/tasks/{query}"));
        answer.json().as_array().map(Vec::len)
    };
    let of_two = format!("?workstream_id={two}");
    assert_eq!((count(""), count(&of_two)), (Some(3), Some(2)));
    hub.page(Paging::Default(2));
    assert_eq!((count(""), count("?limit=5")), (Some(2), Some(3)));
    hub.page(Paging::Most(2));
    assert_eq!((count(""), count("?limit=5")), (Some(2), None));
    hub.page(Paging::Pages(2));
    assert_eq!((count("?limit=5"), count("?offset=2")), (Some(2), Some(1)));
    hub.page(Paging::Default(9));
    hub.ignore_filters();
    assert_eq!(count(&of_two), Some(3));
}

#[test]
fn a_repository_is_known_by_what_tells_it_apart() {
    let hub = FakeHub::start(Age::June);
    let mut visitor = Visitor::new(&hub);
    for (slug, remote) in [
        ("shop", "https://git.example/a"),
        ("fork", "https://git.example/b"),
    ] {
        let repo = json!({
            "domain_slug": FakeHub::DOMAIN, "slug": slug, "name": slug, "remote_url": remote,
            "git_fingerprint": "f00d",
        });
        visitor.make("/repos/", &repo);
        assert_eq!(visitor.ask("POST", "/repos/", &repo).status, 409);
    }
    for (query, slug) in [
        ("by-fingerprint?hash=f00d", "shop"),
        (
            "by-fingerprint?hash=f00d&remote_url=https://git.example/b",
            "fork",
        ),
        ("by-remote?url=https://git.example/b", "fork"),
    ] {
        assert_eq!(visitor.get(&format!("/repos/{query}")).json()["slug"], slug);
    }
    assert_eq!(visitor.get("/repos/by-fingerprint?hash=0").status, 404);
    let path = json!({ "host": "laptop", "path": "/home/ada/shop" });
    assert_eq!(visitor.ask("POST", "/repos/shop/paths", &path).status, 200);
    let list = visitor.get("/repos/?slug=shop").json();
    assert_eq!(list[0]["host_paths"]["laptop"], "/home/ada/shop");
    hub.require_token("secret");
    assert_eq!(visitor.get("/repos/").status, 401);
}
