//! fix-consistency killed anywhere: nothing is lost, what is a person's stays as it is, and the next
//! run completes what was begun.

use rusqlite::{Connection, OpenFlags};
use shop::{Shop, TURN};
use std::time::{Duration, Instant};

mod calls;
mod shop;
mod trouble;

/// How long something in the background may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// How many random moments every run of the tests tries, and how many there are.
const MOMENTS: (u32, u32) = (100, 1000);

/// Kills before or after every n-th call of git, from `first` on in steps, until a run gets through.
fn killed_at_calls_of_git(first: usize, step: usize) {
    let mut shop = Shop::new();
    for when in ["KILL_BEFORE", "KILL_AFTER"] {
        for n in (first..).step_by(step) {
            shop.make_work();
            let mut command = shop.through_wrapper(&["--fix", "--push"]);
            let status = command.env(when, n.to_string()).status().unwrap();
            shop.nothing_is_lost();
            shop.completes(1);
            if status.code().is_some() {
                assert!(n > 30, "{when}: only {n} calls of git");
                break;
            }
        }
    }
    shop.has_nothing_to_do();
}

#[test]
fn killed_at_some_calls_of_git() {
    killed_at_calls_of_git(2, 6);
}

#[test]
#[ignore = "takes minutes"]
fn killed_at_all_calls_of_git() {
    killed_at_calls_of_git(1, 1);
}

#[test]
fn killed_after_any_write_to_the_hub() {
    let mut shop = Shop::new();
    for n in 1.. {
        shop.make_work();
        let killed = killed_after_hub_write(&shop, n);
        shop.nothing_is_lost();
        shop.completes(TURN);
        if !killed {
            assert!(n > 2, "the hub was written only {n} times");
            break;
        }
    }
    shop.has_nothing_to_do();
}

/// Kills a run when others see its n-th change of the hub; says whether there was one.
fn killed_after_hub_write(shop: &Shop, n: usize) -> bool {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let hub = Connection::open_with_flags(shop.hub(), flags).unwrap();
    let changes = || hub.query_row("PRAGMA data_version", [], |row| row.get::<_, i64>(0));
    let mut last = changes().unwrap();
    let mut seen = 0;
    let mut child = shop.env.spawn(&shop.arguments(&["--fix"]));
    while child.try_wait().unwrap().is_none() {
        let now = changes().unwrap();
        seen += usize::from(now != last);
        last = now;
        if seen == n {
            test_support::kill(&mut child);
            return true;
        }
        std::thread::yield_now();
    }
    false
}

/// A hook that kills between the edit of the files and their commit: Onward alone, while git goes on
/// or gives up, in the first commit (ids) and in the second (statuses).
#[test]
fn killed_between_edit_and_commit() {
    let mut shop = Shop::new();
    for commit in [1, 2] {
        for ends in [0, 1] {
            shop.make_work();
            shop.hook(&format!(
                "echo . >> {count}\n[ \"$(wc -l < {count})\" -eq {commit} ] || exit 0\n\
                 kill -9 \"$(ps -o ppid= -p $PPID | tr -d ' ')\"\nexit {ends}\n",
                count = shop.env.work().join("count"),
            ));
            let ran = shop.env.run(&shop.arguments(&["--fix"]));
            assert_eq!(ran.code, None, "{}", ran.transcript());
            shop.wait_for_git();
            shop.no_hook();
            shop.nothing_is_lost();
            shop.completes(1);
        }
    }
    shop.has_nothing_to_do();
}

/// Git killed as well leaves its lock, which only a person may take away: that is said, and no more is
/// done to files until then.
#[test]
fn killed_together_with_git() {
    let mut shop = Shop::new();
    shop.make_work();
    shop.hook("kill -9 \"$(ps -o ppid= -p $PPID | tr -d ' ')\" $PPID\n");
    let ran = shop.env.run(&shop.arguments(&["--fix"]));
    assert_eq!(ran.code, None, "{}", ran.transcript());
    shop.no_hook();
    shop.nothing_is_lost();
    let lock = shop.dir.join(".git/index.lock");
    assert!(lock.exists());
    let told = shop.env.run(&shop.arguments(&["--fix"])).expect(1).stdout;
    assert!(
        told.contains("C-21") && told.contains("index.lock"),
        "{told}"
    );
    shop.nothing_is_lost();
    std::fs::remove_file(lock).unwrap();
    shop.completes(1);
    shop.has_nothing_to_do();
}

/// Kills at moments spread over the time a run takes.
fn killed_at_moments(moments: u32) {
    let mut shop = Shop::new();
    shop.make_work();
    let begun = Instant::now();
    shop.completes(1);
    let whole = begun.elapsed();
    let mut killed = 0;
    for moment in 0..moments {
        shop.make_work();
        // The golden section spreads them evenly, however many there are.
        let share = (f64::from(moment) * 0.618_033_988_749_894_9).fract();
        let at = whole.mul_f64(share);
        let begun = Instant::now();
        let mut child = shop.env.spawn(&shop.arguments(&["--fix"]));
        while begun.elapsed() < at && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        killed += u32::from(test_support::kill(&mut child).code().is_none());
        shop.nothing_is_lost();
        // What git had begun it may still be at.
        shop.completes(TURN);
    }
    assert!(killed > moments / 4, "only {killed} were killed in time");
    shop.has_nothing_to_do();
}

#[test]
fn killed_at_some_moments() {
    killed_at_moments(MOMENTS.0);
}

#[test]
#[ignore = "takes many minutes"]
fn killed_at_many_moments() {
    killed_at_moments(MOMENTS.1);
}
