//! The steps of a plan, one card after the other.

use super::tasks::CardTarget;
use super::{Update, View, card_name};
use crate::board::{Ambiguous, Card, Position, oldest};
use crate::checklist::{Matched, Ours, claims, match_up, wanted};
use crate::desired::{DesiredCard, shown_text};
use crate::ids::{BoardId, CardId, ChangeName, CreateId, LabelId, ListId};
use crate::marker::Marker;
use crate::observed::{Checkout, LABEL, Observed, Twin};
use crate::plan::{Action, CardUpdate, Handle, Step, StepId, Unsigned};
use crate::provenance::{Change, Own};
use crate::stage::Stage;
use crate::text::same_name;
use crate::write::SeenCard;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

/// Collects steps, and knows where things go.
pub(super) struct Builder<'a> {
    pub(super) view: &'a View<'a>,
    checkout: &'a Checkout,
    observed: &'a Observed<'a>,
    board: Handle<BoardId>,
    label: Handle<LabelId>,
    lists: Vec<(&'a str, Handle<ListId>)>,
    /// The places taken among the lists.
    taken: Vec<Position>,
    /// The last place taken in each list, by the list's lower-case name.
    last: BTreeMap<String, Position>,
    pub(super) steps: Vec<Step>,
    ambiguous: Vec<Ambiguous>,
}

/// What an update changes that people may have done: from list to list of the layout, and ticks.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    pub(super) moved: usize,
    pub(super) ticked: usize,
}

impl<'a> Builder<'a> {
    /// Plans what is missing of project, board, lists and label, and stands ready for the cards.
    pub(super) fn new(
        view: &'a View<'a>,
        checkout: &'a Checkout,
        observed: &'a Observed<'a>,
    ) -> Builder<'a> {
        let mut steps = Vec::new();
        let mut make = |after: Vec<StepId>, action| {
            let (change, step) = (None, StepId(steps.len()));
            steps.push(Step {
                change,
                action,
                after,
            });
            step
        };
        let project = view.located.project.clone().map_or_else(
            || {
                let name = view.target.project.clone();
                Handle::Made(make(vec![], Action::CreateProject { name }))
            },
            Handle::Known,
        );
        let board = view.located.board.clone().map_or_else(
            || {
                let action = Action::CreateBoard {
                    project: project.clone(),
                    name: view.target.board.clone(),
                    position: view.located.new_board.unwrap_or(Position::after([])),
                };
                Handle::Made(make(made(&project), action))
            },
            Handle::Known,
        );
        let label = observed.labels.first().copied().cloned().map_or_else(
            || {
                let action = Action::CreateLabel {
                    board: board.clone(),
                    name: LABEL.into(),
                    position: Position::after(view.snapshot.labels.iter().map(|l| l.position)),
                };
                Handle::Made(make(made(&board), action))
            },
            Handle::Known,
        );
        let mut builder = Builder {
            view,
            checkout,
            observed,
            board,
            label,
            lists: Vec::new(),
            taken: view
                .snapshot
                .lists
                .iter()
                .map(|list| list.position)
                .collect(),
            last: view.last_places(),
            steps,
            ambiguous: Vec::new(),
        };
        for (name, position) in view.layout.wanted_lists() {
            builder.list(name, position);
        }
        builder
    }

    /// Returns the steps, and the names that several lists bear.
    pub(super) fn finish(self) -> (Vec<Step>, Vec<Ambiguous>) {
        (self.steps, self.ambiguous)
    }

    /// Returns the list of a name, which is made when there is none.
    fn list(&mut self, name: &'a str, position: Position) -> Handle<ListId> {
        let mut known = self.lists.iter();
        if let Some((_, handle)) = known.find(|(list, _)| same_name(list, name)) {
            return handle.clone();
        }
        let named = self
            .view
            .snapshot
            .lists
            .iter()
            .filter(|list| same_name(&list.name, name));
        let found = oldest(
            "list",
            name,
            named.map(|list| &list.id),
            &mut self.ambiguous,
        );
        let handle = found.cloned().map_or_else(
            || {
                let free = !self.taken.contains(&position);
                let last = || Position::after(self.taken.iter().copied());
                let position = if free { position } else { last() };
                self.taken.push(position);
                let action = Action::CreateList {
                    board: self.board.clone(),
                    name: name.into(),
                    position,
                };
                Handle::Made(self.push(None, &made(&self.board), action))
            },
            Handle::Known,
        );
        self.lists.push((name, handle.clone()));
        handle
    }

    pub(super) fn push(
        &mut self,
        change: Option<&ChangeName>,
        after: &[StepId],
        action: Action,
    ) -> StepId {
        let id = StepId(self.steps.len());
        self.steps.push(Step {
            change: change.cloned(),
            action,
            after: after.to_vec(),
        });
        id
    }

    /// Returns the list of a stage and the next free place in it.
    fn place(&mut self, stage: Stage) -> (Handle<ListId>, Position) {
        let name = self.view.layout.list(stage);
        let last = self.last.entry(name.to_lowercase());
        let last = last.and_modify(|last| *last = Position::after([*last]));
        let place = *last.or_insert(Position::after([]));
        (self.list(name, Position::after([])), place)
    }

    fn marker(&self, change: &ChangeName, own: &Own, id: CreateId) -> Marker {
        Marker {
            key: self.checkout.key(change),
            id,
            origin: self.checkout.origin.clone(),
            commit: own.commit.clone(),
            dirty: own.dirty,
            base: own.base.clone(),
            tasks: Vec::new(),
        }
    }

    /// Plans a card, its label and its tasks.
    pub(super) fn create(&mut self, change: &ChangeName, card: &DesiredCard, own: &Own) {
        let features = &self.view.features;
        let lists = wanted(card, features);
        let mut marker = self.marker(change, own, CreateId::new(""));
        let (none, nothing) = (Ours::default(), match_up(&lists, &[], &Ours::default()));
        marker.tasks = claims(&lists, &nothing, &[], &none);
        let list_name = self.view.layout.list(card.stage).to_string();
        let (list, position) = self.place(card.stage);
        let after = made(&list);
        let action = Action::CreateCard {
            list,
            list_name,
            name: card_name(change, features),
            position,
            marker: Unsigned(marker),
            text: shown_text(card.why.as_deref(), &self.checkout.path, change),
        };
        let step = self.push(Some(change), &after, action);
        self.attach_label(change, Handle::Made(step), &[step]);
        let target = CardTarget {
            handle: Handle::Made(step),
            first: Some(step),
            lists: &[],
        };
        self.tasks(change, &lists, &nothing, &none, &target);
    }

    fn attach_label(&mut self, change: &ChangeName, card: Handle<CardId>, after: &[StepId]) {
        let label = self.label.clone();
        let mut after = after.to_vec();
        after.extend(made(&label));
        self.push(Some(change), &after, Action::AttachLabel { card, label });
    }

    /// Plans the changes of a card: one write with marker, list and text, then the tasks.
    pub(super) fn update(&mut self, change: &ChangeName, update: &Update<'_>, own: &Own) -> Counts {
        let card = update.owned.card;
        let lists = update.lists.as_deref().unwrap_or_default();
        let matched = match_up(lists, &card.task_lists, &update.ours);
        let first = (!update.label_only)
            .then(|| self.update_card(change, update, &matched, own))
            .flatten();
        let after: Vec<StepId> = first.into_iter().collect();
        if !self.observed.is_labelled(card) {
            self.attach_label(change, Handle::Known(card.id.clone()), &after);
        }
        let mut counts = Counts {
            // A card in any other list may be there because the layout was another one.
            moved: usize::from(
                !self.view.is_in_list(card, update.stage) && self.view.is_in_layout(card),
            ),
            ticked: 0,
        };
        if update.lists.is_some() && !update.label_only {
            let target = CardTarget {
                handle: Handle::Known(card.id.clone()),
                first,
                lists: &card.task_lists,
            };
            counts.ticked = self.tasks(change, lists, &matched, &update.ours, &target);
        }
        counts
    }

    /// Plans the one write on the card itself, if there is anything to write.
    fn update_card(
        &mut self,
        change: &ChangeName,
        update: &Update<'_>,
        matched: &Matched,
        own: &Own,
    ) -> Option<StepId> {
        let card = update.owned.card;
        let to = self.view.layout.list(update.stage).to_string();
        let away = !self.view.is_in_list(card, update.stage);
        let place = away.then(|| self.place(update.stage));
        let name = Some(card_name(change, &self.view.features)).filter(|name| *name != card.name);
        let mut marker = self.marker(change, own, update.owned.create_id());
        let lists = update.lists.as_deref().unwrap_or_default();
        marker.tasks = claims(lists, matched, &card.task_lists, &update.ours);
        let shown = update
            .owned
            .described
            .block
            .as_ref()
            .map(|block| block.text.clone());
        let text = update.text.clone().or(shown);
        let text = text.unwrap_or_else(|| shown_text(None, &self.checkout.path, change));
        let described = update.owned.described.clone().without_leftover(&text);
        let description = Some(described.compose(&marker, &text));
        let description = description.filter(|text| *text != card.description);
        if place.is_none() && name.is_none() && description.is_none() {
            return None;
        }
        let list = self
            .view
            .snapshot
            .lists
            .iter()
            .find(|list| list.id == card.list);
        let from = list.map(|list| list.name.clone()).unwrap_or_default();
        let what = match (&place, update.change) {
            (None, _) => CardUpdate::Text,
            (Some(_), Change::Close) => CardUpdate::Close { from, to },
            (Some(_), _) => CardUpdate::Move { from, to },
        };
        let after = place
            .as_ref()
            .map(|(list, _)| made(list))
            .unwrap_or_default();
        let action = Action::UpdateCard {
            card: card.id.clone(),
            seen: seen(card),
            what,
            name,
            description,
            place,
        };
        Some(self.push(Some(change), &after, action))
    }

    /// Plans throwing a twin away.
    pub(super) fn discard(&mut self, twin: &Twin<'_>) {
        let card = twin.owned.card;
        let action = Action::DiscardCard {
            card: card.id.clone(),
            seen: seen(card),
            trash: self.view.snapshot.trash.clone(),
        };
        self.push(Some(&twin.change), &[], action);
    }
}

pub(super) fn made<Id>(handle: &Handle<Id>) -> Vec<StepId> {
    match handle {
        Handle::Known(_) => Vec::new(),
        Handle::Made(step) => vec![*step],
    }
}

fn seen(card: &Card) -> SeenCard {
    SeenCard {
        list: card.list.clone(),
        name: card.name.clone(),
        description: card.description.clone(),
    }
}

impl View<'_> {
    /// Returns the last place taken in each list, by the list's lower-case name.
    fn last_places(&self) -> BTreeMap<String, Position> {
        let mut places = BTreeMap::new();
        for card in &self.snapshot.cards {
            let list = self.snapshot.lists.iter().find(|list| list.id == card.list);
            if let Some(list) = list {
                let furthest = places
                    .entry(list.name.to_lowercase())
                    .or_insert(card.position);
                *furthest = (*furthest).max(card.position);
            }
        }
        places
    }
}
