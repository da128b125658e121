//! `onward sync-migrate`: legacy rows into the scope, none lost, and told row by row.

use crate::kanban_disk::{allow, bound, bound_env, without_room};
use crate::kitty::{Kitty, checked};
use camino::Utf8Path;
use serde_json::Value;
use std::os::unix::fs::PermissionsExt;
use test_support::{BadCell, EventRow, Oddity, QueueFile, Schema, SpecKittyHome};

fn legacy(kitty: &Kitty) -> QueueFile {
    QueueFile::existing(kitty.home.legacy_path())
}

/// The sample with a daemon that agrees, so that nothing but the legacy rows is in the way.
fn sample() -> Kitty {
    let kitty = Kitty::sample();
    kitty.owner(|_| {});
    kitty
}

#[test]
fn the_sample_moves_as_the_real_tool_moves_it() {
    let kitty = sample();
    let would = kitty.look(&["sync-migrate", "--dry-run"]).expect(0).stdout;
    let ran = kitty.run(&["sync-migrate"]).expect(0);
    insta::assert_snapshot!(ran.stdout, @r"
    Moved 6 row(s) from the legacy queue: 4 carried, 1 there already, 1 kept as conflicts, 0 set aside
      1 row(s): another payload was there under their key; both are kept, the scoped row is sent
    ");
    assert_eq!(would.replace("Would move", "Moved"), ran.stdout);
    assert_eq!(
        legacy(&kitty).dump(),
        SpecKittyHome::expected_rows("legacy-after.sql")
    );
    assert_eq!(
        kitty.scoped().dump(),
        SpecKittyHome::expected_rows("scoped-after.sql")
    );
    assert_eq!(
        kitty.scoped().count("migration_conflicts"),
        1,
        "theirs drops it, ours keeps it"
    );

    let log = kitty.env.state_dir().join("migration.log");
    let mode = log.metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let log = std::fs::read_to_string(log).unwrap();
    assert_eq!(log.lines().count(), 6, "a line for each row: {log}");
    assert!(
        log.contains(r#" INFO queue "01JVEXAMPLE0000000000000A1" carried"#),
        "{log}"
    );
    assert!(!log.contains("payload\""), "no payload: {log}");

    let ran = kitty.run(&["sync-migrate", "--json"]).expect(0);
    let told: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(told["migration"]["carried"], 0);
    let ran = kitty.look(&["sync-migrate"]).expect(0);
    assert_eq!(
        ran.stdout,
        "Nothing to migrate: the legacy queue is empty.\n"
    );
}

#[test]
fn an_odd_row_is_set_aside_and_the_rest_moves() {
    let kitty = Kitty::coherent();
    let schema = Schema::oldest()
        .with(Oddity::WithoutNotNull)
        .with(Oddity::WithoutUnique);
    let file = kitty.home.legacy(schema);
    file.events(&["01X", "01Y", "01Z", "01Z"].map(EventRow::new));
    file.spoil("queue", 1, "data", BadCell::NotUtf8);
    file.spoil("queue", 2, "event_id", BadCell::Null);
    let ran = kitty.run(&["sync-migrate"]).expect(0);
    assert!(
        ran.stdout.contains("4 row(s) from the legacy queue: 1 carried, 1 there already, 0 kept as conflicts, 2 set aside"),
        "{}",
        ran.stdout
    );
    assert_eq!(legacy(&kitty).count("queue"), 0);
    assert_eq!(kitty.scoped().count("set_aside"), 2);
    assert_eq!(kitty.obstacles(), [""; 0]);
}

#[test]
fn without_a_login_rows_have_nowhere_to_go() {
    let kitty = Kitty::empty();
    kitty
        .home
        .legacy(Schema::current())
        .events(&[EventRow::new("01L")]);
    for arguments in [&["sync-migrate"][..], &["sync-migrate", "--dry-run"]] {
        let ran = kitty.look(arguments).expect(2);
        assert!(
            ran.stderr.contains("Log in with `spec-kitty auth login`"),
            "{}",
            ran.stderr
        );
    }
}

#[test]
fn files_of_other_layouts_are_left_alone() {
    let kitty = sample();
    let later = kitty
        .home
        .root()
        .join(format!("queues/queue-{}.db", "5a".repeat(32)));
    let unknown = kitty.home.root().join("queues/notes.txt");
    let other = kitty.home.scoped_path("https://other.test|a|b");
    for path in [&later, &unknown] {
        kitty.home.write(
            path.strip_prefix(kitty.home.root()).unwrap().as_str(),
            "theirs",
        );
    }
    QueueFile::create(other.clone(), Schema::current()).events(&[EventRow::new("01O")]);
    let before: Vec<_> = [&later, &unknown, &other].map(|path| sight(path)).into();
    let _ = kitty.run(&["sync-migrate"]).expect(0);
    let after: Vec<_> = [&later, &unknown, &other].map(|path| sight(path)).into();
    assert_eq!(before, after);
}

fn sight(path: &Utf8Path) -> (Vec<u8>, std::time::SystemTime) {
    let modified = path.metadata().unwrap().modified().unwrap();
    (std::fs::read(path).unwrap(), modified)
}

#[test]
fn a_disk_without_room_loses_nothing() {
    let kitty = sample();
    let before = legacy(&kitty).dump();
    let output = without_room(&kitty.env, &["sync-migrate"], 0);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(
        said.contains("error: ") && said.contains("hint: "),
        "{said}"
    );
    assert_eq!(legacy(&kitty).dump(), before);
    assert_eq!(legacy(&kitty).integrity(), "ok");
    assert_eq!(kitty.scoped().integrity(), "ok");
    let _ = kitty.run(&["sync-migrate"]).expect(0);
    assert_eq!(legacy(&kitty).count("queue"), 0);
}

#[test]
fn a_home_that_may_only_be_read_is_looked_at_and_not_written() {
    let Some(env) = bound_env() else { return };
    let kitty = Kitty::in_env(env);
    kitty.home.lay_out_sample(&kitty.foreground);
    std::fs::remove_file(kitty.home.owner_path()).unwrap();
    let root = kitty.home.root();
    let files = [root.join("queue.db"), kitty.home.scoped_path(&kitty.scope)];
    let set = |folder: u32, file: u32| {
        for file_path in &files {
            allow(file_path, file);
        }
        for folder_path in [root.clone(), root.join("queues")] {
            allow(&folder_path, folder);
        }
    };
    set(0o555, 0o444);
    let looked = bound(&kitty.env, &["sync-status", "--check"]);
    let moved = bound(&kitty.env, &["sync-migrate"]);
    set(0o755, 0o644);
    assert!(looked.expect(2).stdout.contains("Rows in scope   : 5\n"));
    let moved = checked(moved, &["sync-migrate"]).expect(3);
    assert!(
        moved.stderr.contains(".spec-kitty/") && moved.stderr.contains("hint: "),
        "{}",
        moved.stderr
    );
    set(0o755, 0o000);
    let looked = bound(&kitty.env, &["sync-status", "--check", "--json"]);
    let moved = bound(&kitty.env, &["sync-migrate"]);
    set(0o755, 0o644);
    assert!(
        looked.expect(2).stdout.contains(r#""kind":"queue""#),
        "fails closed"
    );
    let _ = checked(moved, &["sync-migrate"]).expect(2);
    let _ = bound(&kitty.env, &["sync-migrate"]).expect(0);
    assert_eq!(legacy(&kitty).count("queue"), 0);
}
