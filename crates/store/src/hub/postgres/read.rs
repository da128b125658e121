//! What a hub in PostgreSQL holds: one round trip, however many rows there are.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::{try_join, try_join3};
use sync_core::hub::{HubRows, Repository, RowState, TaskRow, Timestamp, WorkplanRow};
use sync_core::ids::{FileId, HubId, RepositoryId, Slug};
use sync_core::status::{Status, Word, WorkplanStatus};
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Error, Row};

use super::value::{reopens, version};

/// The columns [`workplan`] reads.
macro_rules! workplans {
    ($rest:literal) => {
        concat!(
            "SELECT w.id, r.slug, w.file_id, w.title, w.status, w.version, w.reopens, w.changed_by,
                    floor(extract(epoch FROM w.changed_at))::BIGINT
             FROM onward.workplans w LEFT JOIN onward.repositories r ON r.id = w.repository_id ",
            $rest,
            " ORDER BY w.id"
        )
    };
}

/// The columns [`task`] reads.
macro_rules! tasks {
    ($rest:literal) => {
        concat!(
            "SELECT t.id, t.workplan_id, t.file_id, t.title, t.status, t.version, t.reopens,
                    t.changed_by, floor(extract(epoch FROM t.changed_at))::BIGINT, t.priority
             FROM onward.tasks t ",
            $rest,
            " ORDER BY t.id"
        )
    };
}

/// A value of a statement with its type, so that the server need not be asked for it.
type Value<'a> = (&'a (dyn ToSql + Sync), Type);

/// Reads every repository, ordered by slug.
pub(super) async fn repositories(at: &Client) -> Result<Vec<Repository>, Error> {
    let paths = "SELECT repository_id, host, path FROM onward.repository_paths";
    let repositories = "SELECT id, slug, remote, floor(extract(epoch FROM synced))::BIGINT
                        FROM onward.repositories ORDER BY slug";
    let both = try_join(
        at.query_typed(paths, &[]),
        at.query_typed(repositories, &[]),
    );
    let (paths, repositories) = both.await?;
    let mut paths_of: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for row in &paths {
        let of = paths_of.entry(row.try_get(0)?).or_default();
        of.insert(row.try_get(1)?, row.try_get(2)?);
    }
    let repository = |row: &Row| {
        let id: String = row.try_get(0)?;
        Ok(Repository {
            slug: Slug::new(row.try_get::<_, String>(1)?),
            remote: row.try_get(2)?,
            paths: paths_of.get(&id).cloned().unwrap_or_default(),
            synced: row.try_get::<_, Option<i64>>(3)?.map(Timestamp),
            id: RepositoryId::new(id),
        })
    };
    repositories.iter().map(repository).collect()
}

/// Reads the rows of one repository, and the open workplans that belong to none; `None` when there is
/// no repository of this slug. A workplan whose status is no known one may well be open.
pub(super) async fn repository(at: &Client, slug: &Slug) -> Result<Option<HubRows>, Error> {
    let closed = i16::from(WorkplanStatus::Finished.rank().number());
    let slug = slug.as_str();
    let values: [Value<'_>; 2] = [(&slug, Type::TEXT), (&closed, Type::INT2)];
    let known = "SELECT 1 FROM onward.repositories WHERE slug = $1";
    let workplans = workplans!(
        "WHERE w.repository_id = (SELECT id FROM onward.repositories WHERE slug = $1)
            OR w.repository_id IS NULL AND coalesce(w.rank, 0) < $2"
    );
    let tasks = tasks!(
        "JOIN onward.workplans w ON w.id = t.workplan_id
         WHERE w.repository_id = (SELECT id FROM onward.repositories WHERE slug = $1)
            OR w.repository_id IS NULL AND coalesce(w.rank, 0) < $2"
    );
    let (known, workplans, tasks) = try_join3(
        at.query_typed(known, &values[..1]),
        at.query_typed(workplans, &values),
        at.query_typed(tasks, &values),
    )
    .await?;
    if known.is_empty() {
        return Ok(None);
    }
    rows(&workplans, &tasks).map(Some)
}

/// Reads the rows with one of these ids, of whatever kind, and the workplans of the tasks among them.
pub(super) async fn look_up(at: &Client, ids: &BTreeSet<String>) -> Result<HubRows, Error> {
    // PostgreSQL's text cannot hold NUL, so no id has it.
    let ids: Vec<&str> = ids
        .iter()
        .map(String::as_str)
        .filter(|id| !id.contains('\0'))
        .collect();
    let values: [Value<'_>; 1] = [(&ids, Type::TEXT_ARRAY)];
    let workplans = workplans!(
        "WHERE w.id = ANY ($1) OR w.file_id = ANY ($1) OR w.id IN
            (SELECT workplan_id FROM onward.tasks WHERE id = ANY ($1) OR file_id = ANY ($1))"
    );
    let tasks = tasks!("WHERE t.id = ANY ($1) OR t.file_id = ANY ($1)");
    let (workplans, tasks) = try_join(
        at.query_typed(workplans, &values),
        at.query_typed(tasks, &values),
    )
    .await?;
    rows(&workplans, &tasks)
}

fn rows(workplans: &[Row], tasks: &[Row]) -> Result<HubRows, Error> {
    Ok(HubRows {
        workplans: workplans.iter().map(workplan).collect::<Result<_, _>>()?,
        tasks: tasks.iter().map(task).collect::<Result<_, _>>()?,
    })
}

fn workplan(row: &Row) -> Result<WorkplanRow, Error> {
    Ok(WorkplanRow {
        id: HubId::new(row.try_get::<_, &str>(0)?),
        repository: row.try_get::<_, Option<&str>>(1)?.map(Slug::new),
        file_id: row.try_get::<_, Option<&str>>(2)?.map(FileId::new),
        title: row.try_get(3)?,
        status: Word::read(row.try_get(4)?),
        state: state(row)?,
    })
}

fn task(row: &Row) -> Result<TaskRow, Error> {
    Ok(TaskRow {
        id: HubId::new(row.try_get::<_, &str>(0)?),
        workplan: HubId::new(row.try_get::<_, &str>(1)?),
        file_id: row.try_get::<_, Option<&str>>(2)?.map(FileId::new),
        title: row.try_get(3)?,
        status: Word::read(row.try_get(4)?),
        priority: row.try_get(9)?,
        state: state(row)?,
    })
}

fn state(row: &Row) -> Result<RowState, Error> {
    Ok(RowState {
        version: version(row, 5)?,
        reopens: reopens(row, 6)?,
        changed_by: row.try_get(7)?,
        changed_at: Timestamp(row.try_get(8)?),
    })
}
