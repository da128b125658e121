//! What goes wrong while writing: nothing is made twice, and no riddle is called an answer.

use crate::stage::{BOTH, Scene, short};
use serde_json::json;
use std::time::Duration;
use sync_core::adapter::{Board, Outcome};
use sync_core::write::Write;
use test_support::{Fault, Version, When};

const LONG: Duration = Duration::from_hours(1);

fn creates() -> When {
    When::request("POST", "/api/lists/*/cards")
}

fn updates() -> When {
    When::request("PATCH", "/api/cards/*")
}

/// The outcome of a write, how often it was sent, and how many cards of its name there are then.
async fn write_under(
    version: Version,
    when: When,
    fault: Fault,
    write: fn(&Scene) -> Write,
) -> (Outcome, usize, usize) {
    let scene = Scene::within(version, short()).await;
    scene.fake.script().fault(when, fault);
    let outcome = scene.planka.perform(&write(&scene)).await;
    let sent = scene.lines().len();
    scene.fake.come_back();
    let people = scene.fake.people();
    let board = people.board("Demo", "Changes");
    let made = people.cards(board, "add-undo").len() + people.cards(board, "add-redo").len();
    (outcome, sent, made)
}

#[tokio::test]
async fn a_create_whose_answer_is_lost_is_unknown_and_sent_once() {
    for version in BOTH {
        for (fault, there) in [
            (Fault::LoseReply, 1),
            (Fault::CutHalfway, 1),
            (Fault::Truncated, 1),
            (Fault::Delay(LONG), 1),
            (Fault::CutBefore, 0),
            (Fault::Garbage, 0),
            (Fault::Html, 0),
            (Fault::Huge { bytes: 1 << 20 }, 0),
            (Fault::GoAway, 0),
            (Fault::status(500), 0),
            (Fault::status(502), 0),
            (Fault::status(504), 0),
        ] {
            let (outcome, sent, made) =
                write_under(version, creates(), fault.clone(), Scene::create_card).await;
            assert!(
                matches!(outcome, Outcome::Unknown { .. }),
                "{fault:?}: {outcome:?}"
            );
            assert_eq!((sent, made), (1, there), "{version:?} {fault:?}");
        }
    }
}

#[tokio::test]
async fn a_create_that_was_turned_away_is_tried_again() {
    let fault = || Fault::rate_limit(None);
    let few = creates().first(2);
    let (outcome, sent, made) = write_under(Version::V2, few, fault(), Scene::create_card).await;
    assert!(matches!(outcome, Outcome::Done { .. }), "{outcome:?}");
    assert_eq!((sent, made), (3, 1));
    let (outcome, sent, made) =
        write_under(Version::V2, creates(), fault(), Scene::create_card).await;
    assert!(matches!(outcome, Outcome::Transient { .. }), "{outcome:?}");
    assert_eq!((sent, made), (4, 0));
}

#[tokio::test]
async fn a_create_that_a_proxy_may_have_passed_on_is_not_sent_again() {
    for status in [502, 503, 504] {
        let fault = Fault::status(status);
        let (outcome, sent, _) =
            write_under(Version::V2, creates(), fault, Scene::create_card).await;
        assert!(matches!(outcome, Outcome::Unknown { .. }), "{outcome:?}");
        assert_eq!(sent, 1);
    }
}

#[tokio::test]
async fn a_create_that_could_not_be_sent_is_made_when_the_server_is_back() {
    let scene = Scene::new(Version::V2).await;
    scene.fake.go_away();
    // It finds the old connection closed; a create must not be what finds out.
    scene.planka.read(&scene.board).await.unwrap_err();
    let create = scene.create_card();
    let (outcome, ()) = futures_util::future::join(scene.planka.perform(&create), async {
        tokio::task::yield_now().await;
        scene.fake.come_back();
    })
    .await;
    assert!(matches!(outcome, Outcome::Done { .. }), "{outcome:?}");
    assert_eq!(
        scene
            .fake
            .people()
            .cards(scene.fake.people().board("Demo", "Changes"), "add-undo")
            .len(),
        1
    );
}

#[tokio::test]
async fn a_create_that_cannot_be_sent_is_no_riddle() {
    for version in BOTH {
        let scene = Scene::new(version).await;
        scene.fake.go_away();
        scene.planka.read(&scene.board).await.unwrap_err();
        let outcome = scene.planka.perform(&scene.create_card()).await;
        assert!(matches!(outcome, Outcome::Transient { .. }), "{outcome:?}");
    }
}

#[tokio::test]
async fn a_repeatable_write_is_sent_again_when_its_answer_is_lost() {
    for version in BOTH {
        let passing = [
            Fault::LoseReply,
            Fault::CutBefore,
            Fault::CutHalfway,
            Fault::rate_limit(None),
        ];
        for fault in passing
            .into_iter()
            .chain([502, 503, 504].map(Fault::status))
        {
            let (outcome, sent, made) = write_under(
                version,
                updates().first(3),
                fault.clone(),
                Scene::rename_card,
            )
            .await;
            assert_eq!(
                (outcome, sent, made),
                (
                    Outcome::Done {
                        made: String::new()
                    },
                    4,
                    1
                ),
                "{fault:?}"
            );
        }
        for fault in [
            Fault::GoAway,
            Fault::Html,
            Fault::Garbage,
            Fault::Truncated,
            Fault::status(500),
            Fault::Delay(LONG),
        ] {
            let (outcome, sent, _) =
                write_under(version, updates(), fault.clone(), Scene::rename_card).await;
            assert!(
                matches!(outcome, Outcome::Transient { .. }),
                "{fault:?}: {outcome:?}"
            );
            assert_eq!(sent, 1, "{fault:?}");
        }
    }
}

#[tokio::test]
async fn a_lost_delete_or_attach_is_as_good_as_done() {
    for version in BOTH {
        let scene = Scene::new(version).await;
        scene
            .fake
            .script()
            .fault(When::writes().first(1), Fault::LoseReply);
        let delete = Write::DeleteTask {
            task: scene.task.clone(),
            seen: Scene::seen_task(),
        };
        assert_eq!(scene.planka.perform(&delete).await, Outcome::AlreadySo);
        scene
            .fake
            .script()
            .fault(When::writes().first(1), Fault::LoseReply);
        let attach = Write::AttachLabel {
            card: scene.card.clone(),
            label: scene.label.clone(),
        };
        assert_eq!(scene.planka.perform(&attach).await, Outcome::AlreadySo);
        assert_eq!(scene.read().await.cards[0].labels.len(), 1);
    }
}

#[tokio::test]
async fn what_a_server_says_is_bounded_and_plain() {
    let scene = Scene::new(Version::V2).await;
    let message = format!("\u{1b}[2J{}\n", "x".repeat(10_000));
    let body = json!({ "code": "E_X", "message": message });
    scene.fake.script().fault(
        creates(),
        Fault::Refuse {
            status: 422,
            body,
            retry_after: None,
        },
    );
    let outcome = scene.planka.perform(&scene.create_card()).await;
    let Outcome::Refused { reason } = outcome else {
        panic!("{outcome:?}")
    };
    assert!(
        reason.chars().count() <= 301 && !reason.contains(char::is_control),
        "{reason}"
    );
}
