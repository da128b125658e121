//! Which changes there are: a listing that is not whole is never an empty one.

use crate::tree::{Tree, names};
use openspec_model::{ActiveChange, Error, FileKind, ListOrder, NameRule, OpenSpec};
use std::fs;
use sync_core::ids::ChangeName;

#[test]
fn nothing_to_list_is_never_an_empty_list() {
    let tree = Tree::bare();
    assert!(matches!(
        tree.project().read_project(),
        Err(Error::NoOpenSpec { .. })
    ));
    fs::create_dir_all(tree.root.join("openspec/specs")).unwrap();
    let fault = tree.project().read_project().unwrap_err();
    assert!(matches!(&fault, Error::Missing { path } if path.ends_with("openspec/changes")));
    assert!(fault.remedy().contains("openspec/changes"));
    assert_eq!(tree.project().list(ListOrder::Recent).unwrap().changes, []);

    tree.write("openspec/changes", "not a folder");
    assert!(matches!(
        tree.project().read_project(),
        Err(Error::NotAFolder {
            found: FileKind::File,
            ..
        })
    ));
    assert!(tree.project().list(ListOrder::Recent).is_err());
}

#[test]
fn a_changes_folder_that_leads_away_or_in_a_circle_is_an_error() {
    for (target, expected) in [
        ("../..", "leads out of"),
        ("changes", "in a circle"),
        ("gone", "link to nothing"),
    ] {
        let tree = Tree::bare();
        tree.link("openspec/changes", target);
        let fault = tree.project().read_project().unwrap_err();
        assert!(fault.to_string().contains(expected), "{target}: {fault}");
        assert!(tree.project().list(ListOrder::Recent).is_err());
        assert!(tree.project().status_all().is_err());
    }
}

#[test]
fn an_empty_changes_folder_is_an_empty_list() {
    let tree = Tree::bare();
    fs::create_dir_all(tree.root.join("openspec/changes")).unwrap();
    let project = tree.read();
    assert!(project.changes.is_empty() && project.archived.is_empty());
}

#[test]
fn an_archive_that_cannot_be_listed_is_an_error() {
    let tree = Tree::new();
    tree.write("openspec/changes/archive", "a file");
    assert!(matches!(
        tree.project().read_project(),
        Err(Error::NotAFolder { .. })
    ));
}

#[test]
fn folders_that_are_no_changes() {
    let tree = Tree::new();
    tree.write("openspec/changes/area/one/proposal.md", "");
    assert!(matches!(tree.fault(), Error::Nested { nested, .. } if nested == ["area/one"]));

    let tree = Tree::new();
    tree.write("openspec/changes/area/a/b/c/proposal.md", "");
    tree.write("openspec/changes/area/a/two/specs/s/spec.md", "");
    assert!(
        matches!(tree.fault(), Error::Nested { nested, .. } if nested == ["area/a/b/c", "area/a/two"])
    );

    let tree = Tree::new();
    tree.write("openspec/changes/area/a/b/c/d/proposal.md", "");
    assert_eq!(
        tree.change("area").task_count(),
        0,
        "too deep to be taken for a wrapped change"
    );

    let tree = Tree::new();
    tree.write("openspec/changes/.parked/tasks.md", "- [ ] a\n");
    assert!(matches!(
        tree.fault(),
        Error::Name {
            rule: NameRule::Hidden,
            ..
        }
    ));

    let tree = Tree::new();
    tree.link("openspec/changes/linked", "good");
    tree.link("openspec/changes/notes", "README.md");
    tree.write("openspec/changes/README.md", "");
    assert!(matches!(tree.fault(), Error::LinkedChange { .. }));
    assert_eq!(names(&tree.read()), ["good", "linked"]);
    assert_eq!(
        tree.project().list(ListOrder::Name).unwrap().changes.len(),
        1
    );
    assert_eq!(tree.change("linked").task_count(), 2);
}

#[test]
fn names_of_all_kinds() {
    let long = "n".repeat(255);
    let odd = [
        "new\nline",
        "-rf",
        "\u{202e}txet",
        "tab\there",
        "esc\u{1b}[31m",
        " blank ",
        "a\\b",
        &long,
    ];
    let tree = Tree::new();
    for name in odd {
        tree.write(&format!("openspec/changes/{name}/tasks.md"), "- [ ] a\n");
    }
    let project = tree.read();
    for name in odd {
        assert!(names(&project).contains(&name), "{name:?}");
    }
    assert!(matches!(
        tree.project().status("a\\b"),
        Err(Error::Name {
            rule: NameRule::Separator,
            ..
        })
    ));
    for (name, rule) in [
        ("..", NameRule::RelativeSegment),
        (".", NameRule::RelativeSegment),
        ("../good", NameRule::Separator),
        ("/etc", NameRule::Separator),
        ("a\0b", NameRule::Null),
        (".git", NameRule::Hidden),
        ("archive", NameRule::Archive),
    ] {
        let found = tree
            .project()
            .read_change(&ChangeName::new(name))
            .unwrap_err();
        assert!(
            matches!(found, Error::Name { rule: broken, .. } if broken == rule),
            "{name:?}: {found}"
        );
    }
    let unknown = tree
        .project()
        .read_change(&ChangeName::new("nope"))
        .unwrap_err();
    assert!(matches!(unknown, Error::UnknownChange { .. }));
}

// Apple's file systems refuse such a name.
#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_not_utf8_is_there_and_unreadable() {
    use std::os::unix::ffi::OsStrExt;

    let tree = Tree::new();
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9");
    let folder = tree.root.as_std_path().join("openspec/changes").join(name);
    fs::create_dir_all(&folder).unwrap();
    assert!(matches!(tree.fault(), Error::NotUtf8 { .. }));
    assert_eq!(names(&tree.read()), ["caf\u{fffd}", "good"]);
}

#[test]
fn an_exported_change_is_all_that_is_needed() {
    let tree = Tree::bare();
    tree.write("openspec/changes/was/tasks.md", "## One\n- [x] a\n");
    let change = tree.change("was");
    assert_eq!((change.task_count(), change.open_task_count()), (1, 0));
    assert!(change.is_planned());
    assert_eq!(change.title, "was");
}

#[test]
fn the_nearest_root_upward() {
    let tree = Tree::new();
    let inner = tree.path("src/deep/openspec/.keep");
    fs::create_dir_all(inner.parent().unwrap()).unwrap();
    let start = tree.root.join("src/deep");
    assert_eq!(OpenSpec::find(&start).unwrap().unwrap().root(), tree.root);
    tree.write("src/deep/openspec/config.yml", "schema: spec-driven\n");
    assert_eq!(OpenSpec::find(&start).unwrap().unwrap().root(), start);
    tree.write("src/deep/openspec/config.yml", "store: notes\n");
    assert!(
        matches!(OpenSpec::find(&start), Err(Error::InStore { store, .. }) if store == "notes")
    );
    tree.write("src/deep/openspec/config.yml", "store: [a]\n");
    assert!(matches!(
        OpenSpec::find(&start),
        Err(Error::BadStorePointer { .. })
    ));
    fs::create_dir_all(start.join("openspec/specs")).unwrap();
    assert_eq!(OpenSpec::find(&start).unwrap().unwrap().root(), start);
    assert!(matches!(
        OpenSpec::find(&tree.root.join("gone")),
        Err(Error::Io { .. })
    ));
}

#[test]
fn many_changes_are_read_by_several_workers_in_order() {
    let tree = Tree::new();
    for number in 0..300 {
        tree.write(
            &format!("openspec/changes/c{number:03}/tasks.md"),
            "- [ ] a\n".repeat(number),
        );
    }
    tree.link("openspec/changes/c150/proposal.md", "gone");
    let project = tree.read();
    let mut sorted = names(&project);
    sorted.sort_unstable();
    assert_eq!(names(&project), sorted);
    assert_eq!(project.changes.len(), 301);
    for (number, change) in project.changes.iter().take(300).enumerate() {
        match change {
            ActiveChange::Readable(change) => assert_eq!(change.task_count(), number),
            ActiveChange::Unreadable(change) => assert_eq!(change.name.as_str(), "c150"),
        }
    }
}
