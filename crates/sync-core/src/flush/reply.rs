//! What a server's replies mean.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

/// Why no answer came, or none that says anything about the rows. The rows are not to blame; asking
/// again may help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// 429.
    Throttled,
    /// 5xx, or a code nobody expects there.
    Server {
        /// The code.
        status: u16,
    },
    /// No connection, no answer in time, or one cut short: the rows may have arrived.
    Network {
        /// What happened.
        reason: String,
    },
    /// An answer that cannot be read: the rows may have arrived.
    Unclear {
        /// What was found.
        reason: String,
    },
}

impl Trouble {
    /// Returns it as a clause about the server.
    pub fn sentence(&self) -> String {
        match self {
            Self::Throttled => "the server asks to be left alone (429)".into(),
            Self::Server { status } => format!("the server answers {status}"),
            Self::Network { reason } => format!("the server cannot be reached: {reason}"),
            Self::Unclear { reason } => format!("the server's answer cannot be read: {reason}"),
        }
    }
}

/// What the server says about one event of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventResult {
    /// Which event.
    pub event_id: String,
    /// The word for it, as it came.
    pub status: String,
    /// Why, if it says so.
    pub error: Option<String>,
}

/// What a 400 says about one event of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadEvent {
    /// Which event; `None` where only the place in the list tells.
    pub event_id: Option<String>,
    /// What is wrong with it.
    pub error: String,
}

/// The reply to a batch of events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BatchReply {
    /// 200, with a result for some or all events.
    Results(Vec<EventResult>),
    /// 400: the batch was refused, because of these events if it names any.
    BadRequest(Vec<BadEvent>),
    /// The batch is too large.
    TooLarge,
    /// The login is not valid.
    LoggedOut,
    /// The user may not send.
    Denied {
        /// What the server said.
        reason: String,
    },
    /// It was not sent: no private team, or the checkout is opted out.
    Blocked {
        /// Which.
        reason: String,
    },
    /// No answer about the events.
    Trouble {
        /// What happened.
        trouble: Trouble,
        /// How long the server wants to be left alone.
        retry_after: Option<Duration>,
    },
}

impl BatchReply {
    /// Tells what a reply other than 200 means, by its code, its text, the events that a 400
    /// names, and its `Retry-After`.
    pub fn of_status(
        status: u16,
        text: &str,
        named: Vec<BadEvent>,
        retry_after: Option<Duration>,
    ) -> Self {
        let too_large = || text.to_ascii_lowercase().contains("too large");
        match status {
            413 => Self::TooLarge,
            400..=499 if too_large() => Self::TooLarge,
            400 => Self::BadRequest(named),
            401 => Self::LoggedOut,
            403 => Self::Denied {
                reason: text.into(),
            },
            429 => Self::Trouble {
                trouble: Trouble::Throttled,
                retry_after,
            },
            status => Self::Trouble {
                trouble: Trouble::Server { status },
                retry_after,
            },
        }
    }
}

/// The reply to one body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BodyReply {
    /// The server has it.
    Taken {
        /// It had it before.
        duplicate: bool,
    },
    /// It will never be taken.
    Refused {
        /// What the server said.
        reason: String,
        /// The refusal may be about the user and not about the body.
        denied: bool,
    },
    /// It may be taken once something else has arrived.
    NotYet {
        /// What the server said.
        reason: String,
    },
    /// The login is not valid.
    LoggedOut,
    /// It was not sent: no private team, or the checkout is opted out.
    Blocked {
        /// Which.
        reason: String,
    },
    /// No answer about the body.
    Trouble {
        /// What happened.
        trouble: Trouble,
        /// How long the server wants to be left alone.
        retry_after: Option<Duration>,
    },
}

impl BodyReply {
    /// Tells what a reply means, by its code, the error it names, its text and its `Retry-After`.
    pub fn of_status(
        status: u16,
        error: Option<&str>,
        text: &str,
        retry_after: Option<Duration>,
    ) -> Self {
        let said = |word: &str| match error.unwrap_or(text) {
            "" => word.into(),
            said => format!("{word}: {said}"),
        };
        match status {
            201 => Self::Taken { duplicate: false },
            200 => Self::Taken { duplicate: true },
            401 => Self::LoggedOut,
            403 => Self::Refused {
                reason: said("forbidden"),
                denied: true,
            },
            404 if error != Some("namespace_not_found") => Self::NotYet {
                reason: said("not_found"),
            },
            429 => Self::Trouble {
                trouble: Trouble::Throttled,
                retry_after,
            },
            500..=599 => Self::Trouble {
                trouble: Trouble::Server { status },
                retry_after,
            },
            400 => Self::Refused {
                reason: said("bad_request"),
                denied: false,
            },
            status => Self::Refused {
                reason: said(&format!("status_{status}")),
                denied: false,
            },
        }
    }
}
