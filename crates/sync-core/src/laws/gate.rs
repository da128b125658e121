//! The law of the gate.

use crate::gate::{FileState, FileTrouble, LoginSource, Preflight, QueueFile, Refusal, Verdict};
use crate::identity::{ForegroundIdentity, Login, Program, Scope};
use crate::owner::{OrphanReason, OwnerRecord, OwnerState, Token};
use crate::queue::RowCounts;
use alloc::string::String;
use proptest::collection::btree_map;
use proptest::prelude::*;
use proptest::sample::select;

const SERVER: &str = "https://sync.example.test";
const QUEUE: &str = "/r/queues/queue-5a470152e5fb2fea.db";

fn file_state() -> impl Strategy<Value = FileState> {
    let counts = (0u64..3, 0u64..3, 0u64..3).prop_map(|(events, bodies, failures)| {
        FileState::Read(RowCounts {
            events,
            bodies,
            failures,
            ..RowCounts::default()
        })
    });
    let reason = String::new;
    let trouble = prop_oneof![
        Just(FileTrouble::Locked),
        Just(FileTrouble::HotJournal),
        Just(FileTrouble::Damaged { reason: reason() }),
        Just(FileTrouble::Unreadable { reason: reason() }),
    ];
    prop_oneof![
        2 => Just(FileState::Absent),
        6 => counts,
        1 => trouble.prop_map(FileState::Trouble),
    ]
}

fn record() -> impl Strategy<Value = OwnerRecord> {
    // Mostly what fits, so that few fields differ and often none does.
    let or = |fitting: &'static str| prop_oneof![5 => Just(fitting), 1 => Just("x\ny")];
    let team = prop_oneof![5 => Just(Some("t")), 1 => Just(None)];
    (
        or("1.0"),
        or("/bin/p"),
        or("/src"),
        or(SERVER),
        team,
        or(QUEUE),
    )
        .prop_map(
            |(version, executable, source, server, team, queue)| OwnerRecord {
                pid: 1,
                port: 9400,
                token: Token::new("s3cret"),
                package_version: version.into(),
                executable_path: executable.into(),
                source_checkout_path: source.into(),
                server_url: server.into(),
                auth_principal: Some("u".into()),
                auth_team: team.map(String::from),
                auth_scope: None,
                queue_db_path: queue.into(),
                started_at: String::new(),
                stamp: None,
            },
        )
}

fn owner() -> impl Strategy<Value = OwnerState> {
    prop_oneof![
        2 => Just(OwnerState::Absent),
        1 => Just(OwnerState::Unreadable { reason: "r".into() }),
        6 => record().prop_map(OwnerState::Present),
        1 => record().prop_map(|record| OwnerState::Orphan(record, OrphanReason::Dead)),
    ]
}

fn preflight() -> impl Strategy<Value = Preflight> {
    let sources = select(
        &[
            LoginSource::Config,
            LoginSource::Credentials,
            LoginSource::Session,
        ][..],
    );
    let broken = prop_oneof![
        4 => Just(alloc::collections::BTreeMap::new()),
        1 => btree_map(sources, Just(String::from("r")), 0..4),
    ];
    let team = prop_oneof![1 => Just(None), 5 => Just(Some("t")), 1 => Just(Some("a|b"))];
    (
        team,
        owner(),
        file_state(),
        file_state(),
        broken,
        any::<bool>(),
        0u64..2,
    )
        .prop_map(
            |(team, owner, legacy, scoped, broken, auth_required, live_orphan_daemons)| {
                let login = team.map(|team| Login {
                    scope: Scope::new(SERVER, "u", team),
                    server_url: SERVER.into(),
                });
                let program = Program {
                    package_version: "1.0".into(),
                    executable_path: "/bin/p".into(),
                    source_path: "/src".into(),
                    pid: 7,
                };
                let queue = if login.is_some() {
                    QUEUE
                } else {
                    "/r/queue.db"
                };
                Preflight {
                    foreground: ForegroundIdentity::of(program, login.as_ref(), queue),
                    owner,
                    legacy: QueueFile {
                        path: "/r/queue.db".into(),
                        state: legacy,
                    },
                    scoped: login.map(|_| QueueFile {
                        path: QUEUE.into(),
                        state: scoped,
                    }),
                    broken,
                    auth_required,
                    live_orphan_daemons,
                }
            },
        )
}

/// What has to hold for any gate to open, said without the gate's own words.
fn sound(preflight: &Preflight, tolerates: impl Fn(&QueueFile) -> bool) -> bool {
    let daemon_fits = match &preflight.owner {
        OwnerState::Absent => true,
        OwnerState::Present(record) => {
            let own = &preflight.foreground;
            record.package_version == own.package_version
                && record.executable_path == own.executable_path
                && record.source_checkout_path == own.source_path
                && Some(&record.server_url) == own.server_url.as_ref()
                && record.team_or_user() == own.team_or_user
                && record.queue_db_path == own.queue_db_path
        }
        OwnerState::Unreadable { .. } | OwnerState::Orphan(..) => false,
    };
    let counted = |file: &QueueFile| !matches!(file.state, FileState::Trouble(_));
    let scoped_fits = |file: &QueueFile| counted(file) || tolerates(file);
    daemon_fits
        && preflight.broken.is_empty()
        && (preflight.foreground.team_or_user.is_some() || !preflight.auth_required)
        && preflight.scoped.as_ref().is_none_or(scoped_fits)
        && (preflight
            .legacy
            .counts()
            .is_some_and(|counts| counts.pending() == 0)
            || tolerates(&preflight.legacy))
}

fn is_short(refusal: &Refusal) -> bool {
    let lines = refusal.lines();
    lines.len() <= Refusal::MOST_LINES
        && lines
            .iter()
            .all(|line| !line.contains(['\n', '\r']) && !line.contains("s3cret"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2048, failure_persistence: None, ..ProptestConfig::default() })]

    /// (14) An obstacle and a `Cleared` never coexist: the gate opens exactly if nothing is in the
    /// way, and a refusal names something and fits its lines.
    #[test]
    fn law_14_an_obstacle_and_a_token_never_coexist(preflight in preflight()) {
        match preflight.evaluate() {
            Verdict::Cleared(_) => prop_assert!(sound(&preflight, |_| false)),
            Verdict::Refused(refusal) => {
                prop_assert!(!sound(&preflight, |_| false));
                prop_assert!(!refusal.obstacles().is_empty() && is_short(&refusal));
            }
        }
        let coherent = sound(&preflight, |_| false) && preflight.live_orphan_daemons == 0;
        prop_assert_eq!(preflight.status_obstacles().is_empty(), coherent);
    }

    /// (14), for a migration: it is let through exactly if nothing is in the way but what it clears,
    /// and never where the whole gate would be open and this one not.
    #[test]
    fn law_14_a_migration_is_let_through_by_what_it_clears_alone(preflight in preflight()) {
        let logged_in = preflight.foreground.team_or_user.is_some();
        let tolerates = |file: &QueueFile| {
            logged_in
                && match &file.state {
                    FileState::Trouble(trouble) => *trouble == FileTrouble::HotJournal,
                    FileState::Absent | FileState::Read(_) => true,
                }
        };
        let cleared = matches!(preflight.evaluate_for_migration(), Verdict::Cleared(_));
        prop_assert_eq!(cleared, sound(&preflight, tolerates));
        prop_assert!(cleared || !matches!(preflight.evaluate(), Verdict::Cleared(_)));
    }
}
