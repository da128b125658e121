//! `onward board`: looking at a board.

use crate::args::{Board as Arguments, BoardCommand, BoardTarget};
use crate::commands::kanban_sync::{planka_error, store_error};
use crate::config::{Server, state_dir};
use crate::environment::Environment;
use crate::error::{CommandError, Kind};
use crate::event_loop::event_loop;
use crate::exit::Exit;
use crate::last_run;
use crate::output::board::BoardView;
use crate::output::columns::{self, Room};
use crate::output::human::last_run::{findings, word};
use crate::output::width::width;
use crate::output::{Output, file, html};
use camino::Utf8Path;
use jiff::Timestamp;
use planka_client::Planka;
use serde_json::Value;
use std::fmt::Write;
use store::EmbeddedBoard;
use sync_core::adapter::Board;
use sync_core::board::{BoardEntry, Directory, ProjectEntry, Snapshot, Target};
use sync_core::text::same_name;

/// The most boards that are listed for a choice.
const LISTED: usize = 20;

/// The most cards of a list that are shown after a run.
const GLANCE: usize = 8;

/// Runs the command.
pub(crate) fn run(
    args: &Arguments,
    environment: &Environment,
    now: Timestamp,
    output: &Output,
) -> Result<Exit, CommandError> {
    let server = Server::of(environment, false)?;
    match &args.command {
        BoardCommand::Show(target) => {
            let seen = Seen::look(&server, target)?;
            let room = Room {
                width: width(environment),
                cards: usize::MAX,
            };
            let mut text = columns::render(&seen.view(&server), room);
            let kept = last_run::read_all(&state_dir(environment)?);
            for run in kept.runs {
                let findings = findings(&run);
                if seen.is_of(&run, &server) && !findings.is_empty() {
                    let _ = writeln!(text, "\nlast run from {}", word(&run, "root"));
                    text.extend(findings.iter().map(|line| format!("  {line}\n")));
                }
            }
            output.print(&text);
            for problem in &kept.problems {
                output.error(problem);
            }
        }
        BoardCommand::Html {
            target,
            output: path,
        } => {
            let seen = Seen::look(&server, target)?;
            let page = html::page(&seen.view(&server), now);
            if path == "-" {
                output.print(&page);
            } else {
                write(path, &page)?;
                output.note(&format!("wrote {path}"));
            }
        }
    }
    Ok(Exit::Done)
}

/// Shows the lists of the board a run has synced to, and of each the first cards.
pub(crate) fn show(
    server: &Server,
    target: &Target,
    environment: &Environment,
    output: &Output,
) -> Result<(), CommandError> {
    let target = BoardTarget {
        project: Some(target.project.clone()),
        board: Some(target.board.clone()),
    };
    let seen = Seen::look(server, &target)?;
    let room = Room {
        width: width(environment),
        cards: GLANCE,
    };
    output.print(&format!("{}\n", columns::lists(&seen.view(server), room)));
    Ok(())
}

fn write(path: &Utf8Path, page: &str) -> Result<(), CommandError> {
    file::replace(path, page.as_bytes()).map_err(|error| {
        CommandError::caused(Kind::Failed, format!("cannot write {path}"), error)
            .hint("see that its folder exists and may be written to; nothing was changed")
    })
}

/// A board as it was read.
struct Seen {
    /// The names of project and board, as the server has them.
    project: String,
    board: String,
    snapshot: Snapshot,
}

impl Seen {
    fn look(server: &Server, target: &BoardTarget) -> Result<Self, CommandError> {
        event_loop()?.block_on(async {
            match server {
                Server::Embedded { path } => {
                    let board = EmbeddedBoard::open_existing(path).map_err(store_error)?;
                    let board = board.ok_or_else(no_board)?;
                    Self::look_on(&board, store_error, target).await
                }
                Server::Planka(settings) => {
                    let planka = Planka::connect(settings.as_ref().clone())
                        .await
                        .map_err(planka_error)?;
                    let seen = Self::look_on(&planka, planka_error, target).await;
                    // A login that cannot be ended runs out by itself.
                    let _ = planka.logout().await;
                    seen
                }
            }
        })
    }

    async fn look_on<B: Board>(
        board: &B,
        tell: fn(B::Error) -> CommandError,
        target: &BoardTarget,
    ) -> Result<Self, CommandError> {
        let directory = board.directory().await.map_err(tell)?;
        let (project, entry) = choose(&directory, target)?;
        let snapshot = board.read(&entry.id).await.map_err(tell)?;
        Ok(Self {
            project: project.name.clone(),
            board: entry.name.clone(),
            snapshot,
        })
    }

    fn view(&self, server: &Server) -> BoardView<'_> {
        let server = match server {
            Server::Embedded { .. } => "the embedded board".to_owned(),
            Server::Planka(settings) => settings.url.to_string(),
        };
        BoardView::new(&self.project, &self.board, server, &self.snapshot)
    }

    /// Says whether a kept run was about this board.
    fn is_of(&self, run: &Value, server: &Server) -> bool {
        let same =
            |key: &str, name: &str| run[key].as_str().is_some_and(|word| same_name(word, name));
        run["server"].as_str() == Some(&server.name())
            && same("project", &self.project)
            && same("board", &self.board)
    }
}

/// Finds the one board that is meant, or says which there are.
fn choose<'a>(
    directory: &'a Directory,
    target: &BoardTarget,
) -> Result<(&'a ProjectEntry, &'a BoardEntry), CommandError> {
    let mut all: Vec<_> = Vec::new();
    for project in &directory.projects {
        let boards = directory
            .boards
            .iter()
            .filter(|board| board.project == project.id);
        all.extend(boards.map(|board| (project, board)));
    }
    all.sort_by_key(|(project, board)| (&project.id, &board.id));
    let is = |wanted: &Option<String>, name: &str| {
        wanted
            .as_deref()
            .is_none_or(|wanted| same_name(wanted, name))
    };
    let meant = |(project, board): &&(&ProjectEntry, &BoardEntry)| {
        is(&target.project, &project.name) && is(&target.board, &board.name)
    };
    let found: Vec<_> = all.iter().filter(meant).copied().collect();
    let named = target.project.is_some() && target.board.is_some();
    match found.as_slice() {
        [] if all.is_empty() => Err(no_board()),
        [] => Err(CommandError::new(Kind::Failed, "there is no such board").hint(listed(&all))),
        [first, rest @ ..] if rest.is_empty() || named => Ok(*first),
        several => {
            let such = match (&target.project, &target.board) {
                (None, None) => "",
                _ => "such ",
            };
            let count = several.len();
            let message =
                format!("there are {count} {such}boards; name one with --project and --board");
            Err(CommandError::new(Kind::Usage, message).hint(listed(several)))
        }
    }
}

fn listed(boards: &[(&ProjectEntry, &BoardEntry)]) -> String {
    let name = |(project, board): &(&ProjectEntry, &BoardEntry)| {
        format!("{} / {}", project.name, board.name)
    };
    let names: Vec<_> = boards.iter().take(LISTED).map(name).collect();
    let more = match boards.len().saturating_sub(LISTED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("choose among {}{more}", names.join(", "))
}

fn no_board() -> CommandError {
    CommandError::new(Kind::Failed, "there is no board yet")
        .hint("in the root of a project, run: onward kanban-sync --project NAME --board NAME")
}

#[cfg(test)]
mod tests;
