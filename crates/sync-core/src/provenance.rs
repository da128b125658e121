//! May this run change this card? A card is changed only by who has seen what it shows.
//!
//! The table of DESIGN §4, refuted simpler rules and residual risks in the provenance sheet. It is
//! asked for every change of a card that carries a marker, forward or backward, all or nothing.

use crate::board::Features;
use crate::desired::DesiredCard;
use crate::ids::{CommitId, OriginId};
use crate::marker::Marker;
use crate::stage::Stage;
use crate::text::fit;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

/// What the checkout's own git says about one change: goes into the marker of what is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Own {
    /// The last commit in HEAD's history that touched the change; HEAD if none did, none without git.
    pub commit: Option<CommitId>,
    /// The change's own files differ from HEAD.
    pub dirty: bool,
    /// The newest ancestor of `commit` on the remote's default branch.
    pub base: Option<CommitId>,
}

/// What the checkout's git knows about the marker of one card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitFacts {
    /// How the marker's commit relates to HEAD.
    pub sight: Sight,
    /// No other ref, stash or worktree holds a commit on the change that HEAD lacks.
    pub nothing_elsewhere: bool,
    /// Some commit in HEAD's history touched the change.
    pub in_history: bool,
}

/// How a marker's commit relates to HEAD.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sight {
    /// There is no git here, or the marker was written without.
    NoGit,
    /// Not found here, and the remote could not be asked.
    CannotTell,
    /// Not found here, even after a fetch.
    Unknown {
        /// What the commits since the marker's base show; `None` if that is unknown too.
        since_base: Option<Vec<Shown>>,
    },
    /// HEAD or an ancestor of it.
    Within {
        /// What the commits since then show; asked only when the marker is dirty.
        since: Vec<Shown>,
    },
    /// A descendant of the last commit here that touched the change.
    Ahead,
    /// On another line of work.
    Diverged {
        /// What the commits since they parted show.
        since: Vec<Shown>,
    },
}

/// What one commit that touched a change shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// The change's folder is not there.
    Absent,
    /// The change, computed from that commit's files.
    Card(DesiredCard),
    /// The folder is there but cannot be computed, which shows nothing.
    Unclear,
}

/// What a card shows: where it stands, and our tasks with their ticks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardFacts {
    /// The stage of its list; none in a list of people's own.
    pub stage: Option<Stage>,
    /// Our tasks by the name on the card, and whether each is ticked.
    pub tasks: Vec<(String, bool)>,
}

/// What is about to be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// List or tasks.
    Facts,
    /// The card is closed.
    Close,
    /// Nothing but the text of the block.
    TextOnly,
}

/// The answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The card may be changed.
    Write,
    /// It may not, and why.
    Held(Unseen),
}

/// Why a card shows work this checkout has not seen; each is a row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unseen {
    /// Row 2: the commit is unknown here and the remote could not be asked.
    CannotTell,
    /// Row 2 without git: another checkout wrote it.
    OtherCheckout,
    /// Row 4: uncommitted work of the writer.
    Uncommitted,
    /// Row 5: this checkout is older.
    Older,
    /// Row 6: another line of work.
    Diverged,
    /// Row 7: unpublished work of the writer.
    Unpublished,
    /// Row 8: the change was never here.
    NeverHere,
}

impl Unseen {
    /// Returns the row of the table, as the documentation counts them.
    pub fn row(self) -> u8 {
        match self {
            Unseen::CannotTell | Unseen::OtherCheckout => 2,
            Unseen::Uncommitted => 4,
            Unseen::Older => 5,
            Unseen::Diverged => 6,
            Unseen::Unpublished => 7,
            Unseen::NeverHere => 8,
        }
    }
}

/// Decides rows 2 to 8 for a card with a marker.
///
/// Rows 1 (no card, no marker) and 9 (`--accept`) are the caller's: there is nothing to judge.
pub fn judge(
    marker: &Marker,
    facts: &GitFacts,
    card: &CardFacts,
    change: Change,
    me: &OriginId,
    features: &Features,
) -> Verdict {
    let own = marker.origin == *me;
    let commit_known = !matches!(facts.sight, Sight::CannotTell | Sight::Unknown { .. });
    let gone_here = own && commit_known && facts.nothing_elsewhere && change != Change::TextOnly;
    let shown = |since: &[Shown]| {
        change != Change::TextOnly && since.iter().any(|s| s.shows(card, features))
    };
    let write_if = |seen: bool, unseen: Unseen| {
        if seen {
            Verdict::Write
        } else {
            Verdict::Held(unseen)
        }
    };
    if facts.sight == Sight::NoGit {
        return write_if(own, Unseen::OtherCheckout);
    }
    if change == Change::Close && !facts.in_history {
        return write_if(gone_here, Unseen::NeverHere);
    }
    match &facts.sight {
        Sight::NoGit => write_if(own, Unseen::OtherCheckout),
        Sight::CannotTell => Verdict::Held(Unseen::CannotTell),
        Sight::Within { .. } if !marker.dirty => Verdict::Write,
        Sight::Within { since } => write_if(shown(since) || gone_here, Unseen::Uncommitted),
        Sight::Ahead => write_if(gone_here, Unseen::Older),
        Sight::Diverged { since } => write_if(shown(since) || gone_here, Unseen::Diverged),
        Sight::Unknown { since_base } => write_if(
            since_base.as_deref().is_some_and(shown),
            Unseen::Unpublished,
        ),
    }
}

impl Shown {
    /// Says whether a commit shows at least what the card shows: all its tasks and ticks, its stage
    /// not lower; for a closed card, that the change was removed.
    pub(crate) fn shows(&self, card: &CardFacts, features: &Features) -> bool {
        match (card.stage, self) {
            (_, Shown::Unclear) => false,
            (Some(Stage::Done), shown) => *shown == Shown::Absent,
            (_, Shown::Absent) => false,
            (stage, Shown::Card(shown)) => {
                let rank = |stage: Stage| stage.rank();
                stage.is_none_or(|stage| rank(shown.stage) >= rank(stage))
                    && shown.covers(&card.tasks, features)
            }
        }
    }
}

impl DesiredCard {
    /// Says whether every task is here, and ticked where it is ticked there; equal names count.
    fn covers(&self, tasks: &[(String, bool)], features: &Features) -> bool {
        let mut here: BTreeMap<String, (usize, usize)> = BTreeMap::new();
        for task in self.sections.iter().flat_map(|section| &section.tasks) {
            let entry = here
                .entry(fit(&task.text, features.name_limit))
                .or_default();
            entry.0 += 1;
            entry.1 += usize::from(task.done);
        }
        let mut there: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        for (name, done) in tasks {
            let entry = there.entry(name).or_default();
            entry.0 += 1;
            entry.1 += usize::from(*done);
        }
        there.iter().all(|(name, (count, done))| {
            here.get(*name)
                .is_some_and(|(all, ticked)| all >= count && ticked >= done)
        })
    }
}

#[cfg(test)]
mod tests;
