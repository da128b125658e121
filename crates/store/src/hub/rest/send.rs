//! One write after the other, and what is said about each.

use sync_core::hub::{HubOutcome, Made, Version};
use sync_core::status::{Status, Word};

use super::error::StateHubError;
use super::words::{Spelled, Vocabulary};

/// What is known of a write before the hub is looked at again.
#[derive(Debug)]
pub(super) enum Sent<T = ()> {
    /// It needs no look.
    Settled(HubOutcome),
    /// The hub said that it was made.
    Taken(T),
    /// Nobody knows.
    Lost(String),
}

/// The line of writes to the hub: once it is down, nothing more is sent.
#[derive(Debug, Default)]
pub(super) struct Line {
    down: Option<String>,
}

impl Line {
    pub(super) fn is_down(&self) -> bool {
        self.down.is_some()
    }

    /// Sends a write that was not sent yet.
    pub(super) async fn send<T>(
        &mut self,
        write: impl Future<Output = Result<T, StateHubError>>,
    ) -> Sent<T> {
        if let Some(reason) = &self.down {
            let reason = reason.clone();
            return Sent::Settled(HubOutcome::Transient { reason });
        }
        let error = match write.await {
            Ok(made) => return Sent::Taken(made),
            Err(error) => error,
        };
        let reason = error.in_one_line();
        match error {
            StateHubError::Refused { .. }
            | StateHubError::NotAllowed { .. }
            | StateHubError::NotLoggedIn { .. }
            | StateHubError::Redirected { .. }
            | StateHubError::Settings { .. } => Sent::Settled(HubOutcome::Refused { reason }),
            StateHubError::Unreachable { .. } | StateHubError::TimedOut { .. } => {
                self.down = Some(reason.clone());
                Sent::Lost(reason)
            }
            _ => Sent::Lost(reason),
        }
    }
}

impl<T> Sent<T> {
    /// Says whether the hub has to be looked at.
    pub(super) fn is_open(&self) -> bool {
        !matches!(self, Self::Settled(_))
    }

    /// Says what became of it, when the hub cannot be looked at again.
    pub(super) fn unseen(self, error: &StateHubError) -> HubOutcome {
        let error = error.in_one_line();
        match self {
            Self::Settled(outcome) => outcome,
            Self::Taken(_) => HubOutcome::Transient {
                reason: format!("it was taken, and could not be read again: {error}"),
            },
            Self::Lost(reason) => HubOutcome::Transient {
                reason: format!("{reason}; and it could not be read again: {error}"),
            },
        }
    }

    /// Says what became of it: the row as it is now, whether that is as it should be, and its status.
    pub(super) fn seen(self, now: Option<(Made, bool, String)>) -> HubOutcome {
        match (self, now) {
            (Self::Settled(outcome), _) => outcome,
            (_, None) => HubOutcome::Missing,
            (_, Some((made, true, _))) => HubOutcome::Done(made),
            (Self::Taken(_), Some((.., now))) => HubOutcome::Superseded { now },
            (Self::Lost(reason), Some(_)) => HubOutcome::Transient { reason },
        }
    }
}

/// A change of status that is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Change<S> {
    pub(super) seen: Version,
    pub(super) status: S,
    pub(super) reopen: bool,
}

impl<S: Spelled> Change<S> {
    /// Says why a row as it is now is not changed; nothing if it may be.
    pub(super) fn refusal(
        &self,
        words: &Vocabulary,
        now: &Word<S>,
        row: Made,
    ) -> Option<HubOutcome> {
        let Some(status) = now.known() else {
            let reason = format!("its status `{now}` is a word this onward does not know");
            return Some(HubOutcome::Refused { reason });
        };
        let now = now.to_string();
        if words.are_one(status, self.status) {
            Some(HubOutcome::AlreadySo(row))
        } else if self.status.rank() < Status::rank(status) && !self.reopen {
            Some(HubOutcome::Regression { now })
        } else if row.version != self.seen {
            Some(HubOutcome::Superseded { now })
        } else {
            None
        }
    }
}
