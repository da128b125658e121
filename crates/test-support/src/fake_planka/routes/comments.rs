//! Comments, which version 1 calls actions (Planka sheet §9).

use serde_json::{Value, json};

use super::included::users;
use super::{Call, item};
use crate::fake_planka::Version;
use crate::fake_planka::answers::{Outcome, Refusal};
use crate::fake_planka::input::{HUGE, parse_id};
use crate::fake_planka::rows::{Comment, Id, Row as _};
use crate::fake_planka::shapes;

/// More than this many are never listed at once.
const PAGE: usize = 50;

pub(super) fn list(call: &mut Call<'_>, user: Id) -> Outcome {
    let card = call.id_named(0, "cardId")?;
    let query = call.query();
    let before = query.iter().find(|(name, _)| name == "beforeId");
    let before = match before {
        None => None,
        Some((name, id)) => Some(parse_id(call.version(), name, id)?),
    };
    let state = &*call.state;
    state.readable_card(user, card)?;
    let mut comments: Vec<&Comment> = state
        .comments
        .of(card)
        .filter(|comment| before.is_none_or(|before| comment.id() < before))
        .collect();
    comments.reverse();
    comments.truncate(PAGE);
    let authors = comments.iter().map(|comment| comment.user).collect();
    Ok(json!({
        "items": shapes::all(state, comments, shapes::comment),
        "included": { "users": users(state, user, &authors) },
    }))
}

pub(super) fn create(call: &mut Call<'_>, user: Id) -> Outcome {
    let card = call.id_named(0, "cardId")?;
    let mut input = call.input();
    let text = input.required_text("text", HUGE);
    input.finish()?;
    let card = call.state.readable_card(user, card)?;
    call.state.check_commentator(user, &card)?;
    let id = call.state.add_comment(card.id(), user, &text);
    Ok(shown(call, id))
}

pub(super) fn update(call: &mut Call<'_>, user: Id) -> Outcome {
    let id = call.id(0)?;
    let mut input = call.input();
    let text = input.text("text", HUGE);
    input.finish()?;
    own(call, user, id)?;
    let now = call.state.clock.tick();
    call.state.comments.update(id, now, |comment| {
        if let Some(text) = text {
            comment.text = text;
        }
    });
    Ok(shown(call, id))
}

pub(super) fn delete(call: &mut Call<'_>, user: Id) -> Outcome {
    let id = call.id(0)?;
    own(call, user, id)?;
    let shown = shown(call, id);
    call.state.remove_comment(id);
    Ok(shown)
}

fn shown(call: &Call<'_>, id: Id) -> Value {
    item(shapes::comment(call.state, call.state.comments.at(id)))
}

/// Comments are changed by their authors only.
fn own(call: &Call<'_>, user: Id, id: Id) -> Result<(), Refusal> {
    let missing = Refusal::NotFound(match call.version() {
        Version::V1 => "Comment action not found",
        Version::V2 => "Comment not found",
    });
    let comment = call.state.comments.get(id).ok_or(missing.clone())?;
    let card = call.state.readable_card(user, comment.card);
    call.state
        .check_commentator(user, &card.map_err(|_| missing)?)?;
    if comment.user == user {
        Ok(())
    } else {
        Err(Refusal::not_enough_rights())
    }
}
