use std::os::unix::fs::PermissionsExt;

use sync_core::fix::Target;
use sync_core::ids::FileId;

use super::*;
use crate::edit::NewValue;
use crate::sandbox::{Checkout, Sandbox};

const LIMIT: Duration = Duration::from_mins(1);

fn plan(status: &str) -> String {
    format!("---\nid: A\n---\n```task\nid: T\nstatus: {status}\n```\n")
}

fn done(path: &str) -> FileEdit {
    let target = Target::Task(FileId::new("T"));
    let value = NewValue::Status("done".into());
    FileEdit {
        path: path.into(),
        change: Change { target, value },
    }
}

/// Edits these files of a checkout, whose content is what was looked at.
fn write(checkout: &Checkout<'_>, paths: &[&str], seen: &[(&str, &str)]) -> Written {
    let repository = checkout.open();
    let mut seen = seen
        .iter()
        .map(|(path, text)| ((*path).to_owned(), (*text).into()))
        .collect();
    let journal = Journal::new(repository.git_dir(), "hub");
    let edits: Vec<FileEdit> = paths.iter().map(|path| done(path)).collect();
    let mut writeback = Writeback {
        repository: &repository,
        journal: &journal,
        seen: &mut seen,
        limit: LIMIT,
    };
    let written = writeback.write(&edits, |numbers| format!("made {numbers:?}"));
    assert_eq!(journal.recover(&repository).unwrap(), None);
    written
}

/// Everything a person has in a checkout: staged, unstaged, untracked, and the commit.
fn state(checkout: &Checkout<'_>) -> Vec<String> {
    let mut state: Vec<String> = [
        &["ls-files", "--stage"][..],
        &["diff"],
        &["diff", "--cached"],
        &["rev-parse", "HEAD"],
        &["status", "--porcelain"],
    ]
    .iter()
    .map(|arguments| checkout.git(arguments))
    .collect();
    state.push(checkout.read("mine"));
    state
}

/// Two workplans, and work of a person's: staged, changed after it was staged, and untracked.
fn checkout(sandbox: &Sandbox) -> Checkout<'_> {
    let checkout = sandbox.init("r");
    checkout.commit("mine", "1\n");
    checkout.commit("a.md", &plan("todo"));
    checkout.commit("b.md", &plan("todo"));
    checkout.write("mine", b"2\n");
    checkout.git(&["add", "mine"]);
    checkout.write("mine", b"3\n");
    checkout.write("new", b"x\n");
    checkout
}

fn hook(checkout: &Checkout<'_>, body: &str) {
    checkout.write(
        ".git/hooks/draft",
        format!("#!/bin/sh\n{body}\n").as_bytes(),
    );
    let path = checkout.root.join(".git/hooks/draft");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::rename(&path, checkout.root.join(".git/hooks/pre-commit")).unwrap();
}

#[test]
fn edits_are_committed_and_nothing_else_is() {
    let sandbox = Sandbox::new();
    let checkout = checkout(&sandbox);
    let before = (checkout.git(&["diff"]), checkout.git(&["diff", "--cached"]));
    let todo = plan("todo");
    let written = write(
        &checkout,
        &["a.md", "b.md"],
        &[("a.md", &todo), ("b.md", &todo)],
    );
    assert_eq!((written.done.len(), written.failed.len()), (2, 0));
    assert_eq!(
        (checkout.git(&["diff"]), checkout.git(&["diff", "--cached"])),
        before
    );
    assert_eq!(
        checkout.git(&["show", "--name-only", "--format=%s"]),
        "made {0, 1}\n\na.md\nb.md"
    );
    assert_eq!(checkout.read("a.md"), plan("done"));
}

#[test]
fn a_failing_commit_leaves_everything_as_it_was() {
    let sandbox = Sandbox::new();
    let checkout = checkout(&sandbox);
    hook(&checkout, "echo no such luck >&2; exit 1");
    let before = state(&checkout);
    let todo = plan("todo");
    let written = write(&checkout, &["a.md"], &[("a.md", &todo)]);
    assert!(written.failed[&0].contains("no such luck"), "{written:?}");
    assert_eq!(state(&checkout), before);
    assert_eq!(checkout.read("a.md"), todo);
}

#[test]
fn a_file_that_changed_since_is_left_alone_and_keeps_no_other_back() {
    let todo = plan("todo");
    for staged in [false, true] {
        let sandbox = Sandbox::new();
        let checkout = checkout(&sandbox);
        checkout.write("a.md", (todo.clone() + "mine\n").as_bytes());
        if staged {
            // The bytes are those seen, but the index holds a person's work.
            checkout.git(&["add", "a.md"]);
            checkout.write("a.md", todo.as_bytes());
        }
        let held = checkout.read("a.md");
        let written = write(
            &checkout,
            &["a.md", "b.md"],
            &[("a.md", &todo), ("b.md", &todo)],
        );
        assert!(
            written.failed[&0].contains("was changed while"),
            "{written:?}"
        );
        assert_eq!(written.done, BTreeSet::from([1]));
        assert_eq!(checkout.read("a.md"), held);
    }
}

/// It is clean again, and yet not what was decided from.
#[test]
fn a_file_that_was_committed_anew_since_is_left_alone() {
    let sandbox = Sandbox::new();
    let checkout = checkout(&sandbox);
    let todo = plan("todo");
    checkout.write("a.md", plan("cancelled").as_bytes());
    checkout.git(&["commit", "--quiet", "--message", "a person's", "a.md"]);
    let written = write(&checkout, &["a.md"], &[("a.md", &todo)]);
    assert!(
        written.failed[&0].contains("was changed while"),
        "{written:?}"
    );
    assert_eq!(checkout.read("a.md"), plan("cancelled"));
}

#[test]
fn a_file_git_does_not_take_keeps_no_other_back() {
    let sandbox = Sandbox::new();
    let checkout = checkout(&sandbox);
    checkout.git(&["update-index", "--skip-worktree", "a.md"]);
    let todo = plan("todo");
    let written = write(
        &checkout,
        &["a.md", "b.md"],
        &[("a.md", &todo), ("b.md", &todo)],
    );
    assert!(
        written.failed[&0].contains("told to overlook"),
        "{written:?}"
    );
    assert_eq!(written.done, BTreeSet::from([1]));
    assert_eq!(checkout.read("a.md"), todo);
}

#[test]
fn a_value_that_cannot_be_written_keeps_no_other_back() {
    let sandbox = Sandbox::new();
    let checkout = checkout(&sandbox);
    let text = plan("todo").replace("status: todo", "status: >-\n  todo")
        + "```task\nid: U\nstatus: todo\n```\n";
    checkout.commit("c.md", &text);
    let repository = checkout.open();
    let journal = Journal::new(repository.git_dir(), "hub");
    let mut other = done("c.md");
    other.change.target = Target::Task(FileId::new("U"));
    let mut seen = BTreeMap::from([("c.md".to_owned(), text.into_bytes())]);
    let mut writeback = Writeback {
        repository: &repository,
        journal: &journal,
        seen: &mut seen,
        limit: LIMIT,
    };
    let written = writeback.write(&[done("c.md"), other], |_| "x".into());
    assert!(written.failed[&0].contains("`status`"), "{written:?}");
    assert_eq!(written.done, BTreeSet::from([1]));
    assert!(
        checkout
            .read("c.md")
            .ends_with("id: U\nstatus: done\n```\n")
    );
}
