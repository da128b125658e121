use std::net::TcpListener;
use std::time::Instant;

use super::*;
use crate::sandbox::{Sandbox, program, write};

const LONG: Duration = Duration::from_mins(1);
const SHORT: Duration = Duration::from_millis(700);

#[test]
fn a_fetch_brings_every_branch_and_nothing_else() {
    let sandbox = Sandbox::new();
    let origin = sandbox.init("origin");
    let first = origin.commit("f", "1");
    origin.run(&["branch", "kept"]);
    let clone = sandbox.clone(&origin, "clone", &["--single-branch"]);
    clone.run(&["update-ref", "refs/remotes/origin/gone", first.as_str()]);
    origin.run(&["checkout", "--quiet", "-b", "feature"]);
    let newer = origin.commit("f", "2");
    origin.run(&["tag", "v1"]);
    let repository = clone.open();
    repository.fetch(LONG).unwrap();
    assert_eq!(repository.contains(&[newer]).unwrap().len(), 1);
    let refs = clone.run(&["for-each-ref", "--format=%(refname)"]);
    let expected = [
        "refs/heads/main",
        "refs/remotes/origin/HEAD",
        "refs/remotes/origin/feature",
        "refs/remotes/origin/gone",
        "refs/remotes/origin/kept",
        "refs/remotes/origin/main",
    ];
    // A clone of one branch may or may not have been given a HEAD of the remote.
    let refs: Vec<&str> = refs.lines().filter(|name| *name != expected[1]).collect();
    assert_eq!(refs, [&expected[..1], &expected[2..]].concat());
    assert!(!clone.root().join(".git/FETCH_HEAD").exists());
    assert_eq!(clone.id("HEAD"), first);
    assert!(!sandbox.trap_sprang());
}

#[test]
fn a_forced_push_is_followed() {
    let sandbox = Sandbox::new();
    let origin = sandbox.init("origin");
    origin.commit("f", "1");
    origin.commit("f", "2");
    let clone = sandbox.clone(&origin, "clone", &[]);
    origin.run(&["reset", "--quiet", "--hard", "HEAD~1"]);
    let other = origin.commit("f", "3");
    clone.open().fetch(LONG).unwrap();
    assert_eq!(clone.id("refs/remotes/origin/main"), other);
}

#[test]
fn without_a_remote_there_is_nothing_to_fetch() {
    let sandbox = Sandbox::new();
    let repository = sandbox.init("r").open();
    let error = repository.fetch(LONG).unwrap_err();
    assert!(matches!(error, Error::NoRemote { .. }), "{error:?}");
    assert_eq!(repository.default_branch().unwrap(), None);
    assert!(repository.bases(&[]).unwrap().is_empty());
}

#[test]
fn of_several_remotes_the_branchs_own_is_asked_then_origin() {
    let sandbox = Sandbox::new();
    let (fork, upstream) = (sandbox.init("fork"), sandbox.init("upstream"));
    fork.commit("f", "1");
    upstream.commit("f", "2");
    let checkout = sandbox.init("r");
    checkout.run(&["remote", "add", "upstream", upstream.root().as_str()]);
    checkout.run(&["remote", "add", "origin", fork.root().as_str()]);
    checkout.run(&["fetch", "--quiet", "--all"]);
    let repository = checkout.open();
    let name = |repository: &Repository| repository.default_branch().unwrap().unwrap().name;
    assert_eq!(name(&repository), "refs/remotes/origin/main");
    checkout.run(&["checkout", "--quiet", "-b", "main", "upstream/main"]);
    assert_eq!(name(&repository), "refs/remotes/upstream/main");
    checkout.run(&["checkout", "--quiet", "--detach"]);
    assert_eq!(name(&repository), "refs/remotes/origin/main");
    checkout.run(&["remote", "remove", "origin"]);
    checkout.run(&["config", "remote.-o.url", fork.root().as_str()]);
    assert_eq!(repository.default_branch().unwrap(), None);
    checkout.run(&["remote", "remove", "upstream"]);
    repository.fetch(LONG).unwrap();
    assert_eq!(name(&repository), "refs/remotes/-o/main");
}

#[test]
fn the_default_branch_is_the_remotes_head_else_main_else_master() {
    let sandbox = Sandbox::new();
    let origin = sandbox.init("origin");
    let tip = origin.commit("f", "1");
    for branch in ["develop", "master", "other"] {
        origin.run(&["branch", branch]);
    }
    origin.run(&["checkout", "--quiet", "develop"]);
    let clone = sandbox.clone(&origin, "clone", &[]);
    let repository = clone.open();
    let name = || {
        repository
            .default_branch()
            .unwrap()
            .map(|branch| branch.name)
    };
    let found = repository.default_branch().unwrap().unwrap();
    assert_eq!(found.tip, tip);
    assert_eq!(found.name, "refs/remotes/origin/develop");
    // The remote renamed its branch: its HEAD here leads nowhere.
    clone.run(&["update-ref", "-d", "refs/remotes/origin/develop"]);
    assert_eq!(name().as_deref(), Some("refs/remotes/origin/main"));
    clone.run(&["update-ref", "-d", "refs/remotes/origin/main"]);
    assert_eq!(name().as_deref(), Some("refs/remotes/origin/master"));
    clone.run(&["update-ref", "-d", "refs/remotes/origin/master"]);
    assert_eq!(name(), None);
}

#[test]
fn the_base_is_the_newest_published_ancestor() {
    let sandbox = Sandbox::new();
    let origin = sandbox.init("origin");
    let first = origin.commit("f", "1");
    let second = origin.commit("f", "2");
    let clone = sandbox.clone(&origin, "clone", &[]);
    clone.run(&["checkout", "--quiet", "-b", "feature", first.as_str()]);
    let own = clone.commit("g", "1");
    clone.run(&["checkout", "--quiet", "--orphan", "unrelated"]);
    let unrelated = clone.commit("h", "1");
    let unknown = CommitId::new("1".repeat(40));
    let asked = [&first, &second, &own, &unrelated, &unknown].map(CommitId::clone);
    let expected = [
        (first.clone(), first.clone()),
        (second.clone(), second),
        (own, first),
    ];
    assert_eq!(
        clone.open().bases(&asked).unwrap(),
        BTreeMap::from(expected)
    );
}

#[test]
fn a_remote_that_never_answers_is_given_up() {
    let sandbox = Sandbox::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let checkout = sandbox.init("r");
    let url = format!("git://{}/x", listener.local_addr().unwrap());
    checkout.run(&["remote", "add", "origin", &url]);
    let started = Instant::now();
    let error = checkout.open().fetch(SHORT).unwrap_err();
    assert!(matches!(error, Error::TimedOut { .. }), "{error:?}");
    assert!(started.elapsed() < Duration::from_secs(30));
}

#[test]
fn a_hanging_ssh_is_killed_with_everything_it_started() {
    let sandbox = Sandbox::new();
    let fifo = sandbox.path("alive");
    assert!(program("mkfifo").arg(&fifo).status().unwrap().success());
    // Both hold the pipe open for writing, and neither goes when asked politely.
    let script = sandbox.path("ssh");
    let body = format!(
        "trap '' TERM HUP INT; exec 9>'{fifo}'; echo started >&9; sleep 50 & sleep 50; sleep 50"
    );
    write(&script, &body);
    let checkout = sandbox.init("r");
    checkout.run(&["remote", "add", "origin", "ssh://git@nowhere.invalid/x"]);
    let git = sandbox
        .git()
        .with_variable("GIT_SSH_COMMAND", format!("sh '{script}'"));
    let repository = Repository::discover(&git, checkout.root())
        .unwrap()
        .unwrap();
    let (sender, ended) = std::sync::mpsc::channel();
    let reading = fifo.clone();
    std::thread::spawn(move || sender.send(std::fs::read(reading).unwrap()));
    let own_end = std::fs::OpenOptions::new().write(true).open(fifo).unwrap();
    let error = repository.fetch(Duration::from_secs(3)).unwrap_err();
    assert!(matches!(error, Error::TimedOut { .. }), "{error:?}");
    drop(own_end);
    // The end of the pipe comes when the last process that holds it is gone.
    let said = ended.recv_timeout(Duration::from_secs(20)).unwrap();
    assert_eq!(said, b"started\n");
}

#[test]
fn ssh_asks_nothing_unless_the_user_has_a_way_of_their_own() {
    let sandbox = Sandbox::new();
    let checkout = sandbox.init("r");
    checkout.run(&["remote", "add", "origin", "ssh://git@nowhere.invalid/x"]);
    let folder = sandbox.path("bin");
    std::fs::create_dir(&folder).unwrap();
    let seen = sandbox.path("seen");
    let report = format!("echo \"$0 $*\" > '{seen}'; exit 255");
    crate::sandbox::write_program(&folder.join("ssh"), &report);
    crate::sandbox::write_program(&folder.join("own-ssh"), &report);
    let inherited = std::env::vars_os()
        .find(|(name, _)| name == "PATH")
        .unwrap()
        .1;
    let path = format!("{folder}:{}", inherited.to_string_lossy());
    let fetch = |git: crate::Git| {
        let repository = Repository::discover(&git, checkout.root())
            .unwrap()
            .unwrap();
        let error = repository.fetch(LONG).unwrap_err();
        assert!(matches!(error, Error::Failed { .. }), "{error:?}");
        std::fs::read_to_string(&seen).unwrap()
    };
    let git = || sandbox.git().with_variable("PATH", &path);
    let own = folder.join("own-ssh");
    assert!(fetch(git()).contains("/ssh -o BatchMode=yes"));
    let said = fetch(git().with_variable("GIT_SSH_COMMAND", own.as_str()));
    assert!(
        said.contains("own-ssh") && !said.contains("BatchMode"),
        "{said}"
    );
    checkout.run(&["config", "core.sshCommand", own.as_str()]);
    let said = fetch(git());
    assert!(
        said.contains("own-ssh") && !said.contains("BatchMode"),
        "{said}"
    );
}

#[test]
fn what_git_says_of_a_remote_holds_no_secret() {
    let sandbox = Sandbox::new();
    // Nobody listens at a port that was just given back.
    let address = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    for url in [
        format!("http://me:hunter2@{address}/x?token=hunter2"),
        format!("git://me:hunter2@{address}/x"),
        format!("nosuch://me:hunter2@{address}/x"),
        "/nonexistent/hunter?x=hunter1@".to_owned(),
    ] {
        let name = format!("r{}", url.len());
        let checkout = sandbox.init(&name);
        checkout.run(&["remote", "add", "origin", &url]);
        let error = checkout.open().fetch(LONG).unwrap_err();
        let Error::Failed { source, .. } = &error else {
            panic!("{error:?}");
        };
        assert!(!source.message().is_empty());
        assert!(
            !format!("{error:?} {error} {source}").contains("hunter2"),
            "{error:?}"
        );
    }
}
