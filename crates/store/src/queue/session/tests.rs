use super::super::test_files::{folder, put};
use super::*;
use std::fs::Permissions;

/// Sealed with another implementation (Node's `crypto`) for `builder:1000`.
const SALT_HEX: &str = "000102030405060708090a0b0c0d0e0f";
const NONCE_HEX: &str = "101112131415161718191a1b";
const CIPHERTEXT_HEX: &str = "d3283d1722326160196b8aa9c3246e298dc3be4b64a8399fd6b818f7613e674ea4c9f2802c2560e0407fc6c547\
     550c06e376b5128bbcfb0ff264715d9dd3fdf568dfad90171840f78c785aad7ecc0b0e744c06bad7cac6417e60\
     cc2f207b039ab5fbb1220855c60e908da807b88a779c651646bc3a9f72a37014fd3d52d878f1e7c840e0955afc\
     40e5971b55fc3de7d45ea698b6f4d8ea0c610ed4197fae4f2fb5f5c6e23e0ab27d860d0ab13eb8e6a2834531da\
     90dfb8e092003769d4e6abaa722bcb297e9a29fed8447de99f1229aaa76ea97849561c4763a93be0ade190eed6\
     012baeb255f7ce07dd8344092653c53040670b739ffed9529802435a912ac069961ecfbf76494d3b3a183754c3\
     1a0806b05d2433fc91d9fc49e959336981b6716cdaec7fea134a352e01242ec9c0e20dea63d2977a674945d6fd\
     b1489a9ab06cb931eaa8d3c1871cab3e8e833408102d7f1fe6441f2fd037709948685e4d201a4c59c24a2ca9a5\
     46ac930e3ead8d043cf2516a3687b3c5f697de7b2b5a066b4bf610a4dda9bcf628d0148f452df269fdad477a93\
     d0743ee51013a07da4bdc3d7a5f75a4a2ae271ed4dfa7bc6736e9b4d04af3da1a1d373b236ea677c82fb6add51\
     dbd63cc9e5e3e7d6034f3fb1f953c1fd15ed9cb0ee4f8b017eb9b5c1ce496664968201617d63914d1d8b68a125\
     1847cb57595bdd1816de5a641890cb21091b1c0eaeb2383f90323d3437256007701fda0fb33d078b8d1c2d8939\
     75a94d6c97fdae989548d3e3a10906712a4e37eb4b881b8871d05c40016893babad91024234effbec1e8d6780c\
     8aa17ad0cddfe42efcd650e5fbdd783f30fa55883aa021b0afe044f7ed11ff69bba19cc0fb0c035c9109acb1fa\
     d46aecbdbb3f0b";

fn machine() -> Machine {
    Machine {
        hostname: "builder".into(),
        uid: 1000,
    }
}

fn home() -> (tempfile::TempDir, Home) {
    let (guard, root) = folder();
    let home = Home::at(root);
    let sealed =
        format!(r#"{{"version": 2, "nonce": "{NONCE_HEX}", "ciphertext": "{CIPHERTEXT_HEX}"}}"#);
    put(&home.session(), sealed.as_bytes());
    put(&home.session_salt(), &unhex(SALT_HEX).unwrap());
    mode(&home, 0o600);
    (guard, home)
}

fn mode(home: &Home, mode: u32) {
    fs::set_permissions(home.session(), Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_session_opens_on_its_machine_and_shows_no_secret() {
    let (_guard, home) = home();
    let session = Session::read(&home, &machine()).unwrap().unwrap();
    assert_eq!(session.email, "dev@example.test");
    assert_eq!(session.private_team.as_deref(), Some("team-a"));
    let token = session.access_token.as_ref().unwrap();
    assert_eq!(token.expose_secret(), "fake-access");
    assert!(!format!("{session:?}").contains("fake"));
}

#[test]
fn nobody_is_logged_in_without_a_session() {
    let (_guard, root) = folder();
    assert!(
        Session::read(&Home::at(root), &machine())
            .unwrap()
            .is_none()
    );
}

#[test]
fn a_session_that_cannot_be_used_says_why() {
    let (_guard, home) = home();
    let why = |home: &Home| Session::read(home, &machine()).unwrap_err();
    for open in [0o640, 0o604, 0o610] {
        mode(&home, open);
        assert!(why(&home).contains("is open to others"), "{open:o}");
    }
    mode(&home, 0o600);

    let elsewhere = Machine {
        uid: 1001,
        ..machine()
    };
    let wrong = Session::read(&home, &elsewhere).unwrap_err();
    assert!(wrong.contains("another machine"), "{wrong}");

    put(&home.session_salt(), b"short");
    assert!(why(&home).contains("does not hold 16 bytes"));
    fs::remove_file(home.session_salt()).unwrap();
    assert!(why(&home).contains("is missing"));
    for text in [
        "",
        "{}",
        "[1]",
        r#"{"version": 1, "nonce": "", "ciphertext": ""}"#,
    ] {
        put(&home.session(), text.as_bytes());
        assert!(why(&home).contains("is not a sealed session"), "{text}");
    }
    put(&home.session(), b"\xff");
    assert!(why(&home).contains("is not UTF-8"));
}

#[test]
fn the_private_team_counts_and_never_the_default_one() {
    let team = |plain: &str| Session::parse(plain.as_bytes()).map(|session| session.private_team);
    let plain = |teams: &str| format!(r#"{{"email":"d@e","default_team_id":"t","teams":{teams}}}"#);
    assert_eq!(team(&plain(r#"[{"id":"t"}]"#)), Some(None));
    assert_eq!(
        team(&plain(
            r#"[{"id":"a","is_private_teamspace":1},{"id":"b","is_private_teamspace":true},{"id":"c","is_private_teamspace":true}]"#
        )),
        Some(Some("b".into()))
    );
    assert_eq!(team(&plain("3")), None);
    assert_eq!(team(r#"{"teams":[]}"#), None);
}
