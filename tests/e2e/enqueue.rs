//! `onward enqueue`: one row through the gate, or not a byte.

use crate::kanban_disk::without_room;
use crate::kitty::Kitty;
use serde_json::Value;
use std::fs::File;
use std::io::Write;
use std::process::Stdio;
use test_support::{EventRow, Ran, Schema};

const EVENT: &str =
    r#"{"event_id": "01E", "event_type": "WPStatusChanged", "payload": {"to": "dé"}}"#;

/// Queues what standard input says.
fn piped(kitty: &Kitty, text: &[u8]) -> Ran {
    let mut command = kitty.env.command(&["enqueue", "--event", "-"]);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(text).unwrap();
    kitty.env.finish(child)
}

fn body<'a>(path: &'a str, artifact: &'a str) -> Vec<&'a str> {
    vec![
        "enqueue",
        "--body",
        path,
        "--project-uuid",
        "p-1",
        "--mission-slug",
        "010-demo",
        "--target-branch",
        "main",
        "--mission-type",
        "software-dev",
        "--manifest-version",
        "1",
        "--artifact-path",
        artifact,
    ]
}

#[test]
fn an_event_is_queued_from_a_file_and_from_a_pipe() {
    let kitty = Kitty::coherent();
    let path = kitty.env.write("event.json", EVENT);
    let ran = kitty.run(&["enqueue", "--event", path.as_str()]).expect(0);
    insta::assert_snapshot!(ran.stdout, @r"
    Queued: 01E in <env>/home/.spec-kitty/queues/queue-5a470152e5fb2fea.db
    ");
    let ran = kitty
        .run(&["enqueue", "--event", path.as_str(), "--json"])
        .expect(0);
    let told: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(told["queued"], "01E");
    assert_eq!(told["replaced"], true);
    assert_eq!(kitty.scoped().count("queue"), 3);
    let _ = piped(&kitty, EVENT.replace("01E", "01F").as_bytes()).expect(0);
    let rows = kitty.scoped().dump();
    let row = rows["queue"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["event_id"] == "01E")
        .unwrap();
    // As the real tool writes it: ASCII alone.
    assert_eq!(row["data"], EVENT.replace('é', "\\u00e9"));
    assert!(!kitty.home.legacy_path().exists(), "never the legacy queue");
}

#[test]
fn a_body_is_queued_with_its_hash() {
    let kitty = Kitty::coherent();
    let path = kitty.env.write("spec.md", "# Spec\n");
    for _ in 0..2 {
        let ran = kitty.run(&body(path.as_str(), "spec.md")).expect(0);
        assert!(ran.stdout.contains("spec.md in <env>"), "{}", ran.stdout);
    }
    let rows = kitty.scoped().dump();
    let rows = rows["body_upload_queue"].as_array().unwrap();
    assert_eq!(rows.len(), 1, "the same body waits once");
    assert_eq!(rows[0]["size_bytes"], 7);
    let hash = "603c828a03383f98b82bf9c6787deeb5c40c02871a1b8d6ba14b0d538020a02b";
    assert_eq!(rows[0]["content_hash"], hash);
    let _ = kitty.run(&["enqueue", "--body", path.as_str()]).expect(64);
}

#[test]
fn without_a_login_nothing_is_written_anywhere() {
    let mut kitty = Kitty::empty();
    let path = kitty.env.write("event.json", EVENT);
    for on in ["", "1"] {
        kitty.env.set("SPEC_KITTY_ENABLE_SAAS_SYNC", on);
        let ran = kitty
            .look(&["enqueue", "--require-auth", "--event", path.as_str()])
            .expect(2);
        assert_eq!(
            ran.stderr,
            "Error: SaaS sync cannot be guaranteed: no authenticated session/credentials found.\n\
             Log in with `spec-kitty auth login`, then verify with `onward sync-status --check`.\n"
        );
        let ran = kitty
            .look(&[
                "enqueue",
                "--require-auth",
                "--json",
                "--event",
                path.as_str(),
            ])
            .expect(2);
        let told: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(told["error_code"], "SAAS_SYNC_UNAUTHENTICATED");
        assert!(
            told["error"]
                .as_str()
                .unwrap()
                .starts_with("SaaS sync cannot be guaranteed")
        );
        assert!(
            told["remediation"][0]
                .as_str()
                .unwrap()
                .contains("auth login")
        );
        let _ = kitty.look(&["enqueue", "--event", path.as_str()]).expect(2);
    }
}

#[test]
fn a_login_that_is_broken_is_told_with_the_refusal() {
    let kitty = Kitty::empty();
    kitty.home.write("credentials", "password = \"canary\n");
    let path = kitty.env.write("event.json", EVENT);
    let ran = kitty
        .look(&["enqueue", "--require-auth", "--event", path.as_str()])
        .expect(2);
    assert!(
        ran.stderr
            .contains("credentials is not TOML from line 1 on"),
        "{}",
        ran.stderr
    );
}

#[test]
fn an_event_takes_the_place_of_the_one_it_supersedes() {
    let kitty = Kitty::coherent();
    for id in ["01S", "01T"] {
        let event = format!(
            r#"{{"event_id": "{id}", "event_type": "MissionDossierSnapshotComputed",
                "payload": {{"namespace": {{"project_uuid": "p", "mission_slug": "m"}}}}}}"#
        );
        let _ = piped(&kitty, event.as_bytes()).expect(0);
    }
    let rows = kitty.scoped().dump();
    let ids: Vec<_> = rows["queue"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["event_id"].as_str())
        .collect();
    assert_eq!(kitty.scoped().count("queue"), 3, "{ids:?}");
    assert!(
        ids.contains(&Some("01T")) && !ids.contains(&Some("01S")),
        "{ids:?}"
    );
}

#[test]
fn a_queue_that_is_full_drops_nobody() {
    let kitty = Kitty::coherent();
    kitty
        .home
        .config("[sync]\nserver_url = \"https://sync.example.test\"\nmax_queue_size = 2\n");
    let before = kitty.scoped().dump();
    let ran = piped(&kitty, EVENT.as_bytes()).expect(1);
    insta::assert_snapshot!(ran.stderr, @r"
    error: the queue is full: it holds 2 rows, and 01E was not queued
    hint: send it with `onward sync-now`, or raise max_queue_size in config.toml
    ");
    assert_eq!(kitty.scoped().dump(), before);
    // What is queued already may be told anew.
    let _ = piped(&kitty, EventRow::new("01A").data.as_bytes()).expect(0);
}

#[test]
fn what_is_no_event_is_refused_before_a_byte_is_written() {
    let kitty = Kitty::coherent();
    let huge = kitty.env.work().join("huge.json");
    File::create(&huge)
        .unwrap()
        .set_len((64 << 20) + 1)
        .unwrap();
    let dir = kitty.env.work();
    let write = |text: &[u8]| kitty.env.write("event.json", text);
    for (path, phrase) in [
        (
            write(b"{\"a\": \"canary"),
            "event.json is not JSON from line 1 on",
        ),
        (dir.join("no-such-file"), "no-such-file: No such file"),
        (dir, "work: Is a directory"),
        (huge, "huge.json is larger than 67108864 bytes"),
    ] {
        let ran = kitty.look(&["enqueue", "--event", path.as_str()]).expect(1);
        assert!(ran.stderr.contains(phrase), "{phrase} in {}", ran.stderr);
        assert!(
            ran.stderr.contains("hint: nothing was queued"),
            "{}",
            ran.stderr
        );
    }
    for (text, phrase) in [
        (&b""[..], "standard input is not JSON"),
        (b"\xff", "standard input is not UTF-8"),
        (b"[1]", "an event is a JSON object"),
        (b"{}", "the event has no `event_type`"),
        (b"{\"event_type\": \"T\"}", "the event has no `event_id`"),
        (
            b"{\"event_type\": \"T\", \"event_id\": 7}",
            "the event has no `event_id`",
        ),
    ] {
        let before = kitty.home.fingerprint();
        let ran = piped(&kitty, text).expect(1);
        assert!(ran.stderr.contains(phrase), "{phrase} in {}", ran.stderr);
        assert_eq!(kitty.home.fingerprint().changes_since(&before), [""; 0]);
    }
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let _ = piped(&kitty, deep.as_bytes()).expect(1);
}

#[test]
fn legacy_rows_stop_a_producer() {
    let kitty = Kitty::coherent();
    kitty
        .home
        .legacy(Schema::current())
        .events(&[EventRow::new("01L")]);
    let path = kitty.env.write("event.json", EVENT);
    let ran = kitty.look(&["enqueue", "--event", path.as_str()]).expect(2);
    assert!(
        ran.stderr.contains("1 legacy rows in scope."),
        "{}",
        ran.stderr
    );
    let _ = kitty.run(&["sync-migrate"]).expect(0);
    let _ = kitty.run(&["enqueue", "--event", path.as_str()]).expect(0);
}

#[test]
fn a_disk_without_room_queues_nothing_and_says_so() {
    let kitty = Kitty::coherent();
    let path = kitty.env.write("event.json", EVENT);
    let output = without_room(&kitty.env, &["enqueue", "--event", path.as_str()], 0);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("queue-") && said.contains("hint: "), "{said}");
    assert_eq!(kitty.scoped().integrity(), "ok");
    assert_eq!(kitty.scoped().count("queue"), 2);
}

#[test]
fn a_home_that_is_missing_is_made_for_the_first_row_alone() {
    let kitty = Kitty::coherent();
    std::fs::remove_file(kitty.home.scoped_path(&kitty.scope)).unwrap();
    std::fs::remove_dir(kitty.home.root().join("queues")).unwrap();
    assert_eq!(kitty.obstacles(), [""; 0]);
    let _ = piped(&kitty, EVENT.as_bytes()).expect(0);
    assert_eq!(kitty.scoped().count("queue"), 1);
}
