//! Which hub a command uses, and who writes to it.

use crate::environment::Environment;
use crate::error::{CommandError, Kind};
use store::{SqliteHub, StateHub};
use sync_core::hub::Writer;
use tokio::runtime::Runtime;

mod any;
mod place;

pub(crate) use any::{AnyHub, HubError};
pub(crate) use place::HubPlace;

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

/// Opens the hub of a place, which has to be there unless it is to be made.
pub(crate) fn open_hub(
    place: &HubPlace,
    access: Access,
    event_loop: &Runtime,
) -> Result<AnyHub, CommandError> {
    find_hub(place, access, event_loop)?.ok_or_else(|| {
        CommandError::new(Kind::Unable, format!("there is no hub at {place}"))
            .hint("make one: onward hub init; or name another with --hub or ONWARD_HUB")
    })
}

/// Opens the hub of a place, if there is one or it is to be made.
pub(crate) fn find_hub(
    place: &HubPlace,
    access: Access,
    event_loop: &Runtime,
) -> Result<Option<AnyHub>, CommandError> {
    Ok(match place {
        HubPlace::File(path) => match access {
            Access::Look => SqliteHub::open_existing(path),
            // Opening for writing makes a hub where there is none.
            Access::Write if !path.exists() => Ok(None),
            Access::Write | Access::Make => SqliteHub::open(path).map(Some),
        }
        .map_err(hub_error)?
        .map(AnyHub::File),
        HubPlace::Postgres { address, .. } => postgres(address, access, event_loop)?,
        HubPlace::StateHub(settings) => {
            let hub = StateHub::new(settings).map_err(hub_error)?;
            Some(AnyHub::StateHub(Box::new(hub)))
        }
    })
}

#[cfg(feature = "postgres")]
fn postgres(
    address: &secrecy::SecretString,
    access: Access,
    event_loop: &Runtime,
) -> Result<Option<AnyHub>, CommandError> {
    use secrecy::ExposeSecret;
    use store::PostgresHub;
    let address = address.expose_secret();
    let hub = event_loop.block_on(async {
        match access {
            Access::Look => PostgresHub::open_existing(address).await,
            Access::Write => PostgresHub::open_made(address).await,
            Access::Make => PostgresHub::open(address).await.map(Some),
        }
    });
    Ok(hub.map_err(hub_error)?.map(Box::new).map(AnyHub::Postgres))
}

#[cfg(not(feature = "postgres"))]
fn postgres(
    _: &secrecy::SecretString,
    _: Access,
    _: &Runtime,
) -> Result<Option<AnyHub>, CommandError> {
    let message = "this onward was built without PostgreSQL";
    Err(CommandError::new(Kind::Unable, message).hint("build it with its default features"))
}

/// Tells why the hub could not be used.
pub(crate) fn hub_error(error: impl Into<HubError>) -> CommandError {
    let error = error.into();
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
