//! Metadata, schemas and configuration.

use crate::tree::Tree;
use camino::Utf8Path;
use openspec_model::{ArtifactStatus, Error, OpenSpec, YamlFault};
use std::fs;

#[test]
fn metadata_faults() {
    let bomb = "a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\n\
                c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]\n\
                e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d]\nf: [*e, *e, *e, *e, *e, *e, *e, *e, *e]\n";
    for (text, is_syntax) in [
        ("schema: [a\n".to_owned(), true),
        ("schema: a\nschema: b\n".to_owned(), true),
        ("schema: a\nnote: 1\nnote: 2\n".to_owned(), true),
        ("schema: a\n---\nschema: b\n".to_owned(), true),
        (format!("schema: spec-driven\n{bomb}"), true),
        (
            format!("schema: spec-driven\nx: {}", "[".repeat(100_000)),
            true,
        ),
        (
            format!("schema: spec-driven\nx: {}", "{a: ".repeat(100_000)),
            true,
        ),
        (
            "<<<<<<< HEAD\nschema: a\n=======\nschema: b\n>>>>>>> b\n".to_owned(),
            true,
        ),
        (String::new(), false),
        ("- schema\n".to_owned(), false),
        ("schema: 7\n".to_owned(), false),
        ("schema: spec-driven\nskip_specs: yes\n".to_owned(), false),
    ] {
        let tree = Tree::new();
        tree.write("openspec/changes/bad/.openspec.yaml", &text);
        let shown: String = text.chars().take(60).collect();
        match tree.fault() {
            Error::MetadataSyntax { path, .. } if is_syntax => {
                assert!(path.ends_with(".openspec.yaml"));
            }
            Error::Metadata { path, .. } if !is_syntax => assert!(path.ends_with(".openspec.yaml")),
            other => panic!("{shown:?}: {}", other.with_causes()),
        }
    }
    let tree = Tree::new();
    tree.write(
        "openspec/changes/bad/.openspec.yaml",
        format!("a: {}", "[".repeat(100_000)),
    );
    assert!(matches!(
        tree.fault(),
        Error::MetadataSyntax {
            source: YamlFault::TooDeep,
            ..
        }
    ));
}

#[test]
fn metadata_with_a_mark_and_windows_line_ends_is_fine() {
    let tree = Tree::new();
    let text = "\u{feff}schema: spec-driven\r\nskip_specs: true\r\n";
    tree.write("openspec/changes/fine/.openspec.yaml", text);
    assert_eq!(tree.states("fine")[1], ArtifactStatus::Skipped);
}

#[test]
fn skip_specs_speaks_of_specs_only() {
    let tree = Tree::new();
    tree.write(
        "openspec/changes/fine/.openspec.yaml",
        "schema: spec-driven\nskip_specs: true\n",
    );
    tree.write("openspec/changes/fine/proposal.md", "");
    let blocked = ArtifactStatus::Blocked {
        missing_deps: vec!["design".into()],
    };
    assert_eq!(
        tree.states("fine"),
        [
            ArtifactStatus::Done,
            ArtifactStatus::Skipped,
            ArtifactStatus::Ready,
            blocked
        ]
    );
}

#[test]
fn schemas_that_are_not_there_or_broken() {
    let tree = Tree::new();
    tree.write("openspec/changes/bad/.openspec.yaml", "schema: team\n");
    let fault = tree.fault();
    assert!(
        matches!(&fault, Error::UnknownSchema { name, available, .. }
        if name == "team" && available == &["spec-driven"])
    );
    assert_eq!(
        fault.remedy(),
        "in the change's .openspec.yaml, name one of the schemas there are: spec-driven"
    );

    tree.write(
        "openspec/schemas/team/schema.yaml",
        "name: team\nversion: 1\nartifacts: []\n",
    );
    let fault = tree.fault();
    assert!(
        matches!(&fault, Error::Schema { path, .. } if path.ends_with("schemas/team/schema.yaml"))
    );

    let outside = tempfile::tempdir().unwrap();
    let tree = Tree::new();
    tree.write("openspec/changes/bad/.openspec.yaml", "schema: away\n");
    tree.link(
        "openspec/schemas/away",
        Utf8Path::from_path(outside.path()).unwrap(),
    );
    assert!(matches!(tree.fault(), Error::UnknownSchema { .. }));
}

#[test]
fn a_schema_of_the_user_and_one_that_comes_before_it() {
    let schema = |file: &str| {
        format!(
            "name: team\nversion: 1\nartifacts:\n  - id: plan\n    generates: {file}\n    \
             description: d\n    template: t.md\n"
        )
    };
    let tree = Tree::new();
    tree.write("openspec/changes/mine/.openspec.yaml", "schema: team\n");
    tree.write("data/schemas/team/schema.yaml", schema("user.md"));
    let project = tree
        .project()
        .with_user_schemas(tree.root.join("data/schemas"));
    let output = |project: &OpenSpec| {
        project.status("mine").unwrap().artifacts[0]
            .output_path
            .clone()
    };
    assert_eq!(output(&project), "user.md");
    tree.write("openspec/schemas/team/schema.yaml", schema("own.md"));
    assert_eq!(output(&project), "own.md");
}

#[test]
fn configuration_that_is_broken_is_told_and_passed_over() {
    let tree = Tree::new();
    tree.write("openspec/config.yaml", "schema: a\nschema: b\n");
    assert_eq!(tree.change("good").schema, "spec-driven");
    let warning = tree.project().config_warning().unwrap().unwrap();
    assert!(warning.message.contains("config.yaml"), "{warning:?}");
    let told = &tree.warnings()[..];
    assert!(
        matches!(told, [text] if text.starts_with("./openspec/config.yaml is not a valid configuration: ")
            && text.ends_with("; correct ./openspec/config.yaml")),
        "{told:?}"
    );
    tree.write("openspec/config.yaml", "schema: spec-driven\n");
    assert_eq!(tree.project().config_warning().unwrap(), None);
    assert_eq!(tree.warnings(), [""; 0]);
    fs::remove_file(tree.path("openspec/config.yaml")).unwrap();
    tree.write("openspec/config.yml", "schema: [x]\n");
    assert!(tree.project().config_warning().unwrap().is_some());
    assert_eq!(
        tree.warnings(),
        [
            "the schema named in ./openspec/config.yml is not a name; name a schema there, or remove \
          the key"
        ]
    );
}
