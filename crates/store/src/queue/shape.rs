//! What a table of a queue file looks like, of whatever age the file is.

use rusqlite::{Connection, OptionalExtension};
use sync_core::queue::{Column, Role, Table};

/// A table as it is in one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) table: Table,
    /// What each known column is called here; `None` where the file lacks it.
    pub(super) known: Vec<Option<String>>,
    /// Columns nobody knows, the local id left out.
    pub(super) extra: Vec<String>,
    /// No two rows can have one key.
    pub(super) unique: bool,
}

impl Shape {
    /// Looks at a table; `None` where the file has none of that name.
    pub(super) fn of(file: &Connection, table: Table) -> rusqlite::Result<Option<Self>> {
        let exists =
            "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?1 COLLATE NOCASE";
        let exists = file
            .query_row(exists, [table.name()], |_| Ok(()))
            .optional()?;
        if exists.is_none() {
            return Ok(None);
        }
        let mut names = names(file, "SELECT name FROM pragma_table_info(?1)", table.name())?;
        names.retain(|name| !name.eq_ignore_ascii_case("id"));
        let known: Vec<Option<String>> = table
            .columns()
            .iter()
            .map(|column| here(column, &names).cloned())
            .collect();
        names.retain(|name| !known.iter().flatten().any(|known| known == name));
        let mut shape = Self {
            table,
            known,
            extra: names,
            unique: false,
        };
        shape.unique = shape.has_unique_key(file)?;
        Ok(Some(shape))
    }

    /// Returns the known columns with what they are called here.
    pub(super) fn columns(&self) -> impl Iterator<Item = (&'static Column, Option<&str>)> {
        let names = self.known.iter().map(Option::as_deref);
        self.table.columns().iter().zip(names)
    }

    /// Returns the names of the columns a row is read by, in order: the known, then the others.
    pub(super) fn read(&self) -> impl Iterator<Item = &str> {
        let known = self.known.iter().flatten();
        known.chain(&self.extra).map(String::as_str)
    }

    fn has_unique_key(&self, file: &Connection) -> rusqlite::Result<bool> {
        let key: Option<Vec<&str>> = self
            .columns()
            .filter(|(column, _)| column.role == Role::Key)
            .map(|(_, name)| name)
            .collect();
        let Some(mut key) = key else {
            return Ok(false);
        };
        key.sort_unstable();
        let indexes = r#"SELECT name FROM pragma_index_list(?1) WHERE "unique" AND NOT partial"#;
        for index in names(file, indexes, self.table.name())? {
            let columns = "SELECT coalesce(name, '') FROM pragma_index_info(?1)";
            let mut columns = names(file, columns, &index)?;
            columns.sort_unstable();
            if columns == key {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// The name of today is taken before an older one.
fn here<'a>(column: &Column, names: &'a [String]) -> Option<&'a String> {
    let today = |name: &&String| name.eq_ignore_ascii_case(column.name);
    let older = |name: &&String| column.is_named(name);
    names
        .iter()
        .find(today)
        .or_else(|| names.iter().find(older))
}

fn names(file: &Connection, query: &str, of: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = file.prepare_cached(query)?;
    statement.query_map([of], |row| row.get(0))?.collect()
}

/// Writes a name so that SQL takes it for one, whatever it holds.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Writes names as a list for SQL.
pub(super) fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(quoted).collect::<Vec<_>>().join(", ")
}
