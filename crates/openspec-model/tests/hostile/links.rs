//! Links: followed within a change, never out of it.

use crate::tree::Tree;
use camino::Utf8PathBuf;
use openspec_model::{Error, ListOrder};
use std::fs;
use std::io::Write;

#[test]
fn task_files_that_lead_away() {
    let outside = tempfile::tempdir().unwrap();
    let secret = Utf8PathBuf::from_path_buf(outside.path().join("secret.md")).unwrap();
    fs::File::create(&secret)
        .unwrap()
        .write_all(b"- [x] secret\n")
        .unwrap();
    let absolute = secret.as_str();
    for target in [
        absolute,
        "../good/tasks.md",
        "../../../..",
        "a/../../good/tasks.md",
    ] {
        let tree = Tree::new();
        fs::create_dir_all(tree.root.join("openspec/changes/bad/a")).unwrap();
        tree.link("openspec/changes/bad/tasks.md", target);
        let fault = tree.fault();
        assert!(matches!(fault, Error::Outside { .. }), "{target}: {fault}");
        assert!(fault.to_string().contains("bad/tasks.md"), "{fault}");
        let list = tree.project().list(ListOrder::Name).unwrap();
        assert_eq!(list.warnings.len(), 1);
        assert_eq!(list.warnings[0].code, "unreadable_change");
        assert!(matches!(
            tree.project().status("bad"),
            Err(Error::Outside { .. })
        ));
    }
}

#[test]
fn a_link_out_by_way_of_a_link_in() {
    let tree = Tree::new();
    tree.link("openspec/changes/bad/inner", "deep/out");
    tree.link("openspec/changes/bad/deep/out", "../../good/tasks.md");
    tree.link("openspec/changes/bad/tasks.md", "inner");
    assert!(matches!(tree.fault(), Error::Outside { .. }));
}

#[test]
fn links_within_a_change_are_followed() {
    let tree = Tree::new();
    tree.write("openspec/changes/fine/real/list.md", "- [x] a\n");
    tree.link("openspec/changes/fine/tasks.md", "real/../link/list.md");
    tree.link(
        "openspec/changes/fine/link",
        tree.root.join("openspec/changes/fine/real"),
    );
    let change = tree.change("fine");
    assert_eq!(change.task_count(), 1);
    let status = tree.project().status("fine").unwrap();
    let tasks = status
        .artifact_paths
        .iter()
        .find(|paths| paths.id == "tasks")
        .unwrap();
    let real = tree.root.join("openspec/changes/fine/real/list.md");
    assert_eq!(tasks.existing_output_paths, [real]);
}

/// Asks for the specs before work begins, where the schema that ships asks for the tasks alone.
const SPECS_FIRST: &str = "name: specs-first
version: 1
artifacts:
  - {id: specs, generates: 'specs/**/*.md', description: d, template: t.md}
  - {id: tasks, generates: tasks.md, description: d, template: t.md}
apply: {requires: [specs, tasks], tracks: tasks.md}
";

#[test]
fn a_specs_link_that_leads_away_hits_one_change_and_only_who_looks_at_it() {
    let away = |tree: &Tree| tree.link("openspec/changes/bad/specs", "../good");
    let file = |tree: &Tree| tree.write("openspec/changes/bad/specs", "a file");
    let circle = |tree: &Tree| tree.link("openspec/changes/bad/specs/a/up", "../../specs");
    let is_outside = |fault: &Error| matches!(fault, Error::Outside { .. });
    let is_file = |fault: &Error| matches!(fault, Error::NotAFolder { .. });
    let is_circle = |fault: &Error| matches!(fault, Error::LinkLoop { .. });
    for (spoil, is_expected) in [
        (
            &away as &dyn Fn(&Tree),
            &is_outside as &dyn Fn(&Error) -> bool,
        ),
        (&file, &is_file),
        (&circle, &is_circle),
    ] {
        let tree = Tree::new();
        tree.write("openspec/changes/bad/tasks.md", "- [x] a\n");
        spoil(&tree);
        let change = tree.change("bad");
        assert!(change.is_planned());
        assert_eq!(change.task_count(), 1);
        assert!(is_expected(&tree.project().status("bad").unwrap_err()));
        let list = tree.project().list(ListOrder::Name).unwrap();
        assert!(list.warnings.is_empty());
        assert_eq!(list.changes[0].total_tasks, 1);

        tree.write("openspec/schemas/specs-first/schema.yaml", SPECS_FIRST);
        tree.write(
            "openspec/changes/bad/.openspec.yaml",
            "schema: specs-first\n",
        );
        let fault = tree.fault();
        assert!(is_expected(&fault), "{fault}");
    }
}

#[test]
fn main_specs_that_lead_away_are_told_and_the_others_listed() {
    let tree = Tree::new();
    tree.write(
        "openspec/specs/a/spec.md",
        "## Purpose\np\n## Requirements\n### r\n",
    );
    tree.link("openspec/specs/b/spec.md", "../../changes/good/tasks.md");
    tree.link("openspec/specs/c/spec.md", "../../../../secret");
    let list = tree.project().list_specs().unwrap();
    let ids: Vec<&str> = list.specs.iter().map(|spec| spec.id.as_str()).collect();
    assert_eq!(ids, ["a", "b"]);
    assert!(matches!(list.troubles[..], [Error::Outside { .. }]));
}
