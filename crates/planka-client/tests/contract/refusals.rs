//! What the server does not let happen.

use crate::stage::{BOTH, Scene, settings};
use planka_client::{Credentials, Planka};
use sync_core::adapter::{Board, Outcome};
use sync_core::board::Position;
use sync_core::write::Write;
use test_support::{Role, Version};

#[tokio::test]
async fn what_the_server_refuses_is_told_with_its_reason() {
    for version in BOTH {
        let scene = Scene::new(version).await;
        let create = |name: &str| Write::CreateCard {
            list: scene.list.clone(),
            name: name.into(),
            description: String::new(),
            position: Position(1.0),
        };
        let outcome = scene.planka.perform(&create("")).await;
        let Outcome::Refused { reason } = outcome else {
            panic!("{outcome:?}")
        };
        assert!(reason.contains("name"), "{reason}");
        scene.fake.journal().clear();
        let outcome = scene.planka.perform(&create("a\0b")).await;
        let Outcome::Refused { reason } = outcome else {
            panic!("{outcome:?}")
        };
        assert!(reason.contains("NUL"), "{reason}");
        assert!(scene.lines().is_empty());
    }
}

#[tokio::test]
async fn a_viewer_is_denied_and_a_stranger_finds_nothing() {
    for version in BOTH {
        let scene = Scene::new(version).await;
        let people = scene.fake.people();
        let board = people.board("Demo", "Changes");
        people.set_role(board, people.administrator(), Role::Viewer);
        let denied = Outcome::Denied {
            reason: "Not enough rights".into(),
            logged_out: false,
        };
        assert_eq!(scene.planka.perform(&scene.create_card()).await, denied);
        assert_eq!(scene.planka.perform(&scene.rename_card()).await, denied);
        people.remove_member(board, people.administrator());
        let gone = Outcome::Superseded {
            reason: "List not found".into(),
        };
        assert_eq!(scene.planka.perform(&scene.create_card()).await, gone);
        people.revoke(people.administrator());
        let outcome = scene.planka.perform(&scene.create_card()).await;
        assert!(
            matches!(
                outcome,
                Outcome::Denied {
                    logged_out: true,
                    ..
                }
            ),
            "{outcome:?}"
        );
        assert_eq!(scene.fake.people().cards(board, "add-undo").len(), 0);
    }
}

#[tokio::test]
async fn who_may_make_no_projects_is_denied() {
    let scene = Scene::new(Version::V2).await;
    let people = scene.fake.people();
    let user = people.add_user("member");
    let key = Credentials::Key(people.api_key_of(user).into());
    let planka = Planka::connect(settings(scene.fake.url(), key))
        .await
        .unwrap();
    let outcome = planka
        .perform(&Write::CreateProject {
            name: "Mine".into(),
        })
        .await;
    assert!(
        matches!(
            outcome,
            Outcome::Denied {
                logged_out: false,
                ..
            }
        ),
        "{outcome:?}"
    );
}
