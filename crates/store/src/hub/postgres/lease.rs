//! Leases: rows with a holder, an epoch and an expiry by the server's clock.

use std::time::Duration;

use futures_util::future::try_join;
use sync_core::hub::{Acquired, Epoch, Lease, Timestamp, Writer};
use sync_core::ids::LeaseName;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Error, Row};

use super::value::{compared, count};

/// A value of a statement with its type.
type Value<'a> = (&'a (dyn ToSql + Sync), Type);

/// The columns [`lease`] reads.
macro_rules! lease {
    ($statement:literal) => {
        concat!(
            $statement,
            " name, coalesce(holder, ''), epoch, floor(extract(epoch FROM expires_at))::BIGINT"
        )
    };
}

pub(super) async fn acquire(
    at: &Client,
    name: &LeaseName,
    holder: &Writer,
    term: Duration,
) -> Result<Acquired, Error> {
    let take = lease!(
        "INSERT INTO onward.leases AS it (name, holder, epoch, expires_at)
         VALUES ($1, $2, 1, clock_timestamp() + make_interval(secs => $3))
         ON CONFLICT (name) DO UPDATE SET holder = $2, epoch = it.epoch + 1,
             expires_at = clock_timestamp() + make_interval(secs => $3)
         WHERE it.holder IS NULL OR it.expires_at <= clock_timestamp()
         RETURNING"
    );
    let look = concat!(lease!("SELECT"), " FROM onward.leases WHERE name = $1");
    let seconds = term.as_secs_f64();
    let values: [Value<'_>; 3] = [
        (&name.as_str(), Type::TEXT),
        (&holder.0, Type::TEXT),
        (&seconds, Type::FLOAT8),
    ];
    let both = try_join(
        at.query_typed_opt(take, &values),
        at.query_typed_one(look, &values[..1]),
    );
    let (taken, there) = both.await?;
    match taken {
        Some(row) => lease(&row).map(Acquired::Held),
        None => lease(&there).map(Acquired::Taken),
    }
}

pub(super) async fn renew(
    at: &Client,
    held: &Lease,
    term: Duration,
) -> Result<Option<Lease>, Error> {
    let renew = lease!(
        "UPDATE onward.leases SET expires_at = clock_timestamp() + make_interval(secs => $3)
         WHERE name = $1 AND epoch = $2 AND holder IS NOT NULL RETURNING"
    );
    let epoch = compared(held.epoch.0);
    let seconds = term.as_secs_f64();
    let values: [Value<'_>; 3] = [
        (&held.name.as_str(), Type::TEXT),
        (&epoch, Type::INT8),
        (&seconds, Type::FLOAT8),
    ];
    let row = at.query_typed_opt(renew, &values).await?;
    row.as_ref().map(lease).transpose()
}

pub(super) async fn release(at: &Client, held: &Lease) -> Result<bool, Error> {
    let release = "UPDATE onward.leases SET holder = NULL, expires_at = clock_timestamp()
                   WHERE name = $1 AND epoch = $2 AND holder IS NOT NULL";
    let epoch = compared(held.epoch.0);
    let values: [Value<'_>; 2] = [(&held.name.as_str(), Type::TEXT), (&epoch, Type::INT8)];
    Ok(at.execute_typed(release, &values).await? > 0)
}

fn lease(row: &Row) -> Result<Lease, Error> {
    Ok(Lease {
        name: LeaseName::new(row.try_get::<_, &str>(0)?),
        holder: Writer(row.try_get(1)?),
        epoch: Epoch(count(row, 2)?),
        expires: Timestamp(row.try_get(3)?),
    })
}
