//! Where things lie in a Spec Kitty home (boundary sheet §1).

use camino::{Utf8Path, Utf8PathBuf};
use sync_core::identity::{LEGACY_QUEUE_FILE, Scope};

/// The sync root, and the places below it. Nothing here looks at the disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    root: Utf8PathBuf,
}

impl Home {
    /// Takes the root as it is given.
    pub fn at(root: impl Into<Utf8PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// Finds the root: a non-empty `SPEC_KITTY_HOME` is it, else `.spec-kitty` in the home directory;
    /// `None` where neither is known.
    ///
    /// ```
    /// use store::queue::Home;
    ///
    /// let home = Home::discover(Some(""), Some("/home/dev")).unwrap();
    /// assert_eq!(home.legacy_queue(), "/home/dev/.spec-kitty/queue.db");
    /// ```
    pub fn discover(spec_kitty_home: Option<&str>, home: Option<&str>) -> Option<Self> {
        let set =
            |value: Option<&str>| value.filter(|text| !text.is_empty()).map(Utf8PathBuf::from);
        set(spec_kitty_home)
            .or_else(|| set(home).map(|home| home.join(".spec-kitty")))
            .map(Self::at)
    }

    /// Returns the root.
    pub fn root(&self) -> &Utf8Path {
        &self.root
    }

    /// Returns the queue that belongs to nobody.
    pub fn legacy_queue(&self) -> Utf8PathBuf {
        self.root.join(LEGACY_QUEUE_FILE)
    }

    /// Returns the folder of the scoped queues.
    pub fn queues(&self) -> Utf8PathBuf {
        self.root.join("queues")
    }

    /// Returns the queue of a scope.
    pub fn scoped_queue(&self, scope: &Scope) -> Utf8PathBuf {
        self.queues().join(scope.queue_file_name())
    }

    /// Returns the file of the old form of login.
    pub fn credentials(&self) -> Utf8PathBuf {
        self.root.join("credentials")
    }

    /// Returns the configuration.
    pub fn config(&self) -> Utf8PathBuf {
        self.root.join("config.toml")
    }

    /// Returns the sealed session.
    pub fn session(&self) -> Utf8PathBuf {
        self.root.join("auth/session.json")
    }

    /// Returns the salt of the key the session is sealed with.
    pub fn session_salt(&self) -> Utf8PathBuf {
        self.root.join("auth/session.salt")
    }

    /// Returns the daemon owner record.
    pub fn owner_record(&self) -> Utf8PathBuf {
        self.root.join("sync/daemon/owner.json")
    }

    /// Returns the state file of the daemon: lines url, port, token, pid.
    pub fn daemon_state(&self) -> Utf8PathBuf {
        self.root.join("sync-daemon")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_is_the_root_as_it_is() {
        let home = Home::discover(Some("/srv/kitty"), Some("/home/dev")).unwrap();
        assert_eq!(home.root(), "/srv/kitty");
        assert_eq!(home.owner_record(), "/srv/kitty/sync/daemon/owner.json");
        assert_eq!(Home::discover(None, Some("")), None);
        assert_eq!(Home::discover(None, None), None);
    }

    #[test]
    fn a_scope_has_its_file() {
        let scope = Scope::new("https://sync.example.test", "dev@example.test", "team-a");
        assert_eq!(
            Home::at("/k").scoped_queue(&scope),
            "/k/queues/queue-5a470152e5fb2fea.db"
        );
    }
}
