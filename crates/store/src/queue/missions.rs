//! Whose uploads wait in a legacy file.

use std::collections::BTreeSet;

use camino::Utf8Path;
use sync_core::queue::Table;

use super::error::Error;
use super::file::Look;
use super::shape::{Shape, quoted};

/// Returns the missions with body uploads in a legacy file of whatever age; changes nothing.
///
/// # Errors
///
/// The file cannot be read.
pub fn legacy_missions(path: &Utf8Path) -> Result<BTreeSet<String>, Error> {
    let Some(look) = Look::open(path)? else {
        return Ok(BTreeSet::new());
    };
    look.read(path, |file| {
        let Some(shape) = Shape::of(file, Table::Bodies)? else {
            return Ok(BTreeSet::new());
        };
        let column = shape
            .columns()
            .find_map(|(column, here)| here.filter(|_| column.name == "mission_slug"));
        let Some(column) = column else {
            return Ok(BTreeSet::new());
        };
        let (column, table) = (quoted(column), Table::Bodies.name());
        // Cells that are no text name nobody.
        let query = format!(
            "SELECT DISTINCT {column} FROM {} WHERE typeof({column}) = 'text'",
            quoted(table)
        );
        let mut rows = file.prepare(&query)?;
        let slugs = rows.query_map([], |row| {
            let bytes = row.get_ref(0)?.as_bytes().unwrap_or_default().to_vec();
            Ok(String::from_utf8(bytes).ok())
        })?;
        slugs.filter_map(Result::transpose).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::super::home::Home;
    use super::*;
    use test_support::{Oddity, Schema, SpecKittyHome};

    #[test]
    fn missions_are_found_under_old_names_too() {
        for schema in [Schema::current(), Schema::current().with(Oddity::OldNames)] {
            let home = SpecKittyHome::new();
            home.legacy(schema).fill(0..3);
            let path = Home::at(home.root()).legacy_queue();
            assert!(!legacy_missions(&path).unwrap().is_empty());
        }
        let empty = SpecKittyHome::new();
        let path = Home::at(empty.root()).legacy_queue();
        assert!(legacy_missions(&path).unwrap().is_empty());
    }
}
