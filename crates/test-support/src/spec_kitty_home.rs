//! A home folder with a Spec Kitty queue in it, as the sync-boundary sheet has it (§1–§5).
//!
//! Everything is written by hand here, file by file and statement by statement, so that what the
//! code under test believes of a home is checked against a second opinion.

#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a test cannot go on when the system refuses, and says so by panicking"
)]

mod fingerprint;
mod queue_file;
mod rows;
mod sample;
mod schema;
mod session;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use crate::env::write_file;

pub use self::fingerprint::Fingerprint;
pub use self::queue_file::{BadCell, Lock, QueueFile};
pub use self::rows::{BodyRow, EventRow, FailureRow};
pub use self::sample::Foreground;
pub use self::schema::{Oddity, Schema};
pub use self::session::Machine;

/// A home folder of its own, removed when dropped, or one that a test brings along.
///
/// ```
/// use test_support::{EventRow, Oddity, Schema, SpecKittyHome};
///
/// let home = SpecKittyHome::new();
/// home.config("[sync]\nserver_url = \"https://sync.example.test\"\n")
///     .credentials("https://sync.example.test", "dev@example.test", "team-a");
/// let legacy = home.legacy(Schema::current().with(Oddity::WithoutCoalesceKey));
/// legacy.events(&[EventRow::new("01A")]).fill(0..100);
///
/// let before = home.fingerprint();
/// // … a command that only looks, with `HOME` set to `home.path()` …
/// assert_eq!(home.fingerprint().changes_since(&before), [""; 0]);
/// ```
#[derive(Debug)]
pub struct SpecKittyHome {
    path: Utf8PathBuf,
    _dir: Option<TempDir>,
}

impl SpecKittyHome {
    /// A new home with an empty sync root.
    #[expect(clippy::new_without_default, reason = "it makes a folder")]
    pub fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let path = Utf8Path::from_path(dir.path()).unwrap();
        let Self { path, .. } = Self::at(path);
        Self {
            path,
            _dir: Some(dir),
        }
    }

    /// An existing folder as home, which gets an empty sync root unless it has one.
    pub fn at(path: &Utf8Path) -> Self {
        let path = path.canonicalize_utf8().unwrap();
        fs::create_dir_all(path.join(".spec-kitty")).unwrap();
        Self { path, _dir: None }
    }

    /// What `HOME` is set to.
    pub fn path(&self) -> &Utf8Path {
        &self.path
    }

    /// The sync root.
    pub fn root(&self) -> Utf8PathBuf {
        self.path.join(".spec-kitty")
    }

    /// The legacy queue.
    pub fn legacy_path(&self) -> Utf8PathBuf {
        self.root().join("queue.db")
    }

    /// The queue of a scope, given as `server|user|team` in its normal form.
    pub fn scoped_path(&self, scope: &str) -> Utf8PathBuf {
        let digest = hex(&Sha256::digest(scope.as_bytes()));
        self.root()
            .join(format!("queues/queue-{}.db", &digest[..16]))
    }

    /// The daemon owner record.
    pub fn owner_path(&self) -> Utf8PathBuf {
        self.root().join("sync/daemon/owner.json")
    }

    /// The sealed session.
    pub fn session_path(&self) -> Utf8PathBuf {
        self.root().join("auth/session.json")
    }

    /// Writes a file below the sync root, with its folders.
    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) -> &Self {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        write_file(path.as_std_path(), content.as_ref());
        self
    }

    /// Sets the mode of a file or folder below the sync root.
    pub fn mode(&self, path: &str, mode: u32) -> &Self {
        fs::set_permissions(self.root().join(path), fs::Permissions::from_mode(mode)).unwrap();
        self
    }

    /// Writes `config.toml`.
    pub fn config(&self, toml: &str) -> &Self {
        self.write("config.toml", toml)
    }

    /// Writes the old login form.
    pub fn credentials(&self, server: &str, user: &str, team: &str) -> &Self {
        let toml = format!(
            "[server]\nurl = {}\n\n[user]\nusername = {}\nteam_slug = {}\n",
            json!(server),
            json!(user),
            json!(team),
        );
        self.write("credentials", toml).mode("credentials", 0o600)
    }

    /// Writes a login session, sealed for a machine.
    pub fn session(&self, plain: &Value, machine: &Machine) -> &Self {
        let sealed = machine.seal(plain.to_string().as_bytes());
        self.write("auth/session.salt", session::SALT)
            .mode("auth/session.salt", 0o600)
            .write("auth/session.json", sealed.to_string())
            .mode("auth/session.json", 0o600)
    }

    /// Writes the daemon owner record as the daemon does: sorted, indented, for its owner alone.
    pub fn owner(&self, record: &Value) -> &Self {
        let sorted: BTreeMap<_, _> = record.as_object().unwrap().iter().collect();
        let text = serde_json::to_string_pretty(&sorted).unwrap() + "\n";
        let path = "sync/daemon/owner.json";
        self.write(path, text).mode(path, 0o600)
    }

    /// The owner record of a daemon that agrees with a foreground in all six fields.
    pub fn daemon(&self, foreground: &Foreground, scope: &str, pid: u32) -> Value {
        let parts: Vec<&str> = scope.split('|').collect();
        json!({
            "pid": pid,
            "port": 9400,
            "token": "00000000000000000000000000000000",
            "package_version": foreground.version,
            "executable_path": foreground.executable.as_str(),
            "source_checkout_path": foreground.source.as_str(),
            "server_url": parts[0],
            "auth_principal": parts[1],
            "auth_team": parts[2],
            "auth_scope": scope,
            "queue_db_path": self.scoped_path(scope).as_str(),
            "started_at": "2026-05-18T12:00:00+00:00",
        })
    }

    /// Makes the legacy queue anew, without rows.
    pub fn legacy(&self, schema: Schema) -> QueueFile {
        QueueFile::create(self.legacy_path(), schema)
    }

    /// Makes the queue of a scope anew, without rows.
    pub fn scoped(&self, scope: &str, schema: Schema) -> QueueFile {
        QueueFile::create(self.scoped_path(scope), schema)
    }

    /// Everything below the home: names, kinds, modes, times of change, and every byte.
    ///
    /// Not while this process has a queue open: to read a file and close it drops the locks that
    /// SQLite holds on it for the same process.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.path)
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
