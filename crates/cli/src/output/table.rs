//! Rows of text under headings, each column as wide as it needs to be.

use std::fmt;
use unicode_width::UnicodeWidthStr;

/// The blanks between two columns.
const GAP: usize = 2;

/// A table of so many columns; what it holds has to be harmless already.
#[derive(Debug)]
pub(crate) struct Table<const COLUMNS: usize> {
    rows: Vec<[String; COLUMNS]>,
}

impl<const COLUMNS: usize> Table<COLUMNS> {
    /// Starts a table with its headings, which are shown in capitals.
    pub(crate) fn new(headings: [&str; COLUMNS]) -> Self {
        Self {
            rows: vec![headings.map(str::to_uppercase)],
        }
    }

    /// Adds a row.
    pub(crate) fn add(&mut self, row: [String; COLUMNS]) {
        self.rows.push(row);
    }
}

impl<const COLUMNS: usize> fmt::Display for Table<COLUMNS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = |at: usize| {
            self.rows
                .iter()
                .map(|row| row[at].width())
                .max()
                .unwrap_or(0)
        };
        let widths: Vec<_> = (0..COLUMNS).map(width).collect();
        for row in &self.rows {
            let mut owed = 0;
            for (cell, width) in row.iter().zip(&widths) {
                write!(f, "{:owed$}{cell}", "")?;
                owed = width - cell.width() + GAP;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_a_terminal_shows_them() {
        let mut table = Table::new(["name", "n"]);
        table.add(["日本語".into(), "1".into()]);
        table.add(["a".into(), "22".into()]);
        assert_eq!(table.to_string(), "NAME    N\n日本語  1\na       22\n");
    }
}
