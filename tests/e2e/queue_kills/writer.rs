//! A writer at work while rows move and while they are sent: none of its rows is lost.

use super::flush::World;
use super::scene::{Before, Into, Rows};
use camino::Utf8Path;
use rusqlite::Connection;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// A flush goes on as long as somebody queues, so somebody has to stop.
const MOST: usize = 100;

/// Appends as the other program does, one connection for each row, until it is over, and once at
/// least; returns the ids.
fn append(path: &Utf8Path, name: &str, over: &AtomicBool) -> BTreeSet<String> {
    let mut written = BTreeSet::new();
    loop {
        let file = Connection::open(path).unwrap();
        file.busy_timeout(Duration::from_secs(5)).unwrap();
        let id = format!("{name}-{}", written.len());
        let insert = "INSERT INTO queue (event_id, event_type, data, timestamp)
                      VALUES (?1, 't', json_object('event_id', ?1, 'event_type', 't'), 1)";
        file.execute(insert, [&id]).unwrap();
        written.insert(id);
        if over.load(Ordering::Relaxed) || written.len() == MOST {
            return written;
        }
    }
}

fn ids(rows: &Rows) -> BTreeSet<String> {
    rows.events.iter().map(|(id, _)| id.clone()).collect()
}

#[test]
fn what_is_queued_while_rows_move_is_not_lost() {
    for into in [Into::Rows, Into::Empty] {
        let scene = Before::new(into, 2000).scene();
        let (legacy, scoped) = (scene.home.legacy_path(), scene.scoped());
        let over = AtomicBool::new(false);
        let written = std::thread::scope(|threads| {
            let writers = [(&legacy, "old"), (&scoped, "new")].map(|(path, name)| {
                let over = &over;
                threads.spawn(move || append(path, name, over))
            });
            let ran = scene.env.run(&["sync-migrate"]);
            over.store(true, Ordering::Relaxed);
            assert_eq!(ran.code, Some(0), "{into:?}: {}", ran.transcript());
            writers.map(|writer| writer.join().unwrap())
        });
        // What came last is still in the legacy file.
        scene.env.run(&["sync-migrate"]).expect(0);
        assert_eq!(Rows::of(&legacy), Rows::default());
        let there = ids(&Rows::of(&scoped));
        for written in written {
            assert!(written.is_subset(&there), "{into:?}");
        }
    }
}

#[test]
fn what_is_queued_while_rows_are_sent_is_not_lost() {
    let world = World::new();
    world.saas.script().latency(Duration::from_millis(20));
    let over = AtomicBool::new(false);
    let mut written = std::thread::scope(|threads| {
        let raw = threads.spawn(|| append(world.queue.path(), "raw", &over));
        let ours = threads.spawn(|| {
            let mut queued = BTreeSet::new();
            for _ in 0..8 {
                let id = format!("ours-{}", queued.len());
                let event = format!(r#"{{"event_id": "{id}", "event_type": "t"}}"#);
                let event = world.env.write(&format!("{id}.json"), event);
                let ran = world.env.run(&["enqueue", "--event", event.as_str()]);
                assert_eq!(ran.code, Some(0), "{}", ran.transcript());
                queued.insert(id);
            }
            queued
        });
        let ran = world.env.run(&["sync-now"]);
        over.store(true, Ordering::Relaxed);
        assert_eq!(ran.code, Some(0), "{}", ran.transcript());
        let mut written = raw.join().unwrap();
        written.extend(ours.join().unwrap());
        written
    });
    for id in &ids(&Rows::of(world.queue.path())) {
        assert!(world.saas.applied(id) == 0, "{id} was sent and not deleted");
        written.remove(id);
    }
    for id in written {
        assert_eq!(world.saas.applied(&id), 1, "{id}");
    }
}
