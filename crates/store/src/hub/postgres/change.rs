//! Changes besides the status: a title, an owner, a repository brought in step.

use futures_util::future::{try_join, try_join3};
use sync_core::hub::{HubOutcome, Made, Version, Writer};
use sync_core::ids::{FileId, HubId, Slug};
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Error};

use super::value::{compared, made};

/// A value of a statement with its type.
type Value<'a> = (&'a (dyn ToSql + Sync), Type);

/// Changes the title of a workplan that is as it was seen.
pub(super) async fn title(
    at: &Client,
    id: &HubId,
    seen: Version,
    title: &str,
    by: &Writer,
) -> Result<HubOutcome, Error> {
    let look = "SELECT id, version, reopens, title, status FROM onward.workplans
                WHERE id = $1 FOR NO KEY UPDATE";
    let update = "UPDATE onward.workplans SET title = $3, version = version + 1, changed_by = $4
                  WHERE id = $1 AND version = $2 AND title <> $3 RETURNING id, version, reopens";
    let seen = compared(seen.0);
    let values: [Value<'_>; 4] = [
        (&id.as_str(), Type::TEXT),
        (&seen, Type::INT8),
        (&title, Type::TEXT),
        (&by.0, Type::TEXT),
    ];
    let look = at.query_typed_opt(look, &values[..1]);
    let (found, changed) = try_join(look, at.query_typed_opt(update, &values)).await?;
    if let Some(changed) = changed {
        return made(&changed).map(HubOutcome::Done);
    }
    let Some(row) = found else {
        return Ok(HubOutcome::Missing);
    };
    if row.try_get::<_, &str>(3)? == title {
        return made(&row).map(HubOutcome::AlreadySo);
    }
    let now = row.try_get(4)?;
    Ok(HubOutcome::Superseded { now })
}

/// Gives a workplan that belongs to no repository, and is as it was seen, to one.
pub(super) async fn adopt(
    at: &Client,
    id: &HubId,
    seen: Version,
    (slug, file_id): (&Slug, &FileId),
    by: &Writer,
) -> Result<HubOutcome, Error> {
    let known = "SELECT 1 FROM onward.repositories WHERE slug = $1";
    let look = "SELECT w.id, w.version, w.reopens, w.status, w.file_id, r.slug
                FROM onward.workplans w LEFT JOIN onward.repositories r ON r.id = w.repository_id
                WHERE w.id = $1 FOR NO KEY UPDATE OF w";
    let update = "UPDATE onward.workplans w SET repository_id = r.id, file_id = $4,
                      version = w.version + 1, changed_by = $5
                  FROM onward.repositories r
                  WHERE w.id = $1 AND w.version = $2 AND w.repository_id IS NULL AND r.slug = $3
                  RETURNING w.id, w.version, w.reopens";
    let seen = compared(seen.0);
    let (id, slug, file_id) = (id.as_str(), slug.as_str(), file_id.as_str());
    let values: [Value<'_>; 5] = [
        (&id, Type::TEXT),
        (&seen, Type::INT8),
        (&slug, Type::TEXT),
        (&file_id, Type::TEXT),
        (&by.0, Type::TEXT),
    ];
    let (known, found, changed) = try_join3(
        at.query_typed_opt(known, &values[2..3]),
        at.query_typed_opt(look, &values[..1]),
        at.query_typed_opt(update, &values),
    )
    .await?;
    if let Some(changed) = changed {
        return made(&changed).map(HubOutcome::Done);
    }
    let (Some(_), Some(row)) = (known, found) else {
        return Ok(HubOutcome::Missing);
    };
    let (of_file, owner): (Option<&str>, Option<&str>) = (row.try_get(4)?, row.try_get(5)?);
    Ok(match owner {
        None => HubOutcome::Superseded {
            now: row.try_get(3)?,
        },
        Some(owner) if owner == slug && of_file == Some(file_id) => {
            HubOutcome::AlreadySo(made(&row)?)
        }
        Some(owner) => HubOutcome::Refused {
            reason: format!("the workplan belongs to `{owner}`"),
        },
    })
}

/// Remembers that a repository was brought in step just now.
pub(super) async fn synced(at: &Client, slug: &Slug) -> Result<HubOutcome, Error> {
    let update = "UPDATE onward.repositories SET synced = now(), version = version + 1
                  WHERE slug = $1 RETURNING slug, version, 0";
    let row = at
        .query_typed_opt(update, &[(&slug.as_str(), Type::TEXT)])
        .await?;
    let row: Option<Made> = row.as_ref().map(made).transpose()?;
    Ok(row.map_or(HubOutcome::Missing, HubOutcome::Done))
}
