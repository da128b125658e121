//! A disk that is full, a hub that is taken or refuses, a hook that fails or hangs: the exit code says
//! so, and nothing is lost.

use super::shop::Shop;
use crate::kanban_disk::without_room;
use rusqlite::Connection;

#[test]
fn a_disk_without_room_is_never_a_success() {
    let mut shop = Shop::new();
    let mut failed = 0;
    for blocks in [0, 1, 2, 4, 8, 16, 32, 64, 128, 256] {
        shop.make_work();
        let arguments = shop.arguments(&["--fix"]);
        let output = without_room(&shop.env, &arguments, blocks);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let code = output.status.code();
        assert!(
            matches!(code, Some(0 | 1 | 3)),
            "{blocks} blocks: {code:?} {said}"
        );
        shop.nothing_is_lost();
        if code == Some(0) {
            shop.has_nothing_to_do();
        } else {
            failed += 1;
            assert!(
                !said.is_empty() || !output.stderr.is_empty(),
                "{blocks} blocks"
            );
        }
        shop.completes(1);
    }
    assert!(failed > 3, "only {failed} had no room");
}

#[test]
fn a_hub_that_another_process_holds_is_named_and_waited_for() {
    let mut shop = Shop::new();
    shop.make_work();
    let holder = Connection::open(shop.hub()).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    let ran = shop.env.run(&shop.arguments(&["--fix"]));
    let told = ran.transcript();
    assert!(
        matches!(ran.code, Some(1 | 3)) && told.contains("hub.sqlite3"),
        "{told}"
    );
    // To look is no trouble.
    shop.env.run(&shop.arguments(&[])).expect(2);
    shop.nothing_is_lost();
    holder.execute_batch("ROLLBACK").unwrap();
    shop.completes(1);
    shop.has_nothing_to_do();
}

#[test]
fn a_hub_that_refuses_one_task_is_a_failure() {
    let mut shop = Shop::new();
    shop.make_work();
    let hub = Connection::open(shop.hub()).unwrap();
    let refuse = "CREATE TRIGGER not_today BEFORE UPDATE ON tasks WHEN NEW.file_id = 'C-T01'
                  BEGIN SELECT RAISE(ABORT, 'not today'); END";
    hub.execute_batch(refuse).unwrap();
    let told = shop.env.run(&shop.arguments(&["--fix"])).expect(1).stdout;
    assert!(
        told.contains("C-21") && told.contains("not today"),
        "{told}"
    );
    shop.nothing_is_lost();
    hub.execute_batch("DROP TRIGGER not_today").unwrap();
    shop.completes(1);
    shop.has_nothing_to_do();
}

#[test]
fn a_hook_that_fails_is_a_failure_until_it_does_not() {
    let mut shop = Shop::new();
    shop.make_work();
    shop.hook("echo not today >&2\nexit 1\n");
    for _ in 0..2 {
        let told = shop.env.run(&shop.arguments(&["--fix"])).expect(1).stdout;
        assert!(
            told.contains("C-21") && told.contains("not today"),
            "{told}"
        );
        shop.nothing_is_lost();
    }
    shop.no_hook();
    shop.completes(1);
    shop.has_nothing_to_do();
}

/// The limit is the two minutes that users' own hooks are given.
#[test]
#[ignore = "takes four minutes"]
fn a_hook_that_hangs_is_stopped() {
    let mut shop = Shop::new();
    shop.make_work();
    shop.hook("exec sleep 600\n");
    let told = shop.env.run(&shop.arguments(&["--fix"])).expect(1).stdout;
    assert!(told.contains("C-21") && told.contains("120"), "{told}");
    shop.nothing_is_lost();
    shop.no_hook();
    shop.completes(1);
    shop.has_nothing_to_do();
}
