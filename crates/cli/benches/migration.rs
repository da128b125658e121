//! `onward sync-migrate` beside the `sqlite3` shell doing the same, each a whole process.
//!
//! `cargo bench -p onward --bench migration [-- ROWS…]`: events of 1 KB and a body for every tenth, into
//! a scope with rows (beside `ATTACH; INSERT OR IGNORE … SELECT; DELETE`), into an empty one and into
//! none (beside copying and syncing the file); the largest memory; and how long a writer on either
//! file waits meanwhile. Best of several rounds, taken in turns. Without the shell its column is empty.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench starts processes, prints its figures, and cannot go on when the system refuses"
)]

use camino::{Utf8Path, Utf8PathBuf};
use rusqlite::Connection;
use std::fs::{self, File};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use test_support::{QueueFile, Schema, SpecKittyHome, TestEnv};

const SCOPE: &str = SpecKittyHome::SAMPLE_SCOPE;
/// So many rows lie in a scope that has rows.
const THERE: u64 = 1000;
/// More rows than these are measured in fewer rounds.
const MANY: u64 = 200_000;

fn main() {
    let mut sizes: Vec<u64> = std::env::args().filter_map(|a| a.parse().ok()).collect();
    if sizes.is_empty() {
        sizes = vec![10_000, 100_000];
    }
    for rows in sizes {
        let bench = Bench::new(rows);
        println!("{rows} events and a body for every tenth");
        bench.compare(
            "a scope with rows",
            Target::Rows,
            "the sqlite3 shell",
            shell,
        );
        bench.compare("an empty scope", Target::Empty, "copy and sync", |stage| {
            Some(copy(stage))
        });
        bench.compare("no scoped file", Target::None, "copy and sync", |stage| {
            Some(copy(stage))
        });
        for target in [Target::Rows, Target::None] {
            bench.memory(target);
        }
        bench.writer("scoped", |home| home.scoped_path(SCOPE));
        bench.writer("legacy", SpecKittyHome::legacy_path);
    }
}

/// What the rows move into.
#[derive(Clone, Copy, Debug)]
enum Target {
    Rows,
    Empty,
    None,
}

/// Homes to be copied from, since making rows takes longer than moving them.
struct Bench {
    rows: u64,
    rounds: usize,
    full: SpecKittyHome,
    empty: SpecKittyHome,
}

/// A home that is used up.
struct Stage {
    env: TestEnv,
    home: SpecKittyHome,
}

impl Bench {
    fn new(rows: u64) -> Self {
        let full = SpecKittyHome::new();
        full.legacy(Schema::current()).fill(0..rows);
        full.scoped(SCOPE, Schema::current())
            .fill(rows..rows + THERE);
        let empty = SpecKittyHome::new();
        empty.scoped(SCOPE, Schema::current());
        let rounds = if rows > MANY { 1 } else { 5 };
        Self {
            rows,
            rounds,
            full,
            empty,
        }
    }

    fn stage(&self, target: Target) -> Stage {
        let env = TestEnv::new(env!("CARGO_BIN_EXE_onward"));
        let home = SpecKittyHome::at(&env.home());
        home.credentials("https://sync.example.test", "dev@example.test", "team-a");
        place(&self.full.legacy_path(), &home.legacy_path());
        let from = match target {
            Target::Rows => Some(&self.full),
            Target::Empty => Some(&self.empty),
            Target::None => None,
        };
        if let Some(from) = from {
            place(&from.scoped_path(SCOPE), &home.scoped_path(SCOPE));
        }
        Stage { env, home }
    }

    fn compare(
        &self,
        what: &str,
        target: Target,
        name: &str,
        other: fn(&Stage) -> Option<Duration>,
    ) {
        let (mut ours, mut theirs) = (Duration::MAX, Duration::MAX);
        for _ in 0..self.rounds {
            let stage = self.stage(target);
            let start = Instant::now();
            stage.env.run(&["sync-migrate"]).expect(0);
            ours = ours.min(start.elapsed());
            assert_eq!(moved(&stage.home), self.rows + there(target));
            theirs = theirs.min(other(&self.stage(target)).unwrap_or(Duration::MAX));
        }
        if theirs == Duration::MAX {
            println!("  {what:<18} {ours:>9.2?}   {name} is not there");
        } else {
            let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
            println!("  {what:<18} {ours:>9.2?}   {name} {theirs:>9.2?}   ratio {ratio:.2}");
        }
    }

    /// Prints the largest resident memory, where the system says it.
    fn memory(&self, target: Target) {
        let stage = self.stage(target);
        let mut child = stage.env.spawn(&["sync-migrate"]);
        let mut peak = 0;
        while child.try_wait().unwrap().is_none() {
            peak = peak.max(resident(child.id()));
            std::thread::sleep(Duration::from_millis(1));
        }
        println!("  memory ({target:?}), largest: {} MB", peak / 1024);
    }

    /// Measures the longest wait of a writer that appends without a pause while rows move.
    fn writer(&self, name: &str, path: fn(&SpecKittyHome) -> Utf8PathBuf) {
        let stage = self.stage(Target::Rows);
        let path = path(&stage.home);
        let over = AtomicBool::new(false);
        let (longest, written) = std::thread::scope(|scope| {
            let writer = scope.spawn(|| append(&path, &over));
            stage.env.run(&["sync-migrate"]).expect(0);
            over.store(true, Ordering::Relaxed);
            writer.join().unwrap()
        });
        let found = appended(&stage.home);
        println!(
            "  a writer on the {name} file: {written} rows, longest wait {longest:.2?}, lost {}",
            written - found
        );
    }
}

fn there(target: Target) -> u64 {
    match target {
        Target::Rows => THERE,
        Target::Empty | Target::None => 0,
    }
}

/// Copies a file and waits until it is on the disk, so that nobody else's time goes into that.
fn place(from: &Utf8Path, to: &Utf8Path) {
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    fs::copy(from, to).unwrap();
    File::open(to).unwrap().sync_all().unwrap();
}

fn moved(home: &SpecKittyHome) -> u64 {
    assert_eq!(QueueFile::existing(home.legacy_path()).count("queue"), 0);
    let scoped = QueueFile::existing(home.scoped_path(SCOPE));
    scoped.count("queue").unsigned_abs()
}

fn copy(stage: &Stage) -> Duration {
    let to = stage.home.root().join("copy");
    let start = Instant::now();
    place(&stage.home.legacy_path(), &to);
    start.elapsed()
}

fn shell(stage: &Stage) -> Option<Duration> {
    let columns = "project_uuid, mission_slug, target_branch, mission_type, manifest_version, \
                   artifact_path, content_hash, hash_algorithm, content_body, size_bytes, \
                   retry_count, next_attempt_at, created_at, last_error";
    let events = "event_id, event_type, data, timestamp, retry_count, coalesce_key";
    let sql = format!(
        "ATTACH '{}' AS l; BEGIN; \
         INSERT OR IGNORE INTO main.queue ({events}) SELECT {events} FROM l.queue; \
         INSERT OR IGNORE INTO main.body_upload_queue ({columns}) \
         SELECT {columns} FROM l.body_upload_queue; \
         DELETE FROM l.queue WHERE event_id IN (SELECT event_id FROM main.queue); \
         DELETE FROM l.body_upload_queue WHERE content_hash IN \
         (SELECT content_hash FROM main.body_upload_queue); COMMIT;",
        stage.home.legacy_path()
    );
    let start = Instant::now();
    let ran = Command::new("sqlite3")
        .arg(stage.home.scoped_path(SCOPE).as_str())
        .arg(sql)
        .status();
    let taken = start.elapsed();
    ran.is_ok_and(|status| status.success()).then_some(taken)
}

fn append(path: &Utf8Path, over: &AtomicBool) -> (Duration, u64) {
    let connection = Connection::open(path).unwrap();
    connection.busy_timeout(Duration::from_mins(1)).unwrap();
    let insert =
        "INSERT INTO queue (event_id, event_type, data, timestamp) VALUES (?1, 't', '{}', 1)";
    let (mut longest, mut written) = (Duration::ZERO, 0);
    while !over.load(Ordering::Relaxed) {
        let start = Instant::now();
        connection
            .execute(insert, [format!("writer-{written}")])
            .unwrap();
        longest = longest.max(start.elapsed());
        written += 1;
        std::thread::sleep(Duration::from_millis(3));
    }
    (longest, written)
}

fn appended(home: &SpecKittyHome) -> u64 {
    let mut found = 0;
    for path in [home.legacy_path(), home.scoped_path(SCOPE)] {
        let query = "SELECT count(*) FROM queue WHERE event_id LIKE 'writer-%'";
        let count = Connection::open(path)
            .unwrap()
            .query_row(query, [], |row| row.get::<_, u32>(0));
        found += u64::from(count.unwrap());
    }
    found
}

/// The largest resident memory of a process so far in kB; 0 where the system does not say.
fn resident(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}
