//! Task files that are no files, too large, or no text.

use crate::tree::Tree;
use openspec_model::{ArtifactStatus, Error, FileKind, ListOrder};
use std::fs;

#[test]
fn task_files_that_are_no_files() {
    let tree = Tree::new();
    tree.link("openspec/changes/bad/tasks.md", "nowhere.md");
    assert!(matches!(tree.fault(), Error::Dangling { .. }));

    let tree = Tree::new();
    tree.link("openspec/changes/bad/tasks.md", "other.md");
    tree.link("openspec/changes/bad/other.md", "tasks.md");
    assert!(matches!(tree.fault(), Error::LinkLoop { .. }));

    let tree = Tree::new();
    fs::create_dir_all(tree.root.join("openspec/changes/bad/tasks.md")).unwrap();
    assert!(matches!(
        tree.fault(),
        Error::NotAFile {
            found: FileKind::Folder,
            ..
        }
    ));
    assert!(
        tree.project()
            .list(ListOrder::Name)
            .unwrap()
            .warnings
            .is_empty(),
        "as the CLI"
    );
}

// Apple has no call to make a pipe beneath a folder; the code that refuses one is the same.
#[cfg(target_os = "linux")]
#[test]
fn a_pipe_is_refused_and_not_waited_for() {
    use rustix::fs::{CWD, FileType, Mode, mknodat};

    for name in ["tasks.md", ".openspec.yaml"] {
        let tree = Tree::new();
        let pipe = tree.path(&format!("openspec/changes/bad/{name}"));
        mknodat(
            CWD,
            pipe.as_str(),
            FileType::Fifo,
            Mode::RUSR | Mode::WUSR,
            0,
        )
        .unwrap();
        let fault = tree.fault();
        assert!(
            matches!(
                fault,
                Error::NotAFile {
                    found: FileKind::Fifo,
                    ..
                }
            ),
            "{name}: {fault}"
        );
        assert!(fault.remedy().contains(name));
    }
    let tree = Tree::new();
    let pipe = tree.path("openspec/changes/odd/proposal.md");
    mknodat(
        CWD,
        pipe.as_str(),
        FileType::Fifo,
        Mode::RUSR | Mode::WUSR,
        0,
    )
    .unwrap();
    assert_eq!(tree.change("odd").title, "odd");
    assert_eq!(tree.states("odd")[0], ArtifactStatus::Ready);
}

#[test]
fn files_have_a_largest_size() {
    let tree = Tree::new();
    tree.write("openspec/changes/bad/tasks.md", "- [ ] a\n");
    let grow = |name: &str, size: u64| {
        let file = fs::File::options()
            .write(true)
            .open(tree.root.join(name))
            .unwrap();
        file.set_len(size).unwrap();
    };
    grow("openspec/changes/bad/tasks.md", 50 << 20);
    assert_eq!(tree.change("bad").task_count(), 1);
    grow("openspec/changes/bad/tasks.md", (64 << 20) + 1);
    assert!(matches!(
        tree.fault(),
        Error::TooLarge {
            limit: 67_108_864,
            ..
        }
    ));

    let tree = Tree::new();
    tree.write(
        "openspec/changes/bad/.openspec.yaml",
        format!("schema: {}", "x".repeat(1 << 20)),
    );
    assert!(matches!(
        tree.fault(),
        Error::TooLarge {
            limit: 1_048_576,
            ..
        }
    ));
}

#[test]
fn text_that_is_not_utf8_is_read_with_a_warning() {
    let tree = Tree::new();
    tree.write("openspec/config.yaml", "schema: [x]\n");
    let utf16: Vec<u8> = "\u{feff}- [ ] a\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    tree.write("openspec/changes/windows/tasks.md", utf16);
    tree.write(
        "openspec/changes/latin/tasks.md",
        b"- [ ] caf\xe9\n- [x] b\n",
    );
    tree.write("openspec/changes/latin/proposal.md", b"# Caf\xe9\n");
    let warnings = tree.warnings();
    assert!(warnings[0].contains("config.yaml"), "{warnings:?}");
    assert_eq!(
        warnings[1..],
        [
            "./openspec/changes/latin/tasks.md is not UTF-8 from byte 10 on; save it as UTF-8",
            "./openspec/changes/latin/proposal.md is not UTF-8 from byte 6 on; save it as UTF-8",
            "./openspec/changes/windows/tasks.md is not UTF-8 from byte 1 on; save it as UTF-8",
        ]
    );
    let latin = tree.change("latin");
    assert_eq!(latin.sections[0].tasks[0].text, "caf\u{fffd}");
    assert_eq!((latin.task_count(), latin.warnings.len()), (2, 2));
    assert_eq!(tree.change("good").warnings, []);
}

#[test]
fn a_change_has_a_largest_number_of_tasks_for_a_board() {
    let tree = Tree::new();
    let file = "openspec/changes/bad/tasks.md";
    tree.write(file, "## A\n- [x] a\n".repeat(5000));
    assert_eq!(tree.change("bad").task_count(), 5000);
    tree.write(file, "## A\n- [x] a\n".repeat(5001));
    let fault = tree.fault();
    assert_eq!(
        fault.to_string(),
        format!("5001 tasks in {}, more than 5000", tree.path(file))
    );
    assert_eq!(fault.remedy(), "split the change");
    let list = tree.project().list(ListOrder::Name).unwrap();
    assert_eq!(list.changes[0].completed_tasks, 5001);
    assert_eq!(tree.project().apply("bad").unwrap().total, 5001);
    assert_eq!(tree.states("bad").last(), Some(&ArtifactStatus::Done));

    // Several files count together.
    tree.write(
        "openspec/schemas/team/schema.yaml",
        "name: team\nversion: 1\nartifacts:\n  - id: tasks\n    generates: tasks/*.md\n    \
         description: d\n    template: t.md\n",
    );
    let tree_of = |last: usize| {
        tree.write("openspec/changes/bad/.openspec.yaml", "schema: team\n");
        tree.write("openspec/changes/bad/tasks/1.md", "- [ ] a\n".repeat(4000));
        tree.write("openspec/changes/bad/tasks/2.md", "- [ ] a\n".repeat(last));
    };
    tree_of(1000);
    assert_eq!(tree.change("bad").task_count(), 5000);
    tree_of(4000);
    assert!(
        matches!(tree.fault(), Error::TooManyTasks { path, count: 8000, .. }
        if path.ends_with("changes/bad"))
    );
}
