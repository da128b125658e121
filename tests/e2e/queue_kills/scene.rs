//! A home before, while and after its rows move.

use camino::{Utf8Path, Utf8PathBuf};
use rusqlite::Connection;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::os::unix::fs::MetadataExt;
use std::process::Command;
use test_support::{
    BadCell, BodyRow, EventRow, FailureRow, QueueFile, Schema, SpecKittyHome, TestEnv,
};

const SCOPE: &str = SpecKittyHome::SAMPLE_SCOPE;
const TABLES: [&str; 3] = ["queue", "body_upload_queue", "body_upload_failure_log"];

/// What the rows move into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Into {
    Rows,
    Empty,
    Nothing,
}

impl Into {
    pub(super) const ALL: [Self; 3] = [Self::Rows, Self::Empty, Self::Nothing];
}

/// A home whose rows have not moved, and what its queues end as when nobody disturbs.
pub(super) struct Before {
    pub(super) into: Into,
    home: SpecKittyHome,
    legacy: Rows,
    scoped: Rows,
    expected: Rows,
}

/// A home of its own for one test, and the real binary in it.
pub(super) struct Scene {
    pub(super) env: TestEnv,
    pub(super) home: SpecKittyHome,
}

/// What lies in a queue file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Rows {
    /// Rows as text behind their table's name, with and without their ids.
    with_ids: BTreeSet<String>,
    without: BTreeSet<String>,
    /// The keys of events and the hashes of bodies, each as often as it is there.
    keys: Vec<String>,
    /// Rows of the side tables: the event's id and its data, or the artifact and its content.
    pub(super) kept: BTreeSet<(String, String)>,
    pub(super) events: BTreeSet<(String, String)>,
    pub(super) bodies: BTreeSet<(String, String)>,
}

impl Before {
    /// So many events and a body for every tenth, an entry of the failure log; and where there are
    /// rows in the scope, one of each other fate.
    pub(super) fn new(into: Into, rows: u64) -> Self {
        let home = SpecKittyHome::new();
        let legacy = home.legacy(Schema::current());
        legacy
            .fill(0..rows)
            .failures(&[FailureRow::new(BodyRow::new("a.md", "a"), "no")]);
        if into != Into::Nothing {
            let scoped = home.scoped(SCOPE, Schema::current());
            if into == Into::Rows {
                let named = [EventRow::new("other"), EventRow::new("same")];
                legacy.events(&[EventRow::padded("other", 300), EventRow::new("same")]);
                legacy.events(&[EventRow::new("odd")]);
                let odd = i64::try_from(rows).unwrap() + 3;
                legacy.spoil("queue", odd, "event_type", BadCell::NotUtf8);
                scoped.fill(rows..rows + 20).events(&named);
            }
        }
        let mut before = Self {
            into,
            legacy: Rows::of(&home.legacy_path()),
            scoped: Rows::of(&home.scoped_path(SCOPE)),
            expected: Rows::default(),
            home,
        };
        let scene = before.scene();
        scene.env.run(&["sync-migrate"]).expect(0);
        before.expected = Rows::of(&scene.home.scoped_path(SCOPE));
        before.check(&scene, "undisturbed");
        let moved = before.expected.keys.len() - before.scoped.keys.len();
        let rows = usize::try_from(rows).unwrap();
        assert_eq!(moved, rows + rows.div_ceil(10) + 1);
        assert_eq!(
            before.expected.kept.len(),
            if into == Into::Rows { 2 } else { 0 }
        );
        before
    }

    /// A copy of the home to be used up.
    pub(super) fn scene(&self) -> Scene {
        let env = crate::scene::env();
        let home = SpecKittyHome::at(&env.home());
        home.credentials("https://sync.example.test", "dev@example.test", "team-a");
        fs::copy(self.home.legacy_path(), home.legacy_path()).unwrap();
        if self.into != Into::Nothing {
            fs::create_dir(home.root().join("queues")).unwrap();
            fs::copy(self.home.scoped_path(SCOPE), home.scoped_path(SCOPE)).unwrap();
        }
        Scene { env, home }
    }

    /// Asserts that no row is lost, none is there twice, and those of the scope are unchanged.
    #[track_caller]
    pub(super) fn check(&self, scene: &Scene, when: &str) {
        let legacy = Rows::of(&scene.home.legacy_path());
        let scoped = Rows::of(&scene.home.scoped_path(SCOPE));
        assert!(legacy.with_ids.is_subset(&self.legacy.with_ids), "{when}");
        assert!(scoped.with_ids.is_superset(&self.scoped.with_ids), "{when}");
        assert!(scoped.without.is_subset(&self.expected.without), "{when}");
        for rows in [&legacy, &scoped] {
            let keys: BTreeSet<_> = rows.keys.iter().collect();
            assert_eq!(keys.len(), rows.keys.len(), "{when}: a key is there twice");
        }
        let there: BTreeSet<_> = legacy.without.union(&scoped.without).cloned().collect();
        let lost: Vec<_> = self.legacy.without.difference(&there).collect();
        let kept = scoped.kept.iter();
        let kept: BTreeSet<_> = kept
            .filter(|row| self.legacy.events.contains(row))
            .collect();
        assert!(lost.len() <= kept.len(), "{when}: lost {lost:?}");
    }

    /// Runs once more, and asserts that all is as if nobody had disturbed.
    #[track_caller]
    pub(super) fn complete(&self, scene: &Scene) {
        let ran = scene.env.run(&["sync-migrate"]);
        assert_eq!(ran.code, Some(0), "{}", ran.transcript());
        self.check(scene, "at last");
        let legacy = Rows::of(&scene.home.legacy_path());
        let scoped = Rows::of(&scene.home.scoped_path(SCOPE));
        assert_eq!(legacy, Rows::default());
        assert_eq!(scoped.without, self.expected.without);
        assert_eq!(scoped.kept, self.expected.kept);
        let folder = scene.home.root().join("queues");
        let names = folder.read_dir_utf8().unwrap().flatten();
        let names: Vec<_> = names.map(|entry| entry.file_name().to_owned()).collect();
        assert_eq!(names.len(), 1, "something is left behind: {names:?}");
    }
}

impl Scene {
    pub(super) fn scoped(&self) -> Utf8PathBuf {
        self.home.scoped_path(SCOPE)
    }

    /// Counts the events in the scope; those of a transaction under way are not there.
    pub(super) fn scoped_events(&self) -> u32 {
        let file = Connection::open(self.scoped()).unwrap();
        file.busy_timeout(std::time::Duration::from_secs(5))
            .unwrap();
        let count = "SELECT count(*) FROM queue";
        file.query_row(count, [], |row| row.get(0)).unwrap()
    }

    /// Prepares another program in the binary's environment.
    pub(super) fn command(&self, program: &str) -> Command {
        let own = self.env.command(&[""; 0]);
        #[expect(clippy::disallowed_methods, reason = "a tracer starts the binary")]
        let mut command = Command::new(program);
        command.env_clear().current_dir(self.env.work());
        command.envs(
            own.get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
        command
    }
}

impl Rows {
    /// Reads a private copy, since looking may roll back what a killed process has left.
    #[track_caller]
    pub(super) fn of(path: &Utf8Path) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let copy = Utf8Path::from_path(dir.path()).unwrap().join("queue.db");
        for end in ["", "-journal"] {
            let from = Utf8PathBuf::from(format!("{path}{end}"));
            if from.exists() {
                fs::copy(from, format!("{copy}{end}")).unwrap();
            }
        }
        let file = Connection::open(&copy).unwrap();
        let health = file.query_row("PRAGMA integrity_check", [], |row| row.get::<_, String>(0));
        assert_eq!(health.unwrap(), "ok", "{path}");
        let mut rows = Self::default();
        rows.read_tables(&QueueFile::existing(copy));
        for (table, column) in [("migration_conflicts", "legacy_row"), ("set_aside", "row")] {
            if file.table_exists(None, table).unwrap() {
                let query = format!("SELECT {column} FROM {table}");
                let mut statement = file.prepare(&query).unwrap();
                let texts = statement
                    .query_map([], |row| row.get::<_, String>(0))
                    .unwrap();
                for text in texts.map(Result::unwrap) {
                    let row: Value = serde_json::from_str(&text).unwrap();
                    let row = event(&row).or_else(|| body(&row)).unwrap();
                    assert!(rows.kept.insert(row), "{path}: kept twice: {text}");
                }
            }
        }
        rows
    }

    fn read_tables(&mut self, file: &QueueFile) {
        let tables = file.dump_with_ids();
        for table in TABLES {
            for row in tables[table].as_array().into_iter().flatten() {
                self.with_ids.insert(format!("{table} {row}"));
                let mut row = row.clone();
                row.as_object_mut().unwrap().remove("id");
                self.without.insert(format!("{table} {row}"));
                let key = [
                    "event_id",
                    "artifact_path",
                    "content_hash",
                    "failure_reason",
                ];
                let key: Vec<_> = key.map(|column| row[column].to_string()).into();
                self.keys.push(format!("{table} {key:?}"));
                self.events.extend(event(&row));
                self.bodies.extend(body(&row));
            }
        }
    }
}

fn event(row: &Value) -> Option<(String, String)> {
    let text = |name: &str| row[name].as_str().map(str::to_owned);
    Some((text("event_id")?, text("data")?))
}

fn body(row: &Value) -> Option<(String, String)> {
    let text = |name: &str| row[name].as_str().map(str::to_owned);
    Some((text("artifact_path")?, text("content_body")?))
}

/// Reads a queue file until dropped, so that nobody gets to the end of a commit.
pub(super) fn read(path: &Utf8Path) -> Connection {
    let file = Connection::open(path).unwrap();
    file.execute_batch("BEGIN; SELECT count(*) FROM sqlite_master")
        .unwrap();
    file
}

/// Locks a queue file against other writers until dropped.
pub(super) fn lock(path: &Utf8Path) -> Connection {
    let file = Connection::open(path).unwrap();
    file.execute_batch("BEGIN IMMEDIATE").unwrap();
    file
}

/// Says whether there is a journal that has been begun.
pub(super) fn has_journal(path: &Utf8Path) -> bool {
    fs::metadata(format!("{path}-journal")).is_ok_and(|data| data.len() > 0)
}

/// Counts how often the files of a home change, as far as they are looked at often enough.
pub(super) struct Watch {
    files: Vec<Utf8PathBuf>,
    seen: Vec<Option<(u64, i64, i64)>>,
    changes: usize,
}

impl Watch {
    pub(super) fn new(home: &SpecKittyHome) -> Self {
        let (legacy, scoped) = (home.legacy_path(), home.scoped_path(SCOPE));
        let mut files: Vec<_> = [&legacy, &scoped]
            .map(|path| Utf8PathBuf::from(format!("{path}-journal")))
            .into();
        files.extend([legacy, scoped, home.root().join("queues")]);
        let mut watch = Self {
            files,
            seen: Vec::new(),
            changes: 0,
        };
        watch.changes();
        watch.changes = 0;
        watch
    }

    pub(super) fn changes(&mut self) -> usize {
        let sight = |path: &Utf8PathBuf| {
            let data = fs::metadata(path).ok()?;
            Some((data.len(), data.mtime(), data.mtime_nsec()))
        };
        let seen: Vec<_> = self.files.iter().map(sight).collect();
        self.changes += usize::from(seen != self.seen);
        self.seen = seen;
        self.changes
    }
}

/// Random numbers from a seed that a failing test names (`SplitMix64`).
#[derive(Clone, Copy, Debug)]
pub(super) struct Chance(pub(super) u64);

impl Chance {
    /// A seed that nobody has had.
    pub(super) fn fresh() -> Self {
        Self(RandomState::new().build_hasher().finish())
    }

    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let n = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let n = usize::try_from((n ^ (n >> 31)) >> 1).unwrap();
        n % limit.max(1)
    }
}
