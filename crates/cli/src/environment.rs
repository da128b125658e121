//! The one place that reads environment variables, and what they mean.

use camino::{Utf8Path, Utf8PathBuf};
use secrecy::SecretString;
use std::collections::BTreeMap;

/// A snapshot of the variables that concern Onward.
///
/// Its `Debug` form names variables and keeps their values to itself.
pub(crate) struct Environment {
    variables: BTreeMap<String, String>,
}

/// Names that are looked up; nothing else is taken from the process.
const NAMES: [&str; 17] = [
    "HOME",
    "XDG_STATE_HOME",
    "XDG_DATA_HOME",
    "ONWARD_RUN_DIR",
    "ONWARD_STATE_DIR",
    "PLANKA_URL",
    "PLANKA_URL_FILE",
    "PLANKA_API_KEY",
    "PLANKA_API_KEY_FILE",
    "PLANKA_TOKEN",
    "PLANKA_TOKEN_FILE",
    "PLANKA_USER",
    "PLANKA_USER_FILE",
    "PLANKA_PASSWORD",
    "PLANKA_PASSWORD_FILE",
    "COLUMNS",
    "SSL_CERT_FILE",
];

impl Environment {
    /// Reads the process's variables; empty ones count as unset.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the environment"
    )]
    pub(crate) fn read() -> Self {
        let value = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let variables = NAMES
            .iter()
            .filter_map(|name| Some((String::from(*name), value(name)?)));
        Self {
            variables: variables.collect(),
        }
    }

    /// Returns a variable.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        debug_assert!(NAMES.contains(&name), "{name} is not among the names read");
        self.variables.get(name).map(String::as_str)
    }

    /// Returns a variable that must not be shown.
    pub(crate) fn secret(&self, name: &str) -> Option<SecretString> {
        self.get(name).map(SecretString::from)
    }

    /// Returns the folder for what Onward keeps: `ONWARD_STATE_DIR`, else
    /// `$XDG_STATE_HOME/onward`, else `~/.local/state/onward`.
    pub(crate) fn state_dir(&self) -> Option<Utf8PathBuf> {
        let path = |name| {
            self.get(name)
                .map(Utf8Path::new)
                .filter(|path| path.is_absolute())
        };
        path("ONWARD_STATE_DIR")
            .map(Utf8Path::to_path_buf)
            .or_else(|| path("XDG_STATE_HOME").map(|dir| dir.join("onward")))
            .or_else(|| path("HOME").map(|home| home.join(".local/state/onward")))
    }

    /// Returns the folder with the user's own OpenSpec schemas.
    pub(crate) fn data_dir(&self) -> Option<Utf8PathBuf> {
        let path = |name| {
            self.get(name)
                .map(Utf8Path::new)
                .filter(|path| path.is_absolute())
        };
        path("XDG_DATA_HOME")
            .map(Utf8Path::to_path_buf)
            .or_else(|| path("HOME").map(|home| home.join(".local/share")))
    }

    /// Returns the folder for lock, marks and log: `ONWARD_RUN_DIR`, else `/tmp`, where the old
    /// script has them.
    pub(crate) fn run_dir(&self) -> Utf8PathBuf {
        self.get("ONWARD_RUN_DIR").unwrap_or("/tmp").into()
    }
}
