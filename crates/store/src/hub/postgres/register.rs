//! Making a repository known, once, and what is new about it.

use futures_util::future::try_join;
use sync_core::hub::{HubOutcome, Registration};
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Error};

use super::value::made;

pub(super) async fn register(at: &Client, about: &Registration) -> Result<HubOutcome, Error> {
    let (id, slug) = (about.id.as_str(), about.slug.as_str());
    let insert =
        "INSERT INTO onward.repositories (id, slug) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    let there = "SELECT id, slug FROM onward.repositories WHERE id = $1 OR slug = $2
                 ORDER BY id <> $1, id FOR NO KEY UPDATE";
    let values: [(&(dyn ToSql + Sync), Type); 2] = [(&id, Type::TEXT), (&slug, Type::TEXT)];
    let both = try_join(
        at.execute_typed(insert, &values),
        at.query_typed(there, &values),
    );
    let (inserted, there) = both.await?;
    let Some(row) = there.first() else {
        return Ok(HubOutcome::Missing);
    };
    let (its_id, its_slug): (&str, &str) = (row.try_get(0)?, row.try_get(1)?);
    if its_id != id {
        let reason = format!("`{slug}` is the repository {its_id}");
        return Ok(HubOutcome::Refused { reason });
    }
    if its_slug != slug {
        let reason = format!("the repository is known as `{its_slug}`");
        return Ok(HubOutcome::Refused { reason });
    }
    add(at, about, inserted > 0).await
}

/// Adds the remote and the path to a repository that is there, and a version if they are news.
async fn add(at: &Client, about: &Registration, is_new: bool) -> Result<HubOutcome, Error> {
    let id = about.id.as_str();
    let (host, path) = about.path.as_ref().map(|(host, path)| (host, path)).unzip();
    let remote = "UPDATE onward.repositories SET remote = $2
                  WHERE id = $1 AND $2 IS NOT NULL AND remote IS DISTINCT FROM $2";
    let place = "INSERT INTO onward.repository_paths AS it (repository_id, host, path)
                 SELECT $1, $2, $3 WHERE $2 IS NOT NULL
                 ON CONFLICT (repository_id, host) DO UPDATE SET path = $3 WHERE it.path <> $3";
    let of_place: [(&(dyn ToSql + Sync), Type); 3] =
        [(&id, Type::TEXT), (&host, Type::TEXT), (&path, Type::TEXT)];
    let of_remote: [(&(dyn ToSql + Sync), Type); 2] =
        [(&id, Type::TEXT), (&about.remote, Type::TEXT)];
    let (remote, place) = try_join(
        at.execute_typed(remote, &of_remote),
        at.execute_typed(place, &of_place),
    )
    .await?;
    let is_news = !is_new && remote + place > 0;
    let version = "UPDATE onward.repositories SET version = version + $2 WHERE id = $1
                   RETURNING slug, version, 0";
    let values: [(&(dyn ToSql + Sync), Type); 2] =
        [(&id, Type::TEXT), (&i64::from(is_news), Type::INT8)];
    let row = made(&at.query_typed_one(version, &values).await?)?;
    Ok(if is_new || is_news {
        HubOutcome::Done(row)
    } else {
        HubOutcome::AlreadySo(row)
    })
}
