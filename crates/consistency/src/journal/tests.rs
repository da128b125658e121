use super::*;
use crate::sandbox::{Checkout, Sandbox};

const BEFORE: &str = "status: todo\n";
const AFTER: &str = "status: done\n";

/// A checkout with a file that a run noted to edit.
fn noted(sandbox: &Sandbox) -> (Checkout<'_>, Repository, Journal) {
    let checkout = sandbox.init("r");
    checkout.commit("a.md", BEFORE);
    let repository = checkout.open();
    let journal = Journal::new(repository.git_dir(), "hub");
    let edit = Edited {
        path: "a.md".into(),
        before: BEFORE.into(),
        after: AFTER.into(),
    };
    journal.note(&[edit]).unwrap();
    (checkout, repository, journal)
}

#[test]
fn an_edit_that_a_crash_left_is_undone_once() {
    let sandbox = Sandbox::new();
    let (checkout, repository, journal) = noted(&sandbox);
    checkout.write("a.md", AFTER.as_bytes());
    assert!(
        journal
            .recover(&repository)
            .unwrap()
            .unwrap()
            .starts_with("1 edits")
    );
    assert_eq!(checkout.read("a.md"), BEFORE);
    checkout.write("a.md", AFTER.as_bytes());
    assert_eq!(journal.recover(&repository).unwrap(), None);
    assert_eq!(checkout.read("a.md"), AFTER);
}

#[test]
fn an_edit_is_known_after_other_commits() {
    let sandbox = Sandbox::new();
    let (checkout, repository, journal) = noted(&sandbox);
    checkout.write("a.md", AFTER.as_bytes());
    checkout.commit("b.md", "x");
    assert!(journal.recover(&repository).unwrap().is_some());
    assert_eq!(checkout.read("a.md"), BEFORE);
}

#[test]
fn what_is_committed_staged_or_touched_is_left_alone() {
    let person = "status: done\nmine\n";
    for (content, commands) in [
        (
            AFTER,
            &[&["commit", "--quiet", "--all", "--message", "x"][..]][..],
        ),
        (AFTER, &[&["add", "a.md"][..]][..]),
        (person, &[][..]),
        (BEFORE, &[][..]),
    ] {
        let sandbox = Sandbox::new();
        let (checkout, repository, journal) = noted(&sandbox);
        checkout.write("a.md", content.as_bytes());
        for command in commands {
            checkout.git(command);
        }
        let status = checkout.git(&["status", "--porcelain"]);
        assert_eq!(journal.recover(&repository).unwrap(), None);
        assert_eq!(checkout.read("a.md"), content);
        assert_eq!(checkout.git(&["status", "--porcelain"]), status);
    }
}

#[test]
fn a_file_that_is_gone_or_a_damaged_journal_is_no_obstacle() {
    let sandbox = Sandbox::new();
    let (checkout, repository, journal) = noted(&sandbox);
    std::fs::remove_file(checkout.root.join("a.md")).unwrap();
    assert_eq!(journal.recover(&repository).unwrap(), None);
    let folder = repository.git_dir().join("onward");
    journal.note(&[]).unwrap();
    let entry = folder.read_dir_utf8().unwrap().next().unwrap().unwrap();
    crate::sandbox::write(entry.path(), b"[1");
    assert!(
        journal
            .recover(&repository)
            .unwrap()
            .unwrap()
            .contains("is damaged")
    );
    assert_eq!(journal.recover(&repository).unwrap(), None);
}

#[test]
fn a_replaced_file_keeps_its_permissions() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = Sandbox::new();
    let path = sandbox.path("a");
    crate::sandbox::write(&path, b"x");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    replace(&path, b"y").unwrap();
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o640
    );
    assert_eq!(fs::read(&path).unwrap(), b"y");
}
