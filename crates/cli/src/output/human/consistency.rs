//! What fix-consistency found and did, for people.

use crate::commands::fix_consistency::Sweep;
use crate::output::safe::safe;
use consistency::Report;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use sync_core::finding::{Finding, Severity};

/// A whole run; the last line has the counts.
pub(crate) fn sweep(sweep: &Sweep) -> String {
    if sweep.lock_skipped {
        return "another run over all repositories is under way; nothing was done\n".into();
    }
    let mut text = String::new();
    let mut told = BTreeSet::new();
    for one in &sweep.reports {
        report(&mut text, one, &mut told);
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

/// One repository by file, each with what was mended of it and then what remains.
fn report(text: &mut String, report: &Report, told: &mut BTreeSet<String>) {
    let repository = safe(report.repository.as_str());
    if report.done.is_empty() && report.remaining.is_empty() {
        let _ = writeln!(text, "{repository}: in step");
        return;
    }
    let _ = writeln!(text, "{repository}");
    for (path, group) in by_file(report) {
        let place = path.map_or_else(|| "the repository".into(), safe);
        let _ = writeln!(text, "  {place}");
        for finding in group.done {
            line(text, "mended  ", finding);
        }
        for finding in group.remaining {
            line(text, "", finding);
            // What was said once helps with the next one too.
            if let Some(hint) = finding.hint()
                && told.insert(hint.clone())
            {
                let _ = writeln!(text, "      hint: {}", safe(&hint));
            }
        }
    }
}

/// What was found about one file.
#[derive(Default)]
struct Group<'a> {
    done: Vec<&'a Finding>,
    remaining: Vec<&'a Finding>,
}

/// Groups findings by file, in the order of the worst that remains of each.
fn by_file(report: &Report) -> Vec<(Option<&str>, Group<'_>)> {
    let mut places: BTreeMap<Option<&str>, usize> = BTreeMap::new();
    let mut groups: Vec<(Option<&str>, Group<'_>)> = Vec::new();
    let remaining = report.remaining.iter().map(|finding| (finding, false));
    let done = report.done.iter().map(|finding| (finding, true));
    for (finding, is_done) in remaining.chain(done) {
        let path = finding.path.as_deref();
        let place = *places.entry(path).or_insert_with(|| {
            groups.push((path, Group::default()));
            groups.len() - 1
        });
        let group = &mut groups[place].1;
        let list = if is_done {
            &mut group.done
        } else {
            &mut group.remaining
        };
        list.push(finding);
    }
    groups
}

fn line(text: &mut String, mark: &str, finding: &Finding) {
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
