//! The laws of the queue, over files kept in memory: two of them, with commits that cannot be made
//! in both at once, and a run that may be cut short between any two.

use crate::migration::{Fate, LegacyRow, Reading, ScopedRows, plan_migration};
use crate::queue::{Cell, Role, RowDigest, RowKey, Table};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// The cells of a row.
type Cells = Vec<Option<Cell<'static>>>;

/// Two files, and what lies beside the scoped tables.
#[derive(Clone, Debug, Default, PartialEq)]
struct Files {
    legacy: BTreeMap<(Table, i64), Cells>,
    scoped: Vec<(Table, Cells)>,
    conflicts: BTreeMap<(RowKey, RowDigest), Cells>,
    aside: BTreeMap<(Table, i64, RowDigest), Cells>,
}

/// A row as a migration has read it.
struct Seen {
    at: (Table, i64),
    cells: Cells,
    fate: Fate,
}

impl Files {
    fn scoped_rows(&self) -> ScopedRows {
        let mut rows = ScopedRows::default();
        for (table, cells) in &self.scoped {
            if let Reading::Whole { key, digest } = Reading::of(*table, cells) {
                rows.insert(key, digest);
            }
        }
        rows
    }

    /// Reads and plans a chunk.
    fn plan(&self, chunk: &[(Table, i64)]) -> Vec<Seen> {
        let rows = chunk
            .iter()
            .filter_map(|at| Some((*at, self.legacy.get(at)?)));
        let rows: Vec<_> = rows.collect();
        let legacy = rows.iter().map(|((table, id), cells)| LegacyRow {
            id: *id,
            table: *table,
            reading: Reading::of(*table, cells),
        });
        let plan = plan_migration(legacy, &self.scoped_rows());
        let fates = plan.rows.into_iter().map(|row| row.fate);
        let seen = rows.into_iter().zip(fates);
        seen.map(|((at, cells), fate)| Seen {
            at,
            cells: cells.clone(),
            fate,
        })
        .collect()
    }

    /// The commit of the scoped file.
    fn insert(&mut self, seen: &[Seen]) {
        for Seen { at, cells, fate } in seen {
            match fate.clone() {
                Fate::Carry(_) => self.scoped.push((at.0, cells.clone())),
                Fate::Duplicate { .. } => {}
                Fate::Conflict { with, digest } => {
                    self.conflicts
                        .entry((with, digest))
                        .or_insert_with(|| cells.clone());
                }
                Fate::SetAside { digest, .. } => {
                    let place = (at.0, at.1, digest);
                    self.aside.entry(place).or_insert_with(|| cells.clone());
                }
            }
        }
    }

    /// The commit of the legacy file: what still says what it said when it was read.
    fn delete(&mut self, seen: &[Seen]) {
        for Seen { at, cells, .. } in seen {
            if self.legacy.get(at) == Some(cells) {
                self.legacy.remove(at);
            }
        }
    }

    /// Migrates in chunks, all inserts before all deletes, until it has made that many commits.
    /// Before each delete, a writer may put something else into a row that was read.
    fn migrate(&mut self, size: usize, mut commits: usize, writes: &[(Index, Cells)]) {
        let keys: Vec<_> = self.legacy.keys().copied().collect();
        let mut read = Vec::new();
        for chunk in keys.chunks(size) {
            if commits == 0 {
                return;
            }
            commits -= 1;
            let seen = self.plan(chunk);
            self.insert(&seen);
            read.extend(seen);
        }
        for (row, cells) in writes.iter().filter(|_| !keys.is_empty()) {
            let at = keys[row.index(keys.len())];
            if at.0.columns().len() == cells.len() {
                self.legacy.insert(at, cells.clone());
            }
        }
        if commits > 0 {
            self.delete(&read);
        }
    }

    /// Says whether what these cells say is kept: under its key, among the conflicts, or aside.
    fn keeps(&self, table: Table, id: i64, cells: &Cells) -> bool {
        match Reading::of(table, cells) {
            Reading::Odd { digest, .. } => self.aside.get(&(table, id, digest)) == Some(cells),
            Reading::Whole { key, digest } => {
                let same = |other: &Cells| payload(table, other) == payload(table, cells);
                let scoped = self.scoped_of(&key);
                let conflict = self.conflicts.get(&(key, digest));
                scoped.iter().any(|other| same(other))
                    || (!scoped.is_empty() && conflict.is_some_and(same))
            }
        }
    }

    fn scoped_of(&self, key: &RowKey) -> Vec<&Cells> {
        let has_key = |table: Table, cells: &Cells| match Reading::of(table, cells) {
            Reading::Whole { key: own, .. } => own == *key,
            Reading::Odd { .. } => false,
        };
        let rows = self
            .scoped
            .iter()
            .filter(|(table, cells)| has_key(*table, cells));
        rows.map(|(_, cells)| cells).collect()
    }
}

/// The payload itself, so that the laws do not rest on digests.
fn payload(table: Table, cells: &Cells) -> Vec<Cell<'static>> {
    let columns = table.columns().iter().zip(cells);
    let payload = columns.filter(|(column, _)| column.role == Role::Payload);
    payload
        .filter_map(|(column, cell)| cell.or(column.default))
        .collect()
}

/// Values from small sets, so that rows meet; one in some is odd.
fn cell(role: Role) -> BoxedStrategy<Option<Cell<'static>>> {
    let odd = select(&[Some(Cell::Null), Some(Cell::Text(b"\xff")), None][..]);
    let texts: &'static [&'static [u8]] = match role {
        Role::Key => &[b"a", b"b"],
        Role::Payload => &[b"x", b"y"],
        Role::Delivery => &[b"0", b"1", b"2"],
    };
    let text = select(texts).prop_map(|text| Some(Cell::Text(text)));
    prop_oneof![30 => text, 1 => odd].boxed()
}

fn cells(table: Table) -> impl Strategy<Value = Cells> {
    // Most columns of a key are alike, or no two rows would ever meet.
    let fixed = |n: usize| n > 0 && table != Table::Events;
    let columns = table.columns().iter().enumerate().map(|(n, column)| {
        if column.role == Role::Key && fixed(n) {
            Just(Some(Cell::Text(b"k"))).boxed()
        } else {
            cell(column.role)
        }
    });
    columns.collect::<Vec<_>>()
}

fn row() -> impl Strategy<Value = (Table, Cells)> {
    select(&Table::ALL[..]).prop_flat_map(|table| (Just(table), cells(table)))
}

/// A home: the legacy tables without UNIQUE, the scoped ones with it or without.
fn files() -> impl Strategy<Value = Files> {
    (vec(row(), 0..14), vec(row(), 0..8), any::<bool>()).prop_map(|(legacy, scoped, unique)| {
        let mut files = Files::default();
        for (table, cells) in scoped {
            if let Reading::Whole { key, .. } = Reading::of(table, &cells)
                && (!unique || files.scoped_of(&key).is_empty())
            {
                files.scoped.push((table, cells));
            }
        }
        let rows = (1..)
            .zip(legacy)
            .map(|(id, (table, cells))| ((table, id), cells));
        files.legacy = rows.collect();
        files
    })
}

const ALL: usize = usize::MAX;

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// (11) Every row is carried, or is a duplicate of a named row, or is kept aside with a reason;
    /// and nothing else is in the scope than what was there or came from the legacy file.
    #[test]
    fn law_11_every_row_has_a_place(before in files(), size in 1usize..6) {
        let mut after = before.clone();
        after.migrate(size, ALL, &[]);
        prop_assert!(after.legacy.is_empty());
        for ((table, id), cells) in &before.legacy {
            prop_assert!(after.keeps(*table, *id, cells), "{id} {cells:?}");
        }
        let added = &after.scoped[before.scoped.len()..];
        for (table, cells) in added {
            let from = |((own, _), row): (&(Table, i64), &Cells)| own == table && row == cells;
            prop_assert!(before.legacy.iter().any(from));
            if let Reading::Whole { key, .. } = Reading::of(*table, cells) {
                prop_assert_eq!(after.scoped_of(&key).len(), 1, "{} twice", key);
            }
        }
        let kept = added.len() + after.conflicts.len() + after.aside.len();
        prop_assert!(kept <= before.legacy.len());
    }

    /// (11), by what a plan says: it has every row once, in order, and names rows that are there.
    #[test]
    fn law_11_a_plan_names_every_row(before in files()) {
        let all: Vec<_> = before.legacy.keys().copied().collect();
        let plan = before.plan(&all);
        prop_assert_eq!(plan.iter().map(|seen| seen.at).collect::<Vec<_>>(), all);
        let mut there = before.clone();
        for seen in &plan {
            match &seen.fate {
                Fate::Carry(key) => {
                    prop_assert!(there.scoped_of(key).is_empty());
                    there.scoped.push((seen.at.0, seen.cells.clone()));
                }
                Fate::Duplicate { of: key } => {
                    let own = payload(seen.at.0, &seen.cells);
                    let same = |cells: &&Cells| payload(seen.at.0, cells) == own;
                    prop_assert!(there.scoped_of(key).iter().any(same));
                }
                Fate::Conflict { with: key, .. } => {
                    let own = payload(seen.at.0, &seen.cells);
                    let differs = |cells: &&Cells| payload(seen.at.0, cells) != own;
                    let rows = there.scoped_of(key);
                    prop_assert!(!rows.is_empty() && rows.iter().all(differs));
                }
                Fate::SetAside { oddity, .. } => prop_assert!(!oddity.sentence().is_empty()),
            }
        }
    }

    /// (12) Payloads are unchanged: what was in the scope stays byte for byte, and so does all that
    /// is carried or kept aside, however large the chunks are.
    #[test]
    fn law_12_payloads_are_unchanged(before in files(), size in 1usize..6) {
        let mut after = before.clone();
        after.migrate(size, ALL, &[]);
        prop_assert_eq!(&after.scoped[..before.scoped.len()], &before.scoped[..]);
        let was_there = |cells: &Cells| before.legacy.values().any(|other| other == cells);
        let added = after.scoped[before.scoped.len()..].iter().map(|(_, cells)| cells);
        let kept = added.chain(after.conflicts.values()).chain(after.aside.values());
        for cells in kept {
            prop_assert!(was_there(cells), "{cells:?}");
        }
        let mut at_once = before.clone();
        at_once.migrate(ALL, ALL, &[]);
        prop_assert_eq!(after, at_once);
    }

    /// (13) Migrating again does nothing, and a run that was cut short anywhere, any number of times,
    /// ends as one that was not.
    #[test]
    fn law_13_migrating_again_does_nothing(
        before in files(),
        cuts in vec((1usize..6, 0usize..8), 0..4),
    ) {
        let mut whole = before.clone();
        whole.migrate(3, ALL, &[]);
        let mut cut = before;
        for (size, commits) in cuts {
            cut.migrate(size, commits, &[]);
        }
        cut.migrate(2, ALL, &[]);
        prop_assert_eq!(&cut, &whole);
        cut.migrate(1, ALL, &[]);
        prop_assert_eq!(&cut, &whole);
    }

    /// A row that is queued anew while it moves is kept in both its forms.
    #[test]
    fn a_row_that_is_written_meanwhile_is_kept(
        before in files(),
        writes in vec((any::<Index>(), row().prop_map(|(_, cells)| cells)), 1..4),
        size in 1usize..6,
    ) {
        let mut after = before.clone();
        after.migrate(size, ALL, &writes);
        let left = after.legacy.clone();
        after.migrate(size, ALL, &[]);
        for ((table, id), cells) in before.legacy.iter().chain(&left) {
            prop_assert!(after.keeps(*table, *id, cells), "{id} {cells:?}");
        }
        prop_assert!(after.legacy.is_empty());
    }
}
