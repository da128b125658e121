//! Names and ids, one type each, so that two of them cannot be swapped.

use alloc::string::String;
use core::cmp::Ordering;
use core::fmt;

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Takes the text as it is.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// Returns the text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

macro_rules! board_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// A decimal number kept as text; ids order as numbers, so the lowest is the oldest
        /// (Planka sheet §1).
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub struct $name(String);

        impl $name {
            /// Takes the text as it is.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// Returns the text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Ord for $name {
            fn cmp(&self, other: &Self) -> Ordering {
                (self.0.len(), &self.0).cmp(&(other.0.len(), &other.0))
            }
        }

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id! {
    /// The name of an OpenSpec change: its folder's name, and its card's.
    ChangeName
}
text_id! {
    /// What tells one repository from another: the configured name, the root commit, or a random id.
    RepositoryId
}
text_id! {
    /// The full name of a git commit, in lower-case hexadecimal.
    CommitId
}
text_id! {
    /// A checkout on a machine: 12 hexadecimal digits.
    OriginId
}
text_id! {
    /// Drawn anew for every card that is created, so that a copy can be told from a twin.
    CreateId
}
text_id! {
    /// The id a workplan or a task has in its file.
    FileId
}
text_id! {
    /// The short name of a repository in a hub.
    Slug
}
text_id! {
    /// The id of a row in a hub.
    HubId
}

text_id! {
    /// What a lease of a hub gives leave to, such as `sweep`.
    LeaseName
}

impl HubId {
    /// Reads an id as files hold it: nothing, white space, `null` and `~` alike mean that there is none.
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim() {
            "" | "~" => None,
            text if text.eq_ignore_ascii_case("null") => None,
            text => Some(Self::new(text)),
        }
    }
}

board_id! {
    /// A project on the board server.
    ProjectId
}
board_id! {
    /// A board.
    BoardId
}
board_id! {
    /// A list, which is a column of a board.
    ListId
}
board_id! {
    /// A label of a board.
    LabelId
}
board_id! {
    /// A card.
    CardId
}
board_id! {
    /// A task list of a card.
    TaskListId
}
board_id! {
    /// A task of a task list.
    TaskId
}

#[cfg(test)]
mod tests {
    use super::HubId;

    #[test]
    fn missing_empty_null_and_tilde_ids_are_alike() {
        for none in ["", "  ", "~", "null", "Null", " NULL "] {
            assert_eq!(HubId::parse(none), None, "{none:?}");
        }
        assert_eq!(HubId::parse(" a-1 "), Some(HubId::new("a-1")));
    }
}
