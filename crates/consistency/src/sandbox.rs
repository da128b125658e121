//! For tests: real repositories in a folder of their own, whatever the machine's settings.

use std::fs;
use std::process::{Command, Stdio};

use camino::{Utf8Path, Utf8PathBuf};
use git_client::{Git, Repository};

const SETTINGS: &str = "[user]\nname = A\nemail = a@example.com\n[init] defaultBranch = main\n\
                        [protocol \"file\"] allow = always\n[advice] detachedHead = false\n";

/// A folder with its own git settings; gone when dropped.
pub(crate) struct Sandbox {
    folder: tempfile::TempDir,
}

/// A work tree in a sandbox.
pub(crate) struct Checkout<'s> {
    sandbox: &'s Sandbox,
    pub(crate) root: Utf8PathBuf,
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        let sandbox = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        write(&sandbox.path("settings"), SETTINGS.as_bytes());
        sandbox
    }

    pub(crate) fn path(&self, name: &str) -> Utf8PathBuf {
        let folder = fs::canonicalize(self.folder.path()).unwrap();
        Utf8PathBuf::try_from(folder).unwrap().join(name)
    }

    pub(crate) fn init(&self, name: &str) -> Checkout<'_> {
        self.git(&self.path(""), &["init", "--quiet", name]);
        Checkout {
            sandbox: self,
            root: self.path(name),
        }
    }

    pub(crate) fn clone(&self, from: &str, name: &str) -> Checkout<'_> {
        self.git(&self.path(""), &["clone", "--quiet", from, name]);
        Checkout {
            sandbox: self,
            root: self.path(name),
        }
    }

    /// Runs git, which must succeed.
    #[expect(
        clippy::disallowed_methods,
        reason = "the tests do not run git through the code under test"
    )]
    pub(crate) fn git(&self, directory: &Utf8Path, arguments: &[&str]) -> String {
        let mut command = Command::new("git");
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("GIT_") {
                command.env_remove(name);
            }
        }
        let output = command
            .arg("-C")
            .arg(directory)
            .args(arguments)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", self.path("settings"))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "git {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout)
            .unwrap()
            .trim_end()
            .to_owned()
    }
}

impl Checkout<'_> {
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        self.sandbox.git(&self.root, arguments)
    }

    pub(crate) fn write(&self, path: &str, content: &[u8]) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        write(&path, content);
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root.join(path)).unwrap()
    }

    /// Writes a file and commits it.
    pub(crate) fn commit(&self, path: &str, content: &str) {
        self.write(path, content.as_bytes());
        self.git(&["add", "--", path]);
        self.git(&["commit", "--quiet", "--message", path]);
    }

    pub(crate) fn open(&self) -> Repository {
        let git = Git::new()
            .with_variable("GIT_CONFIG_NOSYSTEM", "1")
            .with_variable("GIT_CONFIG_GLOBAL", self.sandbox.path("settings").as_str());
        Repository::discover(&git, &self.root)
            .unwrap()
            .expect("a work tree")
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "nobody else looks at a test's files while they are written"
)]
pub(crate) fn write(path: &Utf8Path, content: &[u8]) {
    fs::write(path, content).unwrap();
}
