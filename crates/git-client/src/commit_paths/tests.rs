use super::*;
use crate::sandbox::{Checkout, Sandbox};

mod hooks;
mod places;
mod refusals;

const LONG: Duration = Duration::from_mins(1);
const MESSAGE: &str = "chore(consistency): sync task status from DB [auto]\n\n\
    Updated by fix-consistency on 2026-11-21:\n- T1: todo → done\n# not a comment\n";

fn paths(names: &[&str]) -> Vec<Utf8PathBuf> {
    names.iter().map(Utf8PathBuf::from).collect()
}

/// Commits these files and expects that to succeed.
fn commit(repository: &Repository, names: &[&str]) -> CommitId {
    let committed = repository
        .commit_paths(&paths(names), MESSAGE, LONG)
        .unwrap();
    assert!(committed.unsettled.is_none(), "{committed:?}");
    committed.commit
}

/// The paths that a commit changed.
fn changed(checkout: &Checkout<'_>, commit: &CommitId) -> Vec<String> {
    let names = ["diff-tree", "--root", "--no-commit-id", "-r", "--name-only"];
    let listed = checkout.run(&[&names[..], &["-z", commit.as_str()]].concat());
    let listed = listed.split('\0').filter(|name| !name.is_empty());
    listed.map(str::to_owned).collect()
}

/// A checkout with one of everything that may be under way, and `plan` edited by us.
fn busy<'s>(sandbox: &'s Sandbox, name: &str) -> Checkout<'s> {
    let checkout = sandbox.init(name);
    checkout.write(".gitignore", "*.log\n");
    for path in [
        "plan", "edited", "staged", "both", "deleted", "gone", "moved", "kept/f",
    ] {
        checkout.write(path, "1\n");
    }
    checkout.run(&["add", "."]);
    checkout.commit_staged("all");
    checkout.write("edited", "2\n");
    checkout.write("staged", "2\n");
    checkout.write("both", "2\n");
    checkout.write("added", "1\n");
    checkout.run(&["add", "staged", "both", "added"]);
    checkout.write("both", "3\n");
    checkout.run(&["rm", "--quiet", "--cached", "deleted"]);
    std::fs::remove_file(checkout.root().join("gone")).unwrap();
    checkout.run(&["mv", "moved", "kept/moved"]);
    checkout.write("promised", "1\n");
    checkout.run(&["add", "--intent-to-add", "promised"]);
    checkout.write("untracked", "1\n");
    checkout.write("x.log", "1\n");
    checkout.run(&["update-index", "--skip-worktree", "kept/f"]);
    checkout.write("kept/f", "mine\n");
    checkout.write("plan", "2\n");
    checkout
}

#[test]
fn one_file_is_committed_and_nothing_else_is_touched() {
    let sandbox = Sandbox::new();
    let checkout = busy(&sandbox, "r");
    let parent = checkout.id("HEAD");
    let before = checkout.belongings(&["plan"]);
    assert!(before.len() > 20, "{before:#?}");
    let made = commit(&checkout.open_writing(), &["plan"]);
    assert_eq!(checkout.belongings(&["plan"]), before);
    assert_eq!(checkout.id("refs/heads/main"), made);
    assert_eq!(checkout.id("HEAD^"), parent);
    assert_eq!(changed(&checkout, &made), ["plan"]);
    assert_eq!(checkout.run(&["show", "HEAD:plan"]), "2");
    assert_eq!(checkout.read("plan"), "2\n");
    assert_eq!(checkout.run(&["status", "--porcelain", "plan"]), "");
    assert!(!sandbox.trap_sprang());
    let left = std::fs::read_dir(checkout.root().join(".git")).unwrap();
    let left = left.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let odd = |name: &String| name.starts_with("onward") || name.ends_with("lock");
    assert_eq!(left.filter(odd).collect::<Vec<_>>(), [] as [String; 0]);
}

#[test]
fn the_message_is_taken_as_it_is() {
    let sandbox = Sandbox::new();
    let checkout = busy(&sandbox, "r");
    let made = commit(&checkout.open_writing(), &["plan"]);
    let object = checkout.run(&["cat-file", "commit", made.as_str()]);
    let (header, message) = object.split_once("\n\n").unwrap();
    assert_eq!(format!("{message}\n"), MESSAGE);
    assert!(!header.contains("encoding"), "{header}");
    // The length of a line of arguments is no limit.
    checkout.write("plan", "3\n");
    let long = format!("long\n\n{}", "- T1: todo → done\n".repeat(20_000));
    let made = checkout
        .open_writing()
        .commit_paths(&paths(&["plan"]), &long, LONG)
        .unwrap()
        .commit;
    let object = checkout.run(&["cat-file", "commit", made.as_str()]);
    assert_eq!(object.split_once("\n\n").unwrap().1, long.trim_end());
}

#[test]
fn what_was_staged_of_the_file_itself_gives_way_to_what_it_holds() {
    let sandbox = Sandbox::new();
    let checkout = sandbox.init("r");
    checkout.commit("plan", "1\n");
    checkout.write("plan", "staged\n");
    checkout.run(&["add", "plan"]);
    checkout.write("plan", "2\n");
    checkout.write("new", "1\n");
    checkout.run(&["add", "--intent-to-add", "new"]);
    let made = commit(&checkout.open_writing(), &["plan", "new"]);
    assert_eq!(changed(&checkout, &made), ["new", "plan"]);
    assert_eq!(checkout.run(&["show", "HEAD:plan"]), "2");
    assert_eq!(checkout.run(&["status", "--porcelain"]), "");
}

#[test]
fn of_several_paths_the_unchanged_are_no_matter_and_a_removal_is_a_change() {
    let sandbox = Sandbox::new();
    let checkout = sandbox.init("r");
    for path in ["a", "b", "c"] {
        checkout.commit(path, "1\n");
    }
    checkout.write("a", "2\n");
    std::fs::remove_file(checkout.root().join("b")).unwrap();
    let made = commit(&checkout.open_writing(), &["a", "b", "c"]);
    assert_eq!(changed(&checkout, &made), ["a", "b"]);
    assert_eq!(checkout.run(&["status", "--porcelain"]), "");
}

#[test]
fn odd_names_and_very_many_are_taken_letter_by_letter() {
    let sandbox = Sandbox::new();
    let checkout = sandbox.init("r");
    let odd = [
        "*",
        "[ab]?",
        "-rf",
        "a b",
        ":!x",
        ":(top)x",
        "é\u{202e}",
        "\\",
        "line\nbreak",
        "\"q\"",
    ];
    let mut names: Vec<String> = odd.map(str::to_owned).into();
    names.extend((0..1500).map(|n| format!("workplans/a rather long name of a workplan {n}.md")));
    for name in names
        .iter()
        .map(String::as_str)
        .chain(["a", "b", "other", "x"])
    {
        checkout.write(name, "1\n");
    }
    checkout.run(&["add", "."]);
    checkout.commit_staged("all");
    for name in names
        .iter()
        .map(String::as_str)
        .chain(["a", "b", "other", "x"])
    {
        checkout.write(name, "2\n");
    }
    let asked: Vec<&str> = names.iter().map(String::as_str).collect();
    let made = commit(&checkout.open_writing(), &asked);
    let mut expected = names.clone();
    expected.sort_unstable();
    assert_eq!(changed(&checkout, &made), expected);
    let left = checkout.run(&["status", "--porcelain"]);
    assert_eq!(left, " M a\n M b\n M other\n M x");
}
