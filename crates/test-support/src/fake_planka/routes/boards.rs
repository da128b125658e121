//! Boards and their members (Planka sheet §5).

use serde_json::json;

use super::included::{card_parts, people_of_board};
use super::{Call, item, item_with};
use crate::fake_planka::Version;
use crate::fake_planka::answers::{Outcome, Refusal};
use crate::fake_planka::input::SHORT;
use crate::fake_planka::positions::{in_order, make_room};
use crate::fake_planka::rows::{Card, Id, Role, Row as _};
use crate::fake_planka::shapes;

pub(super) fn create(call: &mut Call<'_>, user: Id) -> Outcome {
    let project = call.id_named(0, "projectId")?;
    let mut input = call.input();
    let position = input.required_position();
    let name = input.required_text("name", SHORT);
    input.finish()?;
    call.state.managed_project(user, project)?;
    let id = call.state.add_board(project, &name, position, user);
    let state = &*call.state;
    Ok(json!({
        "item": shapes::board(state, state.boards.at(id)),
        "included": {
            "boardMemberships": shapes::all(state, state.memberships.of(id), shapes::membership),
        },
    }))
}

/// The whole board in one answer. Cards of the archive and the trash are left out; those of
/// deleted lists (version 1) are not.
pub(super) fn read(call: &mut Call<'_>, user: Id) -> Outcome {
    let id = call.id(0)?;
    let state = &*call.state;
    let board = state.readable_board(user, id)?;
    let cards = state.cards_of_board(id);
    let cards: Vec<&Card> = in_order(cards.filter(|card| !state.is_hidden(card)));

    let mut included = card_parts(state, user, &cards, Some(id));
    let cards = cards
        .iter()
        .map(|card| shapes::read_card(state, user, card));
    included.insert("cards".into(), cards.collect());
    for (name, shown) in [
        (
            "boardMemberships",
            shapes::all(state, state.memberships.of(id), shapes::membership),
        ),
        (
            "labels",
            shapes::all(state, in_order(state.labels.of(id)), shapes::label),
        ),
        (
            "lists",
            shapes::all(state, in_order(state.lists.of(id)), shapes::list),
        ),
        ("users", people_of_board(state, user, id)),
        (
            "projects",
            shapes::all(state, state.projects.get(board.project), shapes::project),
        ),
    ] {
        included.insert(name.into(), shown);
    }
    let mut shown = shapes::board(state, &board);
    if state.version == Version::V2 {
        shown["isSubscribed"] = false.into();
    }
    Ok(item_with(shown, included))
}

pub(super) fn update(call: &mut Call<'_>, user: Id) -> Outcome {
    let id = call.id(0)?;
    let mut input = call.input();
    let name = input.text("name", SHORT);
    let position = input.position();
    input.finish()?;
    let board = call.state.managed_board(user, id)?;
    let now = call.state.clock.tick();
    let position = position
        .map(|wanted| make_room(&mut call.state.boards, board.project, wanted, Some(id), now));
    call.state.boards.update(id, now, |board| {
        if let Some(name) = name {
            board.name = name;
        }
        if let Some(position) = position {
            board.position = position;
        }
    });
    Ok(item(shapes::board(call.state, call.state.boards.at(id))))
}

pub(super) fn delete(call: &mut Call<'_>, user: Id) -> Outcome {
    let id = call.id(0)?;
    let board = call.state.managed_board(user, id)?;
    call.state.remove_board(id);
    Ok(item(shapes::board(call.state, &board)))
}

pub(super) fn add_member(call: &mut Call<'_>, user: Id) -> Outcome {
    let id = call.id_named(0, "boardId")?;
    let mut input = call.input();
    let member = input.required_id("userId");
    let role = input.required_choice("role", &["editor", "viewer"]);
    let can_comment = input.flag("canComment");
    input.finish()?;
    let board = call.state.managed_board(user, id)?;
    let member = member
        .filter(|member| call.state.users.get(*member).is_some())
        .ok_or(Refusal::NotFound("User not found"))?;
    if call.state.membership(board.id(), member).is_some() {
        return Err(Refusal::Conflict("User already board member"));
    }
    let role = if role == "viewer" {
        Role::Viewer
    } else {
        Role::Editor
    };
    let membership = call.state.add_membership(id, member, role, can_comment);
    Ok(item(shapes::membership(
        call.state,
        call.state.memberships.at(membership),
    )))
}
