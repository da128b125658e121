//! Homes in which something is broken: named, refused, nothing written, and never a secret told.

use crate::kitty::{Kitty, session};
use camino::Utf8PathBuf;
use serde_json::{Value, json};
use std::fs;
use test_support::{EventRow, FakeSaas, Machine, Schema};

/// The sentence of the only obstacle, of this kind; every command that may write is refused with it.
fn refused(kitty: &Kitty, kind: &str) -> String {
    let told = kitty.status();
    let obstacles = told["obstacles"].as_array().unwrap();
    assert_eq!(obstacles.len(), 1, "{told}");
    assert_eq!(obstacles[0]["kind"], kind, "{told}");
    let sentence = obstacles[0]["message"].as_str().unwrap();
    kitty.refuses(sentence);
    sentence.to_owned()
}

/// Puts something else in the place of a file.
fn replace(path: &Utf8PathBuf, content: Option<&[u8]>) {
    if path.is_dir() {
        fs::remove_dir(path).unwrap();
    } else if path.exists() {
        fs::remove_file(path).unwrap();
    }
    match content {
        Some(content) => {
            let mut file = fs::File::create(path).unwrap();
            std::io::Write::write_all(&mut file, content).unwrap();
        }
        None => fs::create_dir(path).unwrap(),
    }
}

#[test]
fn a_queue_that_cannot_be_counted_shuts_the_gate() {
    for role in ["legacy", "scoped"] {
        let kitty = Kitty::coherent();
        let file = match role {
            "legacy" => kitty.home.legacy(Schema::current()),
            _ => kitty.scoped(),
        };
        file.fill(0..200);
        let path = file.path().to_path_buf();
        let whole = fs::read(&path).unwrap();
        let mut damaged = whole.clone();
        damaged[4096..].fill(0xa5);
        for (content, phrase) in [
            (
                Some(
                    b"this is no database, and long enough to be looked at as one, canary"
                        .as_slice(),
                ),
                "is damaged",
            ),
            (Some(damaged.as_slice()), "is damaged"),
            (Some(&whole[..4096 * 3]), "is damaged"),
            (Some(&whole[..5000]), "is damaged"),
            (None, "cannot be read"),
        ] {
            replace(&path, content);
            let sentence = refused(&kitty, "queue");
            assert!(
                sentence.starts_with(&format!("the {role} queue DB ")),
                "{sentence}"
            );
            assert!(sentence.contains(phrase), "{phrase} in {sentence}");
            let text = kitty.look(&["sync-status"]).expect(0).stdout;
            assert!(text.contains("Event count     : unknown: it "), "{text}");
        }
        replace(&path, Some(b""));
        assert_eq!(kitty.obstacles(), [""; 0], "an empty file holds no rows");
        let event = kitty.env.write("event.json", EventRow::new("01N").data);
        let _ = kitty.run(&["enqueue", "--event", event.as_str()]).expect(0);
        assert_eq!(kitty.scoped().integrity(), "ok");
    }
}

#[test]
fn a_queue_that_another_process_holds_is_never_taken_for_empty() {
    for role in ["legacy", "scoped"] {
        let kitty = Kitty::coherent();
        let file = match role {
            "legacy" => kitty.home.legacy(Schema::current()),
            _ => kitty.scoped(),
        };
        let lock = file.lock();
        // No fingerprint while this process holds the lock: reading the file would drop it.
        let ran = kitty.run(&["sync-status", "--check", "--json"]).expect(2);
        let told: Value = serde_json::from_str(&ran.stdout).unwrap();
        let message = told["obstacles"][0]["message"].as_str().unwrap();
        assert!(
            message.ends_with("is locked by another process"),
            "{message}"
        );
        assert_eq!(
            told[format!("{}_queue", if role == "legacy" { role } else { "active" })]["event_count"],
            Value::Null
        );
        let ran = kitty.run(&["sync-migrate"]).expect(2);
        assert!(
            ran.stderr.contains("is locked by another process"),
            "{}",
            ran.stderr
        );
        drop(lock);
        assert_eq!(kitty.obstacles(), [""; 0]);
    }
}

#[test]
fn a_record_that_is_none_is_never_taken_for_absent() {
    let kitty = Kitty::coherent();
    let path = kitty.home.owner_path();
    let record: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    let with = |key: &str, value: Value| {
        let mut record = record.clone();
        record[key] = value;
        record.to_string().into_bytes()
    };
    let without = |key: &str| {
        let mut record = record.clone();
        record.as_object_mut().unwrap().remove(key);
        record.to_string().into_bytes()
    };
    for (content, phrase) in [
        (Some(Vec::new()), "it is empty"),
        (
            Some(b"{\"token\": \"canary".to_vec()),
            "it is not JSON from line 1 on",
        ),
        (Some(b"[\"canary\"]".to_vec()), "it is not an object"),
        (
            Some(b"{\"token\": \"canary\xff\"}".to_vec()),
            "is not UTF-8 from byte 17 on",
        ),
        (
            Some(format!("\u{feff}{record}").into_bytes()),
            "byte order mark",
        ),
        (Some(without("queue_db_path")), "it has no `queue_db_path`"),
        (
            Some(with("pid", json!("canary"))),
            "`pid` is not a whole number",
        ),
        (
            Some(with("pid", Value::Null)),
            "`pid` is not a whole number",
        ),
        (
            Some(with("token", json!(["canary"]))),
            "its `token` is not a text",
        ),
        (None, "is not a regular file"),
    ] {
        replace(&path, content.as_deref());
        let sentence = refused(&kitty, "owner_unreadable");
        assert!(sentence.contains(phrase), "{phrase} in {sentence}");
        assert_eq!(kitty.status()["daemon_owner_record"]["status"], "absent");
    }
    fs::remove_dir(&path).unwrap();
    let control = with(
        "server_url",
        json!("https://a.test\n\u{1b}[31mRemediation:"),
    );
    replace(&path, Some(&control));
    let ran = kitty.look(&["sync-status", "--check"]).expect(2);
    assert!(!ran.stdout.contains('\u{1b}'), "{}", ran.stdout);
}

#[test]
fn a_configuration_or_credentials_that_are_broken_are_named() {
    for (name, content, phrase) in [
        (
            "config.toml",
            &b"sync = \"canary\""[..],
            "`sync` must be a table",
        ),
        (
            "config.toml",
            b"[sync]\nserver_url = 3",
            "`sync.server_url` must be text",
        ),
        (
            "config.toml",
            b"[sync]\nmax_queue_size = -1",
            "`sync.max_queue_size`",
        ),
        (
            "config.toml",
            b"[sync\ncanary",
            "is not TOML from line 1 on",
        ),
        ("config.toml", b"\xff", "is not UTF-8 from byte 0 on"),
        (
            "credentials",
            b"[user]\npassword = \"canary",
            "is not TOML from line 2 on",
        ),
        (
            "credentials",
            b"server = \"canary\"",
            "`server` must be a table",
        ),
        (
            "credentials",
            b"[user]\nusername = [\"canary\"]",
            "`user.username` must be a single value",
        ),
        (
            "credentials",
            b"canary = \"\xff\"",
            "is not UTF-8 from byte 10 on",
        ),
    ] {
        let kitty = Kitty::coherent();
        // The daemon would disagree with whoever is left.
        fs::remove_file(kitty.home.owner_path()).unwrap();
        kitty.home.write(name, content);
        let sentence = refused(&kitty, "broken_login");
        assert!(sentence.contains(phrase), "{phrase} in {sentence}");
        assert!(sentence.contains(name), "{sentence}");
    }
    let kitty = Kitty::coherent();
    fs::remove_file(kitty.home.owner_path()).unwrap();
    for name in ["config.toml", "credentials"] {
        let whole = fs::read(kitty.home.root().join(name)).unwrap();
        replace(&kitty.home.root().join(name), None);
        let sentence = refused(&kitty, "broken_login");
        assert!(sentence.contains("is not a regular file"), "{sentence}");
        replace(&kitty.home.root().join(name), Some(&whole));
    }
}

#[test]
fn what_is_no_text_in_credentials_is_turned_into_text() {
    let kitty = Kitty::empty();
    kitty.home.write(
        "credentials",
        "[server]\nurl = \"https://S.test/\"\n[user]\nusername = \"Dev\"\nteam_slug = 42\n",
    );
    let told = kitty.status();
    assert_eq!(told["foreground"]["team_or_user"], "dev/42");
    assert_eq!(told["auth_present"], true);
    let expected = kitty
        .env
        .normalise(kitty.home.scoped_path("https://s.test|dev|42").as_str());
    assert_eq!(told["active_queue"]["path"], expected);
}

/// Makes something of a home unfit.
type Spoil<'a> = &'a dyn Fn(&Kitty);

#[test]
fn a_session_that_is_no_login_is_named() {
    let saas = FakeSaas::start();
    let sealed = || {
        let kitty = Kitty::on(&saas);
        let plain = kitty.status();
        assert_eq!(plain["auth_present"], true, "{plain}");
        kitty
    };
    let path = "auth/session.json";
    let elsewhere = Machine {
        hostname: "elsewhere".into(),
        ..Machine::this()
    };
    let cases: [(Spoil<'_>, &str); 8] = [
        (
            &|kitty| {
                kitty.home.mode(path, 0o644);
            },
            "is open to others (mode 644, must be 600)",
        ),
        (
            &|kitty| {
                kitty.home.mode(path, 0o620);
            },
            "is open to others (mode 620, must be 600)",
        ),
        (
            &|kitty| {
                kitty.home.session(&session(), &elsewhere);
            },
            "was sealed on another machine",
        ),
        (
            &|kitty| {
                kitty.home.write(path, "{\"version\": 1}");
            },
            "is not a sealed session of version 2",
        ),
        (
            &|kitty| {
                kitty.home.write(path, "canary");
            },
            "is not a sealed session of version 2",
        ),
        (
            &|kitty| {
                kitty.home.session(&json!({"email": 7}), &Machine::this());
            },
            "does not hold a session",
        ),
        (
            &|kitty| fs::remove_file(kitty.home.root().join("auth/session.salt")).unwrap(),
            "session.salt is missing",
        ),
        (
            &|kitty| {
                kitty.home.write("auth/session.salt", "short");
            },
            "does not hold 16 bytes",
        ),
    ];
    for (spoil, phrase) in cases {
        let mut kitty = sealed();
        spoil(&kitty);
        assert_eq!(
            kitty.obstacles(),
            ["unauthenticated", "broken_login"],
            "{phrase}"
        );
        kitty.refuses(phrase);
        kitty.env.unset("SPEC_KITTY_ENABLE_SAAS_SYNC");
        let sentence = refused(&kitty, "broken_login");
        assert!(sentence.contains(phrase), "{phrase} in {sentence}");
        // Credentials beside it count, and the session is still named.
        kitty
            .home
            .credentials(saas.url(), "dev@example.test", "team-a");
        assert_eq!(kitty.status()["auth_present"], true);
        assert!(refused(&kitty, "broken_login").contains(phrase));
    }
}

#[test]
fn a_session_without_a_private_team_gives_way_to_credentials() {
    let saas = FakeSaas::start();
    let kitty = Kitty::on(&saas);
    let mut plain = session();
    plain["teams"] = json!([{"id": "team-shared", "is_private_teamspace": false}]);
    kitty.home.session(&plain, &Machine::this());
    assert_eq!(kitty.obstacles(), ["unauthenticated"]);
    kitty
        .home
        .credentials(saas.url(), "dev@example.test", "team-a");
    assert_eq!(kitty.obstacles(), [""; 0]);
}

#[test]
fn a_scope_that_cannot_be_split_has_a_queue_and_nobody_in_it() {
    let mut kitty = Kitty::coherent();
    fs::remove_file(kitty.home.owner_path()).unwrap();
    kitty
        .home
        .credentials("https://sync.example.test", "dev@example.test", "a|b");
    let told = kitty.status();
    assert_eq!(told["auth_present"], false);
    let scope = "https://sync.example.test|dev@example.test|a|b";
    let expected = kitty.env.normalise(kitty.home.scoped_path(scope).as_str());
    assert_eq!(told["active_queue"]["path"], expected);
    kitty.env.set("SPEC_KITTY_ENABLE_SAAS_SYNC", "1");
    assert_eq!(kitty.obstacles(), ["unauthenticated"]);
    kitty.refuses("SaaS sync cannot be guaranteed");
}

#[test]
fn a_home_that_is_missing_is_an_empty_one() {
    let mut kitty = Kitty::empty();
    kitty.env.set("SPEC_KITTY_HOME", "/no/such/home");
    let told = kitty.status();
    assert_eq!(told["legacy_queue"]["path"], "/no/such/home/queue.db");
    assert_eq!(told["ok"], true);
    kitty.env.unset("SPEC_KITTY_HOME").set("HOME", "");
    let ran = kitty.look(&["sync-status", "--check", "--json"]).expect(3);
    assert!(
        ran.stderr.contains("hint: set HOME, or SPEC_KITTY_HOME"),
        "{}",
        ran.stderr
    );
    let file = kitty.env.write("a-file", "");
    kitty.env.set("SPEC_KITTY_HOME", file.as_str());
    assert_eq!(kitty.status()["ok"], true, "nothing lies below a file");
}

#[test]
fn times_of_a_clock_that_was_ahead_stop_nobody() {
    let kitty = Kitty::coherent();
    kitty.owner(|record| record["started_at"] = "2999-01-01T00:00:00+00:00".into());
    kitty
        .scoped()
        .execute("UPDATE queue SET timestamp = 32503680000");
    assert_eq!(kitty.obstacles(), [""; 0]);
    let event = kitty.env.write("event.json", EventRow::new("01N").data);
    let _ = kitty.run(&["enqueue", "--event", event.as_str()]).expect(0);
    assert_eq!(kitty.scoped().count("queue"), 3);
}
