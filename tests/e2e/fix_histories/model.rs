//! What DESIGN §5 says about a status, worked out without a line of `sync-core`.

use std::collections::{BTreeMap, BTreeSet};

/// The words of tasks; a rank is a place in the outer list.
const RANKS: [&[&str]; 3] = [
    &["todo"],
    &["in_progress", "blocked"],
    &["done", "cancelled"],
];

/// The words of workplans, likewise.
const WORKPLAN_RANKS: [&[&str]; 4] = [
    &["proposed", "backlog", "ready"],
    &["active", "blocked"],
    &["finished"],
    &["archived"],
];

/// Every word of a task.
pub(super) const WORDS: [&str; 5] = ["todo", "in_progress", "blocked", "done", "cancelled"];

/// How far along a task is.
pub(super) fn rank(word: &str) -> usize {
    place(&RANKS, word)
}

/// How far along a workplan is.
pub(super) fn workplan_rank(word: &str) -> usize {
    place(&WORKPLAN_RANKS, word)
}

fn place(ranks: &[&[&str]], word: &str) -> usize {
    let at = ranks.iter().position(|words| words.contains(&word));
    at.unwrap_or_else(|| panic!("'{word}' is no canonical word"))
}

/// A task in the hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) word: String,
    pub(super) reopens: u32,
}

impl Row {
    /// A change, in which a lower rank is counted.
    pub(super) fn become_(&mut self, word: &str) {
        self.reopens += u32::from(rank(word) < rank(&self.word));
        word.clone_into(&mut self.word);
    }
}

/// The tasks of the hub, by id.
pub(super) type Rows = BTreeMap<String, Row>;

/// What a checkout last saw file and hub agree on, and where HEAD stood then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Base {
    pub(super) row: Row,
    pub(super) commit: String,
}

/// What comes of a file's word and a row: the word both have then; none for a tie.
pub(super) fn settled(base: Option<&Row>, file: &str, hub: &Row) -> Option<String> {
    let reopened = hub.reopens > base.map_or(0, |base| base.reopens);
    let file_moved = base.map(|base| base.word != file);
    let hub_moved = base.map(|base| base.word != hub.word || reopened);
    let hub_wins = match rank(file).cmp(&rank(&hub.word)) {
        _ if file == hub.word => true,
        std::cmp::Ordering::Less => true,
        // Ahead, unless the row was lowered after this checkout looked: then its word is an old
        // one, or nobody knows.
        std::cmp::Ordering::Greater if !reopened => false,
        std::cmp::Ordering::Greater if file_moved == Some(false) => true,
        std::cmp::Ordering::Greater => return None,
        std::cmp::Ordering::Equal => match (file_moved, hub_moved) {
            (Some(false), _) => true,
            (Some(true), Some(false)) => false,
            _ => return None,
        },
    };
    Some(if hub_wins { &hub.word } else { file }.to_owned())
}

/// What a person's `--reopen` makes of both; none where it has nothing to lower.
fn reopened(file: &str, hub: &str) -> Option<String> {
    let (here, there) = (rank(file), rank(hub));
    let closed = RANKS.len() - 1;
    match here.cmp(&there) {
        std::cmp::Ordering::Equal if here == closed => Some("todo".to_owned()),
        std::cmp::Ordering::Equal => None,
        std::cmp::Ordering::Less => Some(file.to_owned()),
        std::cmp::Ordering::Greater => Some(hub.to_owned()),
    }
}

/// What a run with `--fix` has to go by, once it has pulled and may write.
pub(super) struct Run<'a> {
    /// The words in the files.
    pub(super) files: &'a BTreeMap<String, String>,
    /// What the checkout remembers for where HEAD stands.
    pub(super) bases: BTreeMap<String, Row>,
    /// The tasks whose file may be edited.
    pub(super) writable: BTreeSet<String>,
    /// Statuses are written into files.
    pub(super) writeback: bool,
    /// The task that is reopened.
    pub(super) reopen: Option<&'a str>,
}

/// What a run with `--fix` leaves.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) hub: Rows,
    pub(super) files: BTreeMap<String, String>,
    /// What file and hub agree on after it.
    pub(super) agreed: BTreeMap<String, Row>,
    /// What is left to a person.
    pub(super) tied: BTreeSet<String>,
}

impl Run<'_> {
    /// Works out what the run leaves of these rows.
    pub(super) fn on(&self, hub: &Rows) -> Outcome {
        let mut outcome = Outcome::default();
        for (task, word) in self.files {
            let (row, word, seen) = self.task(task, word, hub.get(task));
            match seen {
                Seen::Agreed(row) => drop(outcome.agreed.insert(task.clone(), row)),
                Seen::Tied => drop(outcome.tied.insert(task.clone())),
                Seen::Apart => {}
            }
            if let Some(row) = row {
                outcome.hub.insert(task.clone(), row);
            }
            outcome.files.insert(task.clone(), word);
        }
        outcome
    }

    /// One task: its row and its word afterwards, and what the checkout has seen of both.
    fn task(&self, task: &str, word: &str, row: Option<&Row>) -> (Option<Row>, String, Seen) {
        let writable = self.writable.contains(task);
        let made = Row {
            word: word.to_owned(),
            reopens: 0,
        };
        let Some(mut after) = row.cloned().or_else(|| writable.then(|| made.clone())) else {
            return (None, word.to_owned(), Seen::Apart);
        };
        let opened = (self.reopen == Some(task))
            .then(|| reopened(word, &after.word))
            .flatten();
        let settled = opened.or_else(|| settled(self.bases.get(task), word, &after));
        let Some(target) = settled else {
            return (Some(after), word.to_owned(), Seen::Tied);
        };
        after.become_(&target);
        if word == target || writable && self.writeback {
            return (Some(after.clone()), target, Seen::Agreed(after));
        }
        // A row made in this very run had the file's word, before it was reopened.
        let seen = row.map_or(Seen::Agreed(made), |_| Seen::Apart);
        (Some(after), word.to_owned(), seen)
    }
}

/// What a checkout has seen of a task when a run ends.
enum Seen {
    /// File and hub said this.
    Agreed(Row),
    /// They differ, and nobody can tell which is newer.
    Tied,
    /// They differ, or there is no row, for want of a file that may be edited.
    Apart,
}
