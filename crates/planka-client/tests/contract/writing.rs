//! Each write is the one request the sheet says, and what comes of it.

use crate::stage::{BOTH, Scene};
use futures_util::future::join_all;
use serde_json::{Value, json};
use std::time::Duration;
use sync_core::adapter::{Board, Outcome};
use sync_core::board::Position;
use sync_core::write::Write;
use test_support::Version;

/// Performs a write and returns its requests with their bodies.
pub(crate) async fn sent(scene: &Scene, write: &Write) -> (Outcome, Vec<(String, Value)>) {
    scene.fake.journal().clear();
    let outcome = scene.planka.perform(write).await;
    let requests = scene.fake.journal().requests();
    (
        outcome,
        requests.iter().map(|r| (r.line(), r.json())).collect(),
    )
}

/// The one request of a write that is done.
pub(crate) async fn one(scene: &Scene, write: &Write) -> (String, Value) {
    let (outcome, mut requests) = sent(scene, write).await;
    assert!(
        matches!(outcome, Outcome::Done { .. }),
        "{write:?}: {outcome:?}"
    );
    assert_eq!(requests.len(), 1, "{write:?}");
    requests.remove(0)
}

pub(crate) const PLACE: Position = Position(327_680.0);

#[tokio::test]
async fn infrastructure_is_made_with_what_the_version_wants() {
    for version in BOTH {
        let scene = Scene::new(version).await;
        let with_type = |mut body: Value, kind: &str| {
            if version == Version::V2 {
                body["type"] = kind.into();
            }
            body
        };
        let name = String::from("New");
        let body = json!({ "name": "New", "position": 327_680.0 });
        let project = Write::CreateProject { name: name.clone() };
        let wanted = (
            "POST /api/projects".into(),
            with_type(json!({ "name": "New" }), "private"),
        );
        assert_eq!(one(&scene, &project).await, wanted);
        let board = Write::CreateBoard {
            project: scene.project.clone(),
            name: name.clone(),
            position: PLACE,
        };
        let wanted = (
            format!("POST /api/projects/{}/boards", scene.project),
            body.clone(),
        );
        assert_eq!(one(&scene, &board).await, wanted);
        let list = Write::CreateList {
            board: scene.board.clone(),
            name: name.clone(),
            position: PLACE,
        };
        let wanted = (
            format!("POST /api/boards/{}/lists", scene.board),
            with_type(body.clone(), "active"),
        );
        assert_eq!(one(&scene, &list).await, wanted);
        let label = Write::CreateLabel {
            board: scene.board.clone(),
            name,
            position: PLACE,
        };
        let mut wanted = (format!("POST /api/boards/{}/labels", scene.board), body);
        wanted.1["color"] = "lagoon-blue".into();
        assert_eq!(one(&scene, &label).await, wanted);
        let snapshot = scene.read().await;
        assert!(
            snapshot
                .lists
                .iter()
                .any(|l| l.name == "New" && l.position == PLACE)
        );
        assert!(
            snapshot
                .labels
                .iter()
                .any(|l| l.name == "New" && l.position == PLACE)
        );
    }
}

#[tokio::test]
async fn a_card_is_made_with_its_description_and_labelled() {
    for version in BOTH {
        let scene = Scene::new(version).await;
        let mut wanted =
            json!({ "name": "add-undo", "position": 196_608.0, "description": "marked" });
        if version == Version::V2 {
            wanted["type"] = "project".into();
        }
        let (line, body) = one(&scene, &scene.create_card()).await;
        assert_eq!(
            (line, body),
            (format!("POST /api/lists/{}/cards", scene.list), wanted)
        );
        let (labels, label) = (["labels", "card-labels"], scene.label.clone());
        let attach = Write::AttachLabel {
            card: scene.card.clone(),
            label,
        };
        let (line, body) = one(&scene, &attach).await;
        let labels = labels[usize::from(version == Version::V2)];
        assert_eq!(line, format!("POST /api/cards/{}/{labels}", scene.card));
        assert_eq!(body, json!({ "labelId": scene.label.as_str() }));
        assert_eq!(scene.planka.perform(&attach).await, Outcome::AlreadySo);
        assert_eq!(scene.read().await.cards[0].labels, [scene.label]);
    }
}

#[tokio::test]
async fn a_card_changes_in_one_request_and_only_where_asked() {
    for version in BOTH {
        let scene = Scene::new(version).await;
        let update = |name: Option<&str>, description: Option<&str>, place| Write::UpdateCard {
            card: scene.card.clone(),
            seen: scene.seen_card(),
            name: name.map(Into::into),
            description: description.map(Into::into),
            place,
        };
        let line = format!("PATCH /api/cards/{}", scene.card);
        let all = update(
            Some("add-redo"),
            Some("Because"),
            Some((scene.other.clone(), PLACE)),
        );
        let wanted = json!({
            "name": "add-redo",
            "description": "Because",
            "listId": scene.other.as_str(),
            "position": 327_680.0,
        });
        assert_eq!(one(&scene, &all).await, (line.clone(), wanted));
        let card = scene.read().await.cards.remove(0);
        assert_eq!(
            (card.name.as_str(), card.description.as_str()),
            ("add-redo", "Because")
        );
        assert_eq!((card.list, card.position), (scene.other.clone(), PLACE));
        let clear = update(None, Some(""), None);
        assert_eq!(
            one(&scene, &clear).await,
            (line, json!({ "description": null }))
        );
        assert_eq!(scene.read().await.cards[0].description, "");
        let (outcome, requests) = sent(&scene, &update(None, None, None)).await;
        assert_eq!((outcome, requests.len()), (Outcome::AlreadySo, 0));
    }
}

#[tokio::test]
async fn tasks_hang_where_the_version_hangs_them() {
    for version in BOTH {
        let scene = Scene::new(version).await;
        let home = match version {
            Version::V1 => format!("/api/cards/{}/tasks", scene.card),
            Version::V2 => format!("/api/task-lists/{}/tasks", scene.task_list),
        };
        let create = Write::CreateTask {
            card: scene.card.clone(),
            task_list: scene.task_list.clone(),
            name: "1.2 Test".into(),
            position: PLACE,
            done: true,
        };
        let wanted = json!({ "name": "1.2 Test", "position": 327_680.0, "isCompleted": true });
        assert_eq!(one(&scene, &create).await, (format!("POST {home}"), wanted));
        let update = |name: Option<&str>, done, position| Write::UpdateTask {
            task: scene.task.clone(),
            seen: Scene::seen_task(),
            name: name.map(Into::into),
            done,
            task_list: None,
            position,
        };
        let line = format!("PATCH /api/tasks/{}", scene.task);
        let tick = update(None, Some(true), None);
        assert_eq!(
            one(&scene, &tick).await,
            (line.clone(), json!({ "isCompleted": true }))
        );
        let both = update(Some("1.1 Build"), None, Some(Position(1.0)));
        let wanted = json!({ "name": "1.1 Build", "position": 1.0 });
        assert_eq!(one(&scene, &both).await, (line, wanted));
        let tasks = scene
            .read()
            .await
            .cards
            .remove(0)
            .task_lists
            .remove(0)
            .tasks;
        let shown: Vec<_> = tasks.iter().map(|t| (t.name.as_str(), t.done)).collect();
        assert_eq!(shown, [("1.1 Build", true), ("1.2 Test", true)]);
        let delete = Write::DeleteTask {
            task: scene.task.clone(),
            seen: Scene::seen_task(),
        };
        assert_eq!(
            one(&scene, &delete).await.0,
            format!("DELETE /api/tasks/{}", scene.task)
        );
        assert_eq!(scene.planka.perform(&delete).await, Outcome::AlreadySo);
        assert!(matches!(
            scene.planka.perform(&tick).await,
            Outcome::Superseded { .. }
        ));
    }
}

#[tokio::test]
async fn task_lists_are_for_the_second_version() {
    let second = Scene::new(Version::V2).await;
    let first = Scene::new(Version::V1).await;
    let name = String::from("Tests");
    let create = |scene: &Scene| Write::CreateTaskList {
        card: scene.card.clone(),
        name: name.clone(),
        position: PLACE,
    };
    let update = |scene: &Scene| Write::UpdateTaskList {
        task_list: scene.task_list.clone(),
        seen: "Tasks".into(),
        name: Some("Build".into()),
        position: None,
    };
    let delete = |scene: &Scene| Write::DeleteTaskList {
        task_list: scene.task_list.clone(),
        seen: "Build".into(),
    };
    let wanted = json!({ "name": "Tests", "position": 327_680.0 });
    let line = format!("POST /api/cards/{}/task-lists", second.card);
    assert_eq!(one(&second, &create(&second)).await, (line, wanted));
    let line = format!("/api/task-lists/{}", second.task_list);
    let wanted = (format!("PATCH {line}"), json!({ "name": "Build" }));
    assert_eq!(one(&second, &update(&second)).await, wanted);
    let shift = Write::UpdateTask {
        task: second.task.clone(),
        seen: Scene::seen_task(),
        name: None,
        done: None,
        task_list: Some(second.read().await.cards[0].task_lists[1].id.clone()),
        position: Some(PLACE),
    };
    assert!(one(&second, &shift).await.1["taskListId"].is_string());
    assert_eq!(
        one(&second, &delete(&second)).await.0,
        format!("DELETE {line}")
    );
    let lists = second.read().await.cards.remove(0).task_lists;
    assert_eq!(
        (lists.len(), lists[0].name.as_str(), lists[0].tasks.len()),
        (1, "Tests", 1)
    );
    for write in [create(&first), update(&first), delete(&first), shift] {
        let (outcome, requests) = sent(&first, &write).await;
        assert!(matches!(outcome, Outcome::Refused { .. }), "{write:?}");
        assert!(requests.is_empty());
    }
}

#[tokio::test]
async fn writes_run_side_by_side_and_their_connections_are_used_again() {
    for version in BOTH {
        let scene = Scene::new(version).await;
        scene.fake.script().latency(Duration::from_millis(20));
        let creates: Vec<_> = (1..=24_u32)
            .map(|n| Write::CreateCard {
                list: scene.list.clone(),
                name: format!("change-{n}"),
                description: String::new(),
                position: Position(f64::from(n + 10) * Position::GAP),
            })
            .collect();
        for eight in creates.chunks(8) {
            let outcomes = join_all(eight.iter().map(|write| scene.planka.perform(write))).await;
            assert!(
                outcomes.iter().all(|o| matches!(o, Outcome::Done { .. })),
                "{outcomes:?}"
            );
        }
        let counters = scene.fake.journal().counters();
        assert_eq!((counters.requests, counters.max_in_flight), (24, 8));
        assert!(
            counters.connections < 8,
            "the first is there already: {counters:?}"
        );
        assert_eq!(scene.read().await.cards.len(), 25);
    }
}
