//! What fix-consistency found and did, for people.

use crate::commands::fix_consistency::Sweep;
use crate::output::safe::safe;
use consistency::Report;
use std::collections::BTreeSet;
use std::fmt::Write;
use sync_core::finding::{Finding, Severity};

/// A whole run; the last line has the counts.
pub(crate) fn sweep(sweep: &Sweep) -> String {
    if sweep.lock_skipped {
        return "another run over all repositories is under way; nothing was done\n".into();
    }
    let mut text = String::new();
    for one in &sweep.reports {
        report(&mut text, one);
    }
    for (repositories, why) in [
        (&sweep.elsewhere, "no place on this host"),
        (&sweep.skipped_budget, "the time was up"),
    ] {
        for repository in repositories {
            let _ = writeln!(text, "{}: skipped, {why}", safe(repository));
        }
    }
    text.push_str(&counts(sweep));
    text
}

/// One repository: what was mended, then what remains, by file.
fn report(text: &mut String, report: &Report) {
    let repository = safe(report.repository.as_str());
    if report.done.is_empty() && report.remaining.is_empty() {
        let _ = writeln!(text, "{repository}: in step");
        return;
    }
    let _ = writeln!(text, "{repository}");
    let mut told = BTreeSet::new();
    files(text, "mended  ", &report.done, &mut told, false);
    files(text, "", &report.remaining, &mut told, true);
}

/// Lists findings by file; a hint that was given is not repeated.
fn files(
    text: &mut String,
    mark: &str,
    findings: &[Finding],
    told: &mut BTreeSet<String>,
    with_hints: bool,
) {
    // By file in the order of the worst finding of each.
    let mut paths: Vec<Option<&str>> = Vec::new();
    for finding in findings {
        let path = finding.path.as_deref();
        if !paths.contains(&path) {
            paths.push(path);
        }
    }
    for path in paths {
        let _ = writeln!(
            text,
            "  {}",
            path.map_or_else(|| "the repository".into(), safe)
        );
        for finding in findings
            .iter()
            .filter(|finding| finding.path.as_deref() == path)
        {
            let place = finding
                .line
                .map(|line| format!(":{line}"))
                .unwrap_or_default();
            let id = finding
                .id
                .as_deref()
                .map(|id| format!(" {}", safe(id)))
                .unwrap_or_default();
            let (severity, code) = (finding.severity().word(), finding.code());
            let message = safe(&finding.message());
            let _ = writeln!(text, "    {mark}{severity} {code}{place}{id}  {message}");
            if let Some(hint) = finding.hint().filter(|_| with_hints)
                && told.insert(hint.clone())
            {
                let _ = writeln!(text, "      hint: {}", safe(&hint));
            }
        }
    }
}

fn counts(sweep: &Sweep) -> String {
    let count = |severity| {
        let remaining = sweep.reports.iter().flat_map(|report| &report.remaining);
        remaining
            .filter(|finding| finding.severity() == severity)
            .count()
    };
    let of = |findings: fn(&Report) -> &Vec<Finding>| -> usize {
        sweep
            .reports
            .iter()
            .map(|report| findings(report).len())
            .sum()
    };
    let repositories = match sweep.reports.len() {
        1 => "1 repository".to_owned(),
        many => format!("{many} repositories"),
    };
    format!(
        "{repositories}: {} FAIL, {} WARN, {} INFO; {} mended, {} failed\n",
        count(Severity::Fail),
        count(Severity::Warn),
        count(Severity::Info),
        of(|report| &report.done),
        of(|report| &report.failed),
    )
}
