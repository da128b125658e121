//! What goes wrong while reading: nothing is read as empty, and everything ends.

use crate::stage::{BOTH, Scene, limits, short, try_connect};
use planka_client::{Error, ErrorKind, Limits};
use std::time::Duration;
use sync_core::adapter::{Board, Outcome};
use sync_core::write::Write;
use test_support::{FakePlanka, Fault, Version, When};

const LONG: Duration = Duration::from_hours(1);

fn reads() -> When {
    When::request("GET", "/api/boards/*")
}

async fn read_under(
    version: Version,
    limits: Limits,
    when: When,
    fault: Fault,
) -> (Result<usize, Error>, usize) {
    let scene = Scene::within(version, limits).await;
    scene.fake.script().fault(when, fault);
    let read = scene
        .planka
        .read(&scene.board)
        .await
        .map(|board| board.cards.len());
    (read, scene.lines().len())
}

#[tokio::test]
async fn an_answer_that_is_not_understood_is_an_error_and_not_asked_for_again() {
    for version in BOTH {
        let huge = Fault::Huge { bytes: 3 << 20 };
        for fault in [Fault::Garbage, Fault::Html, Fault::Truncated, huge] {
            let small = Limits {
                answer: 1 << 20,
                ..limits()
            };
            let (read, requests) = read_under(version, small, reads(), fault.clone()).await;
            let error = read.unwrap_err();
            assert!(
                matches!(error, Error::NotUnderstood { .. }),
                "{fault:?}: {error}"
            );
            assert_eq!(error.kind(), ErrorKind::Failed);
            let too_large = error.to_string().contains("larger than 1048576 bytes");
            assert_eq!(too_large, matches!(fault, Fault::Huge { .. }), "{error}");
            assert_eq!(requests, 1, "{fault:?}");
        }
    }
}

#[tokio::test]
async fn a_listing_that_is_not_understood_is_no_empty_one() {
    for version in BOTH {
        let scene = Scene::new(version).await;
        for fault in [
            Fault::Garbage,
            Fault::Html,
            Fault::Truncated,
            Fault::Huge { bytes: 1 << 16 },
        ] {
            scene.fake.script().clear();
            scene
                .fake
                .script()
                .fault(When::request("GET", "/api/projects"), fault.clone());
            let error = scene.planka.directory().await.unwrap_err();
            assert!(
                matches!(error, Error::NotUnderstood { .. }),
                "{fault:?}: {error}"
            );
        }
    }
}

#[tokio::test]
async fn a_shelf_that_cannot_be_searched_is_no_empty_one() {
    let scene = Scene::new(Version::V2).await;
    let snapshot = scene.read().await;
    let trash = format!("/api/lists/{}/cards", snapshot.trash.as_ref().unwrap());
    scene
        .fake
        .script()
        .fault(When::request("GET", &trash), Fault::Html);
    let error = scene
        .planka
        .search_shelves(&snapshot, "Why")
        .await
        .unwrap_err();
    assert!(matches!(error, Error::NotUnderstood { .. }), "{error}");
}

#[tokio::test]
async fn a_read_is_tried_again_after_what_passes() {
    for version in BOTH {
        let passing = [
            Fault::CutBefore,
            Fault::LoseReply,
            Fault::CutHalfway,
            Fault::rate_limit(None),
        ];
        for fault in passing
            .into_iter()
            .chain([500, 502, 503, 504].map(Fault::status))
        {
            let (read, requests) =
                read_under(version, limits(), reads().first(2), fault.clone()).await;
            assert_eq!((read.unwrap(), requests), (1, 3), "{fault:?}");
            let (read, requests) = read_under(version, limits(), reads(), fault.clone()).await;
            let error = read.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unreachable, "{fault:?}: {error}");
            assert_eq!(requests, 4, "{fault:?}");
        }
    }
}

#[tokio::test]
async fn retry_after_is_obeyed_unless_it_is_too_long() {
    for retry_after in ["0", "Sun, 06 Nov 1994 08:49:37 GMT"] {
        let fault = Fault::rate_limit(Some(retry_after));
        let (read, requests) = read_under(Version::V2, limits(), reads().first(1), fault).await;
        assert_eq!((read.unwrap(), requests), (1, 2));
    }
    let fault = Fault::rate_limit(Some("3600"));
    let (read, requests) = read_under(Version::V2, limits(), reads().first(1), fault).await;
    let error = read.unwrap_err();
    assert_eq!(requests, 1);
    assert_eq!(error.hint(), "run again in 3600 seconds");
}

#[tokio::test]
async fn the_budget_ends_the_tries() {
    let scene = Scene::within(
        Version::V2,
        Limits {
            budget: Duration::ZERO,
            ..limits()
        },
    )
    .await;
    scene.fake.script().fault(reads(), Fault::status(503));
    scene.planka.read(&scene.board).await.unwrap_err();
    assert_eq!(scene.lines().len(), 1);
}

#[tokio::test]
async fn what_takes_too_long_ends_and_is_not_asked_for_again() {
    let every = Duration::from_millis(40);
    for (fault, limits) in [
        (
            Fault::Delay(LONG),
            Limits {
                total: LONG,
                ..short()
            },
        ),
        (
            Fault::Dribble { every },
            Limits {
                read: LONG,
                ..short()
            },
        ),
    ] {
        let (read, requests) = read_under(Version::V2, limits, reads(), fault.clone()).await;
        let error = read.unwrap_err();
        assert!(
            matches!(error, Error::TimedOut { .. }),
            "{fault:?}: {error}"
        );
        assert_eq!(requests, 1);
    }
}

#[tokio::test]
async fn a_server_that_goes_away_half_way_is_unreachable() {
    for version in BOTH {
        let (read, _) = read_under(version, limits(), reads(), Fault::GoAway).await;
        assert_eq!(read.unwrap_err().kind(), ErrorKind::Unreachable);
    }
}

#[tokio::test]
async fn a_404_of_a_proxy_is_no_404_of_planka() {
    for version in BOTH {
        let scene = Scene::new(version).await;
        scene.fake.script().fault(When::any(), Fault::status(404));
        let delete = Write::DeleteTask {
            task: scene.task.clone(),
            seen: Scene::seen_task(),
        };
        assert!(matches!(
            scene.planka.perform(&delete).await,
            Outcome::Refused { .. }
        ));
        assert!(matches!(
            scene.planka.perform(&scene.rename_card()).await,
            Outcome::Refused { .. }
        ));
        let error = scene.planka.read(&scene.board).await.unwrap_err();
        assert!(matches!(error, Error::Refused { .. }), "{error}");
    }
}

#[tokio::test]
async fn the_probe_tells_trouble_from_another_version() {
    for version in BOTH {
        let fake = FakePlanka::start(version);
        fake.script()
            .fault(When::request("GET", "/api/bootstrap"), Fault::status(503));
        let error = try_connect(&fake, limits()).await.unwrap_err();
        assert!(
            matches!(error, Error::Trouble { status: 503, .. }),
            "{error}"
        );
        fake.script().clear();
        fake.script()
            .fault(When::request("GET", "/api/bootstrap"), Fault::Garbage);
        let error = try_connect(&fake, limits()).await.unwrap_err();
        assert!(matches!(error, Error::NotUnderstood { .. }), "{error}");
    }
}
