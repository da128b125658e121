//! `onward doctor`: what lies around, and what to do about it. Changes nothing.

use crate::args::{Doctor, DoctorCommand};
use crate::config::state_dir;
use crate::environment::Environment;
use crate::error::{CommandError, Kind};
use crate::exit::Exit;
use crate::last_run::{self, LastRuns};
use crate::output::Output;
use crate::output::human::last_run::{findings, word};
use crate::output::safe::safe;
use crate::own_record;
use crate::run_files::{RunFiles, list};
use camino::Utf8PathBuf;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write;
use sync_core::coalesce::{Holder, Mark, Phase, RunFile, RunName};
use sync_core::owner::OwnerState;

mod daemons;

/// Runs the command.
pub(crate) fn run(
    args: &Doctor,
    environment: &Environment,
    output: &Output,
) -> Result<Exit, CommandError> {
    match &args.command {
        None => {}
        Some(DoctorCommand::OrphanDaemons(args)) => {
            return daemons::orphan_daemons(args, environment, output);
        }
        Some(DoctorCommand::Retire(args)) => return daemons::retire(args, environment, output),
    }
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
    let records = own_record::list(environment);
    let last = last_run::read_all(&state_dir(environment)?);
    if args.json {
        output.print_json(&json!({
            "schema": 1,
            "command": "doctor",
            "runDir": run_dir.as_str(),
            "pairs": pairs.iter().map(Pair::to_json).collect::<Vec<_>>(),
            "records": records.iter().map(record).collect::<Vec<_>>(),
            "lastRuns": last.runs,
            "problems": last.problems.iter().map(problem).collect::<Vec<_>>(),
        }));
    } else {
        let mut text = for_people(run_dir.as_str(), &pairs);
        owners(&mut text, &records);
        last_runs(&mut text, &last);
        output.print(&text);
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
    marks: Vec<(String, Mark)>,
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
            RunFile::Mark(mark) => Some((files.path(*file).to_string(), *mark)),
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
            (Some(false), _) if self.is_at_rest() => {
                advice.push("nothing is running and nothing is asked for".into());
            }
            _ => {}
        }
        for (path, mark) in &self.marks {
            advice.push(format!("{path}: {}", self.prospect(*mark)));
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

    /// Says what has become of a request, and who does it.
    fn prospect(&self, mark: Mark) -> String {
        let holder = self.holder.filter(|_| self.held == Some(true));
        let served = holder == Some(Holder::Serves(mark.key.server()));
        let what = match mark.phase {
            Phase::Inflight if served => return "under way".into(),
            Phase::Inflight => "begun and not finished: the run failed or was killed",
            Phase::Pending => "asked for and not begun",
        };
        let who = match holder {
            _ if served => "the run under way",
            // It has only just locked and not said yet whom it serves, or is the old script.
            Some(Holder::Unnamed) => {
                "the run under way, or the next kanban-sync to the same server,"
            }
            _ => "the next kanban-sync to the same server",
        };
        format!("{what}; {who} does it")
    }

    /// Nothing is running and nothing is asked for.
    fn is_at_rest(&self) -> bool {
        self.held != Some(true) && self.marks.is_empty() && !self.bell && self.problem.is_none()
    }

    fn to_json(&self) -> Value {
        let marks = self
            .marks
            .iter()
            .map(|(path, mark)| json!({"path": path, "phase": mark.phase.to_string()}));
        json!({
            "name": self.name,
            "running": self.held,
            "marks": marks.collect::<Vec<_>>(),
            "bell": self.bell,
            "advice": self.advice(),
        })
    }
}

fn problem(error: &CommandError) -> Value {
    json!({"message": error.chain(), "hints": error.hints()})
}

fn record((path, state): &(Utf8PathBuf, OwnerState)) -> Value {
    let record = state.record();
    json!({
        "path": path.as_str(),
        "status": standing(state),
        "pid": record.map(|record| record.pid),
        "server": record.map(|record| &record.server_url),
        "worksOn": record.map(|record| &record.queue_db_path),
        "startedAt": record.map(|record| &record.started_at),
    })
}

/// Says what is known about the owner of a record.
fn standing(state: &OwnerState) -> String {
    match state {
        OwnerState::Absent => "ended meanwhile".into(),
        OwnerState::Unreadable { reason } => format!("cannot be read: {reason}"),
        OwnerState::Present(_) => "running".into(),
        OwnerState::Orphan(record, reason) => {
            format!(
                "left behind ({}); the next run replaces it",
                reason.sentence(record)
            )
        }
    }
}

fn owners(text: &mut String, records: &[(Utf8PathBuf, OwnerState)]) {
    if records.is_empty() {
        return;
    }
    text.push_str("Owner records of runs\n");
    for (path, state) in records {
        let _ = writeln!(text, "  {}", safe(path.as_str()));
        let _ = match state.record() {
            Some(record) => writeln!(
                text,
                "    process {} since {}: {}",
                record.pid,
                safe(&record.started_at),
                safe(&standing(state))
            ),
            None => writeln!(text, "    {}", safe(&standing(state))),
        };
    }
}

fn for_people(run_dir: &str, pairs: &[Pair]) -> String {
    let mut text = format!("Locks and requests in {}\n", safe(run_dir));
    if pairs.is_empty() {
        text.push_str("  none\n");
    }
    let (at_rest, busy): (Vec<_>, Vec<_>) = pairs.iter().partition(|pair| pair.is_at_rest());
    for pair in busy {
        let _ = writeln!(text, "  {}", safe(&pair.name));
        for line in pair.advice() {
            let _ = writeln!(text, "    {}", safe(&line));
        }
    }
    let _ = match at_rest.len() {
        0 => Ok(()),
        1 => writeln!(text, "  1 lock at rest"),
        n => writeln!(text, "  {n} locks at rest"),
    };
    text
}

fn last_runs(text: &mut String, last: &LastRuns) {
    text.push_str("Last runs\n");
    if last.runs.is_empty() && last.problems.is_empty() {
        text.push_str("  none\n");
    }
    for run in &last.runs {
        let [project, board, root] = ["project", "board", "root"].map(|key| word(run, key));
        let [server, ended] = ["server", "ended"].map(|key| word(run, key));
        let _ = writeln!(text, "  {project} / {board} from {root}");
        let _ = writeln!(text, "    on {server}, ended {ended}");
        let findings = findings(run);
        if findings.is_empty() {
            text.push_str("    all done, nothing held\n");
        }
        text.extend(findings.iter().map(|line| format!("    {line}\n")));
    }
    for problem in &last.problems {
        let _ = writeln!(text, "  {}", safe(&problem.chain()));
        text.extend(
            problem
                .hints()
                .iter()
                .map(|hint| format!("    {}\n", safe(hint))),
        );
    }
}
