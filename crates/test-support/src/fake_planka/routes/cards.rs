//! Cards (Planka sheet §7).

use super::included::card_parts;
use super::{Call, item, item_with};
use crate::fake_planka::Version;
use crate::fake_planka::answers::{Outcome, Refusal};
use crate::fake_planka::input::{Given, HUGE, LONG};
use crate::fake_planka::rows::{Card, Id, Row as _};
use crate::fake_planka::shapes;
use crate::fake_planka::state::{CardChange, NewCard, Place, State};

const KINDS: [&str; 2] = ["project", "story"];
const NO_POSITION: Refusal = Refusal::Unprocessable("Position must be present");

/// What the flag of a due date is called.
fn due_flag(version: Version) -> &'static str {
    match version {
        Version::V1 => "isDueDateCompleted",
        Version::V2 => "isDueCompleted",
    }
}

pub(super) fn create(call: &mut Call<'_>, user: Id) -> Outcome {
    let list = call.id_named(0, "listId")?;
    let mut input = call.input();
    let kind = match call.version() {
        Version::V1 => KINDS[0].to_owned(),
        Version::V2 => input.required_choice("type", &KINDS),
    };
    let position = input.position();
    let name = input.required_text("name", LONG);
    let description = input.nullable_text("description", HUGE).into_option();
    let due = input.date("dueDate");
    if call.version() == Version::V2 && due == Given::Null {
        input.invalid("dueDate", "Specified value (null) was not a date");
    }
    let due_completed = input.flag(due_flag(call.version()));
    let stopwatch = input.value("stopwatch").into_option();
    input.finish()?;
    let list = call.state.editable_list(user, list)?;
    // Cards made in the archive or the trash have no place there.
    if position.is_none() && list.kind.is_column() {
        return Err(NO_POSITION);
    }
    let id = call.state.add_card(NewCard {
        list: list.id(),
        position: position.unwrap_or_default(),
        kind,
        name,
        description,
        due: due.into_option(),
        due_completed,
        stopwatch,
        creator: user,
    });
    Ok(item(shapes::card(call.state, call.state.cards.at(id))))
}

pub(super) fn read(call: &mut Call<'_>, user: Id) -> Outcome {
    let id = call.id(0)?;
    let state = &*call.state;
    let card = state.readable_card(user, id)?;
    let parts = card_parts(state, user, &[&card], None);
    Ok(item_with(shapes::read_card(state, user, &card), parts))
}

pub(super) fn update(call: &mut Call<'_>, user: Id) -> Outcome {
    let id = call.id(0)?;
    let mut input = call.input();
    let mut change = CardChange {
        kind: match call.version() {
            Version::V1 => None,
            Version::V2 => input.choice("type", &KINDS).into_option(),
        },
        name: input.text("name", LONG),
        description: input.nullable_text("description", HUGE),
        due: input.date("dueDate"),
        due_completed: input.flag(due_flag(call.version())),
        stopwatch: input.value("stopwatch"),
        cover: input.id("coverAttachmentId"),
        place: None,
    };
    let position = input.position();
    let board = input.id("boardId").into_option();
    let list = input.id("listId").into_option();
    input.finish()?;
    let card = call.state.editable_card(user, id)?;
    change.place = place(call.state, user, &card, board, list, position)?;
    if let Given::Some(cover) = change.cover
        && !call.state.attachments.of(id).any(|row| row.id() == cover)
    {
        return Err(Refusal::NotFound("Cover attachment not found"));
    }
    call.state.change_card(id, change);
    Ok(item(shapes::card(call.state, call.state.cards.at(id))))
}

/// Where an update puts a card, if anywhere else. Another list needs a position, unless it is
/// the archive or the trash; another board needs a list of it.
fn place(
    state: &State,
    user: Id,
    card: &Card,
    board: Option<Id>,
    list: Option<Id>,
    position: Option<f64>,
) -> Result<Option<Place>, Refusal> {
    let target = board.unwrap_or(card.board);
    if target != card.board {
        state.editable_board(user, target)?;
        if list.is_none() {
            return Err(Refusal::Unprocessable("List must be present"));
        }
    }
    let list = match list {
        None => state.lists.at(card.list),
        Some(list) => state
            .lists
            .get(list)
            .filter(|list| list.board == target)
            .ok_or(Refusal::NotFound("List not found"))?,
    };
    let moves = list.id() != card.list;
    match position {
        Some(position) => Ok(Some(position)),
        None if moves && list.kind.is_column() => Err(NO_POSITION),
        None => Ok(moves.then_some(0.0)),
    }
    .map(|position| {
        position.map(|position| Place {
            list: list.id(),
            position,
        })
    })
}

pub(super) fn delete(call: &mut Call<'_>, user: Id) -> Outcome {
    let id = call.id(0)?;
    let card = call.state.editable_card(user, id)?;
    let shown = shapes::card(call.state, &card);
    call.state.remove_card(id);
    Ok(item(shown))
}

pub(super) fn duplicate(call: &mut Call<'_>, user: Id) -> Outcome {
    let id = call.id(0)?;
    let mut input = call.input();
    let position = input.required_position();
    input.finish()?;
    call.state.editable_card(user, id)?;
    let copy = call.state.duplicate_card(id, position, user);
    let state = &*call.state;
    let copy = state.cards.at(copy);
    let parts = card_parts(state, user, &[copy], None);
    Ok(item_with(shapes::card(state, copy), parts))
}
