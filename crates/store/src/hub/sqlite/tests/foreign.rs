//! Other programs at the file: what the schema itself refuses.

use super::*;
use rusqlite::Connection;
use sync_core::status::{Rank, Status};

fn refused(client: &Connection, statement: &str, why: &str) {
    let error = client.execute(statement, []).unwrap_err().to_string();
    assert!(error.contains(why), "{statement}: {error}");
}

#[test]
fn no_client_lowers_a_rank_unless_it_counts_a_reopen() {
    let home = Home::new();
    let hub = furnished(&home, 1);
    let before = rows(&hub);
    let client = Connection::open(home.path()).unwrap();
    let set = |table: &str, what: &str| format!("UPDATE {table} SET version = version + 1, {what}");
    client
        .execute(&set("tasks", "status = 'done'"), [])
        .unwrap();
    for what in ["status = 'todo'", "status = 'wait'", "status = 'halfway'"] {
        refused(
            &client,
            &set("tasks", what),
            "a rank falls only by a reopen",
        );
        let lowered = format!("{what}, reopens = reopens + 2");
        refused(&client, &set("tasks", &lowered), "a rank falls only");
    }
    for what in ["status = 'proposed'", "status = 'halfway'"] {
        refused(&client, &set("workplans", what), "a rank falls only");
    }
    assert_eq!(before.workplans, rows(&hub).workplans);
    let reopened = set("tasks", "status = 'todo', reopens = reopens + 1");
    assert_eq!(client.execute(&reopened, []).unwrap(), 1);
    let state = &rows(&hub).tasks[0].state;
    assert_eq!((state.version, state.reopens), (Version(3), 1));
}

#[test]
fn no_client_changes_a_row_without_a_new_version() {
    let home = Home::new();
    let hub = furnished(&home, 1);
    let before = rows(&hub);
    let client = Connection::open(home.path()).unwrap();
    for table in ["tasks", "workplans"] {
        for what in [
            "status = 'archived', version = version - 1",
            "title = 'other'",
            "title = 'other', version = version + 2",
            "version = version + 1, reopens = reopens - 1",
        ] {
            let statement = format!("UPDATE {table} SET {what}");
            refused(&client, &statement, "next version");
        }
        refused(&client, &replacing(table), "is there already");
    }
    assert_eq!(rows(&hub), before);
}

/// Puts another row in the place of each.
fn replacing(table: &str) -> String {
    let owner = match table {
        "tasks" => ", workplan_id",
        _ => "",
    };
    format!(
        "INSERT OR REPLACE INTO {table} (id, title, status, changed_by{owner})
         SELECT id, 'other', 'todo', ''{owner} FROM {table}"
    )
}

#[test]
fn words_have_the_same_ranks_as_in_the_core() {
    fn compare<S: Status>(client: &Connection, table: &str) {
        let mut number = 0;
        for (_, word, rank, aliases) in S::TABLE {
            let words = [word].into_iter().chain(*aliases);
            for spelt in
                words.flat_map(|word| [(*word).to_owned(), format!(" {}\n", word.to_uppercase())])
            {
                number += 1;
                assert_eq!(
                    ranked(client, table, number, &spelt),
                    Some(*rank),
                    "{spelt:?}"
                );
            }
        }
        assert_eq!(ranked(client, table, 0, "halfway"), None);
    }
    fn ranked(client: &Connection, table: &str, n: i64, word: &str) -> Option<Rank> {
        let insert = match table {
            "tasks" => {
                "INSERT INTO tasks (id, workplan_id, title, status, changed_by)
                        SELECT 'x' || ?1, id, '', ?2, '' FROM workplans LIMIT 1"
            }
            _ => {
                "INSERT INTO workplans (id, title, status, changed_by) VALUES ('x' || ?1, '', ?2, '')"
            }
        };
        client.execute(insert, rusqlite::params![n, word]).unwrap();
        let query = format!("SELECT rank FROM {table} WHERE id = 'x' || ?1");
        let number: Option<u8> = client.query_row(&query, [n], |row| row.get(0)).unwrap();
        let ranks = TaskStatus::TABLE.iter().map(|row| row.2);
        let mut ranks = ranks.chain(WorkplanStatus::TABLE.iter().map(|row| row.2));
        number.map(|number| ranks.find(|rank| rank.number() == number).unwrap())
    }
    let home = Home::new();
    drop(furnished(&home, 0));
    let client = Connection::open(home.path()).unwrap();
    compare::<TaskStatus>(&client, "tasks");
    compare::<WorkplanStatus>(&client, "workplans");
}

#[test]
fn what_a_cell_cannot_hold_is_damage() {
    let home = Home::new();
    let hub = furnished(&home, 1);
    let client = Connection::open(home.path()).unwrap();
    client
        .execute_batch(
            "PRAGMA ignore_check_constraints = ON; DROP TRIGGER task_version_grows;
             UPDATE tasks SET version = -1;",
        )
        .unwrap();
    let error = block_on(hub.read(&Slug::new("shop"))).unwrap_err();
    assert!(matches!(error, Error::Damaged { .. }), "{error:?}");
}
