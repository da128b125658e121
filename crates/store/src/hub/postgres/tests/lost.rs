//! Connections that are lost, above all around the end of a transaction.

use super::wire::{Break, Wire};
use super::*;

/// How a transaction that writes begins.
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";

/// A hub over a wire, and the same one without.
struct Scene {
    wire: Wire,
    hub: PostgresHub,
    direct: PostgresHub,
    task: HubId,
}

impl Scene {
    /// Makes a hub with one task.
    async fn new(server: &PostgresServer, database: &str, at: Break) -> Self {
        let direct = furnished(database, 1).await;
        let task = tasks(&direct).await.remove(0);
        let wire = Wire::to(server.port(), at).await;
        let hub = open(&wire.url(database, server.port())).await;
        Self {
            wire,
            hub,
            direct,
            task,
        }
    }

    /// Makes two changes of the task in one call, the second upon the first.
    async fn two_changes(&self) -> Result<Vec<HubOutcome>, PostgresError> {
        let writes = [
            set(&self.task, 1, TaskStatus::Blocked),
            set(&self.task, 2, TaskStatus::Done),
        ];
        perform(&self.hub, &writes).await
    }

    /// Returns the version of the task, past the wire.
    async fn version(&self) -> u64 {
        rows(&self.direct).await.tasks[0].state.version.0
    }
}

fn versions(outcomes: &[HubOutcome]) -> Vec<u64> {
    let version = |outcome: &HubOutcome| match outcome {
        HubOutcome::Done(made) => made.version.0,
        other => panic!("{other:?}"),
    };
    outcomes.iter().map(version).collect()
}

#[test]
fn what_a_lost_answer_was_about_is_found_out_and_not_done_twice() {
    for at in [
        Break::Before(BEGIN),
        Break::After(BEGIN),
        Break::Before("COMMIT"),
        Break::After("COMMIT"),
    ] {
        with_server(async |server, database| {
            let scene = Scene::new(server, &database, at).await;
            scene.wire.arm(1);
            let answer = scene.two_changes().await;
            let outcomes = answer.unwrap_or_else(|error| panic!("{at:?}: {}", said(&error)));
            assert_eq!(scene.wire.armed(), 0, "{at:?}: it did break");
            assert_eq!(
                versions(&outcomes),
                [2, 3],
                "{at:?}: as if nothing had happened"
            );
            assert_eq!(scene.version().await, 3, "{at:?}");
        });
    }
}

#[test]
fn a_connection_that_is_lost_again_is_named_and_nothing_is_half_done() {
    for at in [Break::Before(BEGIN), Break::Before("COMMIT")] {
        with_server(async |server, database| {
            let scene = Scene::new(server, &database, at).await;
            scene.wire.arm(2);
            let error = scene.two_changes().await.unwrap_err();
            assert!(
                matches!(error, PostgresError::Lost { .. }),
                "{at:?}: {}",
                said(&error)
            );
            assert_eq!(scene.version().await, 1, "{at:?}");
            let outcomes = scene.two_changes().await.unwrap();
            assert_eq!(versions(&outcomes), [2, 3], "the next call connects anew");
        });
    }
}

#[test]
fn what_cannot_be_found_out_is_said_and_may_be_repeated() {
    with_server(async |server, database| {
        let mut scene = Scene::new(server, &database, Break::After("COMMIT")).await;
        scene.hub.session.asked = (2, Duration::ZERO);
        scene.wire.arm(1);
        scene.wire.cut();
        let error = scene.two_changes().await.unwrap_err();
        assert!(
            matches!(error, PostgresError::Unsettled { .. }),
            "{}",
            said(&error)
        );
        assert_eq!(scene.version().await, 3, "it was made");
        scene.hub = open(&database).await;
        let outcomes = scene.two_changes().await.unwrap();
        assert!(
            matches!(outcomes[0], HubOutcome::Regression { .. }),
            "{outcomes:?}"
        );
        assert!(
            matches!(outcomes[1], HubOutcome::AlreadySo(_)),
            "{outcomes:?}"
        );
        assert_eq!(scene.version().await, 3, "and not made twice");
    });
}

#[test]
fn a_connection_cut_while_it_is_idle_or_reads_is_made_anew() {
    with_server(async |server, database| {
        let hub = furnished(&database, 1).await;
        for n in 0..3 {
            server.sql(
                &database,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                 WHERE datname = current_database() AND application_name = 'onward'",
            );
            if n == 1 {
                // The driver learns of it before the next call.
                tokio::task::yield_now().await;
            }
            assert_eq!(rows(&hub).await.tasks.len(), 1);
        }
        let scene = Scene::new(
            server,
            &server.database(),
            Break::After("BEGIN ISOLATION LEVEL REPEATABLE"),
        )
        .await;
        scene.wire.arm(1);
        assert_eq!(rows(&scene.hub).await.tasks.len(), 1);
        scene.wire.arm(2);
        let error = scene.hub.repositories().await.unwrap_err();
        assert!(
            matches!(error, PostgresError::Lost { .. }),
            "{}",
            said(&error)
        );
    });
}

#[test]
fn a_call_that_is_given_up_leaves_nothing_to_the_next() {
    with_server(async |_, database| {
        let (hub, other) = (furnished(&database, 1).await, open(&database).await);
        let task = tasks(&hub).await.remove(0);
        let write = [set(&task, 1, TaskStatus::Blocked)];
        let mut given_up = Box::pin(perform(&hub, &write));
        tokio::select! {
            biased;
            _ = &mut given_up => panic!("it takes longer than one look"),
            () = std::future::ready(()) => {}
        }
        drop(given_up);
        let outcomes = perform(&other, &write).await.unwrap();
        assert_eq!(versions(&outcomes), [2], "nothing is locked for long");
        let outcomes = perform(&hub, &[set(&task, 2, TaskStatus::Done)])
            .await
            .unwrap();
        assert_eq!(versions(&outcomes), [3]);
    });
}
