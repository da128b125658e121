//! Many writers at the same rows, with connections that are cut at any moment.

use super::*;
use futures_util::future::{join, join_all};
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use test_support::contract::hub::contest::{assert_one_history, fight};

/// A failure after which nothing was written; any other would make the histories incomplete.
fn undone(error: &PostgresError) {
    let harmless = matches!(
        error,
        PostgresError::Lost { .. } | PostgresError::Unreachable { .. }
    );
    assert!(harmless, "{}", said(error));
}

/// Lets so many writers on connections of their own fight, and cuts one connection after each so
/// many rounds of any of them.
async fn contest(database: &str, writers: u64, rounds: usize, cut_after: usize) {
    let hub = furnished(database, 6).await;
    let config: tokio_postgres::Config = format!("{database}?application_name=cutter")
        .parse()
        .unwrap();
    let (cutter, connection) = config.connect(tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let (done, cuts) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let between = async |_| {
        if done.fetch_add(1, Ordering::Relaxed) % cut_after == cut_after - 1 {
            let cut = "SELECT count(pg_terminate_backend(pid)) FROM (
                           SELECT pid FROM pg_stat_activity
                           WHERE datname = current_database() AND application_name = 'onward'
                           ORDER BY random() LIMIT 2) AS victims";
            let count: i64 = cutter.query_typed_one(cut, &[]).await.unwrap().get(0);
            cuts.fetch_add(usize::try_from(count).unwrap(), Ordering::Relaxed);
        }
    };
    let hubs = join_all((0..writers).map(|_| open(database))).await;
    let fights = hubs
        .iter()
        .zip(1..)
        .map(|(hub, seed)| fight(hub, seed, rounds, undone, between));
    let changes = join_all(fights).await.concat();
    assert!(changes.len() > rounds, "they did fight: {}", changes.len());
    assert!(cuts.into_inner() > rounds, "and were cut off");
    assert_one_history(&hub, &changes).await;
}

#[test]
fn sixty_four_writers_lose_nothing_and_lower_nothing_whatever_is_cut() {
    with_server(async |_, database| contest(&database, 64, 12, 8).await);
}

#[test]
fn eight_writers_lose_nothing_however_often_they_are_cut() {
    with_server(async |_, database| contest(&database, 8, 30, 3).await);
}

#[test]
fn threads_that_make_the_same_rows_make_each_once() {
    with_server(async |_, database| {
        let hub = furnished(&database, 0).await;
        let plan = rows(&hub).await.workplans[0].id.clone();
        let new = |n: usize| HubWrite::CreateTask {
            id: Some(HubId::new(format!("task {n}"))),
            workplan: plan.clone(),
            file_id: FileId::new(format!("T{n}")),
            title: String::new(),
            status: TaskStatus::Todo,
            priority: None,
        };
        let (start, made) = (Barrier::new(4), AtomicUsize::new(0));
        std::thread::scope(|threads| {
            for turn in 0..4 {
                let (start, made, database, new) = (&start, &made, &database, &new);
                threads.spawn(move || {
                    block_on(async {
                        let hub = open(database).await;
                        // Each in an order of its own, in batches that overlap.
                        let mut writes: Vec<_> = (0..120).map(new).collect();
                        writes.rotate_left(turn * 30);
                        start.wait();
                        for part in writes.chunks(24) {
                            for outcome in perform(&hub, part).await.unwrap() {
                                match outcome {
                                    HubOutcome::Done(_) => {
                                        made.fetch_add(1, Ordering::Relaxed);
                                    }
                                    HubOutcome::AlreadySo(_) => {}
                                    other => panic!("{other:?}"),
                                }
                            }
                        }
                    });
                });
            }
        });
        assert_eq!(made.into_inner(), 120);
        assert_eq!(rows(&hub).await.tasks.len(), 120);
    });
}

#[test]
fn batches_that_cross_each_other_all_go_through() {
    with_server(async |_, database| {
        let (hub, other) = (furnished(&database, 40).await, open(&database).await);
        let mut ids = tasks(&hub).await;
        let batch = |ids: &[HubId], status| -> Vec<_> {
            // No two writes that follow each other fit one statement.
            let plans = |id: &HubId| {
                [
                    set(id, 1, status),
                    HubWrite::MarkSynced {
                        repository: Slug::new("shop"),
                    },
                ]
            };
            ids.iter().flat_map(plans).collect()
        };
        let forth = batch(&ids, TaskStatus::Done);
        ids.reverse();
        let back = batch(&ids, TaskStatus::Cancelled);
        let (one, two) = join(perform(&hub, &forth), perform(&other, &back)).await;
        let count = |outcomes: &[HubOutcome]| {
            let done = |outcome: &&HubOutcome| matches!(outcome, HubOutcome::Done(_));
            outcomes.iter().filter(done).count()
        };
        let (one, two) = (one.unwrap(), two.unwrap());
        assert_eq!(
            count(&one) + count(&two),
            40 + 80,
            "each task once, each mark: {one:?} {two:?}"
        );
    });
}
