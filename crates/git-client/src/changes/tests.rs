use super::*;
use crate::sandbox::{Checkout, Sandbox};

fn commit(checkout: &Checkout<'_>, content: &str) -> CommitId {
    checkout.commit("f", content)
}

/// Whether all that a commit changed is lines, and which.
fn changes(checkout: &Checkout<'_>, commit: &CommitId) -> Option<Vec<Replaced>> {
    let mut seen = Vec::new();
    let found = checkout
        .open()
        .changing_only(std::slice::from_ref(commit), |change| {
            seen.push(change.clone());
            true
        })
        .unwrap();
    found.contains(commit).then_some(seen)
}

fn replaced(path: &str, before: &[&str], after: &[&str]) -> Replaced {
    let lines = |lines: &[&str]| lines.iter().map(|line| line.as_bytes().to_vec()).collect();
    Replaced {
        path: path.to_owned(),
        before: lines(before),
        after: lines(after),
    }
}

#[test]
fn changed_lines_are_told_as_they_are() {
    let sandbox = Sandbox::new();
    let checkout = sandbox.init("r");
    commit(&checkout, "a\nb\nc\nd\ne");
    // Lines that look like something else, and a missing line break.
    let tricky = format!("-- a/f\n@@ -1 +1 @@\nc\nd\r\n{}\n+++ b/f", "0".repeat(40));
    let changed = commit(&checkout, &tricky);
    let expected = [
        replaced("f", &["a\n", "b\n"], &["-- a/f\n", "@@ -1 +1 @@\n"]),
        replaced(
            "f",
            &["d\n", "e"],
            &["d\r\n", &format!("{}\n", "0".repeat(40)), "+++ b/f"],
        ),
    ];
    assert_eq!(changes(&checkout, &changed).unwrap(), expected);
    let added = commit(&checkout, &format!("{tricky}\n"));
    let expected = [replaced("f", &["+++ b/f"], &["+++ b/f\n"])];
    assert_eq!(changes(&checkout, &added).unwrap(), expected);
    let removed = commit(&checkout, "c\n");
    assert_eq!(changes(&checkout, &removed).unwrap().len(), 2);
}

#[test]
fn one_run_tells_of_many_commits_whatever_the_settings() {
    let sandbox = Sandbox::new();
    let checkout = sandbox.init("r");
    checkout.commit("ü b/f x", "1\n");
    for (key, value) in [
        ("color.ui", "always"),
        ("diff.noprefix", "true"),
        ("diff.mnemonicPrefix", "true"),
        ("diff.context", "9"),
        ("diff.interHunkContext", "9"),
        ("diff.external", "false"),
        ("diff.md.textconv", "false"),
    ] {
        checkout.run(&["config", key, value]);
    }
    checkout.commit(".gitattributes", "* -diff\n");
    let allowed: Vec<CommitId> = ["a\n2\n", "a\n3\n", "a\n4\n"]
        .iter()
        .map(|content| checkout.commit("ü b/f x", content))
        .collect();
    let mut asked = allowed.clone();
    asked.insert(2, checkout.commit("ü b/f x", "a\nother\n"));
    let found = checkout
        .open()
        .changing_only(&asked, |change| {
            let is_other = |line: &Vec<u8>| line == b"other\n";
            change.path == "ü b/f x" && !change.after.iter().any(is_other)
        })
        .unwrap();
    assert_eq!(found, allowed.into_iter().collect());
    assert!(!sandbox.trap_sprang());
}

#[test]
fn what_is_no_change_of_lines_is_none() {
    let sandbox = Sandbox::new();
    let checkout = sandbox.init("r");
    let first = commit(&checkout, "1\n2\n3\n");
    assert_eq!(changes(&checkout, &first), None, "without a parent");
    let lines = commit(&checkout, "1\n2\n4\n");
    assert!(changes(&checkout, &lines).is_some());
    let committed = |arguments: &[&str]| {
        checkout.run(arguments);
        checkout.commit_staged("m")
    };
    let added = checkout.commit("g", "1\n");
    assert_eq!(changes(&checkout, &added), None, "a new file");
    let mode = committed(&["update-index", "--chmod=+x", "g"]);
    assert_eq!(changes(&checkout, &mode), None, "another mode");
    let moved = committed(&["mv", "g", "h"]);
    assert_eq!(changes(&checkout, &moved), None, "moved");
    let removed = committed(&["rm", "--quiet", "--force", "h"]);
    assert_eq!(changes(&checkout, &removed), None, "removed");
    let linked = format!("160000,{first},sub");
    committed(&["update-index", "--add", "--cacheinfo", &linked]);
    let linked = format!("160000,{lines},sub");
    let moved = committed(&["update-index", "--cacheinfo", &linked]);
    checkout.run(&["config", "diff.ignoreSubmodules", "all"]);
    assert_eq!(changes(&checkout, &moved), None, "a submodule");
    checkout.run(&["commit", "--quiet", "--allow-empty", "--message", "m"]);
    assert_eq!(changes(&checkout, &checkout.id("HEAD")), None, "nothing");
    checkout.run(&["checkout", "--quiet", "-b", "side", "HEAD~1"]);
    commit(&checkout, "0\n2\n4\n");
    checkout.run(&["merge", "--quiet", "--no-edit", "main"]);
    assert_eq!(changes(&checkout, &checkout.id("HEAD")), None, "a merge");
    assert!(
        checkout
            .open()
            .changing_only(&[], |_| true)
            .unwrap()
            .is_empty()
    );
}
