//! What an answer says about a write.

use crate::answer::Answer;
use crate::error::{Error, told};
use crate::version::Version;
use crate::wire::{Identified, Item};
use sync_core::adapter::Outcome;
use sync_core::write::Write;

/// Returns what became of a write that was sent to a server of this version.
pub(crate) fn outcome(version: Version, write: &Write, sent: Result<Answer, Error>) -> Outcome {
    let answer = match sent {
        Ok(answer) => answer,
        Err(error) => return failed(write, &error),
    };
    let reason = answer.said();
    match answer.status {
        200 => match answer.read::<Item<Identified>>() {
            Ok(_) if write.is_repeatable() => Outcome::Done {
                made: String::new(),
            },
            Ok(Item { item }) => Outcome::Done {
                made: item.id.into(),
            },
            Err(error) => failed(write, &error),
        },
        401 => Outcome::Denied {
            reason,
            logged_out: true,
        },
        403 if version == Version::V2 && may_be_linked(write) => Outcome::Refused {
            reason: format!("{reason}, as for a task that is linked to a card"),
        },
        403 => Outcome::Denied {
            reason,
            logged_out: false,
        },
        404 => missing(write, &answer, reason),
        409 if matches!(write, Write::AttachLabel { .. }) => Outcome::AlreadySo,
        // Turned away at the door, so nothing was made.
        429 => Outcome::Transient {
            reason: told(&answer.to_error()),
        },
        408 | 425 => failed(write, &answer.to_error()),
        400..=499 => Outcome::Refused { reason },
        _ => failed(write, &answer.to_error()),
    }
}

/// Returns what an error means for a write.
pub(crate) fn failed(write: &Write, error: &Error) -> Outcome {
    let reason = told(error);
    match error {
        Error::Unreachable { .. } => Outcome::Transient { reason },
        _ if write.is_repeatable() => Outcome::Transient { reason },
        _ => Outcome::Unknown { reason },
    }
}

/// Says whether a write changes what a task takes from the card it is linked to, which is refused in
/// the words that turn a viewer away (Planka sheet §9). A viewer is told by other writes.
fn may_be_linked(write: &Write) -> bool {
    matches!(write, Write::UpdateTask { name, done, .. } if name.is_some() || done.is_some())
}

/// Returns what it means that something is not found.
fn missing(write: &Write, answer: &Answer, reason: String) -> Outcome {
    // 2.x hides the route from those who may not use it (Planka sheet §3).
    if matches!(write, Write::CreateProject { .. }) && answer.hides_the_route() {
        return Outcome::Denied {
            reason: "this user may not make projects".into(),
            logged_out: false,
        };
    }
    if !answer.names_what_is_missing() {
        return Outcome::Refused {
            reason: told(&answer.to_error()),
        };
    }
    match write {
        Write::DeleteTaskList { .. }
        | Write::DeleteTask { .. }
        | Write::DiscardCard { .. }
        | Write::RemoveList { .. }
        | Write::RemoveLabel { .. }
        | Write::RemoveBoard { .. }
        | Write::RemoveProject { .. } => Outcome::AlreadySo,
        _ => Outcome::Superseded { reason },
    }
}

#[cfg(test)]
mod tests;
