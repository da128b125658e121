//! Rules that both versions share.

use serde_json::{Value, json};

use super::{BOTH, FakePlanka, Version, Visitor, Wire, board_and_list};
use crate::{PASSWORD, Role, USER};

#[test]
fn credentials_come_and_go() {
    for version in BOTH {
        let planka = FakePlanka::start(version);
        let mut wire = Wire::new(planka.url());
        let mut login = |name: &str, password: &str| {
            let body = json!({ "emailOrUsername": name, "password": password });
            wire.send("POST", "/api/access-tokens", &[], body.to_string())
                .unwrap()
        };
        assert_eq!(login("!!", PASSWORD).status, 400);
        assert_eq!(login(USER, "wrong").outcome(), (401, ""));
        let token = login("DEMO", PASSWORD).item();
        let token = token.as_str().unwrap().to_owned();

        let mut visitor = Visitor::with_token(&planka, token.clone());
        assert_eq!(visitor.get("/api/users/me").item()["username"], USER);
        assert_eq!(visitor.delete("/api/access-tokens/me").item(), json!(token));
        assert_eq!(visitor.get("/api/users/me").outcome(), (401, ""));

        // The word `Bearer` is case-sensitive.
        let lower = format!("bearer {}", planka.token());
        let headers = [("authorization", lower.as_str())];
        let answer = wire.send("GET", "/api/users/me", &headers, "").unwrap();
        assert_eq!(answer.status, 401);
    }
}

#[test]
fn a_token_for_browsers_needs_its_cookie() {
    let planka = FakePlanka::start(Version::V1);
    let mut wire = Wire::new(planka.url());
    let body = json!({
        "emailOrUsername": USER,
        "password": PASSWORD,
        "withHttpOnlyToken": true,
    });
    let login = wire
        .send("POST", "/api/access-tokens", &[], body.to_string())
        .unwrap();
    let bearer = format!("Bearer {}", login.item().as_str().unwrap());
    let cookie = login.header("set-cookie").unwrap();
    let cookie = cookie.split(';').next().unwrap();
    let mut status = |headers: &[(&str, &str)]| {
        let answer = wire.send("GET", "/api/users/me", headers, "").unwrap();
        answer.status
    };
    assert_eq!(status(&[("authorization", &bearer)]), 401);
    assert_eq!(
        status(&[("authorization", &bearer), ("cookie", cookie)]),
        200
    );
}

#[test]
fn enforced_single_sign_on_refuses_passwords_but_no_tokens() {
    for version in BOTH {
        let planka = FakePlanka::build(version).single_sign_on().start();
        let mut visitor = Visitor::new(&planka);
        let body = json!({ "emailOrUsername": USER, "password": PASSWORD });
        let answer = visitor.post("/api/access-tokens", &body);
        assert_eq!(answer.outcome(), (403, "useSingleSignOn"));
        assert_eq!(visitor.get("/api/projects").status, 200);
    }
}

#[test]
fn a_viewer_is_forbidden_and_a_stranger_finds_nothing() {
    for version in BOTH {
        let planka = FakePlanka::start(version);
        let people = planka.people();
        let (board, list) = board_and_list(&planka);
        let user = people.add_user("visitor");
        let mut visitor = Visitor::with_token(&planka, people.token_of(user));
        let cards = format!("/api/lists/{list}/cards");
        let card = visitor.new_card("mine", 65536.0);

        assert_eq!(visitor.post(&cards, &card).outcome(), (404, "listNotFound"));
        let board_path = format!("/api/boards/{board}");
        assert_eq!(visitor.get(&board_path).outcome(), (404, "boardNotFound"));
        assert_eq!(visitor.get("/api/projects").json()["items"], json!([]));

        people.set_role(board, user, Role::Viewer);
        assert_eq!(
            visitor.post(&cards, &card).outcome(),
            (403, "notEnoughRights")
        );
        assert_eq!(visitor.get(&board_path).status, 200);

        people.set_role(board, user, Role::Editor);
        assert_eq!(visitor.post(&cards, &card).outcome(), (200, "success"));

        people.remove_member(board, user);
        assert_eq!(visitor.get(&board_path).status, 404);
        people.revoke(user);
        assert_eq!(visitor.get(&board_path).status, 401);
    }
}

#[test]
fn collisions_move_the_new_and_the_following() {
    for version in BOTH {
        let planka = FakePlanka::start(version);
        let (board, list) = board_and_list(&planka);
        let mut visitor = Visitor::new(&planka);
        let mut place = |position: f64| {
            let body = visitor.new_card("a card", position);
            let answer = visitor.post(&format!("/api/lists/{list}/cards"), &body);
            answer.item()["position"].clone()
        };
        assert_eq!(place(65536.0), 65536);
        assert_eq!(place(65536.0), 81920);
        assert_eq!(place(65536.05), 73728);
        assert_eq!(place(4_503_599_627_370_496.0), 65536, "numbered anew");
        let cards = visitor.get(&format!("/api/boards/{board}")).json();
        let cards = cards["included"]["cards"].as_array().unwrap();
        let positions: Vec<&Value> = cards.iter().map(|card| &card["position"]).collect();
        assert_eq!(positions, [16384, 32768, 49152, 65536]);
    }
}

#[test]
fn positions_may_be_text_and_fractions() {
    for version in BOTH {
        let planka = FakePlanka::start(version);
        let (_, list) = board_and_list(&planka);
        let mut visitor = Visitor::new(&planka);
        let mut body = visitor.new_card("a card", 0.0);
        body["position"] = json!("1000.5");
        let path = format!("/api/lists/{list}/cards");
        assert_eq!(visitor.post(&path, &body).item()["position"], json!(1000.5));
        body["position"] = json!(-5);
        let status = visitor.post(&path, &body).status;
        assert_eq!(status, if version == Version::V1 { 200 } else { 400 });
        body["position"] = Value::Null;
        let refusal = visitor.post(&path, &body);
        assert_eq!(refusal.outcome(), (422, "positionMustBePresent"));
    }
}

#[test]
fn texts_are_kept_as_they_are() {
    for version in BOTH {
        let planka = FakePlanka::start(version);
        let (_, list) = board_and_list(&planka);
        let card = planka.people().add_card(list, "a card", None);
        let mut visitor = Visitor::new(&planka);
        let path = format!("/api/cards/{card}");
        for text in ["  leading", "CRLF\r\nand more\n\n", "\n", "emoji 🙂"] {
            let item = visitor.patch(&path, &json!({ "description": text })).item();
            assert_eq!(item["description"], text);
        }
        let empty = visitor.patch(&path, &json!({ "description": "" }));
        assert_eq!(empty.outcome(), (400, "error"));
        let cleared = visitor.patch(&path, &json!({ "description": null }));
        assert_eq!(cleared.item()["description"], Value::Null);
        let named = visitor.patch(&path, &json!({ "name": 17 }));
        assert_eq!(named.item()["name"], "17");
        let crash = visitor.patch(&path, &json!({ "name": "a\0b" }));
        assert_eq!(crash.outcome(), (500, "error"));
    }
}

#[test]
fn a_body_over_one_mebibyte_is_an_empty_400() {
    for version in BOTH {
        let planka = FakePlanka::start(version);
        let (_, list) = board_and_list(&planka);
        let mut visitor = Visitor::new(&planka);
        let path = format!("/api/lists/{list}/cards");
        let mut body = visitor.new_card("big", 65536.0);
        body["description"] = json!("");
        let frame = body.to_string().len();
        body["description"] = json!("x".repeat((1 << 20) - frame));
        assert_eq!(visitor.post(&path, &body).status, 200);
        body["description"] = json!("x".repeat((1 << 20) - frame + 1));
        let refusal = visitor.post(&path, &body);
        assert_eq!(
            (refusal.outcome(), refusal.text()),
            ((400, ""), String::new())
        );
    }
}

#[test]
fn due_dates_and_their_flag() {
    for version in BOTH {
        let planka = FakePlanka::start(version);
        let (_, list) = board_and_list(&planka);
        let card = planka.people().add_card(list, "a card", None);
        let mut visitor = Visitor::new(&planka);
        let path = format!("/api/cards/{card}");
        let (flag, other) = match version {
            Version::V1 => ("isDueDateCompleted", "isDueCompleted"),
            Version::V2 => ("isDueCompleted", "isDueDateCompleted"),
        };
        let mut change = |body: Value| visitor.patch(&path, &body).item();
        assert_eq!(change(json!({ flag: true }))[flag], Value::Null);
        let item = change(json!({ "dueDate": "2026-12-24" }));
        assert_eq!(item["dueDate"], "2026-12-24T00:00:00.000Z");
        assert_eq!(item[flag], false);
        assert_eq!(change(json!({ other: true }))[flag], false, "ignored");
        assert_eq!(change(json!({ flag: true }))[flag], true);
        let item = change(json!({ "dueDate": null }));
        assert_eq!(
            (&item["dueDate"], &item[flag]),
            (&Value::Null, &Value::Null)
        );

        let mut body = visitor.new_card("due", 1.0);
        body["dueDate"] = Value::Null;
        let status = visitor
            .post(&format!("/api/lists/{list}/cards"), &body)
            .status;
        assert_eq!(status, if version == Version::V1 { 200 } else { 400 });
    }
}

#[test]
fn an_update_is_marked_even_if_it_changes_nothing_but_not_by_tasks_and_labels() {
    for version in BOTH {
        let planka = FakePlanka::start(version);
        let people = planka.people();
        let (board, list) = board_and_list(&planka);
        let card = people.add_card(list, "a card", None);
        let label = people.add_label(board, "agent", "berry-red");
        people.attach_label(card, label);
        let holder = match version {
            Version::V1 => card,
            Version::V2 => people.add_task_list(card, "Tasks"),
        };
        let task = people.add_task(holder, "a task", false);
        people.tick(task, true);
        let mut visitor = Visitor::new(&planka);
        let path = format!("/api/cards/{card}");
        assert_eq!(visitor.get(&path).item()["updatedAt"], Value::Null);
        let first = visitor.patch(&path, &json!({})).item()["updatedAt"].clone();
        let second = visitor.patch(&path, &json!({})).item()["updatedAt"].clone();
        assert!(first.as_str() < second.as_str(), "{first} {second}");
    }
}

#[test]
fn a_card_moves_to_another_board_with_its_labels() {
    for version in BOTH {
        let planka = FakePlanka::start(version);
        let people = planka.people();
        let (board, list) = board_and_list(&planka);
        let other = people.add_board("Demo", "Other");
        let target = people.add_list(other, "There");
        let shared = people.add_label(other, "shared", "berry-red");
        let card = people.add_card(list, "a card", None);
        for name in ["shared", "own"] {
            people.attach_label(card, people.add_label(board, name, "sunny-grass"));
        }
        let mut visitor = Visitor::new(&planka);
        let path = format!("/api/cards/{card}");
        let (to_board, to_list) = (other.to_string(), target.to_string());
        for (body, outcome) in [
            (
                json!({ "listId": to_list, "position": 1 }),
                (404, "listNotFound"),
            ),
            (
                json!({ "boardId": to_board, "position": 1 }),
                (422, "listMustBePresent"),
            ),
            (
                json!({ "boardId": to_board, "listId": to_list }),
                (422, "positionMustBePresent"),
            ),
            (
                json!({ "boardId": to_board, "listId": to_list, "position": 1 }),
                (200, "success"),
            ),
        ] {
            assert_eq!(visitor.patch(&path, &body).outcome(), outcome, "{body}");
        }
        let labels = visitor.get(&path).json()["included"]["cardLabels"].clone();
        let labels: Vec<&Value> = labels
            .as_array()
            .unwrap()
            .iter()
            .map(|row| &row["labelId"])
            .collect();
        let made = people.label(other, "own").to_string();
        assert_eq!(labels, [&json!(shared.to_string()), &json!(made)]);
    }
}

#[test]
fn a_label_of_another_board_is_not_found_and_a_deleted_one_is_off_the_cards() {
    for version in BOTH {
        let planka = FakePlanka::start(version);
        let people = planka.people();
        let (board, list) = board_and_list(&planka);
        let card = people.add_card(list, "a card", None);
        let other = people.add_board("Demo", "Other");
        let foreign = people.add_label(other, "foreign", "berry-red");
        let own = people.add_label(board, "own", "berry-red");
        let mut visitor = Visitor::new(&planka);
        let path = match version {
            Version::V1 => format!("/api/cards/{card}/labels"),
            Version::V2 => format!("/api/cards/{card}/card-labels"),
        };
        let attach = |label: crate::Id| json!({ "labelId": label.to_string() });
        let refusal = visitor.post(&path, &attach(foreign));
        assert_eq!(refusal.outcome(), (404, "labelNotFound"));
        assert_eq!(visitor.post(&path, &attach(own)).status, 200);
        visitor.delete(&format!("/api/labels/{own}"));
        let card = visitor.get(&format!("/api/cards/{card}")).json();
        assert_eq!(card["included"]["cardLabels"], json!([]));
    }
}

#[test]
fn ids_of_bad_syntax() {
    for (version, id, status) in [
        (Version::V1, "abc", 400),
        (Version::V1, "0", 404),
        (Version::V1, "99999999999999999999", 500),
        (Version::V2, "abc", 400),
        (Version::V2, "0", 400),
        (Version::V2, "9223372036854775808", 400),
        (Version::V2, "9223372036854775807", 404),
    ] {
        let planka = FakePlanka::start(version);
        let answer = Visitor::new(&planka).get(&format!("/api/cards/{id}"));
        assert_eq!(answer.status, status, "{version:?} {id}");
    }
}

#[test]
fn an_unchanged_read_is_304_to_who_has_it() {
    let planka = FakePlanka::start(Version::V2);
    let (board, list) = board_and_list(&planka);
    let path = format!("/api/boards/{board}");
    let bearer = format!("Bearer {}", planka.token());
    let mut wire = Wire::new(planka.url());
    let mut read = |tag: &str| {
        let headers = [("authorization", bearer.as_str()), ("if-none-match", tag)];
        wire.send("GET", &path, &headers, "").unwrap()
    };
    let tag = read("").header("etag").unwrap().to_owned();
    let again = read(&tag);
    assert_eq!((again.status, again.text()), (304, String::new()));
    planka.people().add_card(list, "news", None);
    assert_eq!(read(&tag).status, 200);
}

#[test]
fn a_copy_has_the_labels_and_tasks_of_its_original() {
    for version in BOTH {
        let planka = FakePlanka::start(version);
        let people = planka.people();
        let (board, list) = board_and_list(&planka);
        let card = people.add_card(list, "original", Some("text"));
        people.attach_label(card, people.add_label(board, "agent", "berry-red"));
        let holder = match version {
            Version::V1 => card,
            Version::V2 => people.add_task_list(card, "Tasks"),
        };
        people.add_task(holder, "a task", true);
        let mut visitor = Visitor::new(&planka);
        let path = format!("/api/cards/{card}/duplicate");
        let answer = visitor.post(&path, &json!({ "position": 1 })).json();
        let name = match version {
            Version::V1 => "original",
            Version::V2 => "original (copy)",
        };
        assert_eq!(answer["item"]["name"], name);
        assert_eq!(answer["item"]["description"], "text");
        assert_eq!(
            answer["included"]["cardLabels"].as_array().unwrap().len(),
            1
        );
        assert_eq!(answer["included"]["tasks"][0]["isCompleted"], true);
    }
}
