//! What a command could not do: the kind picks the exit, the chain says what happened, hints say
//! what to do next.

use crate::exit::Exit;
use std::error::Error as StdError;
use std::fmt;

/// A command's failure, ready to be shown.
#[derive(Debug)]
pub(crate) struct CommandError {
    pub(crate) kind: Kind,
    message: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
    hints: Vec<String>,
}

/// What kind of failure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The command could not do its job.
    Failed,
    /// The board cannot be reached or logged in to.
    Skipped,
    /// The command could not begin its job, or is not part of this version.
    Unable,
    /// The call or the configuration is wrong.
    Usage,
}

impl CommandError {
    /// A failure without a cause.
    pub(crate) fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            source: None,
            hints: Vec::new(),
        }
    }

    /// A failure while something was attempted.
    pub(crate) fn caused(
        kind: Kind,
        message: impl Into<String>,
        source: impl StdError + Send + Sync + 'static,
    ) -> Self {
        Self {
            source: Some(Box::new(source)),
            ..Self::new(kind, message)
        }
    }

    /// Adds a line about what to do next.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Returns the exit it leads to.
    pub(crate) fn exit(&self) -> Exit {
        match self.kind {
            Kind::Failed => Exit::Failed,
            Kind::Skipped => Exit::Skipped,
            Kind::Unable => Exit::Unable,
            Kind::Usage => Exit::Usage,
        }
    }

    /// Returns what happened, with every cause, in one line.
    pub(crate) fn chain(&self) -> String {
        let mut text = self.message.clone();
        let mut cause: Option<&dyn StdError> = match &self.source {
            Some(source) => Some(source.as_ref()),
            None => None,
        };
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        text
    }

    /// Returns what to do next.
    pub(crate) fn hints(&self) -> &[String] {
        &self.hints
    }
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.chain())?;
        for hint in &self.hints {
            write!(f, "\nhint: {hint}")?;
        }
        Ok(())
    }
}
