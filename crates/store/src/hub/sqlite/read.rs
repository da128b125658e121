//! What a hub's file holds: a handful of statements, however many rows there are.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Params, Row, Transaction, params_from_iter};
use sync_core::hub::{HubRows, Repository, RowState, TaskRow, Timestamp, WorkplanRow};
use sync_core::ids::{FileId, HubId, RepositoryId, Slug};
use sync_core::status::{Status, Word};

use super::version;
use crate::query::{each, one, rows};

/// How many ids one statement looks for: many times faster than one by one.
const AT_ONCE: usize = 500;

/// The columns [`workplan`] reads.
macro_rules! workplans {
    ($rest:literal) => {
        concat!(
            "SELECT w.id, r.slug, w.file_id, w.title, w.status,
                    w.version, w.reopens, w.changed_by, w.changed_at
             FROM workplans w LEFT JOIN repositories r ON r.id = w.repository_id ",
            $rest
        )
    };
}

/// The columns [`task`] reads.
macro_rules! tasks {
    ($rest:literal) => {
        concat!(
            "SELECT t.id, t.workplan_id, t.file_id, t.title, t.status,
                    t.version, t.reopens, t.changed_by, t.changed_at, t.priority FROM ",
            $rest
        )
    };
}

/// Reads every repository, ordered by slug.
pub(super) fn repositories(at: &Transaction<'_>) -> rusqlite::Result<Vec<Repository>> {
    let mut paths: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    let query = "SELECT repository_id, host, path FROM repository_paths";
    each(at, query, [], |row| {
        let of = paths.entry(row.get(0)?).or_default();
        of.insert(row.get(1)?, row.get(2)?);
        Ok(())
    })?;
    let query = "SELECT id, slug, remote, synced FROM repositories ORDER BY slug";
    rows(at, query, [], |row| {
        let id: String = row.get(0)?;
        Ok(Repository {
            slug: Slug::new(row.get::<_, String>(1)?),
            remote: row.get(2)?,
            paths: paths.get(&id).cloned().unwrap_or_default(),
            synced: row.get::<_, Option<i64>>(3)?.map(Timestamp),
            id: RepositoryId::new(id),
        })
    })
}

/// Reads the rows of one repository, and the open workplans that belong to none; `None` when there is
/// no repository of this slug.
pub(super) fn repository(at: &Transaction<'_>, slug: &Slug) -> rusqlite::Result<Option<HubRows>> {
    let known = "SELECT id FROM repositories WHERE slug = ?1";
    let id = one(at, known, [slug.as_str()], |row| row.get::<_, String>(0))?;
    let Some(id) = id else { return Ok(None) };
    let mut read = Reading::default();
    read.workplans(at, workplans!("WHERE w.repository_id = ?1"), [&id])?;
    read.tasks(
        at,
        tasks!("workplans w JOIN tasks t ON t.workplan_id = w.id WHERE w.repository_id = ?1"),
        [&id],
    )?;
    let mut unowned = Reading::default();
    unowned.workplans(at, workplans!("WHERE w.repository_id IS NULL"), [])?;
    unowned.0.workplans.retain(is_open);
    for workplan in &unowned.0.workplans {
        read.tasks(
            at,
            tasks!("tasks t WHERE t.workplan_id = ?1"),
            [workplan.id.as_str()],
        )?;
    }
    read.0.workplans.append(&mut unowned.0.workplans);
    Ok(Some(read.ordered()))
}

/// A workplan whose status is no known one may well be open.
fn is_open(workplan: &WorkplanRow) -> bool {
    !workplan.status.known().is_some_and(Status::is_closed)
}

/// Reads the rows with one of these ids, of whatever kind, and the workplans of the tasks among them.
pub(super) fn look_up(at: &Transaction<'_>, ids: &BTreeSet<String>) -> rusqlite::Result<HubRows> {
    let mut read = Reading::default();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    for ids in ids.chunks(AT_ONCE) {
        let list = places(ids.len());
        let either = |kind| format!("WHERE {kind}.id IN ({list}) OR {kind}.file_id IN ({list})");
        let query = [workplans!(""), &either("w")].concat();
        read.workplans(at, &query, params_from_iter(ids))?;
        let query = [tasks!("tasks t "), &either("t")].concat();
        read.tasks(at, &query, params_from_iter(ids))?;
    }
    let of_tasks: BTreeSet<_> = read.0.tasks.iter().map(|task| &task.workplan).collect();
    let of_tasks: Vec<_> = of_tasks.into_iter().cloned().collect();
    for ids in of_tasks.chunks(AT_ONCE) {
        let query = format!("{} WHERE w.id IN ({})", workplans!(""), places(ids.len()));
        read.workplans(at, &query, params_from_iter(ids.iter().map(HubId::as_str)))?;
    }
    Ok(read.ordered())
}

/// Returns the places of so many values in a list of a statement.
fn places(count: usize) -> String {
    let places: Vec<_> = (1..=count).map(|n| format!("?{n}")).collect();
    places.join(", ")
}

/// Rows as they are read: in any order, and maybe more than once.
#[derive(Default)]
struct Reading(HubRows);

impl Reading {
    fn workplans(
        &mut self,
        at: &Transaction<'_>,
        query: &str,
        params: impl Params,
    ) -> rusqlite::Result<()> {
        each(at, query, params, |row| {
            self.0.workplans.push(workplan(row)?);
            Ok(())
        })
    }

    fn tasks(
        &mut self,
        at: &Transaction<'_>,
        query: &str,
        params: impl Params,
    ) -> rusqlite::Result<()> {
        each(at, query, params, |row| {
            self.0.tasks.push(task(row)?);
            Ok(())
        })
    }

    fn ordered(mut self) -> HubRows {
        self.0.workplans.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        self.0.workplans.dedup_by(|a, b| a.id == b.id);
        self.0.tasks.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        self.0.tasks.dedup_by(|a, b| a.id == b.id);
        self.0
    }
}

fn workplan(row: &Row<'_>) -> rusqlite::Result<WorkplanRow> {
    Ok(WorkplanRow {
        id: HubId::new(row.get::<_, String>(0)?),
        repository: row.get::<_, Option<String>>(1)?.map(Slug::new),
        file_id: row.get::<_, Option<String>>(2)?.map(FileId::new),
        title: row.get(3)?,
        status: Word::read(row.get_ref(4)?.as_str()?),
        state: state(row)?,
    })
}

fn task(row: &Row<'_>) -> rusqlite::Result<TaskRow> {
    Ok(TaskRow {
        id: HubId::new(row.get::<_, String>(0)?),
        workplan: HubId::new(row.get::<_, String>(1)?),
        file_id: row.get::<_, Option<String>>(2)?.map(FileId::new),
        title: row.get(3)?,
        status: Word::read(row.get_ref(4)?.as_str()?),
        priority: row.get(9)?,
        state: state(row)?,
    })
}

fn state(row: &Row<'_>) -> rusqlite::Result<RowState> {
    Ok(RowState {
        version: version(row, 5)?,
        reopens: row.get(6)?,
        changed_by: row.get(7)?,
        changed_at: Timestamp(row.get(8)?),
    })
}
