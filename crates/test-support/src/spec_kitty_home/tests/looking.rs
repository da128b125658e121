//! The fingerprint sees whatever a command may do, and nothing when it only looks.

use std::fs;

use super::{QueueFile, Schema, SpecKittyHome};

fn changes(work: impl FnOnce(&SpecKittyHome)) -> Vec<String> {
    let home = SpecKittyHome::new();
    home.config("[sync]\n").legacy(Schema::current()).fill(0..3);
    let before = home.fingerprint();
    work(&home);
    home.fingerprint().changes_since(&before)
}

#[test]
fn looking_changes_nothing() {
    let seen = changes(|home| {
        let legacy = QueueFile::existing(home.legacy_path());
        assert_eq!(legacy.dump()["queue"].as_array().unwrap().len(), 3);
        assert_eq!(legacy.integrity(), "ok");
        fs::read(home.root().join("config.toml")).unwrap();
    });
    assert_eq!(seen, [""; 0]);
}

#[test]
fn a_row_a_file_a_mode_and_a_rename_show() {
    let row = changes(|home| {
        QueueFile::existing(home.legacy_path()).execute("DELETE FROM queue WHERE id = 1");
    });
    // The folder too: a journal came and went in it.
    assert_eq!(row, ["changed .spec-kitty", "changed .spec-kitty/queue.db"]);
    let mode = changes(|home| {
        home.mode("config.toml", 0o600);
    });
    assert_eq!(mode, ["changed .spec-kitty/config.toml"]);
    let new = changes(|home| {
        home.write("queues/x", "");
    });
    let expected = ["changed .spec-kitty", "new .spec-kitty/queues"];
    assert_eq!(new[..2], expected);
    assert_eq!(new[2..], ["new .spec-kitty/queues/x"]);
    let renamed = changes(|home| {
        let config = home.root().join("config.toml");
        fs::rename(&config, home.root().join("other.toml")).unwrap();
    });
    let expected = ["new .spec-kitty/other.toml", "gone .spec-kitty/config.toml"];
    assert_eq!(renamed[1..], expected);
}

#[test]
fn a_file_replaced_by_one_of_the_same_bytes_and_time_shows() {
    let seen = changes(|home| {
        let config = home.root().join("config.toml");
        let written = fs::metadata(&config).unwrap().modified().unwrap();
        let copy = home.root().join("copy");
        fs::copy(&config, &copy).unwrap();
        let file = fs::File::options().write(true).open(&copy).unwrap();
        file.set_modified(written).unwrap();
        fs::rename(&copy, &config).unwrap();
    });
    assert!(
        seen.contains(&"changed .spec-kitty/config.toml".to_owned()),
        "{seen:?}"
    );
}
