use super::*;
use crate::secrets::Secrets;
use sync_core::board::Position;
use sync_core::ids::{BoardId, CardId, LabelId, ListId, TaskId};
use sync_core::write::{SeenCard, SeenTask};

fn create_list() -> Write {
    Write::CreateList {
        board: BoardId::new("1"),
        name: "Done".into(),
        position: Position(1.0),
    }
}

fn attach() -> Write {
    Write::AttachLabel {
        card: CardId::new("1"),
        label: LabelId::new("2"),
    }
}

fn update() -> Write {
    let seen = SeenCard {
        list: ListId::new("1"),
        name: "a".into(),
        description: String::new(),
    };
    Write::UpdateCard {
        card: CardId::new("1"),
        seen,
        name: None,
        description: None,
        place: None,
    }
}

fn delete() -> Write {
    let seen = SeenTask {
        name: "a".into(),
        done: false,
    };
    Write::DeleteTask {
        task: TaskId::new("1"),
        seen,
    }
}

fn update_task(done: Option<bool>) -> Write {
    let seen = SeenTask {
        name: "a".into(),
        done: false,
    };
    Write::UpdateTask {
        task: TaskId::new("1"),
        seen,
        name: None,
        done,
        task_list: None,
        position: Some(Position(1.0)),
    }
}

fn answer(status: u16, content_type: &str, body: &str) -> Answer {
    Answer {
        request: "POST http://h/api/x".into(),
        status,
        content_type: content_type.into(),
        body: body.into(),
        location: None,
        retry_after: None,
        secrets: Secrets::default(),
    }
}

fn answered(write: &Write, status: u16, content_type: &str, body: &str) -> Outcome {
    let answer = answer(status, content_type, body);
    outcome(Version::V2, write, Ok(answer))
}

fn json(write: &Write, status: u16, body: &str) -> Outcome {
    answered(write, status, "application/json", body)
}

const MISSING: &str = r#"{"code":"E_NOT_FOUND","message":"Card not found"}"#;

#[test]
fn a_create_names_what_it_made() {
    let done = |made: &str| Outcome::Done { made: made.into() };
    assert_eq!(
        json(&create_list(), 200, r#"{"item":{"id":"17"}}"#),
        done("17")
    );
    assert_eq!(json(&update(), 200, r#"{"item":{"id":"17"}}"#), done(""));
}

#[test]
fn a_success_that_is_not_understood_is_none() {
    for (kind, body) in [
        ("application/json", r#"{"item":{}}"#),
        ("application/json", r#"{"item":{"id":"1"#),
        ("application/json", ""),
        ("text/html", r#"{"item":{"id":"17"}}"#),
    ] {
        assert!(
            matches!(
                answered(&create_list(), 200, kind, body),
                Outcome::Unknown { .. }
            ),
            "{body}"
        );
        assert!(
            matches!(
                answered(&update(), 200, kind, body),
                Outcome::Transient { .. }
            ),
            "{body}"
        );
    }
}

#[test]
fn what_is_so_already_is_as_good() {
    assert_eq!(json(&attach(), 409, "{}"), Outcome::AlreadySo);
    assert_eq!(json(&delete(), 404, MISSING), Outcome::AlreadySo);
    assert!(matches!(
        json(&create_list(), 409, "{}"),
        Outcome::Refused { .. }
    ));
}

#[test]
fn what_is_gone_supersedes_a_change() {
    for write in [update(), create_list(), attach()] {
        let reason = "Card not found".into();
        assert_eq!(json(&write, 404, MISSING), Outcome::Superseded { reason });
    }
}

#[test]
fn a_404_that_is_not_about_an_object_says_nothing_about_it() {
    for write in [update(), create_list(), delete()] {
        assert!(matches!(
            answered(&write, 404, "text/html", MISSING),
            Outcome::Refused { .. }
        ));
        assert!(matches!(
            json(&write, 404, r#"{"code":"E_NOT_FOUND"}"#),
            Outcome::Refused { .. }
        ));
    }
    let project = Write::CreateProject { name: "a".into() };
    let denied = json(&project, 404, r#"{"code":"E_NOT_FOUND"}"#);
    assert!(matches!(
        denied,
        Outcome::Denied {
            logged_out: false,
            ..
        }
    ));
    assert!(matches!(
        answered(&project, 404, "text/html", ""),
        Outcome::Refused { .. }
    ));
}

#[test]
fn a_refusal_is_told_apart_from_a_denial() {
    let body = r#"{"code":"E","message":"Bad.","problems":["x"]}"#;
    for status in [400, 405, 413, 422, 431] {
        assert_eq!(
            json(&update(), status, body),
            Outcome::Refused {
                reason: "Bad. x".into()
            }
        );
    }
    assert!(matches!(
        json(&update(), 401, body),
        Outcome::Denied {
            logged_out: true,
            ..
        }
    ));
    for write in [update(), update_task(None)] {
        assert!(matches!(
            json(&write, 403, body),
            Outcome::Denied {
                logged_out: false,
                ..
            }
        ));
    }
}

#[test]
fn a_linked_task_of_2_x_is_no_want_of_rights() {
    let body = r#"{"code":"E_FORBIDDEN","message":"Not enough rights"}"#;
    let tick = update_task(Some(true));
    assert_eq!(
        json(&tick, 403, body),
        Outcome::Refused {
            reason: "Not enough rights, as for a task that is linked to a card".into()
        }
    );
    let answer = answer(403, "application/json", body);
    let outcome = outcome(Version::V1, &tick, Ok(answer));
    assert!(matches!(outcome, Outcome::Denied { .. }), "{outcome:?}");
}

#[test]
fn trouble_leaves_a_create_unknown_unless_it_was_turned_away() {
    for status in [302, 408, 500, 502, 503, 504] {
        assert!(
            matches!(json(&create_list(), status, ""), Outcome::Unknown { .. }),
            "{status}"
        );
        assert!(
            matches!(json(&update(), status, ""), Outcome::Transient { .. }),
            "{status}"
        );
    }
    let outcome = json(&create_list(), 429, "");
    assert!(matches!(outcome, Outcome::Transient { .. }), "{outcome:?}");
}

#[test]
fn a_lost_answer_leaves_a_create_unknown() {
    let lost = || {
        Err(Error::Broken {
            request: "POST x".into(),
            source: "reset".into(),
        })
    };
    let reason = || "the connection broke during POST x: reset".to_owned();
    assert_eq!(
        outcome(Version::V2, &create_list(), lost()),
        Outcome::Unknown { reason: reason() }
    );
    assert_eq!(
        outcome(Version::V2, &update(), lost()),
        Outcome::Transient { reason: reason() }
    );
    let unsent = Err(Error::Unreachable {
        url: "http://h".into(),
        source: "refused".into(),
    });
    assert!(matches!(
        outcome(Version::V2, &create_list(), unsent),
        Outcome::Transient { .. }
    ));
}
