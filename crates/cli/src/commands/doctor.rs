//! `onward doctor`: what lies around, and what to do about it. Changes nothing.

use crate::args::Doctor;
use crate::config::state_dir;
use crate::environment::Environment;
use crate::error::{CommandError, Kind};
use crate::exit::Exit;
use crate::last_run;
use crate::output::Output;
use crate::output::human::last_run::{findings, word};
use crate::output::safe::safe;
use crate::run_files::{RunFiles, list};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write;
use sync_core::coalesce::{Holder, Phase, RunFile, RunName};

/// Runs the command.
pub(crate) fn run(
    args: &Doctor,
    environment: &Environment,
    output: &Output,
) -> Result<Exit, CommandError> {
    let run_dir = environment.run_dir();
    let found = list(&run_dir).map_err(|error| {
        let hint = error.hint();
        CommandError::caused(Kind::Failed, "cannot look for locks and requests", error).hint(hint)
    })?;
    let names: BTreeSet<RunName> = found.iter().map(|(name, _)| name.clone()).collect();
    let pairs: Vec<Pair> = names
        .into_iter()
        .map(|name| Pair::look(&RunFiles::new(run_dir.clone(), name.clone()), &name, &found))
        .collect();
    let runs = last_run::read_all(&state_dir(environment)?);
    if args.json {
        output.print_json(&json!({
            "schema": 1,
            "command": "doctor",
            "runDir": run_dir.as_str(),
            "pairs": pairs.iter().map(Pair::to_json).collect::<Vec<_>>(),
            "lastRuns": runs,
        }));
    } else {
        output.print(&for_people(run_dir.as_str(), &pairs, &runs));
    }
    Ok(Exit::Done)
}

/// The run files of one project-board pair.
#[derive(Debug)]
struct Pair {
    name: String,
    /// Somebody holds the lock now; unknown where it cannot be tried.
    held: Option<bool>,
    holder: Option<Holder>,
    marks: Vec<(String, Phase)>,
    bell: bool,
    problem: Option<String>,
}

impl Pair {
    fn look(files: &RunFiles, name: &RunName, found: &[(RunName, RunFile)]) -> Pair {
        let own = found
            .iter()
            .filter(|(of, _)| of == name)
            .map(|(_, file)| file);
        let marks = own.clone().filter_map(|file| match file {
            RunFile::Mark(mark) => Some((files.path(*file).to_string(), mark.phase)),
            _ => None,
        });
        let mut pair = Pair {
            name: name.to_string(),
            held: None,
            holder: None,
            marks: marks.collect(),
            bell: own.clone().any(|file| *file == RunFile::Bell),
            problem: None,
        };
        if own.clone().any(|file| *file == RunFile::Lock) {
            match files.is_held() {
                Ok(held) => pair.held = Some(held),
                Err(error) => pair.problem = Some(error.to_string()),
            }
            pair.holder = files.read_holder().ok();
        }
        pair
    }

    /// Says what is so, and what to do.
    fn advice(&self) -> Vec<String> {
        let mut advice = Vec::new();
        match (self.held, self.holder) {
            (Some(true), Some(Holder::Unnamed) | None) => {
                advice
                    .push("a run is under way (the old script, or one just starting); wait".into());
            }
            (Some(true), Some(_)) => advice.push("a run is under way; wait for it to end".into()),
            (Some(false), _) if self.marks.is_empty() && !self.bell => {
                advice.push("nothing is running and nothing is asked for".into());
            }
            _ => {}
        }
        for (path, phase) in &self.marks {
            let what = match phase {
                Phase::Pending => "asked for and not begun",
                Phase::Inflight => "begun and not finished: the run failed or was killed",
            };
            let todo = match self.held {
                Some(true) => "the run under way sees to it",
                _ => "the next kanban-sync to the same server does it",
            };
            advice.push(format!("{path}: {what}; {todo}"));
        }
        if self.bell && self.marks.is_empty() {
            advice.push("the old script has asked for a run; the next kanban-sync does it".into());
        }
        advice.extend(
            self.problem
                .iter()
                .map(|problem| format!("cannot try the lock: {problem}")),
        );
        advice
    }

    fn to_json(&self) -> Value {
        let marks = self
            .marks
            .iter()
            .map(|(path, phase)| json!({"path": path, "phase": phase.to_string()}));
        json!({
            "name": self.name,
            "running": self.held,
            "marks": marks.collect::<Vec<_>>(),
            "bell": self.bell,
            "advice": self.advice(),
        })
    }
}

fn for_people(run_dir: &str, pairs: &[Pair], runs: &[Value]) -> String {
    let mut text = format!("Locks and requests in {}\n", safe(run_dir));
    if pairs.is_empty() {
        text.push_str("  none\n");
    }
    for pair in pairs {
        let _ = writeln!(text, "  {}", safe(&pair.name));
        for line in pair.advice() {
            let _ = writeln!(text, "    {}", safe(&line));
        }
    }
    text.push_str("Last runs\n");
    if runs.is_empty() {
        text.push_str("  none\n");
    }
    for run in runs {
        let [project, board, root] = ["project", "board", "root"].map(|key| word(run, key));
        let _ = writeln!(text, "  {project} / {board} from {root}");
        let findings = findings(run);
        if findings.is_empty() {
            text.push_str("    nothing held\n");
        }
        text.extend(findings.iter().map(|line| format!("    {line}\n")));
    }
    text
}
