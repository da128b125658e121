//! The sync boundary as it is now: gathered for every command that reads or writes a queue.

use crate::environment::Environment;
use crate::error::{CommandError, Kind};
use camino::Utf8Path;
use std::collections::BTreeSet;
use store::queue::{
    Foreground, Home, Identity, Machine, Origin, OwnerFile, live_daemons, look, stated_daemon,
};
use sync_core::gate::Preflight;
use sync_core::identity::{ForegroundIdentity, Program};
use sync_core::owner::{OwnerRecord, OwnerState};

/// Whether somebody has to be logged in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Login {
    /// While sync with the server is switched on.
    AsSwitched,
    /// Always.
    Required,
}

/// A home, who is logged in there, and every fact the gate asks for.
#[derive(Debug)]
pub(crate) struct Boundary {
    pub(crate) home: Home,
    pub(crate) identity: Identity,
    pub(crate) compared: Origin,
    pub(crate) preflight: Preflight,
}

impl Boundary {
    /// Looks at everything; writes nothing and asks no network.
    pub(crate) fn gather(
        environment: &Environment,
        foreground_cli: Option<&Utf8Path>,
        login: Login,
    ) -> Result<Self, CommandError> {
        let home = home(environment)?;
        let foreground = Foreground::find(foreground_cli, environment.get("PATH"), own_program()?)
            .map_err(|what| {
                CommandError::new(Kind::Unable, what)
                    .hint("name the spec-kitty that the daemon has to match with --foreground-cli")
            })?;
        let identity = Identity::read(&home, &Machine::here());
        let who = identity.login.as_ref().map(|login| &login.who);
        let scoped = who.map(|who| home.scoped_queue(&who.scope));
        let active = scoped.clone().unwrap_or_else(|| home.legacy_queue());
        let preflight = Preflight {
            foreground: ForegroundIdentity::of(foreground.program, who, active),
            owner: OwnerFile::at(home.owner_record()).state(),
            legacy: look(&home.legacy_queue()),
            scoped: scoped.as_deref().map(look),
            broken: identity.broken.clone(),
            auth_required: login == Login::Required || environment.saas_sync(),
            live_orphan_daemons: 0,
        };
        Ok(Self {
            home,
            identity,
            compared: foreground.origin,
            preflight,
        })
    }

    /// Looks for daemons that no file names as well, which only the status minds.
    pub(crate) fn with_live_daemons(mut self) -> Self {
        let daemons = unnamed_daemons(&self.home, &self.preflight.owner);
        self.preflight.live_orphan_daemons = daemons.len() as u64;
        self
    }
}

/// Returns the ids of the daemons that run for a home and that neither the owner record nor the
/// daemon's state file names.
pub(crate) fn unnamed_daemons(home: &Home, owner: &OwnerState) -> BTreeSet<u32> {
    let recorded = owner.record().and_then(OwnerRecord::process_id);
    let known = recorded.into_iter().chain(stated_daemon(home)).collect();
    live_daemons(home, &known)
}

/// Finds the Spec Kitty home.
pub(crate) fn home(environment: &Environment) -> Result<Home, CommandError> {
    Home::discover(environment.get("SPEC_KITTY_HOME"), environment.get("HOME")).ok_or_else(|| {
        CommandError::new(Kind::Unable, "no home directory is known")
            .hint("set HOME, or SPEC_KITTY_HOME to the folder of the queue")
    })
}

/// Describes this program as a foreground.
pub(crate) fn own_program() -> Result<Program, CommandError> {
    let path = std::env::current_exe()
        .and_then(|path| path.canonicalize())
        .map_err(|error| {
            CommandError::caused(Kind::Unable, "cannot tell where onward itself lies", error)
        })?;
    let text = |path: &std::path::Path| path.to_string_lossy().into_owned();
    Ok(Program {
        package_version: env!("CARGO_PKG_VERSION").to_owned(),
        source_path: path.parent().map_or_else(String::new, text),
        executable_path: text(&path),
        pid: std::process::id(),
    })
}

/// Tells why a file of the home could not be used.
pub(crate) fn queue_error(error: store::queue::Error) -> CommandError {
    let hint = error.hint();
    CommandError::caused(Kind::Unable, "cannot use the queue", error).hint(hint)
}
