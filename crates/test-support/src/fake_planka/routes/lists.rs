//! Lists and the cards in them (Planka sheet §6, §12 row 4).

use std::cmp::Reverse;

use serde_json::json;

use super::included::card_parts;
use super::{Call, item, item_with};
use crate::fake_planka::Version;
use crate::fake_planka::answers::{Outcome, Refusal};
use crate::fake_planka::colours;
use crate::fake_planka::input::{Given, SHORT, parse_id};
use crate::fake_planka::positions::in_order;
use crate::fake_planka::rows::{Card, Id, List, ListKind, Row as _};
use crate::fake_planka::shapes;
use crate::fake_planka::state::{CardChange, Place, State};

/// More cards than this are never listed at once.
const PAGE: usize = 50;

/// The kinds a client may ask for.
const KINDS: [&str; 2] = ["active", "closed"];

fn kind_of(word: &str) -> ListKind {
    if word == "closed" {
        ListKind::Closed
    } else {
        ListKind::Active
    }
}

pub(super) fn create(call: &mut Call<'_>, user: Id) -> Outcome {
    let board = call.id_named(0, "boardId")?;
    let mut input = call.input();
    let kind = match call.version() {
        Version::V1 => ListKind::Active,
        Version::V2 => kind_of(&input.required_choice("type", &KINDS)),
    };
    let position = input.required_position();
    let name = input.required_text("name", SHORT);
    input.finish()?;
    call.state.editable_board(user, board)?;
    let id = call.state.add_list(board, kind, &name, position);
    Ok(item(shapes::list(call.state, call.state.lists.at(id))))
}

pub(super) fn read(call: &mut Call<'_>, user: Id) -> Outcome {
    let id = call.id(0)?;
    let state = &*call.state;
    let list = state.readable_list(user, id)?;
    if !list.kind.is_column() {
        return Err(Refusal::NotFound("List not found"));
    }
    let cards = in_order(state.cards.of(id));
    let mut included = card_parts(state, user, &cards, None);
    let cards = cards
        .iter()
        .map(|card| shapes::read_card(state, user, card));
    included.insert("cards".into(), cards.collect());
    Ok(item_with(shapes::list(state, &list), included))
}

pub(super) fn update(call: &mut Call<'_>, user: Id) -> Outcome {
    let id = call.id(0)?;
    let mut input = call.input();
    let kind = match call.version() {
        Version::V1 => Given::No,
        Version::V2 => input.choice("type", &KINDS),
    };
    let position = input.position();
    let name = input.text("name", SHORT);
    let color = input.choice("color", colours::of_lists(call.version()));
    input.finish()?;
    editable_column(call.state, user, id)?;
    if let Some(kind) = kind.into_option() {
        call.state.set_list_kind(id, kind_of(&kind));
    }
    if let Some(position) = position {
        call.state.move_list(id, position);
    }
    let now = call.state.clock.tick();
    call.state.lists.update(id, now, |list| {
        if name.is_some() {
            list.name = name;
        }
        color.store(&mut list.color);
    });
    Ok(item(shapes::list(call.state, call.state.lists.at(id))))
}

/// A list that can be renamed and deleted: not the archive, not the trash.
fn editable_column(state: &State, user: Id, id: Id) -> Result<List, Refusal> {
    let list = state.editable_list(user, id)?;
    if list.kind.is_column() {
        Ok(list)
    } else {
        Err(Refusal::not_enough_rights())
    }
}

pub(super) fn delete(call: &mut Call<'_>, user: Id) -> Outcome {
    let id = call.id(0)?;
    let list = editable_column(call.state, user, id)?;
    let trashed = call.state.remove_list(id);
    let state = &*call.state;
    let mut answer = item(shapes::list(state, &list));
    if state.version == Version::V2 {
        let cards = trashed.iter().map(|card| state.cards.at(*card));
        answer["included"] = json!({ "cards": shapes::all(state, cards, shapes::card) });
    }
    Ok(answer)
}

/// The newest cards of any list, by the time they came there.
///
/// A search takes every word of the query for text to be found in the name or the description,
/// without regard to case; special characters stand for themselves.
pub(super) fn cards(call: &mut Call<'_>, user: Id) -> Outcome {
    let id = call.id(0)?;
    let filter = Filter::read(call)?;
    let state = &*call.state;
    state.readable_list(user, id)?;
    let mut cards: Vec<&Card> = state
        .cards
        .of(id)
        .filter(|card| filter.lets_through(state, card))
        .collect();
    cards.sort_by_key(|card| Reverse((card.list_changed, card.id())));
    cards.truncate(PAGE);
    let shown = cards
        .iter()
        .map(|card| shapes::read_card(state, user, card));
    Ok(json!({
        "items": shown.collect::<Vec<_>>(),
        "included": card_parts(state, user, &cards, None),
    }))
}

#[derive(Default)]
struct Filter {
    words: Vec<String>,
    labels: Option<Vec<Id>>,
    users: Option<Vec<Id>>,
}

impl Filter {
    fn read(call: &Call<'_>) -> Result<Self, Refusal> {
        let mut filter = Self::default();
        for (name, value) in call.query() {
            let ids = || -> Result<Vec<Id>, Refusal> {
                let ids = value.split(',');
                ids.map(|id| parse_id(call.version(), &name, id)).collect()
            };
            match name.as_str() {
                "search" => {
                    let words = value.split_whitespace();
                    filter.words = words.map(str::to_lowercase).collect();
                }
                "labelIds" => filter.labels = Some(ids()?),
                "userIds" => filter.users = Some(ids()?),
                // Paging is broken in the server, in these two ways.
                "before" => {
                    let problem = "Invalid \"before\":\n  · Specified value was not an object";
                    return Err(Refusal::Invalid(vec![problem.to_owned()]));
                }
                name if name.starts_with("before[") => return Err(Refusal::Crash),
                _ => {}
            }
        }
        Ok(filter)
    }

    fn lets_through(&self, state: &State, card: &Card) -> bool {
        let name = card.name.to_lowercase();
        let text = card.description.as_deref().unwrap_or_default();
        let text = text.to_lowercase();
        let has_words = self
            .words
            .iter()
            .all(|word| name.contains(word) || text.contains(word));
        let has_label = self.labels.as_ref().is_none_or(|wanted| {
            let mut labels = state.card_labels.of(card.id());
            labels.any(|row| wanted.contains(&row.label))
        });
        let has_user = self.users.as_ref().is_none_or(|wanted| {
            let mut members = state.card_members.of(card.id());
            members.any(|row| wanted.contains(&row.user))
        });
        has_words && has_label && has_user
    }
}

/// Empties a list of closed cards into the archive.
pub(super) fn move_cards(call: &mut Call<'_>, user: Id) -> Outcome {
    let id = call.id(0)?;
    let mut input = call.input();
    let target = input.required_id("listId");
    input.finish()?;
    let list = call.state.editable_list(user, id)?;
    let target = target.and_then(|target| call.state.lists.get(target));
    let target = target
        .filter(|target| target.board == list.board)
        .ok_or(Refusal::NotFound("List not found"))?
        .clone();
    if list.kind != ListKind::Closed || target.kind != ListKind::Archive {
        return Err(Refusal::not_enough_rights());
    }
    let cards = call.state.cards.ids_of(id);
    for &card in &cards {
        let place = Place {
            list: target.id(),
            position: 0.0,
        };
        call.state.change_card(card, CardChange::to(place));
    }
    let state = &*call.state;
    let cards = cards.iter().map(|card| state.cards.at(*card));
    Ok(json!({
        "item": shapes::list(state, &list),
        "included": { "cards": shapes::all(state, cards, shapes::card) },
    }))
}

/// Deletes the cards in the trash.
pub(super) fn clear(call: &mut Call<'_>, user: Id) -> Outcome {
    let id = call.id(0)?;
    let list = call.state.editable_list(user, id)?;
    if list.kind != ListKind::Trash {
        return Err(Refusal::not_enough_rights());
    }
    for card in call.state.cards.ids_of(id) {
        call.state.remove_card(card);
    }
    Ok(item(shapes::list(call.state, &list)))
}
