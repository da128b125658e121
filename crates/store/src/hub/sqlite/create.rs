//! New rows: made once, under whichever id they are asked for again.

use rusqlite::{Transaction, params};
use sync_core::hub::{HubOutcome, Writer, derive_task_id, derive_workplan_id};
use sync_core::ids::{FileId, HubId, RepositoryId, Slug};
use sync_core::status::{Status, TaskStatus, WorkplanStatus};

use super::made;
use crate::query::one;

/// What a new workplan holds.
pub(super) struct NewWorkplan<'a> {
    pub(super) file_id: &'a FileId,
    pub(super) title: &'a str,
    pub(super) status: WorkplanStatus,
}

/// What a new task holds.
pub(super) struct NewTask<'a> {
    pub(super) file_id: &'a FileId,
    pub(super) title: &'a str,
    pub(super) status: TaskStatus,
    pub(super) priority: Option<&'a str>,
}

pub(super) fn workplan(
    at: &Transaction<'_>,
    id: Option<&HubId>,
    slug: &Slug,
    new: &NewWorkplan<'_>,
    by: &Writer,
) -> rusqlite::Result<HubOutcome> {
    let Some(repository) = repository_id(at, slug)? else {
        return Ok(HubOutcome::Missing);
    };
    let derive = || derive_workplan_id(&repository, new.file_id);
    let id = id.cloned().unwrap_or_else(derive);
    let there = "SELECT id, version, reopens FROM workplans
                 WHERE id = ?1 OR repository_id = ?2 AND file_id = ?3
                 ORDER BY id <> ?1";
    let key = params![id.as_str(), repository.as_str(), new.file_id.as_str()];
    if let Some(row) = one(at, there, key, made)? {
        return Ok(HubOutcome::AlreadySo(row));
    }
    let insert = "INSERT INTO workplans (id, repository_id, file_id, title, status, changed_by)
                  VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING id, version, reopens";
    let values = params![
        id.as_str(),
        repository.as_str(),
        new.file_id.as_str(),
        new.title,
        new.status.word(),
        by.0
    ];
    let row = one(at, insert, values, made)?;
    Ok(row.map_or(HubOutcome::Missing, HubOutcome::Done))
}

pub(super) fn task(
    at: &Transaction<'_>,
    id: Option<&HubId>,
    workplan: &HubId,
    new: &NewTask<'_>,
    by: &Writer,
) -> rusqlite::Result<HubOutcome> {
    let parent = "SELECT repository_id, file_id FROM workplans WHERE id = ?1";
    let parent = one(at, parent, [workplan.as_str()], |row| {
        Ok((
            row.get::<_, Option<String>>(0)?,
            row.get::<_, Option<String>>(1)?,
        ))
    })?;
    let id = match (id, parent) {
        (_, None) => return Ok(HubOutcome::Missing),
        (Some(id), Some(_)) => id.clone(),
        (None, Some((Some(repository), Some(file_id)))) => {
            let repository = RepositoryId::new(repository);
            derive_task_id(&repository, &FileId::new(file_id), new.file_id)
        }
        (None, Some(_)) => {
            let reason = format!("workplan {workplan} has no repository to derive an id from");
            return Ok(HubOutcome::Refused { reason });
        }
    };
    let there = "SELECT id, version, reopens FROM tasks
                 WHERE id = ?1 OR workplan_id = ?2 AND file_id = ?3
                 ORDER BY id <> ?1";
    let key = params![id.as_str(), workplan.as_str(), new.file_id.as_str()];
    if let Some(row) = one(at, there, key, made)? {
        return Ok(HubOutcome::AlreadySo(row));
    }
    let insert = "INSERT INTO tasks (id, workplan_id, file_id, title, status, priority, changed_by)
                  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) RETURNING id, version, reopens";
    let values = params![
        id.as_str(),
        workplan.as_str(),
        new.file_id.as_str(),
        new.title,
        new.status.word(),
        new.priority,
        by.0
    ];
    let row = one(at, insert, values, made)?;
    Ok(row.map_or(HubOutcome::Missing, HubOutcome::Done))
}

/// Returns the id behind a slug.
pub(super) fn repository_id(
    at: &Transaction<'_>,
    slug: &Slug,
) -> rusqlite::Result<Option<RepositoryId>> {
    let query = "SELECT id FROM repositories WHERE slug = ?1";
    one(at, query, [slug.as_str()], |row| {
        row.get::<_, String>(0).map(RepositoryId::new)
    })
}
