//! `onward openspec`: reading OpenSpec folders as the official CLI does.

use crate::args::{Openspec, OpenspecAt, OpenspecCommand, Sort};
use crate::commands::kanban_sync::files::with_user_schemas;
use crate::environment::Environment;
use crate::error::{CommandError, Kind};
use crate::exit::Exit;
use crate::output::{Output, human, json};
use camino::{Utf8Path, Utf8PathBuf};
use openspec_model::{
    ApplyReport, ChangeList, ChangeStatus, Diagnostic, Error, ListOrder, OpenSpec, Severity,
    SpecList, StatusEntry,
};

/// Where an answer comes from.
#[derive(Debug)]
pub(crate) struct Place {
    /// The folder that holds `openspec/`, or would.
    pub(crate) root: Utf8PathBuf,
    /// Whether there is an `openspec/` in it.
    pub(crate) is_found: bool,
}

/// What a question finds.
#[derive(Debug)]
pub(crate) enum Answer {
    /// Of `list`.
    Changes(ChangeList),
    /// Of `list --specs`.
    Specs(SpecList),
    /// Of `status --change`.
    Status(ChangeStatus),
    /// Of `status --all`.
    StatusOfAll(Vec<StatusEntry>),
    /// Of `tasks`.
    Tasks(Tasks),
}

/// The tasks of a change.
#[derive(Debug)]
pub(crate) struct Tasks {
    /// The change.
    pub(crate) change: String,
    /// What there is of them.
    pub(crate) report: ApplyReport,
}

/// Why a question finds nothing.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What there would have been a list of.
    pub(crate) empty: Option<&'static str>,
    /// What is wrong.
    pub(crate) diagnostic: Diagnostic,
    /// What it is about, for programs.
    pub(crate) target: Option<&'static str>,
    told: CommandError,
}

/// Runs the command.
pub(crate) fn run(
    args: &Openspec,
    environment: &Environment,
    output: &Output,
) -> Result<Exit, CommandError> {
    let at = args.command.at();
    match ask(&args.command, at, environment, output) {
        Ok((place, answer)) => {
            if at.json {
                output.print_json(&json::openspec::answer(&place, &answer));
            } else {
                output.print(&human::openspec::answer(&answer));
                for trouble in answer.troubles() {
                    output.note(&trouble);
                }
            }
            Ok(answer.exit())
        }
        Err(failure) if at.json => {
            output.print_json(&json::openspec::failure(&failure));
            Ok(Exit::Failed)
        }
        Err(failure) => Err(failure.told),
    }
}

fn ask(
    question: &OpenspecCommand,
    at: &OpenspecAt,
    environment: &Environment,
    output: &Output,
) -> Result<(Place, Answer), Box<Failure>> {
    let start = at.dir.as_deref().unwrap_or(Utf8Path::new("."));
    let found = OpenSpec::find(start).map_err(|error| question.failure(&error))?;
    let Some(openspec) = found else {
        return question.without_root(start);
    };
    let openspec = with_user_schemas(openspec, environment.data_dir().as_ref());
    if let Ok(Some(warning)) = openspec.config_warning() {
        output.note(&format!(
            "warning: {}; it is taken for absent",
            warning.message
        ));
    }
    let place = Place {
        root: openspec.root().to_path_buf(),
        is_found: true,
    };
    let answer = match question {
        OpenspecCommand::List { specs: true, .. } => openspec.list_specs().map(Answer::Specs),
        OpenspecCommand::List { sort, .. } => openspec.list(sort.order()).map(Answer::Changes),
        OpenspecCommand::Status {
            change: Some(change),
            ..
        } => openspec.status(change).map(Answer::Status),
        OpenspecCommand::Status { change: None, .. } => {
            openspec.status_all().map(Answer::StatusOfAll)
        }
        OpenspecCommand::Tasks { change, .. } => openspec.apply(change).map(|report| {
            Answer::Tasks(Tasks {
                change: change.clone(),
                report,
            })
        }),
    };
    Ok((place, answer.map_err(|error| question.failure(&error))?))
}

impl OpenspecCommand {
    fn at(&self) -> &OpenspecAt {
        match self {
            Self::List { at, .. } | Self::Status { at, .. } | Self::Tasks { at, .. } => at,
        }
    }

    /// Says what the CLI says where there is no `openspec/`: `list` fails, and `status` finds no change.
    fn without_root(&self, start: &Utf8Path) -> Result<(Place, Answer), Box<Failure>> {
        match self {
            Self::List { .. } => {
                let root = start.into();
                let mut failure = self.failure(&Error::NoOpenSpec { root });
                failure.target = Some("openspec.root");
                failure.diagnostic = Diagnostic {
                    severity: Severity::Error,
                    code: "no_openspec_root",
                    message: "No OpenSpec root found from the current directory.".into(),
                    fix: Some("Run openspec init to create a root here.".into()),
                };
                Err(failure)
            }
            Self::Status { change: None, .. } => {
                let root = start.canonicalize_utf8().unwrap_or_else(|_| start.into());
                let place = Place {
                    root,
                    is_found: false,
                };
                Ok((place, Answer::StatusOfAll(Vec::new())))
            }
            Self::Status {
                change: Some(name), ..
            }
            | Self::Tasks { change: name, .. } => {
                let (name, available) = (name.clone(), Vec::new());
                Err(self.failure(&Error::UnknownChange { name, available }))
            }
        }
    }

    fn failure(&self, error: &Error) -> Box<Failure> {
        let code = match (error, self) {
            (Error::BadStorePointer { .. }, _) => "invalid_store_pointer",
            // The CLI would go on in the store.
            (Error::InStore { .. }, _) => "store_not_read",
            (_, Self::List { .. }) => "list_error",
            (_, Self::Status { .. } | Self::Tasks { .. }) => "change_error",
        };
        let empty = match self {
            Self::List { specs: true, .. } => Some("specs"),
            Self::List { .. } | Self::Status { change: None, .. } => Some("changes"),
            Self::Status { .. } | Self::Tasks { .. } => None,
        };
        Box::new(Failure {
            empty,
            diagnostic: error.diagnostic(code),
            target: None,
            told: CommandError::new(Kind::Failed, error.with_causes()).hint(error.remedy()),
        })
    }
}

impl Sort {
    fn order(self) -> ListOrder {
        match self {
            Sort::Recent => ListOrder::Recent,
            Sort::Name => ListOrder::Name,
        }
    }
}

impl Answer {
    /// Returns what could not be read and what is odd, line by line.
    fn troubles(&self) -> Vec<String> {
        match self {
            Self::Changes(list) => {
                let warnings = list.warnings.iter().map(|warning| &warning.message);
                warnings
                    .map(|message| format!("warning: {message}"))
                    .collect()
            }
            Self::Specs(list) => {
                let troubles = list.troubles.iter().map(Error::with_causes);
                troubles
                    .map(|trouble| format!("warning: {trouble}"))
                    .collect()
            }
            Self::StatusOfAll(entries) => entries.iter().flat_map(trouble).collect(),
            Self::Status(_) | Self::Tasks(_) => Vec::new(),
        }
    }

    /// Fails where the CLI fails: it has no answer at all where here one change has none.
    fn exit(&self) -> Exit {
        let is_whole = match self {
            Self::Changes(list) => list.warnings.iter().all(|warning| warning.nested.is_some()),
            Self::Specs(list) => list.troubles.is_empty(),
            Self::StatusOfAll(entries) => entries.iter().all(|entry| entry.status.is_ok()),
            Self::Status(_) | Self::Tasks(_) => true,
        };
        if is_whole { Exit::Done } else { Exit::Failed }
    }
}

/// Tells why a change has no status, and what to do.
fn trouble(entry: &StatusEntry) -> Vec<String> {
    let Err(error) = &entry.status else {
        return Vec::new();
    };
    let (name, text) = (&entry.name, error.with_causes());
    let error_line = if text.contains(name) {
        format!("error: {text}")
    } else {
        format!("error: {name}: {text}")
    };
    vec![error_line, format!("hint: {}", error.remedy())]
}
