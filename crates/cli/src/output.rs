//! What people and programs see: results on standard output, everything else on standard error.

use crate::commands::kanban_sync::report::KanbanSyncReport;
use crate::error::CommandError;
use crate::exit::Exit;
use serde_json::Value;
use std::cell::RefCell;
use std::io::Write;
use sync_core::coalesce::Request;

pub(crate) mod board;
pub(crate) mod boundary;
pub(crate) mod columns;
pub(crate) mod file;
pub(crate) mod held;
pub(crate) mod html;
pub(crate) mod human;
pub(crate) mod json;
pub(crate) mod safe;
pub(crate) mod table;
pub(crate) mod width;

use safe::safe;

/// Where a command's words go.
#[derive(Debug, Default)]
pub(crate) struct Output {
    json: bool,
    runs: RefCell<Vec<Value>>,
}

impl Output {
    /// Prints for people, or with `json` one object for programs.
    pub(crate) fn new(json: bool) -> Self {
        Self {
            json,
            runs: RefCell::default(),
        }
    }

    /// Prints a result.
    ///
    /// A reader that went away is no failure of the command.
    #[expect(clippy::unused_self, reason = "who prints was given the one output")]
    pub(crate) fn print(&self, text: &str) {
        let mut out = anstream::stdout();
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    }

    /// Prints a JSON value as the one result.
    pub(crate) fn print_json(&self, value: &Value) {
        self.print(&format!("{value:#}\n"));
    }

    /// Tells something beside the result.
    #[expect(clippy::unused_self, reason = "who prints was given the one output")]
    pub(crate) fn note(&self, text: &str) {
        let _ = writeln!(anstream::stderr(), "{}", safe(text));
    }

    /// Tells what happened and what to do.
    pub(crate) fn error(&self, error: &CommandError) {
        for line in error.to_string().lines() {
            self.note(line);
        }
    }

    /// Tells of a command that could not begin; with `json` also programs.
    pub(crate) fn failed(&self, error: &CommandError) {
        if self.json {
            self.print_json(&json::failed(error));
        }
        self.error(error);
    }

    /// Shows a run of kanban-sync.
    pub(crate) fn kanban_sync(&self, report: &KanbanSyncReport) {
        if self.json {
            self.runs.borrow_mut().push(json::kanban_sync(report));
        } else {
            self.print(&human::kanban_sync(report));
        }
    }

    /// Shows a run that failed before it could report.
    pub(crate) fn failed_run(&self, request: &Request, error: &CommandError) {
        if self.json {
            self.runs
                .borrow_mut()
                .push(json::failed_run(request, error));
        }
        self.error(error);
    }

    /// Says that another run will do what was asked for.
    pub(crate) fn queued(&self, request: &Request) {
        if !self.json {
            let (project, board) = (safe(&request.project), safe(&request.board));
            self.print(&format!(
                "{project} / {board}: queued; the run under way does it next\n"
            ));
        }
    }

    /// Ends the JSON of a kanban-sync: one object with every run of the process.
    pub(crate) fn finish(&self, exit: Exit, queued: bool) {
        if self.json {
            self.print_json(&json::kanban_syncs(
                &self.runs.borrow(),
                exit.code(),
                queued,
            ));
        }
    }
}
