//! Labels and the cards they are on (Planka sheet §8).

use super::{Call, item};
use crate::fake_planka::answers::{Outcome, Refusal};
use crate::fake_planka::colours;
use crate::fake_planka::input::SHORT;
use crate::fake_planka::positions::make_room;
use crate::fake_planka::rows::Id;
use crate::fake_planka::shapes;

pub(super) fn create(call: &mut Call<'_>, user: Id) -> Outcome {
    let board = call.id_named(0, "boardId")?;
    let mut input = call.input();
    let position = input.required_position();
    let name = input.nullable_text("name", SHORT).into_option();
    let color = input.required_choice("color", colours::of_labels(call.version()));
    input.finish()?;
    call.state.editable_board(user, board)?;
    let id = call.state.add_label(board, name, color, position);
    Ok(item(shapes::label(call.state, call.state.labels.at(id))))
}

pub(super) fn update(call: &mut Call<'_>, user: Id) -> Outcome {
    let id = call.id(0)?;
    let mut input = call.input();
    let position = input.position();
    let name = input.nullable_text("name", SHORT);
    let color = input.choice("color", colours::of_labels(call.version()));
    input.finish()?;
    let label = call.state.editable_label(user, id)?;
    let now = call.state.clock.tick();
    let position = position
        .map(|wanted| make_room(&mut call.state.labels, label.board, wanted, Some(id), now));
    call.state.labels.update(id, now, |label| {
        name.store(&mut label.name);
        if let Some(color) = color.into_option() {
            label.color = color;
        }
        if let Some(position) = position {
            label.position = position;
        }
    });
    Ok(item(shapes::label(call.state, call.state.labels.at(id))))
}

pub(super) fn delete(call: &mut Call<'_>, user: Id) -> Outcome {
    let id = call.id(0)?;
    let label = call.state.editable_label(user, id)?;
    call.state.remove_label(id);
    Ok(item(shapes::label(call.state, &label)))
}

pub(super) fn attach(call: &mut Call<'_>, user: Id) -> Outcome {
    let card = call.id_named(0, "cardId")?;
    let mut input = call.input();
    let label = input.required_id("labelId");
    input.finish()?;
    let card = call.state.editable_card(user, card)?;
    let label = label.and_then(|label| call.state.labels.get(label));
    let label = label
        .filter(|label| label.board == card.board)
        .ok_or(Refusal::NotFound("Label not found"))?;
    let (card, label) = (card.stamp.id, label.stamp.id);
    if call.state.attached_label(card, label).is_some() {
        return Err(Refusal::Conflict("Label already in card"));
    }
    let id = call.state.attach_label(card, label);
    Ok(item(shapes::card_label(
        call.state,
        call.state.card_labels.at(id),
    )))
}

pub(super) fn detach(call: &mut Call<'_>, user: Id) -> Outcome {
    let card = call.id_named(0, "cardId")?;
    let label = call.id_named(1, "labelId")?;
    call.state.editable_card(user, card)?;
    let attached = call.state.attached_label(card, label);
    let attached = attached.and_then(|id| call.state.card_labels.remove(id));
    let attached = attached.ok_or(Refusal::NotFound("Label not in card"))?;
    Ok(item(shapes::card_label(call.state, &attached)))
}
