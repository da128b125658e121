//! Card members, attachments and custom fields (Planka sheet §9).

use super::{Call, item};
use crate::fake_planka::Version;
use crate::fake_planka::answers::{Outcome, Refusal};
use crate::fake_planka::input::{LONG, SHORT};
use crate::fake_planka::rows::Id;
use crate::fake_planka::shapes;
use crate::fake_planka::state::NewFieldGroup;

/// The longest value of a custom field.
const VALUE: usize = 512;

pub(super) fn add_card_member(call: &mut Call<'_>, user: Id) -> Outcome {
    let id = call.id_named(0, "cardId")?;
    let mut input = call.input();
    let member = input.required_id("userId");
    input.finish()?;
    let card = call.state.editable_card(user, id)?;
    let member = member
        .filter(|member| call.state.membership(card.board, *member).is_some())
        .ok_or(Refusal::NotFound("User not found"))?;
    if call.state.card_members.of(id).any(|row| row.user == member) {
        return Err(Refusal::Conflict("User already card member"));
    }
    let row = call.state.add_card_member(id, member);
    Ok(item(shapes::card_member(
        call.state,
        call.state.card_members.at(row),
    )))
}

/// Files cannot be sent to the fake, only links (version 2).
pub(super) fn add_attachment(call: &mut Call<'_>, user: Id) -> Outcome {
    let id = call.id_named(0, "cardId")?;
    let mut input = call.input();
    let kind = match call.version() {
        Version::V1 => "file".to_owned(),
        Version::V2 => input.required_choice("type", &["file", "link"]),
    };
    let url = input.text("url", LONG).unwrap_or_default();
    let name = input.text("name", SHORT).unwrap_or_default();
    input.finish()?;
    call.state.editable_card(user, id)?;
    if kind == "file" {
        return Err(Refusal::Unprocessable("No file was uploaded"));
    }
    if url.is_empty() {
        return Err(Refusal::Unprocessable("Url must be present"));
    }
    let row = call.state.add_attachment(id, user, &name, &url);
    Ok(item(shapes::attachment(
        call.state,
        call.state.attachments.at(row),
    )))
}

pub(super) fn create_board_group(call: &mut Call<'_>, user: Id) -> Outcome {
    let board = call.id_named(0, "boardId")?;
    create_group(call, |call| {
        call.state.editable_board(user, board)?;
        Ok((Some(board), None))
    })
}

pub(super) fn create_card_group(call: &mut Call<'_>, user: Id) -> Outcome {
    let card = call.id_named(0, "cardId")?;
    create_group(call, |call| {
        call.state.editable_card(user, card)?;
        Ok((None, Some(card)))
    })
}

fn create_group(
    call: &mut Call<'_>,
    holder: impl FnOnce(&Call<'_>) -> Result<(Option<Id>, Option<Id>), Refusal>,
) -> Outcome {
    let mut input = call.input();
    let position = input.required_position();
    let name = input.nullable_text("name", SHORT).into_option();
    input.finish()?;
    let (board, card) = holder(call)?;
    let id = call.state.add_field_group(NewFieldGroup {
        board,
        card,
        name,
        position,
    });
    Ok(item(shapes::field_group(
        call.state,
        call.state.field_groups.at(id),
    )))
}

pub(super) fn create_field(call: &mut Call<'_>, user: Id) -> Outcome {
    let id = call.id_named(0, "customFieldGroupId")?;
    let mut input = call.input();
    let position = input.required_position();
    let name = input.required_text("name", SHORT);
    let show = input.flag("showOnFrontOfCard").unwrap_or(false);
    input.finish()?;
    let missing = Refusal::NotFound("Custom field group not found");
    let group = call.state.field_groups.get(id).ok_or(missing.clone())?;
    let board = group
        .board
        .or_else(|| Some(call.state.cards.get(group.card?)?.board));
    call.state.editable_board(user, board.ok_or(missing)?)?;
    let field = call.state.add_field(id, &name, position, show);
    Ok(item(shapes::field(call.state, call.state.fields.at(field))))
}

pub(super) fn set_value(call: &mut Call<'_>, user: Id) -> Outcome {
    let (card, group, field) = value_ids(call)?;
    let mut input = call.input();
    let content = input.required_text("content", VALUE);
    input.finish()?;
    let board = call.state.editable_card(user, card)?.board;
    call.state
        .field_groups
        .get(group)
        .filter(|row| row.board == Some(board) || row.card == Some(card))
        .ok_or(Refusal::NotFound("Custom field group not found"))?;
    call.state
        .fields
        .get(field)
        .filter(|row| row.group == group)
        .ok_or(Refusal::NotFound("Custom field not found"))?;
    let id = call.state.set_field_value(card, group, field, content);
    Ok(item(shapes::field_value(
        call.state,
        call.state.field_values.at(id),
    )))
}

pub(super) fn clear_value(call: &mut Call<'_>, user: Id) -> Outcome {
    let (card, group, field) = value_ids(call)?;
    call.state.editable_card(user, card)?;
    let known = call.state.field_value(card, group, field);
    let value = known.and_then(|id| call.state.field_values.remove(id));
    let value = value.ok_or(Refusal::NotFound("Custom field value not found"))?;
    Ok(item(shapes::field_value(call.state, &value)))
}

fn value_ids(call: &Call<'_>) -> Result<(Id, Id, Id), Refusal> {
    Ok((
        call.id_named(0, "cardId")?,
        call.id_named(1, "customFieldGroupId")?,
        call.id_named(2, "customFieldId")?,
    ))
}
