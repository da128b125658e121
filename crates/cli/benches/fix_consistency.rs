//! `fix-consistency` beside reading the same files and the same rows.
//!
//! `cargo bench -p onward --bench fix_consistency [-- WORKPLANS]`: the whole process against `cat` of the
//! files and the `sqlite3` shell printing every row, in the same run; then a run that writes one status
//! into every file, against the check. There is no remote, so nothing is fetched. Needs `sqlite3`.

#![expect(
    clippy::unwrap_used,
    reason = "a bench cannot go on when the system refuses"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "a bench starts the programs it compares with"
)]

use camino::{Utf8Path, Utf8PathBuf};
use std::fmt::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use test_support::TestEnv;

const TASKS: usize = 20;
/// The least of so many runs is told: the least disturbed one.
const RUNS: usize = 5;

#[expect(clippy::print_stdout, reason = "a bench prints its figures")]
fn main() {
    let given = std::env::args().find_map(|argument| argument.parse().ok());
    let workplans: usize = given.unwrap_or(1000);
    if Command::new("sqlite3").arg("--version").output().is_err() {
        println!("skipped: needs sqlite3");
        return;
    }
    let env = TestEnv::new(env!("CARGO_BIN_EXE_onward"));
    let dir = repository(&env, workplans);
    let hub = env.state_dir().join("hub.sqlite3");
    let fix = |arguments: &[&str]| {
        let all = [&["fix-consistency", "-C", dir.as_str()], arguments].concat();
        let start = Instant::now();
        let ran = env.run(&all);
        let took = start.elapsed();
        assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
        took
    };
    println!("{workplans} workplans x {TASKS} tasks");
    println!(
        "  first --fix, all rows made and linked  {:>9.1?}",
        fix(&["--fix"])
    );

    let check = (0..RUNS).map(|_| fix(&[])).min().unwrap();
    let files = (0..RUNS).map(|_| cat(&dir)).min().unwrap();
    let rows = (0..RUNS).map(|_| dump(&hub)).min().unwrap();
    let floor = files + rows;
    println!("  cat of the files                       {files:>9.1?}");
    println!("  sqlite3 printing the rows              {rows:>9.1?}");
    println!(
        "  check, whole process                   {check:>9.1?}   {:.2} x both",
        check.as_secs_f64() / floor.as_secs_f64()
    );

    done(&hub);
    let mend = fix(&["--fix"]);
    println!(
        "  --fix that writes {workplans} files back      {mend:>9.1?}   {:.2} x the check",
        mend.as_secs_f64() / check.as_secs_f64()
    );
    let commits = env.git(&dir, &["rev-list", "--count", "HEAD"]);
    println!("  commits in all: {commits} (one began it, one linked, one wrote back)");
    assert_eq!(commits, "3");
}

/// A registered repository with so many workplans.
fn repository(env: &TestEnv, workplans: usize) -> Utf8PathBuf {
    for number in 1..=workplans {
        let id = format!("DEMO-WP-{number:05}");
        let mut text = format!(
            "---\nid: {id}\ntype: workplan\ntitle: \"Plan {number}\"\nstatus: active\nowner: someone\n---\n"
        );
        for task in 1..=TASKS {
            let _ = write!(
                text,
                "\n## T{task:02} - Step {task} of plan {number}\n\n```task\nid: {id}-T{task:02}\n\
                 status: todo\npriority: high\n```\n\nWhat has to be done, in a sentence or two.\n"
            );
        }
        env.write(&format!("demo/workplans/{id}.md"), text);
    }
    let dir = env.work().join("demo");
    env.git(&dir, &["init", "--quiet"]);
    env.commit_all(&dir, "begin");
    for arguments in [
        &["hub", "init"][..],
        &["hub", "register", "--slug", "demo", "-C", dir.as_str()],
    ] {
        let ran = env.run(arguments);
        assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
    }
    dir
}

fn cat(dir: &Utf8Path) -> Duration {
    let mut files: Vec<_> = dir
        .join("workplans")
        .read_dir_utf8()
        .unwrap()
        .map(|entry| entry.unwrap().into_path())
        .collect();
    files.sort_unstable();
    let mut cat = Command::new("cat");
    cat.args(files);
    timed(cat)
}

fn dump(hub: &Utf8Path) -> Duration {
    let mut shell = Command::new("sqlite3");
    shell
        .arg(hub)
        .args(["SELECT * FROM workplans", "SELECT * FROM tasks"]);
    timed(shell)
}

fn timed(mut command: Command) -> Duration {
    let start = Instant::now();
    assert!(command.stdout(Stdio::null()).status().unwrap().success());
    start.elapsed()
}

/// Another machine does the first task of every workplan.
fn done(hub: &Utf8Path) {
    let statement =
        "UPDATE tasks SET status = 'done', version = version + 1 WHERE file_id LIKE '%-T01'";
    let mut shell = Command::new("sqlite3");
    shell.arg(hub).arg(statement);
    timed(shell);
}
