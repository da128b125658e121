//! A flush on a line that fails and by a process that is killed: each row is with the server once, or
//! still in the queue, or set aside with its reason.

use super::scene::{Chance, Rows};
use super::{killed_when, scene};
use serde_json::Value;
use std::process::Child;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use test_support::{
    FakeSaas, Fault, Limits, Machine, QueueFile, Ran, Request, Schema, SpecKittyHome, TestEnv, When,
};

const ROWS: u64 = 30;

/// A server, and a queue that is to be sent to it.
pub(super) struct World {
    pub(super) env: TestEnv,
    pub(super) saas: FakeSaas,
    pub(super) queue: QueueFile,
}

impl World {
    pub(super) fn new() -> Self {
        let mut env = crate::scene::env();
        env.set("SPEC_KITTY_ENABLE_SAAS_SYNC", "1");
        let saas = FakeSaas::start();
        saas.limit(Limits {
            events: 10,
            ..Limits::default()
        });
        let home = SpecKittyHome::at(&env.home());
        home.config(&format!("[sync]\nserver_url = \"{}\"\n", saas.url()))
            .session(&SpecKittyHome::sample_session(), &Machine::this());
        let scope = format!("{}|dev@example.test|team-a", saas.url());
        let queue = home.scoped(&scope, Schema::current());
        queue.fill(0..ROWS);
        Self { env, saas, queue }
    }

    fn spawn(&self) -> Child {
        self.env.spawn(&["sync-now"])
    }

    /// Asserts that no row is lost and none counts twice. `rows` are those that were queued.
    #[track_caller]
    pub(super) fn check(&self, rows: &Rows, when: &str) {
        let left = Rows::of(self.queue.path());
        for (id, data) in &rows.events {
            let applied = self.saas.applied(id);
            assert!(applied <= 1, "{when}: {id} took effect {applied} times");
            let waits = left.events.iter().chain(&left.kept);
            let waits = waits.filter(|(other, _)| other == id).count();
            assert!(waits <= 1 && waits + applied > 0, "{when}: {id} is lost");
            if let Some(mut sent) = self.saas.event(id) {
                let sent = sent.as_object_mut().unwrap();
                assert_eq!(sent.remove("team_slug"), Some(FakeSaas::TEAM.into()));
                let queued: Value = serde_json::from_str(data).unwrap();
                assert_eq!(queued.as_object(), Some(&*sent), "{when}: {id}");
            }
        }
        let stored = self.saas.stored_contents();
        for (path, content) in &rows.bodies {
            let stored = stored.iter().filter(|body| body["artifact_path"] == **path);
            let stored: Vec<_> = stored.map(|body| &body["content_body"]).collect();
            assert!(
                stored.is_empty() || stored == [&Value::from(content.as_str())],
                "{when}"
            );
            let waits = left.bodies.iter().chain(&left.kept);
            let waits = waits.filter(|(other, _)| other == path).count();
            assert!(
                waits <= 1 && waits + stored.len() > 0,
                "{when}: {path} is lost"
            );
        }
    }

    /// Lets nothing fail any more, and asserts that all arrives but what was set aside.
    #[track_caller]
    pub(super) fn complete(&self, rows: &Rows, when: &str) -> Rows {
        self.saas.script().clear();
        let ran = self.env.run(&["sync-now"]);
        assert!(
            matches!(ran.code, Some(0 | 1)),
            "{when}: {}",
            ran.transcript()
        );
        // Nobody waits here for a body's next turn.
        self.queue
            .execute("UPDATE body_upload_queue SET next_attempt_at = 0");
        let ran = self.env.run(&["sync-now"]);
        assert_eq!(ran.code, Some(0), "{when}: {}", ran.transcript());
        self.check(rows, when);
        let left = Rows::of(self.queue.path());
        assert!(
            left.events.is_empty() && left.bodies.is_empty(),
            "{when}: {left:?}"
        );
        left
    }
}

/// All that can be scripted for a request.
fn faults() -> Vec<Fault> {
    let limited = |retry_after: &str| Fault::rate_limit(Some(retry_after));
    vec![
        Fault::bad_batch(&[]),
        Fault::bad_batch(&[("nobody", "unknown")]),
        Fault::bad_batch_in_text(&[("nobody", "unknown")]),
        Fault::without_results(),
        Fault::unauthorized(),
        Fault::no_private_team(),
        Fault::not_enough_rights(),
        Fault::too_large(),
        limited("0"),
        limited("3600"),
        limited("Sat, 21 Nov 2026 00:00:00 GMT"),
        Fault::rate_limit(None),
        Fault::status(404),
        Fault::status(500),
        Fault::status(503),
        Fault::Delay(Duration::from_millis(50)),
        Fault::Dribble {
            every: Duration::from_micros(200),
        },
        Fault::CutBefore,
        Fault::LoseReply,
        Fault::CutHalfway,
        Fault::Garbage,
        Fault::Html,
        Fault::Truncated,
        Fault::Huge { bytes: 100 << 20 },
        Fault::GoAway,
    ]
}

#[test]
fn whatever_the_line_does_each_row_arrives_once_or_waits() {
    // Each waits most of the time, so they wait together.
    std::thread::scope(|threads| {
        for fault in faults() {
            threads.spawn(move || {
                for path in [FakeSaas::BATCH, FakeSaas::CONTENT] {
                    // To a body that means that it was taken.
                    if path == FakeSaas::CONTENT && fault == Fault::without_results() {
                        continue;
                    }
                    let world = World::new();
                    let rows = Rows::of(world.queue.path());
                    let second = When::request("POST", path).nth(2);
                    world.saas.script().fault(second, fault.clone());
                    let ran: Ran = world.env.run(&["sync-now"]);
                    let when = format!("{fault:?} at {path}: {}", ran.transcript());
                    assert!(matches!(ran.code, Some(0 | 1)), "{when}");
                    world.check(&rows, &when);
                    if fault == Fault::GoAway {
                        world.saas.come_back();
                    }
                    let left = world.complete(&rows, &when);
                    assert!(left.kept.len() <= 1, "{when}: {:?}", left.kept);
                }
            });
        }
    });
}

#[test]
fn a_flush_killed_around_any_request_loses_and_doubles_nothing() {
    for carried_out in [true, false] {
        for fault in [None, Some(Fault::LoseReply)] {
            let world = World::new();
            let rows = Rows::of(world.queue.path());
            let mut kills = 0;
            // On what the run before has left, so each gets a little further.
            loop {
                world.saas.script().clear();
                let victim: Arc<Mutex<Option<Child>>> = Arc::default();
                let hold = victim.clone();
                let shoot = move |_: &Request| {
                    if let Some(child) = hold.lock().unwrap().as_mut() {
                        child.kill().unwrap();
                    }
                };
                let nth = When::request("POST", "/api/**").nth(1 + kills % 2);
                if let Some(fault) = &fault {
                    let other = When::request("POST", "/api/**").nth(2 - kills % 2);
                    world.saas.script().fault(other, fault.clone());
                }
                if carried_out {
                    world.saas.script().after(nth, shoot);
                } else {
                    world.saas.script().before(nth, shoot);
                }
                // Held until the process is there to be killed.
                let mut slot = victim.lock().unwrap();
                *slot = Some(world.spawn());
                drop(slot);
                let code = loop {
                    let mut slot = victim.lock().unwrap();
                    let child = slot.as_mut().unwrap();
                    if let Some(status) = child.try_wait().unwrap() {
                        break status.code();
                    }
                    drop(slot);
                    std::thread::yield_now();
                };
                let when = format!("{carried_out}, {fault:?}, kill {kills}");
                world.check(&rows, &when);
                if code.is_some() || kills == 12 {
                    break;
                }
                kills += 1;
            }
            assert!(kills > 1, "only {kills} were killed in time");
            world.complete(&rows, &format!("{carried_out}, {fault:?}"));
        }
    }
}

#[test]
fn flushes_killed_at_random_lose_and_double_nothing() {
    random_kills(4, Chance(4));
}

#[test]
#[ignore = "a soak of a minute or two"]
fn many_flushes_killed_at_random_lose_and_double_nothing() {
    random_kills(300, Chance::fresh());
}

fn random_kills(kills: usize, mut chance: Chance) {
    let seed = chance.0;
    let faults: Vec<Fault> = faults()
        .into_iter()
        .filter(|fault| !matches!(fault, Fault::GoAway | Fault::Huge { .. }))
        // To a body that means that it was taken.
        .filter(|fault| *fault != Fault::without_results())
        .collect();
    let (mut world, mut killed) = (World::new(), 0);
    let mut rows = Rows::of(world.queue.path());
    while killed < kills {
        let script = world.saas.script();
        script.clear();
        let nth = 1 + chance.below(6);
        let fault = faults[chance.below(faults.len())].clone();
        script.fault(When::any().nth(nth), fault.clone());
        let (requests, mut left) = (chance.below(8), chance.below(2000));
        let mut child = world.spawn();
        let before = world.saas.journal().requests().len();
        let was_killed = killed_when(&mut child, || {
            let arrived = world.saas.journal().requests().len() - before;
            left -= usize::from(arrived >= requests && left > 0);
            left == 0
        });
        let when = format!("seed {seed}, kill {killed}, {fault:?} at {nth}");
        world.check(&rows, &when);
        killed += usize::from(was_killed);
        if Rows::of(world.queue.path()).events.len() < 10 {
            world.complete(&rows, &when);
            world = World::new();
            rows = Rows::of(world.queue.path());
        }
    }
    world.complete(&rows, &format!("seed {seed}"));
}

#[test]
fn a_flush_killed_while_it_commits_is_taken_up_by_the_next() {
    let world = World::new();
    let rows = Rows::of(world.queue.path());
    // Who reads holds a commit up once its journal is written.
    let reader = scene::read(world.queue.path());
    let mut child = world.spawn();
    assert!(killed_when(&mut child, || scene::has_journal(
        world.queue.path()
    )));
    drop(reader);
    assert!(scene::has_journal(world.queue.path()));
    world.check(&rows, "killed in a commit");
    world.complete(&rows, "killed in a commit");
    assert_eq!(world.saas.applied_ids().len(), rows.events.len());
}
