//! What the server remembers, and how its lists are cut.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Age, FakeHub};

/// How much of a list one answer holds, and whether more can be asked for with `limit`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paging {
    /// So many unless `limit` says otherwise.
    Default(usize),
    /// So many unless `limit` says fewer; a greater one is answered 422.
    Most(usize),
    /// So many unless `limit` says fewer; the rest can be had with `offset`.
    Pages(usize),
}

pub(super) struct State {
    pub(super) age: Age,
    pub(super) token: Option<String>,
    pub(super) ignores_filters: bool,
    pub(super) requires_workplan: bool,
    pub(super) hides_times: bool,
    pub(super) paging: Option<Paging>,
    pub(super) away: Option<(u16, String)>,
    tables: BTreeMap<String, Vec<Value>>,
    /// Counts what happened; ids and times are made of it.
    events: u32,
}

impl State {
    pub(super) fn new(age: Age) -> Self {
        let mut state = Self {
            age,
            token: None,
            ignores_filters: false,
            requires_workplan: false,
            hides_times: false,
            paging: None,
            away: None,
            tables: BTreeMap::new(),
            events: 0,
        };
        let domain = json!({ "slug": FakeHub::DOMAIN, "name": "Work" });
        state.insert("domains", domain);
        state
    }

    pub(super) fn table(&self, table: &str) -> &[Value] {
        self.tables
            .get(table)
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    pub(super) fn find(&self, table: &str, id: &str) -> Option<&Value> {
        self.table(table).iter().find(|row| row["id"] == id)
    }

    /// The row whose column says this.
    pub(super) fn find_by(&self, table: &str, column: &str, value: &str) -> Option<&Value> {
        self.table(table).iter().find(|row| row[column] == value)
    }

    /// Adds a row, with id and times of its own where it brings none, and returns its id.
    pub(super) fn insert(&mut self, table: &str, row: Value) -> String {
        let now = self.tick();
        let mut full = super::rows::defaults(table, self.age);
        full.insert("id".into(), self.fresh_id().into());
        full.insert("created_at".into(), now.clone().into());
        full.insert("updated_at".into(), now.into());
        full.extend(columns(row));
        let id = full["id"].as_str().unwrap_or_default().to_owned();
        let rows = self.tables.entry(table.to_owned()).or_default();
        rows.push(Value::Object(full));
        id
    }

    /// Changes columns of a row that is there, and returns it.
    pub(super) fn update(&mut self, table: &str, id: &str, changes: Value) -> Value {
        let now = self.tick();
        let rows = self.tables.get_mut(table).map(Vec::as_mut_slice);
        let mut rows = rows.unwrap_or_default().iter_mut();
        let row = rows.find(|row| row["id"] == id).expect("the row is there");
        row["updated_at"] = now.into();
        for (column, value) in columns(changes) {
            row[column] = value;
        }
        row.clone()
    }

    /// The next moment; no two events share one.
    fn tick(&mut self) -> String {
        self.events += 1;
        let (second, micro) = (self.events / 1000, self.events % 1000);
        let (minute, second) = (second / 60, second % 60);
        format!("2026-06-10T08:{minute:02}:{second:02}.000{micro:03}")
    }

    /// An id that says nothing about the order in which rows were made.
    fn fresh_id(&self) -> String {
        let mixed = self.events.wrapping_mul(0x9e37_79b1);
        format!("{mixed:08x}-0000-4000-8000-{:012x}", self.events)
    }
}

fn columns(row: Value) -> Map<String, Value> {
    match row {
        Value::Object(columns) => columns,
        other => panic!("a row is an object: {other}"),
    }
}
