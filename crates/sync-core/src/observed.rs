//! Which cards of a board are ours: by their marker, or adopted by label and name.
//!
//! Foreign cards are not in the result, so nothing that is planned from it can touch them.

use crate::board::{Ambiguous, Card, Label, Snapshot, oldest};
use crate::description::{Described, Faulty};
use crate::desired::Desired;
use crate::ids::{ChangeName, CreateId, LabelId, OriginId, RepositoryId};
use crate::marker::{CardKey, Marker, MarkerFault};
use crate::text::{hex_digest, same_name};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

/// The label on every card of ours.
pub const LABEL: &str = "agent";

/// Where a run reads from: part of every marker it writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkout {
    /// The repository.
    pub repository: RepositoryId,
    /// The folder in it that holds `openspec/`; empty for the top.
    pub path: alloc::string::String,
    /// The machine and checkout.
    pub origin: OriginId,
}

impl Checkout {
    /// Returns the key of a change's card.
    pub fn key(&self, change: &ChangeName) -> CardKey {
        CardKey {
            repository: self.repository.clone(),
            path: self.path.clone(),
            change: change.clone(),
        }
    }

    fn owns(&self, key: &CardKey) -> bool {
        key.repository == self.repository && key.path == self.path
    }
}

/// Returns the good markers on a board, of whatever repository.
pub fn markers(snapshot: &Snapshot) -> Vec<Marker> {
    let described = snapshot
        .cards
        .iter()
        .map(|card| Described::parse(&card.description));
    let blocks = described.filter_map(|described| described.ok()?.block);
    blocks.map(|block| block.marker).collect()
}

/// The cards of one project's changes.
#[derive(Debug, Default)]
pub(crate) struct Observed<'a> {
    /// The card that stands for each change.
    pub(crate) cards: BTreeMap<ChangeName, Standing<'a>>,
    /// Younger cards of the same change that another create made.
    pub(crate) twins: Vec<Twin<'a>>,
    /// Every label of our name, the oldest first.
    pub(crate) labels: Vec<&'a LabelId>,
    /// Names that several objects bear.
    pub(crate) ambiguous: Vec<Ambiguous>,
}

/// What stands on the board for one change.
#[derive(Debug)]
pub(crate) enum Standing<'a> {
    /// A card of ours.
    Owned(Owned<'a>),
    /// A card that would be ours, with a marker that cannot be trusted.
    Faulty(&'a Card, MarkerFault),
}

/// A card of ours.
#[derive(Debug)]
pub(crate) struct Owned<'a> {
    pub(crate) card: &'a Card,
    pub(crate) described: Described,
}

impl Owned<'_> {
    /// Returns the marker; none on a card that is adopted now.
    pub(crate) fn marker(&self) -> Option<&Marker> {
        self.described.block.as_ref().map(|block| &block.marker)
    }

    /// Returns the id a new marker bears. An adopted card's comes from its own id, so that two
    /// machines which adopt it at once agree.
    pub(crate) fn create_id(&self) -> CreateId {
        self.marker().map_or_else(
            || CreateId::new(hex_digest(["adopted", self.card.id.as_str()], 12)),
            |marker| marker.id.clone(),
        )
    }
}

/// A younger card of a change that has one already.
#[derive(Debug)]
pub(crate) struct Twin<'a> {
    pub(crate) change: ChangeName,
    pub(crate) owned: Owned<'a>,
}

impl<'a> Observed<'a> {
    /// Sorts out the cards of a board.
    pub(crate) fn classify(
        snapshot: &'a Snapshot,
        desired: &Desired,
        checkout: &Checkout,
    ) -> Observed<'a> {
        let mut ambiguous = Vec::new();
        let ours = |label: &&Label| same_name(&label.name, LABEL);
        let mut labels: Vec<_> = snapshot
            .labels
            .iter()
            .filter(ours)
            .map(|label| &label.id)
            .collect();
        labels.sort_unstable();
        oldest("label", LABEL, labels.iter().copied(), &mut ambiguous);
        let mut observed = Observed {
            labels,
            ambiguous,
            ..Observed::default()
        };
        let mut cards: Vec<&Card> = snapshot.cards.iter().collect();
        cards.sort_by(|a, b| a.id.cmp(&b.id));
        let mut unmarked = Vec::new();
        let mut faulty = Vec::new();
        for card in cards {
            match Described::parse(&card.description) {
                Ok(described) if described.block.is_some() => {
                    observed.add_marked(Owned { card, described }, checkout);
                }
                Ok(described) => unmarked.push(Owned { card, described }),
                Err(fault) => faulty.push((card, fault)),
            }
        }
        observed.add_faulty(faulty, desired, checkout);
        observed.adopt(unmarked, desired);
        observed
    }

    /// Says whether a card bears our label, whichever of several equal ones.
    pub(crate) fn is_labelled(&self, card: &Card) -> bool {
        self.labels.iter().any(|label| card.labels.contains(label))
    }

    /// Adds a card with a good marker; cards come oldest first.
    fn add_marked(&mut self, owned: Owned<'a>, checkout: &Checkout) {
        let Some(marker) = owned.marker().filter(|m| checkout.owns(&m.key)) else {
            return;
        };
        let change = marker.key.change.clone();
        match self.cards.get(&change) {
            None => {
                self.cards.insert(change, Standing::Owned(owned));
            }
            // The same id: a person duplicated the card, and the copy is theirs.
            Some(Standing::Owned(first)) if first.create_id() == marker.id => {}
            Some(_) => {
                let copied =
                    |twin: &Twin<'_>| twin.change == change && twin.owned.create_id() == marker.id;
                if !self.twins.iter().any(copied) {
                    self.twins.push(Twin { change, owned });
                }
            }
        }
    }

    /// A faulty card stands for every change it may belong to that has no good one: those its
    /// markers name, and that of its own name, which the block of another may have been pasted over.
    fn add_faulty(
        &mut self,
        faulty: Vec<(&'a Card, Faulty)>,
        desired: &Desired,
        checkout: &Checkout,
    ) {
        for (card, Faulty { fault, keys }) in faulty {
            let all_read = keys.iter().all(Option::is_some);
            let ours = keys.into_iter().flatten().filter(|key| checkout.owns(key));
            let mut changes: BTreeSet<ChangeName> = ours.map(|key| key.change).collect();
            let foreign = changes.is_empty() && all_read;
            let name = ChangeName::new(card.name.as_str());
            if !foreign && desired.names(&name) {
                changes.insert(name);
            }
            for change in changes {
                let standing = Standing::Faulty(card, fault);
                self.cards.entry(change).or_insert(standing);
            }
        }
    }

    /// Adopts cards the older tool made, or whose marker an editor dropped.
    fn adopt(&mut self, unmarked: Vec<Owned<'a>>, desired: &Desired) {
        let mut candidates: BTreeMap<ChangeName, Vec<Owned<'a>>> = BTreeMap::new();
        for owned in unmarked {
            let change = ChangeName::new(owned.card.name.as_str());
            let wanted = desired.names(&change) && !self.cards.contains_key(&change);
            if wanted && self.is_labelled(owned.card) {
                candidates.entry(change).or_default().push(owned);
            }
        }
        for (change, owned) in candidates {
            let ids = owned.iter().map(|owned| &owned.card.id);
            let taken = oldest("card", change.as_str(), ids, &mut self.ambiguous).cloned();
            let first = owned
                .into_iter()
                .find(|o| Some(&o.card.id) == taken.as_ref());
            if let Some(first) = first {
                self.cards.insert(change, Standing::Owned(first));
            }
        }
    }
}

impl Desired {
    /// Says whether the files know a change, active, unreadable or archived.
    fn names(&self, change: &ChangeName) -> bool {
        self.cards.contains_key(change)
            || self.unreadable.contains_key(change)
            || self.archived.contains(change)
    }
}
