//! Other programs at the database: what the schema itself refuses.

use super::*;
use sync_core::status::{Status, WorkplanStatus};

#[test]
fn no_client_lowers_a_rank_unless_it_counts_a_reopen() {
    with_server(async |server, database| {
        let hub = furnished(&database, 1).await;
        let before = rows(&hub).await;
        let refused = |table: &str, what: &str| {
            let sql = format!("UPDATE onward.{table} SET version = version + 1, {what}");
            let said = server.try_sql(&database, &sql).unwrap_err();
            assert!(
                said.contains("a rank falls only by a reopen"),
                "{sql}: {said}"
            );
        };
        server.sql(
            &database,
            "UPDATE onward.tasks SET version = version + 1, status = 'done'",
        );
        for what in ["status = 'todo'", "status = ' WAIT '", "status = 'halfway'"] {
            refused("tasks", what);
            refused("tasks", &format!("{what}, reopens = reopens + 2"));
        }
        server.sql(
            &database,
            "UPDATE onward.workplans SET version = version + 1, status = 'active'",
        );
        refused("workplans", "status = 'ready'");
        refused("workplans", "status = 'halfway'");
        assert_eq!(rows(&hub).await.tasks[0].state.version, Version(2));
        server.sql(
            &database,
            "UPDATE onward.tasks SET version = version + 1, status = 'todo', reopens = reopens + 1",
        );
        let now = rows(&hub).await.tasks.remove(0);
        assert_eq!((now.state.version, now.state.reopens), (Version(3), 1));
        assert_eq!(now.status, before.tasks[0].status);
    });
}

#[test]
fn no_client_changes_a_row_without_a_new_version_or_by_its_own_clock() {
    with_server(async |server, database| {
        let hub = furnished(&database, 1).await;
        let before = rows(&hub).await;
        for table in ["tasks", "workplans"] {
            for what in [
                "title = 'other'",
                "title = 'other', version = version + 2",
                "status = 'blocked', version = version - 1",
                "version = version + 1, reopens = reopens - 1",
            ] {
                let sql = format!("UPDATE onward.{table} SET {what}");
                let said = server.try_sql(&database, &sql).unwrap_err();
                assert!(
                    said.contains("every change makes the next version"),
                    "{sql}: {said}"
                );
            }
        }
        assert_eq!(rows(&hub).await, before);
        server.sql(
            &database,
            "UPDATE onward.tasks SET version = version + 1, changed_at = '1999-01-01'",
        );
        let now = rows(&hub).await.tasks[0].state.changed_at;
        assert!(now >= before.tasks[0].state.changed_at, "{now:?}");
    });
}

#[test]
fn words_have_the_same_ranks_as_in_the_core() {
    with_server(async |server, database| {
        drop(open(&database).await);
        compare::<TaskStatus>(server, &database, "task_rank");
        compare::<WorkplanStatus>(server, &database, "workplan_rank");
    });
}

fn compare<S: Status>(server: &PostgresServer, database: &str, function: &str) {
    let ranked = |word: &str| {
        let sql = format!("SELECT onward.{function}(E'{word}')");
        server.sql(database, &sql)
    };
    for (_, word, rank, aliases) in S::TABLE {
        for word in [word].into_iter().chain(*aliases) {
            let rank = rank.number().to_string();
            assert_eq!(ranked(word), rank, "{word}");
            assert_eq!(
                ranked(&format!(" {}\\n", word.to_uppercase())),
                rank,
                "{word}"
            );
        }
    }
    assert_eq!(ranked("halfway"), "");
}

#[test]
fn what_a_cell_cannot_hold_is_named() {
    with_server(async |server, database| {
        let hub = furnished(&database, 1).await;
        server.sql(
            &database,
            "ALTER TABLE onward.tasks DROP CONSTRAINT tasks_version_check;
             ALTER TABLE onward.tasks DISABLE TRIGGER ALL; UPDATE onward.tasks SET version = -1",
        );
        let error = hub.read(&Slug::new("shop")).await.unwrap_err();
        assert!(
            matches!(error, PostgresError::Server { .. }),
            "{}",
            said(&error)
        );
        assert!(said(&error).contains("out of range"), "{}", said(&error));
    });
}
