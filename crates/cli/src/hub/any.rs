//! A hub of whatever kind, behind the one door.

use std::collections::BTreeSet;
#[cfg(feature = "postgres")]
use store::{PostgresError, PostgresHub};
use store::{SqliteHub, StateHub, StateHubError};
use sync_core::hub::{
    Hub, HubOutcome, HubRows, HubWrite, Naming, Registration, Repository, Writer,
};
use sync_core::ids::Slug;

/// The hub a command works with.
#[derive(Debug)]
pub(crate) enum AnyHub {
    /// A file.
    File(SqliteHub),
    /// A database.
    #[cfg(feature = "postgres")]
    Postgres(Box<PostgresHub>),
    /// A State Hub server.
    StateHub(Box<StateHub>),
}

/// Why a hub could not be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HubError {
    /// A file.
    #[error(transparent)]
    File(#[from] store::Error),
    /// A database.
    #[cfg(feature = "postgres")]
    #[error(transparent)]
    Postgres(#[from] PostgresError),
    /// A State Hub server.
    #[error(transparent)]
    StateHub(#[from] StateHubError),
}

impl HubError {
    /// Says what the user can do.
    pub(crate) fn hint(&self) -> &'static str {
        match self {
            Self::File(error) => error.hint(),
            #[cfg(feature = "postgres")]
            Self::Postgres(error) => error.hint(),
            Self::StateHub(error) => error.hint(),
        }
    }

    /// Returns the repository the hub does not know, if that is what is wrong.
    pub(crate) fn unknown_repository(&self) -> Option<&Slug> {
        match self {
            Self::File(store::Error::UnknownRepository { slug, .. }) => Some(slug),
            #[cfg(feature = "postgres")]
            Self::Postgres(PostgresError::UnknownRepository { slug, .. }) => Some(slug),
            Self::StateHub(StateHubError::UnknownRepository { slug, .. }) => Some(slug),
            _ => None,
        }
    }
}

/// Asks the hub there is, and tells its error as one of any.
macro_rules! ask {
    ($hub:expr, $it:ident => $call:expr) => {
        match $hub {
            AnyHub::File($it) => $call.await.map_err(HubError::from),
            #[cfg(feature = "postgres")]
            AnyHub::Postgres($it) => $call.await.map_err(HubError::from),
            AnyHub::StateHub($it) => $call.await.map_err(HubError::from),
        }
    };
}

impl Hub for AnyHub {
    type Error = HubError;

    fn naming(&self) -> Naming {
        match self {
            Self::File(hub) => hub.naming(),
            #[cfg(feature = "postgres")]
            Self::Postgres(hub) => hub.naming(),
            Self::StateHub(hub) => hub.naming(),
        }
    }

    async fn repositories(&self) -> Result<Vec<Repository>, HubError> {
        ask!(self, hub => hub.repositories())
    }

    async fn register(&self, registration: &Registration) -> Result<HubOutcome, HubError> {
        ask!(self, hub => hub.register(registration))
    }

    async fn read(&self, repository: &Slug) -> Result<HubRows, HubError> {
        ask!(self, hub => hub.read(repository))
    }

    async fn look_up(&self, ids: &BTreeSet<String>) -> Result<HubRows, HubError> {
        ask!(self, hub => hub.look_up(ids))
    }

    async fn perform(&self, writes: &[HubWrite], by: &Writer) -> Result<Vec<HubOutcome>, HubError> {
        ask!(self, hub => hub.perform(writes, by))
    }
}
