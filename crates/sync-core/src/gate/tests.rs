use super::*;
use crate::identity::{ForegroundIdentity, Login, Program, Scope};
use crate::owner::{Field, OrphanReason, OwnerRecord, OwnerState, Token};
use crate::queue::RowCounts;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

const LEGACY: &str = "/home/dev/.spec-kitty/queue.db";
const SCOPED: &str = "/home/dev/.spec-kitty/queues/queue-5a470152e5fb2fea.db";

fn login() -> Login {
    Login {
        scope: Scope::new("https://sync.example.test", "dev@example.test", "team-a"),
        server_url: "https://sync.example.test".into(),
    }
}

fn program() -> Program {
    Program {
        package_version: "3.2.0rc12".into(),
        executable_path: "/usr/bin/python3.11".into(),
        source_path: "/usr/lib/python3.11".into(),
        pid: 7,
    }
}

fn record() -> OwnerRecord {
    OwnerRecord {
        pid: 1,
        port: 9400,
        token: Token::new("s3cret"),
        package_version: "3.2.0rc12".into(),
        executable_path: "/usr/bin/python3.11".into(),
        source_checkout_path: "/usr/lib/python3.11".into(),
        server_url: "https://sync.example.test".into(),
        auth_principal: Some("dev@example.test".into()),
        auth_team: Some("team-a".into()),
        auth_scope: None,
        queue_db_path: SCOPED.into(),
        started_at: "2026-05-18T12:00:00+00:00".into(),
        stamp: None,
    }
}

fn read(events: u64, bodies: u64) -> FileState {
    FileState::Read(RowCounts {
        events,
        bodies,
        failures: 9,
        ..RowCounts::default()
    })
}

/// A home in which all agrees: logged in, a daemon that fits, the failure log alone not empty.
fn coherent() -> Preflight {
    Preflight {
        foreground: ForegroundIdentity::of(program(), Some(&login()), SCOPED),
        owner: OwnerState::Present(record()),
        legacy: QueueFile {
            path: LEGACY.into(),
            state: read(0, 0),
        },
        scoped: Some(QueueFile {
            path: SCOPED.into(),
            state: read(4, 2),
        }),
        broken: BTreeMap::new(),
        auth_required: true,
        live_orphan_daemons: 0,
    }
}

fn logged_out() -> Preflight {
    Preflight {
        foreground: ForegroundIdentity::of(program(), None, LEGACY),
        owner: OwnerState::Absent,
        scoped: None,
        ..coherent()
    }
}

fn obstacles<Token>(verdict: &Verdict<Token>) -> &[Obstacle] {
    match verdict {
        Verdict::Cleared(_) => &[],
        Verdict::Refused(refusal) => refusal.obstacles(),
    }
}

fn lines(preflight: &Preflight) -> Vec<String> {
    match preflight.evaluate() {
        Verdict::Cleared(_) => Vec::new(),
        Verdict::Refused(refusal) => refusal.lines(),
    }
}

/// Every trouble a file may be in.
fn troubles() -> [FileTrouble; 4] {
    [
        FileTrouble::Locked,
        FileTrouble::Damaged {
            reason: "file is not a database".into(),
        },
        FileTrouble::Unreadable {
            reason: "is a directory".into(),
        },
        FileTrouble::HotJournal,
    ]
}

#[test]
fn a_coherent_home_is_cleared_by_every_gate() {
    let home = coherent();
    assert_eq!(home.evaluate(), Verdict::Cleared(Cleared(())));
    assert_eq!(
        home.evaluate_for_migration(),
        Verdict::Cleared(ClearedToMigrate(()))
    );
    assert_eq!(home.status_obstacles(), []);
    assert_eq!(home.active().path, SCOPED);
}

#[test]
fn the_sample_home_is_refused_as_the_other_program_refuses_it() {
    let mut home = coherent();
    home.legacy.state = read(3, 2);
    home.owner = OwnerState::Present(OwnerRecord {
        package_version: "3.2.0rc9".into(),
        ..record()
    });
    let mismatches = home.mismatches();
    assert_eq!(mismatches.len(), 1);
    assert_eq!(mismatches[0].field, Field::PackageVersion);
    assert_eq!(
        lines(&home),
        [
            "Sync boundary refused: 1 mismatched field(s); 0 orphan daemon record(s); 5 legacy rows in scope.",
            "  daemon_package_version: foreground 3.2.0rc12, daemon 3.2.0rc9",
            "  legacy queue DB /home/dev/.spec-kitty/queue.db has 5 row(s) pending migration (queue=3, body_upload_queue=2)",
            "Remediation:",
            "  • Restart the daemon from the foreground's installation, then verify with `onward sync-status --check`.",
            "  • Run `onward sync-migrate` to move the legacy rows into the current scope, or `onward sync-now` to send them as well.",
        ]
    );
}

#[test]
fn pending_rows_shut_the_gate_but_not_for_a_migration() {
    for (events, bodies) in [(1, 0), (0, 1), (u64::MAX, 1)] {
        let mut home = coherent();
        home.legacy.state = read(events, bodies);
        let expected = Obstacle::LegacyRows {
            path: LEGACY.into(),
            events,
            bodies,
            scoped: true,
        };
        assert_eq!(obstacles(&home.evaluate()), [expected]);
        assert_eq!(obstacles(&home.evaluate_for_migration()), []);
    }
}

#[test]
fn a_migration_is_gated_on_everything_else() {
    let mut home = coherent();
    home.legacy.state = read(3, 2);
    home.owner = OwnerState::Orphan(record(), OrphanReason::Dead);
    let verdict = home.evaluate_for_migration();
    assert!(matches!(
        obstacles(&verdict),
        [Obstacle::Orphan(_, OrphanReason::Dead)]
    ));
    // What waits to be moved is counted, and nobody is sent back to where they come from.
    let Verdict::Refused(refusal) = verdict else {
        panic!()
    };
    assert!(refusal.summary().ends_with("5 legacy rows in scope."));
    assert_eq!(refusal.remedies().len(), 1);
}

#[test]
fn without_a_login_rows_have_nowhere_to_go() {
    let mut home = logged_out();
    home.auth_required = false;
    assert_eq!(home.evaluate(), Verdict::Cleared(Cleared(())));
    assert_eq!(home.active().path, LEGACY);
    home.legacy.state = read(2, 0);
    for refused in [
        obstacles(&home.evaluate()),
        obstacles(&home.evaluate_for_migration()),
    ] {
        assert!(matches!(
            refused,
            [Obstacle::LegacyRows { scoped: false, .. }]
        ));
    }
    assert!(lines(&home)[3].contains("Log in"), "the way out");
    home.legacy.state = FileState::Trouble(FileTrouble::HotJournal);
    assert_eq!(obstacles(&home.evaluate_for_migration()).len(), 1);
}

#[test]
fn a_required_login_is_told_first() {
    let mut home = logged_out();
    home.legacy.state = read(1, 0);
    let refused = home.evaluate();
    assert_eq!(obstacles(&refused)[0], Obstacle::Unauthenticated);
    assert_eq!(obstacles(&refused).len(), 2);
    assert_eq!(
        lines(&home)[0],
        "Error: SaaS sync cannot be guaranteed: no authenticated session/credentials found."
    );
    home.auth_required = false;
    assert!(!obstacles(&home.evaluate()).contains(&Obstacle::Unauthenticated));
}

#[test]
fn a_file_that_cannot_be_counted_shuts_the_gate() {
    for trouble in troubles() {
        for role in [QueueRole::Legacy, QueueRole::Scoped] {
            let mut home = coherent();
            let state = FileState::Trouble(trouble.clone());
            let path = if role == QueueRole::Legacy {
                home.legacy.state = state;
                LEGACY
            } else {
                home.scoped.as_mut().unwrap().state = state;
                SCOPED
            };
            let expected = [Obstacle::Queue {
                role,
                path: path.into(),
                trouble: trouble.clone(),
            }];
            assert_eq!(obstacles(&home.evaluate()), expected);
            // Opening the file for writing is what rolls a dead writer's transaction back.
            let cleared = trouble == FileTrouble::HotJournal;
            let migration = home.evaluate_for_migration();
            assert_eq!(obstacles(&migration).is_empty(), cleared, "{trouble:?}");
        }
    }
}

#[test]
fn a_file_that_is_not_there_has_no_rows() {
    let mut home = coherent();
    home.legacy.state = FileState::Absent;
    home.scoped.as_mut().unwrap().state = FileState::Absent;
    assert_eq!(home.evaluate(), Verdict::Cleared(Cleared(())));
    assert_eq!(home.legacy.counts(), Some(RowCounts::default()));
    home.legacy.state = FileState::Trouble(FileTrouble::Locked);
    assert_eq!(home.legacy.counts(), None);
}

#[test]
fn what_cannot_be_read_is_named() {
    let mut home = coherent();
    home.owner = OwnerState::Unreadable {
        reason: "owner.json: line 1 is not JSON".into(),
    };
    let sources = [
        LoginSource::Config,
        LoginSource::Credentials,
        LoginSource::Session,
    ];
    home.broken = sources
        .map(|source| (source, "not UTF-8".to_string()))
        .into();
    let sentences: Vec<String> = obstacles(&home.evaluate())
        .iter()
        .map(Obstacle::sentence)
        .collect();
    assert_eq!(
        sentences,
        [
            "the login session cannot be used: not UTF-8",
            "the credentials file cannot be used: not UTF-8",
            "the configuration cannot be used: not UTF-8",
            "the daemon owner record cannot be read: owner.json: line 1 is not JSON",
        ]
    );
}

#[test]
fn an_orphan_is_named_and_not_compared() {
    let mut home = coherent();
    let other = OwnerRecord {
        package_version: "0".into(),
        ..record()
    };
    home.owner = OwnerState::Orphan(other, OrphanReason::PidReused);
    assert_eq!(home.mismatches(), []);
    let text = lines(&home).join("\n");
    assert!(text.contains("1 orphan daemon record(s)"), "{text}");
    assert!(text.contains("process 1 is another one by now"), "{text}");
    assert!(
        text.contains("`onward doctor retire`") && !text.contains("s3cret"),
        "{text}"
    );
}

#[test]
fn daemons_without_a_record_are_the_status_alone() {
    let mut home = coherent();
    home.live_orphan_daemons = 2;
    assert_eq!(home.evaluate(), Verdict::Cleared(Cleared(())));
    let status = home.status_obstacles();
    assert_eq!(status, [Obstacle::LiveOrphanDaemons { count: 2 }]);
    assert_eq!(
        status[0].sentence(),
        "2 live daemon(s) that no owner record names"
    );
    assert!(
        status[0]
            .remedy()
            .contains("`onward doctor orphan-daemons`")
    );
}

#[test]
fn a_value_with_line_ends_takes_one_line() {
    let mut home = coherent();
    home.owner = OwnerState::Present(OwnerRecord {
        server_url: "https://a.test\n\u{1b}[31mRemediation:".into(),
        ..record()
    });
    let lines = lines(&home);
    assert_eq!(lines.len(), 4);
    assert!(lines.iter().all(|line| !line.contains(char::is_control)));
}
