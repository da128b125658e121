//! What comes along in `included` with boards and cards.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::fake_planka::Version;
use crate::fake_planka::positions::in_order;
use crate::fake_planka::rows::{Card, FieldGroup, Id};
use crate::fake_planka::shapes;
use crate::fake_planka::state::State;

/// Everything that hangs on cards; with a board also its custom fields.
pub(super) fn card_parts(
    state: &State,
    viewer: Id,
    cards: &[&Card],
    board: Option<Id>,
) -> Map<String, Value> {
    let ids = || cards.iter().map(|card| card.stamp.id);
    let tasks = in_order(cards.iter().flat_map(|card| state.tasks_of(card)));
    let members = ids().flat_map(|card| state.card_members.of(card));
    let labels = ids().flat_map(|card| state.card_labels.of(card));
    let attachments = ids().flat_map(|card| state.attachments.of(card));
    let mut parts = vec![
        (
            "cardMemberships",
            shapes::all(state, members, shapes::card_member),
        ),
        ("cardLabels", shapes::all(state, labels, shapes::card_label)),
        ("tasks", shapes::all(state, tasks, shapes::task)),
        (
            "attachments",
            shapes::all(state, attachments, shapes::attachment),
        ),
    ];
    if state.version == Version::V2 {
        let groups = board.into_iter().chain(ids());
        let groups: Vec<&FieldGroup> = groups.flat_map(|id| state.field_groups.of(id)).collect();
        let fields = groups
            .iter()
            .flat_map(|group| state.fields.of(group.stamp.id));
        let values = ids().flat_map(|card| state.field_values.of(card));
        let lists = in_order(ids().flat_map(|card| state.task_lists.of(card)));
        let creators = cards.iter().map(|card| card.creator).collect();
        parts.extend([
            ("taskLists", shapes::all(state, lists, shapes::task_list)),
            ("customFields", shapes::all(state, fields, shapes::field)),
            (
                "customFieldGroups",
                shapes::all(state, groups, shapes::field_group),
            ),
            (
                "customFieldValues",
                shapes::all(state, values, shapes::field_value),
            ),
            ("users", users(state, viewer, &creators)),
        ]);
    }
    let named = parts.into_iter();
    named.map(|(name, rows)| (name.to_owned(), rows)).collect()
}

/// Members of a board and makers of its cards.
pub(super) fn people_of_board(state: &State, viewer: Id, board: Id) -> Value {
    let members = state.memberships.of(board).map(|member| member.user);
    let creators = state.cards_of_board(board).map(|card| card.creator);
    users(state, viewer, &members.chain(creators).collect())
}

pub(super) fn users(state: &State, viewer: Id, ids: &BTreeSet<Id>) -> Value {
    let rows = ids.iter().filter_map(|id| state.users.get(*id));
    shapes::all(state, rows, |state, user| shapes::user(state, viewer, user))
}
