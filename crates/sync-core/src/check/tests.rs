//! For each code what triggers it, and what nearly does.

use super::check;
use crate::finding::Finding;
use crate::snapshot::Snapshot;
use crate::snapshot::scene::scene;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

mod drift;
mod identity;
mod lessons;
mod lifecycle;
mod repeated;
mod repository;

/// Returns findings in short: code, severity, line and id, and whether a fix mends them.
fn short(findings: &[Finding]) -> Vec<String> {
    let short = findings.iter().map(|finding| {
        let line = finding
            .line
            .map_or_else(String::new, |line| format!(":{line}"));
        let id = finding.id.as_deref().unwrap_or("-");
        let fix = if finding.fixable() { " fix" } else { "" };
        format!(
            "{} {}{line} {id}{fix}",
            finding.code(),
            finding.severity().word()
        )
    });
    short.collect()
}

/// Checks the scene after a change.
#[track_caller]
fn finds(change: impl FnOnce(&mut Snapshot), expected: &[&str]) -> Vec<Finding> {
    let mut snapshot = scene();
    change(&mut snapshot);
    let findings = check(&snapshot);
    assert_eq!(short(&findings), expected, "{findings:#?}");
    findings
}

/// Returns what the first finding says.
fn message(findings: &[Finding]) -> String {
    findings[0].message()
}

#[test]
fn nothing_is_found_in_a_repository_in_step() {
    finds(|_| (), &[]);
}
