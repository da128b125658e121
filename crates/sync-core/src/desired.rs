//! What the files ask for.

use crate::description::block_text;
use crate::ids::ChangeName;
use crate::stage::Stage;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// The state of every change of one project, from one complete and successful listing.
///
/// A change that is in none of the three is gone, and its card is closed; so a listing that failed
/// must never become a `Desired`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Desired {
    /// The changes that are active and can be computed.
    pub cards: BTreeMap<ChangeName, DesiredCard>,
    /// The changes that are present but cannot be computed, each with its reason; their cards stay.
    pub unreadable: BTreeMap<ChangeName, String>,
    /// The names found in the archive, without dates.
    pub archived: BTreeSet<ChangeName>,
}

/// The card of one active change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DesiredCard {
    /// Where the change stands.
    pub stage: Stage,
    /// Why the change is made, in short.
    pub why: Option<String>,
    /// The tasks, in the order of the files.
    pub sections: Vec<Section>,
}

/// The tasks below one `##` heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// The heading; empty for tasks before the first one.
    pub title: String,
    /// The tasks.
    pub tasks: Vec<DesiredTask>,
}

/// One task of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DesiredTask {
    /// Its text, number included.
    pub text: String,
    /// Whether it is ticked.
    pub done: bool,
}

/// Returns what the block of a card shows: why, where, and who keeps it.
pub(crate) fn shown_text(why: Option<&str>, path: &str, change: &ChangeName) -> String {
    let folder = if path.is_empty() {
        format!("openspec/changes/{change}")
    } else {
        format!("{path}/openspec/changes/{change}")
    };
    let folder = folder.replace('`', "'");
    let why = why.map(block_text).filter(|why| !why.is_empty());
    let why = why.map_or_else(String::new, |why| format!("{why}\n\n"));
    block_text(&format!(
        "{why}`{folder}`\n\nThis card is kept in step by Onward."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_block_says_why_where_and_who() {
        assert_eq!(
            shown_text(Some("Too slow.\n"), "apps/web", &ChangeName::new("add-x")),
            "Too slow.\n\n`apps/web/openspec/changes/add-x`\n\nThis card is kept in step by Onward."
        );
    }
}
