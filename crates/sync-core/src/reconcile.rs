//! From what the files ask for and what the board shows to a plan.
//!
//! Two steps, because most facts are only worth gathering for the few cards that differ:
//! [`Draft::of`] compares, [`Draft::decide`] takes the facts it asked for and decides.

use crate::board::{BoardLayout, Card, Features, Located, ShelvedCard, Snapshot, Target};
use crate::checklist::{self, Ours, WantedList};
use crate::desired::{Desired, DesiredCard, shown_text};
use crate::ids::ChangeName;
use crate::marker::{CardKey, Marker};
use crate::observed::{Checkout, Observed, Owned, Standing};
use crate::plan::{Held, HeldChange, Plan, PutBack};
use crate::provenance::{Change, GitFacts, Own};
use crate::stage::Stage;
use crate::text::{fit, same_name};
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;
use steps::Builder;

mod leave;
mod steps;
mod tasks;

/// What was read from the board before a plan is made.
#[derive(Clone, Debug, PartialEq)]
pub struct View<'a> {
    /// The names asked for.
    pub target: &'a Target,
    /// Where they were found.
    pub located: &'a Located,
    /// The board, empty where there is none yet.
    pub snapshot: &'a Snapshot,
    /// What the board can do.
    pub features: Features,
    /// The lists it shall have.
    pub layout: &'a BoardLayout,
}

/// The differences between files and board, before it is known which may be written.
#[derive(Debug)]
pub struct Draft<'a> {
    view: View<'a>,
    desired: &'a Desired,
    checkout: &'a Checkout,
    observed: Observed<'a>,
    /// How many cards of ours are open.
    open: usize,
    differences: BTreeMap<ChangeName, Difference<'a>>,
    held: Vec<HeldChange>,
}

/// A change whose card differs from what the files ask for.
#[derive(Debug)]
enum Difference<'a> {
    Create(&'a DesiredCard),
    Update(Box<Update<'a>>),
}

/// How a card of ours differs.
#[derive(Debug)]
struct Update<'a> {
    owned: Owned<'a>,
    stage: Stage,
    lists: Option<Vec<WantedList>>,
    ours: Ours,
    text: Option<String>,
    /// Nothing but the label is missing, which shows no work and needs no leave.
    label_only: bool,
    change: Change,
}

/// A question about one change, which the checkout's git answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask<'d> {
    /// The change.
    pub change: &'d ChangeName,
    /// The marker on its card; none for a card that is made or adopted.
    pub marker: Option<&'d Marker>,
}

/// The facts a draft asked for, and what a person allowed.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// What this checkout says of each change asked for.
    pub own: BTreeMap<ChangeName, Own>,
    /// What its git says of each marker asked for.
    pub git: BTreeMap<ChangeName, GitFacts>,
    /// Cards in the archive and the trash, searched for when something is to be created.
    pub shelved: Vec<ShelvedCard>,
    /// Changes whose cards a person wants written whatever they show (`--accept`).
    pub accepted: BTreeSet<ChangeName>,
    /// A person wants any number of cards closed (`--allow-mass-close`).
    pub allow_mass_close: bool,
}

impl<'a> Draft<'a> {
    /// Compares the files with the board.
    pub fn of(desired: &'a Desired, view: View<'a>, checkout: &'a Checkout) -> Draft<'a> {
        let mut draft = Draft {
            observed: Observed::classify(view.snapshot, desired, checkout),
            view,
            desired,
            checkout,
            open: 0,
            differences: BTreeMap::new(),
            held: Vec::new(),
        };
        draft.open = draft.open_cards();
        for (change, reason) in &desired.unreadable {
            let reason = reason.clone();
            draft.hold(change, Held::Unreadable { reason });
            draft.observed.cards.remove(change);
        }
        let mut standing = core::mem::take(&mut draft.observed.cards);
        let readable = |(change, _): &(&ChangeName, _)| !desired.unreadable.contains_key(*change);
        for (change, card) in desired.cards.iter().filter(readable) {
            match standing.remove(change) {
                None => {
                    draft
                        .differences
                        .insert(change.clone(), Difference::Create(card));
                }
                Some(Standing::Owned(owned)) => draft.compare(change, owned, Some(card)),
                Some(Standing::Faulty(on_board, fault)) => {
                    let card = on_board.id.clone();
                    draft.hold(change, Held::Marker { fault, card });
                }
            }
        }
        for (change, standing) in standing {
            match standing {
                Standing::Owned(owned) => draft.compare(&change, owned, None),
                Standing::Faulty(on_board, fault) => {
                    if draft.stage_of(on_board) != Some(Stage::Done) {
                        let card = on_board.id.clone();
                        draft.hold(&change, Held::Marker { fault, card });
                    }
                }
            }
        }
        draft
    }

    /// Returns what has to be known about the checkout and its git before [`Draft::decide`].
    pub fn asks(&self) -> Vec<Ask<'_>> {
        let ask = |(change, difference)| match difference {
            &Difference::Create(_) => Some(Ask {
                change,
                marker: None,
            }),
            Difference::Update(update) if update.label_only => None,
            Difference::Update(update) => Some(Ask {
                change,
                marker: update.owned.marker(),
            }),
        };
        self.differences.iter().filter_map(ask).collect()
    }

    /// Says whether cards will be made, which asks for a search of archive and trash.
    pub fn creates(&self) -> bool {
        let create = |difference: &Difference<'_>| matches!(difference, Difference::Create(_));
        self.differences.values().any(create)
    }

    /// Returns the keys of the cards that will be made, unless one of them is out of sight.
    pub fn created_keys(&self) -> impl Iterator<Item = CardKey> {
        let created = self
            .differences
            .iter()
            .filter(|(_, d)| matches!(d, Difference::Create(_)));
        created.map(|(change, _)| self.checkout.key(change))
    }

    /// Decides what is written and what is held.
    pub fn decide(mut self, facts: &Facts) -> Plan {
        let mut held = core::mem::take(&mut self.held);
        let mut leave_as_is = |change: &ChangeName, reason| {
            let change = change.clone();
            held.push(HeldChange {
                change,
                held: reason,
            });
        };
        let mass_close = self.mass_close(facts);
        let mut put_back = PutBack::default();
        let mut builder = Builder::new(&self.view, self.checkout, &self.observed);
        for (change, difference) in &self.differences {
            let own = facts.own.get(change).cloned().unwrap_or_default();
            match difference {
                Difference::Create(card) => match self.shelved(change, &facts.shelved) {
                    Some(reason) => leave_as_is(change, reason),
                    None => builder.create(change, card, &own),
                },
                Difference::Update(update) => {
                    let mass = mass_close.is_some() && self.closes_unasked(change, update, facts);
                    let reason = self.leave(change, update, facts);
                    if let Some(reason) = reason.or(mass.then_some(Held::MassClose)) {
                        leave_as_is(change, reason);
                        continue;
                    }
                    let counts = builder.update(change, update, &own);
                    if update.is_peoples_doing(&own) {
                        put_back.cards += counts.moved;
                        put_back.ticks += counts.ticked;
                    }
                }
            }
        }
        for twin in &self.observed.twins {
            if twin.owned.is_untouched() {
                builder.discard(twin);
            } else {
                let card = twin.owned.card.id.clone();
                leave_as_is(&twin.change, Held::Twin { card });
            }
        }
        held.sort();
        let (steps, lists) = builder.finish();
        let located = &self.view.located.ambiguous;
        let ambiguous = located.iter().chain(&self.observed.ambiguous).cloned();
        Plan {
            steps,
            held,
            ambiguous: ambiguous.chain(lists).collect(),
            mass_close,
            put_back,
        }
    }

    fn hold(&mut self, change: &ChangeName, held: Held) {
        let change = change.clone();
        self.held.push(HeldChange { change, held });
    }

    fn stage_of(&self, card: &Card) -> Option<Stage> {
        let list = self
            .view
            .snapshot
            .lists
            .iter()
            .find(|list| list.id == card.list)?;
        self.view.layout.stage(&list.name)
    }

    /// Notes a difference, if there is one. No card is wanted for a change that is gone: it closes.
    fn compare(&mut self, change: &ChangeName, owned: Owned<'a>, wanted: Option<&DesiredCard>) {
        let card = owned.card;
        let stage = wanted.map_or(Stage::Done, |wanted| wanted.stage);
        let in_place = self.view.is_in_list(card, stage);
        let fingerprints = owned.marker().map_or(&[][..], |marker| &marker.tasks);
        let ours = || Ours::of(&card.task_lists, fingerprints);
        let lists = wanted.map(|wanted| checklist::wanted(wanted, &self.view.features));
        let tasks_equal = lists
            .as_ref()
            .is_none_or(|lists| tasks::tasks_equal(lists, &card.task_lists, ours));
        let text =
            wanted.map(|wanted| shown_text(wanted.why.as_deref(), &self.checkout.path, change));
        let shown = owned
            .described
            .block
            .as_ref()
            .map(|block| block.text.as_str());
        let text_equal = text.as_deref().is_none_or(|text| shown == Some(text))
            && card.name == card_name(change, &self.view.features);
        let labelled = self.observed.is_labelled(card);
        let facts_equal = in_place && tasks_equal;
        if facts_equal && text_equal && labelled {
            return;
        }
        let ours = ours();
        let update = Update {
            stage,
            lists,
            ours,
            text,
            label_only: facts_equal && text_equal,
            change: match (wanted, facts_equal) {
                (_, true) => Change::TextOnly,
                (None, false) => Change::Close,
                (Some(_), false) => Change::Facts,
            },
            owned,
        };
        self.differences
            .insert(change.clone(), Difference::Update(Box::new(update)));
    }
}

impl View<'_> {
    /// Says whether a card is in one of the lists this layout has made.
    fn is_in_layout(&self, card: &Card) -> bool {
        let list = self.snapshot.lists.iter().find(|list| list.id == card.list);
        let mut wanted = self.layout.wanted_lists().into_iter();
        list.is_some_and(|list| wanted.any(|(name, _)| same_name(name, &list.name)))
    }

    /// Says whether a card is in the list of a stage, whichever of several equal ones.
    fn is_in_list(&self, card: &Card, stage: Stage) -> bool {
        let list = self.snapshot.lists.iter().find(|list| list.id == card.list);
        list.is_some_and(|list| same_name(&list.name, self.layout.list(stage)))
    }
}

/// Returns the name a change's card bears.
pub(crate) fn card_name(change: &ChangeName, features: &Features) -> String {
    fit(change.as_str(), features.name_limit)
}

#[cfg(test)]
mod tests;
