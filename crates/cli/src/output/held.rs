//! Each reason for leaving a card as it is, in words: what is so, and what to do.

use sync_core::board::Shelf;
use sync_core::ids::CommitId;
use sync_core::marker::MarkerFault;
use sync_core::plan::Held;
use sync_core::provenance::Unseen;

/// A reason, ready to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reason {
    /// A word for programs.
    pub(crate) code: &'static str,
    /// The row of the provenance table, for those that have one.
    pub(crate) row: Option<u8>,
    /// What is so.
    pub(crate) text: String,
    /// What to do.
    pub(crate) hint: String,
}

/// Puts a reason into words.
///
/// `me` is this checkout's origin.
pub(crate) fn reason(held: &Held, change: &str, me: &str) -> Reason {
    let words = |code, text: String, hint: String| Reason {
        code,
        row: None,
        text,
        hint,
    };
    match held {
        Held::Unseen {
            unseen,
            origin,
            commit,
        } => unseen_reason(*unseen, (origin.as_str(), me), commit.as_ref(), change),
        Held::Unreadable { reason } => words(
            "unreadable",
            format!("the change cannot be computed: {reason}"),
            "its card, if it has one, stays as it is until then".into(),
        ),
        Held::Marker { fault, card } => {
            let (code, text) = match fault {
                MarkerFault::Broken => ("marker-broken", "the marker in its description is broken"),
                MarkerFault::Doubled => ("marker-doubled", "its description has two markers"),
                MarkerFault::Newer => ("marker-newer", "a newer onward wrote its marker"),
            };
            let hint = match fault {
                MarkerFault::Newer => "use the newest onward on this machine".to_owned(),
                _ => format!(
                    "on card {card}, delete every line from `[onward:1]` to `[onward:end]`; \
                     with its label and name it is taken over by the next run"
                ),
            };
            words(code, format!("{text} (card {card})"), hint)
        }
        Held::Shelved { card, shelf } => {
            let place = match shelf {
                Shelf::Archive => "the archive",
                Shelf::Trash => "the trash",
            };
            words(
                "shelved",
                format!("somebody put its card into {place} (card {card})"),
                "restore the card, or delete it for good to have it made anew".into(),
            )
        }
        Held::Twin { card } => words(
            "twin",
            format!("it has a second card that somebody has worked on (card {card})"),
            "take over what is needed from the second card and delete it".into(),
        ),
        Held::MassClose => words(
            "mass-close",
            "too many cards would be closed at once".into(),
            "see that the checkout is complete; then run once with --allow-mass-close".into(),
        ),
    }
}

fn unseen_reason(
    unseen: Unseen,
    (origin, me): (&str, &str),
    commit: Option<&CommitId>,
    change: &str,
) -> Reason {
    let (code, text, hint) = match unseen {
        Unseen::CannotTell => (
            "cannot-tell",
            "the card shows a commit that is not here, and the remote could not be asked",
            "check the network and the remote, then run again",
        ),
        Unseen::OtherCheckout => (
            "other-checkout",
            "another checkout wrote the card, and without git nobody can compare the two",
            "run where it was written",
        ),
        Unseen::Uncommitted => (
            "uncommitted",
            "the card shows uncommitted work of another checkout",
            "commit and push there, pull here, then run again",
        ),
        Unseen::Older => (
            "older",
            "this checkout is older than what the card shows",
            "pull, then run again",
        ),
        Unseen::Diverged => (
            "diverged",
            "the card shows another line of work",
            "merge or rebase, then run again",
        ),
        Unseen::Unpublished => (
            "unpublished",
            "the card shows a commit that is unknown here, even after a fetch",
            "push it where it was made and pull here (in a shallow clone: `git fetch --unshallow`), then run again",
        ),
        Unseen::NeverHere => (
            "never-here",
            "the change was never in this checkout's history",
            "pull or switch to a branch that has it, then run again",
        ),
    };
    let own = origin == me;
    let hint = match unseen {
        Unseen::Older | Unseen::Diverged | Unseen::Uncommitted if own => {
            "merge or take up again the branch, stash or worktree it was written from, then run again"
        }
        _ => hint,
    };
    let writer = if own { "this checkout" } else { origin };
    let commit = commit.map_or_else(String::new, |commit| {
        format!(
            " at {}",
            commit.as_str().get(..12).unwrap_or(commit.as_str())
        )
    });
    Reason {
        code,
        row: Some(unseen.row()),
        text: format!("{text} (written by {writer}{commit})"),
        hint: format!("{hint}; to write it whatever it shows: --accept {change}"),
    }
}
