//! The whole server as one JSON value: exactly, or (`canonical`) by what it shows.

mod canonical;

use serde_json::{Map, Value};

use super::rows::{Board, Id, Row};
use super::shapes;
use super::state::State;
use super::table::Table;

pub(super) use self::canonical::{canonical, canonical_board};

/// All objects by table and id.
pub(super) fn everything(state: &State) -> Value {
    selected(state, &|_| true)
}

/// The objects of one board, and its project.
pub(super) fn board(state: &State, board: Id) -> Value {
    let project = state.boards.at(board).project;
    selected(state, &|owner| {
        owner == Owner::Board(board) || owner == Owner::Project(project)
    })
}

/// What an object belongs to at the top.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Owner {
    Nobody,
    Project(Id),
    Board(Id),
}

/// A dump in the making.
struct Dump<'a> {
    state: &'a State,
    wanted: &'a dyn Fn(Owner) -> bool,
    tables: Map<String, Value>,
}

fn selected(state: &State, wanted: &dyn Fn(Owner) -> bool) -> Value {
    let mut dump = Dump {
        state,
        wanted,
        tables: Map::new(),
    };
    dump.add_boards();
    dump.add_cards();
    Value::Object(dump.tables)
}

impl Dump<'_> {
    fn add<R: Row>(
        &mut self,
        name: &str,
        table: &Table<R>,
        owner: impl Fn(&R) -> Owner,
        shape: impl Fn(&State, &R) -> Value,
    ) {
        let rows = table.all().filter(|row| (self.wanted)(owner(row)));
        let shown = rows.map(|row| (row.id().to_string(), shape(self.state, row)));
        let shown = Value::Object(shown.collect());
        self.tables.insert(name.to_owned(), shown);
    }

    fn add_boards(&mut self) {
        let state = self.state;
        let admin = state.administrator();
        self.add(
            "users",
            &state.users,
            |_| Owner::Nobody,
            |state, row| shapes::user(state, admin, row),
        );
        let project = |row: &_| Owner::Project(Row::id(row));
        self.add("projects", &state.projects, project, shapes::project);
        self.add(
            "projectManagers",
            &state.managers,
            |row| Owner::Project(row.project),
            shapes::manager,
        );
        let itself = |row: &Board| Owner::Board(row.id());
        self.add("boards", &state.boards, itself, shapes::board);
        self.add(
            "boardMemberships",
            &state.memberships,
            |row| Owner::Board(row.board),
            shapes::membership,
        );
        self.add(
            "lists",
            &state.lists,
            |row| Owner::Board(row.board),
            shapes::list,
        );
        self.add(
            "labels",
            &state.labels,
            |row| Owner::Board(row.board),
            shapes::label,
        );
        self.add(
            "cards",
            &state.cards,
            |row| Owner::Board(row.board),
            shapes::card,
        );
    }

    fn add_cards(&mut self) {
        let state = self.state;
        let card = |id: Id| Owner::Board(state.cards.at(id).board);
        let group = |id: Id| {
            let row = state.field_groups.at(id);
            let board = row.board.map(Owner::Board);
            board.or(row.card.map(card)).unwrap_or(Owner::Nobody)
        };
        self.add(
            "cardLabels",
            &state.card_labels,
            |row| card(row.card),
            shapes::card_label,
        );
        self.add(
            "cardMemberships",
            &state.card_members,
            |row| card(row.card),
            shapes::card_member,
        );
        self.add(
            "taskLists",
            &state.task_lists,
            |row| card(row.card),
            shapes::task_list,
        );
        let of_task = |row: &_| card(state.card_of_task(row));
        self.add("tasks", &state.tasks, of_task, shapes::task);
        self.add(
            "comments",
            &state.comments,
            |row| card(row.card),
            shapes::comment,
        );
        self.add(
            "attachments",
            &state.attachments,
            |row| card(row.card),
            shapes::attachment,
        );
        self.add(
            "customFieldGroups",
            &state.field_groups,
            |row| group(row.id()),
            shapes::field_group,
        );
        self.add(
            "customFields",
            &state.fields,
            |row| group(row.group),
            shapes::field,
        );
        self.add(
            "customFieldValues",
            &state.field_values,
            |row| card(row.card),
            shapes::field_value,
        );
    }
}

/// Objects of the first dump that the second one lacks or shows otherwise.
pub(super) fn changed(before: &Value, after: &Value) -> Vec<String> {
    let tables = before.as_object().into_iter().flatten();
    let objects = tables.flat_map(|(table, objects)| {
        let objects = objects.as_object().into_iter().flatten();
        objects.map(move |(id, object)| (table, id, object))
    });
    objects
        .filter(|(table, id, object)| after[table.as_str()].get(id.as_str()) != Some(object))
        .map(|(table, id, _)| format!("{table}/{id}"))
        .collect()
}
