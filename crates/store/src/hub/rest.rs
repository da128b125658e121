//! A State Hub as a hub: its REST API (consistency sheet §7), made to keep as much of the contract of
//! [`Hub`] as it can; what it cannot is said at [`StateHub`].
//!
//! Every write is a look, a comparison, a request and another look. How a row is found again is in
//! `names.rs`: by the slug of a workplan, by the title of a task.

mod answer;
mod api;
mod change;
mod claims;
mod create;
mod error;
mod lists;
mod names;
mod read;
mod register;
mod rows;
mod send;
mod settings;
mod statuses;
mod transport;
mod words;
mod write;

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use sync_core::hub::{
    Hub, HubOutcome, HubRows, HubWrite, Naming, Registration, Repository, Writer,
};
use sync_core::ids::{HubId, Slug};

use self::api::Api;

pub use self::error::StateHubError;
pub use self::settings::{StateHubLimits, StateHubSettings, StateHubUrl};

/// A State Hub behind its REST API, which gives rows their ids.
///
/// The API has no versions, no reopens and no compare-and-swap. What that leaves of the contract:
///
/// | promise | here |
/// |---|---|
/// | a row changes only as it was seen | compared right before the write; holds as long as nobody else writes between that look and the write |
/// | no rank falls but by a reopen | checked in the same look, with the same gap |
/// | a row is made once | it is looked for by id and file id before, and looked at after; of twins made in the same moment both machines name the older, and the younger shows as a row without a block |
/// | a create is whole or not at all | a new task is open at first, and gets its status in a second request |
/// | a reopen is counted | it is not: `reopens` is always 0. A reopened task stays open only if every checkout has the reopened file before it syncs; an older one would move it on again |
/// | a row names who changed it last | it says `unknown` |
/// | a version differs after every change | it digests the row with its `updated_at`; a hub that leaves that out shows a change there and back as none |
/// | the time is the hub's | as far as its `Date` and `updated_at` go |
/// | a priority that was not given is none | the hub makes it `medium` |
///
///
/// All reads are whole or fail, and every refusal of the server is a [`HubOutcome::Refused`] with its
/// words.
///
/// ```no_run
/// use store::{StateHub, StateHubSettings, StateHubUrl};
/// use sync_core::hub::Hub;
///
/// # async fn example() -> Result<(), store::StateHubError> {
/// let url = StateHubUrl::parse("http://127.0.0.1:8000")?;
/// let hub = StateHub::new(&StateHubSettings::new(url))?;
/// hub.probe().await?;
/// for repository in hub.repositories().await? {
///     assert!(!hub.read(&repository.slug).await?.workplans.is_empty());
/// }
/// # Ok(())
/// # }
/// ```
pub struct StateHub {
    api: Api,
    domain: Option<String>,
    /// The workplans tasks were seen in, so that a task can be asked for without all others.
    homes: Mutex<HashMap<HubId, HubId>>,
}

impl fmt::Debug for StateHub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StateHub")
            .field("url", &self.api.base().to_string())
            .finish_non_exhaustive()
    }
}

impl StateHub {
    /// Makes ready to use a State Hub; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`StateHubError::Settings`] when the token or a certificate cannot be used.
    pub fn new(settings: &StateHubSettings) -> Result<Self, StateHubError> {
        Ok(Self {
            api: Api::new(settings)?,
            domain: settings.domain.clone(),
            homes: Mutex::default(),
        })
    }

    /// Asks whether the server is there, well, and a State Hub that lets this token in.
    ///
    /// # Errors
    ///
    /// Whatever [`StateHubError`] names; [`StateHubError::hint`] says what to do.
    pub async fn probe(&self) -> Result<(), StateHubError> {
        self.api.health().await
    }

    /// Returns where the hub is, without anything secret.
    pub fn url(&self) -> impl fmt::Display + '_ {
        self.api.base()
    }

    fn homes(&self) -> MutexGuard<'_, HashMap<HubId, HubId>> {
        self.homes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Hub for StateHub {
    type Error = StateHubError;

    fn naming(&self) -> Naming {
        Naming::Given
    }

    async fn repositories(&self) -> Result<Vec<Repository>, StateHubError> {
        self.read_repositories().await
    }

    async fn register(&self, registration: &Registration) -> Result<HubOutcome, StateHubError> {
        self.tell(registration).await
    }

    async fn read(&self, repository: &Slug) -> Result<HubRows, StateHubError> {
        self.read_repository(repository).await
    }

    async fn look_up(&self, ids: &BTreeSet<String>) -> Result<HubRows, StateHubError> {
        self.read_ids(ids).await
    }

    async fn perform(
        &self,
        writes: &[HubWrite],
        by: &Writer,
    ) -> Result<Vec<HubOutcome>, StateHubError> {
        self.perform_all(writes, by).await
    }
}

#[cfg(test)]
mod tests;
