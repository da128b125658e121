//! What a server shows, without what differs from run to run.

use serde_json::{Value, json};

use crate::fake_planka::Version;
use crate::fake_planka::positions::in_order;
use crate::fake_planka::rows::{Card, Id, Role, Row as _};
use crate::fake_planka::shapes;
use crate::fake_planka::state::State;

type Rewrite<'a> = &'a dyn Fn(&str) -> String;

/// All projects and boards by name, each with what is on it in order.
pub(crate) fn canonical(state: &State, description: Rewrite<'_>) -> Value {
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

pub(crate) fn canonical_board(state: &State, id: Id, description: Rewrite<'_>) -> Value {
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
