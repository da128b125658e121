//! The one place that reads environment variables, and what they mean.

use crate::error::{CommandError, Kind};
use camino::{Utf8Path, Utf8PathBuf};
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::env::VarError;

/// A snapshot of the variables that concern Onward.
///
/// Its `Debug` form names variables and keeps their values to itself.
pub(crate) struct Environment {
    variables: BTreeMap<String, String>,
}

/// Names that are looked up; nothing else is taken from the process.
const NAMES: [&str; 27] = [
    "HOME",
    "XDG_STATE_HOME",
    "XDG_DATA_HOME",
    "ONWARD_RUN_DIR",
    "ONWARD_STATE_DIR",
    "ONWARD_HUB",
    "ONWARD_HUB_TOKEN",
    "ONWARD_HUB_TOKEN_FILE",
    "ONWARD_HUB_DOMAIN",
    "ONWARD_COMMIT",
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
    "USER",
    "LOGNAME",
    "SSL_CERT_FILE",
    "PATH",
    "SPEC_KITTY_HOME",
    "SPEC_KITTY_ENABLE_SAAS_SYNC",
];

impl Environment {
    /// Reads the process's variables; empty ones count as unset.
    ///
    /// One of our own that cannot be understood is refused: passing over it would take another
    /// server, another lock or another board than was meant.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the environment"
    )]
    pub(crate) fn read() -> Result<Self, CommandError> {
        let mut variables = BTreeMap::new();
        for name in NAMES {
            let ours = name.starts_with("ONWARD_") || name.starts_with("PLANKA_");
            match std::env::var(name) {
                Err(VarError::NotUnicode(_)) if ours => {
                    let message = format!("the value of {name} is not UTF-8");
                    return Err(CommandError::new(Kind::Usage, message)
                        .hint("set it to text in UTF-8, or unset it"));
                }
                Ok(value) if ours && name.ends_with("_DIR") && !is_absolute(&value) => {
                    let message = format!("{name} is not an absolute path, but {value}");
                    return Err(CommandError::new(Kind::Usage, message)
                        .hint("each caller would use a folder of its own; begin it with /"));
                }
                Ok(value) if !value.is_empty() => {
                    variables.insert(name.to_owned(), value);
                }
                _ => {}
            }
        }
        Ok(Self { variables })
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

    /// Says whether sync with the server is switched on.
    pub(crate) fn saas_sync(&self) -> bool {
        let value = self.get("SPEC_KITTY_ENABLE_SAAS_SYNC").unwrap_or_default();
        let value = value.trim().to_lowercase();
        matches!(value.as_str(), "1" | "true" | "yes" | "on")
    }

    /// Returns the folder for lock, marks and log: `ONWARD_RUN_DIR`, else `/tmp`, where the old
    /// script has them.
    pub(crate) fn run_dir(&self) -> Utf8PathBuf {
        self.get("ONWARD_RUN_DIR").unwrap_or("/tmp").into()
    }
}

/// Says whether a folder is the same wherever one stands; an empty one is not set.
fn is_absolute(folder: &str) -> bool {
    folder.is_empty() || Utf8Path::new(folder).is_absolute()
}
