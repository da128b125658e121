use super::super::test_files::{cleared, scope};
use super::*;
use serde_json::{Value, json};
use sync_core::flush::RowFate;
use sync_core::gate::LoginSource;
use sync_core::identity;
use test_support::{
    BodyRow, ContentAnswer, EventAnswer, EventRow, FakeSaas, Fault, Limits, QueueFile, Schema,
    SpecKittyHome, When,
};

const SCOPE: &str = SpecKittyHome::SAMPLE_SCOPE;

struct World {
    saas: FakeSaas,
    home: SpecKittyHome,
    queue: QueueFile,
}

fn world() -> World {
    let home = SpecKittyHome::new();
    let queue = home.scoped(SCOPE, Schema::current());
    World {
        saas: FakeSaas::start(),
        home,
        queue,
    }
}

fn login(saas: &FakeSaas) -> Login {
    Login {
        who: identity::Login {
            scope: scope(),
            server_url: saas.url().into(),
        },
        via: LoginSource::Session,
        server: saas.url().into(),
        team: FakeSaas::TEAM.into(),
        token: Some(FakeSaas::TOKEN.to_owned().into()),
    }
}

impl World {
    fn flush(&self) -> FlushOutcome {
        self.watched(&mut |_| ())
    }

    fn watched(&self, watch: &mut dyn FnMut(FlushStep<'_>)) -> FlushOutcome {
        let home = Home::at(self.home.root());
        let flush = Flush::open(cleared(), &home, &login(&self.saas), b"", 2e9).unwrap();
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(flush.run(&AtomicBool::new(false), watch))
            .unwrap()
    }

    fn events(&self, ids: &[&str]) {
        let rows: Vec<_> = ids.iter().map(|id| EventRow::new(id)).collect();
        self.queue.events(&rows);
    }

    fn left(&self) -> (i64, i64) {
        (
            self.queue.count("queue"),
            self.queue.count("body_upload_queue"),
        )
    }

    fn column(&self, sql: &str) -> Vec<String> {
        let file = Connection::open(self.queue.path()).unwrap();
        let mut statement = file.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    }
}

#[test]
fn what_is_queued_arrives_and_is_deleted() {
    let world = world();
    world.events(&["A", "B"]);
    let body = BodyRow::new("spec.md", "# Späc\n");
    world.queue.bodies(std::slice::from_ref(&body));
    world.saas.knows_event(json!({"event_id": "B"}));
    let outcome = world.flush();
    assert_eq!((outcome.events.taken, outcome.events.duplicates), (1, 1));
    assert!(outcome.events.is_complete() && outcome.bodies.unwrap().is_complete());
    assert_eq!(world.left(), (0, 0));
    let event = world.saas.event("A").unwrap();
    assert_eq!(event["team_slug"], FakeSaas::TEAM);
    assert_eq!(world.saas.stored_contents()[0]["content_body"], "# Späc\n");
}

#[test]
fn what_the_server_does_not_take_stays_or_is_set_aside() {
    let world = world();
    world.events(&["A", "B", "C", "D"]);
    world
        .queue
        .execute("UPDATE queue SET data = '{\"a\": [{\"feature_slug\": 1}]}' WHERE event_id = 'B'");
    world
        .queue
        .execute("UPDATE queue SET data = 'nonsense' WHERE event_id = 'C'");
    world
        .saas
        .answer_event("D", EventAnswer::rejected("not today"));
    let outcome = world.flush();
    assert_eq!(
        (
            outcome.events.taken,
            outcome.events.refused,
            outcome.events.set_aside
        ),
        (1, 1, 2)
    );
    assert_eq!(
        world.column("SELECT event_id || retry_count FROM queue"),
        ["D1"]
    );
    let kept = world.column("SELECT origin || ': ' || reason FROM set_aside ORDER BY row_id");
    assert_eq!(
        kept[0],
        "flush: the server takes no event with a key feature_slug"
    );
    assert!(
        kept[1].starts_with("flush: not an event: it is not JSON"),
        "{kept:?}"
    );
    let row: Value = serde_json::from_str(&world.column("SELECT row FROM set_aside")[1]).unwrap();
    assert_eq!(
        (&row["event_id"], &row["data"]),
        (&json!("C"), &json!("nonsense"))
    );
}

#[test]
fn advertised_limits_are_kept() {
    let world = world();
    world.events(&["A", "B", "C"]);
    let limits = Limits {
        events: 2,
        ..Limits::default()
    };
    world.saas.limit(limits);
    world.saas.advertise(Some(limits));
    assert_eq!(world.flush().events.taken, 3);
    let batches = world.saas.journal().requests();
    let batches = batches
        .iter()
        .filter(|request| request.path == FakeSaas::BATCH)
        .count();
    assert_eq!(batches, 2);
}

#[test]
fn a_lost_reply_makes_no_event_twice() {
    let world = world();
    world.events(&["A", "B"]);
    world.saas.script().fault(
        When::request("POST", FakeSaas::BATCH).nth(1),
        Fault::LoseReply,
    );
    let outcome = world.flush();
    assert_eq!(
        outcome.events.taken + outcome.events.duplicates,
        2,
        "{outcome:?}"
    );
    assert_eq!((world.saas.applied("A"), world.saas.applied("B")), (1, 1));
    assert_eq!(world.left(), (0, 0));
}

#[test]
fn an_event_that_is_queued_anew_meanwhile_stays() {
    let world = world();
    world.events(&["A"]);
    let path = world.queue.path().to_owned();
    world
        .saas
        .script()
        .after(When::request("POST", FakeSaas::BATCH), move |_| {
            let file = Connection::open(&path).unwrap();
            file.execute(
                "UPDATE queue SET data = '{\"event_id\": \"A\", \"n\": 2}'",
                [],
            )
            .unwrap();
        });
    world.flush();
    assert_eq!(world.left(), (1, 0));
}

#[test]
fn a_body_that_says_something_else_meanwhile_stays_until_that_is_sent() {
    for change in [
        "UPDATE body_upload_queue SET content_body = 'later'",
        // Another body has its id, as in a file that was made anew.
        "UPDATE body_upload_queue SET artifact_path = 'later.md', content_body = 'later'",
    ] {
        let world = world();
        world.queue.bodies(&[BodyRow::new("a.md", "a")]);
        let path = world.queue.path().to_owned();
        world
            .saas
            .script()
            .after(When::request("POST", FakeSaas::CONTENT).nth(1), move |_| {
                let file = Connection::open(&path).unwrap();
                file.execute(change, []).unwrap();
            });
        world.flush();
        let sent = world.saas.journal().requests();
        let sent = sent.iter().filter(|it| it.path == FakeSaas::CONTENT);
        assert_eq!(sent.count(), 2, "{change}");
        assert_eq!(world.left(), (0, 0), "{change}");
    }
}

#[test]
fn bodies_are_refused_or_tried_later() {
    let world = world();
    world.queue.bodies(&[
        BodyRow::new("a.md", "a"),
        BodyRow::new("b.md", "b"),
        BodyRow::new("c.md", "c"),
    ]);
    world
        .saas
        .answer_content("a.md", ContentAnswer::NamespaceNotFound);
    world
        .saas
        .answer_content("b.md", ContentAnswer::IndexEntryNotFound);
    let outcome = world.flush().bodies.unwrap();
    assert_eq!((outcome.taken, outcome.set_aside, outcome.later), (1, 1, 1));
    assert_eq!(
        world.column("SELECT artifact_path FROM body_upload_queue"),
        ["b.md"]
    );
    assert_eq!(
        world.column("SELECT artifact_path FROM body_upload_failure_log"),
        ["a.md"]
    );
    assert_eq!(
        world.column("SELECT table_name FROM set_aside"),
        ["body_upload_queue"]
    );
    let due = world.column("SELECT CAST(next_attempt_at > 2e9 AS TEXT) FROM body_upload_queue");
    assert_eq!(due, ["1"]);
}

#[test]
fn a_login_that_is_over_ends_the_flush_and_no_secret_is_told() {
    let world = world();
    world.events(&["A"]);
    world.saas.accept_token("another");
    let mut told = Vec::new();
    let outcome = world.watched(&mut |step| told.push(format!("{step:?}")));
    assert_eq!(outcome.events.end, FlushEnd::LoggedOut);
    assert_eq!((outcome.bodies, world.left()), (None, (1, 0)));
    assert!(!told.concat().contains(FakeSaas::TOKEN));

    let mut nobody = login(&world.saas);
    nobody.token = None;
    let refused = Flush::open(cleared(), &Home::at(world.home.root()), &nobody, b"", 0.0);
    assert!(refused.unwrap_err().to_string().contains("no access token"));
}

#[test]
fn whoever_watches_hears_of_every_row() {
    let world = world();
    world.events(&["A", "B"]);
    let mut fates = Vec::new();
    world.watched(&mut |step| {
        if let FlushStep::Events(settled) = step {
            fates.extend(settled.iter().map(|settled| settled.fate.clone()));
        }
    });
    assert_eq!(
        fates,
        [
            RowFate::Delete { duplicate: false },
            RowFate::Delete { duplicate: false }
        ]
    );
}

#[test]
fn what_is_queued_meanwhile_waits_for_the_next_flush() {
    let world = world();
    world.events(&["A"]);
    world.queue.bodies(&[BodyRow::new("a.md", "a")]);
    let mut settled = 0;
    // As fast as anything is sent, a producer queues one more.
    let outcome = world.watched(&mut |_| {
        settled += 1;
        assert!(settled < 10, "it does not end");
        world.events(&[&format!("N{settled}")]);
        let body = BodyRow::new(&format!("{settled}.md"), "n");
        world.queue.bodies(&[body]);
    });
    assert_eq!(
        (outcome.events.taken, outcome.bodies.unwrap().taken),
        (1, 1)
    );
    assert_eq!((settled, world.left()), (2, (2, 2)));
    assert_eq!(world.flush().events.taken, 2);
    assert_eq!(world.left(), (0, 0));
}
