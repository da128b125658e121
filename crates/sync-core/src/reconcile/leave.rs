//! What may be written, and why the rest is left as it is.

use super::{Difference, Draft, Facts, Update};
use crate::board::ShelvedCard;
use crate::checklist::Ours;
use crate::description::keys;
use crate::ids::ChangeName;
use crate::observed::{Owned, Standing};
use crate::plan::{Held, MassClose};
use crate::provenance::{CardFacts, Change, GitFacts, Own, Sight, Verdict, judge};
use crate::stage::Stage;

impl Draft<'_> {
    /// Says why a card must be left as it is, if it must.
    pub(super) fn leave(
        &self,
        change: &ChangeName,
        update: &Update<'_>,
        facts: &Facts,
    ) -> Option<Held> {
        let marker = update.owned.marker()?;
        if update.label_only || facts.accepted.contains(change) {
            return None;
        }
        let unasked = GitFacts {
            sight: Sight::CannotTell,
            nothing_elsewhere: false,
            in_history: true,
        };
        let git = facts.git.get(change).unwrap_or(&unasked);
        let card = update.card_facts(self.stage_of(update.owned.card));
        let (me, features) = (&self.checkout.origin, &self.view.features);
        match judge(marker, git, &card, update.change, me, features) {
            Verdict::Write => None,
            Verdict::Held(unseen) => Some(Held::Unseen {
                unseen,
                origin: marker.origin.clone(),
                commit: marker.commit.clone(),
            }),
        }
    }

    /// Finds the change's card in the archive or the trash: somebody put it there.
    pub(super) fn shelved(&self, change: &ChangeName, shelved: &[ShelvedCard]) -> Option<Held> {
        let key = self.checkout.key(change);
        let card = shelved
            .iter()
            .find(|card| keys(&card.description).flatten().any(|found| found == key))?;
        Some(Held::Shelved {
            card: card.id.clone(),
            shelf: card.shelf,
        })
    }

    /// Says whether a card would be closed on no better word than that its change is not there.
    pub(super) fn closes_unasked(
        &self,
        change: &ChangeName,
        update: &Update<'_>,
        facts: &Facts,
    ) -> bool {
        update.change == Change::Close
            && !self.desired.archived.contains(change)
            && !facts.accepted.contains(change)
    }

    /// More than five cards, and more than half of the open ones, are not closed on the word of a
    /// folder that is merely missing.
    pub(super) fn mass_close(&self, facts: &Facts) -> Option<MassClose> {
        let closing = self
            .differences
            .iter()
            .filter(|(change, difference)| match difference {
                Difference::Create(_) => false,
                Difference::Update(update) => {
                    self.closes_unasked(change, update, facts)
                        && self.leave(change, update, facts).is_none()
                }
            });
        let (closing, open) = (closing.count(), self.open);
        let mass = closing > 5 && closing * 2 > open && !facts.allow_mass_close;
        mass.then_some(MassClose { closing, open })
    }

    pub(super) fn open_cards(&self) -> usize {
        let open = |standing: &&Standing<'_>| match standing {
            Standing::Owned(owned) => self.stage_of(owned.card) != Some(Stage::Done),
            Standing::Faulty(..) => false,
        };
        self.observed.cards.values().filter(open).count()
    }
}

impl Update<'_> {
    pub(super) fn card_facts(&self, stage: Option<Stage>) -> CardFacts {
        let lists = self.owned.card.task_lists.iter().zip(&self.ours.tasks);
        let tasks = lists.flat_map(|(list, ours)| list.tasks.iter().zip(ours));
        let ours = tasks.filter(|(_, ours)| **ours);
        CardFacts {
            stage,
            tasks: ours
                .map(|(task, _)| (task.name.clone(), task.done))
                .collect(),
        }
    }

    /// Says whether the files are as they were when the card was written, so that a difference can
    /// only come from people on the board.
    pub(super) fn is_peoples_doing(&self, own: &Own) -> bool {
        self.owned.marker().is_some_and(|marker| {
            marker.commit.is_some() && marker.commit == own.commit && !marker.dirty && !own.dirty
        })
    }
}

impl Owned<'_> {
    /// Says whether nobody but us has put anything on the card.
    pub(super) fn is_untouched(&self) -> bool {
        let traces = self.card.traces;
        let fingerprints = self.marker().map_or(&[][..], |marker| &marker.tasks);
        let ours = Ours::of(&self.card.task_lists, fingerprints);
        traces.comments + traces.members + traces.attachments == 0
            && self.described.is_bare()
            && ours.tasks.iter().flatten().all(|ours| *ours)
    }
}
