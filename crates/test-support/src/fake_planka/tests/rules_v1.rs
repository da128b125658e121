//! What is special about version 1.

use serde_json::{Value, json};

use super::{FakePlanka, Version, Visitor, board_and_list};

#[test]
fn cards_of_a_deleted_list_are_ghosts() {
    let planka = FakePlanka::start(Version::V1);
    let people = planka.people();
    let (board, list) = board_and_list(&planka);
    let card = people.add_card(list, "left behind", None);
    let mut visitor = Visitor::new(&planka);
    assert_eq!(visitor.delete(&format!("/api/lists/{list}")).status, 200);

    let board = visitor.get(&format!("/api/boards/{board}")).json();
    assert_eq!(board["included"]["lists"], json!([]));
    assert_eq!(board["included"]["cards"][0]["listId"], list.to_string());
    let path = format!("/api/cards/{card}");
    assert_eq!(visitor.get(&path).status, 404);
    assert_eq!(visitor.patch(&path, &json!({ "name": "x" })).status, 404);
    assert_eq!(visitor.delete(&path).status, 404);
    let ghosts = planka.canonical()["projects"][0]["boards"][0]["ghosts"].clone();
    assert_eq!(ghosts[0]["name"], "left behind");
}

#[test]
fn names_have_no_limit_and_a_project_takes_its_boards_along() {
    let planka = FakePlanka::start(Version::V1);
    let (board, _) = board_and_list(&planka);
    let mut visitor = Visitor::new(&planka);
    let long = "x".repeat(5000);
    let body = json!({ "name": long, "position": 1 });
    let made = visitor.post(&format!("/api/boards/{board}/lists"), &body);
    assert_eq!(made.item()["name"], json!(long));

    let project = visitor.get("/api/projects").json()["items"][0]["id"].clone();
    let path = format!("/api/projects/{}", project.as_str().unwrap());
    assert_eq!(visitor.delete(&path).status, 200);
    assert_eq!(visitor.get(&format!("/api/boards/{board}")).status, 404);
    assert_eq!(planka.dump()["lists"], json!({}));
}

#[test]
fn the_routes_of_version_2_are_unknown() {
    let planka = FakePlanka::start(Version::V1);
    let (_, list) = board_and_list(&planka);
    let card = planka.people().add_card(list, "a card", None);
    let mut visitor = Visitor::new(&planka);
    let page = visitor.get(&format!("/api/lists/{list}/cards"));
    assert_eq!(
        page.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    let body = json!({ "name": "Tasks", "position": 1 });
    let answer = visitor.post(&format!("/api/cards/{card}/task-lists"), &body);
    assert_eq!(answer.json(), json!({ "code": "E_NOT_FOUND" }));
    assert_eq!(
        visitor.get("/api/config").json()["item"]["oidc"],
        Value::Null
    );
}
