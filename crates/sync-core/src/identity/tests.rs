use super::*;
use alloc::string::ToString;
use proptest::prelude::*;

#[test]
fn the_sample_scope_has_the_sample_name() {
    let scope = Scope::parse("https://sync.example.test|dev@example.test|team-a").unwrap();
    assert_eq!(scope.queue_file_name(), "queue-5a470152e5fb2fea.db");
    assert_eq!(
        scope.team_or_user().as_deref(),
        Some("dev@example.test/team-a")
    );
}

#[test]
fn parts_are_trimmed_and_lowered() {
    for (server, user, team, text) in [
        ("HTTPS://A.test//", "Ada", "T", "https://a.test|ada|t"),
        (
            "\u{1c}https://a.test/\u{a0}",
            "\tADA\n",
            " T ",
            "https://a.test|ada|t",
        ),
        ("https://a.test/x/", "u/", "t/", "https://a.test/x|u/|t/"),
        ("s", "ÜBER", "ΟΔΟΣ", "s|über|οδος"),
        ("s", "İ", "", "s|i\u{307}|"),
    ] {
        assert_eq!(Scope::new(server, user, team).to_string(), text);
    }
}

#[test]
fn a_scope_splits_in_exactly_three() {
    assert_eq!(Scope::parse("a|b"), None);
    assert_eq!(Scope::parse("a|b|c|d"), None);
    assert_eq!(Scope::parse(""), None);
    assert_eq!(Scope::parse("a|b|"), Some(Scope::new("a", "b", "")));
}

#[test]
fn a_bar_in_a_team_gives_a_queue_but_no_identity() {
    let scope = Scope::new("https://a.test", "ada", "red|blue");
    assert_eq!(scope.queue_file_name(), "queue-693ba98b20c85604.db");
    assert_eq!(scope.team_or_user(), None);
    let foreground = foreground(Some(&login(scope)));
    assert_eq!(foreground.server_url, None);
    assert!(!foreground.auth_present());
}

fn login(scope: Scope) -> Login {
    Login {
        scope,
        server_url: "https://Sync.example.test/".into(),
    }
}

fn foreground(login: Option<&Login>) -> ForegroundIdentity {
    let program = Program {
        package_version: "3.2.0rc12".into(),
        executable_path: "/usr/bin/python3.11".into(),
        source_path: "/usr/lib/python3.11".into(),
        pid: 7,
    };
    ForegroundIdentity::of(program, login, "/home/ada/.spec-kitty/queue.db")
}

#[test]
fn the_server_of_an_identity_is_raw_and_only_with_a_login() {
    let someone = foreground(Some(&login(Scope::new("https://b.test", "Ada", "T"))));
    assert_eq!(
        someone.server_url.as_deref(),
        Some("https://Sync.example.test/")
    );
    assert_eq!(someone.team_or_user.as_deref(), Some("ada/t"));
    assert!(someone.auth_present());
    let nobody = foreground(None);
    assert_eq!(
        (nobody.server_url.as_ref(), nobody.team_or_user.as_ref()),
        (None, None)
    );
    assert!(!nobody.auth_present());
}

#[test]
fn without_a_team_the_user_stands_alone() {
    assert_eq!(
        Scope::new("s", "Ada", "").team_or_user().as_deref(),
        Some("ada")
    );
    assert_eq!(Scope::new("s", " ", "t").team_or_user(), None);
}

#[test]
fn paths_are_normalised_as_text() {
    for (path, normal) in [
        ("/a//b/./c/", "/a/b/c"),
        ("/a/../b", "/a/../b"),
        ("a/./b", "a/b"),
        ("./a", "a"),
        ("//a", "//a"),
        ("///a", "/a"),
        ("/", "/"),
        ("/.", "/"),
        ("", "."),
        ("./", "."),
        ("/a/...", "/a/..."),
    ] {
        assert_eq!(normalise_path(path), normal, "{path}");
    }
}

proptest! {
    #[test]
    fn normalising_twice_is_normalising_once(path in "[a./]{0,12}") {
        let once = normalise_path(&path);
        prop_assert_eq!(normalise_path(&once), once);
    }

    /// What a scope prints is the same scope again, so its file is found by whoever reads the text.
    #[test]
    fn a_scope_reads_what_it_prints(text in "[a-zA-Z./: ]{0,8}\\|[a-zA-Z@ ]{0,6}\\|[A-Z/ ]{0,4}") {
        let scope = Scope::parse(&text).unwrap();
        let printed = scope.to_string();
        prop_assume!(!scope.server().ends_with(char::is_whitespace));
        prop_assert_eq!(Scope::parse(&printed), Some(scope));
    }
}
