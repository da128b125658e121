//! Leave to be the only one who does something at a hub, for a while.

use super::{Hub, HubOutcome, HubWrite, Timestamp, Writer};
use crate::ids::LeaseName;
use alloc::vec::Vec;
use core::future::Future;
use core::time::Duration;

/// How often a lease has changed hands. A higher epoch is a later holder's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(pub u64);

/// A lease: leave to be the only one who does what its name says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// What may be done.
    pub name: LeaseName,
    /// Who may do it, as people recognise it; nobody, by an empty name.
    pub holder: Writer,
    /// What tells this holding from every other, also of the same holder.
    pub epoch: Epoch,
    /// When another may take it, by the hub's clock.
    pub expires: Timestamp,
}

/// What became of the wish for a lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Acquired {
    /// It is the asker's.
    Held(Lease),
    /// It is another's until it expires or is given back.
    Taken(Lease),
}

/// A hub that grants leases, so that of several hosts one sweeps at a time.
///
/// The contract:
///
/// - A lease has one holder. Nobody gets it before it has expired or was given back, also not who has
///   the same name: two runs of one user on one host are two holders.
/// - Each holder has an epoch of its own, higher than all before, also after a lease was given back.
/// - The epoch alone decides who may write. The expiry, by the hub's clock, only says when another may
///   take over; so no clock, right or wrong, lets two write.
/// - [`perform_under`](Leases::perform_under) checks the epoch in the transaction that writes, and the
///   lease cannot change hands until that ends.
pub trait Leases: Hub {
    /// Asks for a lease for so long.
    fn acquire(
        &self,
        name: &LeaseName,
        holder: &Writer,
        term: Duration,
    ) -> impl Future<Output = Result<Acquired, Self::Error>>;

    /// Makes a lease last so long from now. Returns `None` when it is another's by now, or was given
    /// back.
    fn renew(
        &self,
        held: &Lease,
        term: Duration,
    ) -> impl Future<Output = Result<Option<Lease>, Self::Error>>;

    /// Gives a lease back. Returns `false` when it was not held any more.
    fn release(&self, held: &Lease) -> impl Future<Output = Result<bool, Self::Error>>;

    /// Performs writes as [`Hub::perform`] does, as long as the lease is held: without it every write
    /// that is left is [`HubOutcome::Refused`].
    fn perform_under(
        &self,
        held: &Lease,
        writes: &[HubWrite],
        by: &Writer,
    ) -> impl Future<Output = Result<Vec<HubOutcome>, Self::Error>>;
}
