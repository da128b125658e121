//! What is thrown away, and what stays.

use crate::stage::{BOTH, Scene};
use crate::writing::{PLACE, one, sent};
use serde_json::json;
use sync_core::adapter::{Board, Outcome};
use sync_core::board::Shelf;
use sync_core::ids::{BoardId, LabelId, ListId, ProjectId};
use sync_core::write::Write;
use test_support::Version;

#[tokio::test]
async fn a_discarded_card_goes_to_the_trash_or_for_good() {
    let discard = |scene: &Scene, trash| Write::DiscardCard {
        card: scene.card.clone(),
        seen: scene.seen_card(),
        trash,
    };
    let scene = Scene::new(Version::V2).await;
    let trash = scene.read().await.trash;
    let wanted = json!({ "listId": trash.as_ref().unwrap().as_str() });
    assert_eq!(
        one(&scene, &discard(&scene, trash)).await,
        (format!("PATCH /api/cards/{}", scene.card), wanted)
    );
    let snapshot = scene.read().await;
    assert!(snapshot.cards.is_empty());
    let found = scene.planka.search_shelves(&snapshot, "Why").await.unwrap();
    assert_eq!(
        (found.cards[0].id.clone(), found.cards[0].shelf),
        (scene.card.clone(), Shelf::Trash)
    );
    let (outcome, requests) = sent(&scene, &discard(&scene, None)).await;
    assert!(matches!(outcome, Outcome::Refused { .. }) && requests.is_empty());

    let scene = Scene::new(Version::V1).await;
    let (outcome, requests) = sent(&scene, &discard(&scene, None)).await;
    assert_eq!(
        outcome,
        Outcome::Done {
            made: String::new()
        }
    );
    let lines: Vec<_> = requests.into_iter().map(|(line, _)| line).collect();
    let card = format!("/api/cards/{}", scene.card);
    assert_eq!(
        lines,
        [format!("GET {card}/actions"), format!("DELETE {card}")]
    );
    assert_eq!(
        scene.planka.perform(&discard(&scene, None)).await,
        Outcome::AlreadySo
    );
}

#[tokio::test]
async fn a_card_of_the_first_version_with_comments_is_not_deleted() {
    let scene = Scene::new(Version::V1).await;
    let people = scene.fake.people();
    let board = people.board("Demo", "Changes");
    people.comment(people.card(board, "add-search"), "mine");
    let (card, seen) = (scene.card.clone(), scene.seen_card());
    let outcome = scene
        .planka
        .perform(&Write::DiscardCard {
            card,
            seen,
            trash: None,
        })
        .await;
    assert!(matches!(outcome, Outcome::Superseded { .. }), "{outcome:?}");
    assert_eq!(scene.read().await.cards.len(), 1);
    assert!(scene.fake.journal().writes().is_empty());
}

#[tokio::test]
async fn twins_of_infrastructure_are_removed() {
    for version in BOTH {
        let scene = Scene::new(version).await;
        let make = |write: Write| {
            let scene = &scene;
            async move {
                match scene.planka.perform(&write).await {
                    Outcome::Done { made } => made,
                    other => panic!("{other:?}"),
                }
            }
        };
        let project = ProjectId::new(
            make(Write::CreateProject {
                name: "Twin".into(),
            })
            .await,
        );
        let board = Write::CreateBoard {
            project: project.clone(),
            name: "Twin".into(),
            position: PLACE,
        };
        let board = BoardId::new(make(board).await);
        let list = Write::CreateList {
            board: board.clone(),
            name: "Twin".into(),
            position: PLACE,
        };
        let list = ListId::new(make(list).await);
        let label = Write::CreateLabel {
            board: board.clone(),
            name: "Twin".into(),
            position: PLACE,
        };
        let label = LabelId::new(make(label).await);
        for (write, path) in [
            (
                Write::RemoveList { list: list.clone() },
                format!("lists/{list}"),
            ),
            (
                Write::RemoveLabel {
                    label: label.clone(),
                },
                format!("labels/{label}"),
            ),
            (
                Write::RemoveBoard {
                    board: board.clone(),
                },
                format!("boards/{board}"),
            ),
            (
                Write::RemoveProject {
                    project: project.clone(),
                },
                format!("projects/{project}"),
            ),
        ] {
            assert_eq!(one(&scene, &write).await.0, format!("DELETE /api/{path}"));
            assert_eq!(scene.planka.perform(&write).await, Outcome::AlreadySo);
        }
        assert_eq!(scene.planka.directory().await.unwrap().projects.len(), 1);
    }
}
