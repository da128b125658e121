//! A migration beside the `sqlite3` shell doing the same, each a whole process.
//!
//! `cargo bench -p store --bench migration [-- ROWS…]`: events of 1 KB and a body for every tenth, into
//! a scope with rows (beside `ATTACH; INSERT OR IGNORE … SELECT; DELETE`), into an empty one and into
//! none (beside copying and syncing the file); the largest memory; and how long a writer on either
//! file waits meanwhile. Best of several rounds.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench starts processes, prints its figures, and cannot go on when the system refuses"
)]

use camino::{Utf8Path, Utf8PathBuf};
use std::fs::{self, File};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use store::queue::{Home, Migration, look};
use sync_core::gate::{Preflight, Verdict};
use sync_core::identity::{ForegroundIdentity, Login, Program, Scope};
use sync_core::owner::OwnerState;
use test_support::{Schema, SpecKittyHome};

const SCOPE: &str = "https://sync.example.test|dev@example.test|team-a";
const ROUNDS: usize = 3;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [mode, home] = &arguments[..]
        && mode == "--migrate"
    {
        return migrate(home);
    }
    let mut sizes: Vec<u64> = arguments.iter().filter_map(|a| a.parse().ok()).collect();
    if sizes.is_empty() {
        sizes = vec![10_000, 100_000];
    }
    for rows in sizes {
        println!("{rows} events and a body for every tenth");
        with_rows(rows);
        for exists in [true, false] {
            without_rows(rows, exists);
        }
        writers(rows);
    }
}

/// The process that is measured.
fn migrate(root: &str) {
    let home = Home::at(root);
    let scope = Scope::parse(SCOPE).unwrap();
    let login = Login {
        scope: scope.clone(),
        server_url: "https://sync.example.test".into(),
    };
    let program = Program {
        package_version: "1".into(),
        executable_path: "/x".into(),
        source_path: "/y".into(),
        pid: 1,
    };
    let scoped = home.scoped_queue(&scope);
    let preflight = Preflight {
        foreground: ForegroundIdentity::of(program, Some(&login), scoped.as_str()),
        owner: OwnerState::Absent,
        legacy: look(&home.legacy_queue()),
        scoped: Some(look(&scoped)),
        broken: std::collections::BTreeMap::new(),
        auth_required: true,
        live_orphan_daemons: 0,
    };
    let Verdict::Cleared(cleared) = preflight.evaluate_for_migration() else {
        panic!("the gate is shut");
    };
    let migration = Migration::new(cleared, &home, &scope).unwrap();
    let report = if std::env::var_os("STEPS").is_some() {
        let start = Instant::now();
        migration
            .run(&mut |step| {
                if !matches!(step, store::queue::Step::Row(_)) {
                    println!("    {:>9.2?} {step:?}", start.elapsed());
                }
            })
            .unwrap()
    } else {
        migration.run(&mut |_| ()).unwrap()
    };
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.unwrap_or("?").trim();
    println!(
        "{} {} {peak}",
        report.total().carried,
        report.left.pending()
    );
}

fn with_rows(rows: u64) {
    let (home, taken) = best(|| {
        let home = home(rows);
        home.scoped(SCOPE, Schema::current())
            .fill(rows..rows + 1000);
        (home.root(), home)
    });
    let shell = best_shell(rows);
    print(
        &format!("scope with rows   {}", home.trim()),
        taken,
        shell,
        "the sqlite3 shell",
    );
}

fn without_rows(rows: u64, exists: bool) {
    let (said, taken) = best(|| {
        let home = home(rows);
        if exists {
            home.scoped(SCOPE, Schema::current());
        }
        (home.root(), home)
    });
    let copied = (0..ROUNDS).map(|_| {
        let home = home(rows);
        let start = Instant::now();
        let to = home.root().join("copy");
        fs::copy(home.legacy_path(), &to).unwrap();
        File::open(to).unwrap().sync_all().unwrap();
        start.elapsed()
    });
    let what = if exists {
        "empty scope      "
    } else {
        "no scoped file   "
    };
    print(
        &format!("{what} {}", said.trim()),
        taken,
        copied.min(),
        "copying and syncing",
    );
}

fn print(what: &str, taken: Duration, beside: Option<Duration>, name: &str) {
    match beside {
        Some(beside) => println!(
            "  {what:<48} {taken:>9.2?}   {name} {beside:>9.2?}   ratio {:.2}",
            taken.as_secs_f64() / beside.as_secs_f64()
        ),
        None => println!("  {what:<48} {taken:>9.2?}   {name} is not there"),
    }
}

fn home(rows: u64) -> SpecKittyHome {
    let home = SpecKittyHome::new();
    home.legacy(Schema::current()).fill(0..rows);
    home
}

/// Runs the migration in a process of its own, and returns what it says of the fastest time.
fn best(make: impl Fn() -> (Utf8PathBuf, SpecKittyHome)) -> (String, Duration) {
    let rounds = (0..ROUNDS).map(|_| {
        let (root, _home) = make();
        run(&root)
    });
    rounds.min_by_key(|(_, taken)| *taken).unwrap()
}

fn run(root: &Utf8Path) -> (String, Duration) {
    let own = std::env::current_exe().unwrap();
    let start = Instant::now();
    let ran = Command::new(own)
        .args(["--migrate", root.as_str()])
        .output()
        .unwrap();
    let taken = start.elapsed();
    assert!(
        ran.status.success(),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    (String::from_utf8(ran.stdout).unwrap(), taken)
}

fn best_shell(rows: u64) -> Option<Duration> {
    let one = || {
        let home = home(rows);
        let scoped = home.scoped(SCOPE, Schema::current());
        scoped.fill(rows..rows + 1000);
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
            home.legacy_path()
        );
        let start = Instant::now();
        let ran = Command::new("sqlite3")
            .arg(scoped.path().as_str())
            .arg(sql)
            .status();
        let taken = start.elapsed();
        ran.ok()
            .filter(std::process::ExitStatus::success)
            .map(|_| taken)
    };
    (0..ROUNDS).filter_map(|_| one()).min()
}

/// Measures the longest wait of a writer that appends without a pause while rows move.
fn writers(rows: u64) {
    for legacy in [false, true] {
        let home = home(rows);
        let scoped = home.scoped(SCOPE, Schema::current());
        scoped.fill(rows..rows + 1000);
        let path = if legacy {
            home.legacy_path()
        } else {
            scoped.path().to_owned()
        };
        let over = AtomicBool::new(false);
        let (longest, written) = std::thread::scope(|scope| {
            let writer = scope.spawn(|| append(&path, &over));
            run(&home.root());
            over.store(true, Ordering::Relaxed);
            writer.join().unwrap()
        });
        let lost = lost(&home, written);
        let name = if legacy { "legacy" } else { "scoped" };
        println!(
            "  a writer on the {name} file: {written} rows, longest wait {longest:.2?}, lost {lost}"
        );
    }
}

fn append(path: &Utf8Path, over: &AtomicBool) -> (Duration, usize) {
    let connection = rusqlite::Connection::open(path).unwrap();
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

fn lost(home: &SpecKittyHome, written: usize) -> usize {
    let mut found = 0;
    for path in [home.legacy_path(), home.scoped_path(SCOPE)] {
        let connection = rusqlite::Connection::open(path).unwrap();
        let query = "SELECT count(*) FROM queue WHERE event_id LIKE 'writer-%'";
        found += connection
            .query_row(query, [], |row| row.get::<_, u32>(0))
            .unwrap();
    }
    written - found as usize
}
