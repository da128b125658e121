//! `onward hub`: making, filling and looking at the hub.

use crate::args::{Hub as Arguments, HubChoice, HubCommand, WorkTreeAt};
use crate::config::state_dir;
use crate::environment::Environment;
use crate::error::{CommandError, Kind};
use crate::event_loop::event_loop;
use crate::exit::Exit;
use crate::hub::{Access, AnyHub, HubPlace, find_hub, host, hub_error, open_hub};
use crate::output::{Output, file, human, json};
use crate::work_tree::{WorkTree, discover};
use camino::{Utf8Path, Utf8PathBuf};
use sync_core::hub::{Hub, HubOutcome, Registration};
use sync_core::ids::Slug;

mod hook;

/// What a project's instructions say about sessions; kept where a person can copy it from.
const SESSION_PROTOCOL: &str = include_str!("../../../../docs/session-protocol-template.md");

/// Runs the command.
pub(crate) fn run(
    args: &Arguments,
    environment: &Environment,
    output: &Output,
) -> Result<Exit, CommandError> {
    match &args.command {
        HubCommand::Init => init(&args.at, environment, output)?,
        HubCommand::Register { slug, at } => {
            register(&args.at, slug.as_ref(), at, environment, output)?;
        }
        HubCommand::List { json } => list(&args.at, *json, environment, output)?,
        HubCommand::Path => {
            let place = HubPlace::of(environment, args.at.hub.as_deref())?;
            output.print(&format!("{place}\n"));
        }
        HubCommand::InstallHook(at) => hook::install(&hook_file(at)?, output)?,
        HubCommand::RemoveHook(at) => hook::remove(&hook_file(at)?, output)?,
    }
    Ok(Exit::Done)
}

fn init(at: &HubChoice, environment: &Environment, output: &Output) -> Result<(), CommandError> {
    let place = HubPlace::of(environment, at.hub.as_deref())?;
    let event_loop = event_loop()?;
    let seen = find_hub(&place, Access::Look, &event_loop);
    if let Ok(Some(AnyHub::StateHub(hub))) = &seen {
        // A server is there or it is not; nothing of it is made here.
        event_loop.block_on(hub.probe()).map_err(hub_error)?;
    }
    open_hub(&place, Access::Make, &event_loop)?;
    output.print(&match seen {
        Ok(Some(_)) => format!("{place} is a hub already\n"),
        Ok(None) => format!("made a hub: {place}\n"),
        // It could not be looked at as it was, and now it can be written to.
        Err(_) => format!("{place} is a hub, brought to this version\n"),
    });
    Ok(())
}

fn register(
    at: &HubChoice,
    slug: Option<&Slug>,
    work_tree: &WorkTreeAt,
    environment: &Environment,
    output: &Output,
) -> Result<(), CommandError> {
    let event_loop = event_loop()?;
    let place = HubPlace::of(environment, at.hub.as_deref())?;
    let hub = open_hub(&place, Access::Write, &event_loop)?;
    let work_tree = WorkTree::open(work_tree.dir.as_deref())?;
    let known = event_loop.block_on(hub.repositories()).map_err(hub_error)?;
    let remote = work_tree.remote()?;
    let (id, default) = if let Some(known) = work_tree.find(&known)? {
        (&known.id, Some(known.slug.clone()))
    } else {
        let default = work_tree.default_slug(remote.as_deref());
        (work_tree.id()?, default.map(Slug::new))
    };
    let Some(slug) = slug.cloned().or(default) else {
        let message = format!("{} has no name to make a slug of", work_tree.git.root());
        return Err(CommandError::new(Kind::Usage, message).hint("give one with --slug"));
    };
    let registration = Registration {
        slug: slug.clone(),
        id: id.clone(),
        remote,
        path: Some((host(), work_tree.git.root().to_string())),
    };
    let outcome = event_loop.block_on(hub.register(&registration));
    let what = match outcome.map_err(hub_error)? {
        HubOutcome::Done(_) => "registered",
        HubOutcome::AlreadySo(_) => "registered already",
        HubOutcome::Refused { reason } => {
            let message = format!("cannot register {} as `{slug}`: {reason}", registration.id);
            return Err(CommandError::new(Kind::Failed, message)
                .hint("`onward hub list` shows what is known; --slug gives another short name"));
        }
        other => {
            let message = format!("the hub answered out of turn: {other:?}");
            return Err(CommandError::new(Kind::Unable, message));
        }
    };
    let template = keep_template(&state_dir(environment)?)?;
    output.print(&format!(
        "{slug}: {what}, at {} on {}\n\
         for the project's instructions, copy {template}\n",
        work_tree.git.root(),
        host(),
    ));
    Ok(())
}

/// Puts the template where it can be copied from, and returns the place.
fn keep_template(state_dir: &Utf8Path) -> Result<Utf8PathBuf, CommandError> {
    let path = state_dir.join("session-protocol.md");
    let keep = || {
        std::fs::create_dir_all(state_dir)?;
        file::replace(&path, SESSION_PROTOCOL.as_bytes())
    };
    if std::fs::read_to_string(&path).is_ok_and(|text| text == SESSION_PROTOCOL) {
        return Ok(path);
    }
    keep().map_err(|error| {
        CommandError::caused(Kind::Failed, format!("cannot write {path}"), error)
            .hint("the repository is registered; only the template is missing")
    })?;
    Ok(path)
}

fn list(
    at: &HubChoice,
    as_json: bool,
    environment: &Environment,
    output: &Output,
) -> Result<(), CommandError> {
    let event_loop = event_loop()?;
    let place = HubPlace::of(environment, at.hub.as_deref())?;
    let hub = open_hub(&place, Access::Look, &event_loop)?;
    let known = event_loop.block_on(hub.repositories());
    let known = known.map_err(hub_error)?;
    if as_json {
        output.print_json(&json::hub::repositories(&place, &known));
    } else {
        output.print(&human::hub::repositories(&known, &host()));
    }
    Ok(())
}

fn hook_file(at: &WorkTreeAt) -> Result<Utf8PathBuf, CommandError> {
    let git = discover(at.dir.as_deref().unwrap_or(Utf8Path::new(".")))?;
    let folder = git.hooks_dir().map_err(|error| {
        CommandError::caused(Kind::Failed, "cannot find the repository's hooks", error)
    })?;
    Ok(folder.join("post-commit"))
}
