//! What becomes of each row of a legacy queue when it moves into a scope.
//!
//! [`Reading::of`] turns a row's cells into key and payload, or names what is odd about it;
//! [`plan_migration`] gives each row its [`Fate`]. A plan may be made for all rows at once or chunk
//! by chunk: a chunk is planned against the scoped rows as they are once the chunks before it have
//! been carried, and the fates are the same.
//!
//! ```
//! use sync_core::migration::{Fate, LegacyRow, Reading, ScopedRows, plan_migration};
//! use sync_core::queue::{Cell, RowKey, Table};
//!
//! let read = |event_id: &'static str, data: &'static str| {
//!     Reading::of(Table::Events, &[
//!         Some(Cell::Text(event_id.as_bytes())),
//!         Some(Cell::Text(b"WPStatusChanged")),
//!         Some(Cell::Text(data.as_bytes())),
//!         Some(Cell::Integer(1_779_000_000)),
//!         Some(Cell::Integer(0)),
//!         None, // a file from before the column was added
//!     ])
//! };
//! let mut scoped = ScopedRows::default();
//! if let Reading::Whole { key, digest } = read("A2", "{\"from\": \"scoped\"}") {
//!     scoped.insert(key, digest);
//! }
//! let legacy = [read("A1", "{}"), read("A2", "{\"from\": \"legacy\"}")];
//! let rows = (1..).zip(legacy).map(|(id, reading)| LegacyRow { id, table: Table::Events, reading });
//!
//! let plan = plan_migration(rows, &scoped);
//! assert_eq!(plan.rows[0].fate, Fate::Carry(RowKey::event("A1")));
//! assert!(matches!(&plan.rows[1].fate, Fate::Conflict { with, .. } if *with == RowKey::event("A2")));
//! ```
//!
//! The laws: every row is carried, or is a duplicate of a named row, or is kept aside with a reason;
//! payloads are unchanged; migrating again does nothing. They hold wherever a run is cut short.

use crate::queue::{RowDigest, RowKey, Table};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

mod reading;

pub use reading::{Oddity, Reading};

/// A row of the legacy file as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegacyRow {
    /// Its id in the legacy table, which is local to it and never used twice.
    pub id: i64,
    /// The table it lies in.
    pub table: Table,
    /// What it says.
    pub reading: Reading,
}

/// The scoped rows that have the keys of the legacy ones at hand, by payload.
///
/// A table without a UNIQUE constraint may hold several rows of one key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScopedRows(BTreeMap<RowKey, BTreeSet<RowDigest>>);

impl ScopedRows {
    /// Adds a row.
    pub fn insert(&mut self, key: RowKey, digest: RowDigest) {
        self.0.entry(key).or_default().insert(digest);
    }
}

/// What becomes of a legacy row. Only a row with its fate fulfilled may be deleted, and only if it
/// still says what it said when it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is inserted into the scoped table as it is, but for the local id.
    Carry(RowKey),
    /// The scoped table holds a row of this key with the same payload; nothing is inserted. That row
    /// may have been carried just before, from a legacy table in which keys are not unique.
    Duplicate {
        /// The row that stays.
        of: RowKey,
    },
    /// The scoped table holds a row of this key with another payload, which stays. This row is kept
    /// among the conflicts, once for each key and payload.
    Conflict {
        /// The row that stays.
        with: RowKey,
        /// This row's payload.
        digest: RowDigest,
    },
    /// No scoped table could hold it. It is kept aside, once for each table, legacy id and content.
    SetAside {
        /// Why.
        oddity: Oddity,
        /// All its cells.
        digest: RowDigest,
    },
}

/// A legacy row with its fate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedRow {
    /// Its id in the legacy table.
    pub id: i64,
    /// The table it lies in.
    pub table: Table,
    /// What becomes of it.
    pub fate: Fate,
}

/// Every row handed in, with its fate, in the order in which they were handed in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MigrationPlan {
    /// The rows.
    pub rows: Vec<PlannedRow>,
}

/// How many rows have which fate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Carried.
    pub carried: u64,
    /// Duplicates.
    pub duplicates: u64,
    /// Conflicts.
    pub conflicts: u64,
    /// Set aside.
    pub set_aside: u64,
}

impl MigrationPlan {
    /// Counts the fates.
    pub fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        for row in &self.rows {
            tally.count(&row.fate);
        }
        tally
    }
}

impl Tally {
    /// Counts one fate.
    pub fn count(&mut self, fate: &Fate) {
        *match fate {
            Fate::Carry(_) => &mut self.carried,
            Fate::Duplicate { .. } => &mut self.duplicates,
            Fate::Conflict { .. } => &mut self.conflicts,
            Fate::SetAside { .. } => &mut self.set_aside,
        } += 1;
    }

    /// Returns how many rows there are in all.
    pub fn total(&self) -> u64 {
        self.carried + self.duplicates + self.conflicts + self.set_aside
    }
}

/// Plans legacy rows in the given order, which is that of their ids: of several with one key the
/// first is carried, as an insert-or-ignore does.
pub fn plan_migration(
    legacy: impl IntoIterator<Item = LegacyRow>,
    scoped: &ScopedRows,
) -> MigrationPlan {
    let mut carried: BTreeMap<RowKey, RowDigest> = BTreeMap::new();
    let mut fate = |reading: Reading| match reading {
        Reading::Odd { oddity, digest } => Fate::SetAside { oddity, digest },
        Reading::Whole { key, digest } => {
            let there = scoped.0.get(&key);
            let same = there.is_some_and(|digests| digests.contains(&digest))
                || carried.get(&key) == Some(&digest);
            if same {
                Fate::Duplicate { of: key }
            } else if there.is_some() || carried.contains_key(&key) {
                Fate::Conflict { with: key, digest }
            } else {
                carried.insert(key.clone(), digest);
                Fate::Carry(key)
            }
        }
    };
    let rows = legacy.into_iter().map(|row| PlannedRow {
        id: row.id,
        table: row.table,
        fate: fate(row.reading),
    });
    MigrationPlan {
        rows: rows.collect(),
    }
}

#[cfg(test)]
mod tests;
