//! Where the hub is, by what it is named.

use crate::config::{extra_roots, state_dir, value_or_file};
use crate::environment::Environment;
use crate::error::{CommandError, Kind};
use camino::{Utf8Path, Utf8PathBuf};
use secrecy::SecretString;
use std::fmt;
use store::{StateHubSettings, StateHubUrl};

/// The hub that is meant; its text holds no secret.
#[derive(Clone, Debug)]
pub(crate) enum HubPlace {
    /// A file.
    File(Utf8PathBuf),
    /// A PostgreSQL database.
    Postgres {
        /// The address as it was given.
        address: SecretString,
        /// The address without user information and options.
        shown: String,
    },
    /// A State Hub server.
    StateHub(Box<StateHubSettings>),
}

impl fmt::Display for HubPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.fmt(f),
            Self::Postgres { shown, .. } => f.write_str(shown),
            Self::StateHub(settings) => settings.url.fmt(f),
        }
    }
}

impl HubPlace {
    /// Finds the place: the flag's, else `ONWARD_HUB`'s, else a file in the state directory.
    pub(crate) fn of(environment: &Environment, flag: Option<&str>) -> Result<Self, CommandError> {
        let (place, named_by) = match (flag, environment.get("ONWARD_HUB")) {
            (Some(flag), _) => (flag, "--hub"),
            (None, Some(place)) => (place, "ONWARD_HUB"),
            (None, None) => return default_file(environment),
        };
        if let Some(path) = place.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            return file(path, named_by);
        }
        let Some((scheme, rest)) = place.split_once("://") else {
            return file(place, named_by);
        };
        match scheme.to_ascii_lowercase().as_str() {
            "postgres" | "postgresql" => {
                let shown = without_user(rest);
                if flag.is_some() && rest.contains(['@', '?']) {
                    let message = "--hub is seen by every user of this machine";
                    return Err(CommandError::new(Kind::Usage, message)
                        .hint("give an address with a user, password or options in ONWARD_HUB"));
                }
                Ok(Self::Postgres {
                    address: place.into(),
                    shown: format!("postgres://{shown}"),
                })
            }
            "http" | "https" => {
                let url = StateHubUrl::parse(place).map_err(|error| {
                    CommandError::caused(Kind::Usage, format!("cannot use {named_by}"), error)
                        .hint("it looks like https://hub.example, with a path if it has one")
                })?;
                let mut settings = StateHubSettings::new(url);
                settings.token = value_or_file(environment, "ONWARD_HUB_TOKEN")?;
                settings.domain = environment.get("ONWARD_HUB_DOMAIN").map(str::to_owned);
                settings.extra_roots = extra_roots(environment)?;
                Ok(Self::StateHub(Box::new(settings)))
            }
            _ => {
                let message = format!("{named_by} names a hub of an unknown kind, `{scheme}`");
                Err(CommandError::new(Kind::Usage, message).hint(
                    "a hub is a path, sqlite:PATH, postgres://…, or http(s)://… of a State Hub",
                ))
            }
        }
    }
}

/// Leaves the user information and the options of an address out.
fn without_user(rest: &str) -> String {
    let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    if path.contains('@') {
        // A `/`, `?` or `#` of a password that was not encoded: its rest would look like a path.
        return "…".into();
    }
    let host = host.rsplit('@').next().unwrap_or_default();
    let path = path.split(['?', '#']).next().unwrap_or_default();
    format!("{host}/{}", path.strip_prefix('/').unwrap_or(path))
}

/// Returns the file in the state directory; without that the job cannot be begun, which no command
/// that uses a hub may confuse with its own 1.
fn default_file(environment: &Environment) -> Result<HubPlace, CommandError> {
    let folder = state_dir(environment).map_err(|mut error| {
        error.kind = Kind::Unable;
        error
    })?;
    Ok(HubPlace::File(folder.join("hub.sqlite3")))
}

fn file(path: &str, named_by: &str) -> Result<HubPlace, CommandError> {
    let path = Utf8Path::new(path);
    if path.as_str().is_empty() {
        let message = format!("{named_by} names no file");
        return Err(CommandError::new(Kind::Usage, message));
    }
    if named_by == "ONWARD_HUB" && !path.is_absolute() {
        let message = format!("ONWARD_HUB names {path}, which is another file in every directory");
        return Err(CommandError::new(Kind::Usage, message).hint("give the absolute path"));
    }
    camino::absolute_utf8(path)
        .map(HubPlace::File)
        .map_err(|error| CommandError::caused(Kind::Unable, format!("cannot use {path}"), error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_of_an_address_is_shown() {
        for (rest, shown) in [
            (
                "me:secret@db.example:5432/hub?password=x",
                "db.example:5432/hub",
            ),
            ("me:s@cret@db/hub", "db/hub"),
            ("me:s/cret@db/hub", "…"),
            ("me:s?cret@db/hub", "…"),
            ("me:s#cret@db/hub", "…"),
            ("db", "db/"),
            ("/hub?host=/run/pg", "/hub"),
        ] {
            assert_eq!(without_user(rest), shown);
        }
    }
}
