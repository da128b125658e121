use super::*;
use crate::sandbox::Sandbox;

/// Names that a shell, a pathspec, a quoting or a line reader would get wrong.
const ODD: &[&str] = &[
    "-rf",
    "*",
    "a b",
    "é\u{202e}",
    "line\nbreak",
    ":(top)x",
    ":!x",
    "tab\t\"quote\"",
    "[ab]?",
    "\\",
    "? x",
];

fn paths(names: &[&str]) -> Vec<Utf8PathBuf> {
    names.iter().map(Utf8PathBuf::from).collect()
}

fn dirty(repository: &Repository, names: &[&str]) -> Vec<String> {
    let dirty = repository.dirty(&paths(names)).unwrap();
    dirty.into_iter().map(Utf8PathBuf::into_string).collect()
}

#[test]
fn head_is_nothing_before_the_first_commit() {
    let sandbox = Sandbox::new();
    let checkout = sandbox.init("r");
    assert_eq!(checkout.open().head().unwrap(), None);
    let first = checkout.commit("f", "1");
    assert_eq!(checkout.open().head().unwrap(), Some(first.clone()));
    checkout.run(&["checkout", "--quiet", "--detach"]);
    assert_eq!(checkout.open().head().unwrap(), Some(first));
    checkout.run(&["checkout", "--quiet", "--orphan", "new"]);
    assert_eq!(checkout.open().head().unwrap(), None);
}

#[test]
fn a_head_whose_commit_is_missing_is_not_unborn() {
    let sandbox = Sandbox::new();
    let checkout = sandbox.init("r");
    checkout.write(".git/refs/heads/main", &format!("{}\n", "1".repeat(40)));
    let error = checkout.open().head().unwrap_err();
    assert!(matches!(error, Error::Answer { .. }), "{error:?}");
    checkout.write(".git/HEAD", &format!("{}\n", "1".repeat(40)));
    assert!(checkout.open().head().is_err());
}

#[test]
fn only_commits_that_are_here_are_contained() {
    let sandbox = Sandbox::new();
    let checkout = sandbox.init("r");
    let first = checkout.commit("f", "1");
    let second = checkout.commit("f", "2");
    let tree = checkout.id("HEAD^{tree}");
    checkout.run(&["tag", "--annotate", "--message", "t", "t"]);
    let tag = checkout.id("t");
    checkout.run(&["branch", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"]);
    let odd = [
        "HEAD",
        "main",
        "--output=x",
        "",
        "HEAD\nmain",
        &first.as_str()[..12],
    ];
    let mut asked: Vec<CommitId> = odd.into_iter().map(CommitId::new).collect();
    asked.extend(
        [
            "a".repeat(40),
            "a".repeat(64),
            first.as_str().to_uppercase(),
        ]
        .map(CommitId::new),
    );
    asked.extend([tree, tag, second.clone(), first.clone(), second.clone()]);
    let here = checkout.open().contains(&asked).unwrap();
    assert_eq!(here, BTreeSet::from([first, second]));
    assert!(checkout.open().contains(&[]).unwrap().is_empty());
}

#[test]
fn a_partial_clone_does_not_fetch_what_it_lacks() {
    let sandbox = Sandbox::new();
    let origin = sandbox.init("origin");
    origin.commit("f", "1");
    origin.run(&["config", "uploadpack.allowFilter", "true"]);
    origin.run(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
    let clone = sandbox.clone(&origin, "clone", &["--filter=blob:none", "--no-checkout"]);
    let later = origin.commit("f", "2");
    let repository = clone.open();
    assert!(
        repository
            .contains(std::slice::from_ref(&later))
            .unwrap()
            .is_empty()
    );
    let folder = tempfile::tempdir().unwrap();
    let folder = Utf8Path::from_path(folder.path()).unwrap();
    let head = repository.head().unwrap().unwrap();
    let error = repository
        .export(&head, &paths(&["f"]), folder)
        .unwrap_err();
    assert!(error.to_string().contains("not here"), "{error}");
    // The same question of a git left to itself does fetch: the test can fail.
    assert_eq!(clone.attempt(&["cat-file", "-e", later.as_str()]), Some(0));
}

#[test]
fn a_shallow_clone_is_recognised() {
    let sandbox = Sandbox::new();
    let origin = sandbox.init("origin");
    origin.commit("f", "1");
    origin.commit("f", "2");
    assert!(!origin.open().is_shallow());
    let clone = sandbox.clone(&origin, "clone", &["--depth=1"]);
    assert!(clone.open().is_shallow());
}

#[test]
fn a_path_is_dirty_whatever_differs_in_it() {
    let sandbox = Sandbox::new();
    let checkout = sandbox.init("r");
    checkout.write(".gitignore", "*.log\nwhole/\n");
    let all = [
        "c/clean",
        "c/deleted",
        "c/edited",
        "c/ignored",
        "c/moved",
        "c/none",
        "c/renamed",
        "c/staged",
        "c/untracked",
        "whole/absent",
        "whole/ignored",
    ];
    for path in all {
        checkout.write(&format!("{path}/tasks.md"), path);
    }
    std::fs::remove_dir_all(checkout.root().join("c/none")).unwrap();
    std::fs::remove_dir_all(checkout.root().join("c/untracked")).unwrap();
    std::fs::remove_dir_all(checkout.root().join("whole/absent")).unwrap();
    checkout.run(&["add", "."]);
    checkout.commit_staged("all");
    let repository = checkout.open();
    assert_eq!(dirty(&repository, &all), ["whole/ignored"]);

    checkout.write("c/edited/tasks.md", "x");
    checkout.write("c/staged/tasks.md", "x");
    checkout.run(&["add", "c/staged"]);
    checkout.write("c/ignored/deep/x.log", "");
    checkout.write("c/untracked/tasks.md", "x");
    std::fs::remove_file(checkout.root().join("c/deleted/tasks.md")).unwrap();
    checkout.run(&["mv", "c/moved", "c/renamed/inside"]);
    checkout.write("elsewhere", "x");
    let expected = [
        "c/deleted",
        "c/edited",
        "c/ignored",
        "c/moved",
        "c/renamed",
        "c/staged",
        "c/untracked",
        "whole/ignored",
    ];
    assert_eq!(dirty(&repository, &all), expected);
    for path in all {
        assert_eq!(
            dirty(&repository, &[path]).len(),
            usize::from(expected.contains(&path)),
            "{path}"
        );
    }
    assert!(!sandbox.trap_sprang());
}

#[test]
fn on_an_unborn_branch_everything_is_dirty() {
    let sandbox = Sandbox::new();
    let checkout = sandbox.init("r");
    checkout.write("c/a/f", "");
    assert_eq!(dirty(&checkout.open(), &["c/a", "c/b"]), ["c/a"]);
}

#[test]
fn ten_thousand_paths_are_asked_about_at_once() {
    let sandbox = Sandbox::new();
    let checkout = sandbox.init("r");
    checkout.write(".gitignore", "whole/\n*.log\n");
    let names: Vec<String> = (0..10_000)
        .map(|n| match n % 4 {
            0 => format!("workplans/{n}.md"),
            1 => format!("workplans/{n}.log"),
            2 => format!("whole/{n}.md"),
            _ => format!("absent/{n}.md"),
        })
        .collect();
    for name in names.iter().filter(|name| !name.starts_with("absent")) {
        checkout.write(name, "");
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut expected: Vec<&str> = names.clone();
    expected.retain(|name| !name.starts_with("absent"));
    expected.sort_unstable();
    assert_eq!(dirty(&checkout.open(), &names), expected);
    checkout.run(&["add", "."]);
    checkout.commit_staged("all");
    let clean = names.iter().filter(|name| name.ends_with("0.md"));
    let clean: Vec<&str> = clean
        .copied()
        .filter(|n| n.starts_with("workplans"))
        .collect();
    assert!(dirty(&checkout.open(), &clean).is_empty());
}

#[test]
fn a_conflict_is_dirty() {
    let sandbox = Sandbox::new();
    let checkout = sandbox.init("r");
    checkout.commit("c/a/f", "1");
    checkout.run(&["checkout", "--quiet", "-b", "side"]);
    checkout.commit("c/a/f", "2");
    checkout.run(&["checkout", "--quiet", "main"]);
    checkout.commit("c/a/f", "3");
    assert_eq!(checkout.attempt(&["merge", "side"]), Some(1));
    assert_eq!(dirty(&checkout.open(), &["c/a", "c/b"]), ["c/a"]);
}

#[test]
fn odd_names_are_told_apart() {
    let sandbox = Sandbox::new();
    let checkout = sandbox.init("r");
    for name in ODD {
        checkout.commit(&format!("{name}/f"), "1");
    }
    let repository = checkout.open();
    assert!(dirty(&repository, ODD).is_empty());
    for name in ODD {
        checkout.write(&format!("{name}/f"), "2");
        assert_eq!(dirty(&repository, ODD), [*name]);
        assert_eq!(dirty(&repository, &[name]), [*name]);
        checkout.write(&format!("{name}/f"), "1");
    }
}

#[test]
fn looking_writes_nothing_and_heeds_no_lock() {
    let sandbox = Sandbox::new();
    let checkout = sandbox.init("r");
    checkout.commit("c/a/f", "1");
    let index = checkout.root().join(".git/index");
    // A time stamp that is no longer true makes an ordinary status rewrite the index.
    let old = std::time::UNIX_EPOCH + std::time::Duration::from_hours(300_000);
    let file = std::fs::File::open(checkout.root().join("c/a/f")).unwrap();
    file.set_modified(old).unwrap();
    let before = std::fs::read(&index).unwrap();
    let repository = checkout.open();
    assert!(dirty(&repository, &["c/a"]).is_empty());
    assert_eq!(std::fs::read(&index).unwrap(), before);

    let lock = checkout.root().join(".git/index.lock");
    checkout.write(".git/index.lock", "");
    assert!(dirty(&repository, &["c/a"]).is_empty());
    std::fs::remove_file(lock).unwrap();
    checkout.run(&["status"]);
    assert_ne!(std::fs::read(&index).unwrap(), before);
}

#[test]
fn replacements_of_this_clone_do_not_count() {
    let sandbox = Sandbox::new();
    let checkout = sandbox.init("r");
    let first = checkout.commit("f", "1");
    checkout.commit("f", "2");
    let head = checkout.commit("f", "3");
    checkout.run(&["replace", "--graft", head.as_str()]);
    let repository = checkout.open();
    assert_eq!(
        repository.history().unwrap().root_commit().unwrap(),
        Some(first)
    );
}
