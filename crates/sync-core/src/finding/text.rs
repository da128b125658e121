//! What findings say, and what to do about them.

use super::{Block, Changed, Finding, First, Kind, Owner, Place, Repeated, Side, Unlinked, Way};
use crate::status::{FileFollows, Status, Tie};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// The word for one or for several.
fn plural(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[expect(clippy::too_many_lines, reason = "one sentence for each kind")]
pub(super) fn message(finding: &Finding) -> String {
    let slug = &finding.repository;
    let id = finding.id.as_deref().unwrap_or_default();
    match &finding.kind {
        Kind::RunFailed { reason } => format!("the run failed: {reason}"),
        Kind::NoWorkplans { open_rows: 0 } => "there is no workplans/ folder".into(),
        Kind::NoWorkplans { open_rows } => format!(
            "there is no workplans/ folder, and the hub has {} of this repository",
            plural(*open_rows, "open workplan", "open workplans")
        ),
        Kind::Unreadable {
            reason,
            whole_file: true,
        } => format!("the file is left out: {reason}"),
        Kind::Unreadable { reason, .. } => format!("a task block is left out: {reason}"),
        Kind::DanglingLink { hub_id } => {
            format!("{id} names {hub_id}, which the hub does not have")
        }
        Kind::WorkplanStatus {
            title,
            file,
            hub,
            way,
        } => format!(
            "workplan '{title}' is {file} in the file and {hub} in the hub — {}",
            way_of_workplan(*way)
        ),
        Kind::WorkplanTitle { file, hub, .. } => {
            format!("workplan {id} is titled '{file}' in the file and '{hub}' in the hub")
        }
        Kind::WorkplanUnlinked(unlinked) => unlinked_message("workplan", unlinked),
        Kind::OpenRowWithoutFile { title, status } => {
            format!("open workplan '{title}' ({status}) of the hub has no file")
        }
        Kind::ClosedRowWithoutFile { title, status } => {
            format!("closed workplan '{title}' ({status}) of the hub has no file")
        }
        Kind::ForeignRow { hub_id, owner } => match owner {
            Owner::Nobody => format!("{hub_id} belongs to no repository"),
            Owner::Repository(other) => format!("{hub_id} belongs to the repository {other}"),
            Owner::Workplan(title) => format!("{hub_id} is a task of the workplan '{title}'"),
        },
        Kind::TaskUnlinked(unlinked) => unlinked_message("task", unlinked),
        Kind::TaskFileAhead {
            title,
            file,
            hub,
            way: Way::Reopened(to),
        } => format!(
            "task '{title}' is reopened as {} (db={hub}, file={file})",
            Status::word(*to)
        ),
        Kind::TaskFileAhead {
            title, file, hub, ..
        } => format!("task '{title}' is ahead in the file (db={hub}, file={file})"),
        Kind::RowWithoutBlock { title, status, .. } => {
            format!("task '{title}' ({status}) of the hub has no block in the file")
        }
        Kind::TaskHubAhead {
            title,
            file,
            hub,
            way,
        } => format!(
            "DB task '{title}' is ahead of file (db={hub}, file={file}) — skipped to prevent regression{}",
            why_of_task(*way)
        ),
        Kind::Behind { .. } => format!(
            "Repo '{slug}' is behind remote — pull before fixing to avoid clobbering remote progress"
        ),
        Kind::WritebackBlocked {
            by: Block::Dirty, ..
        } => "workplan has uncommitted changes — skipping writeback".into(),
        Kind::WritebackBlocked {
            by: Block::Git { state },
            ..
        } => format!("the repository is in {state} — skipping writeback"),
        Kind::WritebackBlocked {
            by: Block::Unfit { reason },
            ..
        } => format!("workplan cannot be committed: {reason} — skipping writeback"),
        Kind::AllTasksClosed {
            title,
            tasks,
            status,
        } => format!(
            "workplan '{title}' is {}, and {} closed",
            Status::word(*status),
            if *tasks == 1 {
                "its one task is".to_string()
            } else {
                format!("all of its {tasks} tasks are")
            }
        ),
        Kind::MadeByHand { hub_id, title } => {
            format!("the hub has another open workplan '{title}' ({hub_id}) of no repository")
        }
        Kind::Unpushed { commits: 1 } => "1 commit of fix-consistency is not pushed".into(),
        Kind::Unpushed { commits } => {
            format!("{commits} commits of fix-consistency are not pushed")
        }
        Kind::Twice { what, also, more } => {
            let what = match what {
                Repeated::Workplan => format!("the workplan id {id}"),
                Repeated::Task => format!("the task id {id}"),
                Repeated::Row(hub_id) => format!("the hub id {hub_id}"),
            };
            let mut places: Vec<String> = also.iter().map(place).collect();
            if *more > 0 {
                places.push(plural(*more, "more place", "more places"));
            }
            format!("{what} is also used in {}", places.join(", "))
        }
        Kind::UnknownStatus { word, side, .. } => match side {
            Side::File => format!("'{word}' is no status"),
            Side::Hub => format!("the hub's word '{word}' for {id} is no status"),
        },
        Kind::NoStatus { .. } => format!("{id} has no status"),
        Kind::Aliases { words } => {
            let words: Vec<String> = words
                .iter()
                .map(|(word, status)| format!("'{word}' as {status}"))
                .collect();
            format!("older words are read: {}", words.join(", "))
        }
        Kind::ClosedWithOpenTasks { closed, open } => {
            let ids: Vec<&str> = open.iter().map(crate::ids::FileId::as_str).collect();
            format!(
                "the workplan counts as closed ({closed}), and {} open: {}",
                if open.len() == 1 {
                    "a task is".to_string()
                } else {
                    format!("{} tasks are", open.len())
                },
                ids.join(", ")
            )
        }
        Kind::WriteFailed { what, reason } => format!("{what} not written: {reason}"),
    }
}

fn unlinked_message(what: &str, unlinked: &Unlinked) -> String {
    let title = &unlinked.title;
    match (&unlinked.row, unlinked.first) {
        (Some(row), _) => format!("{what} '{title}' does not name its row in the hub, {row}"),
        (None, None) => format!("{what} '{title}' is not in the hub"),
        (None, Some(first)) => {
            let first = match first {
                First::Status => "its status is missing or no status",
                First::Id => "its id is used more than once",
                First::Workplan => "its workplan has to be mended first",
            };
            format!("{what} '{title}' is not in the hub, and cannot be made there: {first}")
        }
    }
}

fn way_of_workplan<S: Status>(way: Way<S>) -> String {
    match way {
        Way::HubFollows(_) => "the hub follows".into(),
        Way::FileFollows { .. } => "the file follows".into(),
        Way::Tied(tie) => format!("neither is changed: {}", because(tie)),
        Way::Reopened(status) => format!("reopened as {}", status.word()),
    }
}

fn why_of_task<S: Copy>(way: Way<S>) -> String {
    match way {
        Way::Tied(tie) => format!("; {}", because(tie)),
        Way::FileFollows {
            why: FileFollows::StaleAfterReopen,
            ..
        } => "; it was reopened since this checkout last looked".into(),
        _ => String::new(),
    }
}

fn because(tie: Tie) -> &'static str {
    match tie {
        Tie::NoBase => "this checkout has not seen both agree, so nobody can tell which is newer",
        Tie::BothChanged => "both have changed since they last agreed",
        Tie::ReopenedWithoutBase => {
            "it was reopened in the hub, and this checkout has not seen both agree"
        }
        Tie::ReopenedAndChanged => {
            "it was reopened in the hub and changed in the file since they last agreed"
        }
    }
}

fn place(place: &Place) -> String {
    match place {
        Place::File { path, line } => format!("{path}:{line}"),
        Place::Repository(slug) => format!("the repository {slug}"),
        Place::Row(id) => format!("the row {id}"),
    }
}

const FIX: &str = "`onward fix-consistency --fix` mends it, once nothing is in the way";

pub(super) fn hint(finding: &Finding) -> Option<String> {
    let id = finding.id.as_deref().unwrap_or("ID");
    let hint = match &finding.kind {
        Kind::RunFailed { .. } => "mend the cause and run again; nothing was lost".into(),
        Kind::NoWorkplans { .. } => "make workplans/ and a file in it, or leave it".into(),
        Kind::Unreadable { .. } => "mend the file at the line named".into(),
        Kind::DanglingLink { .. } => "empty the hub id in the file, or choose the right hub with --hub or ONWARD_HUB".into(),
        Kind::WorkplanStatus { way: Way::Tied(tie), .. } => {
            format!("write the hub's word into the file of {id}{}", or_reopen(*tie, id))
        }
        Kind::TaskHubAhead { way: Way::Tied(tie), file, .. } => format!(
            "to take the file's word, `onward task set {id} {file}`; to take the hub's, write it into the file{}",
            or_reopen(*tie, id)
        ),
        Kind::WorkplanStatus { .. }
        | Kind::TaskFileAhead { .. }
        | Kind::TaskHubAhead { .. }
        | Kind::AllTasksClosed { .. } => FIX.into(),
        Kind::WorkplanTitle { changed, .. } => match changed {
            Some(Changed::File) => FIX.into(),
            _ => "make the titles equal: write the one that is right into the file, or change the hub".into(),
        },
        Kind::WorkplanUnlinked(unlinked) | Kind::TaskUnlinked(unlinked) => match unlinked.first {
            None => FIX.into(),
            Some(_) => "mend that first".into(),
        },
        Kind::OpenRowWithoutFile { .. } => "write the file, or close the workplan in the hub".into(),
        Kind::ClosedRowWithoutFile { .. } | Kind::Aliases { .. } => return None,
        Kind::ForeignRow { owner, .. } => match owner {
            Owner::Nobody => FIX.into(),
            _ => "empty the hub id in the file if it was copied from there".into(),
        },
        Kind::RowWithoutBlock { .. } => "write its block into the file, or close the task in the hub".into(),
        Kind::Behind { ahead: 0, .. } => "git pull --ff-only, or run with --pull".into(),
        Kind::Behind { .. } => "merge or rebase; the branch and its upstream have both moved on".into(),
        Kind::WritebackBlocked { by: Block::Dirty, .. } => "commit the changes, then run again".into(),
        Kind::WritebackBlocked { by: Block::Git { .. }, .. } => "finish or leave that, then run again".into(),
        Kind::WritebackBlocked { by: Block::Unfit { .. }, .. } => {
            "let git see its changes again (git update-index --no-skip-worktree --no-assume-unchanged), then run again".into()
        }
        Kind::MadeByHand { .. } => "close it in the hub, or write its id into the file".into(),
        Kind::Unpushed { .. } => "git push, or run with --push".into(),
        Kind::Twice { .. } => "give each its own id".into(),
        Kind::UnknownStatus { side: Side::Hub, known, .. } => format!(
            "a newer onward may know it; else change it in the hub to one of {}",
            known.join(", ")
        ),
        Kind::UnknownStatus { known, .. } | Kind::NoStatus { known } => {
            format!("write one of {}", known.join(", "))
        }
        Kind::ClosedWithOpenTasks { .. } => "close or move the tasks, or open the workplan again".into(),
        Kind::WriteFailed { .. } => "mend the cause and run again; what was not written is found again".into(),
    };
    Some(hint)
}

/// A reopening settles what differs in rank; of two words of one rank there is no lower one.
fn or_reopen(tie: Tie, id: &str) -> String {
    match tie {
        Tie::NoBase | Tie::BothChanged => String::new(),
        Tie::ReopenedWithoutBase | Tie::ReopenedAndChanged => {
            format!(", or take the lower one with `--reopen {id}`")
        }
    }
}
