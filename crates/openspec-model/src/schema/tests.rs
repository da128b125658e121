use std::fmt::Write;

use super::*;

fn schema(artifacts: &[(&str, &str)], apply: &str) -> Result<Schema, SchemaFault> {
    let mut text = String::from("name: test\nversion: 1\nartifacts:\n");
    for (id, requires) in artifacts {
        writeln!(
            text,
            "  - {{id: {id}, generates: {id}.md, description: d, template: t, requires: [{requires}]}}"
        )
        .unwrap();
    }
    text.push_str(apply);
    Schema::parse(text.as_bytes())
}

fn order(schema: &Schema) -> Vec<&str> {
    schema
        .build_order
        .iter()
        .map(|at| schema.artifacts[*at].id.as_str())
        .collect()
}

#[test]
fn the_shipped_schema_is_in_its_own_order() {
    assert_eq!(
        order(&Schema::spec_driven()),
        ["proposal", "specs", "design", "tasks"]
    );
}

#[test]
fn order_is_topological_and_else_as_declared() {
    let read = schema(
        &[("d", "b, a"), ("c", ""), ("b", "a"), ("a", ""), ("e", "")],
        "",
    )
    .unwrap();
    assert_eq!(order(&read), ["c", "a", "b", "d", "e"]);
}

#[test]
fn a_freed_artifact_comes_before_one_declared_later() {
    let read = schema(&[("x", ""), ("y", "x"), ("z", "")], "").unwrap();
    assert_eq!(order(&read), ["x", "y", "z"]);
}

#[test]
fn without_an_apply_phase_all_is_required_and_tasks_are_tracked() {
    let read = schema(&[("plan", ""), ("tasks", "plan")], "").unwrap();
    assert_eq!(read.apply_requires, ["plan", "tasks"]);
    assert_eq!(read.tracked().unwrap().id, "tasks");
    assert!(schema(&[("plan", "")], "").unwrap().tracked().is_none());
}

#[test]
fn tracks_must_equal_what_is_generated() {
    let apply = |tracks: &str| format!("apply:\n  requires: [a]\n  tracks: {tracks}\n");
    assert_eq!(
        schema(&[("a", "")], &apply("a.md"))
            .unwrap()
            .tracked()
            .unwrap()
            .id,
        "a"
    );
    assert!(
        schema(&[("a", "")], &apply("./a.md"))
            .unwrap()
            .tracked()
            .is_none()
    );
    assert!(
        schema(&[("tasks", "")], &apply("null").replace("[a]", "[tasks]"))
            .unwrap()
            .tracked()
            .is_some()
    );
}

#[test]
fn faults() {
    assert!(
        matches!(schema(&[("a", ""), ("a", "")], ""), Err(SchemaFault::DuplicateId(id)) if id == "a")
    );
    assert!(matches!(schema(&[("a", "b")], ""), Err(SchemaFault::UnknownId(id)) if id == "b"));
    assert!(matches!(
        schema(&[("a", "b"), ("b", "a")], ""),
        Err(SchemaFault::Cycle(_))
    ));
    assert!(matches!(
        schema(&[("a", "")], "apply:\n  requires: [x]\n"),
        Err(SchemaFault::UnknownId(id)) if id == "x"
    ));
    assert!(matches!(
        schema(&[("a", "")], "apply:\n  requires: []\n"),
        Err(SchemaFault::Rule(_))
    ));
    assert!(matches!(
        schema(&[("a", "")], "apply:\n  requires: [a]\n  tracks: ../x\n"),
        Err(SchemaFault::Path(_))
    ));
    assert!(matches!(schema(&[], ""), Err(SchemaFault::Yaml(_))));
    for path in ["/a", "\\a", "a/../b", "..", "c:x", "''"] {
        let text = format!(
            "name: n\nversion: 1\nartifacts:\n  - {{id: a, generates: {path}, description: d, template: t}}\n"
        );
        assert!(
            matches!(Schema::parse(text.as_bytes()), Err(SchemaFault::Path(_))),
            "{path}"
        );
    }
    for head in [
        "name: ''\nversion: 1",
        "name: n\nversion: 0",
        "name: n\nversion: 1.5",
    ] {
        let text = format!(
            "{head}\nartifacts:\n  - {{id: a, generates: a, description: d, template: t}}\n"
        );
        assert!(
            matches!(Schema::parse(text.as_bytes()), Err(SchemaFault::Rule(_))),
            "{head}"
        );
    }
}

#[test]
fn a_thousand_artifacts_are_allowed_and_one_more_is_not() {
    let text = |count: usize| {
        let mut text = String::from("name: n\nversion: 1\nartifacts:\n");
        for n in 0..count {
            writeln!(
                text,
                "- {{id: a{n}, generates: a, description: d, template: t}}"
            )
            .unwrap();
        }
        text
    };
    assert!(Schema::parse(text(1000).as_bytes()).is_ok());
    assert!(matches!(
        Schema::parse(text(1001).as_bytes()),
        Err(SchemaFault::Rule(_))
    ));
}

#[test]
fn what_lies_under_specs() {
    for (path, expected) in [
        ("specs/**/*.md", true),
        ("./specs/a.md", true),
        ("specs//a.md", true),
        ("specs", false),
        ("specs.md", false),
        ("a/specs/b.md", false),
    ] {
        assert_eq!(Output::new(path).unwrap().is_specs(), expected, "{path}");
    }
}
