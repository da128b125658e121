//! Scripted faults, hooks and the journal, as a client sees them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use super::{FakePlanka, Version, Visitor, Wire, board_and_list};
use crate::{Fault, When};

/// A server with a board, and the path for creating cards in its list.
fn start() -> (FakePlanka, String) {
    let planka = FakePlanka::start(Version::V2);
    let (_, list) = board_and_list(&planka);
    (planka, format!("/api/lists/{list}/cards"))
}

fn create(planka: &FakePlanka, path: &str) -> std::io::Result<super::Answer> {
    let bearer = format!("Bearer {}", planka.token());
    let body = json!({ "name": "a card", "position": 65536, "type": "project" });
    Wire::new(planka.url()).send(
        "POST",
        path,
        &[("authorization", &bearer)],
        body.to_string(),
    )
}

fn cards(planka: &FakePlanka) -> usize {
    planka.dump()["cards"].as_object().unwrap().len()
}

#[test]
fn each_fault_shows_as_it_says_and_carries_out_or_not() {
    let whole = {
        let (planka, path) = start();
        create(&planka, &path).unwrap().body.len()
    };
    let (refused, done) = (0, 1);
    for (fault, expected, made) in [
        (Fault::not_enough_rights(), Ok(403), refused),
        (Fault::status(503), Ok(503), refused),
        (Fault::rate_limit(None), Ok(429), refused),
        (Fault::Delay(Duration::from_millis(1)), Ok(200), done),
        (
            Fault::Dribble {
                every: Duration::from_micros(1),
            },
            Ok(200),
            done,
        ),
        (Fault::Garbage, Ok(200), refused),
        (Fault::Html, Ok(200), refused),
        (Fault::Truncated, Ok(200), done),
        (Fault::Huge { bytes: 300_000 }, Ok(200), refused),
        (Fault::CutBefore, Err(()), refused),
        (Fault::LoseReply, Err(()), done),
        (Fault::CutHalfway, Err(()), done),
        (Fault::GoAway, Err(()), refused),
    ] {
        let (planka, path) = start();
        planka.script().fault(When::writes().nth(1), fault.clone());
        let answer = create(&planka, &path);
        let status = answer.as_ref().map(|answer| answer.status).map_err(|_| ());
        assert_eq!(status, expected, "{fault:?}");
        assert_eq!(cards(&planka), made, "{fault:?}");
        assert_eq!(planka.journal().counters().faults, 1, "{fault:?}");
        assert_eq!(planka.journal().requests()[0].fault, Some(fault.clone()));
        let is_json = answer
            .as_ref()
            .is_ok_and(|answer| serde_json::from_slice::<serde_json::Value>(&answer.body).is_ok());
        match (fault, answer) {
            (Fault::Truncated, Ok(answer)) => {
                assert_eq!((answer.body.len(), is_json), (whole / 2, false));
            }
            (Fault::Garbage | Fault::Html, Ok(_)) => assert!(!is_json),
            (Fault::Huge { bytes }, Ok(answer)) => {
                assert_eq!((answer.body.len(), is_json), (bytes, true));
            }
            (Fault::Delay(_) | Fault::Dribble { .. }, Ok(_)) => assert!(is_json),
            _ => {}
        }
    }
}

#[test]
fn half_of_the_body_arrives_before_the_cut() {
    let (planka, _) = start();
    let mut wire = Wire::new(planka.url());
    let whole = wire.send("GET", "/api/bootstrap", &[], "").unwrap();
    planka.script().fault(When::any(), Fault::CutHalfway);
    let error = wire.send("GET", "/api/bootstrap", &[], "").unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof);
    let half = &whole.body[..whole.body.len() / 2];
    assert_eq!(wire.broken_body, half);
    assert_eq!(planka.journal().requests()[1].status, Some(200));
}

#[test]
fn retry_after_is_sent_as_given() {
    let (planka, path) = start();
    let script = planka.script();
    script.fault(When::any().nth(1), Fault::rate_limit(Some("2")));
    script.fault(When::any().nth(2), Fault::rate_limit(None));
    let answer = create(&planka, &path).unwrap();
    assert_eq!(answer.header("retry-after"), Some("2"));
    let answer = create(&planka, &path).unwrap();
    assert_eq!((answer.status, answer.header("retry-after")), (429, None));
    assert_eq!(create(&planka, &path).unwrap().status, 200);
}

#[test]
fn a_server_that_went_away_refuses_until_it_is_back() {
    let (planka, path) = start();
    planka.script().fault(When::any().since(2), Fault::GoAway);
    assert!(create(&planka, &path).is_ok());
    assert!(create(&planka, &path).is_err());
    planka.go_away();
    let refused = create(&planka, &path).unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
    planka.script().clear();
    planka.come_back();
    assert!(create(&planka, &path).is_ok());
    assert_eq!(cards(&planka), 2);
}

#[test]
fn hooks_run_before_and_after_a_write_takes_effect() {
    let (planka, path) = start();
    let seen: Arc<[AtomicUsize; 2]> = Arc::default();
    let count = |index: usize| {
        let (seen, people) = (Arc::clone(&seen), planka.people());
        let board = people.board("Demo", "Changes");
        move |_: &crate::Request| {
            let cards = people.cards(board, "a card").len();
            seen[index].store(cards, Ordering::SeqCst);
        }
    };
    planka.script().before(When::writes().nth(2), count(0));
    planka.script().after(When::writes().nth(2), count(1));
    for _ in 0..3 {
        create(&planka, &path).unwrap();
    }
    let seen: Vec<usize> = seen.iter().map(|n| n.load(Ordering::SeqCst)).collect();
    assert_eq!(seen, [1, 2]);
}

#[test]
fn requests_wait_for_the_latency_side_by_side() {
    let (planka, path) = start();
    let latency = Duration::from_millis(30);
    planka.script().latency(latency);
    let started = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| create(&planka, &path).unwrap());
        }
    });
    assert!(started.elapsed() >= latency);
    let counters = planka.journal().counters();
    assert!(counters.max_in_flight > 1, "{counters:?}");
    assert_eq!((counters.requests, counters.writes), (4, 4));
    assert_eq!(counters.connections, 4);
}

#[test]
fn the_journal_tells_what_was_asked() {
    let (planka, path) = start();
    let mut visitor = Visitor::new(&planka);
    let body = visitor.new_card("told", 65536.0);
    visitor.post(&path, &body);
    visitor.get("/api/projects?x=1");
    let requests = planka.journal().requests();
    assert_eq!(planka.journal().writes(), requests[..1]);
    assert_eq!(requests[0].line(), format!("POST {path}"));
    assert_eq!(requests[0].json(), body);
    let bearer = format!("Bearer {}", visitor.token);
    assert_eq!(requests[0].header("authorization"), Some(bearer.as_str()));
    assert_eq!(
        (requests[1].path.as_str(), requests[1].query.as_str()),
        ("/api/projects", "x=1")
    );
    assert_eq!(requests[1].connection, requests[0].connection, "kept alive");
    assert_eq!(planka.journal().counters().connections, 1);
    planka.journal().clear();
    visitor.get("/api/projects");
    assert_eq!(planka.journal().requests()[0].number, 3);
}

#[test]
fn a_server_ends_with_its_handle() {
    let (planka, path) = start();
    let url = planka.url().to_owned();
    create(&planka, &path).unwrap();
    drop(planka);
    let error = Wire::new(&url).send("GET", "/", &[], "").unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionRefused);
}
