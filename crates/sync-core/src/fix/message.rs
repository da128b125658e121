//! The commits a fix makes, and their messages.

use alloc::format;
use alloc::string::String;
use core::fmt::Write;

/// A commit of a run: one of each kind at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Commit {
    /// Ids of rows.
    Link,
    /// Statuses.
    Status,
}

impl Commit {
    /// Both, in the order in which they are made.
    pub const ALL: [Commit; 2] = [Commit::Link, Commit::Status];

    /// Returns the subject, by which a commit of ours is known later.
    pub fn subject(self) -> &'static str {
        match self {
            Self::Link => "chore(consistency): link to hub [auto]",
            Self::Status => "chore(consistency): sync task status from DB [auto]",
        }
    }
}

/// Writes the message of a commit made on a day (`YYYY-MM-DD`), with a line for each value: its id,
/// what stood there, and what stands there now.
pub fn commit_message<'a>(
    commit: Commit,
    day: &str,
    values: impl IntoIterator<Item = (&'a str, &'a str, &'a str)>,
) -> String {
    let mut text = format!(
        "{}\n\nUpdated by fix-consistency on {day}:\n",
        commit.subject()
    );
    for (id, from, to) in values {
        // Writing to a text never fails.
        let _ = if from.is_empty() {
            writeln!(text, "- {id}: {to}")
        } else {
            writeln!(text, "- {id}: {from} → {to}")
        };
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_names_each_value() {
        let values = [
            ("DEMO-WP-0001-T01", "todo", "done"),
            ("DEMO-WP-0002", "", "row"),
        ];
        assert_eq!(
            commit_message(Commit::Status, "2026-11-21", values),
            "chore(consistency): sync task status from DB [auto]\n\n\
             Updated by fix-consistency on 2026-11-21:\n\
             - DEMO-WP-0001-T01: todo → done\n\
             - DEMO-WP-0002: row\n"
        );
    }
}
