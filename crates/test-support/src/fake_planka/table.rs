//! Rows by id, and by the object they belong to.

use std::collections::{BTreeMap, BTreeSet};

use super::clock::Time;
use super::rows::{Id, Row};

#[derive(Clone, Debug)]
pub(super) struct Table<R> {
    rows: BTreeMap<Id, R>,
    by_parent: BTreeMap<Id, BTreeSet<Id>>,
}

impl<R> Default for Table<R> {
    fn default() -> Self {
        Self {
            rows: BTreeMap::new(),
            by_parent: BTreeMap::new(),
        }
    }
}

impl<R: Row> Table<R> {
    /// Keeps a new row and gives its id back.
    pub(super) fn insert(&mut self, row: R) -> Id {
        let id = row.id();
        self.by_parent.entry(row.parent()).or_default().insert(id);
        self.rows.insert(id, row);
        id
    }

    pub(super) fn get(&self, id: Id) -> Option<&R> {
        self.rows.get(&id)
    }

    /// A row that is known to exist.
    pub(super) fn at(&self, id: Id) -> &R {
        self.rows.get(&id).expect("an id of this table")
    }

    /// Changes a row, also its parent, and leaves its times alone.
    pub(super) fn alter(&mut self, id: Id, change: impl FnOnce(&mut R)) {
        let row = self.rows.get_mut(&id).expect("an id of this table");
        let old = row.parent();
        change(row);
        let new = row.parent();
        if old != new {
            self.forget_parent(old, id);
            self.by_parent.entry(new).or_default().insert(id);
        }
    }

    /// Changes a row as an update does.
    pub(super) fn update(&mut self, id: Id, now: Time, change: impl FnOnce(&mut R)) {
        self.alter(id, |row| {
            change(row);
            row.stamp_mut().updated = Some(now);
        });
    }

    pub(super) fn remove(&mut self, id: Id) -> Option<R> {
        let row = self.rows.remove(&id)?;
        self.forget_parent(row.parent(), id);
        Some(row)
    }

    /// All rows in the order of their ids.
    pub(super) fn all(&self) -> impl Iterator<Item = &R> {
        self.rows.values()
    }

    /// The rows of one parent in the order of their ids.
    pub(super) fn of(&self, parent: Id) -> impl Iterator<Item = &R> {
        let ids = self.by_parent.get(&parent).into_iter().flatten();
        ids.map(|id| &self.rows[id])
    }

    /// The ids of the rows of one parent, for changing them.
    pub(super) fn ids_of(&self, parent: Id) -> Vec<Id> {
        self.of(parent).map(Row::id).collect()
    }

    pub(super) fn remove_of(&mut self, parent: Id) {
        for id in self.by_parent.remove(&parent).into_iter().flatten() {
            self.rows.remove(&id);
        }
    }

    fn forget_parent(&mut self, parent: Id, id: Id) {
        if let Some(ids) = self.by_parent.get_mut(&parent) {
            ids.remove(&id);
            if ids.is_empty() {
                self.by_parent.remove(&parent);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake_planka::clock::Clock;
    use crate::fake_planka::rows::{CardLabel, Stamp};

    #[test]
    fn a_row_that_changes_its_parent_is_found_there_only() {
        let mut clock = Clock::new();
        let [row, label, old, new] = [(); 4].map(|()| clock.next_id());
        let mut table = Table::default();
        table.insert(CardLabel {
            stamp: Stamp {
                id: row,
                created: clock.now(),
                updated: None,
            },
            card: old,
            label,
        });
        table.alter(row, |attached| attached.card = new);
        assert_eq!((table.of(old).count(), table.ids_of(new)), (0, vec![row]));
        table.remove_of(old);
        assert!(table.get(row).is_some());
        table.remove_of(new);
        assert!(table.get(row).is_none());
    }
}
