//! Changes besides the status: a title, an owner, a repository brought in step.

use rusqlite::{Transaction, params};
use sync_core::hub::{HubOutcome, Version, Writer};
use sync_core::ids::{FileId, HubId, Slug};

use super::create::repository_id;
use super::{made, number};
use crate::query::one;

/// Changes the title of a workplan that is as it was seen.
pub(super) fn title(
    at: &Transaction<'_>,
    id: &HubId,
    seen: Version,
    title: &str,
    by: &Writer,
) -> rusqlite::Result<HubOutcome> {
    let update = "UPDATE workplans SET title = ?3, version = version + 1,
                      changed_by = ?4, changed_at = unixepoch()
                  WHERE id = ?1 AND version = ?2 AND title <> ?3
                  RETURNING id, version, reopens";
    let values = params![id.as_str(), number(seen), title, by.0];
    if let Some(made) = one(at, update, values, made)? {
        return Ok(HubOutcome::Done(made));
    }
    let look = "SELECT id, version, reopens, title, status FROM workplans WHERE id = ?1";
    let found = one(at, look, [id.as_str()], |row| {
        Ok((made(row)?, row.get::<_, String>(3)?, row.get(4)?))
    })?;
    Ok(match found {
        None => HubOutcome::Missing,
        Some((row, found, _)) if found == title => HubOutcome::AlreadySo(row),
        Some((_, _, now)) => HubOutcome::Superseded { now },
    })
}

/// Gives a workplan that belongs to no repository, and is as it was seen, to one.
pub(super) fn adopt(
    at: &Transaction<'_>,
    id: &HubId,
    seen: Version,
    slug: &Slug,
    file_id: &FileId,
    by: &Writer,
) -> rusqlite::Result<HubOutcome> {
    let Some(repository) = repository_id(at, slug)? else {
        return Ok(HubOutcome::Missing);
    };
    let look = "SELECT w.id, w.version, w.reopens, r.slug, w.file_id, w.status
                FROM workplans w LEFT JOIN repositories r ON r.id = w.repository_id
                WHERE w.id = ?1";
    let found = one(at, look, [id.as_str()], |row| {
        let owner: Option<String> = row.get(3)?;
        let of_file: Option<String> = row.get(4)?;
        Ok((made(row)?, owner, of_file, row.get(5)?))
    })?;
    let (row, now) = match found {
        None => return Ok(HubOutcome::Missing),
        Some((row, None, _, now)) => (row, now),
        Some((row, Some(owner), of_file, _)) => {
            let same = owner == slug.as_str() && of_file.as_deref() == Some(file_id.as_str());
            return Ok(if same {
                HubOutcome::AlreadySo(row)
            } else {
                let reason = format!("the workplan belongs to `{owner}`");
                HubOutcome::Refused { reason }
            });
        }
    };
    if row.version != seen {
        return Ok(HubOutcome::Superseded { now });
    }
    let update = "UPDATE workplans SET repository_id = ?3, file_id = ?4, version = version + 1,
                      changed_by = ?5, changed_at = unixepoch()
                  WHERE id = ?1 AND version = ?2 AND repository_id IS NULL
                  RETURNING id, version, reopens";
    let values = params![
        id.as_str(),
        number(seen),
        repository.as_str(),
        file_id.as_str(),
        by.0
    ];
    let row = one(at, update, values, made)?;
    Ok(row.map_or(HubOutcome::Superseded { now }, HubOutcome::Done))
}

/// Remembers that a repository was brought in step just now.
pub(super) fn synced(at: &Transaction<'_>, slug: &Slug) -> rusqlite::Result<HubOutcome> {
    let update = "UPDATE repositories SET synced = unixepoch(), version = version + 1
                  WHERE slug = ?1 RETURNING slug, version, 0";
    let row = one(at, update, [slug.as_str()], made)?;
    Ok(row.map_or(HubOutcome::Missing, HubOutcome::Done))
}
