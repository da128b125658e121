use super::*;
use crate::identity::{ForegroundIdentity, Login, Program, Scope};
use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Ordering;

mod starters;

fn record() -> OwnerRecord {
    OwnerRecord {
        pid: 4711,
        port: 9400,
        token: Token::new("s3cret"),
        package_version: "3.2.0rc12".into(),
        executable_path: "/usr/bin/python3.11".into(),
        source_checkout_path: "/usr/lib/python3.11".into(),
        server_url: "https://sync.example.test".into(),
        auth_principal: Some("dev@example.test".into()),
        auth_team: Some("team-a".into()),
        auth_scope: Some("https://sync.example.test|dev@example.test|team-a".into()),
        queue_db_path: "/home/dev/.spec-kitty/queues/queue-5a470152e5fb2fea.db".into(),
        started_at: "2026-05-18T12:00:00+00:00".into(),
        stamp: None,
    }
}

fn foreground() -> ForegroundIdentity {
    let program = Program {
        package_version: "3.2.0rc12".into(),
        executable_path: "/usr/bin/python3.11".into(),
        source_path: "/usr/lib/python3.11".into(),
        pid: 7,
    };
    let login = Login {
        scope: Scope::new("https://sync.example.test", "dev@example.test", "team-a"),
        server_url: "https://sync.example.test".into(),
    };
    let queue = "/home/dev/.spec-kitty/queues/queue-5a470152e5fb2fea.db";
    ForegroundIdentity::of(program, Some(&login), queue)
}

fn stamped(start_time: &str, boot_id: &str) -> OwnerRecord {
    OwnerRecord {
        stamp: Some(ProcessStamp {
            start_time: start_time.into(),
            boot_id: boot_id.into(),
        }),
        ..record()
    }
}

/// A living process with an executable, of which nothing more is known.
fn alive() -> ProcessFacts {
    ProcessFacts {
        alive: true,
        executable_exists: true,
        boot_id: None,
        start_time: None,
    }
}

fn stamp_seen(start_time: &str, boot_id: &str) -> ProcessFacts {
    ProcessFacts {
        boot_id: Some(boot_id.into()),
        start_time: Some(start_time.into()),
        ..alive()
    }
}

fn orphaned(record: OwnerRecord, facts: &ProcessFacts) -> Option<OrphanReason> {
    match OwnerState::of(record, facts) {
        OwnerState::Orphan(_, reason) => Some(reason),
        _ => None,
    }
}

#[test]
fn only_a_possible_pid_may_be_probed() {
    let probe = |pid| OwnerRecord { pid, ..record() }.process_id();
    for pid in [0, -1, i64::MIN, i64::from(i32::MAX) + 1, i64::MAX] {
        assert_eq!(probe(pid), None, "{pid}");
        let orphan = orphaned(OwnerRecord { pid, ..record() }, &alive());
        assert_eq!(orphan, Some(OrphanReason::ImpossiblePid), "{pid}");
    }
    assert_eq!(probe(1), Some(1));
    assert_eq!(probe(i64::from(i32::MAX)), Some(i32::MAX.unsigned_abs()));
}

#[test]
fn an_owner_lives_unless_something_shows_that_it_is_gone() {
    let dead = ProcessFacts {
        alive: false,
        ..alive()
    };
    let bare = ProcessFacts {
        executable_exists: false,
        ..alive()
    };
    for (record, facts, expected) in [
        (record(), alive(), None),
        (record(), dead.clone(), Some(OrphanReason::Dead)),
        (record(), bare, Some(OrphanReason::ExecutableMissing)),
        // The other program's record has no stamp, and some machines show none.
        (record(), stamp_seen("9", "b"), None),
        (stamped("9", "b"), alive(), None),
        (stamped("9", "b"), stamp_seen("9", "b"), None),
        (
            stamped("9", "b"),
            stamp_seen("8", "b"),
            Some(OrphanReason::PidReused),
        ),
        (
            stamped("9", "b"),
            stamp_seen("9", "c"),
            Some(OrphanReason::Rebooted),
        ),
        (stamped("9", "b"), dead, Some(OrphanReason::Dead)),
    ] {
        assert_eq!(
            orphaned(record.clone(), &facts),
            expected,
            "{record:?} {facts:?}"
        );
    }
}

#[test]
fn every_orphan_says_why() {
    let record = record();
    for (reason, sentence) in [
        (
            OrphanReason::ImpossiblePid,
            "no process can have the id 4711",
        ),
        (
            OrphanReason::Rebooted,
            "the machine was restarted since process 4711 wrote it",
        ),
        (OrphanReason::Dead, "process 4711 is not alive"),
        (
            OrphanReason::PidReused,
            "process 4711 is another one by now",
        ),
        (
            OrphanReason::ExecutableMissing,
            "/usr/bin/python3.11 does not exist",
        ),
    ] {
        assert_eq!(reason.sentence(&record), sentence);
    }
}

#[test]
fn the_token_is_never_printed() {
    let record = record();
    let printed = alloc::format!(
        "{record:?} {} {:?}",
        record.token,
        OwnerState::Present(record.clone())
    );
    assert!(!printed.contains("s3cret"), "{printed}");
    assert_eq!(record.token.to_string(), "<redacted>");
    assert_eq!(record.token.reveal(), "s3cret");
}

#[test]
fn fields_have_their_names_and_the_other_programs_hints() {
    let expected = [
        (
            "daemon_package_version",
            "package_version",
            "Run `spec-kitty doctor restart-daemon` to restart the daemon at the foreground version.",
        ),
        (
            "daemon_executable_path",
            "executable_path",
            "Run `spec-kitty doctor restart-daemon` to restart the daemon at the foreground source.",
        ),
        (
            "daemon_source_path",
            "source_path",
            "Run `spec-kitty doctor restart-daemon` to restart the daemon at the foreground source.",
        ),
        (
            "daemon_server_url",
            "server_url",
            "Reauthenticate (`spec-kitty auth login`) or restart the daemon against the matching server.",
        ),
        (
            "daemon_team_or_user",
            "team_or_user",
            "Switch to the foreground team/user (`spec-kitty auth switch ...`) or restart the daemon.",
        ),
        (
            "daemon_queue_db_path",
            "queue_db_path",
            "Run `spec-kitty doctor restart-daemon`; the scoped queue path changed.",
        ),
    ];
    let fields = Field::ALL.map(|field| (field.name(), field.short_name(), field.hint()));
    assert_eq!(fields, expected);
    assert!(
        Field::ALL
            .iter()
            .all(|field| field.remedy().contains("`onward "))
    );
}

#[test]
fn equal_identities_have_no_mismatch() {
    assert_eq!(compare(&foreground(), &record()), []);
    let untidy = OwnerRecord {
        executable_path: "/usr//bin/./python3.11/".into(),
        queue_db_path: "/home/dev/.spec-kitty/./queues/queue-5a470152e5fb2fea.db/".into(),
        auth_scope: Some("something else".into()),
        ..record()
    };
    assert_eq!(compare(&foreground(), &untidy), []);
}

#[test]
fn all_six_differ_in_order() {
    let other = OwnerRecord {
        package_version: "3.2.0rc9".into(),
        executable_path: "/usr/bin/../bin/python3.11".into(),
        source_checkout_path: "/opt".into(),
        // Case and a slash at the end count.
        server_url: "https://sync.example.test/".into(),
        auth_team: None,
        queue_db_path: "/home/dev/.spec-kitty/queue.db".into(),
        ..record()
    };
    let mismatches = compare(&foreground(), &other);
    let fields: Vec<Field> = mismatches.iter().map(|mismatch| mismatch.field).collect();
    assert_eq!(fields, Field::ALL);
    let team = &mismatches[4];
    assert_eq!(team.foreground_value(), "dev@example.test/team-a");
    assert_eq!(team.daemon_value(), "dev@example.test");
}

#[test]
fn a_value_unset_on_one_side_is_a_mismatch_and_on_both_is_none() {
    let nobody = ForegroundIdentity {
        server_url: None,
        team_or_user: None,
        ..foreground()
    };
    let anonymous = OwnerRecord {
        server_url: String::new(),
        auth_principal: None,
        ..record()
    };
    assert_eq!(compare(&nobody, &anonymous), []);
    let shown = |mismatches: Vec<FieldMismatch>| -> Vec<(Field, String, String)> {
        mismatches
            .iter()
            .map(|one| {
                (
                    one.field,
                    one.foreground_value().into(),
                    one.daemon_value().into(),
                )
            })
            .collect()
    };
    let (server, team) = ("https://sync.example.test", "dev@example.test/team-a");
    assert_eq!(
        shown(compare(&nobody, &record())),
        [
            (Field::ServerUrl, "<unset>".into(), server.into()),
            (Field::TeamOrUser, "<unset>".into(), team.into()),
        ]
    );
    assert_eq!(
        shown(compare(&foreground(), &anonymous)),
        [
            (Field::ServerUrl, server.into(), "<unset>".into()),
            (Field::TeamOrUser, team.into(), "<unset>".into()),
        ]
    );
}

/// Each is older than the next.
const VERSIONS: [&str; 13] = [
    "0.9",
    "3.2.0.dev1",
    "3.2.0a1",
    "3.2.0-alpha.2",
    "3.2.0b1",
    "3.2.0rc2",
    "3.2.0rc12",
    "3.2",
    "3.2.0.post1",
    "3.2.1-rc.1",
    "v3.2.1+local.7",
    "3.10",
    "2026.1",
];

#[test]
fn versions_are_ordered() {
    let parse = |text: &str| Version::parse(text).unwrap_or_else(|| panic!("{text}"));
    for (n, a) in VERSIONS.iter().enumerate() {
        for (m, b) in VERSIONS.iter().enumerate() {
            assert_eq!(parse(a).cmp(&parse(b)), n.cmp(&m), "{a} {b}");
        }
    }
    assert_eq!(parse("3.2").cmp(&parse("3.2.0")), Ordering::Equal);
    for text in [
        "",
        "main",
        "3..2",
        ".3",
        "3.2.0rc1.dev2",
        "3.2.0x",
        "1-1",
        "99999999999999999999",
    ] {
        assert_eq!(Version::parse(text), None, "{text}");
    }
}

#[test]
fn a_claim_never_takes_a_living_owners_place() {
    let own = OwnerRecord {
        pid: 1,
        token: Token::new("own"),
        ..record()
    };
    let living = |version: &str| OwnerRecord {
        package_version: version.into(),
        ..record()
    };
    let boxed = |version: &str| Box::new(living(version));
    let unreadable = OwnerState::Unreadable {
        reason: "not JSON".into(),
    };
    let orphan = OwnerState::Orphan(living("9.0"), OrphanReason::Dead);
    for (found, expected) in [
        (OwnerState::Absent, Claim::Create),
        (
            unreadable,
            Claim::Unclear {
                reason: "not JSON".into(),
            },
        ),
        (orphan, Claim::Replace(boxed("9.0"), OrphanReason::Dead)),
        (OwnerState::Present(own.clone()), Claim::Own),
        (
            OwnerState::Present(living("3.2.0rc12")),
            Claim::Taken(boxed("3.2.0rc12")),
        ),
        (
            OwnerState::Present(living("unknown")),
            Claim::Taken(boxed("unknown")),
        ),
        (
            OwnerState::Present(living("3.2.0rc9")),
            Claim::TakenByOlder(boxed("3.2.0rc9")),
        ),
        (
            OwnerState::Present(living("3.2.0")),
            Claim::TakenByNewer(boxed("3.2.0")),
        ),
    ] {
        assert_eq!(claim(&own, &found), expected, "{found:?}");
    }
}

#[test]
fn an_equal_pid_alone_is_not_the_same_owner() {
    let own = stamped("9", "b");
    assert!(own.same_owner(&OwnerRecord {
        port: 9401,
        ..own.clone()
    }));
    let others = [
        OwnerRecord {
            pid: 1,
            ..own.clone()
        },
        OwnerRecord {
            token: Token::new("x"),
            ..own.clone()
        },
        stamped("8", "b"),
    ];
    assert!(!others.iter().any(|other| own.same_owner(other)));
}
