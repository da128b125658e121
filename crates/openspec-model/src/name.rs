//! Names that can be looked up as a change.

/// Why a name cannot be looked up as a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameRule {
    /// `.` and `..`.
    #[error("it is a relative path segment")]
    RelativeSegment,
    /// A slash or a backslash.
    #[error("it contains a path separator")]
    Separator,
    /// A NUL character.
    #[error("it contains a null character")]
    Null,
    /// A dot at the start: a hidden folder.
    #[error("it starts with a dot")]
    Hidden,
    /// `archive`, which holds the archived changes.
    #[error("it is reserved for archived changes")]
    Archive,
}

impl NameRule {
    /// The rule `name` breaks, in the order the CLI looks at them.
    pub(crate) fn broken_by(name: &str) -> Option<Self> {
        if name == "." || name == ".." {
            Some(Self::RelativeSegment)
        } else if name.contains(['/', '\\']) {
            Some(Self::Separator)
        } else if name.contains('\0') {
            Some(Self::Null)
        } else if name.starts_with('.') {
            Some(Self::Hidden)
        } else if name == "archive" {
            Some(Self::Archive)
        } else {
            None
        }
    }

    /// The CLI's words.
    pub(crate) fn official_text(self) -> &'static str {
        match self {
            Self::RelativeSegment => "Change name cannot be a relative path segment",
            Self::Separator => "Change name cannot contain path separators",
            Self::Null => "Change name cannot contain null characters",
            Self::Hidden => "Change name cannot start with a dot",
            Self::Archive => "'archive' is reserved for archived changes",
        }
    }
}
