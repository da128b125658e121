//! The connection, and transactions that come out one way or the other when it is lost.
//!
//! Nothing outlives a transaction on the server: settings are local to it, statements have no name.
//! So a proxy may hand each transaction to another server connection.
//!
//! What a lost connection means depends on when it was lost:
//!
//! - Before `COMMIT` was sent, nothing was written. The work is done once more on a new connection.
//! - After that the transaction was committed, or not, or will be in a moment: looking at the rows
//!   would not tell. So a transaction asks for its number before it commits, and with that the server
//!   says what became of it. Only what was not committed is done once more.
//! - If the server no longer knows, the caller is told so. It may repeat its writes: a create finds
//!   its row, and a change names the version it saw, which is gone if the change was made.

use std::fmt;
use std::time::Duration;

use futures_util::future::join3;
use tokio::sync::Mutex;
use tokio::time::{sleep, timeout};
use tokio_postgres::config::SslMode;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Config, NoTls, Socket};

use super::address::Address;
use super::error::{Cause, PostgresError, is_conflict, is_lost};
use super::tls;

/// Begins a transaction that reads: everything from one moment.
const READING: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
                       SET LOCAL statement_timeout = '30s'";

/// Begins a transaction that writes. Each statement sees what was committed before it, so what a
/// statement has locked the next one sees as it is. A client that vanishes is not waited for.
const WRITING: &str = "BEGIN ISOLATION LEVEL READ COMMITTED;
                       SET LOCAL statement_timeout = '30s';
                       SET LOCAL lock_timeout = '5s';
                       SET LOCAL idle_in_transaction_session_timeout = '10s'";

/// The longest wait for the answers of one transaction, whatever the network does.
const ANSWER: Duration = Duration::from_mins(1);

/// How often a transaction is tried that others got in the way of.
const CONFLICTS: usize = 8;

/// The asking goes on for longer than the server keeps a transaction whose client is gone.
const ASKED: (usize, Duration) = (100, Duration::from_millis(150));

/// One connection, made when it is needed and again when it was lost.
pub(super) struct Session {
    address: Address,
    /// How often, and how long after each other, the server is asked what became of a transaction.
    pub(super) asked: (usize, Duration),
    client: Mutex<Option<Client>>,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Session").field(&self.address.place).finish()
    }
}

/// How an attempt at a transaction ended, if not well.
enum Failure<T> {
    /// Nothing was written; maybe the connection can be used again.
    Undone {
        error: tokio_postgres::Error,
        clean: bool,
    },
    /// `COMMIT` was sent in the transaction of this number, which did this, and not answered.
    Unanswered(i64, T),
    /// Nothing was written, and no answer came.
    TooSlow,
}

/// What became of a transaction.
enum Fate {
    Committed,
    Aborted,
    Unknown(Cause),
}

impl Session {
    pub(super) fn new(address: Address) -> Self {
        Self {
            address,
            asked: ASKED,
            client: Mutex::new(None),
        }
    }

    /// Returns where it leads, for people.
    pub(super) fn place(&self) -> &str {
        &self.address.place
    }

    /// Reads in one transaction. All requests of `work` must be sent when it is first polled: the
    /// transaction is one round trip.
    pub(super) async fn read<T>(
        &self,
        work: impl AsyncFn(&Client) -> Result<T, tokio_postgres::Error>,
    ) -> Result<T, PostgresError> {
        self.attempt(async |client| {
            let (begin, end) = (
                client.batch_execute(READING),
                client.batch_execute("COMMIT"),
            );
            let Ok((opened, done, ended)) = timeout(ANSWER, join3(begin, work(client), end)).await
            else {
                return Err(Failure::TooSlow);
            };
            let clean = ended.is_ok();
            let all = opened.and(done).and_then(|done| ended.map(|()| done));
            all.map_err(|error| Failure::Undone { error, clean })
        })
        .await
    }

    /// Writes in one transaction, which is made whole and once, or not at all. `work` may be tried
    /// several times, each in a transaction of its own.
    pub(super) async fn write<T>(
        &self,
        work: impl AsyncFn(&Client) -> Result<T, tokio_postgres::Error>,
    ) -> Result<T, PostgresError> {
        self.attempt(async |client| {
            let begin = client.batch_execute(WRITING);
            let whole = join3(begin, work(client), number(client));
            let Ok((opened, done, number)) = timeout(ANSWER, whole).await else {
                return Err(Failure::TooSlow);
            };
            let all = opened.and(done).and_then(|done| Ok((done, number?)));
            let (done, number) = match all {
                Ok(all) => all,
                Err(error) => {
                    let ended = timeout(ANSWER, client.batch_execute("ROLLBACK")).await;
                    let clean = matches!(ended, Ok(Ok(())));
                    return Err(Failure::Undone { error, clean });
                }
            };
            match timeout(ANSWER, client.batch_execute("COMMIT")).await {
                Ok(Ok(())) => Ok(done),
                Ok(Err(error)) if !is_lost(&error) => Err(Failure::Undone { error, clean: true }),
                Ok(Err(_)) | Err(_) => Err(Failure::Unanswered(number, done)),
            }
        })
        .await
    }

    /// Tries a transaction until it is made, or cannot be: once more after a lost connection, and a
    /// few times more when others got in the way.
    async fn attempt<T>(
        &self,
        once: impl AsyncFn(&Client) -> Result<T, Failure<T>>,
    ) -> Result<T, PostgresError> {
        let mut kept = self.client.lock().await;
        let (mut lost, mut conflicts) = (false, 0);
        loop {
            // Taken out, so that a call that is given up leaves no half a transaction to the next.
            let client = match kept.take().filter(|client| !client.is_closed()) {
                Some(client) => client,
                None => connect(&self.address).await?,
            };
            match once(&client).await {
                Ok(done) => {
                    *kept = Some(client);
                    return Ok(done);
                }
                Err(Failure::TooSlow) => return Err(PostgresError::waited(self.place())),
                Err(Failure::Undone { error, .. }) if is_lost(&error) && !lost => lost = true,
                Err(Failure::Undone { error, clean }) => {
                    *kept = Some(client).filter(|_| clean);
                    conflicts += 1;
                    if !is_conflict(&error) || conflicts == CONFLICTS {
                        return Err(PostgresError::working(self.place(), error));
                    }
                }
                Err(Failure::Unanswered(number, done)) => match self.fate(number).await {
                    Fate::Committed => return Ok(done),
                    Fate::Aborted if !lost => lost = true,
                    Fate::Aborted => {
                        let source = "the server undid the writes".into();
                        let place = self.place().into();
                        return Err(PostgresError::Lost { place, source });
                    }
                    Fate::Unknown(source) => {
                        let place = self.place().into();
                        return Err(PostgresError::Unsettled { place, source });
                    }
                },
            }
        }
    }

    /// Asks the server what became of a transaction, until it has come out one way or the other.
    async fn fate(&self, number: i64) -> Fate {
        let (times, pause) = self.asked;
        let mut why: Cause = "its transaction does not end".into();
        let mut client = None;
        for _ in 0..times {
            match self.ask(&mut client, number).await {
                Ok(Some(word)) if word == "committed" => return Fate::Committed,
                Ok(Some(word)) if word == "aborted" => return Fate::Aborted,
                Ok(None) => return Fate::Unknown("the server does not remember them".into()),
                Ok(Some(_)) => {}
                Err(error) => {
                    client = None;
                    why = error.into();
                }
            }
            sleep(pause).await;
        }
        Fate::Unknown(why)
    }

    async fn ask(
        &self,
        client: &mut Option<Client>,
        number: i64,
    ) -> Result<Option<String>, PostgresError> {
        let client = match client {
            Some(client) => client,
            None => client.insert(connect(&self.address).await?),
        };
        let values: [(&(dyn ToSql + Sync), Type); 1] = [(&number, Type::INT8)];
        let asked = client.query_typed_one("SELECT txid_status($1)", &values);
        let Ok(row) = timeout(ANSWER, asked).await else {
            return Err(PostgresError::waited(self.place()));
        };
        let word = row.and_then(|row| row.try_get(0));
        word.map_err(|error| PostgresError::working(self.place(), error))
    }
}

/// Asks for the number of the transaction under way.
async fn number(client: &Client) -> Result<i64, tokio_postgres::Error> {
    let row = client.query_typed_one("SELECT txid_current()", &[]).await?;
    row.try_get(0)
}

async fn connect(address: &Address) -> Result<Client, PostgresError> {
    let config = &address.config;
    let safely = match config.get_ssl_mode() {
        SslMode::Disable => None,
        _ => Some(tls::connector(address.authorities.as_deref())?),
    };
    let connected = timeout(address.patience(), async {
        match safely {
            None => greet(config, NoTls).await,
            Some(tls) => greet(config, tls).await,
        }
    });
    match connected.await {
        Ok(connected) => {
            connected.map_err(|error| PostgresError::connecting(&address.place, error))
        }
        Err(waited) => Err(PostgresError::Unreachable {
            place: address.place.clone(),
            source: waited.into(),
        }),
    }
}

async fn greet<T>(config: &Config, tls: T) -> Result<Client, tokio_postgres::Error>
where
    T: MakeTlsConnect<Socket>,
    T::Stream: Send + 'static,
{
    let (client, connection) = config.connect(tls).await?;
    // It ends with the client, or with the runtime; what it fails with, every request is told.
    tokio::spawn(connection);
    Ok(client)
}
