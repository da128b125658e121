//! What a run is configured with: `onward.toml`, then the command line, then the environment.

use crate::args::parse_stage;
use crate::environment::Environment;
use crate::error::{CommandError, Kind};
use camino::{Utf8Path, Utf8PathBuf};
use planka_client::{BaseUrl, Credentials, Settings};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::{ErrorKind, Read};
use sync_core::board::BoardLayout;
use sync_core::stage::Stage;

/// The largest configuration or secret file that is read, in bytes.
const LARGEST: u64 = 64 << 10;

/// What may be set for a Planka server, each also as `…_FILE`.
const PLANKA: [&str; 5] = [
    "PLANKA_URL",
    "PLANKA_API_KEY",
    "PLANKA_TOKEN",
    "PLANKA_USER",
    "PLANKA_PASSWORD",
];

/// `onward.toml` in the root of a project.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProjectFile {
    /// Names the repository where its history does not.
    pub(crate) repository: Option<String>,
    /// The list of each stage.
    #[serde(default)]
    lists: BTreeMap<String, String>,
}

impl ProjectFile {
    /// Reads the file; a missing one configures nothing.
    pub(crate) fn read(root: &Utf8Path) -> Result<Self, CommandError> {
        let path = root.join("onward.toml");
        if is_pipe(&path) {
            // Whoever committed it need not have meant to keep everybody waiting.
            let message = format!("{path} is not a file");
            return Err(CommandError::new(Kind::Usage, message));
        }
        let Some(text) = read_small(&path)? else {
            return Ok(Self::default());
        };
        let file: Self = toml::from_str(&text).map_err(|error| {
            CommandError::caused(Kind::Usage, format!("cannot read {path}"), error).hint(
                "it may hold `repository` and, in [lists], planning, in-progress, review and done",
            )
        })?;
        let blank = file
            .repository
            .as_deref()
            .is_some_and(|name| name.trim().is_empty());
        if blank {
            let message = format!("`repository` in {path} must not be blank");
            return Err(CommandError::new(Kind::Usage, message));
        }
        file.list_names(&path)?;
        Ok(file)
    }

    /// Returns the lists of the file.
    fn list_names(&self, path: &Utf8Path) -> Result<Vec<(Stage, String)>, CommandError> {
        let read = |(stage, list): (&String, &String)| {
            let usage = |message| {
                CommandError::new(
                    Kind::Usage,
                    format!("cannot read [lists] of {path}: {message}"),
                )
            };
            let stage = parse_stage(stage).map_err(usage)?;
            match list.trim() {
                "" => Err(usage(format!(
                    "the list of {} must not be blank",
                    stage.word()
                ))),
                list => Ok((stage, list.to_owned())),
            }
        };
        self.lists.iter().map(read).collect()
    }

    /// Returns the layout: the file's lists, then those of the command line.
    pub(crate) fn layout(
        &self,
        root: &Utf8Path,
        arguments: &[(Stage, String)],
    ) -> Result<BoardLayout, CommandError> {
        let file = self.list_names(&root.join("onward.toml"))?;
        let lists = file.iter().chain(arguments);
        Ok(lists.fold(BoardLayout::default(), |layout, (stage, list)| {
            layout.with(*stage, list)
        }))
    }
}

/// The board server of a run.
#[derive(Clone, Debug)]
pub(crate) enum Server {
    /// A file of the user's own.
    Embedded {
        /// Where it is.
        path: Utf8PathBuf,
    },
    /// A Planka server, and as whom it is asked.
    Planka(Box<Settings>),
}

impl Server {
    /// Finds the server: Planka where `PLANKA_URL` says so, else the embedded board.
    ///
    /// Credentials without an address mean that the address was forgotten, so the embedded board is
    /// never taken then; nor for a caller of the old script, whose users have a server.
    pub(crate) fn of(environment: &Environment, old_script: bool) -> Result<Self, CommandError> {
        let value = |name: &str| value_or_file(environment, name);
        let key = value("PLANKA_API_KEY")?;
        let token = value("PLANKA_TOKEN")?;
        let user = value("PLANKA_USER")?;
        let password = value("PLANKA_PASSWORD")?;
        let Some(url) = value("PLANKA_URL")? else {
            let any = key.or(token).or(user).or(password).is_some();
            if any || old_script {
                return Err(CommandError::new(Kind::Skipped, "PLANKA_URL is not set")
                    .hint("set PLANKA_URL to the address of the Planka server"));
            }
            return Ok(Self::Embedded {
                path: state_dir(environment)?.join("board.sqlite3"),
            });
        };
        let url = BaseUrl::parse(url.expose_secret()).map_err(|error| {
            let message = error.to_string();
            CommandError::new(Kind::Skipped, format!("cannot use PLANKA_URL: {message}"))
                .hint("it looks like https://planka.example, with a path if the server has one")
        })?;
        let credentials =
            match (key, token, user, password) {
                (Some(key), ..) => Credentials::Key(key),
                (None, Some(token), ..) => Credentials::Token(token),
                (None, None, Some(user), Some(password)) => Credentials::Password {
                    user: user.expose_secret().to_owned(),
                    password,
                },
                _ => {
                    return Err(CommandError::new(Kind::Skipped, "not logged in to Planka").hint(
                    "set PLANKA_API_KEY, or PLANKA_TOKEN, or PLANKA_USER and PLANKA_PASSWORD",
                ));
                }
            };
        let mut settings = Settings::new(url, credentials);
        if cfg!(target_os = "macos") {
            // There the keychain is asked for certificates, and nobody else reads this variable.
            settings.extra_roots = extra_roots(environment)?;
        }
        Ok(Self::Planka(Box::new(settings)))
    }

    /// Names the server in marks and lock: two callers that mean the same server say the same.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Embedded { path } => path.to_string(),
            Self::Planka(settings) => settings.url.to_string(),
        }
    }
}

/// Reads the certificates that `SSL_CERT_FILE` names.
pub(crate) fn extra_roots(environment: &Environment) -> Result<Vec<u8>, CommandError> {
    let Some(path) = environment.get("SSL_CERT_FILE") else {
        return Ok(Vec::new());
    };
    std::fs::read(path).map_err(|error| {
        let message = format!("cannot read {path}, which SSL_CERT_FILE names");
        CommandError::caused(Kind::Skipped, message, error)
    })
}

/// Returns the folder Onward keeps things in.
pub(crate) fn state_dir(environment: &Environment) -> Result<Utf8PathBuf, CommandError> {
    environment.state_dir().ok_or_else(|| {
        CommandError::new(Kind::Failed, "no state directory: HOME is not set")
            .hint("set HOME, XDG_STATE_HOME or ONWARD_STATE_DIR to an absolute path")
    })
}

/// Refuses a `…_FILE` that can be read only once, for a run that another process does.
pub(crate) fn refuse_pipes(environment: &Environment) -> Result<(), CommandError> {
    for name in PLANKA {
        let file = format!("{name}_FILE");
        if let (None, Some(path)) = (environment.get(name), environment.get(&file))
            && is_pipe(Utf8Path::new(path))
        {
            let message = format!("{file} names {path}, which can be read only once");
            return Err(CommandError::new(Kind::Usage, message)
                .hint("let it name a file, or run without --background"));
        }
    }
    Ok(())
}

/// Reads `NAME`, else the file that `NAME_FILE` names.
pub(crate) fn value_or_file(
    environment: &Environment,
    name: &str,
) -> Result<Option<SecretString>, CommandError> {
    let file = format!("{name}_FILE");
    match (environment.secret(name), environment.get(&file)) {
        (Some(value), _) => Ok(Some(value)),
        (None, None) => Ok(None),
        (None, Some(path)) => {
            let text = read_small(Utf8Path::new(path))?.ok_or_else(|| {
                CommandError::new(
                    Kind::Skipped,
                    format!("{file} names {path}, which is not there"),
                )
            })?;
            let text = text.trim_end_matches(['\n', '\r']);
            if text.is_empty() {
                let message = format!("{file} names {path}, which is empty");
                return Err(CommandError::new(Kind::Skipped, message));
            }
            Ok(Some(text.into()))
        }
    }
}

/// Reads a small file, or a pipe to its end; `None` when there is none.
fn read_small(path: &Utf8Path) -> Result<Option<String>, CommandError> {
    let fail = |error| CommandError::caused(Kind::Failed, format!("cannot read {path}"), error);
    let file = match std::fs::File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        file => file.map_err(fail)?,
    };
    let mut bytes = Vec::new();
    let mut file = file.take(LARGEST + 1);
    file.read_to_end(&mut bytes).map_err(fail)?;
    if file.limit() == 0 {
        let message = format!("{path} holds more than {LARGEST} bytes");
        return Err(CommandError::new(Kind::Failed, message));
    }
    let text = String::from_utf8(bytes).map_err(|_| {
        let message = format!("{path} is not UTF-8");
        CommandError::new(Kind::Failed, message)
    })?;
    Ok(Some(text))
}

/// Says whether a path leads to something that is neither file nor folder: a pipe, a terminal.
fn is_pipe(path: &Utf8Path) -> bool {
    std::fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}
