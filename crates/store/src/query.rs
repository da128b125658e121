//! Prepared statements, asked for rows.

use rusqlite::{Connection, OptionalExtension, Params, Row};

/// Hands each row a statement finds to `take`.
pub(crate) fn each(
    at: &Connection,
    query: &str,
    params: impl Params,
    mut take: impl FnMut(&Row<'_>) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    let mut statement = at.prepare_cached(query)?;
    let mut rows = statement.query(params)?;
    while let Some(row) = rows.next()? {
        take(row)?;
    }
    Ok(())
}

/// Returns every row a statement finds.
pub(crate) fn rows<T>(
    at: &Connection,
    query: &str,
    params: impl Params,
    make: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    let mut all = Vec::new();
    each(at, query, params, |row| {
        all.push(make(row)?);
        Ok(())
    })?;
    Ok(all)
}

/// Returns the one row a statement finds, if any.
pub(crate) fn one<T>(
    at: &Connection,
    query: &str,
    params: impl Params,
    make: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Option<T>> {
    at.prepare_cached(query)?.query_row(params, make).optional()
}

/// Executes one statement and returns how many rows it changed.
pub(crate) fn execute(
    at: &Connection,
    statement: &str,
    params: impl Params,
) -> rusqlite::Result<usize> {
    at.prepare_cached(statement)?.execute(params)
}
