//! Why a State Hub could not be used, and what to do about it.

use sync_core::ids::Slug;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why a State Hub could not be reached, read or written.
///
/// No text of it holds a token, a user name or a password. A request is named by its method and URL,
/// without the query.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StateHubError {
    /// The settings make no sense.
    #[error("{what}")]
    Settings {
        /// What is wrong.
        what: String,
    },
    /// No connection came about, so nothing was sent.
    #[error("cannot connect to the State Hub at {url}")]
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
    /// The server leads elsewhere: to another origin, in circles, or in a way that loses the body.
    #[error("{request} was answered with a redirect to {to}")]
    Redirected {
        /// The request.
        request: String,
        /// Where to.
        to: String,
    },
    /// The server is overloaded or in trouble.
    #[error("{request} was answered {status}: {reason}")]
    Trouble {
        /// The request.
        request: String,
        /// The HTTP status.
        status: u16,
        /// What it said.
        reason: String,
    },
    /// There is no token, or it is not valid (any more).
    #[error("not logged in to the State Hub: {reason}")]
    NotLoggedIn {
        /// What the server said.
        reason: String,
    },
    /// The token is known, and may not do this.
    #[error("{request} is not allowed: {reason}")]
    NotAllowed {
        /// The request.
        request: String,
        /// What the server said.
        reason: String,
    },
    /// The answer is not what a State Hub answers: a web page, cut, garbled, too large, without a key.
    #[error("the answer to {request} is not understood: {what}")]
    NotUnderstood {
        /// The request.
        request: String,
        /// What is wrong with it.
        what: String,
    },
    /// The server answers, and has neither workplans nor workstreams, or no sign of health.
    #[error("{url} is no State Hub: it has no {missing}")]
    NotAStateHub {
        /// The server.
        url: String,
        /// What it does not have.
        missing: &'static str,
    },
    /// A list is longer than the server shows.
    #[error("the answer to {request} holds {count} rows, and there are more")]
    Capped {
        /// The request.
        request: String,
        /// How many it held.
        count: usize,
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
    /// The hub has no such repository.
    #[error("the State Hub at {url} knows no repository `{slug}`")]
    UnknownRepository {
        /// The server.
        url: String,
        /// The slug asked for.
        slug: Slug,
    },
}

impl StateHubError {
    pub(super) fn settings(what: impl Into<String>) -> Self {
        Self::Settings { what: what.into() }
    }

    /// Says whether the server is away or in trouble, so that later may be better.
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. }
                | Self::Broken { .. }
                | Self::TimedOut { .. }
                | Self::Trouble { .. }
        )
    }

    /// Says what the user can do, as one sentence without a full stop.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Settings { .. } => "correct the setting it names",
            Self::Unreachable { .. } => {
                "check that the server runs, its URL, the tunnel to it and its certificate"
            }
            Self::Broken { .. } | Self::TimedOut { .. } | Self::Trouble { .. } => {
                "try again; if it stays so, look at the server's log and its load"
            }
            Self::Redirected { .. } => "if that place is the hub, name its URL",
            Self::NotLoggedIn { .. } => "check ONWARD_HUB_TOKEN, or the file it is read from",
            Self::NotAllowed { .. } => "use a token that may do this",
            Self::NotUnderstood { .. } | Self::NotAStateHub { .. } => {
                "check that the URL is that of the State Hub itself, with its path if it has one, and \
                 that no login page or proxy stands before it"
            }
            Self::Capped { .. } => {
                "raise the limit of its lists at the server; with a part of them rows would look gone"
            }
            Self::Refused { .. } => "look at the server's log",
            Self::UnknownRepository { .. } => "register it in its work tree: onward hub register",
        }
    }

    /// Tells the error with its causes in one line, for a reason that is only text.
    pub(super) fn in_one_line(&self) -> String {
        let mut text = self.to_string();
        let mut source = std::error::Error::source(self);
        while let Some(cause) = source {
            text.push_str(": ");
            text.push_str(&cause.to_string());
            source = cause.source();
        }
        text
    }
}
