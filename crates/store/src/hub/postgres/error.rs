//! What can be wrong with a hub in PostgreSQL, and what to do about it.

use std::error::Error;
use std::io;

use sync_core::ids::Slug;
use tokio_postgres::error::SqlState;

/// What the driver, the system or the server said.
pub(super) type Cause = Box<dyn Error + Send + Sync>;

/// The code with which the schema answers a writer whose lease is lost.
const LEASE_LOST: &str = "ONWL1";

/// Why a hub in PostgreSQL could not be used. A place is user, host, port and database: no variant
/// holds the password or the address as it was given.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PostgresError {
    /// The address cannot be understood.
    #[error("the address of the PostgreSQL hub is not usable: {reason}")]
    Address {
        /// What is wrong; no part of the address that may belong to the password.
        reason: String,
    },
    /// The certificates that shall be trusted cannot be had.
    #[error("cannot read trusted certificates from {from}")]
    Certificates {
        /// A file, or the system's store.
        from: String,
        /// What was said.
        source: Cause,
    },
    /// Nobody answers there.
    #[error("cannot reach PostgreSQL at {place}")]
    Unreachable {
        /// Where.
        place: String,
        /// What the system said.
        source: Cause,
    },
    /// No connection that is as safe as asked for: no TLS there, or a certificate that proves nothing.
    #[error("no secure connection to {place}")]
    Tls {
        /// Where.
        place: String,
        /// What TLS said.
        source: Cause,
    },
    /// The user or the password is wrong, or may not come from here.
    #[error("{place} refused the login")]
    Login {
        /// Where.
        place: String,
        /// What the server said.
        source: Cause,
    },
    /// The server has no such database.
    #[error("there is no database at {place}")]
    NoDatabase {
        /// Where.
        place: String,
        /// What the server said.
        source: Cause,
    },
    /// The server takes no writes.
    #[error("{place} can only be read")]
    ReadOnly {
        /// Where.
        place: String,
        /// What the server said.
        source: Cause,
    },
    /// The user may not do this.
    #[error("no permission at {place}")]
    Permission {
        /// Where.
        place: String,
        /// What the server said.
        source: Cause,
    },
    /// The schema `onward` holds something else.
    #[error("the schema `onward` at {place} is not a hub")]
    OtherApplication {
        /// Where.
        place: String,
    },
    /// An earlier version of Onward made the hub, and looking at it does not change it.
    #[error("the hub at {place} has version {found}, and this onward needs version {known}")]
    Older {
        /// Where.
        place: String,
        /// Its version.
        found: usize,
        /// The version needed.
        known: usize,
    },
    /// A later version of Onward made the hub.
    #[error("the hub at {place} has version {found}, and this onward knows versions up to {known}")]
    Newer {
        /// Where.
        place: String,
        /// Its version.
        found: usize,
        /// The newest version known here.
        known: usize,
    },
    /// Somebody else kept rows locked for as long as this writer would wait.
    #[error("the hub at {place} is locked by another writer")]
    Locked {
        /// Where.
        place: String,
        /// What the server said.
        source: Cause,
    },
    /// The server was too slow.
    #[error("no answer from {place} in time")]
    Timeout {
        /// Where.
        place: String,
        /// What was waited for.
        source: Cause,
    },
    /// The connection was lost, and so was the next one.
    #[error("the connection to {place} was lost")]
    Lost {
        /// Where.
        place: String,
        /// What was said.
        source: Cause,
    },
    /// The connection was lost at the end of a write, and what became of it cannot be found out.
    #[error(
        "the connection to {place} was lost, and it is not known whether the last writes were made"
    )]
    Unsettled {
        /// Where.
        place: String,
        /// What was said.
        source: Cause,
    },
    /// The server does not keep what was to be written.
    #[error("the hub at {place} refused what was to be written")]
    RefusedData {
        /// Where.
        place: String,
        /// What the server said.
        source: Cause,
    },
    /// The lease under which something was to be written belongs to another, or to nobody.
    #[error("the lease is lost at {place}")]
    LeaseLost {
        /// Where.
        place: String,
        /// What the server said.
        source: Cause,
    },
    /// The server failed in another way.
    #[error("cannot use the hub at {place}")]
    Server {
        /// Where.
        place: String,
        /// What was said.
        source: Cause,
    },
    /// The hub has no such repository.
    #[error("{place} knows no repository `{slug}`")]
    UnknownRepository {
        /// Where.
        place: String,
        /// The slug asked for.
        slug: Slug,
    },
    /// A write came to a hub that was opened to look at it.
    #[error("the hub at {place} was opened to look at it only")]
    Looking {
        /// Where.
        place: String,
    },
}

impl PostgresError {
    /// Says what the user can do. None of it destroys anything.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Address { .. } => {
                "write it as postgres://user:password@host:5432/database, with `@`, `/`, `?`, `#` and \
                 `%` in a user or password as %40, %2F, %3F, %23 and %25"
            }
            Self::Certificates { .. } => {
                "name a file of PEM certificates with sslrootcert, or install the system's"
            }
            Self::Unreachable { .. } | Self::Lost { .. } => {
                "check the address, the network or tunnel, and that the server runs; then try again"
            }
            Self::Tls { .. } => {
                "use the name in the server's certificate and name its authority with \
                 sslrootcert=FILE; sslmode=disable gives up encryption and is for trusted networks"
            }
            Self::Login { .. } => "check user and password, and the server's pg_hba.conf",
            Self::NoDatabase { .. } => "check the name, or have the database made: createdb",
            Self::ReadOnly { .. } => {
                "name the primary server: this one is a replica or set read-only"
            }
            Self::Permission { .. } => {
                "let the database's owner grant CREATE on the database to make or upgrade a hub, and \
                 the rights on the schema `onward` to use it"
            }
            Self::OtherApplication { .. } => {
                "name another database; nothing was written to this one"
            }
            Self::Older { .. } => {
                "run once what writes to it, such as onward hub init: that upgrades it"
            }
            Self::Newer { .. } => "use the newest onward on this machine",
            Self::Locked { .. } | Self::Timeout { .. } => {
                "wait for the others to end, then try again"
            }
            Self::Unsettled { .. } => {
                "run it again: what was made already is found and not made twice"
            }
            Self::RefusedData { .. } => "see what the server said about the value",
            Self::LeaseLost { .. } => "another run took over: let it finish",
            Self::Server { .. } => "see the server's log, then try again",
            Self::UnknownRepository { .. } => "register it in its work tree: onward hub register",
            Self::Looking { .. } => "open it for writing",
        }
    }

    /// Returns what happened and why, for an outcome.
    pub(super) fn in_one_line(&self) -> String {
        match self.source() {
            Some(source) => format!("{self}: {source}").replace('\n', ", "),
            None => self.to_string(),
        }
    }

    /// Names what went wrong before there was a connection.
    pub(super) fn connecting(place: &str, error: tokio_postgres::Error) -> Self {
        let place = place.to_owned();
        let tls = concerns_tls(&error);
        let state = error.code().cloned();
        let source = cause(error);
        match state {
            Some(state) if is_login(&state) => Self::Login { place, source },
            Some(SqlState::INVALID_CATALOG_NAME) => Self::NoDatabase { place, source },
            Some(SqlState::INSUFFICIENT_PRIVILEGE) => Self::Permission { place, source },
            None if tls => Self::Tls { place, source },
            _ => Self::Unreachable { place, source },
        }
    }

    /// Names what a statement met.
    pub(super) fn working(place: &str, error: tokio_postgres::Error) -> Self {
        let place = place.to_owned();
        let (lost, refused) = (is_lost(&error), refuses_data(&error));
        let state = error.code().cloned();
        let source = cause(error);
        match state {
            _ if lost => Self::Lost { place, source },
            _ if refused => Self::RefusedData { place, source },
            Some(SqlState::READ_ONLY_SQL_TRANSACTION) => Self::ReadOnly { place, source },
            Some(SqlState::INSUFFICIENT_PRIVILEGE) => Self::Permission { place, source },
            Some(SqlState::LOCK_NOT_AVAILABLE) => Self::Locked { place, source },
            Some(SqlState::QUERY_CANCELED) => Self::Timeout { place, source },
            Some(state) if state.code() == LEASE_LOST => Self::LeaseLost { place, source },
            _ => Self::Server { place, source },
        }
    }

    /// Names a wait that is over.
    pub(super) fn waited(place: &str) -> Self {
        Self::Timeout {
            place: place.to_owned(),
            source: io::Error::from(io::ErrorKind::TimedOut).into(),
        }
    }
}

/// Takes what was said out of the driver's wrapping, which says only that something was said.
pub(super) fn cause(error: tokio_postgres::Error) -> Cause {
    if error.source().is_none() {
        return error.into();
    }
    error.into_source().unwrap_or_else(|| "unknown".into())
}

/// Tells whether nothing more can be said or heard on the connection.
pub(super) fn is_lost(error: &tokio_postgres::Error) -> bool {
    let by_server = error.code().is_some_and(|state| {
        [
            SqlState::ADMIN_SHUTDOWN,
            SqlState::CRASH_SHUTDOWN,
            SqlState::CANNOT_CONNECT_NOW,
            SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
        ]
        .contains(state)
            // What a proxy says whose server went away: class 08, connection exceptions.
            || state.code().starts_with("08")
    });
    by_server || error.is_closed() || error.source().is_some_and(<dyn Error>::is::<io::Error>)
}

/// Tells whether the same transaction may go through when it is tried once more.
pub(super) fn is_conflict(error: &tokio_postgres::Error) -> bool {
    error.code().is_some_and(|state| {
        [
            SqlState::T_R_SERIALIZATION_FAILURE,
            SqlState::T_R_DEADLOCK_DETECTED,
        ]
        .contains(state)
    })
}

/// Tells whether what is to be written is at fault, so that other writes may be fine: data that
/// cannot be kept (class 22), that a constraint or trigger refuses (23), or that is too large (54).
fn refuses_data(error: &tokio_postgres::Error) -> bool {
    let class = error.code().and_then(|state| state.code().get(..2));
    matches!(class, Some("22" | "23" | "54"))
}

fn is_login(state: &SqlState) -> bool {
    [
        SqlState::INVALID_PASSWORD,
        SqlState::INVALID_AUTHORIZATION_SPECIFICATION,
    ]
    .contains(state)
}

/// Tells whether TLS could not be agreed on. The driver does not show its kinds but in words.
fn concerns_tls(error: &tokio_postgres::Error) -> bool {
    error.to_string() == "error performing TLS handshake"
}
