//! What is special about version 2.

use serde_json::{Value, json};

use super::{FakePlanka, Version, Visitor, Wire, board_and_list};
use crate::{PASSWORD, USER};

fn start() -> FakePlanka {
    FakePlanka::start(Version::V2)
}

#[test]
fn a_first_login_has_to_accept_the_terms() {
    let planka = start();
    planka.people().add_newcomer("newcomer");
    let mut visitor = Visitor::new(&planka);
    let login = json!({ "emailOrUsername": "newcomer", "password": PASSWORD });
    let first = visitor.post("/api/access-tokens", &login);
    assert_eq!(first.outcome(), (403, "termsAcceptanceRequired"));
    let pending = first.json()["pendingToken"].as_str().unwrap().to_owned();
    let useless = Visitor::with_token(&planka, pending.clone()).get("/api/users/me");
    assert_eq!(useless.status, 401);

    let signature = visitor.get("/api/terms?language=de-DE").item()["signature"].clone();
    let accept = |signature: Value| json!({ "pendingToken": pending, "signature": signature });
    let path = "/api/access-tokens/accept-terms";
    assert_eq!(visitor.post(path, &accept(json!("short"))).status, 400);
    assert_eq!(
        visitor.post(path, &accept(json!("0".repeat(64)))).status,
        403
    );
    let token = visitor.post(path, &accept(signature.clone())).item();
    let mut newcomer = Visitor::with_token(&planka, token.as_str().unwrap().to_owned());
    assert_eq!(newcomer.get("/api/users/me").item()["username"], "newcomer");
    assert_eq!(
        visitor.post(path, &accept(signature)).status,
        401,
        "only once"
    );
    assert_eq!(visitor.post("/api/access-tokens", &login).status, 200);
}

#[test]
fn a_pending_login_expires_and_can_be_revoked() {
    let planka = start();
    planka.people().add_newcomer("newcomer");
    let mut visitor = Visitor::new(&planka);
    let login = json!({ "emailOrUsername": "newcomer", "password": PASSWORD });
    let signature = visitor.get("/api/terms").item()["signature"].clone();
    for revoke in [true, false] {
        let pending = visitor.post("/api/access-tokens", &login).json();
        let pending = json!({ "pendingToken": pending["pendingToken"], "signature": signature });
        if revoke {
            let path = "/api/access-tokens/revoke-pending-token";
            assert_eq!(visitor.post(path, &pending).item(), Value::Null);
        } else {
            planka.people().advance(std::time::Duration::from_secs(601));
        }
        let answer = visitor.post("/api/access-tokens/accept-terms", &pending);
        assert_eq!(answer.status, 401, "revoked: {revoke}");
    }
}

#[test]
fn a_key_works_without_terms_and_loses_to_a_bad_token() {
    let planka = start();
    let people = planka.people();
    let newcomer = people.add_newcomer("newcomer");
    let key = people.api_key_of(newcomer);
    let mut wire = Wire::new(planka.url());
    let mut status = |method: &str, path: &str, headers: &[(&str, &str)]| {
        wire.send(method, path, headers, "").unwrap().status
    };
    let me = "/api/users/me";
    assert_eq!(status("GET", me, &[("x-api-key", &key)]), 200);
    let both = [("x-api-key", key.as_str()), ("authorization", "Bearer old")];
    assert_eq!(status("GET", me, &both), 401);
    let as_token = format!("Bearer {key}");
    assert_eq!(status("GET", me, &[("authorization", &as_token)]), 401);
    let token = planka.token();
    assert_eq!(status("GET", me, &[("x-api-key", &token)]), 401);
    let log_out = "/api/access-tokens/me";
    assert_eq!(status("DELETE", log_out, &[("x-api-key", &key)]), 404);

    let mut admin = Visitor::new(&planka);
    let path = format!("/api/users/{newcomer}");
    admin.patch(&path, &json!({ "apiKey": null }));
    assert_eq!(status("GET", me, &[("x-api-key", &key)]), 401);
}

#[test]
fn what_only_administrators_may_does_not_exist_for_others() {
    let planka = start();
    let people = planka.people();
    let user = people.add_user("user");
    let mut visitor = Visitor::with_token(&planka, people.token_of(user));
    let project = json!({ "name": "Mine", "type": "private" });
    for answer in [
        visitor.get("/api/config"),
        visitor.post(&format!("/api/users/{user}/api-key"), &Value::Null),
        visitor.post("/api/projects", &project),
    ] {
        assert_eq!(
            (answer.status, answer.json()),
            (404, json!({ "code": "E_NOT_FOUND" }))
        );
    }
    people.make_project_owner(user);
    assert_eq!(visitor.post("/api/projects", &project).status, 200);
}

#[test]
fn an_administrator_reads_shared_projects_but_writes_nothing_there() {
    let planka = start();
    let people = planka.people();
    let project = people.add_shared_project("Shared");
    let board = people.add_board_in(project, "Board");
    let list = people.add_list(board, "List");
    people.remove_member(board, people.administrator());
    let mut visitor = Visitor::new(&planka);
    assert_eq!(visitor.get(&format!("/api/boards/{board}")).status, 200);
    let card = visitor.new_card("x", 1.0);
    let answer = visitor.post(&format!("/api/lists/{list}/cards"), &card);
    assert_eq!(answer.outcome(), (404, "listNotFound"));
}

#[test]
fn the_archive_keeps_cards_out_of_the_board_read() {
    let planka = start();
    let people = planka.people();
    let (board, list) = board_and_list(&planka);
    let card = people.add_card(list, "old", None);
    let archive = people.archive_list(board);
    let mut visitor = Visitor::new(&planka);
    let path = format!("/api/cards/{card}");
    let gone = visitor
        .patch(&path, &json!({ "listId": archive.to_string() }))
        .item();
    assert_eq!(gone["position"], Value::Null);
    assert_eq!(gone["prevListId"], list.to_string());
    let read = visitor.get(&format!("/api/boards/{board}")).json();
    assert_eq!(read["included"]["cards"], json!([]));
    assert_eq!(visitor.get(&path).item()["name"], "old");
    assert_eq!(visitor.get(&format!("/api/lists/{archive}")).status, 404);

    let body = json!({ "listId": list.to_string() });
    assert_eq!(visitor.patch(&path, &body).status, 422);
    let body = json!({ "listId": list.to_string(), "position": 5 });
    let back = visitor.patch(&path, &body).item();
    assert_eq!(
        (&back["position"], &back["prevListId"]),
        (&json!(5), &Value::Null)
    );
}

#[test]
fn the_newest_fifty_of_a_list_can_be_searched() {
    let planka = start();
    let people = planka.people();
    let (board, list) = board_and_list(&planka);
    let label = people.add_label(board, "agent", "berry-red");
    for number in 0..60 {
        let text = format!("[onward:1]: # \"key=Repo%20A/{number} id=x\"");
        let card = people.add_card(list, &format!("card {number}"), Some(&text));
        if number == 3 {
            people.attach_label(card, label);
        }
        people.archive(card);
    }
    let archive = people.archive_list(board);
    let mut visitor = Visitor::new(&planka);
    let mut names = |query: &str| {
        let answer = visitor.get(&format!("/api/lists/{archive}/cards{query}"));
        assert_eq!(answer.status, 200, "{query}");
        let items = answer.json()["items"].clone();
        let names = items.as_array().unwrap().iter();
        names
            .map(|card| card["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let all = names("");
    assert_eq!(
        (all.len(), all[0].as_str(), all[49].as_str()),
        (50, "card 59", "card 10")
    );
    assert_eq!(names("?search=CARD%20key%3Drepo%2520a/31"), ["card 31"]);
    assert_eq!(names("?search=nowhere").len(), 0);
    assert_eq!(names(&format!("?labelIds={label}")), ["card 3"]);
    let path = format!("/api/lists/{archive}/cards");
    assert_eq!(visitor.get(&format!("{path}?before={{}}")).status, 400);
    assert_eq!(visitor.get(&format!("{path}?before[id]=1")).status, 500);
}

#[test]
fn names_are_counted_in_utf_16_units() {
    let planka = start();
    let (board, list) = board_and_list(&planka);
    let mut visitor = Visitor::new(&planka);
    let path = format!("/api/lists/{list}/cards");
    let mut create = |emoji: usize| {
        let body = visitor.new_card(&"🙂".repeat(emoji), 1.0);
        visitor.post(&path, &body).status
    };
    assert_eq!((create(512), create(513)), (200, 400));
    let label =
        |length: usize| json!({ "name": "x".repeat(length), "color": "piggy-red", "position": 1 });
    let path = format!("/api/boards/{board}/labels");
    assert_eq!(visitor.post(&path, &label(128)).status, 200);
    assert_eq!(visitor.post(&path, &label(129)).status, 400);
}

#[test]
fn a_closed_list_closes_its_cards() {
    let planka = start();
    let people = planka.people();
    let (board, list) = board_and_list(&planka);
    let done = people.add_closed_list(board, "Done");
    let card = people.add_card(list, "a card", None);
    let mut visitor = Visitor::new(&planka);
    let path = format!("/api/cards/{card}");
    let ignored = visitor.patch(&path, &json!({ "isClosed": true })).item();
    assert_eq!(ignored["isClosed"], false);
    let body = json!({ "listId": done.to_string(), "position": 1 });
    assert_eq!(visitor.patch(&path, &body).item()["isClosed"], true);
    let body = json!({ "type": "active" });
    visitor.patch(&format!("/api/lists/{done}"), &body);
    assert_eq!(visitor.get(&path).item()["isClosed"], false);
}

#[test]
fn hidden_lists_cannot_be_changed_and_the_trash_can_be_cleared() {
    let planka = start();
    let people = planka.people();
    let (board, list) = board_and_list(&planka);
    let card = people.add_card(list, "a card", None);
    people.delete_list(list);
    let trash = people.trash_list(board);
    assert_eq!(people.show_card(card)["listId"], trash.to_string());
    let mut visitor = Visitor::new(&planka);
    let path = format!("/api/lists/{trash}");
    assert_eq!(visitor.patch(&path, &json!({ "name": "x" })).status, 403);
    assert_eq!(visitor.delete(&path).status, 403);
    let clear = format!("{path}/clear");
    assert_eq!(visitor.post(&clear, &Value::Null).status, 200);
    assert_eq!(visitor.get(&format!("/api/cards/{card}")).status, 404);
}

#[test]
fn a_linked_task_speaks_for_its_card() {
    let planka = start();
    let people = planka.people();
    let (board, list) = board_and_list(&planka);
    let done = people.add_closed_list(board, "Done");
    let (card, other) = (
        people.add_card(list, "a card", None),
        people.add_card(list, "the other", None),
    );
    let tasks = people.add_task_list(card, "Tasks");
    let mut visitor = Visitor::new(&planka);
    let path = format!("/api/task-lists/{tasks}/tasks");
    let body = json!({ "position": 1, "linkedCardId": other.to_string() });
    let task = visitor.post(&path, &body).item();
    assert_eq!(
        (&task["name"], &task["isCompleted"]),
        (&json!("the other"), &json!(false))
    );
    let path = format!("/api/tasks/{}", task["id"].as_str().unwrap());
    assert_eq!(visitor.patch(&path, &json!({ "name": "x" })).status, 403);
    people.move_card(other, done);
    let lists = visitor.get(&format!("/api/task-lists/{tasks}")).json();
    assert_eq!(lists["included"]["tasks"][0]["isCompleted"], true);
}

#[test]
fn values_of_custom_fields_are_set_twice_and_cleared_once() {
    let planka = start();
    let (board, list) = board_and_list(&planka);
    let card = planka.people().add_card(list, "a card", None);
    let mut visitor = Visitor::new(&planka);
    let body = json!({ "name": "Onward", "position": 1 });
    let mut made = |path: String| {
        let item = visitor.post(&path, &body).item();
        item["id"].as_str().unwrap().to_owned()
    };
    let group = made(format!("/api/boards/{board}/custom-field-groups"));
    let field = made(format!("/api/custom-field-groups/{group}/custom-fields"));
    let path = format!(
        "/api/cards/{card}/custom-field-values/customFieldGroupId:{group}:customFieldId:{field}"
    );
    for content in ["one", "two"] {
        let value = visitor.patch(&path, &json!({ "content": content })).item();
        assert_eq!(value["content"], content);
    }
    assert_eq!(visitor.patch(&path, &json!({ "content": "" })).status, 400);
    assert_eq!(visitor.delete(&path).status, 200);
    assert_eq!(visitor.delete(&path).status, 404);
}

#[test]
fn the_version_is_told_to_everybody() {
    let planka = FakePlanka::build(Version::V2).base_path("/kanban").start();
    assert!(planka.url().ends_with("/kanban"));
    let mut wire = Wire::new(planka.url());
    let answer = wire.send("GET", "/api/bootstrap", &[], "").unwrap();
    assert_eq!(answer.item()["version"], "2.1.1");
    assert_eq!(planka.journal().requests()[0].path, "/api/bootstrap");
    let root = planka.url().strip_suffix("/kanban").unwrap();
    let outside = Wire::new(root)
        .send("GET", "/api/bootstrap", &[], "")
        .unwrap();
    assert_eq!(outside.status, 404);
    assert_eq!(USER, "demo", "the fixtures' name");
}
