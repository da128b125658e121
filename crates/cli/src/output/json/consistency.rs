//! What fix-consistency found and did, for programs.

use super::SCHEMA;
use crate::commands::fix_consistency::Sweep;
use crate::exit::Exit;
use consistency::Report;
use serde_json::{Value, json};
use sync_core::finding::Finding;

/// A whole run.
pub(crate) fn sweep(sweep: &Sweep, exit: Exit) -> Value {
    json!({
        "schema": SCHEMA,
        "command": "fix-consistency",
        "exit": exit.code(),
        "lock_skipped": sweep.lock_skipped,
        "skipped_missing": sweep.elsewhere,
        "skipped_budget": sweep.skipped_budget,
        "repos": sweep.reports.iter().map(report).collect::<Vec<_>>(),
    })
}

fn report(report: &Report) -> Value {
    let all = |findings: &[Finding]| findings.iter().map(finding).collect::<Vec<_>>();
    json!({
        "repo": report.repository.as_str(),
        "findings": all(&report.findings),
        "done": all(&report.done),
        "failed": all(&report.failed),
        "remaining": all(&report.remaining),
        "notices": report.notices,
    })
}

fn finding(finding: &Finding) -> Value {
    json!({
        "code": finding.code().to_string(),
        "severity": finding.severity().word(),
        "path": finding.path,
        "line": finding.line,
        "id": finding.id,
        "message": finding.message(),
        "hint": finding.hint(),
        "fixable": finding.fixable(),
    })
}
