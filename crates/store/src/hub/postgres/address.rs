//! The address of a hub in PostgreSQL, and how safely it is to be reached.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use camino::Utf8PathBuf;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

use super::error::PostgresError;

/// How long a connection may take to come about, unless the address says otherwise.
const CONNECT: Duration = Duration::from_secs(10);

/// After how long a silent or deaf network counts as gone.
const SILENCE: Duration = Duration::from_secs(30);

/// The parameters an address may have besides those for TLS: the driver's.
const PARAMETERS: [&str; 18] = [
    "application_name",
    "channel_binding",
    "connect_timeout",
    "dbname",
    "host",
    "hostaddr",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_retries",
    "load_balance_hosts",
    "options",
    "password",
    "port",
    "sslnegotiation",
    "target_session_attrs",
    "tcp_user_timeout",
    "user",
];

/// Where a hub is, and how to get there.
pub(super) struct Address {
    /// What the driver is told.
    pub(super) config: Config,
    /// A file with the only authorities to trust; without one the system's.
    pub(super) authorities: Option<Utf8PathBuf>,
    /// User, host, port and database: for people.
    pub(super) place: String,
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Address").field(&self.place).finish()
    }
}

impl Address {
    /// Reads `postgres://user:password@host:port/database?parameters`.
    ///
    /// `sslmode` is `disable`, `prefer`, `require`, `verify-ca` or `verify-full`; the last three are
    /// one: the certificate and the name in it are always verified, and a bad one is never followed
    /// by a connection without TLS. Without `sslmode` it is `require`, but `disable` on this very
    /// machine: nothing leaves it, and the certificate that a fresh server has there proves nothing.
    pub(super) fn parse(url: &str) -> Result<Self, PostgresError> {
        let (plain, wishes) = split(url)?;
        let mut config: Config = plain.parse().map_err(|error: tokio_postgres::Error| {
            let source = std::error::Error::source(&error);
            refused(source.map_or_else(|| error.to_string(), ToString::to_string))
        })?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(refused("it names no host"));
        }
        let default = if is_here(&config) {
            SslMode::Disable
        } else {
            SslMode::Require
        };
        config.ssl_mode(wishes.mode.unwrap_or(default));
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(SILENCE);
        }
        config.keepalives_idle(SILENCE.min(config.get_keepalives_idle()));
        if config.get_application_name().is_none() {
            config.application_name("onward");
        }
        Ok(Self {
            place: place(&config),
            config,
            authorities: wishes.authorities,
        })
    }

    /// Returns how long a connection may take, over all hosts, to the server's greeting.
    pub(super) fn patience(&self) -> Duration {
        let hosts = self
            .config
            .get_hosts()
            .len()
            .max(self.config.get_hostaddrs().len());
        let each = self
            .config
            .get_connect_timeout()
            .copied()
            .unwrap_or(CONNECT);
        each * u32::try_from(hosts).unwrap_or(1)
    }
}

/// What an address says about TLS.
#[derive(Default)]
struct Wishes {
    mode: Option<SslMode>,
    authorities: Option<Utf8PathBuf>,
}

/// Takes the parameters for TLS out of an address, which the driver does not all know, and refuses
/// one whose password was not encoded: the rest of it would be shown as a host or database.
fn split(url: &str) -> Result<(String, Wishes), PostgresError> {
    let rest = url.split_once("://").map(|(_, rest)| rest);
    let rest = rest.ok_or_else(|| refused("it does not begin with postgres://"))?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    if rest[end..].contains(['@', '#']) || rest[..end].matches('@').count() > 1 {
        return Err(refused("it has a `@` or `#` out of place"));
    }
    let (base, query) = rest.split_once('?').unwrap_or((rest, ""));
    let mut wishes = Wishes::default();
    let mut kept = Vec::new();
    for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
        match parameter.split_once('=') {
            Some(("sslmode", word)) => wishes.mode = Some(mode(word)?),
            Some(("sslrootcert", "system")) => wishes.authorities = None,
            Some(("sslrootcert", path)) => wishes.authorities = Some(decoded(path)?.into()),
            Some((name, _)) if PARAMETERS.contains(&name) => kept.push(parameter),
            _ => {
                let known = PARAMETERS.join(", ");
                let reason =
                    format!("it has an unknown parameter; known are sslmode, sslrootcert, {known}");
                return Err(refused(reason));
            }
        }
    }
    let query = if kept.is_empty() { "" } else { "?" };
    Ok((
        format!("postgres://{base}{query}{}", kept.join("&")),
        wishes,
    ))
}

fn mode(word: &str) -> Result<SslMode, PostgresError> {
    match word {
        "disable" => Ok(SslMode::Disable),
        "prefer" => Ok(SslMode::Prefer),
        "require" | "verify-ca" | "verify-full" => Ok(SslMode::Require),
        _ => Err(refused(
            "sslmode is one of disable, prefer, require, verify-ca and verify-full",
        )),
    }
}

/// Decodes `%2F` and the like.
fn decoded(text: &str) -> Result<String, PostgresError> {
    let pair = format!("path={}", text.replace('+', "%2B"));
    let mut pairs = url::form_urlencoded::parse(pair.as_bytes());
    let value = pairs.next().map(|(_, value)| value.into_owned());
    value.ok_or_else(|| refused("sslrootcert names no file"))
}

/// Tells whether the server can only be on this machine.
fn is_here(config: &Config) -> bool {
    let named = config.get_hosts().iter().all(|host| match host {
        Host::Tcp(name) => {
            name.eq_ignore_ascii_case("localhost")
                || name
                    .trim_matches(['[', ']'])
                    .parse()
                    .is_ok_and(|ip: IpAddr| ip.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    });
    named && config.get_hostaddrs().iter().all(IpAddr::is_loopback)
}

fn place(config: &Config) -> String {
    let ports = config.get_ports();
    let names = config.get_hosts().iter().map(|host| match host {
        Host::Tcp(name) => name.clone(),
        #[cfg(unix)]
        Host::Unix(path) => path.display().to_string(),
    });
    let names: Vec<_> = names.collect();
    let names = if names.is_empty() {
        config
            .get_hostaddrs()
            .iter()
            .map(ToString::to_string)
            .collect()
    } else {
        names
    };
    let hosts = names.iter().enumerate().map(|(n, name)| {
        let port = ports.get(n).or(ports.first()).copied().unwrap_or(5432);
        format!("{name}:{port}")
    });
    let hosts = hosts.collect::<Vec<_>>().join(",");
    let user = config
        .get_user()
        .map_or_else(String::new, |user| format!("{user}@"));
    let database = config
        .get_dbname()
        .map_or_else(String::new, |name| format!("/{name}"));
    format!("{user}{hosts}{database}")
}

fn refused(reason: impl Into<String>) -> PostgresError {
    PostgresError::Address {
        reason: reason.into(),
    }
}

#[cfg(test)]
mod tests;
