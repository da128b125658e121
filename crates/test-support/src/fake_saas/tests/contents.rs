//! What becomes of a body.

use serde_json::{Value, json};

use super::{FakeSaas, Visitor};
use crate::ContentAnswer;

fn body(artifact_path: &str) -> Value {
    json!({
        "project_uuid": "p-1",
        "mission_slug": "010-demo",
        "target_branch": "main",
        "mission_type": "software-dev",
        "manifest_version": "1",
        "artifact_path": artifact_path,
        "content_hash": "603c828a",
        "hash_algorithm": "sha256",
        "content_body": "# Spec\n",
    })
}

#[test]
fn a_body_is_stored_once_by_its_seven_columns() {
    let saas = FakeSaas::start();
    let mut visitor = Visitor::new(&saas);
    assert_eq!(visitor.push(&body("spec.md")).status, 201);
    assert_eq!(visitor.push(&body("spec.md")).status, 200);
    let mut newer = body("spec.md");
    newer["content_hash"] = json!("c3964bb3");
    assert_eq!(visitor.push(&newer).status, 201);
    assert_eq!(saas.stored_contents(), [body("spec.md"), newer]);
    let statuses: Vec<_> = saas.contents().iter().map(|came| came.status).collect();
    assert_eq!(statuses, [201, 200, 201]);
    assert_eq!(saas.contents()[1].artifact_path, "spec.md");
    assert_eq!(saas.contents()[1].request, 2);
}

#[test]
fn a_body_can_be_refused_for_a_while_or_for_good() {
    let saas = FakeSaas::start();
    let mut visitor = Visitor::new(&saas);
    saas.answer_content_once("spec.md", ContentAnswer::IndexEntryNotFound);
    saas.answer_content("plan.md", ContentAnswer::NamespaceNotFound);
    let forbidden = ContentAnswer::Refused {
        status: 403,
        body: json!({ "detail": "not yours" }),
    };
    saas.answer_content("notes.md", forbidden);
    for (path, status, error) in [
        ("spec.md", 404, json!("index_entry_not_found")),
        ("spec.md", 201, Value::Null),
        ("plan.md", 404, json!("namespace_not_found")),
        ("plan.md", 404, json!("namespace_not_found")),
        ("notes.md", 403, Value::Null),
    ] {
        let answer = visitor.push(&body(path));
        assert_eq!((answer.status, &answer.json()["error"]), (status, &error));
    }
    assert_eq!(saas.stored_contents(), [body("spec.md")]);
    assert_eq!(saas.contents().len(), 5);
}

#[test]
fn a_body_needs_a_token_and_all_nine_fields() {
    let saas = FakeSaas::start();
    let mut visitor = Visitor::new(&saas);
    let mut partial = body("spec.md");
    partial.as_object_mut().unwrap().remove("hash_algorithm");
    let answer = visitor.push(&partial);
    assert_eq!(answer.status, 400);
    let expected = json!({ "hash_algorithm": ["This field is required."] });
    assert_eq!(answer.json(), expected);
    visitor.token = "stale";
    assert_eq!(visitor.push(&body("spec.md")).status, 401);
    assert!(saas.contents().is_empty());
}
