//! Servers that refuse, and databases that hold no hub, or another version of it.

use super::*;
use futures_util::future::join_all;
use sync_core::ids::RepositoryId;

#[test]
fn looking_makes_nothing_and_refuses_to_write() {
    with_server(async |server, database| {
        assert!(
            PostgresHub::open_existing(&database)
                .await
                .unwrap()
                .is_none()
        );
        assert!(PostgresHub::open_made(&database).await.unwrap().is_none());
        let schemas = "SELECT count(*) FROM pg_namespace WHERE nspname = 'onward'";
        assert_eq!(server.sql(&database, schemas), "0");
        drop(furnished(&database, 2).await);
        let looking = PostgresHub::open_existing(&database)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(rows(&looking).await.tasks.len(), 2);
        assert_eq!(looking.repositories().await.unwrap().len(), 1);
        let error = perform(&looking, &[]).await.unwrap_err();
        assert!(
            matches!(error, PostgresError::Looking { .. }),
            "{}",
            said(&error)
        );
        let writing = PostgresHub::open_made(&database).await.unwrap().unwrap();
        assert_eq!(perform(&writing, &[]).await.unwrap(), []);
        let by_socket = server.socket_url(database.rsplit('/').next().unwrap());
        assert_eq!(rows(&open(&by_socket).await).await.tasks.len(), 2);
    });
}

#[test]
fn what_is_no_hub_is_named_and_left_alone() {
    with_server(async |server, database| {
        for foreign in [
            "CREATE SCHEMA onward; CREATE TABLE onward.things (n INT)",
            "DROP TABLE onward.things; CREATE TABLE onward.hub (n INT); INSERT INTO onward.hub VALUES (1)",
            "TRUNCATE onward.hub",
            "ALTER TABLE onward.hub ADD application TEXT, ADD version INT;
             INSERT INTO onward.hub VALUES (1, 'other', 1)",
        ] {
            server.sql(&database, foreign);
            for error in [
                PostgresHub::open(&database).await.unwrap_err(),
                PostgresHub::open_existing(&database).await.unwrap_err(),
            ] {
                assert!(
                    matches!(error, PostgresError::OtherApplication { .. }),
                    "{foreign}: {}",
                    said(&error)
                );
            }
        }
        assert_eq!(
            server.sql(&database, "SELECT n, version FROM onward.hub"),
            "1|1"
        );
    });
}

#[test]
fn an_older_hub_is_upgraded_by_who_writes_and_a_newer_one_is_refused() {
    with_server(async |server, database| {
        drop(furnished(&database, 1).await);
        let next = "CREATE TABLE onward.more (n INT)";
        let steps = [schema::STEPS, &[next]].concat();
        let older = PostgresHub::open_as(&database, Access::Look, &steps)
            .await
            .unwrap_err();
        assert!(
            matches!(
                older,
                PostgresError::Older {
                    found: 1,
                    known: 2,
                    ..
                }
            ),
            "{}",
            said(&older)
        );
        let all = join_all((0..4).map(|_| PostgresHub::open_as(&database, Access::Write, &steps)));
        for opened in all.await {
            assert!(opened.unwrap().1);
        }
        assert_eq!(server.sql(&database, "SELECT version FROM onward.hub"), "2");
        for newer in [
            PostgresHub::open(&database).await.unwrap_err(),
            PostgresHub::open_existing(&database).await.unwrap_err(),
        ] {
            assert!(
                matches!(
                    newer,
                    PostgresError::Newer {
                        found: 2,
                        known: 1,
                        ..
                    }
                ),
                "{}",
                said(&newer)
            );
        }
        // A step that fails leaves the version and everything as it was.
        let steps = [
            &steps[..],
            &["CREATE TABLE onward.yet_more (n INT)", "nonsense"],
        ]
        .concat();
        let failed = PostgresHub::open_as(&database, Access::Make, &steps)
            .await
            .unwrap_err();
        assert!(said(&failed).contains("nonsense"), "{}", said(&failed));
        let left = "SELECT version, to_regclass('onward.yet_more') FROM onward.hub";
        assert_eq!(server.sql(&database, left), "2|");
    });
}

#[test]
fn all_who_open_a_missing_hub_at_once_get_the_same() {
    with_server(async |_, database| {
        let hubs = join_all((0..6).map(|_| open(&database))).await;
        for (n, hub) in hubs.iter().enumerate() {
            let registration = Registration {
                slug: Slug::new(format!("repository-{n}")),
                id: RepositoryId::new(format!("root {n}")),
                remote: None,
                path: None,
            };
            hub.register(&registration).await.unwrap();
        }
        assert_eq!(hubs[0].repositories().await.unwrap().len(), 6);
    });
}

#[test]
fn a_server_that_is_not_to_be_had_is_named_by_the_reason() {
    with_server(async |server, database| {
        let wrong = database.replace(server.password(), "canary");
        let error = PostgresHub::open(&wrong).await.unwrap_err();
        assert!(
            matches!(error, PostgresError::Login { .. }),
            "{}",
            said(&error)
        );
        assert!(!said(&error).contains("canary"));
        let error = PostgresHub::open(&format!("{database}_not"))
            .await
            .unwrap_err();
        assert!(
            matches!(error, PostgresError::NoDatabase { .. }),
            "{}",
            said(&error)
        );
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let elsewhere = database.replace(&format!(":{}/", server.port()), &format!(":{port}/"));
        let silent = PostgresHub::open(&format!("{elsewhere}?connect_timeout=1"))
            .await
            .unwrap_err();
        assert!(
            matches!(silent, PostgresError::Unreachable { .. }),
            "{}",
            said(&silent)
        );
        drop(listener);
        let refused = PostgresHub::open(&elsewhere).await.unwrap_err();
        assert!(
            matches!(refused, PostgresError::Unreachable { .. }),
            "{}",
            said(&refused)
        );
        assert!(said(&refused).contains("refused"), "{}", said(&refused));
    });
}

#[test]
fn who_may_not_write_is_told_so() {
    with_server(async |server, database| {
        let name = database.rsplit('/').next().unwrap();
        let weak = format!("weak_{name}");
        server.sql(
            &database,
            &format!("CREATE ROLE {weak} LOGIN PASSWORD 'weak'"),
        );
        let as_weak = database.replace(
            &format!("onward:{}", server.password()),
            &format!("{weak}:weak"),
        );
        let error = PostgresHub::open(&as_weak).await.unwrap_err();
        assert!(
            matches!(error, PostgresError::Permission { .. }),
            "{}",
            said(&error)
        );
        let hub = furnished(&database, 1).await;
        let task = tasks(&hub).await.remove(0);
        let error = PostgresHub::open(&as_weak).await.unwrap_err();
        assert!(
            matches!(error, PostgresError::Permission { .. }),
            "{}",
            said(&error)
        );
        server.sql(
            &database,
            &format!(
                "GRANT USAGE ON SCHEMA onward TO {weak};
                 GRANT SELECT ON ALL TABLES IN SCHEMA onward TO {weak}"
            ),
        );
        let reader = open(&as_weak).await;
        assert_eq!(rows(&reader).await.tasks.len(), 1);
        let write = [set(&task, 1, TaskStatus::Done)];
        let error = perform(&reader, &write).await.unwrap_err();
        assert!(
            matches!(error, PostgresError::Permission { .. }),
            "{}",
            said(&error)
        );

        server.sql(
            &database,
            &format!("ALTER DATABASE {name} SET default_transaction_read_only = on"),
        );
        let replica = open(&database).await;
        assert_eq!(rows(&replica).await.tasks.len(), 1, "it can be read");
        let error = perform(&replica, &write).await.unwrap_err();
        assert!(
            matches!(error, PostgresError::ReadOnly { .. }),
            "{}",
            said(&error)
        );
        let outcomes = perform(&hub, &write).await.unwrap();
        assert!(matches!(outcomes[0], HubOutcome::Done(_)), "{outcomes:?}");
    });
}

#[test]
fn a_value_that_cannot_be_kept_is_refused_alone() {
    with_server(async |_, database| {
        let hub = furnished(&database, 0).await;
        let plan = rows(&hub).await.workplans[0].id.clone();
        let new = |n: usize, file_id: String, title: &str| HubWrite::CreateTask {
            id: Some(HubId::new(format!("task {n}"))),
            workplan: plan.clone(),
            file_id: FileId::new(file_id),
            title: title.into(),
            status: TaskStatus::Todo,
            priority: None,
        };
        let mut writes: Vec<_> = (0..50).map(|n| new(n, format!("T{n}"), "")).collect();
        writes[7] = new(7, "T7".into(), "a \0 in it");
        let noise = (0..20_000_u32)
            .map(|n| char::from(b'!' + (n.wrapping_mul(2_654_435_761) >> 25) as u8 % 90));
        writes[31] = new(31, noise.collect(), "too long for an index");
        let outcomes = perform(&hub, &writes).await.unwrap();
        for (n, outcome) in outcomes.iter().enumerate() {
            let refused = matches!(outcome, HubOutcome::Refused { .. });
            assert_eq!(refused, [7, 31].contains(&n), "{n}: {outcome:?}");
        }
        assert_eq!(rows(&hub).await.tasks.len(), 48);
        assert!(
            hub.look_up(&BTreeSet::from(["\0".into()]))
                .await
                .unwrap()
                .tasks
                .is_empty()
        );
        let unknown = hub.read(&Slug::new("\0")).await.unwrap_err();
        assert!(
            matches!(unknown, PostgresError::UnknownRepository { .. }),
            "{}",
            said(&unknown)
        );
    });
}
