//! The client: a Planka server as a board.

use crate::answer::Answer;
use crate::auth;
use crate::error::Error;
use crate::outcome::{failed, outcome};
use crate::request::Request;
use crate::settings::{Credentials, Settings};
use crate::transport::Transport;
use crate::version::{self, Version};
use crate::wire::{Identified, Items, v1, v2};
use crate::writes::{Order, order};
use serde::de::DeserializeOwned;
use std::fmt;
use sync_core::adapter::{Board, Outcome, Shelves};
use sync_core::board::{Directory, Features, Shelf, Snapshot};
use sync_core::ids::{BoardId, CardId, ListId};
use sync_core::write::Write;

/// As many cards a search gives at most (Planka sheet §12, pitfall 4).
const SEARCH_CAP: usize = 50;

/// As long the text of a search may be, in UTF-16 units, by the input rules Planka publishes; a
/// longer one is refused.
const LONGEST_SEARCH: usize = 128;

/// A connection to a Planka server.
///
/// Its futures may run side by side; they share one pool of connections.
pub struct Planka {
    transport: Transport,
    version: Version,
    /// Whether the session is our own, to be ended with us.
    own_session: bool,
}

impl Planka {
    /// Finds out which Planka answers, and logs in.
    ///
    /// With a key or token this is one request, and the login is not proven yet: the first read does
    /// that, and with a token it also proves that a server without a version is a Planka 1.x. With a
    /// password it is one request more, on 1.x two.
    ///
    /// # Errors
    ///
    /// Any [`Error`] but `Missing`; its [`kind`](Error::kind) says whether the server was reached and
    /// took the login, its [`hint`](Error::hint) what to do.
    pub async fn connect(settings: Settings) -> Result<Self, Error> {
        auth::check(&settings.credentials)?;
        let mut transport = Transport::new(&settings)?;
        let version = version::probe(&transport, &settings.credentials).await?;
        auth::log_in(&mut transport, &settings.credentials).await?;
        Ok(Self {
            transport,
            version,
            own_session: matches!(settings.credentials, Credentials::Password { .. }),
        })
    }

    /// Ends the session of a login by password. A key or token stays as it is.
    ///
    /// # Errors
    ///
    /// Any error of a request; the session then ends by itself, by default after a year.
    pub async fn logout(&self) -> Result<(), Error> {
        if self.own_session {
            auth::log_out(&self.transport).await?;
        }
        Ok(())
    }

    /// Reads something, and gives the answer with it, for errors about its content.
    async fn get<T: DeserializeOwned>(&self, request: &Request) -> Result<(T, Answer), Error> {
        let answer = self.transport.send(request).await?;
        Ok((answer.read()?, answer))
    }

    async fn search(
        &self,
        list: &ListId,
        at: Shelf,
        text: &str,
        found: &mut Shelves,
    ) -> Result<(), Error> {
        let request =
            Request::get(&["lists", list.as_str(), "cards"]).query("search", search_term(text));
        let (shelved, _) = self.get::<v2::Shelved>(&request).await?;
        found.capped |= shelved.len() >= SEARCH_CAP;
        // The server searches names too, in parts and without regard to case.
        let cards = shelved
            .into_cards(at)
            .filter(|card| card.description.contains(text));
        found.cards.extend(cards);
        Ok(())
    }

    /// Looks for comments, which a board read of 1.x does not show. Returns why the card stays.
    async fn untouched(&self, write: &Write, card: &CardId) -> Result<(), Outcome> {
        let request = Request::get(&["cards", card.as_str(), "actions"]);
        let answer = match self.transport.send(&request).await {
            Ok(answer) if answer.status == 200 => answer,
            // Whatever else is answered would be answered to the write as well.
            sent => return Err(outcome(self.version, write, sent)),
        };
        match answer.read::<Items<Identified>>() {
            Ok(comments) if comments.items.is_empty() => Ok(()),
            Ok(_) => Err(Outcome::Superseded {
                reason: "somebody commented on the card".into(),
            }),
            Err(error) => Err(failed(write, &error)),
        }
    }
}

impl Board for Planka {
    type Error = Error;

    fn features(&self) -> Features {
        self.version.features()
    }

    async fn directory(&self) -> Result<Directory, Error> {
        let request = Request::get(&["projects"]);
        match self.version {
            Version::V1 => {
                let (projects, answer) = self.get::<v1::Projects>(&request).await?;
                projects
                    .into_directory()
                    .map_err(|what| answer.not_understood(&what))
            }
            Version::V2 => Ok(self.get::<v2::Projects>(&request).await?.0.into()),
        }
    }

    async fn read(&self, board: &BoardId) -> Result<Snapshot, Error> {
        let request = Request::get(&["boards", board.as_str()]);
        let (snapshot, answer) = match self.version {
            Version::V1 => {
                let (wire, answer) = self.get::<v1::Board>(&request).await?;
                (wire.into_snapshot(board), answer)
            }
            Version::V2 => {
                let (wire, answer) = self.get::<v2::Board>(&request).await?;
                (wire.into_snapshot(board), answer)
            }
        };
        snapshot.map_err(|what| answer.not_understood(&what))
    }

    async fn search_shelves(&self, snapshot: &Snapshot, text: &str) -> Result<Shelves, Error> {
        let mut found = Shelves::default();
        if let Some(archive) = &snapshot.archive {
            self.search(archive, Shelf::Archive, text, &mut found)
                .await?;
        }
        if let Some(trash) = &snapshot.trash {
            self.search(trash, Shelf::Trash, text, &mut found).await?;
        }
        Ok(found)
    }

    async fn perform(&self, write: &Write) -> Outcome {
        let request = match order(self.version, write) {
            Order::Send(request) => request,
            Order::Nothing => return Outcome::AlreadySo,
            Order::Impossible(reason) => {
                return Outcome::Refused {
                    reason: reason.into(),
                };
            }
        };
        if let (Version::V1, Write::DiscardCard { card, .. }) = (self.version, write)
            && let Err(stays) = self.untouched(write, card).await
        {
            return stays;
        }
        outcome(self.version, write, self.transport.send(&request).await)
    }
}

/// Says only where it leads, since a proxy in the client's settings may hold a password.
impl fmt::Debug for Planka {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Planka")
            .field("url", &self.transport.base().to_string())
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

/// Returns a text the server takes and finds at least as much with: a leading slash would make it a
/// regular expression, and a long text is refused.
fn search_term(text: &str) -> String {
    let mut room = LONGEST_SEARCH;
    let fits = |c: &char| {
        let left = room.checked_sub(c.len_utf16());
        room = left.unwrap_or_default();
        left.is_some()
    };
    text.trim_start_matches('/')
        .chars()
        .take_while(fits)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_term_fits_the_server() {
        assert_eq!(search_term("key=a"), "key=a");
        assert_eq!(search_term("//a/b"), "a/b");
        assert_eq!(search_term(&"é".repeat(200)), "é".repeat(128));
        assert_eq!(search_term(&"𝄞".repeat(200)), "𝄞".repeat(64));
    }
}
