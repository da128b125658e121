//! What a read shows, and what it costs.

use crate::stage::{BOTH, Scene};
use planka_client::Error;
use sync_core::adapter::Board;
use sync_core::board::Shelf;
use test_support::Version;

#[tokio::test]
async fn comments_members_and_attachments_are_seen() {
    for version in BOTH {
        let scene = Scene::new(version).await;
        let people = scene.fake.people();
        let card = people.card(people.board("Demo", "Changes"), "add-search");
        people.comment(card, "one");
        people.add_card_member(card, people.administrator());
        let traces = scene.read().await.cards[0].traces;
        let comments = usize::from(version == Version::V2);
        assert_eq!(
            (traces.comments, traces.members, traces.attachments),
            (comments, 1, 0)
        );
    }
}

#[tokio::test]
async fn the_shelves_are_searched_with_one_request_each() {
    let scene = Scene::new(Version::V2).await;
    let people = scene.fake.people();
    let board = people.board("Demo", "Changes");
    let list = people.list(board, "To Do");
    for (n, name) in (1..=50).zip(std::iter::repeat("archived")) {
        people.archive(people.add_card(list, name, Some(&format!("key=a%20b n={n}."))));
    }
    people.archive(people.add_card(list, "key=a%20b n=7.", Some("the name alone")));
    people.trash(people.add_card(list, "thrown", Some("key=a%20b n=7.")));
    let snapshot = scene.read().await;
    scene.fake.journal().clear();
    let found = scene
        .planka
        .search_shelves(&snapshot, "key=a%20b n=7.")
        .await
        .unwrap();
    let shown: Vec<_> = found
        .cards
        .iter()
        .map(|c| (c.name.as_str(), c.shelf))
        .collect();
    assert_eq!(
        shown,
        [("archived", Shelf::Archive), ("thrown", Shelf::Trash)]
    );
    assert!(!found.capped);
    let requests = scene.fake.journal().requests();
    assert_eq!(requests.len(), 2);
    assert!(
        scene
            .planka
            .search_shelves(&snapshot, "key=a%20b")
            .await
            .unwrap()
            .capped
    );
    let none = scene
        .planka
        .search_shelves(&snapshot, "no such text")
        .await
        .unwrap();
    assert_eq!((none.cards.len(), none.capped), (0, false));
    let first = Scene::new(Version::V1).await;
    let snapshot = first.read().await;
    first.fake.journal().clear();
    assert_eq!(
        first
            .planka
            .search_shelves(&snapshot, "x")
            .await
            .unwrap()
            .cards,
        []
    );
    assert!(first.lines().is_empty());
}

#[tokio::test]
async fn a_board_that_is_gone_is_missing_not_empty() {
    for version in BOTH {
        let scene = Scene::new(version).await;
        scene
            .fake
            .people()
            .delete_board(scene.fake.people().board("Demo", "Changes"));
        let error = scene.planka.read(&scene.board).await.unwrap_err();
        assert!(matches!(error, Error::Missing { .. }), "{error}");
    }
}

#[tokio::test]
async fn cards_of_a_deleted_list_are_out_of_sight() {
    for version in BOTH {
        let scene = Scene::new(version).await;
        let people = scene.fake.people();
        people.delete_list(people.list(people.board("Demo", "Changes"), "To Do"));
        let snapshot = scene.read().await;
        assert!(snapshot.cards.is_empty());
        assert_eq!(snapshot.lists.len(), 1);
    }
}
