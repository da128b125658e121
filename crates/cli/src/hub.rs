//! Which hub a command uses, and who writes to it.

use crate::config::state_dir;
use crate::environment::Environment;
use crate::error::{CommandError, Kind};
use camino::{Utf8Path, Utf8PathBuf};
use store::SqliteHub;
use sync_core::hub::Writer;

/// What a command wants of the hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// To look: not a byte changes.
    Look,
    /// To write to the one that is there.
    Write,
    /// To write, to a new one where there is none.
    Make,
}

/// Opens the hub that the flag names, else `ONWARD_HUB`, else the file in the state directory.
pub(crate) fn open_hub(
    environment: &Environment,
    flag: Option<&str>,
    access: Access,
) -> Result<SqliteHub, CommandError> {
    let path = hub_path(environment, flag)?;
    let hub = match access {
        Access::Look => SqliteHub::open_existing(&path).map_err(hub_error)?,
        // Opening for writing makes a hub where there is none.
        Access::Write if !path.exists() => None,
        Access::Write | Access::Make => Some(SqliteHub::open(&path).map_err(hub_error)?),
    };
    hub.ok_or_else(|| {
        CommandError::new(Kind::Unable, format!("there is no hub at {path}"))
            .hint("make one: onward hub init; or name another with --hub or ONWARD_HUB")
    })
}

/// Returns where the hub is, whether or not it is there.
pub(crate) fn hub_path(
    environment: &Environment,
    flag: Option<&str>,
) -> Result<Utf8PathBuf, CommandError> {
    let (place, named_by) = match (flag, environment.get("ONWARD_HUB")) {
        (Some(flag), _) => (flag, "--hub"),
        (None, Some(place)) => (place, "ONWARD_HUB"),
        (None, None) => return Ok(state_dir(environment)?.join("hub.sqlite3")),
    };
    let path = Utf8Path::new(sqlite_path(place, named_by)?);
    if path.as_str().is_empty() {
        let message = format!("{named_by} names no file");
        return Err(CommandError::new(Kind::Usage, message));
    }
    if flag.is_none() && !path.is_absolute() {
        let message = format!("ONWARD_HUB names {path}, which is another file in every directory");
        return Err(CommandError::new(Kind::Usage, message).hint("give the absolute path"));
    }
    camino::absolute_utf8(path)
        .map_err(|error| CommandError::caused(Kind::Unable, format!("cannot use {path}"), error))
}

/// Returns the path, or says which kind of hub is not there. Nothing of an address but its scheme is
/// repeated, since it may hold a password.
fn sqlite_path<'a>(place: &'a str, named_by: &str) -> Result<&'a str, CommandError> {
    if let Some(path) = place.strip_prefix("sqlite:") {
        return Ok(path.strip_prefix("//").unwrap_or(path));
    }
    let Some((scheme, _)) = place.split_once("://") else {
        return Ok(place);
    };
    let known = match scheme.to_ascii_lowercase().as_str() {
        "postgres" | "postgresql" => "a PostgreSQL hub",
        "http" | "https" => "a State Hub server",
        _ => {
            let message = format!("{named_by} names a hub of an unknown kind, `{scheme}`");
            return Err(CommandError::new(Kind::Usage, message)
                .hint("a hub is a path, or sqlite: and a path"));
        }
    };
    let message =
        format!("{known} is not part of this version of onward ({named_by} names `{scheme}`)");
    Err(CommandError::new(Kind::Unable, message).hint("name a file instead, or leave it out"))
}

/// Tells why the hub could not be used.
pub(crate) fn hub_error(error: store::Error) -> CommandError {
    let hint = error.hint();
    CommandError::caused(Kind::Unable, "cannot use the hub", error).hint(hint)
}

/// Returns who writes: the user at this host.
pub(crate) fn writer(environment: &Environment) -> Writer {
    let user = environment.get("USER").or(environment.get("LOGNAME"));
    let user = user.map_or_else(
        || format!("uid-{}", rustix::process::getuid().as_raw()),
        str::to_owned,
    );
    Writer(format!("{user}@{}", host()))
}

/// Returns the name of this host, by which the hub tells a repository's paths apart.
pub(crate) fn host() -> String {
    let system = rustix::system::uname();
    system.nodename().to_string_lossy().into_owned()
}
