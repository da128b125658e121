//! `onward sync-now` for people.

use crate::commands::sync_now::report::{Category, SyncNowReport};
use crate::output::boundary::migrated;
use crate::output::safe::safe;
use std::fmt::Write;
use sync_core::flush::{FlushEnd, FlushReport};

/// The most rows that are named one by one.
const NAMED: usize = 20;

/// Shows a run; the last lines have the counts.
pub(crate) fn sync_now(report: &SyncNowReport) -> String {
    let mut text = until_then(report);
    let queued = report.queued;
    let Some(outcome) = &report.outcome else {
        let _ = match report.switched_off {
            true if queued > 0 => writeln!(
                text,
                "Sync with the server is off, so nothing was sent; {queued} row(s) wait. \
                 SPEC_KITTY_ENABLE_SAAS_SYNC=1 switches it on"
            ),
            true => writeln!(
                text,
                "Nothing to sync, and sync with the server is off: the queue is empty"
            ),
            false => writeln!(text, "Nothing to sync: nobody is logged in"),
        };
        return text;
    };
    if queued == 0 && report.is_complete() && report.left == Some(0) {
        text.push_str("Nothing to sync: the queue is empty\n");
        return text;
    }
    for failure in report.failures.iter().take(NAMED) {
        let what = match failure.category {
            Category::Refused => "refused, stays queued",
            Category::Later => "not sent, stays queued",
            Category::SetAside => "set aside",
        };
        let (id, error) = (safe(&failure.id), safe(&failure.error));
        let _ = writeln!(text, "  {id}: {what}: {error}");
    }
    if report.failures.len() > NAMED {
        let more = report.failures.len() - NAMED;
        let _ = writeln!(text, "  … and {more} more; --report FILE lists all");
    }
    part(&mut text, "events", Some(&outcome.events));
    part(&mut text, "bodies", outcome.bodies.as_ref());
    if let Some(left @ 1..) = report.left {
        let why = if report.is_complete() {
            ": not due yet, or queued meanwhile"
        } else {
            ""
        };
        let _ = writeln!(text, "{left} row(s) wait{why}");
    }
    text
}

/// Shows what a run did before it began to send.
pub(crate) fn until_then(report: &SyncNowReport) -> String {
    let moved = report.migration.as_ref();
    moved.map_or_else(String::new, |moved| migrated(moved, false))
}

fn part(text: &mut String, what: &str, part: Option<&FlushReport>) {
    let Some(part) = part else {
        let _ = writeln!(text, "{what}: not tried, since events cannot be sent");
        return;
    };
    if let Some(why) = ended(&part.end) {
        let _ = writeln!(text, "  {what} ended early: {}", safe(&why));
    }
    let mut counts = vec![format!("{} sent", part.taken)];
    for (count, of) in [
        (part.duplicates, "the server had"),
        (part.refused, "refused, queued"),
        (part.later, "for later, queued"),
        (part.set_aside, "set aside"),
        (part.untouched, "untouched, queued"),
    ] {
        if count > 0 {
            counts.push(format!("{count} {of}"));
        }
    }
    let _ = writeln!(text, "{what}: {}", counts.join("; "));
}

/// Says why a flush ended before its queue did.
pub(crate) fn ended(end: &FlushEnd) -> Option<String> {
    Some(match end {
        FlushEnd::Drained => return None,
        FlushEnd::NoProgress => "the server took nothing of a batch; try again later".into(),
        FlushEnd::LoggedOut => "the login is not valid; log in with `spec-kitty auth login`".into(),
        FlushEnd::Denied { reason } => format!("the user may not send: {reason}"),
        FlushEnd::Blocked { reason } => format!("there is nobody to send for: {reason}"),
        FlushEnd::Trouble {
            trouble,
            retry_after,
        } => {
            let what = trouble.sentence();
            match retry_after {
                Some(wait) => format!("{what}, and for {} s", wait.as_secs()),
                None => what,
            }
        }
        FlushEnd::Interrupted => "interrupted; what was not sent stays queued".into(),
    })
}
