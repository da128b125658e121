//! `onward sync-status` on real Spec Kitty homes.

use crate::kitty::{Kitty, checked};
use camino::Utf8Path;
use serde_json::{Value, json};
use std::process::Stdio;
use test_support::{BodyRow, EventRow, FailureRow, Schema};

#[test]
fn the_sample_is_told_as_the_real_tool_tells_it() {
    let kitty = Kitty::sample();
    let ran = kitty.look(&["sync-status", "--check", "--json"]).expect(2);
    assert_eq!(ran.stderr, "");
    let mut told: Value = serde_json::from_str(&ran.stdout).unwrap();
    let expected = kitty
        .home
        .expected("expected-status.json", &kitty.foreground);
    let mut expected: Value = serde_json::from_str(&kitty.env.normalise(&expected)).unwrap();
    // The real tool migrates while it reports; rows that have not moved are told here.
    expected["active_queue"]["event_count"] = 2.into();
    expected["active_queue"]["body_upload_count"] = 1.into();
    assert!(told["foreground"]["pid"].is_number());
    told["foreground"]["pid"] = "$PID".into();
    for (key, value) in expected.as_object().unwrap() {
        assert_eq!(&told[key], value, "{key}");
    }
    let keys: Vec<_> = told.as_object().unwrap().keys().take(11).collect();
    let theirs: Vec<_> = expected.as_object().unwrap().keys().collect();
    assert_eq!(keys, theirs, "their keys come first, in their order");
}

#[test]
fn the_sample_is_shown_with_the_labels_of_the_contract() {
    let kitty = Kitty::sample();
    let ran = kitty.look(&["sync-status"]).expect(0);
    insta::assert_snapshot!(ran.stdout, @r"
    Identity boundary:
      Foreground:
        Package version : 3.2.0rc12
        Executable path : <env>/home/tools/spec-kitty/bin/python3
        Source path     : <env>/home/tools/spec-kitty/lib/python3.11
        Server URL      : https://sync.example.test
        Team/User       : dev@example.test/team-a
        Queue DB path   : <env>/home/.spec-kitty/queues/queue-5a470152e5fb2fea.db
      Daemon owner record:
        Status          : present
        PID             : 1
        Port            : 9400
        Package version : 3.2.0rc9
        Executable path : <env>/home/tools/spec-kitty/bin/python3
        Source path     : <env>/home/tools/spec-kitty/lib/python3.11
        Server URL      : https://sync.example.test
        Team/User       : dev@example.test/team-a
        Queue DB path   : <env>/home/.spec-kitty/queues/queue-5a470152e5fb2fea.db
      Active queue:
        Path            : <env>/home/.spec-kitty/queues/queue-5a470152e5fb2fea.db
        Event count     : 2
        Body upload cnt : 1
      Legacy queue:
        Path            : <env>/home/.spec-kitty/queue.db
        Event count     : 3
        Body upload cnt : 2
        Rows in scope   : 5
      Mismatches        : 1
      Orphan records    : 0
    Compared with the daemon: <env>/home/tools/spec-kitty/bin/spec-kitty, the first on PATH

    Mismatches
      daemon_package_version
        Foreground      : 3.2.0rc12
        Daemon          : 3.2.0rc9
        Remedy          : Restart the daemon from the foreground's installation, then verify with `onward sync-status --check`.

    Identity boundary check FAILED:
    ! foreground/daemon disagree on D-3 field(s): package_version
    ! legacy queue DB <env>/home/.spec-kitty/queue.db has 5 row(s) pending migration (queue=3, body_upload_queue=2)
      Run `onward sync-migrate` to move the legacy rows into the current scope, or `onward sync-now` to send them as well.
    ");
    assert_eq!(
        kitty.look(&["sync-status", "--check"]).expect(2).stdout,
        ran.stdout
    );
}

#[test]
fn a_refusal_agrees_with_the_real_tools_preflight() {
    let kitty = Kitty::sample();
    let event = kitty
        .env
        .write("event.json", r#"{"event_id": "E", "event_type": "T"}"#);
    let ran = kitty
        .look(&[
            "enqueue",
            "--require-auth",
            "--json",
            "--event",
            event.as_str(),
        ])
        .expect(2);
    let told: Value = serde_json::from_str(&ran.stdout).unwrap();
    let expected = kitty
        .home
        .expected("expected-preflight.json", &kitty.foreground);
    let expected: Value = serde_json::from_str(&expected).unwrap();
    for (key, value) in expected.as_object().unwrap() {
        assert_eq!(&told["preflight"][key], value, "{key}");
    }
    // The summary is theirs; the remedies name our commands, and none leads back to where it came from.
    let theirs = kitty
        .home
        .expected("expected-preflight.txt", &kitty.foreground);
    let mut lines = ran.stderr.lines();
    assert_eq!(lines.next(), Some("Refusing `onward enqueue`."));
    assert_eq!(lines.next(), theirs.lines().next());
    assert_eq!(told["error"]["message"].as_str(), theirs.lines().next());
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @r"
      daemon_package_version: foreground 3.2.0rc12, daemon 3.2.0rc9
      legacy queue DB <env>/home/.spec-kitty/queue.db has 5 row(s) pending migration (queue=3, body_upload_queue=2)
    Remediation:
      • Restart the daemon from the foreground's installation, then verify with `onward sync-status --check`.
      • Run `onward sync-migrate` to move the legacy rows into the current scope, or `onward sync-now` to send them as well.
    ");
    // What a migration clears is counted for the migration, and is no reason to refuse it.
    let ran = kitty.look(&["sync-migrate"]).expect(2);
    assert_eq!(ran.stderr.lines().nth(1), theirs.lines().next());
    assert!(!ran.stderr.contains("sync-migrate` to"), "{}", ran.stderr);
    kitty.refuses("daemon_package_version: foreground 3.2.0rc12, daemon 3.2.0rc9");
}

#[test]
fn a_record_is_absent_present_or_an_orphan() {
    let kitty = Kitty::coherent();
    assert_eq!(kitty.status()["daemon_owner_record"]["status"], "present");
    assert_eq!(kitty.obstacles(), [""; 0]);

    std::fs::remove_file(kitty.home.owner_path()).unwrap();
    let record = &kitty.status()["daemon_owner_record"];
    assert_eq!(record["status"], "absent");
    let values = record.as_object().unwrap().iter();
    let set: Vec<_> = values.filter(|(_, value)| !value.is_null()).collect();
    assert_eq!(set.len(), 1, "all null but the status: {set:?}");
    let text = kitty.look(&["sync-status"]).expect(0).stdout;
    assert_eq!(text.matches(": <absent>\n").count(), 8, "{text}");

    for (key, value, why) in [
        ("pid", json!(0), "no process can have the id 0"),
        ("pid", json!(-1), "no process can have the id -1"),
        ("pid", json!("0"), "no process can have the id 0"),
        (
            "pid",
            json!(99_999_999_999_999_999_999_f64),
            "no process can have the id",
        ),
        ("pid", json!(i64::MAX), "no process can have the id"),
        ("pid", json!(ended_process()), "is not alive"),
        (
            "executable_path",
            json!("/no/such/python"),
            "/no/such/python does not exist",
        ),
    ] {
        kitty.owner(|record| record[key] = value);
        let told = kitty.status();
        assert_eq!(told["daemon_owner_record"]["status"], "orphan");
        assert_eq!(told["orphan_records"].as_array().unwrap().len(), 1);
        assert_eq!(told["orphan_records"][0].get("token"), None);
        assert_eq!(told["mismatches"], json!([]), "nobody to agree with");
        assert_eq!(kitty.obstacles(), ["orphan"]);
        kitty.refuses(why);
    }
}

/// The id of a process that has ended and was waited for.
fn ended_process() -> u32 {
    let kitty = Kitty::empty();
    let mut child = kitty.env.spawn(&["--version"]);
    child.wait().unwrap();
    child.id()
}

#[test]
fn each_of_the_six_fields_is_named_alone_and_all_together() {
    const FIELDS: [(&str, &str); 6] = [
        ("package_version", "daemon_package_version"),
        ("executable_path", "daemon_executable_path"),
        ("source_checkout_path", "daemon_source_path"),
        ("server_url", "daemon_server_url"),
        ("auth_team", "daemon_team_or_user"),
        ("queue_db_path", "daemon_queue_db_path"),
    ];
    let kitty = Kitty::coherent();
    // An executable that exists, so that the record is no orphan.
    for (key, name) in FIELDS {
        kitty.owner(|record| record[key] = "/".into());
        let told = kitty.status();
        assert_eq!(told["mismatches"].as_array().unwrap().len(), 1, "{told}");
        assert_eq!(told["mismatches"][0]["field"], name);
        let daemon = told["mismatches"][0]["daemon_value"].as_str().unwrap();
        assert!(daemon.ends_with('/'), "{daemon}");
        assert!(
            told["mismatches"][0]["remediation_hint"]
                .as_str()
                .unwrap()
                .contains('`')
        );
        kitty.refuses(name);
    }
    kitty.owner(|record| {
        for (key, _) in FIELDS {
            record[key] = "/".into();
        }
    });
    let told = kitty.status();
    let named: Vec<_> = told["mismatches"].as_array().unwrap().iter().collect();
    let named: Vec<_> = named
        .iter()
        .map(|one| one["field"].as_str().unwrap())
        .collect();
    assert_eq!(named, FIELDS.map(|(_, name)| name), "in the sheet's order");
    kitty.refuses("6 mismatched field(s)");
    let text = kitty.look(&["sync-status", "--check"]).expect(2).stdout;
    let line = "! foreground/daemon disagree on D-3 field(s): package_version, executable_path, \
                source_path, server_url, team_or_user, queue_db_path\n";
    assert!(text.contains(line), "{text}");
}

#[test]
fn an_unset_server_is_told_apart_from_an_empty_text() {
    let kitty = Kitty::coherent();
    for unset in [json!(""), json!(null)] {
        kitty.owner(|record| record["server_url"] = unset.clone());
        let told = kitty.status();
        let value = told["mismatches"][0]["daemon_value"].as_str().unwrap();
        // The real tool reads null as its own word for nothing.
        assert!(matches!(value, "<unset>" | "None"), "{value}");
    }
    kitty.owner(|record| record["auth_principal"] = json!(null));
    assert_eq!(kitty.status()["mismatches"][0]["daemon_value"], "<unset>");
}

#[test]
fn legacy_rows_are_in_the_way_with_a_login_and_without() {
    let kitty = Kitty::coherent();
    let legacy = kitty.home.legacy(Schema::oldest());
    legacy.events(&[EventRow::new("01L")]);
    assert_eq!(kitty.obstacles(), ["legacy_rows"]);
    let told = kitty.status();
    assert_eq!(told["legacy_queue"]["rows_in_scope"], 1);
    assert_eq!(told["active_queue"]["event_count"], 2);
    let remedy = told["obstacles"][0]["remedy"].as_str().unwrap();
    assert!(remedy.contains("Run `onward sync-migrate`"), "{remedy}");

    std::fs::remove_file(kitty.home.root().join("credentials")).unwrap();
    std::fs::remove_file(kitty.home.owner_path()).unwrap();
    let told = kitty.status();
    assert_eq!(told["active_queue"]["path"], told["legacy_queue"]["path"]);
    assert_eq!(told["active_queue"]["event_count"], 1);
    let remedy = told["obstacles"][0]["remedy"].as_str().unwrap();
    assert!(remedy.contains("Log in with"), "a way out: {remedy}");
    kitty.refuses("");
}

#[test]
fn the_failure_log_is_in_nobodys_way() {
    let kitty = Kitty::coherent();
    let body = BodyRow::new("notes.bin", "hello");
    let failed = FailureRow::new(body, "bad_request");
    kitty.home.legacy(Schema::current()).failures(&[failed]);
    assert_eq!(kitty.obstacles(), [""; 0]);
    assert_eq!(kitty.status()["legacy_queue"]["rows_in_scope"], 0);
}

#[test]
fn sync_that_is_on_needs_a_login() {
    let mut kitty = Kitty::empty();
    assert_eq!(kitty.obstacles(), [""; 0]);
    for on in ["1", "true", "YES", " On "] {
        kitty.env.set("SPEC_KITTY_ENABLE_SAAS_SYNC", on);
        assert_eq!(kitty.obstacles(), ["unauthenticated"], "{on}");
        assert_eq!(kitty.status()["auth_required"], true);
        kitty
            .refuses("Error: SaaS sync cannot be guaranteed: no authenticated session/credentials");
    }
    for off in ["0", "no", "2", "off"] {
        kitty.env.set("SPEC_KITTY_ENABLE_SAAS_SYNC", off);
        assert_eq!(kitty.obstacles(), [""; 0], "{off}");
    }
}

#[test]
fn a_migrated_home_tells_what_was_kept_beside() {
    let kitty = Kitty::sample();
    kitty.owner(|_| {});
    let _ = kitty.run(&["sync-migrate"]).expect(0);
    let told = kitty.status();
    assert_eq!(told["ok"], true);
    assert_eq!(told["migration_conflicts"], 1);
    let text = kitty.look(&["sync-status"]).expect(0).stdout;
    assert!(
        text.contains("1 legacy payload(s) differ from the scoped row"),
        "{text}"
    );
}

#[test]
fn another_foreground_is_named_and_one_that_cannot_be_read_stops_the_look() {
    let kitty = Kitty::coherent();
    let other = kitty.env.write("other/spec-kitty", "not a script");
    let ran = kitty
        .look(&["sync-status", "--foreground-cli", other.as_str()])
        .expect(3);
    assert!(
        ran.stderr.contains("is no `spec-kitty` that can be read"),
        "{}",
        ran.stderr
    );
    let named = kitty.foreground.bin().join("spec-kitty");
    let ran = kitty
        .look(&["sync-status", "--foreground-cli", named.as_str()])
        .expect(0);
    assert!(
        ran.stdout.contains("as --foreground-cli says"),
        "{}",
        ran.stdout
    );

    let mut own = Kitty::empty();
    own.env.set("PATH", "/no/such/folder");
    let told = own.status();
    assert_eq!(
        told["foreground"]["package_version"],
        env!("CARGO_PKG_VERSION")
    );
    assert_eq!(
        told["compared"],
        "onward itself, as no spec-kitty is on PATH"
    );
}

#[test]
#[cfg(target_os = "linux")]
fn a_daemon_that_nothing_names_is_counted_until_something_names_it() {
    let kitty = Kitty::coherent();
    // What the real daemon's command line looks like; it waits for its standard input to close.
    let program = ": specify_cli run_sync_daemon; read line";
    #[expect(
        clippy::disallowed_methods,
        reason = "it stands for the other tool's daemon"
    )]
    let mut daemon = std::process::Command::new("sh")
        .args(["-c", program])
        .env("HOME", kitty.env.home())
        .env_remove("SPEC_KITTY_HOME")
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let told = kitty.status();
    assert_eq!(told["live_orphan_daemon_count"], 1);
    assert_eq!(kitty.obstacles(), ["live_orphan_daemons"]);
    let found = kitty
        .look(&["doctor", "orphan-daemons", "--json"])
        .expect(1);
    let found: Value = serde_json::from_str(&found.stdout).unwrap();
    assert_eq!(found["live_orphan_daemons"], json!([daemon.id()]));
    assert_eq!(found["orphan_count"], 0);

    let state = format!("http://127.0.0.1:9400\n9400\ntoken\n{}\n", daemon.id());
    kitty.home.write("sync-daemon", state);
    assert_eq!(kitty.obstacles(), [""; 0]);
    drop(daemon.stdin.take());
    daemon.wait().unwrap();
}

#[test]
fn the_mission_at_work_is_named_when_its_uploads_are_stranded() {
    let kitty = Kitty::coherent();
    let slug = "mvp-sync-boundary-cli-01KRVCQS";
    let mut body = BodyRow::new("spec.md", "# Spec\n");
    body.mission_slug = slug.into();
    kitty.home.legacy(Schema::oldest()).bodies(&[body]);
    let dir = kitty.env.work().join("shop");
    kitty.env.write("shop/README.md", "# Shop\n");
    kitty.env.git(&dir, &["init", "--quiet"]);
    kitty.env.commit_all(&dir, "begin");
    assert_eq!(
        stranded(&kitty, &dir),
        Value::Null,
        "on main nobody is at work"
    );

    let branch = format!("kitty/mission-{slug}-lane-b");
    kitty.env.git(&dir, &["checkout", "--quiet", "-b", &branch]);
    assert_eq!(stranded(&kitty, &dir), slug);
    let below = kitty
        .env
        .write(&format!("shop/.worktrees/{slug}-lane-a/src/lib.rs"), "");
    kitty.env.git(&dir, &["checkout", "--quiet", "main"]);
    assert_eq!(stranded(&kitty, below.parent().unwrap()), slug);
    let other = kitty
        .env
        .write("shop/.worktrees/011-other-lane-a/lib.rs", "");
    assert_eq!(stranded(&kitty, other.parent().unwrap()), Value::Null);

    let mut command = kitty.env.command(&["sync-status", "--check"]);
    command
        .current_dir(below.parent().unwrap())
        .stdout(Stdio::piped());
    let text = kitty.env.finish(command.spawn().unwrap()).expect(2).stdout;
    let tag = format!(" — setup-plan stranded mission slug {slug}\n");
    assert!(text.contains(&tag), "{text}");
}

fn stranded(kitty: &Kitty, dir: &Utf8Path) -> Value {
    let arguments = ["sync-status", "--json"];
    let before = kitty.home.fingerprint();
    let mut command = kitty.env.command(&arguments);
    command
        .current_dir(dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let ran = checked(kitty.env.finish(command.spawn().unwrap()), &arguments).expect(0);
    assert_eq!(kitty.home.fingerprint().changes_since(&before), [""; 0]);
    let told: Value = serde_json::from_str(&ran.stdout).unwrap();
    told["stranded_mission"].clone()
}
