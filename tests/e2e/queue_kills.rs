//! Queues whose processes are killed: no row is lost, none is there twice, and the next run completes.

mod flush;
mod scene;
mod writer;

use scene::{Before, Chance, Into, Scene, Watch};
use std::process::{Child, Stdio};
use test_support::kill;

/// So many kills of each kind are enough for a change to be tried; the soak makes more.
const FEW: usize = 35;
const MANY: usize = 350;

/// Where a migration is held until it is killed.
#[derive(Clone, Copy, Debug)]
enum Hold {
    /// Before it writes to the scoped file.
    Inserting,
    /// While it commits to the scoped file.
    Committing,
    /// When all rows are in the scoped file, before it deletes in the legacy one.
    Releasing,
    /// While it commits the deletion.
    Deleting,
}

#[test]
fn a_migration_killed_where_it_is_held_is_completed() {
    use Hold::{Committing, Deleting, Inserting, Releasing};
    for (into, hold) in [
        (Into::Rows, Inserting),
        (Into::Rows, Committing),
        (Into::Rows, Releasing),
        (Into::Rows, Deleting),
        (Into::Empty, Committing),
        (Into::Empty, Deleting),
        (Into::Nothing, Deleting),
    ] {
        let before = Before::new(into, 200);
        let scene = before.scene();
        let (legacy, scoped) = (scene.home.legacy_path(), scene.scoped());
        let held = match hold {
            Inserting => scene::lock(&scoped),
            Committing => scene::read(&scoped),
            Releasing => scene::lock(&legacy),
            Deleting => scene::read(&legacy),
        };
        let mut child = scene.spawn();
        let mut turns = 0;
        let killed = killed_when(&mut child, || {
            turns += 1;
            match hold {
                // It has no other choice than to wait, whenever it gets there.
                Inserting => turns > 300,
                Committing => scene::has_journal(&scoped),
                Releasing => scene.scoped_events() == 222,
                Deleting => scene::has_journal(&legacy),
            }
        });
        drop(held);
        let when = format!("{into:?}, {hold:?}");
        assert!(killed, "{when}: it was not held");
        assert_eq!(
            scene::has_journal(&scoped),
            matches!(hold, Committing),
            "{when}"
        );
        assert_eq!(
            scene::has_journal(&legacy),
            matches!(hold, Deleting),
            "{when}"
        );
        before.check(&scene, &when);
        before.complete(&scene);
    }
}

#[test]
fn migrations_killed_at_random_are_completed() {
    for into in Into::ALL {
        random_kills(&Before::new(into, 200), FEW, Chance(4));
    }
}

#[test]
#[ignore = "a soak of a minute or two"]
fn a_thousand_migrations_killed_at_random_are_completed() {
    for into in Into::ALL {
        random_kills(&Before::new(into, 400), MANY, Chance::fresh());
    }
    // Several chunks.
    random_kills(&Before::new(Into::Rows, 6000), 30, Chance::fresh());
}

/// Kills so many runs at random, each on what the one before has left until one gets to its end.
fn random_kills(before: &Before, kills: usize, mut chance: Chance) {
    let (seed, into) = (chance.0, before.into);
    let (mut changes, mut polls) = (0, 0);
    {
        let scene = before.scene();
        let (mut child, mut watch) = (scene.spawn(), Watch::new(&scene.home));
        assert!(!killed_when(&mut child, || {
            changes = watch.changes();
            polls += 1;
            false
        }));
    }
    let mut scene = before.scene();
    let (mut killed, mut ended) = (0, 0);
    while killed < kills {
        assert!(ended <= 3 * kills, "nearly every run is too fast");
        let (nth, mut left) = (chance.below(changes), chance.below(polls / changes));
        let (mut child, mut watch) = (scene.spawn(), Watch::new(&scene.home));
        let was_killed = killed_when(&mut child, || {
            left -= usize::from(watch.changes() >= nth && left > 0);
            left == 0
        });
        before.check(&scene, &format!("{into:?}, seed {seed}, kill {killed}"));
        if was_killed {
            killed += 1;
        } else {
            ended += 1;
            before.complete(&scene);
            scene = before.scene();
        }
    }
    before.complete(&scene);
}

/// Asks until it is time, then kills; returns false if the process had ended well before.
fn killed_when(child: &mut Child, mut is_time: impl FnMut() -> bool) -> bool {
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            assert!(matches!(status.code(), Some(0 | 1)), "{status}");
            return false;
        }
        if is_time() {
            kill(child);
            return true;
        }
        std::thread::yield_now();
    }
}

#[test]
#[ignore = "needs strace; takes minutes"]
fn a_migration_killed_before_any_write_is_completed() {
    let calls =
        "write,pwrite64,ftruncate,fsync,fdatasync,unlink,link,rename,renameat2,openat,mkdir";
    for into in Into::ALL {
        let before = Before::new(into, 40);
        for nth in 1.. {
            let scene = before.scene();
            let inject = format!("inject={calls}:signal=KILL:when={nth}");
            let own = scene.env.command(&["sync-migrate"]);
            let mut traced = scene.command("strace");
            traced.args(["-f", "-qq", "-o", "/dev/null", "-e", &inject]);
            traced.arg(own.get_program()).args(own.get_args());
            let ended = traced.stdout(Stdio::null()).status().unwrap().success();
            before.check(&scene, &format!("{into:?}, killed before write {nth}"));
            before.complete(&scene);
            if ended {
                assert!(nth > 100, "{into:?}: only {nth} writes");
                break;
            }
        }
    }
}

#[test]
fn two_migrations_at_once_move_each_row_once() {
    for into in Into::ALL {
        let before = Before::new(into, 400);
        let scene = before.scene();
        let both = [scene.spawn(), scene.spawn()];
        for child in both {
            let ran = scene.env.finish(child);
            assert_eq!(ran.code, Some(0), "{into:?}: {}", ran.transcript());
        }
        before.check(&scene, &format!("{into:?}"));
        before.complete(&scene);
    }
}

impl Scene {
    fn spawn(&self) -> Child {
        self.env.spawn(&["sync-migrate"])
    }
}
