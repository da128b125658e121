//! Who is logged in, and so which queue is theirs.
//!
//! A queue belongs to a *scope*: server, user and team. Its file is named by a hash of the scope's
//! text, so two programs that normalise alike find the same file (boundary sheet §2).

use crate::text::Sha256Hasher;
use alloc::format;
use alloc::string::String;
use core::fmt;
use core::hash::Hasher;

mod path;

pub use path::normalise_path;

/// The name of the queue that belongs to nobody, below the sync root.
pub const LEGACY_QUEUE_FILE: &str = "queue.db";

/// Server, user and team, each trimmed and in lower case, the server without a slash at its end.
///
/// ```
/// use sync_core::identity::Scope;
///
/// let scope = Scope::new("https://Sync.example.test/", " dev@example.test", "Team-A");
/// assert_eq!(scope.to_string(), "https://sync.example.test|dev@example.test|team-a");
/// assert_eq!(scope.queue_file_name(), "queue-5a470152e5fb2fea.db");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope {
    server: String,
    user: String,
    team: String,
}

impl Scope {
    /// Normalises the three parts.
    pub fn new(server: &str, user: &str, team: &str) -> Self {
        let mut server = normalise(server);
        server.truncate(server.trim_end_matches('/').len());
        Self {
            server,
            user: normalise(user),
            team: normalise(team),
        }
    }

    /// Reads a scope's text; `None` unless it splits at `|` in exactly three.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('|');
        let (server, user, team) = (parts.next()?, parts.next()?, parts.next()?);
        parts
            .next()
            .is_none()
            .then(|| Self::new(server, user, team))
    }

    /// Returns the server, normalised.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// Returns the user, normalised.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// Returns the team, normalised.
    pub fn team(&self) -> &str {
        &self.team
    }

    /// Returns the file name of this scope's queue: 16 hexadecimal digits of the text's SHA-256.
    pub fn queue_file_name(&self) -> String {
        let mut hasher = Sha256Hasher::default();
        hasher.write(format!("{self}").as_bytes());
        let mut digits = hasher.into_hex();
        digits.truncate(SCOPED_DIGITS);
        format!("queue-{digits}.db")
    }

    /// Returns `user/team`, or the user alone where there is no team; `None` for a scope that names
    /// nobody, which is also one whose text can be split in several ways: it has a queue of its own,
    /// but no identity.
    pub fn team_or_user(&self) -> Option<String> {
        let ambiguous = [&self.server, &self.user, &self.team]
            .iter()
            .any(|part| part.contains('|'));
        if ambiguous || self.user.is_empty() {
            None
        } else if self.team.is_empty() {
            Some(self.user.clone())
        } else {
            Some(format!("{}/{}", self.user, self.team))
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}|{}|{}", self.server, self.user, self.team)
    }
}

/// Trims what the other program trims, and lowers the case as Unicode says.
fn normalise(part: &str) -> String {
    // Python counts the four information separators as white space, Unicode does not.
    let blank = |c: char| c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c);
    part.trim_matches(blank).to_lowercase()
}

/// How many digits of the hash a file's name bears.
const SCOPED_DIGITS: usize = 16;

/// The program a daemon has to match, as far as its installation tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// The version of the installed package.
    pub package_version: String,
    /// The interpreter or binary, symbolic links resolved.
    pub executable_path: String,
    /// Where its source lies.
    pub source_path: String,
    /// The own process.
    pub pid: u32,
}

/// Who is logged in, and which server the configuration names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// The scope of the session or the credentials.
    pub scope: Scope,
    /// The server as configured, not normalised.
    pub server_url: String,
}

/// The seven fields that gate and status show of the foreground (boundary sheet §2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForegroundIdentity {
    /// The version of the installed package.
    pub package_version: String,
    /// The interpreter or binary, symbolic links resolved.
    pub executable_path: String,
    /// Where its source lies.
    pub source_path: String,
    /// The configured server as it is written; `None` without a login.
    pub server_url: Option<String>,
    /// `user/team` in lower case, or the user; `None` without a login.
    pub team_or_user: Option<String>,
    /// The scoped queue with a scope, else the legacy one.
    pub queue_db_path: String,
    /// The own process.
    pub pid: u32,
}

impl ForegroundIdentity {
    /// Puts a program and a login together.
    pub fn of(program: Program, login: Option<&Login>, queue_db_path: impl Into<String>) -> Self {
        let team_or_user = login.and_then(|login| login.scope.team_or_user());
        Self {
            server_url: login
                .filter(|_| team_or_user.is_some())
                .map(|login| login.server_url.clone()),
            team_or_user,
            package_version: program.package_version,
            executable_path: program.executable_path,
            source_path: program.source_path,
            queue_db_path: queue_db_path.into(),
            pid: program.pid,
        }
    }

    /// Says whether somebody is logged in: server and user are both known.
    pub fn auth_present(&self) -> bool {
        let set = |value: &Option<String>| value.as_deref().is_some_and(|text| !text.is_empty());
        set(&self.server_url) && set(&self.team_or_user)
    }
}

#[cfg(test)]
mod tests;
