//! Many callers: one runs, none is lost, the older script and this one exclude each other.

use crate::scene::{arguments, change, env, project, sync};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use test_support::TestEnv;

/// Longer than any run here takes.
const PATIENCE: Duration = Duration::from_mins(1);

/// What the names of this pair's run files begin with.
pub(crate) const NAME: &str = "kanban-project-sync-Shop-Changes";

/// Holds the lock as the older script does, with `flock(1)`, until it is told to end.
struct Holder(Child);

impl Holder {
    fn take(env: &TestEnv) -> Self {
        let lock = env.run_dir().join(format!("{NAME}.lock"));
        #[expect(
            clippy::disallowed_methods,
            reason = "flock(1) is what the older script uses"
        )]
        let mut command = Command::new("flock");
        command.args([lock.as_str(), "sh", "-c", "echo held; read line"]);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        assert_eq!(line, "held\n");
        Self(child)
    }

    fn free(mut self) {
        self.0.stdin.take().unwrap().write_all(b"\n").unwrap();
        self.0.wait().unwrap();
    }
}

/// The names in the run folder, without what all of them begin with.
fn run_files(env: &TestEnv) -> Vec<String> {
    let entries = std::fs::read_dir(env.run_dir()).unwrap().flatten();
    let names = entries.map(|entry| entry.file_name().into_string().unwrap());
    let mut names: Vec<_> = names.map(|name| name.replacen(NAME, "", 1)).collect();
    names.sort();
    names
}

/// What becomes of each request that lies in the run folder.
pub(crate) fn phases(env: &TestEnv) -> Vec<String> {
    let names = run_files(env);
    let marks = names.iter().filter(|name| name.matches('.').count() == 2);
    marks
        .map(|name| name.rsplit_once('.').unwrap().1.to_owned())
        .collect()
}

#[test]
fn the_older_script_keeps_us_out_and_its_request_is_seen() {
    let env = env();
    let dir = project(&env, "shop");
    let holder = Holder::take(&env);
    let ran = sync(&env, &dir).expect(0);
    assert_eq!(
        ran.stdout,
        "Shop / Changes: queued; the run under way does it next\n"
    );
    assert!(
        run_files(&env).contains(&".pending".to_owned()),
        "its door bell"
    );
    assert_eq!(phases(&env), ["pending"]);
    holder.free();
    let ran = sync(&env, &dir).expect(0);
    assert!(ran.stdout.contains("3 cards created"), "{}", ran.stdout);
    assert_eq!(run_files(&env), [".lock"]);
}

#[test]
fn we_keep_the_older_script_out() {
    let (env, planka) = crate::scene::env_on_planka(test_support::Version::V2);
    let dir = project(&env, "shop");
    let lock = env.run_dir().join(format!("{NAME}.lock"));
    let (tell, told) = std::sync::mpsc::channel();
    let tell = std::sync::Mutex::new(tell);
    planka
        .script()
        .after(test_support::When::writes().nth(3), move |_| {
            #[expect(
                clippy::disallowed_methods,
                reason = "flock(1) is what the older script uses"
            )]
            let tried = Command::new("flock")
                .args(["-n", lock.as_str(), "true"])
                .status()
                .unwrap();
            tell.lock().unwrap().send(tried.code()).unwrap();
        });
    sync(&env, &dir).expect(0);
    assert_eq!(told.recv().unwrap(), Some(1));
}

#[test]
fn a_bell_without_a_request_counts_as_our_own() {
    let env = env();
    let dir = project(&env, "shop");
    env.write(&format!("../run/{NAME}.pending"), "");
    sync(&env, &dir).expect(0);
    assert_eq!(run_files(&env), [".lock"]);
}

#[test]
fn what_a_killed_run_left_is_done_by_the_next_of_any_checkout() {
    let (env, planka) = crate::scene::env_on_planka(test_support::Version::V2);
    let dir = project(&env, "shop");
    change(&env, "other", "add-other", "- [ ] 1 Other\n");
    let other = env.work().join("other");
    planka.script().fault(
        test_support::When::writes().nth(1),
        test_support::Fault::status(503),
    );
    planka.script().fault(
        test_support::When::writes().since(1),
        test_support::Fault::GoAway,
    );
    assert_ne!(sync(&env, &dir).code, Some(0));
    assert_eq!(phases(&env), ["inflight"]);
    planka.script().clear();
    planka.come_back();
    let ran = sync(&env, &other).expect(0);
    assert_eq!(
        ran.stdout.matches("Shop / Changes on ").count(),
        2,
        "{}",
        ran.stdout
    );
    assert_eq!(run_files(&env), [".lock"]);
    let people = planka.people();
    let board = people.board("Shop", "Changes");
    people.card(board, "add-other");
    people.card(board, "add-export");
}

#[test]
fn a_checkout_that_was_removed_holds_nobody_up() {
    let env = env();
    let dir = project(&env, "shop");
    change(&env, "other", "add-other", "- [ ] 1 Other\n");
    let other = env.work().join("other");
    let holder = Holder::take(&env);
    sync(&env, &other).expect(0);
    std::fs::remove_dir_all(&other).unwrap();
    holder.free();
    let ran = sync(&env, &dir).expect(0);
    assert!(
        ran.stderr.contains("other is not there any more"),
        "{}",
        ran.transcript()
    );
    assert_eq!(run_files(&env), [".lock"]);
}

#[test]
fn a_storm_of_callers_loses_nothing() {
    let env = env();
    let roots: Vec<_> = (0..3)
        .map(|n| {
            let name = format!("shop{n}");
            change(&env, &name, &format!("add-{n}"), "- [ ] 1 Do\n");
            env.work().join(name)
        })
        .collect();
    let callers: Vec<_> = (0..12)
        .map(|n| env.spawn(&arguments(&roots[n % 3], &[])))
        .collect();
    for caller in callers {
        env.finish(caller).expect(0);
    }
    assert_eq!(run_files(&env), [".lock"], "all requests are done");
    for root in &roots {
        let ran = sync(&env, root).expect(0);
        assert!(
            ran.stdout.ends_with("in step, nothing to write\n"),
            "{}",
            ran.stdout
        );
    }
}

#[test]
fn a_dry_run_writes_nothing_at_all() {
    let env = env();
    let dir = project(&env, "shop");
    let ran = env
        .run(&arguments(&dir, &["--dry-run", "--detailed-exit-code"]))
        .expect(3);
    assert!(
        ran.stdout.contains("would create project Shop"),
        "{}",
        ran.stdout
    );
    assert_eq!(run_files(&env), [""; 0]);
    assert!(std::fs::read_dir(env.state_dir()).unwrap().next().is_none());
    sync(&env, &dir).expect(0);
    env.run(&arguments(&dir, &["--dry-run", "--detailed-exit-code"]))
        .expect(0);
}

#[test]
fn only_the_plan_that_was_seen_is_carried_out() {
    let env = env();
    let dir = project(&env, "shop");
    let digest = |env: &TestEnv| {
        let ran = env
            .run(&arguments(&dir, &["--dry-run", "--json"]))
            .expect(0);
        let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        report["runs"][0]["plan"].as_str().unwrap().to_owned()
    };
    let seen = digest(&env);
    let ran = env
        .run(&arguments(&dir, &["--expect-plan", &seen]))
        .expect(0);
    assert!(ran.stdout.contains("3 cards created"), "{}", ran.stdout);
    let seen = digest(&env);
    change(&env, "shop", "add-more", "- [ ] 1 More\n");
    let ran = env
        .run(&arguments(&dir, &["--expect-plan", &seen]))
        .expect(1);
    assert!(
        ran.stderr.contains("the plan has changed"),
        "{}",
        ran.stderr
    );
    let seen = digest(&env);
    let ran = env
        .run(&arguments(&dir, &["--expect-plan", &seen]))
        .expect(0);
    assert!(ran.stdout.contains("1 card created"), "{}", ran.stdout);
}

#[test]
fn the_background_run_outlives_its_caller() {
    let env = env();
    let dir = project(&env, "shop");
    let ran = env.run(&arguments(&dir, &["--background"])).expect(0);
    assert_eq!(ran.stdout, "");
    // Whoever gets the lock next finds the request done, or does it.
    let ran = env.run(&arguments(&dir, &["--dry-run"])).expect(0);
    drop(ran);
    wait_for(&env);
    let log = env.run_dir().join(format!("{NAME}.log"));
    let text = std::fs::read_to_string(log).unwrap();
    assert!(text.contains("3 cards created"), "{text}");
}

/// Waits until the requests of background runs are done.
pub(crate) fn wait_for(env: &TestEnv) {
    let begun = Instant::now();
    while !phases(env).is_empty() {
        assert!(begun.elapsed() < PATIENCE, "left: {:?}", run_files(env));
        std::thread::yield_now();
    }
}

#[test]
fn lock_files_of_others_and_links_are_refused() {
    let env = env();
    let dir = project(&env, "shop");
    let target = env.write("precious", "keep me\n");
    let lock = env.run_dir().join(format!("{NAME}.lock"));
    std::os::unix::fs::symlink(&target, &lock).unwrap();
    let ran = sync(&env, &dir).expect(1);
    assert!(
        ran.stderr.contains("is not a regular file"),
        "{}",
        ran.stderr
    );
    assert_eq!(std::fs::read_to_string(&target).unwrap(), "keep me\n");
    std::fs::remove_file(&lock).unwrap();
    std::fs::create_dir(&lock).unwrap();
    sync(&env, &dir).expect(1);
    std::fs::remove_dir(&lock).unwrap();
    if rustix::process::geteuid().is_root() {
        env.write(&format!("../run/{NAME}.lock"), "");
        std::os::unix::fs::chown(&lock, Some(12345), None).unwrap();
        let ran = sync(&env, &dir).expect(1);
        assert!(
            ran.stderr.contains("belongs to another user"),
            "{}",
            ran.stderr
        );
    } else {
        println!("skipped: needs root to give a file away");
    }
}

#[test]
fn names_are_escaped_and_files_private() {
    use std::os::unix::fs::PermissionsExt;
    let env = env();
    let dir = project(&env, "shop");
    let ran = env.run(&[
        "kanban-sync",
        "--project",
        "a/../b 🚧",
        "--board",
        "x y",
        "-C",
        dir.as_str(),
    ]);
    ran.expect(0);
    let names: Vec<_> = std::fs::read_dir(env.run_dir())
        .unwrap()
        .flatten()
        .collect();
    assert_eq!(names.len(), 1);
    let name = names[0].file_name().into_string().unwrap();
    assert_eq!(
        name,
        "kanban-project-sync-a%2F..%2Fb%20%F0%9F%9A%A7-x%20y.lock"
    );
    assert_eq!(
        names[0].metadata().unwrap().permissions().mode() & 0o777,
        0o600
    );
}
