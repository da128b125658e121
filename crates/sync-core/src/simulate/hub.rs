//! A hub in memory: it compares while it writes, as a database can.

use crate::hub::{Hub, HubOutcome, HubRows, HubWrite, Naming, Registration, Repository, Writer};
use crate::ids::Slug;
use crate::status::Status;
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;
use core::fmt;

mod change;
mod state;

pub use state::HubState;

/// A hub in memory.
#[derive(Clone, Debug)]
pub struct SimulatedHub {
    naming: Naming,
    state: RefCell<HubState>,
}

/// A repository that the hub does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoSuchRepository(pub Slug);

impl fmt::Display for NoSuchRepository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no repository {}", self.0)
    }
}

impl core::error::Error for NoSuchRepository {}

impl SimulatedHub {
    /// Makes an empty hub.
    pub fn new(naming: Naming) -> Self {
        Self {
            naming,
            state: RefCell::default(),
        }
    }

    /// Changes anything, as other clients do.
    pub fn edit<T>(&self, edit: impl FnOnce(&mut HubState) -> T) -> T {
        edit(&mut self.state.borrow_mut())
    }

    /// Returns a copy of everything.
    pub fn state(&self) -> HubState {
        self.state.borrow().clone()
    }

    /// Makes a repository known at once.
    pub fn register_now(&self, registration: &Registration) -> HubOutcome {
        self.state.borrow_mut().register(registration)
    }

    /// Reads at once what [`Hub::read`] reads.
    ///
    /// # Errors
    ///
    /// If the hub does not know the repository.
    pub fn read_now(&self, repository: &Slug) -> Result<HubRows, NoSuchRepository> {
        let state = self.state.borrow();
        if !state.repositories.contains_key(repository) {
            return Err(NoSuchRepository(repository.clone()));
        }
        Ok(state.rows(|row| match &row.repository {
            Some(owner) => owner == repository,
            None => !row.status.known().is_some_and(Status::is_closed),
        }))
    }

    /// Looks up at once what [`Hub::look_up`] looks up.
    pub fn look_up_now(&self, ids: &BTreeSet<String>) -> HubRows {
        self.state.borrow().look_up(ids)
    }

    /// Performs a write at once.
    pub fn apply(&self, write: &HubWrite, by: &Writer) -> HubOutcome {
        self.state.borrow_mut().perform(write, by, self.naming)
    }
}

impl Hub for SimulatedHub {
    type Error = NoSuchRepository;

    fn naming(&self) -> Naming {
        self.naming
    }

    async fn repositories(&self) -> Result<Vec<Repository>, NoSuchRepository> {
        let state = self.state.borrow();
        Ok(state
            .repositories
            .values()
            .map(|(repository, _)| repository.clone())
            .collect())
    }

    async fn register(&self, registration: &Registration) -> Result<HubOutcome, NoSuchRepository> {
        Ok(self.register_now(registration))
    }

    async fn read(&self, repository: &Slug) -> Result<HubRows, NoSuchRepository> {
        self.read_now(repository)
    }

    async fn look_up(&self, ids: &BTreeSet<String>) -> Result<HubRows, NoSuchRepository> {
        Ok(self.look_up_now(ids))
    }

    async fn perform(
        &self,
        writes: &[HubWrite],
        by: &Writer,
    ) -> Result<Vec<HubOutcome>, NoSuchRepository> {
        Ok(writes.iter().map(|write| self.apply(write, by)).collect())
    }
}
