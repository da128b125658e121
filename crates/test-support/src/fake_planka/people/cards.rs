//! Cards, as people make, move and change them.

use serde_json::Value;

use super::People;
use crate::fake_planka::input::Given;
use crate::fake_planka::rows::{Card, Id, Placed as _, Row as _};
use crate::fake_planka::shapes;
use crate::fake_planka::state::{CardChange, NewCard, Place, State};

#[expect(
    clippy::missing_panics_doc,
    reason = "said once, at the type, for all of its methods"
)]
impl People {
    /// A card of type project.
    pub fn add_card(&self, list: Id, name: &str, description: Option<&str>) -> Id {
        let mut state = self.state();
        let position = State::last_place(state.cards.of(list).map(Card::position));
        let creator = state.administrator();
        state.add_card(NewCard {
            list,
            position,
            kind: "project".to_owned(),
            name: name.to_owned(),
            description: description.map(ToOwned::to_owned),
            due: None,
            due_completed: None,
            stopwatch: None,
            creator,
        })
    }

    /// The oldest card of that name on a board, wherever it is.
    pub fn card(&self, board: Id, name: &str) -> Id {
        let found = self.cards(board, name).first().copied();
        found.unwrap_or_else(|| panic!("no card {name:?}"))
    }

    /// All cards of that name on a board, archive, trash and ghosts included, oldest first.
    pub fn cards(&self, board: Id, name: &str) -> Vec<Id> {
        let state = self.state();
        let cards = state.cards_of_board(board);
        cards
            .filter(|card| card.name == name)
            .map(Card::id)
            .collect()
    }

    /// The description of a card.
    pub fn description(&self, card: Id) -> Option<String> {
        self.state().cards.at(card).description.clone()
    }

    /// The name of the list a card is in; none for hidden and deleted lists.
    pub fn list_of(&self, card: Id) -> Option<String> {
        let state = self.state();
        let list = state.cards.at(card).list;
        state.lists.get(list).and_then(|list| list.name.clone())
    }

    /// A card as the API shows it.
    pub fn show_card(&self, card: Id) -> Value {
        let state = self.state();
        shapes::card(&state, state.cards.at(card))
    }

    /// Moves a card to the end of a list, also of another board.
    pub fn move_card(&self, card: Id, list: Id) {
        let mut state = self.state();
        let siblings = state.cards.of(list).filter(|row| row.id() != card);
        let position = State::last_place(siblings.map(Card::position));
        state.change_card(card, CardChange::to(Place { list, position }));
    }

    /// Moves a card within its list.
    pub fn reposition(&self, card: Id, position: f64) {
        let mut state = self.state();
        let list = state.cards.at(card).list;
        state.change_card(card, CardChange::to(Place { list, position }));
    }

    /// Puts a card into the archive of its board (version 2).
    pub fn archive(&self, card: Id) {
        let board = self.state().cards.at(card).board;
        self.move_card(card, self.archive_list(board));
    }

    /// Puts a card into the trash of its board (version 2).
    pub fn trash(&self, card: Id) {
        let board = self.state().cards.at(card).board;
        self.move_card(card, self.trash_list(board));
    }

    /// Deletes a card for good.
    pub fn delete_card(&self, card: Id) {
        self.state().remove_card(card);
    }

    /// Copies a card to the end of its list.
    pub fn duplicate(&self, card: Id) -> Id {
        let mut state = self.state();
        let list = state.cards.at(card).list;
        let position = State::last_place(state.cards.of(list).map(Card::position));
        let by = state.administrator();
        state.duplicate_card(card, position, by)
    }

    /// Gives a card another name.
    pub fn rename_card(&self, card: Id, name: &str) {
        let change = CardChange {
            name: Some(name.to_owned()),
            ..CardChange::default()
        };
        self.state().change_card(card, change);
    }

    /// Replaces or clears the description of a card.
    pub fn describe(&self, card: Id, description: Option<&str>) {
        let text = description.map(ToOwned::to_owned);
        let change = CardChange {
            description: text.map_or(Given::Null, Given::Some),
            ..CardChange::default()
        };
        self.state().change_card(card, change);
    }

    /// Sets the due date of a card, as `2026-12-24T12:00:00.000Z`.
    pub fn set_due(&self, card: Id, due: &str) {
        let change = CardChange {
            due: Given::Some(due.to_owned()),
            ..CardChange::default()
        };
        self.state().change_card(card, change);
    }
}
