//! The tables of a hub in PostgreSQL: which version is there, and the steps to the newest.

use tokio_postgres::Client;
use tokio_postgres::types::{ToSql, Type};

use super::Access;
use super::error::PostgresError;
use super::session::Session;

/// The steps: the first makes version 1 in an empty schema, the next version 2 of that, and so on.
pub(super) const STEPS: &[&str] = &[include_str!("../../schema/postgres_hub_1.sql")];

/// What the hub's table says it is.
const APPLICATION: &str = "onward-hub";

/// Keeps others from taking the same steps at the same time: `OnwH`, as in the SQLite hub's file.
const LOCK: &str = "SELECT pg_advisory_xact_lock(x'4f6e7748'::int)";

/// What lies in the schema of a hub.
#[derive(Clone, Copy, Debug)]
enum Found {
    /// Nothing; maybe the schema itself is there, as an administrator may have made it.
    Nothing { schema: bool },
    /// A hub of this version.
    Version(usize),
    /// Something of somebody else's.
    Other,
}

/// Makes the tables, or brings them to the newest version, as far as the access goes. Tells whether
/// there is a hub now.
pub(super) async fn prepare(
    session: &Session,
    access: Access,
    steps: &[&str],
) -> Result<bool, PostgresError> {
    let found = match session.read(look_around).await? {
        Found::Version(_) => session.read(look_inside).await?,
        found => found,
    };
    match checked(session, found, steps)? {
        None if access != Access::Make => Ok(false),
        Some(version) if version == steps.len() => Ok(true),
        Some(found) if access == Access::Look => Err(PostgresError::Older {
            place: session.place().into(),
            found,
            known: steps.len(),
        }),
        Some(_) | None => {
            let found = session.write(async |at| take(at, steps).await).await?;
            checked(session, found, steps).map(|version| version.is_some())
        }
    }
}

/// Returns the version that was found, or refuses what cannot be used.
fn checked(
    session: &Session,
    found: Found,
    steps: &[&str],
) -> Result<Option<usize>, PostgresError> {
    let (place, known) = (session.place().into(), steps.len());
    match found {
        Found::Nothing { .. } => Ok(None),
        Found::Version(found) if found > known => Err(PostgresError::Newer {
            place,
            found,
            known,
        }),
        Found::Version(found) => Ok(Some(found)),
        Found::Other => Err(PostgresError::OtherApplication { place }),
    }
}

/// Looks what there is, without the hub's table, which may not be named where there is none.
async fn look_around(at: &Client) -> Result<Found, tokio_postgres::Error> {
    let query = "SELECT to_regclass('onward.hub') IS NOT NULL,
                        EXISTS (SELECT FROM pg_class WHERE relnamespace = to_regnamespace('onward')),
                        to_regnamespace('onward') IS NOT NULL";
    let row = at.query_typed_one(query, &[]).await?;
    let schema = row.try_get(2)?;
    Ok(match (row.try_get(0)?, row.try_get(1)?) {
        (true, _) => Found::Version(0),
        (false, true) => Found::Other,
        (false, false) => Found::Nothing { schema },
    })
}

/// Reads the hub's table.
async fn look_inside(at: &Client) -> Result<Found, tokio_postgres::Error> {
    let query = "SELECT (to_jsonb(hub) ->> 'application'), (to_jsonb(hub) ->> 'version')
                 FROM onward.hub";
    let rows = at.query_typed(query, &[]).await?;
    let [row] = &rows[..] else {
        return Ok(Found::Other);
    };
    let (application, version): (Option<&str>, Option<&str>) = (row.try_get(0)?, row.try_get(1)?);
    let version = version.and_then(|version| version.parse().ok());
    Ok(match version.filter(|version| *version > 0) {
        Some(version) if application == Some(APPLICATION) => Found::Version(version),
        _ => Found::Other,
    })
}

/// Takes every step that is still to be taken, and writes down the version that is reached.
async fn take(at: &Client, steps: &[&str]) -> Result<Found, tokio_postgres::Error> {
    at.query_typed(LOCK, &[]).await?;
    // Under the lock another may have been faster.
    let from = match look_around(at).await? {
        Found::Nothing { schema } => {
            if !schema {
                at.batch_execute("CREATE SCHEMA onward").await?;
            }
            0
        }
        Found::Other => return Ok(Found::Other),
        Found::Version(_) => match look_inside(at).await? {
            Found::Version(version) if version < steps.len() => version,
            found => return Ok(found),
        },
    };
    for step in &steps[from..] {
        at.batch_execute(step).await?;
    }
    let reached = i32::try_from(steps.len()).unwrap_or(i32::MAX);
    let note = "INSERT INTO onward.hub (application, version) VALUES ($1, $2)
                ON CONFLICT ((true)) DO UPDATE SET version = $2";
    let values: [(&(dyn ToSql + Sync), Type); 2] =
        [(&APPLICATION, Type::TEXT), (&reached, Type::INT4)];
    at.execute_typed(note, &values).await?;
    Ok(Found::Version(steps.len()))
}
