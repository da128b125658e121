//! A hub in PostgreSQL, which many machines may use at once.

mod address;
mod change;
mod create;
mod error;
mod lease;
mod naming;
mod pipeline;
mod read;
mod register;
mod schema;
mod session;
mod status;
mod tls;
mod value;
mod write;

use std::collections::BTreeSet;
use std::time::Duration;

use sync_core::hub::{
    Acquired, Hub, HubOutcome, HubRows, HubWrite, Lease, Leases, Naming, Registration, Repository,
    Writer,
};
use sync_core::ids::{LeaseName, Slug};

pub use error::PostgresError;

use address::Address;
use session::Session;

/// A hub in PostgreSQL (13 or newer), which many machines may use at once.
///
/// It lies in the schema `onward` of a database. The database itself refuses, also to a foreign or an
/// older client, to lower a rank without counting it as a reopen. Time is the server's. Nothing is
/// kept in the server's session, so a proxy may pool transactions.
///
/// One connection is made, when it is needed, in the tokio runtime of the caller, which needs its
/// clock and its network; calls wait for each other. A connection that was lost is made once more,
/// and no write is made twice by that: what became of a transaction whose end was not answered, the
/// server is asked.
#[derive(Debug)]
pub struct PostgresHub {
    session: Session,
    access: Access,
}

/// What a hub is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Access {
    /// To look at it.
    Look,
    /// To write to the one that is there.
    Write,
    /// To write to it, and to make it where there is none.
    Make,
}

impl PostgresHub {
    /// Opens the hub at an address, and makes it where there is none. An older one is brought to the
    /// newest version.
    ///
    /// An address is `postgres://user:password@host:5432/database`, with libpq's parameters after a
    /// `?`. Other hosts are reached over TLS, and the certificate and its name are verified, unless
    /// `sslmode` says `disable` or `prefer`; `sslrootcert` names a file of the authorities to trust.
    ///
    /// # Errors
    ///
    /// Whatever [`PostgresError`] names; [`PostgresError::hint`] says what to do.
    pub async fn open(address: &str) -> Result<Self, PostgresError> {
        let (hub, _) = Self::open_as(address, Access::Make, schema::STEPS).await?;
        Ok(hub)
    }

    /// Opens a hub that is there for reading and writing, and brings an older one to the newest
    /// version. Returns `None` when there is none.
    ///
    /// # Errors
    ///
    /// As [`PostgresHub::open`].
    pub async fn open_made(address: &str) -> Result<Option<Self>, PostgresError> {
        let (hub, is_there) = Self::open_as(address, Access::Write, schema::STEPS).await?;
        Ok(Some(hub).filter(|_| is_there))
    }

    /// Opens a hub to look at it: nothing in the database changes, and every write fails. Returns
    /// `None` when there is none.
    ///
    /// # Errors
    ///
    /// As [`PostgresHub::open`], and [`PostgresError::Older`] for one that would have to be upgraded.
    pub async fn open_existing(address: &str) -> Result<Option<Self>, PostgresError> {
        let (hub, is_there) = Self::open_as(address, Access::Look, schema::STEPS).await?;
        Ok(Some(hub).filter(|_| is_there))
    }

    /// Connects, takes the steps that the access allows, and tells whether there is a hub now.
    async fn open_as(
        address: &str,
        access: Access,
        steps: &[&str],
    ) -> Result<(Self, bool), PostgresError> {
        let session = Session::new(Address::parse(address)?);
        let is_there = schema::prepare(&session, access, steps).await?;
        Ok((Self { session, access }, is_there))
    }

    /// Returns where it is, for people: user, host, port and database.
    pub fn place(&self) -> &str {
        self.session.place()
    }

    /// Returns the connection, if it may be written to.
    fn writing(&self) -> Result<&Session, PostgresError> {
        if self.access == Access::Look {
            let place = self.place().into();
            return Err(PostgresError::Looking { place });
        }
        Ok(&self.session)
    }
}

impl Hub for PostgresHub {
    type Error = PostgresError;

    fn naming(&self) -> Naming {
        Naming::Derived
    }

    async fn repositories(&self) -> Result<Vec<Repository>, PostgresError> {
        self.session.read(read::repositories).await
    }

    async fn register(&self, registration: &Registration) -> Result<HubOutcome, PostgresError> {
        let session = self.writing()?;
        match session
            .write(async |at| register::register(at, registration).await)
            .await
        {
            Err(error @ PostgresError::RefusedData { .. }) => Ok(HubOutcome::Refused {
                reason: error.in_one_line(),
            }),
            done => done,
        }
    }

    async fn read(&self, repository: &Slug) -> Result<HubRows, PostgresError> {
        // PostgreSQL's text cannot hold NUL, so no repository has it.
        let rows = if repository.as_str().contains('\0') {
            None
        } else {
            self.session
                .read(async |at| read::repository(at, repository).await)
                .await?
        };
        rows.ok_or_else(|| PostgresError::UnknownRepository {
            place: self.place().into(),
            slug: repository.clone(),
        })
    }

    async fn look_up(&self, ids: &BTreeSet<String>) -> Result<HubRows, PostgresError> {
        self.session
            .read(async |at| read::look_up(at, ids).await)
            .await
    }

    async fn perform(
        &self,
        writes: &[HubWrite],
        by: &Writer,
    ) -> Result<Vec<HubOutcome>, PostgresError> {
        write::perform(self.writing()?, writes, by, None).await
    }
}

impl Leases for PostgresHub {
    async fn acquire(
        &self,
        name: &LeaseName,
        holder: &Writer,
        term: Duration,
    ) -> Result<Acquired, PostgresError> {
        let acquire = async |at: &_| lease::acquire(at, name, holder, term).await;
        self.writing()?.write(acquire).await
    }

    async fn renew(&self, held: &Lease, term: Duration) -> Result<Option<Lease>, PostgresError> {
        self.writing()?
            .write(async |at| lease::renew(at, held, term).await)
            .await
    }

    async fn release(&self, held: &Lease) -> Result<bool, PostgresError> {
        self.writing()?
            .write(async |at| lease::release(at, held).await)
            .await
    }

    async fn perform_under(
        &self,
        held: &Lease,
        writes: &[HubWrite],
        by: &Writer,
    ) -> Result<Vec<HubOutcome>, PostgresError> {
        write::perform(self.writing()?, writes, by, Some(held)).await
    }
}

#[cfg(test)]
mod tests;
