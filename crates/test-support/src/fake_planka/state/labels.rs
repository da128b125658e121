//! Labels and the cards they are on (Planka sheet §8).

use super::State;
use crate::fake_planka::positions::make_room;
use crate::fake_planka::rows::{CardLabel, Id, Label, Placed as _, Row as _};

impl State {
    pub(crate) fn add_label(
        &mut self,
        board: Id,
        name: Option<String>,
        color: String,
        position: f64,
    ) -> Id {
        let now = self.tick();
        let position = make_room(&mut self.labels, board, position, None, now);
        let stamp = self.stamp();
        self.labels.insert(Label {
            stamp,
            board,
            position,
            name,
            color,
        })
    }

    pub(crate) fn remove_label(&mut self, label: Id) {
        let attached: Vec<Id> = self
            .card_labels
            .all()
            .filter(|row| row.label == label)
            .map(CardLabel::id)
            .collect();
        for row in attached {
            self.card_labels.remove(row);
        }
        self.labels.remove(label);
    }

    pub(crate) fn attach_label(&mut self, card: Id, label: Id) -> Id {
        let stamp = self.stamp();
        self.card_labels.insert(CardLabel { stamp, card, label })
    }

    pub(crate) fn attached_label(&self, card: Id, label: Id) -> Option<Id> {
        let mut attached = self.card_labels.of(card);
        attached.find(|row| row.label == label).map(CardLabel::id)
    }

    /// After a move to another board: the card gets that board's labels of the same names, made
    /// where they are missing.
    pub(super) fn carry_labels(&mut self, card: Id, board: Id) {
        let old: Vec<Id> = self.card_labels.of(card).map(|row| row.label).collect();
        self.card_labels.remove_of(card);
        for label in old {
            let Label { name, color, .. } = self.labels.at(label).clone();
            let known = self.labels.of(board).find(|known| known.name == name);
            let target = known.map(Label::id);
            let target = target.unwrap_or_else(|| {
                let place = Self::last_place(self.labels.of(board).map(Label::position));
                self.add_label(board, name, color, place)
            });
            self.attach_label(card, target);
        }
    }
}
