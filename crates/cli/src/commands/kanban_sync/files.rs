//! What the files ask for, in the core's words.

use crate::error::{CommandError, Kind};
use camino::{Utf8Path, Utf8PathBuf};
use openspec_model::{ActiveChange, Change, Error, OpenSpec};
use sync_core::desired::{Desired, DesiredCard, DesiredTask, Section};
use sync_core::ids::ChangeName;
use sync_core::provenance::Shown;
use sync_core::stage::{Progress, Stage};

/// Where OpenSpec looks for schemas of the user's own, below the data directory.
const USER_SCHEMAS: &str = "openspec/schemas";

/// Opens the `openspec/` folder of a project.
pub(crate) fn open(root: &Utf8Path, data_dir: Option<&Utf8PathBuf>) -> OpenSpec {
    with_user_schemas(OpenSpec::at(root), data_dir)
}

/// Lets a project use the schemas of the user's own.
pub(crate) fn with_user_schemas(openspec: OpenSpec, data_dir: Option<&Utf8PathBuf>) -> OpenSpec {
    match data_dir {
        Some(dir) => openspec.with_user_schemas(dir.join(USER_SCHEMAS)),
        None => openspec,
    }
}

/// What the files ask for, and what is odd about them.
#[derive(Debug)]
pub(crate) struct Gathered {
    pub(crate) desired: Desired,
    /// Each with what to do about it.
    pub(crate) warnings: Vec<String>,
}

/// Reads what the files ask for, without a word about what is odd.
pub(crate) fn desired(openspec: &OpenSpec) -> Result<Desired, CommandError> {
    gather(openspec).map(|gathered| gathered.desired)
}

/// Reads every change of a project; a listing that is not complete is an error.
pub(crate) fn gather(openspec: &OpenSpec) -> Result<Gathered, CommandError> {
    let project = openspec.read_project().map_err(|error| {
        let hint = match &error {
            Error::NoOpenSpec { .. } => "run in the root of the project, or name it with -C",
            Error::Missing { .. } => {
                "if there are no changes yet, make the folder; nothing was closed on the board"
            }
            _ => "mend it and run again; nothing was changed on the board",
        };
        CommandError::caused(Kind::Failed, "cannot list the changes", error).hint(hint)
    })?;
    let warnings = project.warnings.iter();
    let warnings = warnings
        .map(|warning| format!("{warning}; {}", warning.remedy()))
        .collect();
    let mut desired = Desired {
        archived: project
            .archived
            .into_iter()
            .map(|archived| archived.name)
            .collect(),
        ..Desired::default()
    };
    for change in project.changes {
        match change {
            ActiveChange::Readable(change) => {
                desired.cards.insert(change.name.clone(), card(change));
            }
            ActiveChange::Unreadable(unreadable) => {
                let reason = unreadable.reason;
                let reason = format!("{}; {}", reason.with_causes(), reason.remedy());
                desired.unreadable.insert(unreadable.name, reason);
            }
        }
    }
    Ok(Gathered { desired, warnings })
}

/// Computes what an exported commit shows of a change.
pub(crate) fn shown(openspec: &OpenSpec, change: &ChangeName) -> Shown {
    openspec
        .read_change(change)
        .map_or(Shown::Unclear, |change| Shown::Card(card(change)))
}

fn card(change: Change) -> DesiredCard {
    let progress = Progress {
        artifacts_ready: change.is_planned(),
        tasks: change.task_count(),
        open: change.open_task_count(),
    };
    let sections = change.sections.into_iter().map(|section| Section {
        title: section.title.unwrap_or_default(),
        tasks: section
            .tasks
            .into_iter()
            .map(|task| DesiredTask {
                text: task.text,
                done: task.done,
            })
            .collect(),
    });
    DesiredCard {
        stage: Stage::of(progress),
        why: change.why,
        sections: sections.collect(),
    }
}
