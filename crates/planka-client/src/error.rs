//! What can go wrong before a write, and what to do about it.

use std::time::Duration;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why a server could not be reached, logged in to or read.
///
/// No text of it holds a secret. A request is named by its method and URL, without the query.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The settings make no sense.
    #[error("{what}")]
    Settings {
        /// What is wrong.
        what: String,
    },
    /// No connection came about, so the request was not sent.
    #[error("cannot connect to {url}")]
    Unreachable {
        /// The server.
        url: String,
        /// Why.
        #[source]
        source: Cause,
    },
    /// The connection ended before the answer did; the request may have been carried out.
    #[error("the connection broke during {request}")]
    Broken {
        /// The request.
        request: String,
        /// How.
        #[source]
        source: Cause,
    },
    /// The answer did not come in time; the request may have been carried out.
    #[error("{request} took too long")]
    TimedOut {
        /// The request.
        request: String,
        /// Which limit struck.
        #[source]
        source: Cause,
    },
    /// The server asks to look elsewhere, which is not done: a write must not wander.
    #[error("{request} was answered with a redirect to {to}")]
    Redirected {
        /// The request.
        request: String,
        /// Where to.
        to: String,
    },
    /// The server is overloaded or in trouble, also after trying again.
    #[error("{request} was answered {status}: {reason}")]
    Trouble {
        /// The request.
        request: String,
        /// The HTTP status.
        status: u16,
        /// What it said.
        reason: String,
        /// How long it asks to be left alone.
        retry_after: Option<Duration>,
    },
    /// The answer is not what Planka answers: a web page, cut, garbled, too large, or without a key.
    #[error("the answer to {request} is not understood: {what}")]
    NotUnderstood {
        /// The request.
        request: String,
        /// What is wrong with it.
        what: String,
    },
    /// The login is wrong or not valid (any more).
    #[error("not logged in: {reason}")]
    NotLoggedIn {
        /// What the server said.
        reason: String,
    },
    /// The user has to read and accept the terms, which nobody else can do.
    #[error("this user has not accepted the terms of the server yet")]
    TermsNotAccepted,
    /// The server takes no passwords.
    #[error("the server allows single sign-on only, no password")]
    SingleSignOn,
    /// The server has no API keys.
    #[error("Planka 1.x has no API keys")]
    NoApiKeys,
    /// The server is a Planka, but neither 1.x nor 2.x.
    #[error("Planka {version} is not supported")]
    UnknownVersion {
        /// The version it names.
        version: String,
    },
    /// What was asked for is gone, or not for this user to see.
    #[error("{request} found nothing: {reason}")]
    Missing {
        /// The request.
        request: String,
        /// What the server said.
        reason: String,
    },
    /// The server refused the request.
    #[error("{request} was refused with {status}: {reason}")]
    Refused {
        /// The request.
        request: String,
        /// The HTTP status.
        status: u16,
        /// What it said.
        reason: String,
    },
}

/// What an error means for a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The server does not answer, or not now.
    Unreachable,
    /// It answers, but not to this user.
    NotLoggedIn,
    /// It answered, and that makes no sense or is a refusal.
    Failed,
}

impl Error {
    pub(crate) fn settings(what: &str) -> Self {
        Self::Settings { what: what.into() }
    }

    /// Returns what the error means for a run.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Unreachable { .. }
            | Self::Broken { .. }
            | Self::TimedOut { .. }
            | Self::Redirected { .. }
            | Self::Trouble { .. } => ErrorKind::Unreachable,
            Self::NotLoggedIn { .. }
            | Self::TermsNotAccepted
            | Self::SingleSignOn
            | Self::NoApiKeys => ErrorKind::NotLoggedIn,
            Self::Settings { .. }
            | Self::NotUnderstood { .. }
            | Self::UnknownVersion { .. }
            | Self::Missing { .. }
            | Self::Refused { .. } => ErrorKind::Failed,
        }
    }

    /// Returns what to do about it, as one sentence without a full stop.
    pub fn hint(&self) -> String {
        match self {
            Self::Settings { .. } => "correct the setting it names".into(),
            Self::Unreachable { .. } => "check that the server runs, its URL, the proxy settings and its certificate".into(),
            Self::Broken { .. } | Self::TimedOut { .. } => "run again; if it stays so, look at the server's log and its load".into(),
            Self::Redirected { to, .. } => format!("if {to} is the server, give the URL it moved to, up to but without `/api`"),
            Self::Trouble { retry_after: Some(wait), .. } => format!("run again in {} seconds", wait.as_secs().max(1)),
            Self::Trouble { .. } => "run again later; if it stays so, look at the server's log".into(),
            Self::NotUnderstood { .. } => "check that the URL is that of Planka itself, with its path if it has one, and that no login page or proxy stands before it".into(),
            Self::NotLoggedIn { .. } => "check the API key, token, or user name and password; a token ends with a logout or a change of the password".into(),
            Self::TermsNotAccepted => "log in once in the browser and accept them, or use an API key".into(),
            Self::SingleSignOn => "use an API key, or a token".into(),
            Self::NoApiKeys => "use a token, or a user name and password".into(),
            Self::UnknownVersion { .. } => "use Planka 1.x, or 2.0 or newer of 2.x".into(),
            Self::Missing { .. } => "check that it still exists and that this user is a member of the board".into(),
            Self::Refused { status: 403, .. } => "give this user the rights, or use another user".into(),
            Self::Refused { .. } => "look at the server's log".into(),
        }
    }
}

/// Tells an error with its causes in one line, for a reason that is only text.
pub(crate) fn told(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
