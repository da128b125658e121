//! `onward task`: reading and writing the state of tasks in the hub.

use crate::args::{Task as Arguments, TaskCommand, WhichTask};
use crate::environment::Environment;
use crate::error::{CommandError, Kind};
use crate::event_loop::event_loop;
use crate::exit::Exit;
use crate::hub::{Access, AnyHub, HubError, HubPlace, hub_error, open_hub, writer};
use crate::output::{Output, human, json};
use std::collections::{BTreeMap, BTreeSet};
use sync_core::hub::{Hub, HubOutcome, HubRows, HubWrite, TaskRow, WorkplanRow};
use sync_core::ids::{FileId, HubId, Slug};
use sync_core::status::{Status, TaskStatus};

/// How often a change is tried again when another was faster.
const TRIES: usize = 5;

/// The most tasks that are listed for a choice.
const LISTED: usize = 10;

/// A task with the workplan it belongs to.
#[derive(Clone, Debug)]
pub(crate) struct TaskInPlan {
    /// The task.
    pub(crate) task: TaskRow,
    /// Its workplan.
    pub(crate) workplan: WorkplanRow,
}

impl TaskInPlan {
    /// Returns the id people know it by: that of the file, else that of the hub.
    pub(crate) fn name(&self) -> &str {
        let of_file = self.task.file_id.as_ref().map(FileId::as_str);
        of_file.unwrap_or(self.task.id.as_str())
    }

    /// Returns the repository's slug; `–` for a task of none.
    pub(crate) fn repository(&self) -> &str {
        self.workplan.repository.as_ref().map_or("–", Slug::as_str)
    }
}

/// Runs the command.
pub(crate) fn run(
    args: &Arguments,
    environment: &Environment,
    output: &Output,
) -> Result<Exit, CommandError> {
    let place = HubPlace::of(environment, args.at.hub.as_deref())?;
    let event_loop = event_loop()?;
    let open = |access| open_hub(&place, access, &event_loop);
    match &args.command {
        TaskCommand::List { repo, json } => {
            let hub = open(Access::Look)?;
            let tasks = event_loop.block_on(all(&hub, repo.as_ref()))?;
            if *json {
                output.print_json(&json::hub::tasks(&place, &tasks));
            } else {
                output.print(&human::hub::tasks(&tasks));
            }
        }
        TaskCommand::Show { which, json } => {
            let hub = open(Access::Look)?;
            let found = event_loop.block_on(find(&hub, which))?;
            if *json {
                output.print_json(&json::hub::task(&place, &found));
            } else {
                output.print(&human::hub::task(&found));
            }
        }
        TaskCommand::Set {
            which,
            status,
            reopen,
        } => {
            let hub = open(Access::Write)?;
            let change = Change {
                which,
                status: *status,
                reopen: *reopen,
            };
            let said = event_loop.block_on(change.make(&hub, environment))?;
            output.print(&said);
        }
    }
    Ok(Exit::Done)
}

/// Returns the tasks of one repository, or of all and of none, in the order of places.
async fn all(hub: &AnyHub, only: Option<&Slug>) -> Result<Vec<TaskInPlan>, CommandError> {
    let known = hub.repositories().await.map_err(hub_error)?;
    let slugs: Vec<_> = match only {
        Some(only) => vec![only.clone()],
        None => known
            .into_iter()
            .map(|repository| repository.slug)
            .collect(),
    };
    let mut found = BTreeMap::new();
    for slug in slugs {
        let rows = hub.read(&slug).await.map_err(read_error)?;
        let of_others =
            |row: &TaskInPlan| only.is_some() && row.workplan.repository.as_ref() != only;
        for row in in_plans(rows).filter(|row| !of_others(row)) {
            let plan = row
                .workplan
                .file_id
                .clone()
                .map(|id| id.as_str().to_owned());
            let place = (
                row.workplan.repository.clone(),
                plan.unwrap_or_else(|| row.workplan.title.clone()),
                row.name().to_owned(),
                row.task.id.clone(),
            );
            found.insert(place, row);
        }
    }
    Ok(found.into_values().collect())
}

/// A repository the hub does not know is an answer, not trouble with the hub.
fn read_error(error: HubError) -> CommandError {
    match error.unknown_repository() {
        Some(slug) => CommandError::new(
            Kind::Failed,
            format!("the hub knows no repository `{slug}`"),
        )
        .hint("`onward hub list` shows those it knows"),
        None => hub_error(error),
    }
}

fn in_plans(rows: HubRows) -> impl Iterator<Item = TaskInPlan> {
    let plans: BTreeMap<HubId, WorkplanRow> = rows
        .workplans
        .into_iter()
        .map(|plan| (plan.id.clone(), plan))
        .collect();
    rows.tasks.into_iter().filter_map(move |task| {
        let workplan = plans.get(&task.workplan)?.clone();
        Some(TaskInPlan { task, workplan })
    })
}

/// Finds the one task that is meant: by the hub's id, else by the file's.
async fn find(hub: &AnyHub, which: &WhichTask) -> Result<TaskInPlan, CommandError> {
    let ids = BTreeSet::from([which.id.clone()]);
    let rows = hub.look_up(&ids).await.map_err(hub_error)?;
    let id = which.id.as_str();
    let mut found: Vec<_> = in_plans(rows)
        .filter(|row| {
            let is_named = row.task.id.as_str() == id || row.name() == id;
            is_named && (which.repo.is_none() || row.workplan.repository == which.repo)
        })
        .collect();
    // What the hub gave to one row names that row.
    if let Some(at) = found.iter().position(|row| row.task.id.as_str() == id) {
        return Ok(found.swap_remove(at));
    }
    let count = found.len();
    match (found.pop(), count) {
        (Some(one), 1) => Ok(one),
        (Some(last), _) => {
            found.push(last);
            let message = format!("there are {count} tasks `{id}`; name one by its id in the hub");
            Err(CommandError::new(Kind::Usage, message).hint(choice(&found)))
        }
        (None, _) => {
            let place = which.repo.as_ref().map(|slug| format!(" of `{slug}`"));
            let message = format!("the hub has no task `{id}`{}", place.unwrap_or_default());
            Err(CommandError::new(Kind::Failed, message)
                .hint("`onward task list` shows those it has"))
        }
    }
}

fn choice(found: &[TaskInPlan]) -> String {
    let one = |row: &TaskInPlan| {
        let plan = row.workplan.file_id.as_ref().map(FileId::as_str);
        let plan = plan.unwrap_or(&row.workplan.title);
        format!("{} ({} / {plan})", row.task.id, row.repository())
    };
    let names: Vec<_> = found.iter().take(LISTED).map(one).collect();
    let more = match found.len().saturating_sub(LISTED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("choose among {}{more}", names.join(", "))
}

/// A change that is asked for.
struct Change<'a> {
    which: &'a WhichTask,
    status: TaskStatus,
    reopen: bool,
}

impl Change<'_> {
    /// Makes the change and says what it was. When another was faster, it is looked at again: what
    /// is asked for holds whatever the version, and the hub keeps the order of ranks.
    async fn make(&self, hub: &AnyHub, environment: &Environment) -> Result<String, CommandError> {
        let by = writer(environment);
        for _ in 0..TRIES {
            let found = find(hub, self.which).await?;
            let write = HubWrite::SetTaskStatus {
                id: found.task.id.clone(),
                seen: found.task.state.version,
                status: self.status,
                reopen: self.reopen,
            };
            let outcomes = hub.perform(&[write], &by).await.map_err(hub_error)?;
            let (name, word) = (found.name(), self.status.word());
            return match outcomes.into_iter().next() {
                Some(HubOutcome::Done(_)) => Ok(human::hub::changed(
                    name,
                    &found.task.status.to_string(),
                    word,
                )),
                Some(HubOutcome::AlreadySo(_)) => Ok(human::hub::unchanged(name, word)),
                Some(HubOutcome::Superseded { .. }) => continue,
                Some(HubOutcome::Regression { now }) => Err(self.regression(&found, &now)),
                Some(HubOutcome::Refused { reason } | HubOutcome::Transient { reason }) => {
                    let message = format!("the hub did not set {name}: {reason}");
                    Err(CommandError::new(Kind::Failed, message))
                }
                Some(HubOutcome::Missing) | None => {
                    let message = format!("{name} is gone from the hub");
                    Err(CommandError::new(Kind::Failed, message))
                }
            };
        }
        let message = format!("{} keeps changing; it was not set", self.which.id);
        Err(CommandError::new(Kind::Failed, message).hint("try again"))
    }

    fn regression(&self, found: &TaskInPlan, now: &str) -> CommandError {
        let (name, word) = (found.name(), self.status.word());
        let message = format!("{name} is {now}; {word} would take it back, so nothing was changed");
        CommandError::new(Kind::Failed, message).hint(format!(
            "if that is meant: onward task set {} {word} --reopen",
            self.which.id
        ))
    }
}
