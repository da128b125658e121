//! Lists (Planka sheet §6).

use super::State;
use crate::fake_planka::Version;
use crate::fake_planka::positions::make_room;
use crate::fake_planka::rows::{Id, List, ListKind, Row as _};

impl State {
    pub(crate) fn add_list(&mut self, board: Id, kind: ListKind, name: &str, position: f64) -> Id {
        let now = self.tick();
        let position = make_room(&mut self.lists, board, position, None, now);
        let stamp = self.stamp();
        self.lists.insert(List {
            stamp,
            board,
            kind,
            position: Some(position),
            name: Some(name.to_owned()),
            color: None,
        })
    }

    /// The archive or the trash of a board of version 2.
    pub(crate) fn hidden_list(&self, board: Id, kind: ListKind) -> Id {
        let mut lists = self.lists.of(board);
        lists
            .find(|list| list.kind == kind)
            .expect("a board of version 2 has an archive and a trash")
            .id()
    }

    pub(crate) fn move_list(&mut self, list: Id, position: f64) {
        let board = self.lists.at(list).board;
        let now = self.tick();
        let position = make_room(&mut self.lists, board, position, Some(list), now);
        self.lists
            .update(list, now, |list| list.position = Some(position));
    }

    /// Makes a list of active cards one of closed cards, or the other way round.
    pub(crate) fn set_list_kind(&mut self, list: Id, kind: ListKind) {
        let now = self.tick();
        self.lists.update(list, now, |list| list.kind = kind);
        for card in self.cards.ids_of(list) {
            self.cards
                .alter(card, |card| card.closed = kind == ListKind::Closed);
        }
    }

    /// Deletes a list and returns the cards that moved to the trash. Version 1 moves none: its
    /// cards stay behind as ghosts.
    pub(crate) fn remove_list(&mut self, list: Id) -> Vec<Id> {
        let mut trashed = Vec::new();
        if self.version == Version::V2 {
            let trash = self.hidden_list(self.lists.at(list).board, ListKind::Trash);
            trashed = self.cards.ids_of(list);
            let now = self.tick();
            for &card in &trashed {
                self.cards.update(card, now, |card| {
                    card.list = trash;
                    card.position = None;
                    card.previous_list = None;
                    card.list_changed = now;
                });
            }
        }
        self.lists.remove(list);
        trashed
    }
}
