//! New rows: made once, under whichever id they are asked for again.

use std::collections::BTreeMap;

use futures_util::future::try_join;
use sync_core::hub::{HubOutcome, HubWrite, Made, Writer};
use sync_core::status::Status;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Error, Row};

use super::value::made;

/// A value of a statement with its type.
type Value<'a> = (&'a (dyn ToSql + Sync), Type);

/// What new rows hold, column by column.
#[derive(Default)]
struct Columns<'a> {
    ids: Vec<&'a str>,
    /// The slugs of the repositories, or the ids of the workplans.
    owners: Vec<&'a str>,
    file_ids: Vec<&'a str>,
    titles: Vec<&'a str>,
    statuses: Vec<&'a str>,
    priorities: Vec<Option<&'a str>>,
}

impl<'a> Columns<'a> {
    fn of(run: &'a [HubWrite]) -> Self {
        let mut columns = Self::default();
        for write in run {
            let (id, owner, file_id, title, status, priority) = match write {
                HubWrite::CreateWorkplan {
                    id: Some(id),
                    repository,
                    file_id,
                    title,
                    status,
                } => (id, repository.as_str(), file_id, title, status.word(), None),
                HubWrite::CreateTask {
                    id: Some(id),
                    workplan,
                    file_id,
                    title,
                    status,
                    priority,
                } => (
                    id,
                    workplan.as_str(),
                    file_id,
                    title,
                    status.word(),
                    priority.as_deref(),
                ),
                _ => continue,
            };
            columns.ids.push(id.as_str());
            columns.owners.push(owner);
            columns.file_ids.push(file_id.as_str());
            columns.titles.push(title);
            columns.statuses.push(status);
            columns.priorities.push(priority);
        }
        columns
    }
}

/// Makes workplans. A row that is there keeps the insert from making it, also one that is just being
/// made elsewhere: that is waited for, and then the second statement sees it.
pub(super) async fn workplans(
    at: &Client,
    run: &[HubWrite],
    by: &Writer,
) -> Result<Vec<HubOutcome>, Error> {
    let new = Columns::of(run);
    let insert =
        "INSERT INTO onward.workplans (id, repository_id, file_id, title, status, changed_by)
         SELECT new.id, r.id, new.file_id, new.title, new.status, $6
         FROM unnest($1, $2, $3, $4, $5) AS new (id, slug, file_id, title, status)
         JOIN onward.repositories r ON r.slug = new.slug
         ORDER BY new.id
         ON CONFLICT DO NOTHING RETURNING id, version, reopens";
    let there = "SELECT w.id, w.version, w.reopens, new.n
         FROM unnest($1, $2, $3) WITH ORDINALITY AS new (id, slug, file_id, n)
         JOIN onward.repositories r ON r.slug = new.slug
         CROSS JOIN LATERAL (
             SELECT * FROM onward.workplans w
             WHERE w.id = new.id OR w.repository_id = r.id AND w.file_id = new.file_id
             ORDER BY w.id <> new.id LIMIT 1) AS w";
    let values: [Value<'_>; 6] = [
        (&new.ids, Type::TEXT_ARRAY),
        (&new.owners, Type::TEXT_ARRAY),
        (&new.file_ids, Type::TEXT_ARRAY),
        (&new.titles, Type::TEXT_ARRAY),
        (&new.statuses, Type::TEXT_ARRAY),
        (&by.0, Type::TEXT),
    ];
    let rows = try_join(
        at.query_typed(insert, &values),
        at.query_typed(there, &values[..3]),
    );
    outcomes(&new.ids, rows.await?)
}

/// Makes tasks, as [`workplans`] does.
pub(super) async fn tasks(
    at: &Client,
    run: &[HubWrite],
    by: &Writer,
) -> Result<Vec<HubOutcome>, Error> {
    let new = Columns::of(run);
    let insert = "INSERT INTO onward.tasks
             (id, workplan_id, file_id, title, status, priority, changed_by)
         SELECT new.id, w.id, new.file_id, new.title, new.status, new.priority, $7
         FROM unnest($1, $2, $3, $4, $5, $6)
             AS new (id, workplan, file_id, title, status, priority)
         JOIN onward.workplans w ON w.id = new.workplan
         ORDER BY new.id
         ON CONFLICT DO NOTHING RETURNING id, version, reopens";
    let there = "SELECT t.id, t.version, t.reopens, new.n
         FROM unnest($1, $2, $3) WITH ORDINALITY AS new (id, workplan, file_id, n)
         JOIN onward.workplans w ON w.id = new.workplan
         CROSS JOIN LATERAL (
             SELECT * FROM onward.tasks t
             WHERE t.id = new.id OR t.workplan_id = new.workplan AND t.file_id = new.file_id
             ORDER BY t.id <> new.id LIMIT 1) AS t";
    let values: [Value<'_>; 7] = [
        (&new.ids, Type::TEXT_ARRAY),
        (&new.owners, Type::TEXT_ARRAY),
        (&new.file_ids, Type::TEXT_ARRAY),
        (&new.titles, Type::TEXT_ARRAY),
        (&new.statuses, Type::TEXT_ARRAY),
        (&new.priorities, Type::TEXT_ARRAY),
        (&by.0, Type::TEXT),
    ];
    let rows = try_join(
        at.query_typed(insert, &values),
        at.query_typed(there, &values[..3]),
    );
    outcomes(&new.ids, rows.await?)
}

/// Puts together what was made and what is there, each row with the number of its write. Where there
/// is nothing, what it would belong to is missing.
fn outcomes(
    ids: &[&str],
    (made_now, there): (Vec<Row>, Vec<Row>),
) -> Result<Vec<HubOutcome>, Error> {
    let made_now = made_now.iter().map(made).map(|row| row.map(|row| row.id));
    let made_now = made_now.collect::<Result<std::collections::BTreeSet<_>, _>>()?;
    let mut found: BTreeMap<i64, Made> = BTreeMap::new();
    for row in &there {
        found.insert(row.try_get(3)?, made(row)?);
    }
    let outcome = |(n, id): (i64, &&str)| match found.remove(&n) {
        None => HubOutcome::Missing,
        Some(row) if row.id.as_str() == *id && made_now.contains(&row.id) => HubOutcome::Done(row),
        Some(row) => HubOutcome::AlreadySo(row),
    };
    Ok((1..).zip(ids).map(outcome).collect())
}
