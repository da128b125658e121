//! Places, modes and texts.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use super::{Machine, QueueFile, SpecKittyHome};

fn mode(path: impl AsRef<std::path::Path>) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn the_sample_is_laid_out_as_recorded() {
    let (home, foreground) = SpecKittyHome::sample();
    let root = home.root();
    let names = home.fingerprint();
    let empty = tempfile::TempDir::new().unwrap();
    let empty = camino::Utf8Path::from_path(empty.path()).unwrap();
    let listed = names.changes_since(&super::super::Fingerprint::of(empty));
    let files: Vec<_> = listed
        .iter()
        .filter_map(|line| line.strip_prefix("new .spec-kitty/"))
        .filter(|path| root.join(path).is_file())
        .collect();
    assert_eq!(
        files,
        [
            "config.toml",
            "credentials",
            "queue.db",
            "queues/queue-5a470152e5fb2fea.db",
            "sync/daemon/owner.json",
        ]
    );
    let legacy = QueueFile::existing(home.legacy_path());
    let scoped = QueueFile::existing(home.scoped_path(SpecKittyHome::SAMPLE_SCOPE));
    assert_eq!(legacy.dump(), SpecKittyHome::expected_rows("legacy.sql"));
    assert_eq!(scoped.count("queue"), 2);
    assert_eq!(scoped.count("body_upload_queue"), 1);

    let owner: Value =
        serde_json::from_str(&fs::read_to_string(home.owner_path()).unwrap()).unwrap();
    assert_eq!(owner["executable_path"], foreground.executable.as_str());
    assert_eq!(owner["queue_db_path"], scoped.path().as_str());
    assert!(foreground.executable.is_file(), "else it is an orphan");
    assert_eq!(mode(home.owner_path()), 0o600);
    let status = home.expected("expected-status.json", &foreground);
    let status: Value = serde_json::from_str(&status).unwrap();
    assert_eq!(status["foreground"]["package_version"], "3.2.0rc12");
    assert_eq!(status["legacy_queue"]["path"], legacy.path().as_str());
    assert!(!status.to_string().replace("$PID", "").contains('$'));
}

#[test]
fn the_installed_tool_is_found_from_its_command() {
    let home = SpecKittyHome::new();
    let foreground = home.install("3.2.0rc12");
    let command = fs::read_to_string(foreground.bin().join("spec-kitty")).unwrap();
    assert_eq!(command, format!("#!{}\n", foreground.executable));
    let package = foreground
        .source
        .join("site-packages/specify_cli/__init__.py");
    let third_parent = package.ancestors().nth(3);
    assert_eq!(third_parent, Some(foreground.source.as_path()));
    assert!(package.is_file());
}

#[test]
fn a_matching_daemon_differs_from_the_sample_in_its_version_only() {
    let (home, foreground) = SpecKittyHome::sample();
    let recorded = home.expected("owner.json", &foreground);
    let mut record = home.daemon(&foreground, SpecKittyHome::SAMPLE_SCOPE, 1);
    assert_eq!(record["package_version"], "3.2.0rc12");
    record["package_version"] = json!("3.2.0rc9");
    home.owner(&record);
    let written = fs::read_to_string(home.owner_path()).unwrap();
    assert_eq!(written, recorded, "byte for byte as the daemon writes it");
}

#[test]
fn a_session_is_for_its_owner_alone_unless_told() {
    let home = SpecKittyHome::new();
    home.session(&SpecKittyHome::sample_session(), &Machine::this());
    let sealed = fs::read_to_string(home.session_path()).unwrap();
    let sealed: Value = serde_json::from_str(&sealed).unwrap();
    assert_eq!(sealed["version"], 2);
    assert_eq!(mode(home.session_path()), 0o600);
    let salt = fs::read(home.root().join("auth/session.salt")).unwrap();
    assert_eq!(salt.len(), 16);
    home.mode("auth/session.json", 0o644);
    assert_eq!(mode(home.session_path()), 0o644);
    let elsewhere = Machine {
        hostname: "elsewhere".to_owned(),
        ..Machine::this()
    };
    home.session(&SpecKittyHome::sample_session(), &elsewhere);
    let other = fs::read_to_string(home.session_path()).unwrap();
    let other: Value = serde_json::from_str(&other).unwrap();
    assert_ne!(other["ciphertext"], sealed["ciphertext"]);
}

#[test]
fn written_credentials_are_the_samples() {
    let (sample, _) = SpecKittyHome::sample();
    let home = SpecKittyHome::new();
    home.credentials("https://sync.example.test", "dev@example.test", "team-a");
    let text = |home: &SpecKittyHome| fs::read_to_string(home.root().join("credentials"));
    assert_eq!(text(&home).unwrap(), text(&sample).unwrap());
}
