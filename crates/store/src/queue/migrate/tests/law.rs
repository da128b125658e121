//! What the files hold after a migration is what core plans.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;
use sync_core::migration::{LegacyRow, PlannedRow, Reading, ScopedRows, plan_migration};
use sync_core::queue::Cell;

/// An event, or what stands in its place: key and data, each `None` for NULL.
type Row = (Option<u8>, Option<u8>);

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let cell = || proptest::option::weighted(0.9, 0_u8..4);
    proptest::collection::vec((cell(), cell()), 0..12)
}

/// 3 stands for text that is not UTF-8.
fn text(value: u8) -> Vec<u8> {
    if value == 3 {
        vec![0xff]
    } else {
        vec![b'a' + value]
    }
}

fn put(path: &Utf8Path, rows: &[Row]) {
    let file = Connection::open(path).unwrap();
    let insert = "INSERT INTO queue (event_id, event_type, data, timestamp)
                  VALUES (CAST(?1 AS TEXT), 't', CAST(?2 AS TEXT), 1)";
    for (key, data) in rows {
        file.execute(insert, params![key.map(text), data.map(text)])
            .unwrap();
    }
}

fn read(row: Row) -> Reading {
    let (key, data) = (row.0.map(text), row.1.map(text));
    let cell = |value: &Option<Vec<u8>>| {
        let value = value.as_deref();
        // Safe to leak in a test: the rows are few.
        value.map_or(Cell::Null, |text| Cell::Text(Vec::leak(text.to_vec())))
    };
    let cells = [
        Some(cell(&key)),
        Some(Cell::Text(b"t")),
        Some(cell(&data)),
        Some(Cell::Integer(1)),
        Some(Cell::Integer(0)),
        Some(Cell::Null),
    ];
    Reading::of(Table::Events, &cells)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn the_files_end_as_planned(legacy in rows(), scoped in rows()) {
        let home = SpecKittyHome::new();
        let odd = || Schema::current().with(Oddity::WithoutNotNull).with(Oddity::WithoutUnique);
        let scoped: Vec<Row> = scoped
            .into_iter()
            .filter(|row| matches!(read(*row), Reading::Whole { .. }))
            .collect();
        put(home.legacy(odd()).path(), &legacy);
        put(home.scoped(SCOPE, odd()).path(), &scoped);

        let mut there = ScopedRows::default();
        for row in &scoped {
            if let Reading::Whole { key, digest } = read(*row) {
                there.insert(key, digest);
            }
        }
        let read_rows = (1..).zip(&legacy).map(|(id, row)| LegacyRow {
            id,
            table: Table::Events,
            reading: read(*row),
        });
        let plan = plan_migration(read_rows, &there);
        let preview = Migration::preview(&at(&home), &scope()).unwrap();

        let mut told: Vec<PlannedRow> = Vec::new();
        let report = watched(&home, &mut |step| {
            if let Step::Row(row) = step {
                told.push(row.clone());
            }
        });
        told.sort_by_key(|row| row.id);
        prop_assert_eq!(&told, &plan.rows);
        prop_assert_eq!(report.total(), plan.tally());
        prop_assert_eq!(preview.total(), plan.tally());

        let carried = plan.tally().carried;
        let path = home.scoped_path(SCOPE);
        let ids: Vec<String> = query(&path, "SELECT event_id FROM queue");
        prop_assert_eq!(ids.len() as u64, scoped.len() as u64 + carried);
        let mut kept = BTreeMap::new();
        if plan.tally().conflicts + plan.tally().set_aside > 0 {
            for table in ["migration_conflicts", "set_aside"] {
                let count: Vec<i64> = query(&path, &format!("SELECT count(*) FROM {table}"));
                kept.insert(table, count[0].unsigned_abs());
            }
            prop_assert_eq!(kept["set_aside"], plan.tally().set_aside);
        }
        prop_assert_eq!(run(&home), MigrationReport::default());
    }
}
