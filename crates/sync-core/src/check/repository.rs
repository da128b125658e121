//! What concerns a repository and its files as a whole: C-01, C-02, C-14, C-17.

use super::View;
use super::identity::{is_open, own_rows};
use crate::finding::{Block, Finding, Kind};
use crate::fix::files_to_write;
use crate::snapshot::Upstream;
use alloc::string::ToString;
use alloc::vec::Vec;

pub(super) fn no_workplans(view: &View<'_>, findings: &mut Vec<Finding>) {
    if view.snapshot.files.is_some() {
        return;
    }
    let open_rows = own_rows(view).filter(|row| is_open(row)).count();
    findings.push(view.found(Kind::NoWorkplans { open_rows }));
}

pub(super) fn unreadable(view: &View<'_>, findings: &mut Vec<Finding>) {
    for item in &view.snapshot.unreadable {
        findings.push(Finding {
            path: Some(item.path.clone()),
            line: item.line,
            id: item.id.as_ref().map(ToString::to_string),
            ..view.found(Kind::Unreadable {
                reason: item.reason.clone(),
                whole_file: item.whole_file,
            })
        });
    }
}

pub(super) fn behind(view: &View<'_>, findings: &mut Vec<Finding>) {
    if let Upstream::Tracked { ahead, behind } = view.snapshot.git.upstream
        && behind > 0
    {
        let skipped = view.snapshot.mode.fix;
        findings.push(view.found(Kind::Behind {
            behind,
            ahead,
            skipped,
        }));
    }
}

pub(super) fn unpushed(view: &View<'_>, findings: &mut Vec<Finding>) {
    let commits = view.snapshot.git.unpushed;
    if commits > 0 {
        findings.push(view.found(Kind::Unpushed { commits }));
    }
}

/// Looks at files that are to be written; a repository that is behind writes none.
pub(super) fn writeback_blocked(view: &View<'_>, findings: &mut Vec<Finding>) {
    let git = &view.snapshot.git;
    if git.upstream.behind().is_some() {
        return;
    }
    let blocked: Vec<Finding> = files_to_write(findings, &view.snapshot.mode)
        .into_iter()
        .filter_map(|path| {
            let by = match &git.obstruction {
                Some(state) => Block::Git {
                    state: state.clone(),
                },
                None if git.dirty.contains(path) => Block::Dirty,
                None => Block::Unfit {
                    reason: git.unfit.get(path)?.clone(),
                },
            };
            let skipped = view.snapshot.mode.fix;
            Some(Finding {
                path: Some(path.to_string()),
                ..view.found(Kind::WritebackBlocked { by, skipped })
            })
        })
        .collect();
    findings.extend(blocked);
}
