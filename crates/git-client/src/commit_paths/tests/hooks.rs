//! What hooks do to a commit, and what it does for them.

use super::*;
use crate::sandbox::program;

const SHORT: Duration = Duration::from_secs(3);

#[test]
fn hooks_run_in_the_users_own_surroundings() {
    let sandbox = Sandbox::new();
    let checkout = busy(&sandbox, "r");
    checkout.write("plan.md", "1\n");
    checkout.run(&["add", "plan.md"]);
    let seen = sandbox.path("seen");
    let body = format!(
        "{{ echo own=$ONWARD_COMMIT; git diff --cached --name-only -- '*.md'; \
         git config --get core.hooksPath; git config --get core.fsmonitor; \
         env | grep -E '^(LC_ALL|GIT_(LITERAL|NO_|ALLOW|OPTIONAL|PAGER))'; cat; }} > '{seen}' 2>&1"
    );
    checkout.hook("pre-commit", &body);
    let git = sandbox.writing_git().with_variable("LC_ALL", "C.UTF-8");
    let repository = checkout.open_with(&git);
    commit(&repository, &["plan.md", "plan"]);
    let seen = std::fs::read_to_string(seen).unwrap();
    assert_eq!(seen, "own=1\nplan.md\nLC_ALL=C.UTF-8\n");
}

#[test]
fn hooks_are_where_the_user_has_them() {
    let sandbox = Sandbox::new();
    let checkout = busy(&sandbox, "r");
    let repository = checkout.open_writing();
    assert_eq!(
        repository.hooks_dir().unwrap(),
        checkout.root().join(".git/hooks")
    );
    checkout.run(&["config", "core.hooksPath", "my hooks"]);
    let folder = checkout.root().join("my hooks");
    assert_eq!(repository.hooks_dir().unwrap(), folder);
    std::fs::create_dir(&folder).unwrap();
    crate::sandbox::write_program(&folder.join("pre-commit"), "exit 1");
    let error = repository
        .commit_paths(&paths(&["plan"]), MESSAGE, LONG)
        .unwrap_err();
    assert!(matches!(error, Error::Hook { .. }), "{error:?}");
    checkout.run(&["worktree", "add", "--quiet", "../linked"]);
    checkout.run(&["config", "--unset", "core.hooksPath"]);
    let linked = sandbox.checkout("linked").open_writing();
    assert_eq!(
        linked.hooks_dir().unwrap(),
        checkout.root().join(".git/hooks")
    );
}

#[test]
fn what_a_hook_stages_is_committed_and_not_undone_by_the_next_commit() {
    let sandbox = Sandbox::new();
    let checkout = busy(&sandbox, "r");
    let before = checkout.belongings(&["plan", "generated", "edited"]);
    let body = "echo formatted >> plan; echo new > generated; git add plan generated; \
                git add edited";
    checkout.hook("pre-commit", body);
    let made = commit(&checkout.open_writing(), &["plan"]);
    assert_eq!(changed(&checkout, &made), ["edited", "generated", "plan"]);
    assert_eq!(checkout.run(&["show", "HEAD:plan"]), "2\nformatted");
    assert_eq!(
        checkout.belongings(&["plan", "generated", "edited"]),
        before
    );
    let own = ["status", "--porcelain", "plan", "generated", "edited"];
    assert_eq!(checkout.run(&own), "");
}

#[test]
fn what_the_user_has_staged_of_a_file_that_a_hook_commits_stays_staged() {
    let sandbox = Sandbox::new();
    let checkout = busy(&sandbox, "r");
    checkout.hook(
        "pre-commit",
        "echo 9 > staged; git add staged; echo 2 > staged",
    );
    let made = commit(&checkout.open_writing(), &["plan"]);
    assert_eq!(changed(&checkout, &made), ["plan", "staged"]);
    assert_eq!(checkout.run(&["show", ":staged"]), "2");
    assert_eq!(checkout.run(&["show", "HEAD:staged"]), "9");
}

#[test]
fn what_a_hook_changes_without_staging_it_stays_a_change() {
    let sandbox = Sandbox::new();
    let checkout = busy(&sandbox, "r");
    checkout.hook("pre-commit", "echo more >> plan; echo new > made");
    let made = commit(&checkout.open_writing(), &["plan"]);
    assert_eq!(changed(&checkout, &made), ["plan"]);
    assert_eq!(checkout.run(&["show", "HEAD:plan"]), "2");
    assert_eq!(
        checkout.run(&["status", "--porcelain", "plan", "made"]),
        " M plan\n?? made"
    );
}

#[test]
fn a_hook_that_undoes_the_edit_leaves_an_empty_commit_and_nothing_staged() {
    let sandbox = Sandbox::new();
    let checkout = busy(&sandbox, "r");
    checkout.hook("pre-commit", "echo 1 > plan; git add plan");
    let before = checkout.belongings(&["plan"]);
    let made = commit(&checkout.open_writing(), &["plan"]);
    assert_eq!(changed(&checkout, &made), [] as [String; 0]);
    assert_eq!(checkout.run(&["status", "--porcelain", "plan"]), "");
    assert_eq!(checkout.belongings(&["plan"]), before);
}

#[test]
fn a_hook_may_word_the_message() {
    let sandbox = Sandbox::new();
    let checkout = busy(&sandbox, "r");
    checkout.hook("commit-msg", "echo 'Change-Id: I1' >> \"$1\"");
    commit(&checkout.open_writing(), &["plan"]);
    let message = checkout.run(&["log", "-1", "--format=%B"]);
    assert_eq!(message.trim_end(), format!("{MESSAGE}Change-Id: I1"));
}

#[test]
fn a_commit_that_stands_is_no_failure_whatever_a_hook_does_afterwards() {
    for body in [
        "exit 1",
        "sleep 50",
        "git commit --quiet --amend --no-verify --no-edit --date=@1000000000",
    ] {
        let sandbox = Sandbox::new();
        let checkout = busy(&sandbox, "r");
        let before = checkout.belongings(&["plan"]);
        let guarded = format!(
            "test -e '{0}' && exit; touch '{0}'; {body}",
            sandbox.path("once")
        );
        checkout.hook("post-commit", &guarded);
        let committed = checkout
            .open_writing()
            .commit_paths(&paths(&["plan"]), MESSAGE, SHORT)
            .unwrap();
        assert_eq!(checkout.id("HEAD"), committed.commit, "{body}");
        assert_eq!(checkout.run(&["show", "HEAD:plan"]), "2");
        if !body.contains("amend") {
            assert_eq!(checkout.belongings(&["plan"]), before, "{body}");
        }
    }
}

#[test]
fn a_commit_that_a_hook_puts_on_top_is_not_taken_for_ours() {
    let sandbox = Sandbox::new();
    let checkout = sandbox.init("r");
    let parent = checkout.commit("plan", "1\n");
    checkout.write("plan", "2\n");
    let once = sandbox.path("once");
    checkout.hook(
        "post-commit",
        &format!("test -e '{once}' && exit; touch '{once}'; git commit --quiet --allow-empty -m x"),
    );
    let made = commit(&checkout.open_writing(), &["plan"]);
    assert_eq!(checkout.id("HEAD^"), made);
    assert_eq!(checkout.id("HEAD^^"), parent);
}

#[test]
fn a_hanging_hook_is_killed_with_everything_it_started_and_leaves_no_lock() {
    let sandbox = Sandbox::new();
    let checkout = busy(&sandbox, "r");
    let fifo = sandbox.path("alive");
    assert!(program("mkfifo").arg(&fifo).status().unwrap().success());
    let body = format!(
        "trap '' TERM HUP INT; exec 9>'{fifo}'; echo started >&9; sleep 50 & sleep 50; sleep 50"
    );
    checkout.hook("pre-commit", &body);
    let (sender, ended) = std::sync::mpsc::channel();
    let reading = fifo.clone();
    std::thread::spawn(move || sender.send(std::fs::read(reading).unwrap()));
    let own_end = std::fs::OpenOptions::new().write(true).open(fifo).unwrap();
    let before = checkout.belongings(&[]);
    let index = std::fs::read(checkout.root().join(".git/index")).unwrap();
    let error = checkout
        .open_writing()
        .commit_paths(&paths(&["plan"]), MESSAGE, SHORT)
        .unwrap_err();
    assert!(matches!(error, Error::TimedOut { .. }), "{error:?}");
    drop(own_end);
    let said = ended.recv_timeout(Duration::from_secs(20)).unwrap();
    assert_eq!(said, b"started\n");
    let now = std::fs::read(checkout.root().join(".git/index")).unwrap();
    assert_eq!(now, index);
    assert_eq!(checkout.belongings(&[]), before);
    let left = std::fs::read_dir(checkout.root().join(".git")).unwrap();
    let left = left.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let odd = |name: &String| name.starts_with("onward") || name.ends_with("lock");
    assert_eq!(left.filter(odd).collect::<Vec<_>>(), [] as [String; 0]);
}
