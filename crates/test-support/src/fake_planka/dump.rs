//! The whole server as one JSON value: exactly, and without what differs from run to run.

use serde_json::{Map, Value, json};

use super::Version;
use super::positions::in_order;
use super::rows::{Board, Card, Id, List, Role, Row, Task};
use super::shapes;
use super::state::State;

/// All objects by table and id.
pub(super) fn everything(state: &State) -> Value {
    selected(state, |_| true)
}

/// The objects of one board, and its project.
pub(super) fn board(state: &State, board: Id) -> Value {
    let project = state.boards.at(board).project;
    selected(state, |owner| {
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

fn selected(state: &State, wanted: impl Fn(Owner) -> bool) -> Value {
    let admin = state.administrator();
    let card = |id: Id| Owner::Board(state.cards.at(id).board);
    let group = |id: Id| match state.field_groups.at(id) {
        row if row.board.is_some() => row.board.map_or(Owner::Nobody, Owner::Board),
        row => row.card.map_or(Owner::Nobody, card),
    };
    let mut dump = Map::new();
    macro_rules! table {
        ($name:literal, $table:ident, $owner:expr, $shape:expr) => {
            let rows = state.$table.all();
            let rows = rows.filter(|row| wanted($owner(*row)));
            let rows = rows.map(|row| (row.id().to_string(), $shape(state, row)));
            dump.insert($name.to_owned(), Value::Object(rows.collect()));
        };
    }
    table!("users", users, |_| Owner::Nobody, |state, row| {
        shapes::user(state, admin, row)
    });
    table!(
        "projects",
        projects,
        |row: &super::rows::Project| Owner::Project(row.id()),
        shapes::project
    );
    table!(
        "projectManagers",
        managers,
        |row: &super::rows::Manager| Owner::Project(row.project),
        shapes::manager
    );
    table!(
        "boards",
        boards,
        |row: &Board| Owner::Board(row.id()),
        shapes::board
    );
    table!(
        "boardMemberships",
        memberships,
        |row: &super::rows::Membership| Owner::Board(row.board),
        shapes::membership
    );
    table!(
        "lists",
        lists,
        |row: &List| Owner::Board(row.board),
        shapes::list
    );
    table!(
        "labels",
        labels,
        |row: &super::rows::Label| Owner::Board(row.board),
        shapes::label
    );
    table!(
        "cards",
        cards,
        |row: &Card| Owner::Board(row.board),
        shapes::card
    );
    table!(
        "cardLabels",
        card_labels,
        |row: &super::rows::CardLabel| card(row.card),
        shapes::card_label
    );
    table!(
        "cardMemberships",
        card_members,
        |row: &super::rows::CardMember| card(row.card),
        shapes::card_member
    );
    table!(
        "taskLists",
        task_lists,
        |row: &super::rows::TaskList| card(row.card),
        shapes::task_list
    );
    table!(
        "tasks",
        tasks,
        |row: &Task| card(state.card_of_task(row)),
        shapes::task
    );
    table!(
        "comments",
        comments,
        |row: &super::rows::Comment| card(row.card),
        shapes::comment
    );
    table!(
        "attachments",
        attachments,
        |row: &super::rows::Attachment| card(row.card),
        shapes::attachment
    );
    table!(
        "customFieldGroups",
        field_groups,
        |row: &super::rows::FieldGroup| group(row.id()),
        shapes::field_group
    );
    table!(
        "customFields",
        fields,
        |row: &super::rows::Field| group(row.group),
        shapes::field
    );
    table!(
        "customFieldValues",
        field_values,
        |row: &super::rows::FieldValue| card(row.card),
        shapes::field_value
    );
    Value::Object(dump)
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

type Rewrite<'a> = &'a dyn Fn(&str) -> String;

/// All projects and boards by name, each with what is on it in order.
pub(super) fn canonical(state: &State, description: Rewrite<'_>) -> Value {
    let mut projects: Vec<Value> = state
        .projects
        .all()
        .map(|project| {
            let boards = state.boards.of(project.id());
            let boards = boards.map(|board| canonical_board(state, board.id(), description));
            json!({ "name": project.name, "boards": sorted(boards) })
        })
        .collect();
    projects.sort_by_key(ToString::to_string);
    json!({ "projects": projects })
}

pub(super) fn canonical_board(state: &State, id: Id, description: Rewrite<'_>) -> Value {
    let board = state.boards.at(id);
    let labels = state.labels.of(id);
    let labels = labels.map(|label| json!({ "name": label.name, "color": label.color }));
    let members = state.memberships.of(id).map(|member| {
        json!({
            "user": state.users.at(member.user).username,
            "mayWrite": member.role == Role::Editor,
        })
    });
    let lists = in_order(state.lists.of(id));
    let lists = lists.iter().map(|list| {
        let cards = in_order(state.cards.of(list.id())).into_iter();
        let cards: Value = cards.map(|card| plain(state, card, description)).collect();
        json!({
            "name": list.name,
            "type": shapes::list_kind(list.kind),
            "color": list.color,
            "cards": cards,
        })
    });
    let ghosts = state.cards_of_board(id).filter(|card| state.is_ghost(card));
    let ghosts = ghosts.map(|card| plain(state, card, description));
    json!({
        "name": board.name,
        "members": sorted(members),
        "labels": sorted(labels),
        "lists": lists.collect::<Vec<_>>(),
        "ghosts": sorted(ghosts),
    })
}

/// A card by what it says.
fn plain(state: &State, card: &Card, description: Rewrite<'_>) -> Value {
    let id = card.id();
    let labels = state.card_labels.of(id);
    let labels = labels.map(|row| json!(state.labels.at(row.label).name));
    let members = state.card_members.of(id);
    let members = members.map(|row| json!(state.users.at(row.user).username));
    let tasks = |holder: Id| -> Value {
        let tasks = in_order(state.tasks.of(holder)).into_iter();
        tasks
            .map(|task| {
                let (name, completed) = state.shown_task(task);
                json!({ "name": name, "isCompleted": completed })
            })
            .collect()
    };
    let checklist = match state.version {
        Version::V1 => tasks(id),
        Version::V2 => in_order(state.task_lists.of(id))
            .into_iter()
            .map(|list| json!({ "name": list.name, "tasks": tasks(list.id()) }))
            .collect(),
    };
    let comments = state.comments.of(id).map(|comment| &comment.text);
    let values = state.field_values.of(id).map(|value| json!(value.content));
    json!({
        "name": card.name,
        "description": card.description.as_deref().map(description),
        "type": card.kind,
        "dueDate": card.due,
        "isDueCompleted": card.due_completed,
        "isClosed": card.closed,
        "labels": sorted(labels),
        "members": sorted(members),
        "checklist": checklist,
        "comments": comments.collect::<Vec<_>>(),
        "attachments": sorted(state.attachments.of(id).map(|row| json!(row.name))),
        "values": sorted(values),
    })
}

fn sorted(values: impl Iterator<Item = Value>) -> Vec<Value> {
    let mut values: Vec<Value> = values.collect();
    values.sort_by_key(ToString::to_string);
    values
}
