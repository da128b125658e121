//! Diagnostics, as the CLI gives them under `--json`.

/// How much a diagnostic matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// What was asked for could not be done.
    Error,
    /// It was done, and something is odd.
    Warning,
}

impl Severity {
    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// One thing to tell, in the shape of the CLI's `status` entries (OpenSpec sheet §2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How much it matters.
    pub severity: Severity,
    /// A word for programs, such as `change_error`.
    pub code: &'static str,
    /// A sentence for people.
    pub message: String,
    /// What to do about it; absent where the CLI gives none.
    pub fix: Option<String>,
}
