//! A disk that is full, read-only or taken: never a success, nothing lost, and the place is named.

use crate::lock::{NAME, phases, wait_for};
use crate::scene::{arguments, env, env_on_planka, project, sync};
use camino::Utf8Path;
use std::ffi::OsStr;
use std::os::unix::fs::{PermissionsExt, lchown};
use std::os::unix::process::CommandExt;
use std::process::{Command, Output, Stdio};
use test_support::{Ran, TestEnv, Version};

/// The user and group that have no rights of their own.
const NOBODY: u32 = 65534;

/// An environment for somebody whom permissions bind; none where there is nobody to be.
#[expect(clippy::print_stdout, reason = "a test that is skipped says so")]
pub(crate) fn bound_env() -> Option<TestEnv> {
    // Root becomes nobody, who has to reach the binary.
    let open = |folder: &Utf8Path| folder.metadata().unwrap().permissions().mode() & 0o001 != 0;
    let binary = Utf8Path::new(env!("CARGO_BIN_EXE_onward"));
    if is_root() && !binary.ancestors().all(open) {
        println!("skipped: needs a user whom permissions bind, or a target folder open to all");
        return None;
    }
    Some(env())
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Runs the binary as somebody whom permissions bind: for root as nobody, who owns all then.
pub(crate) fn bound(env: &TestEnv, arguments: &[impl AsRef<OsStr>]) -> Ran {
    let mut command = env.command(arguments);
    if is_root() {
        give_away(env.work().parent().unwrap());
        command.uid(NOBODY).gid(NOBODY);
    }
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    env.finish(command.spawn().unwrap())
}

fn give_away(path: &Utf8Path) {
    lchown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    if path.symlink_metadata().unwrap().is_dir() {
        for entry in path.read_dir_utf8().unwrap() {
            give_away(entry.unwrap().path());
        }
    }
}

pub(crate) fn allow(path: &Utf8Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

/// Keeps what is drawn by lot or depends on the folder's name out of the snapshots of a test.
fn masked() -> insta::internals::SettingsBindDropGuard {
    let mut settings = insta::Settings::clone_current();
    settings.add_filter("[0-9a-f]{8}-[0-9a-f]{16}", "<key>");
    settings.add_filter(r#"at path "<env>/(\w+)/\S+""#, "in $1");
    settings.add_filter("plan [0-9a-f]{64}", "plan <digest>");
    settings.bind_to_scope()
}

#[test]
fn a_run_folder_that_may_not_be_written_queues_nothing() {
    let Some(env) = bound_env() else { return };
    let dir = project(&env, "shop");
    allow(&env.run_dir(), 0o555);
    let refused = bound(&env, &arguments(&dir, &[]));
    let background = bound(&env, &arguments(&dir, &["--background"]));
    let previewed = bound(&env, &arguments(&dir, &["--dry-run"]));
    allow(&env.run_dir(), 0o755);
    let _masked = masked();
    insta::assert_snapshot!(refused.transcript(), @"
    error: cannot create <env>/run/kanban-project-sync-Shop-Changes.<key>.pending: Permission denied (os error 13) in run
    hint: check the folder's permissions, or set ONWARD_RUN_DIR to a folder of your own
    exit: 1
    ");
    assert_eq!(background.code, Some(1), "{}", background.transcript());
    assert!(previewed.expect(0).stdout.contains("would create project"));
    let ran = bound(&env, &arguments(&dir, &[])).expect(0);
    assert!(ran.stdout.contains("3 cards created"), "{}", ran.stdout);
}

#[test]
fn a_lock_that_may_not_be_opened_is_no_lock_of_anybodys() {
    let Some(env) = bound_env() else { return };
    let dir = project(&env, "shop");
    let lock = env.write(&format!("../run/{NAME}.lock"), "");
    allow(&lock, 0o400);
    let refused = bound(&env, &arguments(&dir, &[]));
    bound(&env, &arguments(&dir, &["--dry-run"])).expect(1);
    allow(&lock, 0o600);
    insta::assert_snapshot!(refused.transcript(), @"
    error: cannot open <env>/run/kanban-project-sync-Shop-Changes.lock: Permission denied (os error 13)
    hint: check the folder's permissions, or set ONWARD_RUN_DIR to a folder of your own
    exit: 1
    ");
    assert_eq!(phases(&env), ["pending"], "what was asked for is kept");
    let ran = bound(&env, &arguments(&dir, &[])).expect(0);
    assert!(ran.stdout.contains("3 cards created"), "{}", ran.stdout);
    assert!(phases(&env).is_empty());
}

#[test]
fn a_log_that_may_not_be_written_starts_nothing() {
    let Some(env) = bound_env() else { return };
    let dir = project(&env, "shop");
    let log = env.write(&format!("../run/{NAME}.log"), "old\n");
    allow(&log, 0o400);
    let refused = bound(&env, &arguments(&dir, &["--background"]));
    insta::assert_snapshot!(refused.transcript(), @"
    error: cannot open <env>/run/kanban-project-sync-Shop-Changes.log: Permission denied (os error 13)
    hint: check the folder's permissions, or set ONWARD_RUN_DIR to a folder of your own
    exit: 1
    ");
    assert_eq!(std::fs::read_to_string(&log).unwrap(), "old\n");
    assert_eq!(phases(&env), ["pending"], "what was asked for is kept");
    let ran = bound(&env, &arguments(&dir, &[])).expect(0);
    assert!(ran.stdout.contains("3 cards created"), "{}", ran.stdout);
}

#[test]
fn a_state_folder_that_may_not_be_written_is_named() {
    let Some(env) = bound_env() else { return };
    let dir = project(&env, "shop");
    allow(&env.state_dir(), 0o555);
    let refused = bound(&env, &arguments(&dir, &[]));
    let previewed = bound(&env, &arguments(&dir, &["--dry-run"]));
    allow(&env.state_dir(), 0o755);
    let _masked = masked();
    insta::assert_snapshot!(refused.transcript(), @"
    error: cannot keep the report in <env>/state/runs/<key>.json: Permission denied (os error 13)
    hint: check the folder's permissions and the room on its disk
    error: cannot keep an id in <env>/state/machine-id: Permission denied (os error 13) in state
    hint: check the folder's permissions, or set ONWARD_STATE_DIR
    exit: 1
    ");
    assert!(previewed.expect(0).stdout.contains("would create project"));
    bound(&env, &arguments(&dir, &[])).expect(0);
}

#[test]
fn a_board_that_may_not_be_written_can_be_looked_at() {
    let Some(env) = bound_env() else { return };
    let dir = project(&env, "shop");
    bound(&env, &arguments(&dir, &[])).expect(0);
    let board = env.state_dir().join("board.sqlite3");
    let tasks = "shop/openspec/changes/fix-login/tasks.md";
    env.write(tasks, "- [ ] 1 Mend it\n");
    for folder_mode in [0o555, 0o755] {
        allow(&board, 0o400);
        allow(&env.state_dir(), folder_mode);
        let refused = bound(&env, &arguments(&dir, &[]));
        let previewed = bound(&env, &arguments(&dir, &["--dry-run"]));
        let shown = bound(&env, &["board", "show"]);
        allow(&env.state_dir(), 0o755);
        // SQLite makes its other files with the rights of the first.
        for suffix in ["", "-wal", "-shm"] {
            let file = env.state_dir().join(format!("board.sqlite3{suffix}"));
            if file.exists() {
                allow(&file, 0o600);
            }
        }
        let told = refused.expect(1).transcript();
        let reason = "no permission to open or write <env>/state/board.sqlite3: ";
        assert!(
            told.contains(reason) && told.contains("who owns the"),
            "{told}"
        );
        let told = previewed.expect(0).stdout;
        let would = "fix-login: would move card from Review to In Progress";
        assert!(told.contains(would), "{told}");
        assert!(shown.expect(0).stdout.contains("Review 1"));
    }
    let ran = bound(&env, &arguments(&dir, &[])).expect(0);
    assert!(ran.stdout.contains("1 card moved"), "{}", ran.stdout);
}

#[test]
fn a_folder_in_the_place_of_request_or_log_is_named() {
    let env = env();
    let dir = project(&env, "shop");
    let log = env.run_dir().join(format!("{NAME}.log"));
    std::fs::create_dir(&log).unwrap();
    let ran = env.run(&arguments(&dir, &["--background"])).expect(1);
    assert!(
        ran.stderr.contains(".log is not a regular file"),
        "{}",
        ran.stderr
    );
    std::fs::remove_dir(&log).unwrap();
    let entries = env.run_dir().read_dir_utf8().unwrap();
    let mut paths = entries.map(|entry| entry.unwrap().into_path());
    let request = paths
        .find(|path| path.extension() == Some("pending"))
        .unwrap();
    std::fs::remove_file(&request).unwrap();
    std::fs::create_dir(&request).unwrap();
    let ran = sync(&env, &dir).expect(1);
    assert!(
        ran.stderr.contains(".pending is not a regular file"),
        "{}",
        ran.stderr
    );
    std::fs::remove_dir(&request).unwrap();
    sync(&env, &dir).expect(0);
}

#[test]
fn a_folder_that_cannot_be_read_closes_nothing() {
    let Some(env) = bound_env() else { return };
    let dir = project(&env, "shop");
    bound(&env, &arguments(&dir, &[])).expect(0);
    let changes = dir.join("openspec/changes");
    allow(&changes, 0o000);
    let ran = bound(&env, &arguments(&dir, &[]));
    allow(&changes, 0o755);
    let told = ran.expect(1).stderr;
    assert!(told.contains("cannot read"), "{told}");
    let ran = bound(&env, &arguments(&dir, &[])).expect(0);
    assert!(ran.stdout.contains("in step"), "{}", ran.stdout);
}

#[test]
fn a_full_or_locked_disk_is_told_and_nothing_is_lost() {
    let env = env();
    let dir = project(&env, "shop");
    std::fs::create_dir_all(env.state_dir().join("board.sqlite3")).unwrap();
    let ran = sync(&env, &dir).expect(1);
    assert!(
        ran.stderr.contains("board.sqlite3 is not a regular file"),
        "{}",
        ran.stderr
    );
    std::fs::remove_dir(env.state_dir().join("board.sqlite3")).unwrap();
    env.write(
        "../state/board.sqlite3",
        "this is no database, and long enough to be looked at as one\n",
    );
    let ran = sync(&env, &dir).expect(1);
    assert!(ran.stderr.contains("is not a database"), "{}", ran.stderr);
    std::fs::remove_file(env.state_dir().join("board.sqlite3")).unwrap();
    sync(&env, &dir).expect(0);
}

#[test]
fn a_run_folder_that_is_missing_is_never_a_success() {
    let mut env = env();
    let dir = project(&env, "shop");
    env.set("ONWARD_RUN_DIR", "/no/such/folder");
    let ran = sync(&env, &dir).expect(1);
    assert!(
        ran.stderr.contains("cannot use the folder /no/such/folder"),
        "{}",
        ran.stderr
    );
}

/// Runs the binary where no file may grow beyond so many blocks, as on a disk that is full.
pub(crate) fn without_room(env: &TestEnv, arguments: &[impl AsRef<OsStr>], blocks: u32) -> Output {
    let prepared = env.command(arguments);
    #[expect(
        clippy::disallowed_methods,
        reason = "the shell sets the limit of a process"
    )]
    let mut command = Command::new("sh");
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    command
        .args(["-c", &script])
        .arg(prepared.get_program())
        .args(prepared.get_args());
    command.env_clear().current_dir(env.work());
    command.envs(
        prepared
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    command.output().unwrap()
}

#[test]
fn a_disk_without_room_is_never_a_success() {
    let env = env();
    let dir = project(&env, "shop");
    let output = without_room(&env, &arguments(&dir, &[]), 0);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains("cannot create") && said.contains("hint: "),
        "{said}"
    );
    let output = without_room(&env, &arguments(&dir, &[]), 40);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(
        output.status.code(),
        Some(1),
        "{said}{}",
        String::from_utf8_lossy(&output.stdout)
    );
    let ran = sync(&env, &dir).expect(0);
    assert!(ran.stdout.contains("3 cards created"), "{}", ran.stdout);
}

#[test]
fn a_log_without_room_does_not_stop_the_run() {
    let (env, planka) = env_on_planka(Version::V2);
    let dir = project(&env, "shop");
    for n in 0..30 {
        let tasks = format!("shop/openspec/changes/plan-{n}/tasks.md");
        env.write(&tasks, b"- [ ] a task that is no UTF-8: caf\xe9\n");
    }
    let output = without_room(&env, &arguments(&dir, &["--background"]), 2);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    wait_for(&env);
    let log = env.run_dir().join(format!("{NAME}.log"));
    let log = std::fs::read_to_string(log).unwrap();
    assert!(
        log.contains("is not UTF-8") && !log.contains("33 cards created"),
        "the log was cut: {log}"
    );
    let people = planka.people();
    people.card(people.board("Shop", "Changes"), "plan-29");
    let ran = sync(&env, &dir).expect(0);
    assert!(ran.stdout.contains("in step"), "{}", ran.stdout);
}
